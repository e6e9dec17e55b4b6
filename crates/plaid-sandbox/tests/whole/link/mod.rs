//! Link sessions, driven the way Link's frame does it.

mod accounts;
mod endings;
mod oauth;
mod pages;
mod sign_in;
mod update_mode;

use crate::support::{ApiAnswer, RunningSandbox};
use serde_json::Value;

fn masks(answer: &ApiAnswer) -> Vec<String> {
    let accounts = answer.json["accounts"].as_array().unwrap();
    accounts
        .iter()
        .map(|account| account["mask"].as_str().unwrap().to_owned())
        .collect()
}

async fn token(sandbox: &RunningSandbox, more: Value) -> String {
    sandbox.link_token(more).await.text_at("/link_token")
}

/// The last part of the Hosted Link URL.
fn hosted_id(sandbox: &RunningSandbox, created: &ApiAnswer) -> String {
    let url = created.text_at("/hosted_link_url");
    url.strip_prefix(&format!("{}/hosted/", sandbox.url))
        .unwrap()
        .to_owned()
}
