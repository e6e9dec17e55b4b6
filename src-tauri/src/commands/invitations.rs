//! Invitations are Link sessions that are sent to customers.

use desk::link::view::{InvitationRequest, LinkSessionView};
use tauri::AppHandle;

use super::{CommandResult, ShellState, pages};

provides! {
    invitations: [LinkSessions];
}

#[tauri::command]
pub(super) async fn invitation_create(
    shell: ShellState<'_>,
    request: InvitationRequest,
) -> CommandResult<LinkSessionView> {
    Ok(shell
        .features()
        .await?
        .links
        .create_invitation(request)
        .await?)
}

#[tauri::command]
pub(super) async fn invitations(shell: ShellState<'_>) -> CommandResult<Vec<LinkSessionView>> {
    Ok(shell.features().await?.links.invitations().await?)
}

#[tauri::command]
pub(super) async fn invitation_check(
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<LinkSessionView> {
    Ok(shell
        .features()
        .await?
        .links
        .check_invitation(&session_id)
        .await?)
}

#[tauri::command]
pub(super) async fn invitation_renew(
    shell: ShellState<'_>,
    session_id: String,
    lifetime_hours: u32,
) -> CommandResult<LinkSessionView> {
    Ok(shell
        .features()
        .await?
        .links
        .renew_invitation_link(&session_id, lifetime_hours)
        .await?)
}

#[tauri::command]
pub(super) async fn invitation_mail(
    app: AppHandle,
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<()> {
    let draft = shell
        .features()
        .await?
        .links
        .invitation_mail(&session_id)
        .await?;
    pages::draft(&app, &draft)
}
