//! Link as the stand-in plays it: the script that apps load, the frame it draws, the
//! page of an OAuth bank and the page behind a Hosted Link URL, all from this address.

pub(crate) mod session;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::bank::institutions::Institution;
use crate::bank::logo;

const SCRIPT: &str = include_str!("../../link/link-initialize.js");
const FRAME_PAGE: &str = include_str!("../../link/link.html");
const BANK_PAGE: &str = include_str!("../../link/bank-page.html");

/// What the pages load, by its path beside them.
static FILES: [(&str, &str, &str); 17] = [
    ("link.css", CSS, include_str!("../../link/link.css")),
    ("link.js", JAVASCRIPT, include_str!("../../link/link.js")),
    (
        "server.js",
        JAVASCRIPT,
        include_str!("../../link/server.js"),
    ),
    (
        "session.js",
        JAVASCRIPT,
        include_str!("../../link/session.js"),
    ),
    (
        "elements.js",
        JAVASCRIPT,
        include_str!("../../link/elements.js"),
    ),
    ("pane.js", JAVASCRIPT, include_str!("../../link/pane.js")),
    (
        "next-pane.js",
        JAVASCRIPT,
        include_str!("../../link/next-pane.js"),
    ),
    ("leave.js", JAVASCRIPT, include_str!("../../link/leave.js")),
    (
        "bank-page.js",
        JAVASCRIPT,
        include_str!("../../link/bank-page.js"),
    ),
    (
        "panes/accounts.js",
        JAVASCRIPT,
        include_str!("../../link/panes/accounts.js"),
    ),
    (
        "panes/oauth.js",
        JAVASCRIPT,
        include_str!("../../link/panes/oauth.js"),
    ),
    (
        "panes/connected.js",
        JAVASCRIPT,
        include_str!("../../link/panes/connected.js"),
    ),
    (
        "panes/consent.js",
        JAVASCRIPT,
        include_str!("../../link/panes/consent.js"),
    ),
    (
        "panes/credentials.js",
        JAVASCRIPT,
        include_str!("../../link/panes/credentials.js"),
    ),
    (
        "panes/error.js",
        JAVASCRIPT,
        include_str!("../../link/panes/error.js"),
    ),
    (
        "panes/institutions.js",
        JAVASCRIPT,
        include_str!("../../link/panes/institutions.js"),
    ),
    (
        "panes/second-factor.js",
        JAVASCRIPT,
        include_str!("../../link/panes/second-factor.js"),
    ),
];

/// Only pages of this machine may draw the frame.
const FRAME_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self' http://127.0.0.1:* http://localhost:*";
/// Nobody may frame the bank.
const BANK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The pages and scripts of Link.
pub(crate) fn pages<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    axum::Router::new()
        .route("/link/v2/stable/link-initialize.js", get(script))
        .route(
            "/link/v2/stable/link.html",
            get(|| async { page(FRAME_POLICY, FRAME_PAGE) }),
        )
        .route(
            "/hosted/{id}",
            get(|| async { page(FRAME_POLICY, FRAME_PAGE) }),
        )
        .route("/link/bank", get(|| async { page(BANK_POLICY, BANK_PAGE) }))
        .route("/link/v2/stable/{*file}", get(loaded))
        .route("/link/logo/{file}", get(institution_logo))
}

/// The script that apps load. It says where the frame is, for apps that get it under another
/// address; the host has been checked to be this one.
async fn script(headers: HeaderMap) -> impl IntoResponse {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    file(
        JAVASCRIPT,
        SCRIPT.replace("{{origin}}", &format!("http://{host}")),
    )
}

async fn loaded(Path(path): Path<String>) -> Response<Body> {
    match FILES.iter().find(|(known, ..)| *known == path) {
        Some((_, content_type, text)) => file(content_type, *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(content_type: &'static str, text: impl IntoResponse) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        text,
    )
}

fn page(policy: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::REFERRER_POLICY, "no-referrer"),
        ],
        file(HTML, text),
    )
}

async fn institution_logo(Path(file): Path<String>) -> Response<Body> {
    let drawn = file
        .strip_suffix(".png")
        .and_then(Institution::find)
        .map(logo::png);
    match drawn {
        Some(Ok(png)) => (
            [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "max-age=3600"),
            ],
            png,
        )
            .into_response(),
        Some(Err(error)) => {
            tracing::error!(%error, "a logo could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
