//! Link's web pages.

use crate::support::{REQUEST, RunningSandbox};
use serde_json::json;

use super::token;

#[tokio::test]
async fn pages_of_other_origins_cannot_drive_a_session() {
    let sandbox = RunningSandbox::start().await;
    let body = json!({"link_token": token(&sandbox, json!({})).await}).to_string();
    let from = |origin: &str| {
        sandbox
            .unsigned("/link/session/start")
            .header("Origin", origin)
            .body(body.clone())
    };
    sandbox
        .send(from("https://bank.example"))
        .await
        .is_error(404, REQUEST, "NOT_FOUND");
    sandbox
        .send(from("null"))
        .await
        .is_error(404, REQUEST, "NOT_FOUND");
    assert_eq!(sandbox.send(from(&sandbox.url)).await.status, 200);
}

#[tokio::test]
async fn links_pages_forbid_everything_they_do_not_need() {
    let sandbox = RunningSandbox::start().await;
    for path in ["/link/v2/stable/link.html", "/hosted/any", "/link/bank"] {
        let response = sandbox.get(path).send().await.unwrap();
        let policy = response.headers()["Content-Security-Policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("<script>") && !page.contains(" onclick") && !page.contains(" style="),
            "{path}"
        );
    }
    for path in [
        "/link/v2/stable/link-initialize.js",
        "/link/v2/stable/link.js",
        "/link/v2/stable/theme.css",
        "/link/v2/stable/bank-page.js",
        "/link/v2/stable/panes/oauth.js",
        "/link/logo/ins_109508.png",
    ] {
        assert_eq!(sandbox.send(sandbox.get(path)).await.status, 200, "{path}");
    }
    let script = sandbox
        .send(sandbox.get("/link/v2/stable/link-initialize.js"))
        .await;
    script.says(&sandbox.url);
    let missing = sandbox.get("/link/v2/stable/none.js");
    assert_eq!(sandbox.send(missing).await.status, 404);
}
