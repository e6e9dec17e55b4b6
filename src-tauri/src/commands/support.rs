use desk::support::view::AccountSupport;

use super::{CommandResult, ShellState};

provides! {
    account_support: [Items];
}

#[tauri::command]
pub(super) async fn account_support(
    shell: ShellState<'_>,
    account_id: String,
) -> CommandResult<AccountSupport> {
    Ok(shell
        .features()
        .await?
        .support
        .of_account(&account_id)
        .await?)
}
