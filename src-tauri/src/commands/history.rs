use desk::history::view::{ChangeRequest, ChangeSince, HistoryRequest, HistoryView, ReadingsPage};

use super::{CommandResult, ShellState};

provides! {
    history: [Items];
    readings_page: [Items];
    change_since: [Items];
}

#[tauri::command]
pub(super) async fn history(
    shell: ShellState<'_>,
    request: HistoryRequest,
) -> CommandResult<HistoryView> {
    Ok(shell.features().await?.history.history(request).await?)
}

#[tauri::command]
pub(super) async fn readings_page(
    shell: ShellState<'_>,
    account_id: String,
    before: Option<String>,
    limit: u32,
) -> CommandResult<ReadingsPage> {
    Ok(shell
        .features()
        .await?
        .history
        .readings_page(&account_id, before.as_deref(), limit)
        .await?)
}

#[tauri::command]
pub(super) async fn change_since(
    shell: ShellState<'_>,
    request: ChangeRequest,
) -> CommandResult<Option<ChangeSince>> {
    Ok(shell
        .features()
        .await?
        .history
        .change_since(request)
        .await?)
}
