//! What is under way when the desk is left, closed or cut off from Plaid, and how it comes to a true end.

mod bank;

use bank::{Fault, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn an_item_whose_token_plaid_refuses_may_remain_there() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    for (code, may_remain) in [("ITEM_NOT_FOUND", false), ("INVALID_ACCESS_TOKEN", true)] {
        let item = desk.link(&stage, code).await;
        stage.fault("/item/remove", Fault::Says(400, "INVALID_INPUT", code));
        let removed = desk
            .run(|desk| async move { desk.item_remove(&item.item_id).await.unwrap() })
            .await;
        assert_eq!(removed.may_remain_at_plaid, may_remain, "{code}");
        stage.mend("/item/remove");
    }
    assert!(desk.items().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_the_page_is_not_printed() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let secret = started.page.path().trim_matches('/').to_owned();
    assert!(secret.len() > 16);
    assert!(!format!("{started:?}").contains(&secret));
}
