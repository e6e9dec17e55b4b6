use desk::batches::view::{
    BatchDecided, BatchDecision, BatchPlan, BatchRowsPage, BatchRowsQuery, BatchView, ImportCheck,
    ImportDraft, ImportRequest, ImportSettings,
};
use tauri::AppHandle;

use super::{CommandResult, ShellState};
use crate::open_dialog::{self, FileFilter};

const TABLES: &[FileFilter] = &[FileFilter {
    name: "Table (CSV)",
    endings: &["csv", "tsv", "txt"],
}];

provides! {
    batches_list: [Batches];
    batch: [Batches];
    batch_rows: [Batches];
    batch_plan: [Batches];
    batch_check: [];
}

#[tauri::command]
pub(super) async fn batch_open_file(
    app: AppHandle,
    shell: ShellState<'_>,
) -> CommandResult<Option<ImportDraft>> {
    let Some(file) = open_dialog::pick(&app, TABLES).await? else {
        return Ok(None);
    };
    let draft = shell
        .features()
        .await?
        .batches
        .open_draft(Some(file.name), file.bytes)
        .await?;
    Ok(Some(draft))
}

#[tauri::command]
pub(super) async fn batch_paste(shell: ShellState<'_>, text: String) -> CommandResult<ImportDraft> {
    Ok(shell
        .features()
        .await?
        .batches
        .open_draft(None, text.into_bytes())
        .await?)
}

#[tauri::command]
pub(super) async fn batch_check(
    shell: ShellState<'_>,
    request: ImportRequest,
) -> CommandResult<ImportCheck> {
    Ok(shell.features().await?.batches.check_draft(request).await?)
}

#[tauri::command]
pub(super) async fn batch_import(
    shell: ShellState<'_>,
    request: ImportRequest,
    settings: ImportSettings,
) -> CommandResult<BatchView> {
    Ok(shell
        .features()
        .await?
        .batches
        .import_draft(request, settings)
        .await?)
}

#[tauri::command]
pub(super) async fn batch_discard(shell: ShellState<'_>) -> CommandResult<()> {
    shell.features().await?.batches.discard_draft();
    Ok(())
}

#[tauri::command]
pub(super) async fn batches_list(shell: ShellState<'_>) -> CommandResult<Vec<BatchView>> {
    Ok(shell.features().await?.batches.list().await?)
}

#[tauri::command]
pub(super) async fn batch(shell: ShellState<'_>, batch_id: String) -> CommandResult<BatchView> {
    Ok(shell.features().await?.batches.get(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_rows(
    shell: ShellState<'_>,
    query: BatchRowsQuery,
) -> CommandResult<BatchRowsPage> {
    Ok(shell.features().await?.batches.rows(query).await?)
}

#[tauri::command]
pub(super) async fn batch_plan(
    shell: ShellState<'_>,
    batch_id: String,
) -> CommandResult<BatchPlan> {
    Ok(shell.features().await?.batches.plan(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_run(shell: ShellState<'_>, batch_id: String) -> CommandResult<BatchView> {
    Ok(shell.features().await?.batches.run(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_pause(
    shell: ShellState<'_>,
    batch_id: String,
) -> CommandResult<BatchView> {
    Ok(shell.features().await?.batches.pause(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_cancel(
    shell: ShellState<'_>,
    batch_id: String,
) -> CommandResult<BatchView> {
    Ok(shell.features().await?.batches.cancel(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_ask_failed_again(
    shell: ShellState<'_>,
    batch_id: String,
) -> CommandResult<BatchView> {
    Ok(shell
        .features()
        .await?
        .batches
        .retry_failed(&batch_id)
        .await?)
}

#[tauri::command]
pub(super) async fn batch_decide(
    shell: ShellState<'_>,
    decision: BatchDecision,
) -> CommandResult<BatchDecided> {
    Ok(shell.features().await?.batches.decide(decision).await?)
}

#[tauri::command]
pub(super) async fn batch_take_back(
    shell: ShellState<'_>,
    client_transaction_ids: Vec<String>,
) -> CommandResult<BatchDecided> {
    Ok(shell
        .features()
        .await?
        .batches
        .undo_decisions(client_transaction_ids)
        .await?)
}
