//! Plaid's guide for Balance and Signal, walked from the link token to the return, through
//! Link; and the same with a restart after every step.

use crate::support::Running;
use serde_json::json;

#[tokio::test]
async fn the_guide_from_link_to_return() {
    let sandbox = Running::start().await;
    walk(sandbox, false).await;
}

#[tokio::test]
async fn a_restart_after_every_step_loses_nothing() {
    let sandbox = Running::start().await;
    walk(sandbox, true).await;
}

async fn maybe_restart(sandbox: Running, restart: bool) -> Running {
    if restart {
        sandbox.restart().await
    } else {
        sandbox
    }
}

async fn walk(sandbox: Running, restart: bool) {
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
        .ok(
            "/accounts/balance/get",
            json!({"access_token": access_token}),
        )
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
            json!({"access_token": access_token, "account_id": account_id,
                   "client_transaction_id": "debit-1", "amount": 75.5}),
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

/// What the frame of Link does when a person clicks through it.
async fn link_at_first_platypus(sandbox: &Running, link_token: &str) -> String {
    let started = sandbox
        .link("start", json!({"link_token": link_token}))
        .await;
    let session = started.text_at("/link_session_id");
    let act = |name: &'static str, mut body: serde_json::Value| {
        body["link_session_id"] = json!(session);
        sandbox.link(name, body)
    };
    let chosen = act("institution", json!({"institution_id": "ins_109508"})).await;
    assert_eq!(chosen.text_at("/next"), "credentials");
    let signed_in = act(
        "credentials",
        json!({"username": "user_good", "password": "pass_good"}),
    )
    .await;
    assert_eq!(signed_in.text_at("/next"), "accounts");
    let connected = act("accounts", json!({"masks": ["0000", "1111"]})).await;
    assert_eq!(connected.text_at("/next"), "connected");
    let finished = act("finish", json!({})).await;
    assert_eq!(
        finished.text_at("/metadata/institution/institution_id"),
        "ins_109508"
    );
    assert_eq!(finished.text_at("/metadata/accounts/0/mask"), "0000");
    finished.text_at("/public_token")
}
