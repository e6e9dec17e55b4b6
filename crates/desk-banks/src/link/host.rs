//! The page that Link runs on: a tiny server on 127.0.0.1, at a random port and a random path, for one session.
//! It serves three files and the session's link token, takes Link's callbacks, and answers nothing to anyone else.

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

/// The largest callback, in bytes.
const LARGEST_CALLBACK: usize = 64 * 1024;

/// The longest public token that is believed.
const LONGEST_TOKEN: usize = 512;

/// How long answers under way may take when the session ends.
const GRACE: Duration = Duration::from_secs(2);

/// Where Link comes from and talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origins {
    /// Serves the script and the frame.
    pub link: String,
    /// Answers the script's calls.
    pub api: String,
}

impl Origins {
    /// Of this environment; a stand-in is all of it in one.
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

    /// Names everything the page may load and reach; the rest is refused by the browser.
    fn content_security_policy(&self) -> String {
        let Self { link, api } = self;
        // Link's script sets styles on the frame it makes; nothing but styles may be inline.
        format!(
            "default-src 'none'; script-src 'self' {link}; style-src 'self' 'unsafe-inline'; \
             frame-src {link}; connect-src 'self' {link} {api}; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
    }
}

/// A callback of Link, as the page posts it.
#[derive(Debug)]
pub(crate) enum Callback {
    Event(EventPost),
    Success(SuccessPost),
    Exit(ExitPost),
    /// Link says that the link token has run out.
    Renew,
    /// The user wants to go on in the system browser.
    Browser,
}

/// onEvent.
#[derive(Debug, Deserialize)]
pub(crate) struct EventPost {
    pub name: String,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

/// onSuccess.
#[derive(Debug, Deserialize)]
pub(crate) struct SuccessPost {
    pub public_token: PublicToken,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

/// onExit.
#[derive(Debug, Deserialize)]
pub(crate) struct ExitPost {
    pub error: Option<Map<String, Value>>,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

/// A callback that waits for its answer.
pub(crate) struct Call {
    pub(crate) callback: Callback,
    pub answer: oneshot::Sender<Taken>,
}

/// What became of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is stored.
    Yes,
    /// The session has ended.
    Ended,
    /// It could not be stored; the page tries again.
    NotNow,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// Not for us: another host, another path. Says nothing.
    Elsewhere,
    ForeignOrigin,
    NotJson,
    TooLarge,
    Malformed,
    Ended,
    NotNow,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Elsewhere => StatusCode::NOT_FOUND,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Ended => StatusCode::GONE,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        };
        if self != Self::Elsewhere {
            tracing::warn!(refusal = ?self, "a request to the Link page was refused");
        }
        status.into_response()
    }
}

/// A callback that says nothing but its name.
#[derive(Deserialize)]
struct EmptyPost {}

#[derive(Clone)]
struct Page {
    /// The one that holds now.
    link_token: watch::Receiver<LinkToken>,
    origins: Origins,
    /// `127.0.0.1:PORT`
    host: String,
    calls: mpsc::Sender<Call>,
    stop: CancellationToken,
}

/// Serves the page until `stop` is cancelled. Answers its address.
///
/// # Errors
/// When no port of 127.0.0.1 can be listened on, or the system gives no random bytes.
pub async fn start(
    link_token: watch::Receiver<LinkToken>,
    origins: Origins,
    calls: mpsc::Sender<Call>,
    stop: CancellationToken,
) -> io::Result<Url> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let host = listener.local_addr()?.to_string();
    let secret = secret_path()?;
    let address = Url::parse(&format!("http://{host}/{secret}/")).map_err(io::Error::other)?;
    let page = Page {
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
            tokio::time::sleep(GRACE).await;
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

/// 128 bits that nobody can guess, in hexadecimal.
fn secret_path() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn router(page: Page, secret: &str) -> Router {
    let inside = Router::new()
        .route("/", get(index))
        .route("/app.js", get(script))
        .route("/app.css", get(style))
        .route("/session.json", get(session))
        .route("/event", post(event))
        .route("/success", post(success))
        .route("/exit", post(exit))
        .route("/renew", post(renew))
        .route("/browser", post(browser))
        .layer(DefaultBodyLimit::max(LARGEST_CALLBACK))
        .layer(middleware::from_fn_with_state(page.clone(), protect));
    Router::new()
        .nest(&format!("/{secret}/"), inside.with_state(page.clone()))
        .fallback(|| async { Refusal::Elsewhere })
        .layer(middleware::from_fn_with_state(page, only_our_host))
}

/// A name that resolves to 127.0.0.1 is not our host: nobody but the page's own window asks for it by number.
async fn only_our_host(State(page): State<Page>, request: Request, next: Next) -> Response {
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    match hosts.as_slice() {
        [host] if host.as_bytes() == page.host.as_bytes() => next.run(request).await,
        _ => Refusal::Elsewhere.into_response(),
    }
}

/// Sets what the browser enforces.
async fn protect(State(page): State<Page>, request: Request, next: Next) -> Response {
    if page.stop.is_cancelled() {
        return Refusal::Ended.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&page.origins.content_security_policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        // The path is the page's secret: Plaid's servers never see it.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn index() -> Response {
    file("text/html; charset=utf-8", include_str!("page/index.html"))
}

async fn script() -> Response {
    file(
        "text/javascript; charset=utf-8",
        include_str!("page/app.js"),
    )
}

async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page/app.css"))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// What the page needs to open Link: the one place the link token goes to.
async fn session(State(page): State<Page>) -> Response {
    #[derive(Serialize)]
    struct Session<'a> {
        token: &'a str,
        script: String,
    }
    Json(Session {
        token: page.link_token.borrow().expose(),
        script: page.origins.script(),
    })
    .into_response()
}

async fn event(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let event: EventPost = page.read(&headers, body)?;
    page.hand_over(Callback::Event(event)).await
}

async fn success(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let success: SuccessPost = page.read(&headers, body)?;
    let token = success.public_token.expose();
    let plausible = (1..=LONGEST_TOKEN).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !plausible {
        return Err(Refusal::Malformed);
    }
    page.hand_over(Callback::Success(success)).await
}

async fn exit(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let exit: ExitPost = page.read(&headers, body)?;
    page.hand_over(Callback::Exit(exit)).await
}

async fn renew(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let EmptyPost {} = page.read(&headers, body)?;
    page.hand_over(Callback::Renew).await
}

async fn browser(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let EmptyPost {} = page.read(&headers, body)?;
    page.hand_over(Callback::Browser).await
}

impl Page {
    /// Reads a callback that our own page posted.
    fn read<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<T, Refusal> {
        let own = format!("http://{}", self.host);
        let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
        match origins.as_slice() {
            [origin] if origin.as_bytes() == own.as_bytes() => {}
            _ => return Err(Refusal::ForeignOrigin),
        }
        let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let essence =
            content_type.map(|text| text.split(|byte| *byte == b';').next().unwrap_or(text));
        if !essence.is_some_and(|essence| {
            essence
                .trim_ascii()
                .eq_ignore_ascii_case(b"application/json")
        }) {
            return Err(Refusal::NotJson);
        }
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            _ => Refusal::Malformed,
        })?;
        serde_json::from_slice(&body).map_err(|_| Refusal::Malformed)
    }

    /// Hands a callback to the session and waits until it is stored.
    async fn hand_over(&self, callback: Callback) -> Result<StatusCode, Refusal> {
        let (answer, taken) = oneshot::channel();
        let call = Call { callback, answer };
        self.calls.send(call).await.map_err(|_| Refusal::Ended)?;
        match taken.await {
            Ok(Taken::Yes) => Ok(StatusCode::NO_CONTENT),
            Ok(Taken::NotNow) => Err(Refusal::NotNow),
            Ok(Taken::Ended) | Err(_) => Err(Refusal::Ended),
        }
    }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
