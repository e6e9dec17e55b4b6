//! Files to take along. Where one is written is the user's choice in the system's own dialog; the page names no path.

use desk::balances::export::view::{ExportDone, ExportFormat, ExportWhat};
use tauri::AppHandle;

use super::{Answer, Desk};
use crate::save_dialog;

/// Asks where to write, and writes. Nothing when the user does not choose a place.
#[tauri::command]
pub(super) async fn export_pick(
    app: AppHandle,
    shell: Desk<'_>,
    what: ExportWhat,
    format: ExportFormat,
) -> Answer<Option<ExportDone>> {
    let desk = shell.desk().await;
    let name = desk.open()?.exports.file_name(&what, format);
    let Some(path) = save_dialog::ask(&app, &name, format).await else {
        return Ok(None);
    };
    Ok(Some(desk.open()?.exports.export(what, format, path).await?))
}
