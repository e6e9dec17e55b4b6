//! What was interrupted while linking is finished at the next start: a granted Item is fetched, and a session whose
//! end nobody saw is looked up at Plaid.

use std::{sync::Arc, time::Duration};

use super::{
    callback::CLOSED,
    finish::{self, Found, PUBLIC_TOKEN_LIFE},
    table::{self, End, Step, Unfinished, Whose},
    view::LinkState,
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
};

/// The longest pause before Plaid is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Takes up every session that has not ended.
pub(crate) async fn run(desk: Desk, env: Arc<OpenEnvironment>) {
    match env.store.read(table::all_unfinished).await {
        Ok(sessions) => {
            // One that the user has begun since is live before it is written.
            let interrupted = |session: &Unfinished| !env.work.link.is(&session.session_id);
            for session in sessions.into_iter().filter(interrupted) {
                let (desk, task_env) = (desk.clone(), Arc::clone(&env));
                env.spawn(async move { take_up(&desk, &task_env, session).await });
            }
        }
        Err(error) => tracing::error!(%error, "unfinished Link sessions could not be read"),
    }
}

async fn take_up(desk: &Desk, env: &Arc<OpenEnvironment>, session: Unfinished) {
    if session.state == LinkState::Succeeded {
        return finish::exchange_until_settled(desk, env, &session.session_id).await;
    }
    let mut pause = Duration::from_secs(2);
    loop {
        match look_up(desk, env, &session).await {
            Ok(()) | Err(DeskError::NothingOpen) => return,
            Err(error) => {
                tracing::info!(%error, "Plaid could not be asked about a Link session yet")
            }
        }
        tokio::select! {
            () = env.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Finds out how a session without a window ended, and ends it so here.
async fn look_up(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session: &Unfinished,
) -> Result<(), DeskError> {
    let Some(link_token) = &session.link_token else {
        return end(desk, env, session, closed()).await;
    };
    let now = Moment::from(desk.now());
    let expires_at = session.link_token_expires_at.unwrap_or(now);
    // A grant made in the last moment of the link token can be exchanged so much longer.
    if now > expires_at.after(PUBLIC_TOKEN_LIFE) {
        return end(
            desk,
            env,
            session,
            End::new(LinkState::Expired, Some(expired())),
        )
        .await;
    }
    match finish::ask(env, link_token).await {
        Ok(found) => settle(desk, env, session, found).await,
        // Plaid has answered, and does not know the session any more.
        Err(error) if forgotten(&error) => settle(desk, env, session, Found::Nothing).await,
        Err(error) => Err(error),
    }
}

fn forgotten(error: &DeskError) -> bool {
    let code = error.plaid().and_then(plaid::Error::error_code);
    matches!(
        code,
        Some("INVALID_LINK_TOKEN" | "NOT_FOUND" | "INVALID_FIELD")
    )
}

/// Ends a session as Plaid knows it.
pub(crate) async fn settle(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session: &Unfinished,
    found: Found,
) -> Result<(), DeskError> {
    match found {
        Found::Grant(grant) => {
            let id = &session.session_id;
            let step = finish::accept(desk, env, id, *grant, session.repairs.as_ref()).await?;
            if step == Step::Taken {
                finish::follow_up(desk, env, id, session.repairs.clone());
            }
            Ok(())
        }
        Found::Exit(exit) => end(desk, env, session, *exit).await,
        Found::Nothing => {
            let now = Moment::from(desk.now());
            let ran_out = session.link_token_expires_at.is_some_and(|at| at < now);
            let nothing = if ran_out {
                End::new(LinkState::Expired, Some(expired()))
            } else {
                closed()
            };
            end(desk, env, session, nothing).await
        }
    }
}

/// Ends a session that came to nothing.
pub(crate) async fn end(
    desk: &Desk,
    env: &OpenEnvironment,
    session: &Unfinished,
    end: End,
) -> Result<(), DeskError> {
    let (id, now) = (session.session_id.clone(), desk.now());
    let step = env
        .store
        .write(move |transaction| table::end(transaction, &id, Whose::BeforeGrant, &end, now))
        .await?;
    if step == Step::Taken {
        finish::tell(desk, &session.session_id, true);
    }
    Ok(())
}

/// The window is gone, and Plaid knows of no grant.
pub(crate) fn closed() -> End {
    End::new(
        LinkState::Exited,
        Some(Problem::new(ProblemKind::Cancelled, CLOSED).with_action(NextAction::LinkAgain)),
    )
}

fn expired() -> Problem {
    Problem::new(
        ProblemKind::TimedOut,
        "Linking was interrupted, and its time has run out. Nothing was linked.",
    )
    .with_action(NextAction::LinkAgain)
}
