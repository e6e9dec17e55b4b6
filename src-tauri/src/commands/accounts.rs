//! Commands for the list of accounts.

use desk::accounts::view::AccountsList;

use super::{CommandResult, ShellState};

provides! {
    accounts_list: [Items];
}

#[tauri::command]
pub(super) async fn accounts_list(
    shell: ShellState<'_>,
    first: Option<usize>,
) -> CommandResult<AccountsList> {
    match first {
        Some(rows) => Ok(shell.features().await?.accounts.list_first(rows).await?),
        None => Ok(shell.features().await?.accounts.list().await?),
    }
}

#[tauri::command]
pub(super) async fn account_rename(
    shell: ShellState<'_>,
    account_id: String,
    name: Option<String>,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .accounts
        .rename(&account_id, name.as_deref())
        .await?)
}

#[tauri::command]
pub(super) async fn account_set_low_balance(
    shell: ShellState<'_>,
    account_id: String,
    threshold: Option<String>,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .accounts
        .set_low_balance(&account_id, threshold.as_deref())
        .await?)
}

#[tauri::command]
pub(super) async fn account_hide(
    shell: ShellState<'_>,
    account_id: String,
    hidden: bool,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .accounts
        .hide(&account_id, hidden)
        .await?)
}
