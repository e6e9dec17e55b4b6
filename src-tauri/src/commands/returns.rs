//! The user chooses files of returns in the system dialog; the page never names a path.

use desk::{
    evaluations::view::{EvaluationView, ReturnInput},
    files::{date::DateOrder, return_codes::ReturnReason},
    returns::view::{
        AccountReturns, CandidateView, ImportRows, ImportState, ReturnImportView, ReturnMapping,
        ReturnsList, ReturnsRecorded, ReturnsRequest, RowChoice,
    },
};
use tauri::AppHandle;

use super::{CommandResult, ShellState};
use crate::open_dialog::{self, FileFilter};

const RETURN_FILES: &[FileFilter] = &[FileFilter {
    name: "Return file (Nacha or CSV)",
    endings: &["ach", "txt", "csv", "tsv", "dat", "ret"],
}];

provides! {
    return_codes: [];
    returns_list: [Evaluations];
    account_returns: [Evaluations];
    return_import: [];
    return_import_rows: [];
}

#[tauri::command]
pub(super) async fn return_codes(shell: ShellState<'_>) -> CommandResult<Vec<ReturnReason>> {
    Ok(shell.features().await?.returns.codes())
}

#[tauri::command]
pub(super) async fn returns_list(
    shell: ShellState<'_>,
    request: ReturnsRequest,
) -> CommandResult<ReturnsList> {
    Ok(shell.features().await?.returns.list(request).await?)
}

#[tauri::command]
pub(super) async fn account_returns(
    shell: ShellState<'_>,
    account_id: String,
) -> CommandResult<Option<AccountReturns>> {
    Ok(shell
        .features()
        .await?
        .returns
        .of_account(&account_id)
        .await?)
}

#[tauri::command]
pub(super) async fn return_import_pick(
    app: AppHandle,
    shell: ShellState<'_>,
) -> CommandResult<Option<ReturnImportView>> {
    let Some(file) = open_dialog::pick(&app, RETURN_FILES).await? else {
        return Ok(None);
    };
    let view = shell
        .features()
        .await?
        .returns
        .start_import(file.name, file.bytes)
        .await?;
    Ok(Some(view))
}

#[tauri::command]
pub(super) async fn return_import(
    shell: ShellState<'_>,
) -> CommandResult<Option<ReturnImportView>> {
    Ok(shell.features().await?.returns.current_import().await?)
}

#[tauri::command]
pub(super) async fn return_import_map(
    shell: ShellState<'_>,
    import_id: String,
    mapping: ReturnMapping,
    date_order: Option<DateOrder>,
) -> CommandResult<ReturnImportView> {
    Ok(shell
        .features()
        .await?
        .returns
        .map_columns(&import_id, mapping, date_order)?)
}

#[tauri::command]
pub(super) async fn return_import_rows(
    shell: ShellState<'_>,
    import_id: String,
    state: Option<ImportState>,
    offset: u32,
    limit: u32,
) -> CommandResult<ImportRows> {
    Ok(shell
        .features()
        .await?
        .returns
        .import_rows(&import_id, state, offset, limit)
        .await?)
}

#[tauri::command]
pub(super) async fn return_import_choose(
    shell: ShellState<'_>,
    import_id: String,
    row: u32,
    choice: RowChoice,
) -> CommandResult<ReturnImportView> {
    Ok(shell
        .features()
        .await?
        .returns
        .choose_debit(&import_id, row, &choice)?)
}

#[tauri::command]
pub(super) async fn return_import_choose_suggested(
    shell: ShellState<'_>,
    import_id: String,
) -> CommandResult<ReturnImportView> {
    Ok(shell
        .features()
        .await?
        .returns
        .choose_suggested(&import_id)?)
}

#[tauri::command]
pub(super) async fn return_import_search(
    shell: ShellState<'_>,
    import_id: String,
    row: u32,
    words: String,
) -> CommandResult<Vec<CandidateView>> {
    Ok(shell
        .features()
        .await?
        .returns
        .search_debits(&import_id, row, &words)?)
}

#[tauri::command]
pub(super) async fn return_import_record(
    shell: ShellState<'_>,
    import_id: String,
) -> CommandResult<ReturnsRecorded> {
    Ok(shell
        .features()
        .await?
        .returns
        .record_import(&import_id)
        .await?)
}

#[tauri::command]
pub(super) async fn return_import_discard(shell: ShellState<'_>) -> CommandResult<()> {
    shell.features().await?.returns.discard_import();
    Ok(())
}

#[tauri::command]
pub(super) async fn return_record(
    shell: ShellState<'_>,
    returned: ReturnInput,
) -> CommandResult<EvaluationView> {
    Ok(shell
        .features()
        .await?
        .reports
        .record_return(returned)
        .await?)
}
