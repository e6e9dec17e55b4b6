//! How sessions end that came to nothing, in words. Where a bank was to be linked, nothing was; where an Item was to be
//! repaired, it is as it was, and the way on is to repair it once more, never to link it again.

use plaid::ItemId;

use super::{table::End, view::LinkState};
use desk_core::problem::{NextAction, Problem, ProblemKind};

/// The window is gone, and Plaid knows of no grant.
pub(super) fn closed(repairs: Option<&ItemId>) -> End {
    let message = match repairs {
        None => "Linking was closed before the bank agreed. Nothing was linked.",
        Some(_) => "Link was closed before the bank agreed. Nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::Cancelled, message).with_action(again(repairs));
    End::new(LinkState::Exited, Some(problem))
}

/// The time of the session is over.
pub(super) fn expired(repairs: Option<&ItemId>) -> End {
    let message = match repairs {
        None => "Linking was interrupted, and its time has run out. Nothing was linked.",
        Some(_) => "Signing in was interrupted, and its time has run out. Nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::TimedOut, message).with_action(again(repairs));
    End::new(LinkState::Expired, Some(problem))
}

/// The user took it back, and its address opens no more.
pub(super) fn given_up(repairs: Option<&ItemId>) -> End {
    let message = match repairs {
        None => "This was cancelled. Its link opens no more, and nothing was linked.",
        Some(_) => "This was cancelled. Its link opens no more, and nothing was changed.",
    };
    let problem = Problem::new(ProblemKind::Cancelled, message);
    End::new(LinkState::Exited, Some(problem))
}

/// An invitation was not used in its time.
pub(super) fn unused(repairs: Option<&ItemId>) -> End {
    let message = match repairs {
        None => "The link opens no more, and no bank was linked with it. A new one can be sent.",
        Some(_) => {
            "The link opens no more, and nobody has signed in with it. A new one can be sent."
        }
    };
    let problem = Problem::new(ProblemKind::TimedOut, message);
    End::new(LinkState::Expired, Some(problem))
}

/// The desk ended before Plaid had made the link.
pub(super) fn not_made(repairs: Option<&ItemId>) -> End {
    let message = match repairs {
        None => {
            "Balance Desk was interrupted before Plaid had made the link. Nothing was sent and nothing was linked."
        }
        Some(_) => {
            "Balance Desk was interrupted before Plaid had made the link. Nothing was sent and nothing was changed."
        }
    };
    let problem = Problem::new(ProblemKind::Cancelled, message).with_action(again(repairs));
    End::new(LinkState::Failed, Some(problem))
}

/// What is shown of a session that the user gave up while its address still opens.
pub(super) fn taken_back(repairs: Option<&str>) -> Problem {
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

fn again(repairs: Option<&ItemId>) -> NextAction {
    match repairs {
        None => NextAction::LinkAgain,
        Some(item_id) => NextAction::RepairItem {
            item_id: item_id.to_string(),
        },
    }
}
