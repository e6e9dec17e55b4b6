//! The window Plaid Link runs in. It has no capability: no command answers it. It shows the desk's
//! loopback page, Plaid's frames in it, and a bank's pop-up; it goes nowhere else and keeps nothing.

mod address;
mod bank;
mod menu;

use desk::link::LinkStarted;
use tauri::{
    AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    menu::MenuBuilder,
};

use self::bank::Popup;
use crate::shell::Shell;

/// The label of a session's window. One label a session, so that the end of one session never
/// closes the window of another. No capability names it.
fn label(session_id: &str) -> String {
    format!("link-{session_id}")
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
    .incognito(is_private())
    .menu(MenuBuilder::new(app).item(&menu::linking(app)?).build()?)
    .on_menu_event({
        let session_id = session_id.clone();
        move |window, event| menu::chosen(window.app_handle(), &session_id, &event)
    })
    .on_navigation(move |url| address::is_link_page(url, &allowed))
    .on_new_window(move |url, features| popup.open(&url, features))
    .build()?;

    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            destroy(&app, &bank::label(&session_id));
            report_closed(app.clone(), session_id.clone());
        }
    });
    Ok(())
}

/// Closes a session's window and its bank's pop-up. Answers whether they were open.
pub(crate) fn close(app: &AppHandle, session_id: &str) -> bool {
    destroy(app, &bank::label(session_id));
    let label = label(session_id);
    let was_open = app.get_webview_window(&label).is_some();
    destroy(app, &label);
    was_open
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
        if let Ok(open) = shell.desk().await.open() {
            open.links.window_closed(&session_id).await;
        }
    });
}

/// Whether the windows of Link are private: no cookies or storage from one session to the next.
///
/// WebKitGTK lets only one browsing context be driven by a test, and a private window is a context
/// of its own; so in a debug build, and only while a WebDriver drives the app, it is not private. The
/// test of privacy itself asks for it and looks from outside.
fn is_private() -> bool {
    let driven = cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    !driven || std::env::var_os("BALANCE_DESK_PRIVATE_LINK").is_some()
}
