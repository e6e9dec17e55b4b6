//! The desk manages Link sessions; the shell manages their windows.

use desk::{
    link::{
        LinkStarted,
        view::{DuplicateChoice, LinkRequest, LinkSessionView, LinkWay},
    },
    problem::{Problem, ProblemKind},
};
use tauri::AppHandle;

use super::{CommandResult, ShellState, pages};
use crate::{link_window, shell::Shell};

provides! {
    link_session: [LinkSessions];
    link_sessions: [LinkSessions];
    link_browser_address: [];
}

#[tauri::command]
pub(super) async fn link_start(
    app: AppHandle,
    shell: ShellState<'_>,
    request: LinkRequest,
) -> CommandResult<LinkSessionView> {
    let started = shell.features().await?.links.start(request).await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_repair(
    app: AppHandle,
    shell: ShellState<'_>,
    item_id: String,
    choose_accounts: bool,
) -> CommandResult<LinkSessionView> {
    let started = shell
        .features()
        .await?
        .links
        .start_repair(&item_id, choose_accounts)
        .await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_session(
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<LinkSessionView> {
    Ok(shell.features().await?.links.get(&session_id).await?)
}

#[tauri::command]
pub(super) async fn link_sessions(shell: ShellState<'_>) -> CommandResult<Vec<LinkSessionView>> {
    Ok(shell.features().await?.links.list().await?)
}

#[tauri::command]
pub(super) async fn link_cancel(
    app: AppHandle,
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<LinkSessionView> {
    let session = shell.features().await?.links.cancel(&session_id).await?;
    link_window::close(&app, &session_id);
    Ok(session)
}

#[tauri::command]
pub(super) async fn link_focus(app: AppHandle, session_id: String) -> CommandResult<()> {
    if link_window::focus(&app, &session_id) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::NotFound,
        "The Link window is not open any more.",
    ))
}

/// Opens a session in the system browser and closes its windows. If no browser opens, the user can copy the address.
#[tauri::command]
pub(super) async fn link_in_browser(
    app: AppHandle,
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<LinkSessionView> {
    let handed_over = shell
        .features()
        .await?
        .links
        .continue_in_browser(&session_id)
        .await?;
    let opened = pages::open(&app, &handed_over.url);
    link_window::close(&app, &session_id);
    opened?;
    Ok(handed_over.session)
}

#[tauri::command]
pub(super) async fn link_browser_address(
    shell: ShellState<'_>,
    session_id: String,
) -> CommandResult<String> {
    if shell.features().await?.links.get(&session_id).await?.way != LinkWay::Browser {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "This session is not in the browser.",
        ));
    }
    Ok(shell
        .features()
        .await?
        .links
        .continue_in_browser(&session_id)
        .await?
        .url
        .into())
}

#[tauri::command]
pub(super) async fn link_decide(
    shell: ShellState<'_>,
    session_id: String,
    choice: DuplicateChoice,
) -> CommandResult<LinkSessionView> {
    Ok(shell
        .features()
        .await?
        .links
        .decide(&session_id, choice)
        .await?)
}

/// Opens a new session's window, or focuses the one that is already open. If the window can't be opened, ends the
/// session so that it doesn't block the next one.
async fn show(
    app: &AppHandle,
    shell: &Shell,
    started: Result<LinkStarted, Problem>,
) -> CommandResult<LinkSessionView> {
    let started = started.inspect_err(|problem| {
        if problem.kind == ProblemKind::AlreadyRunning {
            link_window::focus_any(app);
        }
    })?;
    if let Err(error) = link_window::open(app, &started) {
        tracing::error!(%error, "couldn't open the Link window");
        shell
            .features()
            .await?
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
