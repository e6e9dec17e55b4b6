//! The window Plaid Link runs in. It has no capability: no command answers it. It shows the desk's
//! loopback page, Plaid's frames in it, and a bank's pop-up; it goes nowhere else and keeps nothing.

use desk::link::LinkStarted;
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::{NewWindowFeatures, NewWindowResponse},
};

use crate::shell::Shell;

/// Its label. It appears in no capability.
const LABEL: &str = "link";
/// The label of a bank's own page, opened by Link for a bank that uses OAuth.
const BANK_LABEL: &str = "link-bank";

/// Opens the window on a Link session's page. Closing it by hand ends the session.
pub(crate) fn open(app: &AppHandle, started: &LinkStarted) -> tauri::Result<()> {
    let allowed = started.allowed_origins.clone();
    let popup_owner = app.clone();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(started.page.clone()))
        .title("Link a bank - Balance Desk")
        .inner_size(520.0, 780.0)
        .min_inner_size(400.0, 560.0)
        .center()
        .incognito(!under_test())
        .on_navigation(move |url| is_allowed(url, &allowed))
        .on_new_window(move |url, features| open_bank(&popup_owner, &url, features))
        .build()?;

    let app = app.clone();
    let session_id = started.session.session_id.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            close_bank(&app);
            report_closed(app.clone(), session_id.clone());
        }
    });
    Ok(())
}

/// Closes the window and the bank's pop-up, if they are open.
pub(crate) fn close(app: &AppHandle) {
    close_bank(app);
    if let Some(window) = app.get_webview_window(LABEL) {
        destroy(&window);
    }
}

/// Brings the window forward. Answers whether there was one.
pub(crate) fn focus(app: &AppHandle) -> bool {
    let Some(window) = app.get_webview_window(LABEL) else {
        return false;
    };
    for outcome in [window.unminimize(), window.set_focus()] {
        if let Err(error) = outcome {
            tracing::debug!(%error, "the Link window could not be brought forward");
        }
    }
    true
}

/// Link opens the page of a bank that uses OAuth in a pop-up. It becomes a window whose title is
/// the address the person is about to type a password into.
fn open_bank(
    app: &AppHandle,
    url: &Url,
    features: NewWindowFeatures,
) -> NewWindowResponse<tauri::Wry> {
    if !is_bank_page(url) {
        tracing::warn!(origin = %url.origin().ascii_serialization(), "a pop-up was refused");
        return NewWindowResponse::Deny;
    }
    close_bank(app);
    let blank = Url::parse("about:blank").map(WebviewUrl::External);
    let window = blank.map_err(|error| error.to_string()).and_then(|blank| {
        WebviewWindowBuilder::new(app, BANK_LABEL, blank)
            .title(address(url))
            .inner_size(520.0, 720.0)
            .window_features(features)
            .on_navigation(|url| url.as_str() == "about:blank" || is_bank_page(url))
            .on_page_load(|window, page| {
                // The window may be closing already; then there is no title to set.
                let _ = window.set_title(&address(page.url()));
            })
            .build()
            .map_err(|error| error.to_string())
    });
    match window {
        Ok(window) => NewWindowResponse::Create { window },
        Err(error) => {
            tracing::error!(%error, "the bank's pop-up could not be opened");
            NewWindowResponse::Deny
        }
    }
}

/// A bank's page is https; the Demo's bank is a loopback page.
fn is_bank_page(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    }
}

/// The origins of the session's page and of Plaid, and nothing else. `about:blank` and
/// `about:srcdoc` are frames Link makes for itself.
fn is_allowed(url: &Url, allowed: &[String]) -> bool {
    url.scheme() == "about" || allowed.contains(&url.origin().ascii_serialization())
}

/// Scheme and host, for the title of a bank's window.
fn address(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn close_bank(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(BANK_LABEL) {
        destroy(&window);
    }
}

fn destroy(window: &WebviewWindow) {
    if let Err(error) = window.destroy() {
        tracing::warn!(%error, "a window of Link could not be closed");
    }
}

fn report_closed(app: AppHandle, session_id: String) {
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        shell.desk().await.link_window_closed(&session_id).await;
    });
}

/// WebKitGTK lets only one browsing context be driven by a test, and a private window is a context
/// of its own; so in a debug build, and only while a WebDriver drives the app, it is not private.
fn under_test() -> bool {
    cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(address: &str) -> Url {
        Url::parse(address).expect("a test address")
    }

    #[test]
    fn the_link_window_stays_on_the_page_and_on_plaid() {
        let allowed = [
            "http://127.0.0.1:4000".to_owned(),
            "https://cdn.plaid.com".to_owned(),
        ];
        for (address, expected) in [
            ("http://127.0.0.1:4000/secret/", true),
            ("https://cdn.plaid.com/link/v2/stable/link.html", true),
            ("about:blank", true),
            ("http://127.0.0.1:4001/", false),
            ("https://cdn.plaid.com.example.com/", false),
            ("https://example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_allowed(&url(address), &allowed), expected, "{address}");
        }
    }

    #[test]
    fn a_bank_page_is_https_or_loopback() {
        assert!(is_bank_page(&url("https://bank.example.com/login")));
        assert!(is_bank_page(&url("http://127.0.0.1:4000/oauth")));
        assert!(!is_bank_page(&url("http://bank.example.com/login")));
        assert!(!is_bank_page(&url("file:///etc/passwd")));
    }

    #[test]
    fn the_title_is_scheme_and_host_only() {
        assert_eq!(
            address(&url("https://bank.example.com/login?user=a")),
            "https://bank.example.com"
        );
    }
}
