//! Opens pages in the system browser and drafts in the mail program.

use desk::{
    link::MailDraft,
    problem::{Problem, ProblemKind},
};
use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt as _;

use super::CommandResult;

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

/// Also allows the Demo's http pages. Errors don't quote the address, because anyone who has it can use it.
pub(super) fn open(app: &AppHandle, page: &Url) -> CommandResult<()> {
    opened(app, page).map_err(|error| {
        Problem::new(
            ProblemKind::Internal,
            format!("The page could not be opened in your browser ({error})."),
        )
    })
}

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
