//! The page refuses everyone except its own window, and reveals nothing.

use reqwest::{RequestBuilder, header};
use serde_json::json;

use super::*;

const TOKEN: &str = "link-sandbox-planted-token";

struct Hosted {
    page: Url,
    origin: String,
    renewed: watch::Sender<LinkToken>,
    stop: CancellationToken,
    http: reqwest::Client,
}

impl Hosted {
    /// Answers every callback with `answer` and reports its name.
    async fn start(answer: CallbackResult) -> (Self, mpsc::Receiver<&'static str>) {
        let (calls, mut waiting) = mpsc::channel(8);
        let (seen, log) = mpsc::channel(1_000);
        tokio::spawn(async move {
            while let Some(call) = waiting.recv().await {
                let PendingCallback {
                    callback,
                    answer: to,
                } = call;
                let name = match callback {
                    PageCallback::Event(_) => "event",
                    PageCallback::Success(_) => "success",
                    PageCallback::Exit(_) => "exit",
                    PageCallback::Renew => "renew",
                    PageCallback::Browser => "browser",
                };
                seen.send(name).await.unwrap();
                to.send(answer).unwrap();
            }
        });
        let stop = CancellationToken::new();
        let environment = plaid::ApiHost::Sandbox;
        let (renewed, token) = watch::channel(LinkToken::new(TOKEN));
        let page = super::serve_page(token, PageOrigins::of(&environment), calls, stop.clone())
            .await
            .unwrap();
        let hosted = Self {
            origin: page.origin().ascii_serialization(),
            page,
            renewed,
            stop,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        (hosted, log)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.page.join(path).unwrap())
    }

    fn post(&self, path: &str, body: &serde_json::Value) -> RequestBuilder {
        self.http
            .post(self.page.join(path).unwrap())
            .header(header::ORIGIN, &self.origin)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

/// Status, header names, and body of a refusal.
async fn silence(request: RequestBuilder) -> (u16, Vec<String>, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let mut names: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
    names.sort();
    (status, names, answer.text().await.unwrap())
}

#[tokio::test]
async fn the_page_is_served_with_its_policy() {
    let (hosted, _log) = Hosted::start(CallbackResult::Stored).await;
    assert_eq!(hosted.page.host_str(), Some("127.0.0.1"));
    assert_eq!(hosted.page.path().len(), "/".len() + 32 + "/".len());

    let answer = hosted.get("").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    for part in [
        "default-src 'none'",
        "script-src 'self' https://cdn.plaid.com;",
        "frame-src https://cdn.plaid.com;",
        "connect-src 'self' https://cdn.plaid.com https://sandbox.plaid.com;",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    let html = answer.text().await.unwrap();
    assert!(html.contains("Opening Plaid Link"));
    assert!(!html.contains(TOKEN));
    for (file, content_type) in [("app.js", "text/javascript"), ("app.css", "text/css")] {
        let answer = hosted.get(file).send().await.unwrap();
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(content_type)
        );
    }
    let session: serde_json::Value = serde_json::from_str(
        &hosted
            .get("session.json")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
    )
    .unwrap();
    assert_eq!(
        session,
        json!({
            "token": TOKEN,
            "script": "https://cdn.plaid.com/link/v2/stable/link-initialize.js",
        })
    );
}

#[tokio::test]
async fn nobody_learns_anything_outside_the_path_or_under_another_name() {
    let (hosted, _log) = Hosted::start(CallbackResult::Stored).await;
    let root = Url::parse(&format!("{}/", hosted.origin)).unwrap();
    let nothing = silence(hosted.http.get(root.clone())).await;
    assert_eq!((nothing.0, nothing.2.as_str()), (404, ""));

    let secret = hosted.page.path().trim_matches('/').to_owned();
    let elsewhere = [
        "0".repeat(32),
        format!("{}/", "0".repeat(32)),
        secret.clone(),
        secret[..31].to_owned(),
        format!("{}/", secret.to_uppercase().replace(char::is_numeric, "0")),
        "favicon.ico".to_owned(),
        format!("x/{secret}/"),
    ];
    for path in elsewhere {
        let url = root.join(&path).unwrap();
        assert_eq!(
            silence(hosted.http.get(url.clone())).await,
            nothing,
            "{path}"
        );
        assert_eq!(silence(hosted.http.post(url)).await, nothing, "{path}");
    }
    let port = hosted.page.port().unwrap();
    for host in [
        format!("localhost:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("evil.example:{port}"),
    ] {
        let request = hosted.get("session.json").header(header::HOST, &host);
        assert_eq!(silence(request).await, nothing, "{host}");
    }
}

#[tokio::test]
async fn callbacks_come_from_the_page_alone_and_in_its_form() {
    let (hosted, mut log) = Hosted::start(CallbackResult::Stored).await;
    let good = json!({"public_token": "public-sandbox-1", "metadata": {}});
    let post = || {
        hosted
            .http
            .post(hosted.page.join("success").unwrap())
            .body(good.to_string())
    };
    let json_type = (header::CONTENT_TYPE, "application/json");
    let typed = || post().header(json_type.0.clone(), json_type.1);
    assert_eq!(status(typed()).await, 403, "no Origin");
    for origin in [
        "null",
        "https://evil.example",
        "http://127.0.0.1",
        "http://localhost",
    ] {
        assert_eq!(
            status(typed().header(header::ORIGIN, origin)).await,
            403,
            "{origin}"
        );
    }
    let twice = typed()
        .header(header::ORIGIN, &hosted.origin)
        .header(header::ORIGIN, "https://evil.example");
    assert_eq!(status(twice).await, 403);
    let ours = || post().header(header::ORIGIN, &hosted.origin);
    assert_eq!(status(ours()).await, 415, "no content type");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        assert_eq!(
            status(ours().header(header::CONTENT_TYPE, content_type)).await,
            415
        );
    }
    for garbage in [
        json!({}),
        json!([]),
        json!("text"),
        json!({"public_token": null}),
        json!({"public_token": ""}),
        json!({"public_token": "with space"}),
        json!({"public_token": "x".repeat(MAX_TOKEN_BYTES + 1)}),
        json!({"public_token": "public-sandbox-1", "metadata": "text"}),
    ] {
        assert_eq!(
            status(hosted.post("success", &garbage)).await,
            422,
            "{garbage}"
        );
    }
    let cut_short = hosted
        .post("success", &json!({}))
        .body("{\"public_token\":");
    assert_eq!(status(cut_short).await, 422);
    assert_eq!(status(hosted.post("event", &json!({"name": 7}))).await, 422);
    let large = json!({"name": "n".repeat(MAX_CALLBACK_BYTES)});
    assert_eq!(status(hosted.post("event", &large)).await, 413);
    assert_eq!(status(hosted.get("success")).await, 405);
    assert_eq!(status(hosted.post("session.json", &good)).await, 405);
    assert_eq!(status(hosted.post("elsewhere", &good)).await, 404);
    assert!(
        log.try_recv().is_err(),
        "a refused callback reached the session"
    );

    let charset = ours().header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    assert_eq!(status(charset).await, 204);
    assert_eq!(log.recv().await, Some("success"));
    assert_eq!(
        status(hosted.post("event", &json!({"name": "OPEN", "metadata": {"x": 1}}))).await,
        204
    );
    assert_eq!(log.recv().await, Some("event"));
    assert_eq!(
        status(hosted.post("exit", &json!({"error": null, "metadata": {}}))).await,
        204
    );
    assert_eq!(log.recv().await, Some("exit"));
    for name in ["renew", "browser"] {
        for garbage in [json!(7), json!("text"), json!(null)] {
            assert_eq!(status(hosted.post(name, &garbage)).await, 422, "{garbage}");
        }
        let url = hosted.page.join(name).unwrap();
        let foreign = hosted.http.post(url).body("{}");
        let foreign = foreign.header(header::CONTENT_TYPE, "application/json");
        let foreign = foreign.header(header::ORIGIN, "https://evil.example");
        assert_eq!(status(foreign).await, 403);
        assert_eq!(status(hosted.post(name, &json!({}))).await, 204);
        assert_eq!(log.recv().await, Some(name));
    }
}

#[tokio::test]
async fn a_link_token_that_takes_the_place_of_an_old_one_is_what_the_page_gets() {
    let (hosted, _log) = Hosted::start(CallbackResult::Stored).await;
    hosted.renewed.send(LinkToken::new("link-later")).unwrap();
    let answer = hosted.get("session.json").send().await.unwrap();
    let session: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(session["token"], "link-later");
}

#[tokio::test]
async fn what_the_session_does_not_take_is_told() {
    let event = json!({"name": "OPEN"});
    let (hosted, _log) = Hosted::start(CallbackResult::Ended).await;
    assert_eq!(status(hosted.post("event", &event)).await, 410);
    let (hosted, _log) = Hosted::start(CallbackResult::RetryLater).await;
    assert_eq!(status(hosted.post("event", &event)).await, 503);
}

#[tokio::test]
async fn the_page_ends_with_its_session() {
    let (hosted, _log) = Hosted::start(CallbackResult::Stored).await;
    hosted.stop.cancel();
    let gone = async {
        // A connection that was already open may still get a final 410.
        while let Ok(answer) = hosted.get("").send().await {
            assert_eq!(answer.status(), 410);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .unwrap();
}
