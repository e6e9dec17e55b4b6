//! The desk against the real stand-in, with a wire between them that can be cut, held and listened to, and a desk
//! that can be killed: it runs on a runtime of its own, which ends at once and takes every task with it.

#![allow(dead_code, reason = "each test program uses its own part of the stage")]

use crate::features;
use std::{
    collections::HashMap,
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::{
    BoxFuture, DemoError, DemoLauncher, Desk, DeskConfig, PlaidUrls,
    calls::CallPace,
    demo::view::DemoLatency,
    environment::Environment,
    items::view::{AccountView, ItemView},
    link::{
        LinkStarted,
        view::{DuplicateChoice, LinkRequest, LinkSessionView, LinkState, PersonChoice, Purpose},
    },
    secrets::Passphrase,
    start::view::SecretStoreChoice,
};
use plaid_sandbox::{Options, SandboxClock, Server};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, runtime::Runtime, sync::watch};
use tokio_util::sync::CancellationToken;
use url::Url;

const PASSPHRASE: &str = "correct horse battery";

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

pub const PLATYPUS: &str = "ins_109508";

/// What the wire does with calls of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// They do not reach the bank; a proxy's page comes back.
    Cut,
    /// They wait before they reach the bank.
    HeldBefore,
    /// They reach the bank, and the answer waits.
    HeldAfter,
    /// They reach the bank, and the connection is lost.
    LostAfter,
    /// Plaid says this.
    Says(u16, &'static str, &'static str),
    /// Plaid answers this, HTTP 200.
    Answers(&'static str),
}

/// A call that came over the wire.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub body: Value,
}

struct Wire {
    bank: String,
    http: reqwest::Client,
    faults: watch::Sender<HashMap<&'static str, Fault>>,
    /// Faults of calls with this access token.
    token_faults: Mutex<HashMap<String, Fault>>,
    calls: watch::Sender<Vec<Call>>,
    /// Calls that are held at this moment, before or after they reached the bank.
    held: watch::Sender<usize>,
    /// Paths the bank has answered.
    answered: watch::Sender<Vec<String>>,
    secrets: Mutex<Vec<String>>,
}

async fn pass(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX)
        .await
        .unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let of_token = json["access_token"].as_str().and_then(|token| {
        let faults = wire.token_faults.lock().unwrap();
        faults.get(token).copied()
    });
    wire.calls.send_modify(|calls| {
        calls.push(Call {
            path: path.clone(),
            body: json,
        });
    });
    match of_token.or_else(|| wire.fault(&path)) {
        Some(Fault::Cut) => {
            return (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response();
        }
        Some(Fault::Says(status, error_type, error_code)) => {
            let error = json!({"error_type": error_type, "error_code": error_code, "error_message": "said by the wire",
                               "display_message": null, "request_id": "wire"});
            let status = StatusCode::from_u16(status).unwrap();
            return (
                status,
                [(header::CONTENT_TYPE, "application/json")],
                error.to_string(),
            )
                .into_response();
        }
        Some(Fault::Answers(body)) => {
            return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
        }
        Some(Fault::HeldBefore) => wire.released(&path).await,
        _ => {}
    }
    let (status, answer) = wire.forward(&path, headers, body).await;
    match wire.fault(&path) {
        Some(Fault::HeldAfter) => wire.released(&path).await,
        Some(Fault::LostAfter) => {
            // A body that fails closes the connection before an answer is complete.
            let broken =
                futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("lost"))]);
            return Response::new(Body::from_stream(broken));
        }
        _ => {}
    }
    (status, [(header::CONTENT_TYPE, "application/json")], answer).into_response()
}

impl Wire {
    fn fault(&self, path: &str) -> Option<Fault> {
        self.faults.borrow().get(path).copied()
    }

    async fn released(&self, path: &str) {
        let _held = Held::by(&self.held);
        let mut faults = self.faults.subscribe();
        let _ = faults.wait_for(|faults| !faults.contains_key(path)).await;
    }

    async fn forward(
        &self,
        path: &str,
        mut headers: axum::http::HeaderMap,
        body: Bytes,
    ) -> (StatusCode, Bytes) {
        for name in [header::HOST, header::CONTENT_LENGTH] {
            headers.remove(name);
        }
        let answer = self
            .http
            .post(format!("{}{path}", self.bank))
            .headers(headers)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let answer = answer.bytes().await.unwrap();
        if let Ok(json) = serde_json::from_slice::<Value>(&answer) {
            let mut secrets = self.secrets.lock().unwrap();
            for name in [
                "access_token",
                "new_access_token",
                "public_token",
                "link_token",
            ] {
                secrets.extend(json[name].as_str().map(str::to_owned));
            }
        }
        self.answered
            .send_modify(|answered| answered.push(path.to_owned()));
        (status, answer)
    }
}

/// A call that is held until it is released, or who made it is gone.
struct Held<'a>(&'a watch::Sender<usize>);

impl<'a> Held<'a> {
    fn by(held: &'a watch::Sender<usize>) -> Self {
        held.send_modify(|calls| *calls += 1);
        Self(held)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|calls| *calls -= 1);
    }
}

/// A bank, a wire, and a folder for the desk.
pub struct Stage {
    pub dir: tempfile::TempDir,
    _bank_dir: tempfile::TempDir,
    _server: Server,
    pub bank: String,
    wire: Arc<Wire>,
    address: Url,
    control: Option<Url>,
    pub http: reqwest::Client,
    /// What time it is for the bank and for the desk.
    clock: SandboxClock,
    /// How desks pace their calls.
    pub pace: CallPace,
    line: Option<Line>,
}

/// The network between the desk and the wire: it can be lost, with what is under way, and come back.
struct Line {
    address: std::net::SocketAddr,
    to: std::net::SocketAddr,
    up: Mutex<Option<Up>>,
}

/// A network that is there.
struct Up {
    lost: CancellationToken,
    carrying: tokio::task::JoinHandle<()>,
}

impl Line {
    async fn up(to: &Url) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            address: listener.local_addr().unwrap(),
            to: to.socket_addrs(|| None).unwrap()[0],
            up: Mutex::default(),
        };
        line.carry(listener);
        line
    }

    fn carry(&self, listener: tokio::net::TcpListener) {
        let (to, lost) = (self.to, CancellationToken::new());
        let until = lost.clone();
        let carrying = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let (near, _) = accepted.unwrap();
                        connections.spawn(carry_one(near, to, until.clone()));
                    }
                    () = until.cancelled() => break,
                }
            }
            drop(listener);
            connections.join_all().await;
        });
        *self.up.lock().unwrap() = Some(Up { lost, carrying });
    }

    /// Returns when the desk has noticed it on every connection: a call over one that it still believes in would be lost
    /// on its way, and not refused.
    async fn lose(&self) {
        let up = self.up.lock().unwrap().take();
        if let Some(Up { lost, carrying }) = up {
            lost.cancel();
            carrying.await.unwrap();
        }
    }

    async fn come_back(&self) {
        let listener = tokio::net::TcpListener::bind(self.address).await.unwrap();
        self.carry(listener);
    }
}

/// Carries one connection of the desk until either end closes it or the network is lost.
async fn carry_one(
    mut near: tokio::net::TcpStream,
    to: std::net::SocketAddr,
    lost: CancellationToken,
) {
    let mut far = tokio::net::TcpStream::connect(to).await.unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        () = lost.cancelled() => {
            let _ = near.shutdown().await;
            // Until the desk closes its end.
            let _ = tokio::io::copy(&mut near, &mut tokio::io::sink()).await;
        }
    }
}

/// The desk's clock, which goes with the bank's.
struct SameTime(SandboxClock);

impl desk::Clock for SameTime {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }
}

struct Launcher {
    address: Url,
    control: Option<Url>,
}

impl DemoLauncher for Launcher {
    fn start(
        &self,
        _state_dir: PathBuf,
        _latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        let address = self.address.clone();
        Box::pin(async move { Ok(address) })
    }

    fn control(&self) -> Option<Url> {
        self.control.clone()
    }

    fn stop(&self) {}
}

impl Stage {
    pub async fn set() -> Self {
        let bank_dir = tempfile::tempdir().unwrap();
        let clock = SandboxClock::system();
        let options = Options {
            control_port: Some(0),
            clock: clock.clone(),
            ..Options::new(bank_dir.path())
        };
        let server = Server::start(options).await.unwrap();
        let control = server.control_url().map(|url| url.parse().unwrap());
        let bank = server.url().trim_end_matches('/').to_owned();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let wire = Arc::new(Wire {
            bank: bank.clone(),
            http: http.clone(),
            faults: watch::Sender::default(),
            token_faults: Mutex::default(),
            calls: watch::Sender::default(),
            held: watch::Sender::default(),
            answered: watch::Sender::default(),
            secrets: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().fallback(pass).with_state(Arc::clone(&wire));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            dir: tempfile::tempdir().unwrap(),
            _bank_dir: bank_dir,
            _server: server,
            bank,
            wire,
            address,
            control,
            http,
            clock,
            // A test waits for the end of patience.
            pace: CallPace {
                busy_patience: Duration::from_secs(3),
                ..CallPace::default()
            },
            line: None,
        }
    }

    /// As [`set`](Self::set), with a network that can be lost.
    pub async fn on_a_line() -> Self {
        let mut stage = Self::set().await;
        let line = Line::up(&stage.address).await;
        stage.address = Url::parse(&format!("http://{}", line.address)).unwrap();
        stage.line = Some(line);
        stage
    }

    /// Loses the network, with all that is under way.
    pub async fn lose_network(&self) {
        self.line.as_ref().unwrap().lose().await;
    }

    /// The network is there again.
    pub async fn network_is_back(&self) {
        self.line.as_ref().unwrap().come_back().await;
    }

    /// Lets time pass, for the bank and for the desk.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by.try_into().unwrap());
    }

    /// Sets the clock back.
    pub fn set_clock_back(&self, by: Duration) {
        let by: jiff::SignedDuration = by.try_into().unwrap();
        self.clock.advance(-by);
    }

    /// What time it is for them.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    pub fn fault(&self, path: &'static str, fault: Fault) {
        self.wire
            .faults
            .send_modify(|faults| _ = faults.insert(path, fault));
    }

    /// Calls with this access token go wrong.
    pub fn fault_for(&self, access_token: &Value, fault: Fault) {
        let token = access_token.as_str().unwrap().to_owned();
        self.wire.token_faults.lock().unwrap().insert(token, fault);
    }

    pub fn mend(&self, path: &'static str) {
        self.wire
            .faults
            .send_modify(|faults| _ = faults.remove(path));
    }

    /// Calls of this path so far.
    pub fn calls(&self, path: &str) -> Vec<Call> {
        let calls = self.wire.calls.borrow();
        calls
            .iter()
            .filter(|call| call.path == path)
            .cloned()
            .collect()
    }

    /// Calls of every path so far.
    pub fn all_calls(&self) -> Vec<Call> {
        self.wire.calls.borrow().clone()
    }

    /// Waits until so many calls of this path have come.
    pub async fn called(&self, path: &str, times: usize) {
        let mut calls = self.wire.calls.subscribe();
        let enough =
            calls.wait_for(|calls| calls.iter().filter(|call| call.path == path).count() >= times);
        tokio::time::timeout(PATIENCE, enough)
            .await
            .unwrap_or_else(|_| panic!("{path} was not called {times} times"))
            .unwrap();
    }

    /// Waits until so many calls are held. Those of a desk that was killed go with it.
    pub async fn held(&self, times: usize) {
        let mut held = self.wire.held.subscribe();
        let so_many = held.wait_for(|held| *held == times);
        tokio::time::timeout(PATIENCE, so_many)
            .await
            .unwrap_or_else(|_| panic!("there were never {times} calls held"))
            .unwrap();
    }

    /// Waits until the bank has answered a call of this path, whether or not the answer has arrived.
    pub async fn answered(&self, path: &str) {
        self.answers(path, 1).await;
    }

    /// The same for so many calls.
    pub async fn answers(&self, path: &str, times: usize) {
        let mut answered = self.wire.answered.subscribe();
        let enough = answered
            .wait_for(|answered| answered.iter().filter(|answer| *answer == path).count() >= times);
        tokio::time::timeout(PATIENCE, enough)
            .await
            .unwrap_or_else(|_| panic!("{path} was not answered {times} times"))
            .unwrap();
    }

    /// Every token the bank has given out.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = self.wire.secrets.lock().unwrap().clone();
        secrets.push(PASSPHRASE.to_owned());
        secrets
    }

    /// A desk with the Demo open.
    pub async fn desk(&self) -> Running {
        let config = DeskConfig {
            data_dir: self.dir.path().to_owned(),
            version: "0.0.0".to_owned(),
            keyring_service: "balance-desk-tests-use-no-keyring".to_owned(),
            plaid_urls: PlaidUrls::default(),
            demo: Arc::new(Launcher {
                address: self.address.clone(),
                control: self.control.clone(),
            }),
        };
        let (clock, pace) = (Arc::new(SameTime(self.clock.clone())), self.pace);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let opened = runtime.spawn(async move {
            let desk = Desk::start_paced(config, clock, pace).await;
            if desk.status().await.open.is_some() {
                return desk;
            }
            let passphrase = Passphrase::new(PASSPHRASE);
            if desk.unlock(passphrase.clone()).await.is_err() {
                let choice = SecretStoreChoice::Passphrase { passphrase };
                desk.choose_secret_store(choice).await.unwrap();
            }
            desk.open_environment(Environment::Demo).await.unwrap();
            desk
        });
        Running {
            desk: opened.await.unwrap(),
            runtime: Some(runtime),
        }
    }

    /// What Link's frame asks of the bank.
    async fn frame(&self, act: &str, body: Value) -> Value {
        let (status, answer) = self.ask_frame(act, body).await;
        assert!(status.is_success(), "{act}: {answer}");
        answer
    }

    async fn ask_frame(&self, act: &str, body: Value) -> (StatusCode, Value) {
        let answer = self
            .http
            .post(format!("{}/link/session/{act}", self.bank))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Goes through Link as a person does, up to the grant. Answers what onSuccess gives the page.
    pub async fn go_through_link(&self, started: &LinkStarted, username: &str) -> Value {
        let session = self.begin_link(started).await;
        self.sign_in(&session, username).await
    }

    /// Opens Link, and goes no further. Answers Link's session.
    pub async fn begin_link(&self, started: &LinkStarted) -> Value {
        let page = Page::of(self, started);
        let token = page.session().await["token"].clone();
        self.frame("start", json!({"link_token": token})).await
    }

    /// Puts an Item into an error, or makes it well.
    pub async fn item_error(&self, item_id: &str, error_code: Option<&str>) {
        let change = json!({"item_id": item_id, "error_code": error_code});
        self.set_in_bank("item", change).await;
    }

    /// Changes something in the bank, by its control endpoint.
    pub async fn set_in_bank(&self, what: &str, body: Value) {
        let url = self
            .control
            .as_ref()
            .unwrap()
            .join(&format!("/control/{what}"))
            .unwrap();
        let answer = self
            .http
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// What the bank answers to Plaid's customer, past the wire.
    pub async fn ask_bank(&self, path: &str, mut body: Value) -> Value {
        body["client_id"] = json!("5f1e0c0ffee0de500c0ffee1");
        body["secret"] = json!("de5b0a7d1e5a4dbc0de0ba1a9ce0de");
        let asked = self
            .http
            .post(format!("{}{path}", self.bank))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        let text = asked.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Opens the address of a session, in any browser. Answers Link's session.
    pub async fn open_address(&self, url: &str) -> Value {
        let hosted_id = url.rsplit('/').next().unwrap();
        self.frame("start", json!({"hosted_id": hosted_id})).await
    }

    /// Goes through Link at an address, up to the grant.
    pub async fn go_through_address(&self, url: &str, username: &str) {
        let session = self.open_address(url).await;
        self.sign_in(&session, username).await;
    }

    /// Leaves Link.
    pub async fn leave(&self, session: &Value, status: &str) {
        self.leave_after(session, status, Value::Null).await;
    }

    /// Leaves Link after an error.
    pub async fn leave_after(&self, session: &Value, status: &str, error: Value) {
        let id = &session["link_session_id"];
        let exit = json!({"link_session_id": id, "status": status, "institution_id": null, "error": error});
        self.frame("exit", exit).await;
    }

    /// Signs in again in update mode, which is refused. Answers the error as Link tells it.
    pub async fn refused_in_link(
        &self,
        session: &Value,
        (username, password): (&str, &str),
    ) -> Value {
        let id = &session["link_session_id"];
        let credentials =
            json!({"link_session_id": id, "username": username, "password": password});
        let (status, answer) = self.ask_frame("credentials", credentials).await;
        assert!(!status.is_success(), "{answer}");
        let parts = [
            "error_type",
            "error_code",
            "error_message",
            "display_message",
        ];
        Value::Object(
            parts
                .into_iter()
                .map(|part| (part.to_owned(), answer[part].clone()))
                .collect(),
        )
    }

    /// Signs in at the bank in a session of Link, up to the grant. Answers what onSuccess gives the page.
    pub async fn sign_in(&self, session: &Value, username: &str) -> Value {
        self.sign_in_at(session, PLATYPUS, (username, "pass_good"))
            .await
    }

    /// The same at another bank or with another password: `user_custom` describes the customer in it.
    pub async fn sign_in_at(
        &self,
        session: &Value,
        institution_id: &str,
        credentials: (&str, &str),
    ) -> Value {
        self.agree_at(session, institution_id, credentials).await;
        let id = &session["link_session_id"];
        let finished = self.frame("finish", json!({"link_session_id": id})).await;
        json!({"public_token": finished["public_token"], "metadata": finished["metadata"]})
    }

    /// Signs in at a bank up to the last pane of Link: the bank has agreed, and Link has not said so yet.
    pub async fn agree_at(
        &self,
        session: &Value,
        institution_id: &str,
        (username, password): (&str, &str),
    ) {
        let id = &session["link_session_id"];
        if session["update_mode"] != json!(true) {
            let body = json!({"link_session_id": id, "institution_id": institution_id});
            self.frame("institution", body).await;
        }
        let credentials =
            json!({"link_session_id": id, "username": username, "password": password});
        let answer = self.frame("credentials", credentials).await;
        if let Some(accounts) = answer["accounts"].as_array() {
            let masks: Vec<&Value> = accounts.iter().map(|account| &account["mask"]).collect();
            let body = json!({"link_session_id": id, "masks": masks});
            self.frame("accounts", body).await;
        }
    }
}

/// The page of a Link session, as the window has it.
pub struct Page {
    http: reqwest::Client,
    address: Url,
}

impl Page {
    pub fn of(stage: &Stage, started: &LinkStarted) -> Self {
        Self {
            http: stage.http.clone(),
            address: started.page.clone(),
        }
    }

    pub async fn session(&self) -> Value {
        let url = self.address.join("session.json").unwrap();
        let text = self.http.get(url).send().await.unwrap().text().await;
        serde_json::from_str(&text.unwrap()).unwrap()
    }

    /// Posts a callback; none when the page is not served any more.
    pub async fn post(&self, callback: &str, body: &Value) -> Option<u16> {
        let posted = self
            .http
            .post(self.address.join(callback).unwrap())
            .header(header::ORIGIN, self.address.origin().ascii_serialization())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await;
        posted.ok().map(|answer| answer.status().as_u16())
    }
}

/// A desk that runs, until it is killed.
pub struct Running {
    pub desk: Desk,
    runtime: Option<Runtime>,
}

impl Running {
    /// Runs something on the desk's own runtime.
    pub async fn run<T, F, W>(&self, work: W) -> T
    where
        W: FnOnce(Desk) -> F,
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let runtime = self.runtime.as_ref().unwrap();
        runtime.spawn(work(self.desk.clone())).await.unwrap()
    }

    /// Begins something and does not wait for it.
    pub fn begin<T, F, W>(&self, work: W) -> tokio::task::JoinHandle<T>
    where
        W: FnOnce(Desk) -> F,
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.runtime
            .as_ref()
            .unwrap()
            .spawn(work(self.desk.clone()))
    }

    /// Ends every task of the desk where it stands, as a killed process does.
    pub async fn kill(mut self) {
        let runtime = self.runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10)))
            .await
            .unwrap();
    }

    /// Waits until what is read is as it must be.
    pub async fn until<T, F, R>(&self, read: R, what: impl Fn(&T) -> bool) -> T
    where
        R: Fn(Desk) -> F,
        F: Future<Output = T> + Send + 'static,
        T: std::fmt::Debug + Send + 'static,
    {
        let mut events = self.desk.events();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let seen = self.run(&read).await;
            if what(&seen) {
                return seen;
            }
            // Whatever changed has been told; the second is for a change told before we listened.
            let next = tokio::time::timeout(Duration::from_secs(1), events.recv());
            let _ = next.await;
            assert!(
                tokio::time::Instant::now() < deadline,
                "this never came to be: {seen:?}"
            );
        }
    }

    pub async fn session_in(&self, session_id: &str, state: LinkState) -> LinkSessionView {
        let id = session_id.to_owned();
        let read = move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).links.get(&id).await.unwrap() }
        };
        self.until(read, |session| session.state == state).await
    }

    pub async fn items(&self) -> Vec<ItemView> {
        self.run(|desk| async move { features(&desk).items.view_all().await.unwrap().items })
            .await
    }

    pub async fn link_start(&self, name: &str) -> LinkStarted {
        let request = for_debits(name);
        self.run(|desk| async move { features(&desk).links.start(request).await.unwrap() })
            .await
    }

    /// Links a bank from the first click to the last; answers the Item with its readings and its logo.
    pub async fn link(&self, stage: &Stage, name: &str) -> ItemView {
        let started = self.link_start(name).await;
        let grant = stage.go_through_link(&started, "user_good").await;
        let posted = Page::of(stage, &started).post("success", &grant).await;
        assert_eq!(posted, Some(204));
        let item_id = self.kept(&started.session.session_id).await;
        self.complete_item(&item_id).await
    }

    /// An Item of a customer, for balances only: it is not opted in to Signal yet.
    pub async fn link_for_balances(&self, stage: &Stage, name: &str) -> ItemView {
        let request = LinkRequest {
            purpose: Purpose::BalancesOnly,
            products: vec!["transactions".to_owned()],
            ..for_debits(name)
        };
        let started = self
            .run(|desk| async move { features(&desk).links.start(request).await.unwrap() })
            .await;
        let grant = stage.go_through_link(&started, "user_good").await;
        Page::of(stage, &started).post("success", &grant).await;
        let id = &started.session.session_id;
        let session = self.session_in(id, LinkState::Exchanged).await;
        self.complete_item(&session.item_id.unwrap()).await
    }

    /// Waits until a granted session has become an Item; one that looks like another stays beside it.
    pub async fn kept(&self, session_id: &str) -> String {
        let id = session_id.to_owned();
        let read = move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).links.get(&id).await.unwrap() }
        };
        let granted = |session: &LinkSessionView| {
            matches!(session.state, LinkState::Held | LinkState::Exchanged)
        };
        if self.until(read, granted).await.state == LinkState::Held {
            let id = session_id.to_owned();
            self.run(|desk| async move {
                features(&desk)
                    .links
                    .decide(&id, DuplicateChoice::KeepBoth)
                    .await
                    .unwrap()
            })
            .await;
        }
        let session = self.session_in(session_id, LinkState::Exchanged).await;
        session.item_id.unwrap()
    }

    /// Links this bank, signing in with these.
    pub async fn link_at(
        &self,
        stage: &Stage,
        name: &str,
        institution_id: &str,
        credentials: (&str, &str),
    ) -> ItemView {
        let started = self.link_start(name).await;
        let session = stage.begin_link(&started).await;
        let grant = stage
            .sign_in_at(&session, institution_id, credentials)
            .await;
        let posted = Page::of(stage, &started).post("success", &grant).await;
        assert_eq!(posted, Some(204));
        let session = self
            .session_in(&started.session.session_id, LinkState::Exchanged)
            .await;
        self.complete_item(&session.item_id.unwrap()).await
    }

    /// Waits until everything that follows on an exchange is there.
    pub async fn complete_item(&self, item_id: &str) -> ItemView {
        let read =
            |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
        let complete = |items: &Vec<ItemView>| {
            items.iter().any(|item| {
                item.item_id == item_id
                    && item.institution_logo.is_some()
                    && item
                        .accounts
                        .iter()
                        .all(|account| account.reading.is_some())
            })
        };
        let items = self.until(read, complete).await;
        items
            .into_iter()
            .find(|item| item.item_id == item_id)
            .unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // OpenSSL takes its tables down when the program ends; a thread that still writes then would crash.
        if let Some(runtime) = self.runtime.take() {
            let ending = std::thread::spawn(move || {
                runtime.shutdown_timeout(Duration::from_secs(10));
            });
            let _ = ending.join();
        }
    }
}

pub fn for_debits(name: &str) -> LinkRequest {
    LinkRequest {
        purpose: Purpose::AchRisk,
        products: Vec::new(),
        person: PersonChoice::New {
            name: name.to_owned(),
        },
    }
}

pub fn by_mask<'a>(item: &'a ItemView, mask: &str) -> &'a AccountView {
    item.accounts
        .iter()
        .find(|account| account.mask.as_deref() == Some(mask))
        .unwrap()
}

/// The bytes of every file of the desk.
pub fn bytes_on_disk(dir: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
    }
    files
}
