//! What /link/token/get reports about sessions, and Hosted Link.

use crate::support::{INPUT, LinkFrame, RunningSandbox};
use jiff::SignedDuration;
use serde_json::json;

use super::{hosted_id, token};

#[tokio::test]
async fn link_token_get_reports_a_hosted_session_for_six_hours() {
    let sandbox = RunningSandbox::start().await;
    let created = sandbox
        .link_token(json!({"hosted_link": {"url_lifetime_seconds": 1_000_000}}))
        .await;
    let link_token = created.text_at("/link_token");
    let hosted_id = hosted_id(&sandbox, &created);
    let page = sandbox
        .send(sandbox.get(&format!("/hosted/{hosted_id}")))
        .await;
    assert!(page.status == 200 && page.text.contains("stand-in"));

    let sessions = async || {
        let answer = sandbox
            .ok("/link/token/get", json!({"link_token": link_token}))
            .await;
        answer.json["link_sessions"].as_array().unwrap().clone()
    };
    assert!(sessions().await.is_empty());
    let session = LinkFrame::start_hosted(&sandbox, &hosted_id).await;
    let event = json!({"event_name": "OPEN", "metadata": {"view_name": null, "request_id": "abc", "timestamp": "now"}});
    session.act("event", event).await;
    session.choose("ins_109508").await;
    session.sign_in("user_good", "pass_good").await;
    assert!(sessions().await[0]["finished_at"].is_null());
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    let finished = sessions().await;
    assert_eq!(
        finished[0]["results"]["item_add_results"][0]["public_token"],
        json!(public_token)
    );
    assert_eq!(
        finished[0]["on_success"]["public_token"],
        json!(public_token)
    );
    assert_eq!(
        finished[0]["events"][0]["event_metadata"],
        json!({"request_id": "abc"})
    );
    assert!(finished[0]["finished_at"].is_string() && finished[0]["exit"].is_null());
    sandbox
        .link("start", json!({"hosted_id": hosted_id}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("completed");
    sandbox
        .clock
        .advance(SignedDuration::from_mins(5 * 60 + 59));
    assert_eq!(sessions().await.len(), 1, "six hours are not over");
    sandbox.clock.advance(SignedDuration::from_mins(2));
    assert!(sessions().await.is_empty());
}

#[tokio::test]
async fn a_hosted_link_url_expires_as_requested() {
    let sandbox = RunningSandbox::start().await;
    let created = sandbox
        .link_token(
            json!({"hosted_link": {"url_lifetime_seconds": 60, "is_mobile_app": true,
                                           "completion_redirect_uri": "balancedesk://done"}}),
        )
        .await;
    let open = json!({"hosted_id": hosted_id(&sandbox, &created)});
    let session = LinkFrame::open(&sandbox, open.clone()).await;
    assert_eq!(
        (&session.started["no_popups"], &session.started["redirects"]),
        (&json!(true), &json!(true))
    );
    let left = session
        .act("exit", json!({"status": "requires_credentials"}))
        .await;
    assert_eq!(
        left.text_at("/completion_redirect_uri"),
        "balancedesk://done"
    );
    sandbox.clock.advance(SignedDuration::from_secs(61));
    sandbox
        .link("start", open)
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("expired");
}

#[tokio::test]
async fn every_exit_status_is_reported() {
    let sandbox = RunningSandbox::start().await;
    for status in [
        "requires_questions",
        "requires_selections",
        "requires_code",
        "choose_device",
        "requires_credentials",
        "requires_recaptcha",
        "requires_account_selection",
        "requires_oauth",
        "institution_not_found",
        "institution_not_supported",
    ] {
        let link_token = token(&sandbox, json!({"hosted_link": {}})).await;
        let session = LinkFrame::start(&sandbox, &link_token).await;
        let left = json!({"institution_id": null, "status": status, "error": null});
        session.act("exit", left).await;
        let again = json!({"institution_id": null, "status": "requires_code", "error": null});
        session.act("exit", again).await;
        let answer = sandbox
            .ok("/link/token/get", json!({"link_token": link_token}))
            .await;
        assert_eq!(
            answer.text_at("/link_sessions/0/exit/metadata/status"),
            status,
            "who has left cannot leave again"
        );
        assert!(answer.json["link_sessions"][0]["finished_at"].is_string());
    }
}

#[tokio::test]
async fn an_exit_is_reported_with_its_error_and_status() {
    let sandbox = RunningSandbox::start().await;
    let link_token = token(&sandbox, json!({"hosted_link": {}})).await;
    let session = LinkFrame::start(&sandbox, &link_token).await;
    let error = json!({"error_type": "INSTITUTION_ERROR", "error_code": "INSTITUTION_DOWN",
                       "error_message": "down", "display_message": null});
    let left =
        json!({"institution_id": "ins_132361", "status": "requires_credentials", "error": error});
    assert_eq!(session.act("exit", left).await.status, 200);
    let answer = sandbox
        .ok("/link/token/get", json!({"link_token": link_token}))
        .await;
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/error/error_code"),
        "INSTITUTION_DOWN"
    );
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/metadata/status"),
        "requires_credentials"
    );
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/metadata/institution/institution_id"),
        "ins_132361"
    );
    assert!(answer.json["link_sessions"][0]["results"].is_null());
}
