//! The main window loads only the built-in UI; its content security policy and this navigation guard enforce that.

use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};

/// The only window with a capability.
pub(crate) const LABEL: &str = "main";

pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Balance Desk")
        .inner_size(1280.0, 800.0)
        .min_inner_size(900.0, 600.0)
        .center()
        .on_navigation(is_ours)
        .on_new_window(|_url, _features| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

pub(crate) fn bring_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    // A window manager may refuse any of these; no refusal matters to the user.
    for outcome in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = outcome {
            tracing::debug!(%error, "couldn't focus the main window");
        }
    }
}

/// Also allows Vite's server in development.
fn is_ours(url: &Url) -> bool {
    let built_in = matches!(
        (url.scheme(), url.host_str()),
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost"))
    );
    built_in || (tauri::is_dev() && url.host_str() == Some("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_built_in_ui_may_be_shown() {
        for (address, ours) in [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/index.html", true),
            ("https://tauri.localhost/", true),
            ("https://cdn.plaid.com/link/v2/stable/link.html", false),
            ("http://127.0.0.1:4000/", false),
            ("https://tauri.localhost.example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            let url = Url::parse(address).expect("a test address");
            assert_eq!(is_ours(&url), ours, "{address}");
        }
    }
}
