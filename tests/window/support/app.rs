//! The running app as a person meets it: windows, things to click and to type into, words to read.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    key::Key,
    wd::{Capabilities, WindowHandle},
};
use serde_json::{Value, json};

use super::world::{APP, PATIENCE, World};

/// One start of the app.
pub struct App {
    client: Client,
    main: WindowHandle,
    driver_pid: u32,
}

impl App {
    /// Starts the app on the test's computer and waits for its first screen.
    pub async fn start(world: &mut World) -> Self {
        Self::start_program(world, APP).await
    }

    /// Starts another copy of the program, for example an installed one.
    pub async fn start_program(world: &mut World, program: &str) -> Self {
        let (port, driver_pid) = world.start_webdriver();
        let capabilities: Capabilities = serde_json::from_value(json!({
            "webkitgtk:browserOptions": { "binary": program, "args": [] }
        }))
        .expect("capabilities");
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the app starts and its window can be driven");
        let main = client.window().await.expect("the main window");
        let app = Self {
            client,
            main,
            driver_pid,
        };
        app.find("main").await;
        app
    }

    /// Opens a page in a browser of this computer, as somebody does who was sent its address.
    pub async fn open_browser(world: &mut World, address: &str) -> Self {
        let (port, driver_pid) = world.start_chromedriver();
        let profile = world.home().join(format!("browser-{port}"));
        let capabilities: Capabilities = serde_json::from_value(json!({
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": [
                    "--headless=new",
                    // The test may run as root, where Chromium's own sandbox does not.
                    "--no-sandbox",
                    "--disable-gpu",
                    "--window-size=520,860",
                    format!("--user-data-dir={}", profile.display()),
                ]
            }
        }))
        .expect("capabilities");
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium (package chromium) starts");
        let main = client.window().await.expect("its window");
        client.goto(address).await.expect("the page opens");
        Self {
            client,
            main,
            driver_pid,
        }
    }

    /// Ends the app as a window manager would not: at once, between any two statements.
    pub async fn kill(self) {
        for pid in self.pids() {
            kill(pid);
        }
        // The session is gone with its app.
        let _ = self.client.close().await;
    }

    /// Ends the session; the driver closes the app.
    pub async fn quit(self) {
        let pids = self.pids();
        self.client.close().await.expect("the session ends");
        super::world::wait_until("the app has ended", || {
            pids.iter().all(|pid| !is_alive(*pid))
        });
    }

    /// The app's own process ids: what the driver started (the web processes are its children).
    pub fn pids(&self) -> Vec<u32> {
        children(self.driver_pid)
    }

    /// The process of the Demo's bank, once it runs.
    pub async fn bank_pid(&self) -> u32 {
        let started = Instant::now();
        loop {
            let mut of_app = self.pids().into_iter().flat_map(children);
            if let Some(bank) = of_app.find(|pid| is_alive(*pid) && is_bank(*pid)) {
                return bank;
            }
            assert!(started.elapsed() < PATIENCE, "no bank runs");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends a signal to one of the app's processes.
    pub fn signal(&self, pid: u32, signal: &str) {
        send(pid, signal);
    }

    /// Waits for an element and gives it.
    pub async fn find(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .every(Duration::from_millis(50))
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!(
                "no {css} ({error}); the page says:\n{}",
                self.page_text().await
            ),
        }
    }

    /// What is there now. Elements that go while they are listed are no error: asked again.
    pub async fn all(&self, css: &str) -> Vec<Element> {
        self.all_by(Locator::Css(css)).await
    }

    async fn all_by(&self, locator: Locator<'_>) -> Vec<Element> {
        let started = Instant::now();
        loop {
            match self.client.find_all(locator).await {
                Ok(found) => return found,
                Err(error) if is_passing(&error) && started.elapsed() < PATIENCE => {}
                Err(error) => panic!("no list of {locator:?}: {error}"),
            }
        }
    }

    pub async fn has(&self, css: &str) -> bool {
        !self.all(css).await.is_empty()
    }

    /// Waits until nothing matches.
    pub async fn gone(&self, css: &str) {
        self.until(&format!("{css} is gone"), async || !self.has(css).await)
            .await;
    }

    /// Clicks with the mouse, once the element is there and can take the click.
    pub async fn click(&self, css: &str) {
        let started = Instant::now();
        loop {
            let outcome = self.find(css).await.click().await;
            match outcome {
                Ok(()) => return,
                Err(error) if is_passing(&error) && started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("cannot click {css}: {error:?}\n{}", self.page_text().await),
            }
        }
    }

    /// Clicks the first element on the screen with these words.
    pub async fn click_text(&self, tag: &str, words: &str) {
        let xpath = format!("//{tag}[contains(normalize-space(.), {words:?})]");
        self.until(
            &format!("a {tag} that says {words:?} is clicked"),
            async || {
                let found = self
                    .client
                    .find_all(Locator::XPath(&xpath))
                    .await
                    .expect("a list");
                for element in found {
                    // Closed lists keep their entries in the page, out of sight.
                    if element.is_displayed().await.unwrap_or(false)
                        && element.click().await.is_ok()
                    {
                        return true;
                    }
                }
                false
            },
        )
        .await;
    }

    /// Replaces what a field holds, by keyboard.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.click().await.expect("the field takes the focus");
        field
            .send_keys(&format!("{}a", char::from(Key::Control)))
            .await
            .expect("select all");
        field
            .send_keys(&char::from(Key::Delete).to_string())
            .await
            .expect("delete");
        if !text.is_empty() {
            field.send_keys(text).await.expect("the text is typed");
        }
    }

    /// Puts a text into a field as pasting does. The driver cannot type what no keyboard has.
    pub async fn paste(&self, css: &str, text: &str) {
        self.find(css)
            .await
            .click()
            .await
            .expect("the field takes the focus");
        self.script(
            "const [css, text] = arguments;
             const field = document.querySelector(css);
             field.select();
             document.execCommand('insertText', false, text);",
            vec![json!(css), json!(text)],
        )
        .await;
    }

    /// Closes what lies over the page, by keyboard.
    pub async fn escape(&self) {
        self.press(&char::from(Key::Escape).to_string()).await;
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: &str) {
        let focus = self
            .client
            .active_element()
            .await
            .expect("something has the focus");
        focus.send_keys(keys).await.expect("the keys are pressed");
    }

    pub async fn text(&self, css: &str) -> String {
        self.ask(css, async |element| element.text().await).await
    }

    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.ask(css, async |element| element.attr(name).await)
            .await
    }

    /// Asks an element for something, again when it was drawn anew meanwhile.
    async fn ask<T>(&self, css: &str, question: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        let started = Instant::now();
        loop {
            match question(self.find(css).await).await {
                Ok(answer) => return answer,
                Err(error) if is_passing(&error) && started.elapsed() < PATIENCE => {}
                Err(error) => panic!("{css} does not answer: {error}"),
            }
        }
    }

    /// Waits until an element's text contains these words; gives the text.
    pub async fn says(&self, css: &str, words: &str) -> String {
        let started = Instant::now();
        loop {
            let text = self.text_now(css).await;
            if let Some(text) = text.as_deref()
                && text.contains(words)
            {
                return text.to_owned();
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{css} does not say {words:?} but {text:?}; the page says:\n{}",
                self.page_text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for a condition.
    pub async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let started = Instant::now();
        while !condition().await {
            assert!(
                started.elapsed() < PATIENCE,
                "still waiting: {what}; the page says:\n{}",
                self.page_text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// All words on the page, for a failure's message.
    pub async fn page_text(&self) -> String {
        match self
            .client
            .execute(
                "return document.body ? document.body.innerText : ''",
                vec![],
            )
            .await
        {
            Ok(Value::String(text)) => text,
            other => format!("{other:?}"),
        }
    }

    /// Runs a script in the page and gives what it answers.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .expect("the script runs")
    }

    /// Runs a script that ends by calling its last argument.
    pub async fn script_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute_async(script, arguments)
            .await
            .expect("the script runs")
    }

    /// Waits for a window besides the given ones and goes there.
    pub async fn enter_new_window(&self, known: &BTreeSet<String>) -> String {
        let started = Instant::now();
        loop {
            let windows = self.windows().await;
            if let Some(new) = windows.difference(known).next() {
                let handle = WindowHandle::try_from(new.clone()).expect("a handle");
                self.client
                    .switch_to_window(handle)
                    .await
                    .expect("the new window");
                return new.clone();
            }
            if started.elapsed() > PATIENCE {
                let page = self.script("return document.body.innerText", vec![]).await;
                panic!("no new window; the page says {page}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The windows there are.
    pub async fn windows(&self) -> BTreeSet<String> {
        let handles = self.client.windows().await.expect("the windows");
        handles.into_iter().map(String::from).collect()
    }

    /// Goes to a window there is.
    pub async fn enter_window(&self, handle: &str) {
        let handle = WindowHandle::try_from(handle.to_owned()).expect("a handle");
        self.client
            .switch_to_window(handle)
            .await
            .expect("the window");
    }

    pub async fn enter_main_window(&self) {
        self.client
            .switch_to_window(self.main.clone())
            .await
            .expect("the main window");
    }

    /// Makes the window this large and waits until the page has it.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client
            .set_window_rect(0, 0, width, height)
            .await
            .expect("the window can be resized");
        self.until(&format!("the page is {width} by {height}"), async || {
            let size = self
                .script("return [innerWidth, innerHeight]", vec![])
                .await;
            size == json!([width, height])
        })
        .await;
    }

    /// Makes the window this large; nothing runs out of it sideways.
    pub async fn fits(&self, width: u32, height: u32, name: &str) {
        self.resize(width, height).await;
        let overflow = self
            .script(
                "const page = document.documentElement; return page.scrollWidth - page.clientWidth",
                vec![],
            )
            .await;
        assert_eq!(
            overflow,
            json!(0),
            "{name} runs out of a window {width} wide"
        );
    }

    /// Goes into the page's first frame.
    pub async fn enter_frame(&self, css: &str) {
        self.find(css).await.enter_frame().await.expect("the frame");
    }

    /// The words a person reads in the first element that matches, if there is one.
    async fn text_now(&self, css: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? null";
        match self.client.execute(script, vec![json!(css)]).await {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

/// The page may be drawing: the element is replaced or covered for a moment.
fn is_passing(error: &CmdError) -> bool {
    // The driver leaves the message out at times; the kind of the error is always there.
    let words = format!("{error:?}").to_lowercase();
    [
        "stale",
        "intercept",
        "interactable",
        "no such element",
        "nosuchelement",
    ]
    .iter()
    .any(|passing| words.contains(passing))
}

fn children(parent: u32) -> Vec<u32> {
    // Each thread has its own: the app starts the bank from another than its first.
    let threads = std::fs::read_dir(format!("/proc/{parent}/task"));
    let lists = threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

fn is_alive(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A zombie has ended; its parent has not asked yet.
    !status.is_empty() && !status.contains(") Z ")
}

fn is_bank(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/comm"))
        .is_ok_and(|name| name.trim() == "plaid-sandbox")
}

fn kill(pid: u32) {
    send(pid, "KILL");
}

fn send(pid: u32, signal: &str) {
    let status = std::process::Command::new("kill")
        .args(["-s", signal, &pid.to_string()])
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "process {pid} could be sent {signal}"
    );
}
