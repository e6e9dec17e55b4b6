use desk::{
    environment::Environment,
    secrets::Passphrase,
    start::view::{AppStatus, KeysInput, SecretStoreChoice},
};

use super::{CommandResult, ShellState};

provides! {
    app_status: [];
}

#[tauri::command]
pub(super) async fn app_status(shell: ShellState<'_>) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.status().await)
}

#[tauri::command]
pub(super) async fn choose_secret_store(
    shell: ShellState<'_>,
    choice: SecretStoreChoice,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.choose_secret_store(choice).await?)
}

#[tauri::command]
pub(super) async fn change_secret_store(
    shell: ShellState<'_>,
    choice: SecretStoreChoice,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.change_secret_store(choice).await?)
}

#[tauri::command]
pub(super) async fn unlock_secrets(
    shell: ShellState<'_>,
    passphrase: Passphrase,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.unlock(passphrase).await?)
}

#[tauri::command]
pub(super) async fn open_environment(
    shell: ShellState<'_>,
    environment: Environment,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.open_environment(environment).await?)
}

#[tauri::command]
pub(super) async fn close_environment(shell: ShellState<'_>) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.close_environment().await?)
}

#[tauri::command]
pub(super) async fn save_keys(shell: ShellState<'_>, keys: KeysInput) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.save_keys(keys).await?)
}

#[tauri::command]
pub(super) async fn remove_keys(
    shell: ShellState<'_>,
    environment: Environment,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.remove_keys(environment).await?)
}

#[tauri::command]
pub(super) async fn erase_environment(
    shell: ShellState<'_>,
    environment: Environment,
    confirmation: String,
) -> CommandResult<AppStatus> {
    let desk = shell.desk().await;
    Ok(desk.erase_environment(environment, &confirmation).await?)
}

#[tauri::command]
pub(super) async fn start_over(
    shell: ShellState<'_>,
    confirmation: String,
) -> CommandResult<AppStatus> {
    Ok(shell.desk().await.start_over(&confirmation).await?)
}
