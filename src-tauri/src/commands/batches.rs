//! Batches of planned debits: reading a file, checking it, importing it, running and deciding.

use desk::batches::view::{
    BatchDecided, BatchDecision, BatchPlan, BatchRowsPage, BatchRowsQuery, BatchView, ImportCheck,
    ImportDraft, ImportRequest, ImportSettings,
};
use tauri::AppHandle;

use super::{Answer, Desk};
use crate::open_dialog::{self, Sort};

/// What the dialog for files offers.
const TABLES: &[Sort] = &[Sort {
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

/// Asks for a file and reads it. Nothing when the user chooses none.
#[tauri::command]
pub(super) async fn batch_open_file(
    app: AppHandle,
    shell: Desk<'_>,
) -> Answer<Option<ImportDraft>> {
    let desk = shell.desk().await;
    let Some(chosen) = open_dialog::pick(&app, TABLES).await? else {
        return Ok(None);
    };
    let draft = desk
        .open()?
        .batches
        .open_draft(Some(chosen.name), chosen.bytes)
        .await?;
    Ok(Some(draft))
}

#[tauri::command]
pub(super) async fn batch_paste(shell: Desk<'_>, text: String) -> Answer<ImportDraft> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .batches
        .open_draft(None, text.into_bytes())
        .await?)
}

#[tauri::command]
pub(super) async fn batch_check(shell: Desk<'_>, request: ImportRequest) -> Answer<ImportCheck> {
    Ok(shell
        .desk()
        .await
        .open()?
        .batches
        .check_draft(request)
        .await?)
}

#[tauri::command]
pub(super) async fn batch_import(
    shell: Desk<'_>,
    request: ImportRequest,
    settings: ImportSettings,
) -> Answer<BatchView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .batches
        .import_draft(request, settings)
        .await?)
}

#[tauri::command]
pub(super) async fn batch_discard(shell: Desk<'_>) -> Answer<()> {
    shell.desk().await.open()?.batches.discard_draft();
    Ok(())
}

#[tauri::command]
pub(super) async fn batches_list(shell: Desk<'_>) -> Answer<Vec<BatchView>> {
    Ok(shell.desk().await.open()?.batches.list().await?)
}

#[tauri::command]
pub(super) async fn batch(shell: Desk<'_>, batch_id: String) -> Answer<BatchView> {
    Ok(shell.desk().await.open()?.batches.get(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_rows(shell: Desk<'_>, query: BatchRowsQuery) -> Answer<BatchRowsPage> {
    Ok(shell.desk().await.open()?.batches.rows(query).await?)
}

#[tauri::command]
pub(super) async fn batch_plan(shell: Desk<'_>, batch_id: String) -> Answer<BatchPlan> {
    Ok(shell.desk().await.open()?.batches.plan(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_run(shell: Desk<'_>, batch_id: String) -> Answer<BatchView> {
    Ok(shell.desk().await.open()?.batches.run(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_pause(shell: Desk<'_>, batch_id: String) -> Answer<BatchView> {
    Ok(shell.desk().await.open()?.batches.pause(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_cancel(shell: Desk<'_>, batch_id: String) -> Answer<BatchView> {
    Ok(shell.desk().await.open()?.batches.cancel(&batch_id).await?)
}

#[tauri::command]
pub(super) async fn batch_ask_failed_again(shell: Desk<'_>, batch_id: String) -> Answer<BatchView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .batches
        .retry_failed(&batch_id)
        .await?)
}

#[tauri::command]
pub(super) async fn batch_decide(shell: Desk<'_>, decision: BatchDecision) -> Answer<BatchDecided> {
    Ok(shell.desk().await.open()?.batches.decide(decision).await?)
}

#[tauri::command]
pub(super) async fn batch_take_back(
    shell: Desk<'_>,
    client_transaction_ids: Vec<String>,
) -> Answer<BatchDecided> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .batches
        .undo_decisions(client_transaction_ids)
        .await?)
}
