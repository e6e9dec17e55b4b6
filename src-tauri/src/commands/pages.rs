//! Pages in the system browser: Plaid's Dashboard and documentation.

use desk::problem::{Problem, ProblemKind};
use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt as _;

use super::Answer;

/// Opens an https page in the system browser; any other address is refused.
#[tauri::command]
pub(super) async fn open_page(app: AppHandle, url: String) -> Answer<()> {
    let page = Url::parse(&url)
        .ok()
        .filter(|page| page.scheme() == "https");
    let Some(page) = page else {
        return Err(Problem::new(
            ProblemKind::InvalidInput,
            "Only https pages can be opened.",
        ));
    };
    app.opener()
        .open_url(page.as_str(), None::<&str>)
        .map_err(|error| {
            Problem::new(
                ProblemKind::Internal,
                format!(
                    "The page could not be opened in your browser ({error}). Its address is {page}"
                ),
            )
        })
}
