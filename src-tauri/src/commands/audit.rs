use desk::audit::view::AuditView;

use super::{CommandResult, ShellState};

provides! {
    audit: [Evaluations];
}

#[tauri::command]
pub(super) async fn audit(
    shell: ShellState<'_>,
    client_transaction_ids: Vec<String>,
) -> CommandResult<Vec<AuditView>> {
    Ok(shell
        .features()
        .await?
        .audit
        .view(client_transaction_ids)
        .await?)
}
