//! The menu of Link's windows. It always offers the system browser, and the page can't reach it.

use tauri::{
    AppHandle,
    menu::{MenuEvent, MenuItemBuilder, Submenu, SubmenuBuilder},
};

use crate::{main_window, shell};

const IN_BROWSER: &str = "link-in-browser";
const SHOW_MAIN: &str = "link-show-main";

/// macOS has one menu for the whole app and doesn't show this one; there, use the main window's button.
pub(super) fn linking(app: &AppHandle) -> tauri::Result<Submenu<tauri::Wry>> {
    let in_browser = MenuItemBuilder::with_id(IN_BROWSER, "Continue in my browser")
        .accelerator("CmdOrCtrl+B")
        .build(app)?;
    let show_main = MenuItemBuilder::with_id(SHOW_MAIN, "Show Balance Desk").build(app)?;
    SubmenuBuilder::new(app, "Linking")
        .item(&in_browser)
        .item(&show_main)
        .separator()
        .close_window_with_text("Close this window")
        .build()
}

pub(super) fn chosen(app: &AppHandle, session_id: &str, event: &MenuEvent) {
    match event.id().as_ref() {
        IN_BROWSER => shell::continue_in_browser(app, session_id),
        SHOW_MAIN => main_window::bring_forward(app),
        _ => {}
    }
}
