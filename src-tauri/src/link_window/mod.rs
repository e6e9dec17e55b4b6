//! The window of Plaid Link. It has no capabilities, so it can't call commands. It shows the desk's loopback page,
//! Plaid's frames, and a bank's pop-up, and stores nothing.

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

/// One label per session, so that ending a session never closes another session's window. No capability names it.
fn label(session_id: &str) -> String {
    format!("link-{session_id}")
}

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

pub(crate) fn close(app: &AppHandle, session_id: &str) -> bool {
    destroy(app, &bank::label(session_id));
    let label = label(session_id);
    let was_open = app.get_webview_window(&label).is_some();
    destroy(app, &label);
    was_open
}

pub(crate) fn focus(app: &AppHandle, session_id: &str) -> bool {
    let window = app.get_webview_window(&label(session_id));
    window.is_some_and(|window| {
        bring_forward(&window);
        true
    })
}

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
            tracing::debug!(%error, "couldn't focus the Link window");
        }
    }
}

fn destroy(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
        tracing::warn!(%error, "couldn't close a Link window");
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

/// Link's windows keep no cookies or storage between sessions. A WebKitGTK test can drive only one browsing context
/// and a private window is its own, so debug builds turn privacy off while WebDriver drives the app. The privacy test
/// turns it on and checks from outside.
fn is_private() -> bool {
    let driven = cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    !driven || std::env::var_os("BALANCE_DESK_PRIVATE_LINK").is_some()
}
