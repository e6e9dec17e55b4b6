use desk::demo::view::{DemoChange, DemoView};

use super::{CommandResult, ShellState};

provides! {
    demo_view: [Demo];
}

#[tauri::command]
pub(super) async fn demo_view(shell: ShellState<'_>) -> CommandResult<DemoView> {
    Ok(shell.desk().await.demo_view().await?)
}

#[tauri::command]
pub(super) async fn demo_change(
    shell: ShellState<'_>,
    change: DemoChange,
) -> CommandResult<DemoView> {
    Ok(shell.desk().await.demo_change(change).await?)
}

#[tauri::command]
pub(super) async fn demo_reset(shell: ShellState<'_>) -> CommandResult<DemoView> {
    Ok(shell.desk().await.demo_reset().await?)
}
