//! The person at the bank: goes through Link as its frame does, and posts Link's callbacks as the page does.

use desk::link::LinkStarted;
use reqwest::header;
use serde_json::{Value, json};
use url::Url;

pub struct Customer {
    http: reqwest::Client,
    bank: String,
}

impl Customer {
    pub fn at(bank: &str) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            bank: bank.trim_end_matches('/').to_owned(),
        }
    }

    /// What Link's frame asks of the bank.
    async fn frame(&self, act: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/link/session/{act}", self.bank))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{act}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Goes through Link in the window, up to the grant. Answers what onSuccess gives the page.
    pub async fn in_window(
        &self,
        started: &LinkStarted,
        institution: &str,
        username: &str,
    ) -> Value {
        let url = started.page.join("session.json").unwrap();
        let text = self.http.get(url).send().await.unwrap().text().await;
        let page: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let token = json!({"link_token": page["token"]});
        let session = self.frame("start", token).await;
        let event =
            json!({"name": "SELECT_INSTITUTION", "metadata": {"institution_id": institution}});
        self.post(&started.page, "event", &event).await;
        self.sign_in(&session, institution, username).await
    }

    /// Goes through Link at an address, up to the grant.
    pub async fn at_address(&self, url: &str, institution: &str, username: &str) {
        let hosted_id = url.rsplit('/').next().unwrap();
        let session = self.frame("start", json!({"hosted_id": hosted_id})).await;
        self.sign_in(&session, institution, username).await;
    }

    async fn sign_in(&self, session: &Value, institution: &str, username: &str) -> Value {
        let id = &session["link_session_id"];
        let mut username = json!(username);
        if session["update_mode"] == json!(true) {
            username = session["username"].clone();
        } else {
            let body = json!({"link_session_id": id, "institution_id": institution});
            self.frame("institution", body).await;
        }
        let body = json!({"link_session_id": id, "username": username, "password": "pass_good"});
        let answer = self.frame("credentials", body).await;
        if let Some(accounts) = answer["accounts"].as_array() {
            let masks: Vec<&Value> = accounts.iter().map(|account| &account["mask"]).collect();
            let body = json!({"link_session_id": id, "masks": masks});
            self.frame("accounts", body).await;
        }
        let finished = self.frame("finish", json!({"link_session_id": id})).await;
        json!({"public_token": finished["public_token"], "metadata": finished["metadata"]})
    }

    /// Posts a callback of Link; a page that is not served any more does not matter.
    pub async fn post(&self, page: &Url, callback: &str, body: &Value) {
        let posted = self
            .http
            .post(page.join(callback).unwrap())
            .header(header::ORIGIN, page.origin().ascii_serialization())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await;
        if let Ok(answer) = posted {
            assert!(answer.status().is_success(), "{callback}: {answer:?}");
        }
    }
}
