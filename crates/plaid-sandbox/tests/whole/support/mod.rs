//! A stand-in for each test, and a client that checks every answer against Plaid's API description.

mod link_frame;

use contract::Contract;
use plaid_sandbox::{CLIENT_ID, Options, SECRET, Server};
use serde_json::{Value, json};

pub use link_frame::LinkFrame;

pub const REQUEST: &str = "INVALID_REQUEST";
pub const INPUT: &str = "INVALID_INPUT";
pub const ITEM: &str = "ITEM_ERROR";
pub const INSTITUTION: &str = "INSTITUTION_ERROR";

/// The body of a call about one Item.
pub fn by_token(access_token: &impl AsRef<str>) -> Value {
    json!({"access_token": access_token.as_ref()})
}

/// The body of /signal/evaluate, without optional fields.
pub fn evaluation(
    access_token: &str,
    account_id: &str,
    id: &str,
    amount: impl Into<Value>,
) -> Value {
    json!({"access_token": access_token, "account_id": account_id, "client_transaction_id": id,
           "amount": amount.into()})
}

#[derive(Debug)]
pub struct ApiAnswer {
    pub status: u16,
    pub text: String,
    pub json: Value,
}

impl ApiAnswer {
    /// A string in the answer, by JSON pointer.
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

/// Calls the stand-in.
pub struct ApiCaller {
    pub url: String,
    http: reqwest::Client,
    contract: Contract,
}

impl ApiCaller {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            http: reqwest::Client::new(),
            contract: Contract::load().unwrap(),
        }
    }

    /// A call that fits the description and must succeed.
    #[track_caller]
    pub fn ok(&self, path: &'static str, body: Value) -> impl Future<Output = ApiAnswer> {
        // The committed table has only the fields that our client sends.
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

    /// A call with the right credentials. Its answer must fit the description.
    pub fn call(&self, path: &'static str, body: Value) -> impl Future<Output = ApiAnswer> {
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

    /// A call that the stand-in must reject with HTTP 400.
    pub async fn rejects(
        &self,
        path: &'static str,
        body: Value,
        error_type: &str,
        error_code: &str,
    ) -> ApiAnswer {
        let answer = self.call(path, body).await;
        answer.is_error(400, error_type, error_code);
        answer
    }

    /// Without the official description, only calls that our client makes are described.
    fn is_described(&self, path: &str) -> bool {
        self.contract.is_official() || self.contract.paths().contains(path)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> ApiAnswer {
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

    /// A call of Link's frame.
    pub async fn link(&self, action: &str, body: Value) -> ApiAnswer {
        let request = self.unsigned(&format!("/link/session/{action}"));
        answer_of(request.body(body.to_string())).await
    }

    /// Makes an Item without Link; returns its access token.
    pub async fn item(&self, username: &str, products: &[&str]) -> String {
        let options = json!({"override_username": username});
        self.item_at("ins_109508", products, options).await
    }

    pub async fn item_at(&self, institution_id: &str, products: &[&str], options: Value) -> String {
        let body = json!({"institution_id": institution_id, "initial_products": products,
                          "options": options});
        let created = self.ok("/sandbox/public_token/create", body).await;
        self.exchange(&created.text_at("/public_token")).await
    }

    pub async fn exchange(&self, public_token: &str) -> String {
        let body = json!({"public_token": public_token});
        let exchanged = self.ok("/item/public_token/exchange", body).await;
        exchanged.text_at("/access_token")
    }

    /// The ID of the account with this mask.
    pub async fn account(&self, access_token: &str, mask: &str) -> String {
        let answer = self.ok("/accounts/get", by_token(&access_token)).await;
        let accounts = answer.json["accounts"].as_array().unwrap();
        let account = accounts
            .iter()
            .find(|account| account["mask"] == mask)
            .unwrap();
        account["account_id"].as_str().unwrap().to_owned()
    }

    /// Makes a link token; `extra` fields are added to the usual ones or replace them.
    pub async fn link_token(&self, extra: Value) -> ApiAnswer {
        let mut body = json!({
            "client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
            "user": {"client_user_id": "8f1b"}, "products": ["signal", "auth"],
        });
        for (name, value) in extra.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.ok("/link/token/create", body).await
    }
}

async fn answer_of(request: reqwest::RequestBuilder) -> ApiAnswer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    ApiAnswer { status, text, json }
}

/// A stand-in in this process.
pub struct RunningSandbox {
    caller: ApiCaller,
    pub clock: plaid_sandbox::SandboxClock,
    pub state: tempfile::TempDir,
    server: Server,
}

impl RunningSandbox {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(choose: impl FnOnce(&mut Options)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), choose).await
    }

    /// With an existing state directory.
    pub async fn start_in(state: tempfile::TempDir, choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::new(state.path());
        choose(&mut options);
        let clock = options.clock.clone();
        let server = Server::start(options).await.unwrap();
        Self {
            caller: ApiCaller::new(server.url()),
            clock,
            state,
            server,
        }
    }

    pub fn control_url(&self) -> String {
        self.server.control_url().unwrap()
    }

    /// Sends a change to the control endpoint.
    pub async fn control(&self, what: &str, body: Value) -> ApiAnswer {
        let request = reqwest::Client::new()
            .post(format!("{}/control/{what}", self.control_url()))
            .header("Content-Type", "application/json")
            .body(body.to_string());
        answer_of(request).await
    }

    /// Starts a new server with the same state.
    pub async fn restart(self) -> Self {
        self.server.stop().await;
        let clock = self.clock;
        Self::start_in(self.state, |options| options.clock = clock).await
    }
}

impl std::ops::Deref for RunningSandbox {
    type Target = ApiCaller;

    fn deref(&self) -> &ApiCaller {
        &self.caller
    }
}
