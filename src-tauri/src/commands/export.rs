//! The user chooses the path in the system dialog; the page never names one.

use desk::export::view::{ExportDone, ExportFormat, ExportWhat};
use tauri::AppHandle;

use super::{CommandResult, ShellState};
use crate::save_dialog;

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
