//! Files to take along. Where one is written is the user's choice in the system's own dialog; the page names no path.

use desk::export::view::{ExportDone, ExportFormat, ExportWhat};
use tauri::AppHandle;

use super::{CommandResult, ShellState};
use crate::save_dialog;

/// Asks where to write, and writes. Nothing when the user does not choose a place.
#[tauri::command]
pub(super) async fn export_pick(
    app: AppHandle,
    shell: ShellState<'_>,
    what: ExportWhat,
    format: ExportFormat,
) -> CommandResult<Option<ExportDone>> {
    let name = shell.features().await?.exports.file_name(&what, format);
    let Some(path) = save_dialog::ask(&app, &name, format).await else {
        return Ok(None);
    };
    Ok(Some(
        shell
            .features()
            .await?
            .exports
            .export(what, format, path)
            .await?,
    ))
}
