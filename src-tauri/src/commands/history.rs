//! How balances moved.

use desk::balances::history::view::{
    ChangeRequest, ChangeSince, HistoryRequest, HistoryView, ReadingsPage,
};

use super::{Answer, Desk};

provides! {
    history: [Items];
    readings_page: [Items];
    change_since: [Items];
}

#[tauri::command]
pub(super) async fn history(shell: Desk<'_>, request: HistoryRequest) -> Answer<HistoryView> {
    Ok(shell.desk().await.open()?.history.history(request).await?)
}

#[tauri::command]
pub(super) async fn readings_page(
    shell: Desk<'_>,
    account_id: String,
    before: Option<String>,
    limit: u32,
) -> Answer<ReadingsPage> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .history
        .readings_page(&account_id, before.as_deref(), limit)
        .await?)
}

#[tauri::command]
pub(super) async fn change_since(
    shell: Desk<'_>,
    request: ChangeRequest,
) -> Answer<Option<ChangeSince>> {
    Ok(shell
        .desk()
        .await
        .open()?
        .history
        .change_since(request)
        .await?)
}
