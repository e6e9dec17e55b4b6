//! The list of accounts, what the user says of one, and what its support asks for.

use desk::balances::{list_view::AccountsList, support::view::AccountSupport};

use super::{Answer, Desk};

provides! {
    accounts_list: [Items];
    account_support: [Items];
}

/// All accounts, or only the first so many of them.
#[tauri::command]
pub(super) async fn accounts_list(shell: Desk<'_>, first: Option<usize>) -> Answer<AccountsList> {
    let desk = shell.desk().await;
    match first {
        Some(rows) => Ok(desk.open()?.accounts.list_first(rows).await?),
        None => Ok(desk.open()?.accounts.list().await?),
    }
}

#[tauri::command]
pub(super) async fn account_rename(
    shell: Desk<'_>,
    account_id: String,
    name: Option<String>,
) -> Answer<()> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .accounts
        .rename(&account_id, name.as_deref())
        .await?)
}

#[tauri::command]
pub(super) async fn account_set_low_balance(
    shell: Desk<'_>,
    account_id: String,
    threshold: Option<String>,
) -> Answer<()> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .accounts
        .set_low_balance(&account_id, threshold.as_deref())
        .await?)
}

#[tauri::command]
pub(super) async fn account_hide(shell: Desk<'_>, account_id: String, hidden: bool) -> Answer<()> {
    Ok(shell
        .desk()
        .await
        .open()?
        .accounts
        .hide(&account_id, hidden)
        .await?)
}

#[tauri::command]
pub(super) async fn account_support(shell: Desk<'_>, account_id: String) -> Answer<AccountSupport> {
    Ok(shell
        .desk()
        .await
        .open()?
        .support
        .of_account(&account_id)
        .await?)
}
