use desk::settings::view::{Settings, SettingsView};

use super::{CommandResult, ShellState};

provides! {
    settings_view: [];
}

#[tauri::command]
pub(super) async fn settings_view(shell: ShellState<'_>) -> CommandResult<SettingsView> {
    Ok(shell.features().await?.settings.view().await?)
}

#[tauri::command]
pub(super) async fn settings_save(
    shell: ShellState<'_>,
    settings: Settings,
) -> CommandResult<SettingsView> {
    Ok(shell.features().await?.settings.save(settings).await?)
}
