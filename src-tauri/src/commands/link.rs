//! Linking a bank: the desk keeps the session, the shell keeps its window.

use desk::{
    link::{
        LinkStarted,
        view::{DuplicateChoice, InvitationRequest, LinkRequest, LinkSessionView, LinkWay},
    },
    problem::{Problem, ProblemKind},
};
use tauri::AppHandle;

use super::{Answer, Desk, pages};
use crate::{link_window, shell::Shell};

provides! {
    link_session: [LinkSessions];
    link_sessions: [LinkSessions];
    invitations: [LinkSessions];
    link_browser_address: [];
}

#[tauri::command]
pub(super) async fn link_start(
    app: AppHandle,
    shell: Desk<'_>,
    request: LinkRequest,
) -> Answer<LinkSessionView> {
    let started = shell.desk().await.open()?.links.start(request).await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_repair(
    app: AppHandle,
    shell: Desk<'_>,
    item_id: String,
    choose_accounts: bool,
) -> Answer<LinkSessionView> {
    let desk = shell.desk().await;
    let started = desk
        .open()?
        .links
        .start_repair(&item_id, choose_accounts)
        .await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_session(shell: Desk<'_>, session_id: String) -> Answer<LinkSessionView> {
    Ok(shell.desk().await.open()?.links.get(&session_id).await?)
}

#[tauri::command]
pub(super) async fn link_sessions(shell: Desk<'_>) -> Answer<Vec<LinkSessionView>> {
    Ok(shell.desk().await.open()?.links.list().await?)
}

#[tauri::command]
pub(super) async fn link_cancel(
    app: AppHandle,
    shell: Desk<'_>,
    session_id: String,
) -> Answer<LinkSessionView> {
    let session = shell.desk().await.open()?.links.cancel(&session_id).await?;
    link_window::close(&app, &session_id);
    Ok(session)
}

#[tauri::command]
pub(super) async fn link_focus(app: AppHandle, session_id: String) -> Answer<()> {
    if link_window::focus(&app, &session_id) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::NotFound,
        "The Link window is not open any more.",
    ))
}

/// Hands a session over to the system browser, or opens its page there once more. Its windows are
/// closed in any case: when no browser can be opened, its address can be copied into one.
#[tauri::command]
pub(super) async fn link_in_browser(
    app: AppHandle,
    shell: Desk<'_>,
    session_id: String,
) -> Answer<LinkSessionView> {
    let handed_over = shell
        .desk()
        .await
        .open()?
        .links
        .continue_in_browser(&session_id)
        .await?;
    let opened = pages::open(&app, &handed_over.url);
    link_window::close(&app, &session_id);
    opened?;
    Ok(handed_over.session)
}

/// The address of a session that was handed over, to be opened in another browser.
#[tauri::command]
pub(super) async fn link_browser_address(shell: Desk<'_>, session_id: String) -> Answer<String> {
    let desk = shell.desk().await;
    if desk.open()?.links.get(&session_id).await?.way != LinkWay::Browser {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "This session is not in the browser.",
        ));
    }
    Ok(desk
        .open()?
        .links
        .continue_in_browser(&session_id)
        .await?
        .url
        .into())
}

#[tauri::command]
pub(super) async fn link_decide(
    shell: Desk<'_>,
    session_id: String,
    choice: DuplicateChoice,
) -> Answer<LinkSessionView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .links
        .decide(&session_id, choice)
        .await?)
}

#[tauri::command]
pub(super) async fn invitation_create(
    shell: Desk<'_>,
    request: InvitationRequest,
) -> Answer<LinkSessionView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .links
        .create_invitation(request)
        .await?)
}

#[tauri::command]
pub(super) async fn invitations(shell: Desk<'_>) -> Answer<Vec<LinkSessionView>> {
    Ok(shell.desk().await.open()?.links.invitations().await?)
}

#[tauri::command]
pub(super) async fn invitation_check(
    shell: Desk<'_>,
    session_id: String,
) -> Answer<LinkSessionView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .links
        .check_invitation(&session_id)
        .await?)
}

#[tauri::command]
pub(super) async fn invitation_renew(
    shell: Desk<'_>,
    session_id: String,
    lifetime_hours: u32,
) -> Answer<LinkSessionView> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .links
        .renew_invitation_link(&session_id, lifetime_hours)
        .await?)
}

/// Opens a draft in the system's mail program. Nothing is sent by itself.
#[tauri::command]
pub(super) async fn invitation_mail(
    app: AppHandle,
    shell: Desk<'_>,
    session_id: String,
) -> Answer<()> {
    let draft = shell
        .desk()
        .await
        .open()?
        .links
        .invitation_mail(&session_id)
        .await?;
    pages::draft(&app, &draft)
}

/// Opens the window of a session that has started. A session that is open already comes forward;
/// one whose window cannot be opened is ended, so that it does not block the next.
async fn show(
    app: &AppHandle,
    shell: &Shell,
    started: Result<LinkStarted, Problem>,
) -> Answer<LinkSessionView> {
    let started = started.inspect_err(|problem| {
        if problem.kind == ProblemKind::AlreadyRunning {
            link_window::focus_any(app);
        }
    })?;
    if let Err(error) = link_window::open(app, &started) {
        tracing::error!(%error, "the Link window could not be opened");
        shell
            .desk()
            .await
            .open()?
            .links
            .window_closed(&started.session.session_id)
            .await;
        return Err(Problem::new(
            ProblemKind::Internal,
            "The Link window could not be opened. Nothing was linked.",
        ));
    }
    Ok(started.session)
}
