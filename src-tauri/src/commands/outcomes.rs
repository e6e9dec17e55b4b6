//! How good the answers were.

use desk::outcomes::view::{OutcomesRange, OutcomesView};

use super::{Answer, Desk};

provides! {
    outcomes: [Evaluations];
}

#[tauri::command]
pub(super) async fn outcomes(shell: Desk<'_>, range: OutcomesRange) -> Answer<OutcomesView> {
    Ok(shell.desk().await.open()?.outcomes.view(range).await?)
}
