//! The window of a bank's own page, opened by Link for a bank that uses OAuth. The address of the
//! page stands in the title and in the menu bar, both out of the page's reach.

use std::sync::{Mutex, PoisonError};

use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    menu::{MenuBuilder, MenuItemBuilder, Submenu, SubmenuBuilder},
    webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent},
};

use super::{
    address::{Place, Trail, address, blank, is_bank_page},
    destroy, is_private, menu,
};

/// The label of the bank's window of a session.
pub(super) fn label(session_id: &str) -> String {
    format!("link-bank-{session_id}")
}

/// What it takes to let Link open a bank's page.
pub(super) struct Popup {
    pub(super) app: AppHandle,
    pub(super) session_id: String,
    pub(super) allowed: Vec<String>,
}

impl Popup {
    /// The pop-up becomes a window of its own, one at a time. It closes itself when the bank is done,
    /// and with its session.
    pub(super) fn open(
        &self,
        url: &Url,
        features: NewWindowFeatures,
    ) -> NewWindowResponse<tauri::Wry> {
        if !is_bank_page(url, &self.allowed) {
            tracing::warn!(origin = %address(url), "a pop-up was refused");
            return NewWindowResponse::Deny;
        }
        destroy(&self.app, &label(&self.session_id));
        match self.build(url, features) {
            Ok(window) => NewWindowResponse::Create { window },
            Err(error) => {
                tracing::error!(%error, "the bank's pop-up could not be opened");
                NewWindowResponse::Deny
            }
        }
    }

    fn build(&self, url: &Url, features: NewWindowFeatures) -> tauri::Result<WebviewWindow> {
        let mut trail = Trail::new(self.allowed.clone());
        let bar = Bar::new(&self.app, &trail.arrive(url))?;
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
        // What may go to the bank only must not open further windows.
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

/// The entry of the menu bar that is the address.
struct Bar {
    submenu: Submenu<tauri::Wry>,
    whole: tauri::menu::MenuItem<tauri::Wry>,
}

impl Bar {
    fn new(app: &AppHandle, place: &Place) -> tauri::Result<Self> {
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

    /// Called when the page has changed and before it is drawn.
    fn show(&self, window: &WebviewWindow, place: &Place) {
        for outcome in [
            window.set_title(&place.words()),
            self.submenu.set_text(place.words()),
            self.whole.set_text(explained(place)),
        ] {
            // The window may be closing already; then there is nothing to say it in.
            if let Err(error) = outcome {
                tracing::debug!(%error, "the address of a bank's page could not be shown");
            }
        }
    }
}

/// What opens below the address.
fn explained(place: &Place) -> String {
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
