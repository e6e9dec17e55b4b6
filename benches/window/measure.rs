//! What is measured, and how.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{App, Keyring, World, id, world};

const NAME: &str = "window";

/// Items of twelve accounts each: 10,008 accounts, and 1,000,800 readings.
const ITEMS: u32 = 834;
const READINGS_OF_EACH: u32 = 100;

/// Starts of each page, one after the other in turn; the middle one counts. About one start in four, of either page, takes
/// half a second longer between the window and the first byte of its page; five starts would often be decided by that.
const STARTS: usize = 15;

/// How long a window is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(30);

/// What is typed, letter by letter, and taken away again.
const WORDS: [&str; 6] = [
    "checking",
    "tartan",
    "0000",
    "person 77",
    "ira",
    "houndstooth",
];

/// Measures, unless something else is wanted.
pub fn measure() {
    // Criterion's arguments: a word is a part of the names wanted.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| NAME.contains(part.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut empty = Computer::with_desk(0, 0);
    let mut full = Computer::with_desk(ITEMS, READINGS_OF_EACH);
    let mut figures = memory(&full);
    keep(&figures);
    figures.extend(runtime.block_on(first_paint(&mut empty, &mut full)));
    keep(&figures);
    figures.extend(runtime.block_on(typing(&mut full)));
    keep(&figures);
}

fn keep(figures: &[Value]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("figures");
    fs::create_dir_all(&folder).expect("a folder for figures");
    let text = serde_json::to_string_pretty(figures).expect("figures are JSON");
    fs::write(folder.join(format!("{NAME}.json")), text).expect("figures are written");
}

/// A computer whose app has been used, with a note of when its app starts.
struct Computer {
    world: World,
    program: PathBuf,
}

impl Computer {
    fn with_desk(items: u32, readings_of_each: u32) -> Self {
        let world = World::new(Keyring::Unlocked);
        let filled = world
            .command(beside_the_app("examples/fill-desk"))
            .arg(world.data_dir())
            .arg(beside_the_app("plaid-sandbox"))
            .args([items.to_string(), readings_of_each.to_string()])
            .status()
            .expect("fill-desk is built beside the app");
        assert!(filled.success(), "the desk is filled");
        // What the driver starts: the program keeps its process and its start is known.
        let program = world.home().join("bin/started-app");
        let script = format!(
            "#!/bin/sh\ndate +%s%N > \"$HOME/started\"\nexec '{}' \"$@\"\n",
            world::APP
        );
        fs::write(&program, script).expect("a script is written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it can be run");
        Self { world, program }
    }

    async fn start(&mut self) -> App {
        let program = self.program.to_str().expect("a path in words").to_owned();
        App::start_program(&mut self.world, &program).await
    }

    /// When the app was started last, in milliseconds since 1970.
    fn started(&self) -> f64 {
        let text = fs::read_to_string(self.world.home().join("started")).expect("it was started");
        text.trim().parse::<f64>().expect("nanoseconds") / 1e6
    }
}

fn beside_the_app(name: &str) -> PathBuf {
    Path::new(world::APP).with_file_name(name)
}

/// From the start of the process to the first paint of the accounts, or of the page that says there are none.
async fn first_paint(empty: &mut Computer, full: &mut Computer) -> Vec<Value> {
    let (mut of_empty, mut of_full) = (Vec::new(), Vec::new());
    // The first start of each warms the disk's and the browser's caches.
    for start in 0..=STARTS {
        let (without, with) = (painted(empty).await, painted(full).await);
        if start > 0 {
            of_empty.push(without);
            of_full.push(with);
        }
    }
    let (without, with) = (middle(of_empty), middle(of_full));
    vec![
        json!({"name": "window/first_paint/10000_accounts", "unit": "ms", "figure": with,
               "target": without * 1.3, "target_is": "1.3 x the empty page"}),
        json!({"name": "window/first_paint/empty_page", "unit": "ms", "figure": without}),
    ]
}

async fn painted(computer: &mut Computer) -> f64 {
    let app = computer.start().await;
    let script = "const mark = performance.getEntriesByName('useful-paint')[0];
                  return mark ? performance.timeOrigin + mark.startTime : null;";
    app.until("the page is painted", async || {
        app.script(script, vec![]).await.is_number()
    })
    .await;
    let at = app
        .script(script, vec![])
        .await
        .as_f64()
        .expect("it was there");
    let took = at - computer.started();
    app.quit().await;
    took
}

/// From each keystroke in the search box to the last paint that follows from it.
async fn typing(full: &mut Computer) -> Vec<Value> {
    let app = full.start().await;
    app.find(&id("account-row")).await;
    app.click(&id("list-search")).await;
    app.script(
        "window.keystrokes = [];
         let last = null;
         const painted = () => {
           const mine = last;
           if (mine === null) return;
           requestAnimationFrame(() => {
             const after = new MessageChannel();
             after.port1.onmessage = () => { mine.painted = performance.now(); };
             after.port2.postMessage(0);
           });
         };
         addEventListener('keydown', (event) => {
           last = { typed: event.timeStamp, painted: null };
           window.keystrokes.push(last);
         }, true);
         addEventListener('input', painted, true);
         const changes = { subtree: true, childList: true, attributes: true, characterData: true };
         new MutationObserver(painted).observe(document.querySelector('main'), changes);",
        vec![],
    )
    .await;
    let back = char::from(fantoccini::key::Key::Backspace).to_string();
    for word in WORDS {
        for letter in word.chars() {
            stroke(&app, &letter.to_string()).await;
        }
        for _ in word.chars() {
            stroke(&app, &back).await;
        }
    }
    let strokes = app.script("return window.keystrokes", vec![]).await;
    app.quit().await;
    let mut times: Vec<f64> = strokes
        .as_array()
        .expect("a list")
        .iter()
        .map(|stroke| {
            let time = |name: &str| stroke[name].as_f64().expect("every keystroke is painted");
            time("painted") - time("typed")
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let percent = |share: usize| times[(times.len() * share).div_ceil(100) - 1];
    vec![
        json!({"name": "window/keystroke_to_paint/p95", "unit": "ms", "figure": percent(95),
               "target": 50.0}),
        json!({"name": "window/keystroke_to_paint/p50", "unit": "ms", "figure": percent(50)}),
    ]
}

/// Presses a key and lets everything that follows from it happen: the next key must not hide it.
async fn stroke(app: &App, key: &str) {
    app.press(key).await;
    app.script_async("setTimeout(arguments[0], 300)", vec![])
        .await;
}

/// The memory of the app's own process while nobody touches it, beside a bare window. GTK and the half of WebKitGTK that
/// is not in a process of its own are in either, so what is ours is what the app has more than the bare window: of the
/// pages nobody else has (private), since those of shared libraries are there once for all programs.
fn memory(full: &Computer) -> Vec<Value> {
    let ours = idle(&full.world, Path::new(world::APP), "Balance Desk");
    let bare = idle(
        &full.world,
        &beside_the_app("examples/bare-window"),
        "Bare window",
    );
    let figure = |name: &str, kib: u64| {
        json!({"name": format!("window/idle_memory/{name}"), "unit": "MiB",
               "figure": kib as f64 / 1024.0})
    };
    let mut without_the_web_view = figure(
        "without_the_web_view",
        ours.private.saturating_sub(bare.private),
    );
    without_the_web_view["target"] = json!(80.0);
    without_the_web_view["target_is"] = json!("private, less the bare window's");
    vec![
        without_the_web_view,
        figure("private", ours.private),
        figure("pss", ours.pss),
        figure("rss", ours.rss),
        figure("bare_window_private", bare.private),
        figure("bare_window_pss", bare.pss),
        figure("bare_window_rss", bare.rss),
    ]
}

/// In KiB.
struct Memory {
    rss: u64,
    pss: u64,
    private: u64,
}

fn idle(world: &World, program: &Path, title: &str) -> Memory {
    let mut process = world
        .command(program)
        .stdin(Stdio::null())
        .spawn()
        .expect("the program starts");
    world::wait_until("its window is there", || world.has_window(title));
    std::thread::sleep(IDLE);
    let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", process.id()));
    let rollup = rollup.expect("the process lives");
    let of = |name: &str| -> u64 {
        let line = rollup.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number
            .and_then(|kib| kib.parse().ok())
            .expect("the kernel says it")
    };
    let memory = Memory {
        rss: of("Rss:"),
        pss: of("Pss:"),
        private: of("Private_Clean:") + of("Private_Dirty:"),
    };
    process.kill().expect("it lives");
    process.wait().expect("it ends");
    memory
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
