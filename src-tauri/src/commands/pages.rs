//! What opens outside the app: pages in the system browser, and drafts in the mail program.

use desk::{
    link::MailDraft,
    problem::{Problem, ProblemKind},
};
use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt as _;

use super::CommandResult;

/// Opens an https page in the system browser; any other address is refused.
#[tauri::command]
pub(super) async fn open_page(app: AppHandle, url: String) -> CommandResult<()> {
    let page = Url::parse(&url)
        .ok()
        .filter(|page| page.scheme() == "https");
    let Some(page) = page else {
        return Err(Problem::new(
            ProblemKind::InvalidInput,
            "Only https pages can be opened.",
        ));
    };
    open(&app, &page).map_err(|problem| Problem {
        message: format!("{} Its address is {page}", problem.message),
        ..problem
    })
}

/// Opens a page of Plaid in the system browser; the Demo's is http. Its address is not said when
/// that fails: whoever has it may use it.
pub(super) fn open(app: &AppHandle, page: &Url) -> CommandResult<()> {
    opened(app, page).map_err(|error| {
        Problem::new(
            ProblemKind::Internal,
            format!("The page could not be opened in your browser ({error})."),
        )
    })
}

/// Opens a draft in the system's mail program.
pub(super) fn draft(app: &AppHandle, draft: &MailDraft) -> CommandResult<()> {
    opened(app, draft.url()).map_err(|error| {
        Problem::new(
            ProblemKind::Internal,
            format!("No mail program could be opened ({error}). Copy the link instead."),
        )
    })
}

fn opened(app: &AppHandle, address: &Url) -> Result<(), tauri_plugin_opener::Error> {
    app.opener().open_url(address.as_str(), None::<&str>)
}
