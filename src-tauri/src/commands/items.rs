//! Items, their accounts and the people they were linked for.

use desk::items::view::{ItemRemoved, ItemView, ItemsView, PersonView};

use super::{Answer, Desk};

provides! {
    items_view: [Items];
    people_list: [People];
}

#[tauri::command]
pub(super) async fn items_view(shell: Desk<'_>) -> Answer<ItemsView> {
    Ok(shell.desk().await.open()?.items.view_all().await?)
}

#[tauri::command]
pub(super) async fn people_list(shell: Desk<'_>) -> Answer<Vec<PersonView>> {
    Ok(shell.desk().await.open()?.items.customers().await?)
}

#[tauri::command]
pub(super) async fn item_check(shell: Desk<'_>, item_id: String) -> Answer<ItemView> {
    Ok(shell.desk().await.open()?.items.check_now(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_rotate_token(shell: Desk<'_>, item_id: String) -> Answer<ItemView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .items
        .rotate_token(&item_id)
        .await?)
}

#[tauri::command]
pub(super) async fn item_remove(shell: Desk<'_>, item_id: String) -> Answer<ItemRemoved> {
    Ok(shell.desk().await.open()?.items.remove(&item_id).await?)
}

#[tauri::command]
pub(super) async fn item_reset_login(shell: Desk<'_>, item_id: String) -> Answer<ItemView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .items
        .reset_login(&item_id)
        .await?)
}

#[tauri::command]
pub(super) async fn item_not_duplicate(shell: Desk<'_>, item_id: String) -> Answer<ItemView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .items
        .dismiss_duplicate(&item_id)
        .await?)
}

#[tauri::command]
pub(super) async fn item_dismiss_advice(shell: Desk<'_>, item_id: String) -> Answer<ItemView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .items
        .dismiss_advice(&item_id)
        .await?)
}
