//! The window Plaid Link runs in. It has no capability: no command answers it. It shows the desk's
//! loopback page, Plaid's frames in it, and a bank's pop-up; it goes nowhere else and keeps nothing.

use desk::link::LinkStarted;
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::{NewWindowFeatures, NewWindowResponse},
};

use crate::shell::Shell;

/// The label of a session's window. One label a session, so that the end of one session never
/// closes the window of another. No capability names it.
fn label(session_id: &str) -> String {
    format!("link-{session_id}")
}

/// The label of a bank's own page, opened by Link for a bank that uses OAuth.
fn bank_label(session_id: &str) -> String {
    format!("link-bank-{session_id}")
}

/// Opens the window on a Link session's page. Closing it by hand ends the session.
pub(crate) fn open(app: &AppHandle, started: &LinkStarted) -> tauri::Result<()> {
    let session_id = started.session.session_id.clone();
    let allowed = started.allowed_origins.clone();
    let popup = Popup {
        app: app.clone(),
        session_id: session_id.clone(),
        allowed: allowed.clone(),
    };
    let window = WebviewWindowBuilder::new(
        app,
        label(&session_id),
        WebviewUrl::External(started.page.clone()),
    )
    .title("Link a bank - Balance Desk")
    .inner_size(520.0, 780.0)
    .min_inner_size(400.0, 560.0)
    .center()
    .incognito(!under_test())
    .on_navigation(move |url| is_allowed(url, &allowed))
    .on_new_window(move |url, features| popup.open(&url, features))
    .build()?;

    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            destroy(&app, &bank_label(&session_id));
            report_closed(app.clone(), session_id.clone());
        }
    });
    Ok(())
}

/// Closes a session's window and its bank's pop-up. Answers whether they were open.
pub(crate) fn close(app: &AppHandle, session_id: &str) -> bool {
    destroy(app, &bank_label(session_id));
    let label = label(session_id);
    let was_open = app.get_webview_window(&label).is_some();
    destroy(app, &label);
    was_open
}

/// Closes every window of Link: a session belongs to its environment and its keys.
pub(crate) fn close_all(app: &AppHandle) {
    for label in app.webview_windows().into_keys() {
        if label.starts_with("link-") {
            destroy(app, &label);
        }
    }
}

/// Brings a session's window forward. Answers whether there was one.
pub(crate) fn focus(app: &AppHandle, session_id: &str) -> bool {
    let window = app.get_webview_window(&label(session_id));
    window.is_some_and(|window| {
        bring_forward(&window);
        true
    })
}

/// Brings the window that is open forward, whichever session it belongs to.
pub(crate) fn focus_any(app: &AppHandle) {
    for (label, window) in app.webview_windows() {
        if label.starts_with("link-") {
            bring_forward(&window);
        }
    }
}

fn bring_forward(window: &WebviewWindow) {
    for outcome in [window.unminimize(), window.set_focus()] {
        if let Err(error) = outcome {
            tracing::debug!(%error, "the Link window could not be brought forward");
        }
    }
}

/// What it takes to let Link open the page of a bank that uses OAuth.
struct Popup {
    app: AppHandle,
    session_id: String,
    allowed: Vec<String>,
}

impl Popup {
    /// The pop-up becomes a window whose title is the address the person is about to type a
    /// password into. One at a time.
    fn open(&self, url: &Url, features: NewWindowFeatures) -> NewWindowResponse<tauri::Wry> {
        if !is_bank_page(url, &self.allowed) {
            tracing::warn!(origin = %address(url), "a pop-up was refused");
            return NewWindowResponse::Deny;
        }
        let label = bank_label(&self.session_id);
        destroy(&self.app, &label);
        let allowed = self.allowed.clone();
        let window = WebviewWindowBuilder::new(&self.app, label, WebviewUrl::External(blank()))
            .title(address(url))
            .inner_size(520.0, 720.0)
            .window_features(features)
            .on_navigation(move |url| is_bank_page(url, &allowed))
            .on_page_load(|window, page| {
                // The window may be closing already; then there is no title to set.
                let _ = window.set_title(&address(page.url()));
            })
            .build();
        match window {
            Ok(window) => NewWindowResponse::Create { window },
            Err(error) => {
                tracing::error!(%error, "the bank's pop-up could not be opened");
                NewWindowResponse::Deny
            }
        }
    }
}

/// A bank's page is https. On this machine only the session's own origins are one: the Demo's bank.
/// `about:blank` is a pop-up that Link fills afterwards.
fn is_bank_page(url: &Url, allowed: &[String]) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => allowed.contains(&url.origin().ascii_serialization()),
        _ => *url == blank(),
    }
}

fn blank() -> Url {
    Url::parse("about:blank").expect("a constant address")
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

fn destroy(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
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
    fn a_bank_page_is_https_or_of_the_demo() {
        let demo = ["http://127.0.0.1:4000".to_owned()];
        for (address, expected) in [
            ("https://bank.example.com/login", true),
            ("about:blank", true),
            ("http://127.0.0.1:4000/oauth", true),
            ("http://127.0.0.1:631/", false),
            ("http://bank.example.com/login", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_bank_page(&url(address), &demo), expected, "{address}");
        }
    }

    #[test]
    fn the_title_is_scheme_and_host_only() {
        assert_eq!(
            address(&url("https://bank.example.com/login?user=a")),
            "https://bank.example.com"
        );
    }
}
