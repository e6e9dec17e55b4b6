//! Linking a bank: the desk keeps the session, the shell keeps its window.

use desk::{
    link::{
        LinkStarted,
        view::{LinkRequest, LinkSessionView},
    },
    problem::{Problem, ProblemKind},
};
use tauri::AppHandle;

use super::{Answer, Desk};
use crate::{link_window, shell::Shell};

#[tauri::command]
pub(super) async fn link_start(
    app: AppHandle,
    shell: Desk<'_>,
    request: LinkRequest,
) -> Answer<LinkSessionView> {
    let started = shell.desk().await.link_start(request).await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_repair(
    app: AppHandle,
    shell: Desk<'_>,
    item_id: String,
) -> Answer<LinkSessionView> {
    let started = shell.desk().await.link_repair(&item_id).await;
    show(&app, &shell, started.map_err(Problem::from)).await
}

#[tauri::command]
pub(super) async fn link_session(shell: Desk<'_>, session_id: String) -> Answer<LinkSessionView> {
    Ok(shell.desk().await.link_session(&session_id).await?)
}

#[tauri::command]
pub(super) async fn link_sessions(shell: Desk<'_>) -> Answer<Vec<LinkSessionView>> {
    Ok(shell.desk().await.link_sessions().await?)
}

#[tauri::command]
pub(super) async fn link_cancel(
    app: AppHandle,
    shell: Desk<'_>,
    session_id: String,
) -> Answer<LinkSessionView> {
    let session = shell.desk().await.link_cancel(&session_id).await?;
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
            .link_window_closed(&started.session.session_id)
            .await;
        return Err(Problem::new(
            ProblemKind::Internal,
            "The Link window could not be opened. Nothing was linked.",
        ));
    }
    Ok(started.session)
}
