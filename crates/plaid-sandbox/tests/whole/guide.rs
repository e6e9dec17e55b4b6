//! Plaid's guide for Balance and Signal from the link token to the return, also with a restart after every step.

use crate::support::{LinkFrame, RunningSandbox, by_token, evaluation};
use serde_json::json;

#[tokio::test]
async fn the_guide_from_link_to_return() {
    let sandbox = RunningSandbox::start().await;
    follow_guide(sandbox, false).await;
}

#[tokio::test]
async fn a_restart_after_every_step_loses_nothing() {
    let sandbox = RunningSandbox::start().await;
    follow_guide(sandbox, true).await;
}

async fn maybe_restart(sandbox: RunningSandbox, restart: bool) -> RunningSandbox {
    if restart {
        sandbox.restart().await
    } else {
        sandbox
    }
}

async fn follow_guide(sandbox: RunningSandbox, restart: bool) {
    let link_token = sandbox.link_token(json!({})).await.text_at("/link_token");
    assert!(link_token.starts_with("link-sandbox-"));
    let sandbox = maybe_restart(sandbox, restart).await;

    let public_token = link_at_first_platypus(&sandbox, &link_token).await;
    assert!(public_token.starts_with("public-sandbox-"));
    let sandbox = maybe_restart(sandbox, restart).await;

    let access_token = sandbox.exchange(&public_token).await;
    assert!(access_token.starts_with("access-sandbox-"));
    let sandbox = maybe_restart(sandbox, restart).await;

    let live = sandbox
        .ok("/accounts/balance/get", by_token(&access_token))
        .await;
    assert_eq!(live.json["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(
        live.json["accounts"][0]["balances"]["available"],
        json!(100)
    );
    let account_id = live.text_at("/accounts/0/account_id");
    let sandbox = maybe_restart(sandbox, restart).await;

    let evaluated = sandbox
        .ok(
            "/signal/evaluate",
            evaluation(&access_token, &account_id, "debit-1", 75.5),
        )
        .await;
    assert_eq!(evaluated.json["ruleset"]["result"], "REVIEW");
    assert_eq!(
        evaluated.json["ruleset"]["triggered_rule_details"]["custom_action_key"],
        "3-day-hold"
    );
    let sandbox = maybe_restart(sandbox, restart).await;

    let decision =
        json!({"client_transaction_id": "debit-1", "initiated": true, "days_funds_on_hold": 3});
    sandbox.ok("/signal/decision/report", decision).await;
    let sandbox = maybe_restart(sandbox, restart).await;

    let returned = json!({"client_transaction_id": "debit-1", "return_code": "R01",
                          "returned_at": "2026-11-26T00:00:00Z"});
    sandbox.ok("/signal/return/report", returned).await;
}

async fn link_at_first_platypus(sandbox: &RunningSandbox, link_token: &str) -> String {
    let session = LinkFrame::start(sandbox, link_token).await;
    let bank = session.choose("ins_109508").await;
    assert_eq!(bank.text_at("/next"), "credentials");
    let signed_in = session.sign_in("user_good", "pass_good").await;
    assert_eq!(signed_in.text_at("/next"), "accounts");
    let finished = session.share(&["0000", "1111"]).await;
    assert_eq!(
        finished.text_at("/metadata/institution/institution_id"),
        "ins_109508"
    );
    assert_eq!(finished.text_at("/metadata/accounts/0/mask"), "0000");
    finished.text_at("/public_token")
}
