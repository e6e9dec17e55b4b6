//! Evaluations as they were.

use desk::audit::view::AuditView;

use super::{Answer, Desk};

provides! {
    audit: [Evaluations];
}

#[tauri::command]
pub(super) async fn audit(
    shell: Desk<'_>,
    client_transaction_ids: Vec<String>,
) -> Answer<Vec<AuditView>> {
    Ok(shell
        .desk()
        .await
        .open()?
        .audit
        .view(client_transaction_ids)
        .await?)
}
