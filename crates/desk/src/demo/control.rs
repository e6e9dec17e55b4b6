//! Client of the stand-in's control endpoint, which docs/plaid-sandbox.md describes. It listens on loopback and knows
//! no secrets.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use reqwest::{Method, header};
use serde::{Deserialize, Serialize};
use url::Url;

use desk_core::DeskError;

use super::view::{DemoFault, DemoHealth, DemoLimits};

const PATIENCE: Duration = Duration::from_secs(5);
const EXCERPT: usize = 200;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    #[error("the Demo is not open")]
    NotOpen,
    #[error("its program has ended. “Back to normal” starts it again")]
    Ended,
    #[error("it does not answer ({reason}). “Back to normal” starts it again")]
    Unreachable { reason: String },
    #[error("it refuses: {reason}")]
    Refused { reason: String },
    #[error("its answer cannot be understood ({reason})")]
    Unclear { reason: String },
}

impl From<ControlError> for DeskError {
    fn from(error: ControlError) -> Self {
        Self::DemoControl(error.to_string())
    }
}

impl From<reqwest::Error> for ControlError {
    fn from(error: reqwest::Error) -> Self {
        let reason = if error.is_timeout() {
            "no answer in time".to_owned()
        } else {
            error.without_url().to_string()
        };
        Self::Unreachable { reason }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Settings {
    pub(super) now: Timestamp,
    pub(super) latency: String,
    pub(super) limits: DemoLimits,
    pub(super) faults: BTreeMap<String, Vec<DemoFault>>,
    pub(super) institutions: Vec<Institution>,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Institution {
    pub(super) institution_id: String,
    pub(super) name: String,
    pub(super) health: DemoHealth,
    pub(super) usual_health: DemoHealth,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub(super) item_id: String,
    pub(super) error_code: Option<String>,
    pub(super) error_code_reason: Option<String>,
    pub(super) notice: Option<String>,
}

pub(super) struct Control {
    http: reqwest::Client,
    base: Url,
}

impl Control {
    pub(super) fn new(base: Url) -> Result<Self, ControlError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { http, base })
    }

    pub(super) async fn settings(&self) -> Result<Settings, ControlError> {
        self.ask(Method::GET, "/control", Vec::new()).await
    }

    pub(super) async fn set(
        &self,
        what: &str,
        change: &impl Serialize,
    ) -> Result<Settings, ControlError> {
        let body = serde_json::to_vec(change).map_err(|error| unclear(&error))?;
        self.ask(Method::POST, &format!("/control/{what}"), body)
            .await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Settings, ControlError> {
        let mut url = self.base.clone();
        url.set_path(path);
        let answer = self
            .http
            .request(method, url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await?;
        let accepted = answer.status().is_success();
        let body = answer.bytes().await?;
        if accepted {
            serde_json::from_slice(&body).map_err(|error| unclear(&error))
        } else {
            Err(refused(&body))
        }
    }
}

fn unclear(error: &serde_json::Error) -> ControlError {
    ControlError::Unclear {
        reason: error.to_string(),
    }
}

fn refused(body: &[u8]) -> ControlError {
    #[derive(Deserialize)]
    struct ControlRefusal {
        error: String,
    }
    let reason = match serde_json::from_slice::<ControlRefusal>(body) {
        Ok(refusal) => refusal.error,
        Err(_) => String::from_utf8_lossy(body)
            .chars()
            .take(EXCERPT)
            .collect(),
    };
    ControlError::Refused { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_its_own_words() {
        let told = refused(br#"{"error":"times is from 1 to 10000"}"#).to_string();
        assert_eq!(told, "it refuses: times is from 1 to 10000");
        assert_eq!(refused(b"Not here").to_string(), "it refuses: Not here");
    }
}
