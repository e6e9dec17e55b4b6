//! Update mode.

use crate::support::{LinkFrame, RunningSandbox, by_token};
use serde_json::json;

use super::{masks, token};

#[tokio::test]
async fn update_mode_repairs_the_item_and_keeps_its_token() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_household", &["signal", "auth"]).await;
    sandbox
        .ok("/sandbox/item/reset_login", by_token(&access_token))
        .await;
    let update = sandbox
        .ok(
            "/link/token/create",
            json!({"client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
                   "user": {"client_user_id": "8f1b"}, "access_token": access_token}),
        )
        .await;
    let session = LinkFrame::start(&sandbox, &update.text_at("/link_token")).await;
    assert_eq!(session.started["update_mode"], true);
    assert_eq!(
        session.started["institution"]["institution_id"],
        "ins_109508"
    );
    session
        .rejects_sign_in("user_good", "pass_good", "INVALID_CREDENTIALS")
        .await;
    assert_eq!(
        session
            .sign_in("user_household", "pass_good")
            .await
            .text_at("/next"),
        "connected"
    );
    let finished = session.act("finish", json!({})).await;
    let item = sandbox.ok("/item/get", by_token(&access_token)).await;
    assert!(item.json["item"]["error"].is_null(), "{}", item.text);
    assert_eq!(
        sandbox.exchange(&finished.text_at("/public_token")).await,
        access_token,
        "nothing new to exchange"
    );
}

#[tokio::test]
async fn update_mode_can_change_the_accounts() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::at_first_platypus(&sandbox).await;
    session.sign_in("user_good", "pass_good").await;
    let access_token = sandbox
        .exchange(&session.share(&["0000"]).await.text_at("/public_token"))
        .await;
    let kept = sandbox.account(&access_token, "0000").await;

    let update = token(
        &sandbox,
        json!({"products": null, "access_token": access_token, "update": {"account_selection_enabled": true}}),
    )
    .await;
    let session = LinkFrame::start(&sandbox, &update).await;
    let offered = session.sign_in("user_good", "pass_good").await;
    let chosen: Vec<_> = offered.json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["chosen"] == true)
        .collect();
    assert_eq!(chosen, [true, false, false]);
    session.share(&["0000", "1111"]).await;
    let accounts = sandbox.ok("/accounts/get", by_token(&access_token)).await;
    assert_eq!(masks(&accounts), ["0000", "1111"]);
    assert_eq!(
        accounts.text_at("/accounts/0/account_id"),
        kept,
        "an account that stays keeps its id"
    );
}

#[tokio::test]
async fn update_mode_repairs_an_item_without_accounts_and_accepts_a_healthy_one() {
    let sandbox = RunningSandbox::start_with(|options| options.control_port = Some(0)).await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let broken = json!({"access_token": access_token, "error_code": "NO_ACCOUNTS"});
    assert_eq!(sandbox.control("item", broken).await.status, 200);
    for _ in 0..2 {
        let update = token(
            &sandbox,
            json!({"products": null, "access_token": access_token}),
        )
        .await;
        let session = LinkFrame::start(&sandbox, &update).await;
        assert_eq!(session.started["resume"]["next"], "credentials");
        let signed_in = session.sign_in("user_good", "pass_good").await;
        assert_eq!(signed_in.text_at("/next"), "connected");
        session.act("finish", json!({})).await;
        let item = sandbox.ok("/item/get", by_token(&access_token)).await;
        assert!(item.json["item"]["error"].is_null(), "{}", item.text);
    }
}

#[tokio::test]
async fn a_healthy_item_can_answer_item_no_error() {
    let sandbox = RunningSandbox::start().await;
    let nothing_to_repair = "error_ITEM_NO_ERROR";
    let new = LinkFrame::start(&sandbox, &token(&sandbox, json!({})).await).await;
    new.choose("ins_109508").await;
    new.rejects_sign_in("user_good", nothing_to_repair, "INVALID_CREDENTIALS")
        .await;

    let access_token = sandbox.item("user_good", &["auth"]).await;
    let update = json!({"products": null, "access_token": access_token});
    let update = token(&sandbox, update).await;
    let session = LinkFrame::start(&sandbox, &update).await;
    session
        .rejects_sign_in("user_good", nothing_to_repair, "ITEM_NO_ERROR")
        .await;
    sandbox
        .ok("/sandbox/item/reset_login", by_token(&access_token))
        .await;
    session
        .rejects_sign_in("user_good", nothing_to_repair, "INVALID_CREDENTIALS")
        .await;
}
