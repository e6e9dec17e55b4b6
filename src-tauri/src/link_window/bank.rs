//! The window of a bank's OAuth page. The title and the menu bar show the page's address, where the page can't change
//! it.

use std::sync::{Mutex, PoisonError};

use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    menu::{MenuBuilder, MenuItemBuilder, Submenu, SubmenuBuilder},
    webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent},
};

use super::{
    address::{BankAddress, BankTrail, address, blank, is_bank_page},
    destroy, is_private, menu,
};

pub(super) fn label(session_id: &str) -> String {
    format!("link-bank-{session_id}")
}

pub(super) struct Popup {
    pub(super) app: AppHandle,
    pub(super) session_id: String,
    pub(super) allowed: Vec<String>,
}

impl Popup {
    /// Opens at most one bank window. It closes when the bank is done or its session ends.
    pub(super) fn open(
        &self,
        url: &Url,
        features: NewWindowFeatures,
    ) -> NewWindowResponse<tauri::Wry> {
        if !is_bank_page(url, &self.allowed) {
            tracing::warn!(origin = %address(url), "blocked a pop-up");
            return NewWindowResponse::Deny;
        }
        destroy(&self.app, &label(&self.session_id));
        match self.build(url, features) {
            Ok(window) => NewWindowResponse::Create { window },
            Err(error) => {
                tracing::error!(%error, "couldn't open the bank's pop-up");
                NewWindowResponse::Deny
            }
        }
    }

    fn build(&self, url: &Url, features: NewWindowFeatures) -> tauri::Result<WebviewWindow> {
        let mut trail = BankTrail::new(self.allowed.clone());
        let bar = AddressBar::new(&self.app, &trail.arrive(url))?;
        let title = bar.words()?;
        let menu = MenuBuilder::new(&self.app)
            .item(&bar.submenu)
            .item(&menu::linking(&self.app)?)
            .build()?;
        let allowed = self.allowed.clone();
        let session_id = self.session_id.clone();
        let trail = Mutex::new(trail);
        WebviewWindowBuilder::new(
            &self.app,
            label(&self.session_id),
            WebviewUrl::External(blank()),
        )
        .title(title)
        .inner_size(520.0, 760.0)
        .window_features(features)
        .incognito(is_private())
        .menu(menu)
        .on_menu_event(move |window, event| menu::chosen(window.app_handle(), &session_id, &event))
        .on_navigation(move |url| is_bank_page(url, &allowed))
        // The bank's window must not open further windows.
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .on_page_load(move |window, page| {
            if page.event() == PageLoadEvent::Started {
                let mut trail = trail.lock().unwrap_or_else(PoisonError::into_inner);
                bar.show(&window, &trail.arrive(page.url()));
            }
        })
        .build()
    }
}

struct AddressBar {
    submenu: Submenu<tauri::Wry>,
    whole: tauri::menu::MenuItem<tauri::Wry>,
}

impl AddressBar {
    fn new(app: &AppHandle, place: &BankAddress) -> tauri::Result<Self> {
        let whole = MenuItemBuilder::new(explained(place))
            .enabled(false)
            .build(app)?;
        let submenu = SubmenuBuilder::new(app, place.words())
            .item(&whole)
            .build()?;
        Ok(Self { submenu, whole })
    }

    fn words(&self) -> tauri::Result<String> {
        self.submenu.text()
    }

    /// Called after navigation and before the page is drawn.
    fn show(&self, window: &WebviewWindow, place: &BankAddress) {
        for outcome in [
            window.set_title(&place.words()),
            self.submenu.set_text(place.words()),
            self.whole.set_text(explained(place)),
        ] {
            // The window may already be closing.
            if let Err(error) = outcome {
                tracing::debug!(%error, "couldn't show the bank page's address");
            }
        }
    }
}

fn explained(place: &BankAddress) -> String {
    match &place.left {
        None => format!(
            "You are at {}. Check it before you type a password.",
            place.address
        ),
        Some(bank) => format!(
            "You came to {bank} and are at {} now. Some banks sign in there; if in doubt, close this window.",
            place.address
        ),
    }
}
