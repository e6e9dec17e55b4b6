//! Banks that ask for consent on their own page.

use crate::support::{ApiAnswer, LinkFrame, REQUEST, RunningSandbox};
use serde_json::json;

use super::{hosted_id, token};

/// What the person does on the bank's own page.
async fn decide(sandbox: &RunningSandbox, oauth_state_id: &str, granted: bool) -> ApiAnswer {
    let visit = json!({"oauth_state_id": oauth_state_id});
    let seen = sandbox.link("bank/visit", visit).await;
    assert_eq!(seen.text_at("/institution/name"), "Platypus OAuth Bank");
    let decision = json!({"oauth_state_id": oauth_state_id, "granted": granted});
    sandbox.link("bank/consent", decision).await
}

#[tokio::test]
async fn an_oauth_bank_asks_on_its_own_page() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::start(&sandbox, &token(&sandbox, json!({})).await).await;
    let chosen = session.choose("ins_127287").await;
    assert_eq!(chosen.text_at("/next"), "bank");
    let outcome = async || session.act("bank/outcome", json!({})).await;
    session.act("bank/open", json!({"way": "popup"})).await;
    assert_eq!(outcome().await.text_at("/next"), "wait");
    let first = chosen.text_at("/oauth_state_id");
    let decided = decide(&sandbox, &first, false).await;
    assert!(
        decided.json["return_to"].is_null(),
        "a pop-up closes: {}",
        decided.text
    );
    let declined = outcome().await;
    assert_eq!(declined.text_at("/next"), "declined");
    let second = declined.text_at("/oauth_state_id");
    session.act("bank/open", json!({})).await;
    let late = json!({"oauth_state_id": first, "granted": true});
    sandbox.link("bank/consent", late).await.is_error(
        404,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_NOT_FOUND",
    );
    decide(&sandbox, &second, true).await;
    assert_eq!(outcome().await.text_at("/next"), "accounts");
    let again = json!({"oauth_state_id": second, "granted": false});
    sandbox.link("bank/consent", again).await.is_error(
        400,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_ALREADY_PROCESSED",
    );
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    sandbox.exchange(&public_token).await;
}

#[tokio::test]
async fn an_oauth_redirect_returns_to_the_page() {
    let sandbox = RunningSandbox::start().await;
    let redirect_uri = "http://localhost:3000/oauth";
    let link_token = token(&sandbox, json!({"redirect_uri": redirect_uri})).await;
    let session = LinkFrame::start(&sandbox, &link_token).await;
    let state = session
        .choose("ins_127287")
        .await
        .text_at("/oauth_state_id");
    session.act("bank/open", json!({"way": "redirect"})).await;
    let decided = decide(&sandbox, &state, true).await;
    let received = decided.text_at("/return_to");
    assert_eq!(received, format!("{redirect_uri}?oauth_state_id={state}"));

    let resume = async |link_token: &str, received: &str| {
        let request = json!({"link_token": link_token, "received_redirect_uri": received});
        sandbox.link("start", request).await
    };
    resume(&link_token, redirect_uri)
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("oauth uri does not contain a valid oauth_state_id query parameter");
    resume(
        &link_token,
        &format!("http://localhost:3000/other?oauth_state_id={state}"),
    )
    .await
    .is_error(400, REQUEST, "INVALID_FIELD");
    resume(&token(&sandbox, json!({})).await, &received)
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("has no redirect_uri");
    let unknown = format!("{redirect_uri}?oauth_state_id=8f1b");
    resume(&link_token, &unknown)
        .await
        .is_error(404, "OAUTH_ERROR", "OAUTH_STATE_ID_NOT_FOUND");
    let other = token(&sandbox, json!({"redirect_uri": redirect_uri})).await;
    resume(&other, &received)
        .await
        .is_error(400, "OAUTH_ERROR", "INCORRECT_LINK_TOKEN");

    let resumed = resume(&link_token, &format!("{received}#top")).await;
    assert_eq!(resumed.text_at("/resume/next"), "accounts");
    assert_eq!(resumed.text_at("/link_session_id"), session.id);
    resume(&link_token, &received).await.is_error(
        400,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_ALREADY_PROCESSED",
    );
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    sandbox.exchange(&public_token).await;
}

#[tokio::test]
async fn a_declined_oauth_redirect_can_be_retried() {
    let sandbox = RunningSandbox::start().await;
    let created = sandbox.link_token(json!({"hosted_link": {}})).await;
    let hosted_id = hosted_id(&sandbox, &created);
    let session = LinkFrame::start_hosted(&sandbox, &hosted_id).await;
    let state = session
        .choose("ins_127287")
        .await
        .text_at("/oauth_state_id");
    session.act("bank/open", json!({"way": "redirect"})).await;
    let back = decide(&sandbox, &state, false).await.text_at("/return_to");
    assert_eq!(
        back,
        format!(
            "{}?oauth_state_id={state}",
            created.text_at("/hosted_link_url")
        )
    );
    let resumed = sandbox
        .link(
            "start",
            json!({"hosted_id": hosted_id, "oauth_state_id": state}),
        )
        .await;
    assert_eq!(resumed.text_at("/resume/next"), "declined");
    assert_ne!(resumed.text_at("/resume/oauth_state_id"), state);
    assert_eq!(resumed.text_at("/link_session_id"), session.id);
    let app = token(&sandbox, json!({})).await;
    let without = LinkFrame::start(&sandbox, &app).await;
    without.choose("ins_127287").await;
    without
        .rejects(
            "bank/open",
            json!({"way": "redirect"}),
            REQUEST,
            "INVALID_FIELD",
        )
        .await
        .says("redirect_uri");
}
