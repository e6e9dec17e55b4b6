//! Returns: the codes, the list, and files of returns. Which file is read is the user's choice in the system's own
//! dialog; the page names no path.

use desk::returns::view::{
    AccountReturns, CandidateView, DateForm, ImportRows, ImportState, ReturnCodeView,
    ReturnImportView, ReturnMapping, ReturnsList, ReturnsRecorded, ReturnsRequest, RowChoice,
};
use tauri::AppHandle;

use super::{Answer, Desk};
use crate::open_dialog::{self, Sort};

/// Files that banks and processors send.
const SORTS: &[Sort] = &[Sort {
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
pub(super) async fn return_codes(shell: Desk<'_>) -> Answer<Vec<ReturnCodeView>> {
    Ok(shell.desk().await.open()?.returns.codes())
}

#[tauri::command]
pub(super) async fn returns_list(shell: Desk<'_>, request: ReturnsRequest) -> Answer<ReturnsList> {
    Ok(shell.desk().await.open()?.returns.list(request).await?)
}

#[tauri::command]
pub(super) async fn account_returns(
    shell: Desk<'_>,
    account_id: String,
) -> Answer<Option<AccountReturns>> {
    Ok(shell
        .desk()
        .await
        .open()?
        .returns
        .of_account(&account_id)
        .await?)
}

/// Asks for a file and reads it. Nothing when the user does not choose one.
#[tauri::command]
pub(super) async fn return_import_pick(
    app: AppHandle,
    shell: Desk<'_>,
) -> Answer<Option<ReturnImportView>> {
    let Some(chosen) = open_dialog::pick(&app, SORTS).await? else {
        return Ok(None);
    };
    let desk = shell.desk().await;
    let view = desk
        .open()?
        .returns
        .start_import(chosen.name, chosen.bytes)
        .await?;
    Ok(Some(view))
}

#[tauri::command]
pub(super) async fn return_import(shell: Desk<'_>) -> Answer<Option<ReturnImportView>> {
    Ok(shell.desk().await.open()?.returns.current_import().await?)
}

#[tauri::command]
pub(super) async fn return_import_map(
    shell: Desk<'_>,
    import_id: String,
    mapping: ReturnMapping,
    date_form: Option<DateForm>,
) -> Answer<ReturnImportView> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .returns
        .map_columns(&import_id, mapping, date_form)?)
}

#[tauri::command]
pub(super) async fn return_import_rows(
    shell: Desk<'_>,
    import_id: String,
    state: Option<ImportState>,
    offset: u32,
    limit: u32,
) -> Answer<ImportRows> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .returns
        .import_rows(&import_id, state, offset, limit)
        .await?)
}

#[tauri::command]
pub(super) async fn return_import_choose(
    shell: Desk<'_>,
    import_id: String,
    row: u32,
    choice: RowChoice,
) -> Answer<ReturnImportView> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .returns
        .choose_debit(&import_id, row, &choice)?)
}

#[tauri::command]
pub(super) async fn return_import_choose_suggested(
    shell: Desk<'_>,
    import_id: String,
) -> Answer<ReturnImportView> {
    let desk = shell.desk().await;
    Ok(desk.open()?.returns.choose_suggested(&import_id)?)
}

#[tauri::command]
pub(super) async fn return_import_search(
    shell: Desk<'_>,
    import_id: String,
    row: u32,
    words: String,
) -> Answer<Vec<CandidateView>> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .returns
        .search_debits(&import_id, row, &words)?)
}

#[tauri::command]
pub(super) async fn return_import_record(
    shell: Desk<'_>,
    import_id: String,
) -> Answer<ReturnsRecorded> {
    Ok(shell
        .desk()
        .await
        .open()?
        .returns
        .record_import(&import_id)
        .await?)
}

#[tauri::command]
pub(super) async fn return_import_discard(shell: Desk<'_>) -> Answer<()> {
    shell.desk().await.open()?.returns.discard_import();
    Ok(())
}
