//! Messages for sessions that ended without a result. A repair changed nothing and offers another repair, never a
//! new link.

use plaid::ItemId;

use super::{sessions_table::SessionEnd, view::LinkState};
use desk_core::problem::{NextAction, Problem, ProblemKind};

/// The window is closed, and Plaid has no grant.
pub(super) fn window_closed(repairs: Option<&ItemId>) -> SessionEnd {
    let message = match repairs {
        None => "Linking was closed before the bank agreed. Nothing was linked.",
        Some(_) => "Link was closed before the bank agreed. Nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::Cancelled, message).with_action(retry_action(repairs));
    SessionEnd::new(LinkState::Exited, Some(problem))
}

pub(super) fn time_ran_out(repairs: Option<&ItemId>) -> SessionEnd {
    let message = match repairs {
        None => "Linking was interrupted, and its time has run out. Nothing was linked.",
        Some(_) => "Signing in was interrupted, and its time has run out. Nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::TimedOut, message).with_action(retry_action(repairs));
    SessionEnd::new(LinkState::Expired, Some(problem))
}

/// Cancelled by the user, and the hosted address has expired.
pub(super) fn cancelled(repairs: Option<&ItemId>) -> SessionEnd {
    let message = match repairs {
        None => "This was cancelled. Its link opens no more, and nothing was linked.",
        Some(_) => "This was cancelled. Its link opens no more, and nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::Cancelled, message);
    SessionEnd::new(LinkState::Exited, Some(problem))
}

pub(super) fn invitation_unused(repairs: Option<&ItemId>) -> SessionEnd {
    let message = match repairs {
        None => "The link opens no more, and no bank was linked with it. A new one can be sent.",
        Some(_) => {
            "The link opens no more, and nobody has signed in with it. A new one can be sent."
        }
    };
    let problem = Problem::new(ProblemKind::TimedOut, message);
    SessionEnd::new(LinkState::Expired, Some(problem))
}

/// The app stopped before Plaid created the link.
pub(super) fn link_not_created(repairs: Option<&ItemId>) -> SessionEnd {
    let message = match repairs {
        None => {
            "Balance Desk was interrupted before Plaid had made the link. Nothing was sent and nothing was linked."
        }
        Some(_) => {
            "Balance Desk was interrupted before Plaid had made the link. Nothing was sent and nothing was changed."
        }
    };
    let problem = Problem::new(ProblemKind::Cancelled, message).with_action(retry_action(repairs));
    SessionEnd::new(LinkState::Failed, Some(problem))
}

/// Shown after the user cancels, while the hosted address still works.
pub(super) fn cancellation_pending(repairs: Option<&str>) -> Problem {
    let message = match repairs {
        None => {
            "This was cancelled. Plaid cannot take the link back before its time is over: Balance Desk asks until then, and what is granted all the same is removed at once."
        }
        Some(_) => {
            "This was cancelled. Plaid cannot take the link back before its time is over: who signs in with it until then repairs the bank, and that is all it can do."
        }
    };
    Problem::new(ProblemKind::Cancelled, message)
}

fn retry_action(repairs: Option<&ItemId>) -> NextAction {
    match repairs {
        None => NextAction::LinkAgain,
        Some(item_id) => NextAction::RepairItem {
            item_id: item_id.to_string(),
        },
    }
}
