//! The page that Plaid Link runs on: a small server on 127.0.0.1 with a random port and a random path, for one
//! session. It serves three files and the session's link token, accepts Link's callbacks, and gives no other client
//! an answer.

use std::{io, net::Ipv4Addr, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use plaid::{LinkToken, PublicToken};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
};
use tokio_util::sync::CancellationToken;
use url::Url;

const MAX_CALLBACK_BYTES: usize = 64 * 1024;

const MAX_TOKEN_BYTES: usize = 512;

/// How long open requests may take after the session ends.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// Where Link is loaded from, and which API it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageOrigins {
    /// Serves Link's script and frame.
    pub link: String,
    pub api: String,
}

impl PageOrigins {
    /// A local stand-in serves both.
    pub fn of(environment: &plaid::ApiHost) -> Self {
        let api = environment.base_url().origin().ascii_serialization();
        let link = match environment {
            plaid::ApiHost::Sandbox | plaid::ApiHost::Production => {
                "https://cdn.plaid.com".to_owned()
            }
            plaid::ApiHost::Loopback(_) => api.clone(),
        };
        Self { link, api }
    }

    fn script(&self) -> String {
        format!("{}/link/v2/stable/link-initialize.js", self.link)
    }

    /// Lists everything the page may load or connect to. The browser blocks the rest.
    fn content_security_policy(&self) -> String {
        let Self { link, api } = self;
        // Link's script sets inline styles on its frame. Nothing else may be inline.
        format!(
            "default-src 'none'; script-src 'self' {link}; style-src 'self' 'unsafe-inline'; \
             frame-src {link}; connect-src 'self' {link} {api}; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
    }
}

#[derive(Debug)]
pub(crate) enum PageCallback {
    Event(EventPost),
    Success(SuccessPost),
    Exit(ExitPost),
    /// Link reports that the link token expired.
    Renew,
    /// The user wants to continue in the system browser.
    Browser,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EventPost {
    pub name: String,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SuccessPost {
    pub public_token: PublicToken,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ExitPost {
    pub error: Option<Map<String, Value>>,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

/// A callback with the channel for its result.
pub(crate) struct PendingCallback {
    pub(crate) callback: PageCallback,
    pub answer: oneshot::Sender<CallbackResult>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackResult {
    Stored,
    Ended,
    /// Storing failed. The page retries.
    RetryLater,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageRefusal {
    /// Wrong host or path. The answer reveals nothing.
    NotFound,
    ForeignOrigin,
    NotJson,
    TooLarge,
    Malformed,
    Ended,
    RetryLater,
}

impl IntoResponse for PageRefusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Ended => StatusCode::GONE,
            Self::RetryLater => StatusCode::SERVICE_UNAVAILABLE,
        };
        if self != Self::NotFound {
            tracing::warn!(refusal = ?self, "a request to the Link page was refused");
        }
        status.into_response()
    }
}

/// A callback without content.
#[derive(Deserialize)]
struct EmptyPost {}

#[derive(Clone)]
struct LinkPage {
    /// The current one.
    link_token: watch::Receiver<LinkToken>,
    origins: PageOrigins,
    host: String,
    calls: mpsc::Sender<PendingCallback>,
    stop: CancellationToken,
}

/// Serves the page until `stop` is cancelled, and returns its address.
pub async fn serve_page(
    link_token: watch::Receiver<LinkToken>,
    origins: PageOrigins,
    calls: mpsc::Sender<PendingCallback>,
    stop: CancellationToken,
) -> io::Result<Url> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let host = listener.local_addr()?.to_string();
    let secret = secret_path()?;
    let address = Url::parse(&format!("http://{host}/{secret}/")).map_err(io::Error::other)?;
    let page = LinkPage {
        link_token,
        origins,
        host,
        calls,
        stop: stop.clone(),
    };
    let router = router(page, &secret);
    tokio::spawn(async move {
        let serving =
            axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        let grace_over = async {
            stop.cancelled().await;
            tokio::time::sleep(SHUTDOWN_GRACE).await;
        };
        tokio::select! {
            ended = serving => if let Err(error) = ended {
                tracing::error!(%error, "the Link page stopped being served");
            },
            () = grace_over => {}
        }
    });
    Ok(address)
}

/// 128 random bits in hexadecimal.
fn secret_path() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn router(page: LinkPage, secret: &str) -> Router {
    let inside = Router::new()
        .route("/", get(serve_index))
        .route("/app.js", get(serve_script))
        .route("/app.css", get(serve_style))
        .route("/session.json", get(serve_session))
        .route("/event", post(post_event))
        .route("/success", post(post_success))
        .route("/exit", post(post_exit))
        .route("/renew", post(post_renew))
        .route("/browser", post(post_browser))
        .layer(DefaultBodyLimit::max(MAX_CALLBACK_BYTES))
        .layer(middleware::from_fn_with_state(
            page.clone(),
            add_security_headers,
        ));
    Router::new()
        .nest(&format!("/{secret}/"), inside.with_state(page.clone()))
        .fallback(|| async { PageRefusal::NotFound })
        .layer(middleware::from_fn_with_state(page, reject_other_hosts))
}

/// Rejects DNS rebinding: our own window always uses the IP address, so any other name comes from elsewhere.
async fn reject_other_hosts(
    State(page): State<LinkPage>,
    request: Request,
    next: Next,
) -> Response {
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    match hosts.as_slice() {
        [host] if host.as_bytes() == page.host.as_bytes() => next.run(request).await,
        _ => PageRefusal::NotFound.into_response(),
    }
}

async fn add_security_headers(
    State(page): State<LinkPage>,
    request: Request,
    next: Next,
) -> Response {
    if page.stop.is_cancelled() {
        return PageRefusal::Ended.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&page.origins.content_security_policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        // The path is a secret that Plaid's servers must not see.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn serve_index() -> Response {
    text_response("text/html; charset=utf-8", include_str!("page/index.html"))
}

async fn serve_script() -> Response {
    text_response(
        "text/javascript; charset=utf-8",
        include_str!("page/app.js"),
    )
}

async fn serve_style() -> Response {
    text_response("text/css; charset=utf-8", include_str!("page/app.css"))
}

fn text_response(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// The only response that contains the link token.
async fn serve_session(State(page): State<LinkPage>) -> Response {
    #[derive(Serialize)]
    struct PageSession<'a> {
        token: &'a str,
        script: String,
    }
    Json(PageSession {
        token: page.link_token.borrow().expose(),
        script: page.origins.script(),
    })
    .into_response()
}

async fn post_event(
    State(page): State<LinkPage>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, PageRefusal> {
    let event: EventPost = page.read_callback(&headers, body)?;
    page.deliver(PageCallback::Event(event)).await
}

async fn post_success(
    State(page): State<LinkPage>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, PageRefusal> {
    let success: SuccessPost = page.read_callback(&headers, body)?;
    let token = success.public_token.expose();
    let plausible = (1..=MAX_TOKEN_BYTES).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !plausible {
        return Err(PageRefusal::Malformed);
    }
    page.deliver(PageCallback::Success(success)).await
}

async fn post_exit(
    State(page): State<LinkPage>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, PageRefusal> {
    let exit: ExitPost = page.read_callback(&headers, body)?;
    page.deliver(PageCallback::Exit(exit)).await
}

async fn post_renew(
    State(page): State<LinkPage>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, PageRefusal> {
    let EmptyPost {} = page.read_callback(&headers, body)?;
    page.deliver(PageCallback::Renew).await
}

async fn post_browser(
    State(page): State<LinkPage>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, PageRefusal> {
    let EmptyPost {} = page.read_callback(&headers, body)?;
    page.deliver(PageCallback::Browser).await
}

impl LinkPage {
    /// Accepts only JSON posted by our own page.
    fn read_callback<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<T, PageRefusal> {
        let own = format!("http://{}", self.host);
        let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
        match origins.as_slice() {
            [origin] if origin.as_bytes() == own.as_bytes() => {}
            _ => return Err(PageRefusal::ForeignOrigin),
        }
        let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let essence =
            content_type.map(|text| text.split(|byte| *byte == b';').next().unwrap_or(text));
        if !essence.is_some_and(|essence| {
            essence
                .trim_ascii()
                .eq_ignore_ascii_case(b"application/json")
        }) {
            return Err(PageRefusal::NotJson);
        }
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => PageRefusal::TooLarge,
            _ => PageRefusal::Malformed,
        })?;
        serde_json::from_slice(&body).map_err(|_| PageRefusal::Malformed)
    }

    /// Passes a callback to the session and waits until it is stored.
    async fn deliver(&self, callback: PageCallback) -> Result<StatusCode, PageRefusal> {
        let (answer, taken) = oneshot::channel();
        let call = PendingCallback { callback, answer };
        self.calls
            .send(call)
            .await
            .map_err(|_| PageRefusal::Ended)?;
        match taken.await {
            Ok(CallbackResult::Stored) => Ok(StatusCode::NO_CONTENT),
            Ok(CallbackResult::RetryLater) => Err(PageRefusal::RetryLater),
            Ok(CallbackResult::Ended) | Err(_) => Err(PageRefusal::Ended),
        }
    }
}

#[cfg(test)]
#[path = "loopback_page_tests.rs"]
mod tests;
