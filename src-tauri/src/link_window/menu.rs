//! The menu of Link's windows: the way into the system browser, at any moment and out of reach of
//! the page.

use tauri::{
    AppHandle,
    menu::{MenuEvent, MenuItemBuilder, Submenu, SubmenuBuilder},
};

use crate::{main_window, shell};

const IN_BROWSER: &str = "link-in-browser";
const SHOW_MAIN: &str = "link-show-main";

/// What every window of Link offers. macOS has one menu for the whole app and shows none of this;
/// there the main window's button does the same.
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

/// An entry was chosen. What goes wrong is said in the main window, so that is where it is begun.
pub(super) fn chosen(app: &AppHandle, session_id: &str, event: &MenuEvent) {
    match event.id().as_ref() {
        IN_BROWSER => shell::continue_in_browser(app, session_id),
        SHOW_MAIN => main_window::bring_forward(app),
        _ => {}
    }
}
