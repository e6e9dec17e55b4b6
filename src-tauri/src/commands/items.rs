use desk::items::view::{ItemRemoved, ItemView, ItemsView, PersonView};

use super::{CommandResult, ShellState};

provides! {
    items_view: [Items];
    people_list: [People];
}

#[tauri::command]
pub(super) async fn items_view(shell: ShellState<'_>) -> CommandResult<ItemsView> {
    Ok(shell.features().await?.items.view_all().await?)
}

#[tauri::command]
pub(super) async fn people_list(shell: ShellState<'_>) -> CommandResult<Vec<PersonView>> {
    Ok(shell.features().await?.items.customers().await?)
}

#[tauri::command]
pub(super) async fn item_check(shell: ShellState<'_>, item_id: String) -> CommandResult<ItemView> {
    Ok(shell.features().await?.items.check_now(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_rotate_token(
    shell: ShellState<'_>,
    item_id: String,
) -> CommandResult<ItemView> {
    Ok(shell.features().await?.items.rotate_token(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_remove(
    shell: ShellState<'_>,
    item_id: String,
) -> CommandResult<ItemRemoved> {
    Ok(shell.features().await?.items.remove(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_reset_login(
    shell: ShellState<'_>,
    item_id: String,
) -> CommandResult<ItemView> {
    Ok(shell.features().await?.items.reset_login(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_not_duplicate(
    shell: ShellState<'_>,
    item_id: String,
) -> CommandResult<ItemView> {
    Ok(shell
        .features()
        .await?
        .items
        .dismiss_duplicate(&item_id)
        .await?)
}

#[tauri::command]
pub(super) async fn item_dismiss_advice(
    shell: ShellState<'_>,
    item_id: String,
) -> CommandResult<ItemView> {
    Ok(shell
        .features()
        .await?
        .items
        .dismiss_advice(&item_id)
        .await?)
}
