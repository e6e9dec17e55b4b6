//! First start, the three environments, their keys, and where secrets are kept.

use desk::{
    secrets::Passphrase,
    start::view::{AppStatus, Environment, KeysInput, SecretStoreChoice},
};

use super::{Answer, Desk};

provides! {
    app_status: [];
}

#[tauri::command]
pub(super) async fn app_status(shell: Desk<'_>) -> Answer<AppStatus> {
    Ok(shell.desk().await.status().await)
}

#[tauri::command]
pub(super) async fn choose_secret_store(
    shell: Desk<'_>,
    choice: SecretStoreChoice,
) -> Answer<AppStatus> {
    Ok(shell.desk().await.choose_secret_store(choice).await?)
}

#[tauri::command]
pub(super) async fn change_secret_store(
    shell: Desk<'_>,
    choice: SecretStoreChoice,
) -> Answer<AppStatus> {
    Ok(shell.desk().await.change_secret_store(choice).await?)
}

#[tauri::command]
pub(super) async fn unlock_secrets(shell: Desk<'_>, passphrase: Passphrase) -> Answer<AppStatus> {
    Ok(shell.desk().await.unlock(passphrase).await?)
}

#[tauri::command]
pub(super) async fn open_environment(
    shell: Desk<'_>,
    environment: Environment,
) -> Answer<AppStatus> {
    Ok(shell.desk().await.open_environment(environment).await?)
}

#[tauri::command]
pub(super) async fn close_environment(shell: Desk<'_>) -> Answer<AppStatus> {
    Ok(shell.desk().await.close_environment().await?)
}

#[tauri::command]
pub(super) async fn save_keys(shell: Desk<'_>, keys: KeysInput) -> Answer<AppStatus> {
    Ok(shell.desk().await.save_keys(keys).await?)
}

#[tauri::command]
pub(super) async fn remove_keys(shell: Desk<'_>, environment: Environment) -> Answer<AppStatus> {
    Ok(shell.desk().await.remove_keys(environment).await?)
}

#[tauri::command]
pub(super) async fn erase_environment(
    shell: Desk<'_>,
    environment: Environment,
    confirmation: String,
) -> Answer<AppStatus> {
    let desk = shell.desk().await;
    Ok(desk.erase_environment(environment, &confirmation).await?)
}

#[tauri::command]
pub(super) async fn start_over(shell: Desk<'_>, confirmation: String) -> Answer<AppStatus> {
    Ok(shell.desk().await.start_over(&confirmation).await?)
}
