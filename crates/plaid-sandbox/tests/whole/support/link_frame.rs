//! One Link session, driven the way Link's frame does it.

use super::{ApiAnswer, RunningSandbox};
use serde_json::{Value, json};

pub struct LinkFrame<'a> {
    sandbox: &'a RunningSandbox,
    pub id: String,
    pub started: Value,
}

impl<'a> LinkFrame<'a> {
    pub async fn start(sandbox: &'a RunningSandbox, link_token: &str) -> Self {
        Self::open(sandbox, json!({"link_token": link_token})).await
    }

    pub async fn start_hosted(sandbox: &'a RunningSandbox, hosted_id: &str) -> Self {
        Self::open(sandbox, json!({"hosted_id": hosted_id})).await
    }

    pub async fn open(sandbox: &'a RunningSandbox, body: Value) -> Self {
        let started = sandbox.link("start", body).await;
        assert_eq!(started.status, 200, "{}", started.text);
        Self {
            sandbox,
            id: started.text_at("/link_session_id"),
            started: started.json,
        }
    }

    /// A session at First Platypus Bank with a new link token, before signing in.
    pub async fn at_first_platypus(sandbox: &'a RunningSandbox) -> Self {
        let link_token = sandbox.link_token(json!({})).await.text_at("/link_token");
        let session = Self::start(sandbox, &link_token).await;
        session.choose("ins_109508").await;
        session
    }

    pub async fn act(&self, action: &str, mut body: Value) -> ApiAnswer {
        body["link_session_id"] = json!(self.id);
        self.sandbox.link(action, body).await
    }

    /// An action that the stand-in must reject with HTTP 400.
    pub async fn rejects(
        &self,
        action: &str,
        body: Value,
        error_type: &str,
        error_code: &str,
    ) -> ApiAnswer {
        let answer = self.act(action, body).await;
        answer.is_error(400, error_type, error_code);
        answer
    }

    pub async fn choose(&self, institution_id: &str) -> ApiAnswer {
        let body = json!({"institution_id": institution_id});
        self.act("institution", body).await
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> ApiAnswer {
        let body = json!({"username": username, "password": password});
        self.act("credentials", body).await
    }

    /// A sign-in that the stand-in must reject with an Item error.
    pub async fn rejects_sign_in(&self, username: &str, password: &str, error_code: &str) {
        let answer = self.sign_in(username, password).await;
        answer.is_error(400, super::ITEM, error_code);
    }

    /// Shares these accounts and finishes; the answer has the public token.
    pub async fn share(&self, masks: &[&str]) -> ApiAnswer {
        let connected = self.act("accounts", json!({"masks": masks})).await;
        assert_eq!(connected.text_at("/next"), "connected");
        self.act("finish", json!({})).await
    }
}
