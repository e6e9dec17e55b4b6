use desk::outcomes::view::{OutcomesRange, OutcomesView};

use super::{CommandResult, ShellState};

provides! {
    outcomes: [Evaluations];
}

#[tauri::command]
pub(super) async fn outcomes(
    shell: ShellState<'_>,
    range: OutcomesRange,
) -> CommandResult<OutcomesView> {
    Ok(shell.features().await?.outcomes.view(range).await?)
}
