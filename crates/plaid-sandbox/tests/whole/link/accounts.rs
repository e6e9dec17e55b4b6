//! Choosing accounts, and the order of steps.

use crate::support::{INPUT, ITEM, LinkFrame, REQUEST, RunningSandbox};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{masks, token};

#[tokio::test]
async fn accounts_match_products_and_filters() {
    let sandbox = RunningSandbox::start().await;
    let offered = async |more: Value, username: &str| {
        let session = LinkFrame::start(&sandbox, &token(&sandbox, more).await).await;
        session.choose("ins_109508").await;
        session.sign_in(username, "pass_good").await
    };
    assert_eq!(
        masks(&offered(json!({"products": ["transactions"]}), "user_good").await).len(),
        12
    );
    assert_eq!(
        masks(&offered(json!({"products": ["auth"]}), "user_household").await).len(),
        4
    );
    let filters = json!({"products": ["transactions"],
                         "account_filters": {"credit": {"account_subtypes": ["credit card"]},
                                             "loan": {"account_subtypes": ["all"]}}});
    assert_eq!(
        masks(&offered(filters, "user_good").await),
        ["3333", "7777", "8888", "9999"]
    );
    let nothing = json!({"account_filters": {"loan": {"account_subtypes": ["all"]}}});
    offered(nothing, "user_good")
        .await
        .is_error(400, ITEM, "NO_ACCOUNTS");
}

#[tokio::test]
async fn a_customization_can_allow_only_one_account() {
    let sandbox = RunningSandbox::start().await;
    let one = json!({"link_customization_name": "single_account"});
    let session = LinkFrame::start(&sandbox, &token(&sandbox, one).await).await;
    session.choose("ins_109508").await;
    let offered = session.sign_in("user_good", "pass_good").await;
    assert_eq!(offered.text_at("/selection"), "one");
    session
        .rejects(
            "accounts",
            json!({"masks": ["0000", "1111"]}),
            REQUEST,
            "INVALID_FIELD",
        )
        .await;
    let shared = session.share(&["1111"]).await;
    assert_eq!(shared.json["metadata"]["accounts"][0]["mask"], "1111");
}

#[tokio::test]
async fn steps_cannot_be_skipped_or_repeated() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::start(&sandbox, &token(&sandbox, json!({})).await).await;
    for (act, body) in [
        (
            "credentials",
            json!({"username": "user_good", "password": "pass_good"}),
        ),
        ("recaptcha", json!({})),
        ("device", json!({"device": 0})),
        ("code", json!({"code": "1234"})),
        ("answers", json!({"answers": ["answer_0_0"]})),
        ("bank/open", json!({})),
        ("accounts", json!({"masks": ["0000"]})),
        ("finish", json!({})),
    ] {
        session.rejects(act, body, REQUEST, "INVALID_FIELD").await;
    }
    session.choose("ins_109508").await;
    session.sign_in("user_good", "pass_good").await;
    let first = session.share(&["0000"]).await;
    session
        .rejects(
            "accounts",
            json!({"masks": ["0000"]}),
            REQUEST,
            "INVALID_FIELD",
        )
        .await;
    let again = session.act("finish", json!({})).await;
    assert_eq!(
        again.json["public_token"], first.json["public_token"],
        "finishing twice gives the same token"
    );
}

#[tokio::test]
async fn an_expired_token_opens_nothing_and_stops_open_sessions() {
    let sandbox = RunningSandbox::start().await;
    let link_token = token(&sandbox, json!({})).await;
    let session = LinkFrame::start(&sandbox, &link_token).await;
    sandbox.clock.advance(SignedDuration::from_mins(31));
    sandbox
        .link("start", json!({"link_token": link_token}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("expired");
    session
        .choose("ins_109508")
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .link("start", json!({"link_token": "link-sandbox-none"}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .link("start", json!({}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .ok("/link/token/get", json!({"link_token": link_token}))
        .await;
}
