//! Link as the stand-in plays it: the script that apps load, the frame it draws, the
//! page of an OAuth bank and the page behind a Hosted Link URL, all from this address.

pub(crate) mod session;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::bank::institutions::Institution;
use crate::bank::logo;

const SCRIPT: &str = include_str!("../../link/link-initialize.js");
const FRAME_PAGE: &str = include_str!("../../link/link.html");
const FRAME_STYLE: &str = include_str!("../../link/link.css");
const FRAME_SCRIPT: &str = include_str!("../../link/link.js");
const BANK_PAGE: &str = include_str!("../../link/oauth.html");
const BANK_SCRIPT: &str = include_str!("../../link/oauth.js");

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
        .route(
            "/link/v2/stable/link-initialize.js",
            get(|| async { file(JAVASCRIPT, SCRIPT) }),
        )
        .route(
            "/link/v2/stable/link.html",
            get(|| async { page(FRAME_POLICY, FRAME_PAGE) }),
        )
        .route(
            "/link/v2/stable/link.css",
            get(|| async { file(CSS, FRAME_STYLE) }),
        )
        .route(
            "/link/v2/stable/link.js",
            get(|| async { file(JAVASCRIPT, FRAME_SCRIPT) }),
        )
        .route(
            "/hosted/{id}",
            get(|| async { page(FRAME_POLICY, FRAME_PAGE) }),
        )
        .route("/link/bank", get(|| async { page(BANK_POLICY, BANK_PAGE) }))
        .route(
            "/link/v2/stable/oauth.js",
            get(|| async { file(JAVASCRIPT, BANK_SCRIPT) }),
        )
        .route("/link/logo/{file}", get(institution_logo))
}

fn file(content_type: &'static str, text: &'static str) -> impl IntoResponse {
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
