//! Settings of the open environment.

use desk::settings::view::{Settings, SettingsView};

use super::{Answer, Desk};

provides! {
    settings_view: [];
}

#[tauri::command]
pub(super) async fn settings_view(shell: Desk<'_>) -> Answer<SettingsView> {
    Ok(shell.desk().await.settings_view().await?)
}

#[tauri::command]
pub(super) async fn settings_save(shell: Desk<'_>, settings: Settings) -> Answer<SettingsView> {
    Ok(shell.desk().await.settings_save(settings).await?)
}
