use desk::activity::view::{ActivityPage, ActivityRequest};

use super::{CommandResult, ShellState};

provides! {
    activity_page: [Evaluations];
}

#[tauri::command]
pub(super) async fn activity_page(
    shell: ShellState<'_>,
    request: ActivityRequest,
) -> CommandResult<ActivityPage> {
    Ok(shell.features().await?.activity.page(request).await?)
}
