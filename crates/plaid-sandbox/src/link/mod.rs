//! Serves the stand-in's Link: the script that apps load, the frame that it shows, the page of an OAuth bank, and the
//! Hosted Link page.

pub(crate) mod session;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::bank::institutions::Institution;
use crate::bank::logo;

macro_rules! link_file {
    ($path:literal) => {
        include_str!(concat!("../../link/", $path))
    };
}

macro_rules! link_files {
    ($content_type:ident: $($path:literal)*) => {
        &[$(($path, $content_type, link_file!($path))),*]
    };
}

macro_rules! policy {
    ($frame_ancestors:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors ",
            $frame_ancestors
        )
    };
}

const SCRIPT: &str = link_file!("link-initialize.js");
const FRAME_PAGE: &str = link_file!("link.html");
const BANK_PAGE: &str = link_file!("bank-page.html");

static FILES: [&[(&str, &str, &str)]; 2] = [
    link_files!(CSS: "theme.css" "layout.css" "controls.css"),
    link_files!(JAVASCRIPT:
        "link.js" "server.js" "session.js" "elements.js" "pane.js" "next-pane.js" "leave.js" "bank-page.js"
        "panes/accounts.js" "panes/connected.js" "panes/consent.js" "panes/credentials.js" "panes/error.js"
        "panes/institutions.js" "panes/oauth.js" "panes/second-factor.js"),
];

/// Only pages on this machine may embed the frame, and no page may embed the bank.
const FRAME_POLICY: &str = policy!("'self' http://127.0.0.1:* http://localhost:*");
const BANK_POLICY: &str = policy!("'none'");

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

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
        .route("/link/v2/stable/{*file}", get(static_file))
        .route("/link/logo/{file}", get(institution_logo))
}

/// The script needs its own address, for apps that load a copy of it from elsewhere.
async fn script(headers: HeaderMap) -> impl IntoResponse {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    text_response(
        JAVASCRIPT,
        SCRIPT.replace("{{origin}}", &format!("http://{host}")),
    )
}

async fn static_file(Path(path): Path<String>) -> Response<Body> {
    match FILES
        .iter()
        .copied()
        .flatten()
        .find(|(known, ..)| *known == path)
    {
        Some((_, content_type, text)) => text_response(content_type, *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn text_response(content_type: &'static str, text: impl IntoResponse) -> impl IntoResponse {
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
        text_response(HTML, text),
    )
}

async fn institution_logo(Path(file): Path<String>) -> Response<Body> {
    let png = file
        .strip_suffix(".png")
        .and_then(Institution::find)
        .map(logo::png);
    match png {
        Some(Ok(png)) => (
            [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "max-age=3600"),
            ],
            png,
        )
            .into_response(),
        Some(Err(error)) => {
            tracing::error!(%error, "cannot draw a logo");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
