//! A stand-in of its own for each test, and a caller that holds everything it answers
//! against Plaid's official description.
#![allow(dead_code, reason = "each test program uses its own part of this")]

use contract::Contract;
use plaid_sandbox::{CLIENT_ID, Options, SECRET, Server};
use serde_json::{Value, json};

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
    pub json: Value,
}

impl Answer {
    /// A text in the answer, by JSON pointer.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> String {
        match self.json.pointer(pointer).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => panic!("no text at {pointer} of {}", self.text),
        }
    }

    #[track_caller]
    pub fn is_error(&self, status: u16, error_type: &str, error_code: &str) -> &Self {
        assert_eq!(
            (
                self.status,
                &self.json["error_type"],
                &self.json["error_code"]
            ),
            (status, &json!(error_type), &json!(error_code)),
            "{}",
            self.text
        );
        self
    }

    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "no {words:?} in {}", self.text);
        self
    }
}

/// Somebody who calls the stand-in at an address.
pub struct Caller {
    pub url: String,
    http: reqwest::Client,
    contract: Contract,
}

impl Caller {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            http: reqwest::Client::new(),
            contract: Contract::load().unwrap(),
        }
    }

    /// A call with the right credentials, which is itself as Plaid describes it.
    #[track_caller]
    pub fn ok(&self, path: &'static str, body: Value) -> impl Future<Output = Answer> {
        // The committed table tells only of fields that our client sends.
        if self.contract.is_official() {
            self.contract.request(path, &body).unwrap();
        }
        let call = self.call(path, body);
        async move {
            let answer = call.await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer
        }
    }

    /// A call with the right credentials, whatever its answer. The answer fits the description.
    pub fn call(&self, path: &'static str, body: Value) -> impl Future<Output = Answer> {
        let request = self.signed(path).body(body.to_string());
        async move {
            let answer = answer_of(request).await;
            if self.is_described(path) {
                self.contract
                    .answer(path, answer.status, &answer.json)
                    .unwrap();
            }
            let request_id = answer.text_at("/request_id");
            assert!(
                request_id.len() == 15 && request_id.chars().all(|c| c.is_ascii_alphanumeric()),
                "{request_id}"
            );
            answer
        }
    }

    /// The committed table, which is all there is without the official description, leaves out
    /// what our client never calls.
    fn is_described(&self, path: &str) -> bool {
        self.contract.is_official() || self.contract.paths().contains(path)
    }

    /// A call made by hand.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        answer_of(request).await
    }

    pub fn unsigned(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.url))
            .header("Content-Type", "application/json")
    }

    pub fn signed(&self, path: &str) -> reqwest::RequestBuilder {
        self.unsigned(path)
            .header("PLAID-CLIENT-ID", CLIENT_ID)
            .header("PLAID-SECRET", SECRET)
    }

    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    /// What Link's frame asks.
    pub async fn link(&self, act: &str, body: Value) -> Answer {
        answer_of(
            self.unsigned(&format!("/link/session/{act}"))
                .body(body.to_string()),
        )
        .await
    }

    /// An Item made without Link; its access token.
    pub async fn item(&self, username: &str, products: &[&str]) -> String {
        let created = self
            .ok(
                "/sandbox/public_token/create",
                json!({"institution_id": "ins_109508", "initial_products": products,
                       "options": {"override_username": username}}),
            )
            .await;
        self.exchange(&created.text_at("/public_token")).await
    }

    pub async fn exchange(&self, public_token: &str) -> String {
        let exchanged = self
            .ok(
                "/item/public_token/exchange",
                json!({"public_token": public_token}),
            )
            .await;
        exchanged.text_at("/access_token")
    }

    /// The id of the account with a mask.
    pub async fn account(&self, access_token: &str, mask: &str) -> String {
        let answer = self
            .ok("/accounts/get", json!({"access_token": access_token}))
            .await;
        let accounts = answer.json["accounts"].as_array().unwrap();
        let account = accounts
            .iter()
            .find(|account| account["mask"] == mask)
            .unwrap();
        account["account_id"].as_str().unwrap().to_owned()
    }

    pub async fn link_token(&self, more: Value) -> Answer {
        let mut body = json!({
            "client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
            "user": {"client_user_id": "8f1b"}, "products": ["signal", "auth"],
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.ok("/link/token/create", body).await
    }
}

async fn answer_of(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status, text, json }
}

/// A stand-in within this process.
pub struct Running {
    pub caller: Caller,
    pub clock: plaid_sandbox::SandboxClock,
    pub state: tempfile::TempDir,
    server: Server,
}

impl Running {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With other options than the usual ones.
    pub async fn start_with(choose: impl FnOnce(&mut Options)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), choose).await
    }

    /// With a state directory that has something in it.
    pub async fn start_in(state: tempfile::TempDir, choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::new(state.path());
        choose(&mut options);
        let clock = options.clock.clone();
        let server = Server::start(options).await.unwrap();
        Self {
            caller: Caller::new(server.url()),
            clock,
            state,
            server,
        }
    }

    pub fn control_url(&self) -> String {
        self.server.control_url().unwrap()
    }

    /// The same state in a fresh server.
    pub async fn restart(self) -> Self {
        let Self {
            clock,
            state,
            server,
            ..
        } = self;
        server.stop().await;
        let options = Options {
            clock: clock.clone(),
            ..Options::new(state.path())
        };
        let server = Server::start(options).await.unwrap();
        Self {
            caller: Caller::new(server.url()),
            clock,
            state,
            server,
        }
    }
}

impl std::ops::Deref for Running {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}
