//! A computer of its own for one test: a display, a session bus, a keyring, a WebDriver and empty
//! folders. Everything is real, started here and ended here, each process by its own handle.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use x11rb::{
    connection::Connection as _,
    protocol::{
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, InputFocus,
            KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

/// The left Control key, as a symbol.
const CONTROL_KEY: u32 = 0xffe3;

/// The app under test.
pub const APP: &str = env!("CARGO_BIN_EXE_balance-desk");
/// How long anything may take before a test calls it broken. Generous: nothing waits for it when
/// things work.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Which keyring the test's computer has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// gnome-keyring, unlocked, as after a desktop login.
    Unlocked,
    /// gnome-keyring with a login keyring that was made before and is locked now.
    Locked,
    /// A session bus with no secret service on it.
    Absent,
}

/// Light or dark desktop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// The computer. Dropping it ends its processes.
pub struct World {
    home: TempDir,
    display: String,
    bus: String,
    scheme: Scheme,
    extra_env: Vec<(String, String)>,
    processes: Vec<Child>,
    keyring: Option<Child>,
    stand_in: Option<Child>,
    stand_in_port: u16,
}

impl World {
    pub fn new(keyring: Keyring) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        for folder in ["data", "config", "cache", "run"] {
            fs::create_dir(home.path().join(folder)).expect("a folder of the test's computer");
        }
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700))
            .expect("a private run-time folder");
        let mut world = Self {
            home,
            display: String::new(),
            bus: String::new(),
            scheme: Scheme::Light,
            extra_env: Vec::new(),
            processes: Vec::new(),
            keyring: None,
            stand_in: None,
            stand_in_port: 0,
        };
        // Nothing moves: what is clicked stays where it was seen. The app follows the desktop here.
        let settings = world.home.path().join("config/gtk-3.0");
        fs::create_dir(&settings)
            .and_then(|()| {
                fs::write(
                    settings.join("settings.ini"),
                    "[Settings]\ngtk-enable-animations=0\n",
                )
            })
            .expect("the desktop's settings are written");
        world.install_opener();
        world.start_display();
        world.start_bus();
        match keyring {
            Keyring::Unlocked => world.unlock_keyring(),
            Keyring::Locked => {
                world.unlock_keyring();
                world.lock_keyring();
            }
            Keyring::Absent => {}
        }
        world
    }

    /// The desktop's colour scheme, for the app's next start.
    pub fn set_scheme(&mut self, scheme: Scheme) {
        self.scheme = scheme;
    }

    /// An environment variable for the app's next start.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.extra_env.retain(|(existing, _)| existing != name);
        self.extra_env.push((name.to_owned(), value.to_owned()));
    }

    /// The app's data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data/app.balancedesk.desktop")
    }

    /// The home folder: everything the app could have written is below it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the app has opened outside itself, in the browser or the mail program, oldest first.
    pub fn opened(&self) -> Vec<String> {
        let opened = fs::read_to_string(self.home.path().join("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// Waits until so many addresses were opened outside the app; answers the newest.
    pub fn await_opened(&self, number: usize) -> String {
        wait_until("something opens outside the app", || {
            self.opened().len() >= number
        });
        self.opened().swap_remove(number - 1)
    }

    /// In the place of the system's opener, one that writes down what it is to open.
    fn install_opener(&self) {
        let folder = self.home.path().join("bin");
        let opener = folder.join("xdg-open");
        fs::create_dir(&folder).expect("a folder of the test's computer");
        fs::write(
            &opener,
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"$HOME/opened\"\n",
        )
        .expect("the opener is written");
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o700))
            .expect("the opener can be run");
    }

    /// The system's programs, behind those of the test.
    fn path(&self) -> std::ffi::OsString {
        let mut path = self.home.path().join("bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        path
    }

    /// A command that runs on this computer and nowhere else.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", self.path())
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GTK_A11Y", "none")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("BALANCE_DESK_DEMO_LATENCY", "none")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("RUST_BACKTRACE", "1")
            .env(
                "GTK_THEME",
                match self.scheme {
                    Scheme::Light => "Adwaita",
                    Scheme::Dark => "Adwaita:dark",
                },
            );
        for (name, value) in &self.extra_env {
            command.env(name, value);
        }
        command
    }

    /// Starts a WebDriver whose sessions start the app on this computer. Answers its port and pid.
    pub fn start_webdriver(&mut self) -> (u16, u32) {
        let port = free_port();
        let driver = self
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver (package webkit2gtk-driver) starts");
        let pid = driver.id();
        self.processes.push(driver);
        wait_until("WebKitWebDriver listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        (port, pid)
    }

    /// Starts the driver of a headless Chromium: the browser of somebody on this computer. Answers
    /// its port and pid.
    pub fn start_chromedriver(&mut self) -> (u16, u32) {
        let port = free_port();
        let driver = self
            .command("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver (package chromium-driver) starts");
        let pid = driver.id();
        self.processes.push(driver);
        wait_until("chromedriver listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        (port, pid)
    }

    /// Starts the stand-in on its own, as "Plaid's Sandbox" for keys typed by the user. Started
    /// again it has the same address and the same banks.
    pub fn start_stand_in(&mut self) -> String {
        let program = Path::new(APP).with_file_name("plaid-sandbox");
        let mut stand_in = self
            .command(program)
            .arg("--state")
            .arg(self.home.path().join("stand-in"))
            .arg(format!("--port={}", self.stand_in_port))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("plaid-sandbox is built beside the app");
        let greeting = first_line(stand_in.stdout.take().expect("piped"));
        self.stand_in = Some(stand_in);
        let greeting: serde_json::Value = serde_json::from_str(&greeting).expect("one JSON line");
        let address = greeting["address"].as_str().expect("an address").to_owned();
        let port = address
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        self.stand_in_port = port.expect("a port");
        address
    }

    /// Takes the network away, as far as "Plaid's Sandbox" is concerned.
    pub fn stop_stand_in(&mut self) {
        end(self.stand_in.take().expect("it was started"));
    }

    /// Closes the window of this title as a window manager does: it asks the window to close.
    pub fn close_window(&self, title: &str) {
        let (connection, screen) = x11rb::connect(Some(&self.display)).expect("the display");
        let window = named(&connection, screen, title)
            .unwrap_or_else(|| panic!("no window is called {title:?}"));
        let ask = ClientMessageEvent::new(
            32,
            window,
            atom(&connection, "WM_PROTOCOLS"),
            [
                atom(&connection, "WM_DELETE_WINDOW"),
                x11rb::CURRENT_TIME,
                0,
                0,
                0,
            ],
        );
        connection
            .send_event(false, window, EventMask::NO_EVENT, ask)
            .expect("sent")
            .check()
            .expect("taken");
    }

    /// Whether a window of this title is there, as a window manager sees it.
    pub fn has_window(&self, title: &str) -> bool {
        let (connection, screen) = x11rb::connect(Some(&self.display)).expect("the display");
        named(&connection, screen, title).is_some()
    }

    /// Presses Control and a letter in the window of this title, on the keyboard of this computer.
    pub fn press_control(&self, title: &str, letter: char) {
        let (connection, screen) = x11rb::connect(Some(&self.display)).expect("the display");
        let window = named(&connection, screen, title)
            .unwrap_or_else(|| panic!("no window is called {title:?}"));
        connection
            .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
            .expect("sent")
            .check()
            .expect("the window has the keyboard");
        let control = keycode(&connection, CONTROL_KEY);
        let letter = keycode(&connection, u32::from(letter));
        for (kind, key) in [
            (KEY_PRESS_EVENT, control),
            (KEY_PRESS_EVENT, letter),
            (KEY_RELEASE_EVENT, letter),
            (KEY_RELEASE_EVENT, control),
        ] {
            connection
                .xtest_fake_input(kind, key, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0)
                .expect("sent")
                .check()
                .expect("the key is pressed");
        }
    }

    /// Puts a picture of the whole display into the folder named by `BALANCE_DESK_SHOTS`, if set.
    pub fn shot(&self, name: &str) {
        let Some(folder) = std::env::var_os("BALANCE_DESK_SHOTS") else {
            return;
        };
        let file = Path::new(&folder).join(format!("{name}.png"));
        let status = self
            .command("import")
            .args(["-window", "root"])
            .arg(file)
            .status()
            .expect("import (package imagemagick) runs");
        assert!(status.success(), "no picture of {name}");
    }

    fn start_display(&mut self) {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1920x1080x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb (package xvfb) starts");
        let number = first_line(server.stdout.take().expect("piped"));
        self.processes.push(server);
        self.display = format!(":{}", number.trim());
    }

    fn start_bus(&mut self) {
        // A configuration of our own: a bus without service files, so that nothing is started on
        // demand that the test did not start.
        let config = self.home.path().join("bus.conf");
        let socket_dir = self.home.path().join("run");
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:dir={}</listen>\
                 <auth>EXTERNAL</auth><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
                 <allow own=\"*\"/></policy></busconfig>",
                socket_dir.display()
            ),
        )
        .expect("the bus configuration is written");
        let mut daemon = self
            .command("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon (package dbus) starts");
        let address = first_line(daemon.stdout.take().expect("piped"));
        self.processes.push(daemon);
        self.bus = address.trim().to_owned();
    }

    /// Starts gnome-keyring and unlocks (at first: makes) its login keyring.
    pub fn unlock_keyring(&mut self) {
        self.stop_keyring();
        let mut daemon = self
            .keyring_daemon()
            .arg("--unlock")
            .spawn()
            .expect("gnome-keyring-daemon starts");
        let mut password = daemon.stdin.take().expect("piped");
        password
            .write_all(b"the test's login password")
            .expect("the password is read");
        drop(password);
        self.keyring = Some(daemon);
        self.await_secret_service();
    }

    /// Starts gnome-keyring without unlocking: the login keyring made before stays locked.
    pub fn lock_keyring(&mut self) {
        self.stop_keyring();
        let daemon = self
            .keyring_daemon()
            .spawn()
            .expect("gnome-keyring-daemon starts");
        self.keyring = Some(daemon);
        self.await_secret_service();
    }

    fn keyring_daemon(&self) -> Command {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn stop_keyring(&mut self) {
        if let Some(daemon) = self.keyring.take() {
            end(daemon);
            wait_until("the secret service is gone", || !self.has_secret_service());
        }
    }

    fn await_secret_service(&self) {
        wait_until("the secret service answers", || self.has_secret_service());
    }

    fn has_secret_service(&self) -> bool {
        let output = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .output()
            .expect("dbus-send (package dbus) runs");
        String::from_utf8_lossy(&output.stdout).contains("boolean true")
    }
}

fn atom(connection: &RustConnection, name: &str) -> u32 {
    let cookie = connection.intern_atom(false, name.as_bytes());
    cookie.expect("sent").reply().expect("an atom").atom
}

/// The top-level window whose title has these words.
fn named(connection: &RustConnection, screen: usize, title: &str) -> Option<u32> {
    let root = connection.setup().roots[screen].root;
    let tree = connection.query_tree(root).expect("sent").reply();
    let windows = tree.expect("the windows").children;
    windows.into_iter().find(|window| {
        // A window that goes meanwhile has no name.
        let name = connection
            .get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)
            .expect("sent")
            .reply();
        name.is_ok_and(|name| String::from_utf8_lossy(&name.value).contains(title))
    })
}

/// The key that types a symbol.
fn keycode(connection: &RustConnection, symbol: u32) -> u8 {
    let setup = connection.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = connection
        .get_keyboard_mapping(first, last - first + 1)
        .expect("sent")
        .reply()
        .expect("the keyboard");
    let each = usize::from(mapping.keysyms_per_keycode);
    let place = mapping
        .keysyms
        .chunks(each)
        .position(|symbols| symbols.first() == Some(&symbol))
        .expect("the keyboard has the key");
    first + u8::try_from(place).expect("a keycode")
}

impl Drop for World {
    fn drop(&mut self) {
        for process in [self.keyring.take(), self.stand_in.take()]
            .into_iter()
            .flatten()
        {
            end(process);
        }
        // The last started first: the driver and its app before the bus and the display.
        while let Some(process) = self.processes.pop() {
            end(process);
        }
    }
}

fn end(mut process: Child) {
    // It may have ended by itself; then there is nothing to end.
    let _ = process.kill();
    let _ = process.wait();
}

fn first_line(output: impl std::io::Read) -> String {
    let mut line = String::new();
    BufReader::new(output.take(4096))
        .read_line(&mut line)
        .expect("a line");
    line
}

/// A free port for a driver, which cannot choose one itself. Tests that run at the same time look in different places,
/// below the range that Linux hands out, so that nobody takes the port before the driver does.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 10_000;
    const PER_PROCESS: u16 = 8;
    const PROCESSES: u32 = 2_500;

    let process = (std::process::id() % PROCESSES) as u16;
    loop {
        let port = FIRST + process * PER_PROCESS + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Waits for a condition, not for a time.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "still waiting: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
