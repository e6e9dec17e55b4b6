//! Explains why a grant did not become an Item.

use super::grants_table::{ExchangeState, GrantDecision, PendingGrant};
use desk_core::{
    DeskError,
    problem::{NextAction, Problem, ProblemKind},
};

pub(super) fn expired_problem(granted: &PendingGrant) -> Problem {
    if granted.decision == Some(GrantDecision::Withdraw) {
        return Problem::new(ProblemKind::TimedOut, withdrawal_failed_message(granted));
    }
    let message = match granted.exchange {
        ExchangeState::NotSent => format!(
            "The bank agreed ({}), but within the 30 minutes in which that counts Plaid could not be asked for the Item. Link the bank again.",
            describe_grant(granted)
        ),
        ExchangeState::MaybeSent => lost_token_message(granted),
    };
    Problem::new(ProblemKind::TimedOut, message).with_action(NextAction::LinkAgain)
}

pub(super) fn rejected_token_problem(error: plaid::Error, granted: &PendingGrant) -> Problem {
    if granted.decision == Some(GrantDecision::Withdraw) {
        return Problem {
            message: withdrawal_failed_message(granted),
            action: None,
            ..Problem::from(DeskError::from(error))
        };
    }
    let message = match granted.exchange {
        ExchangeState::NotSent => format!(
            "The bank agreed ({}), but Plaid does not take the public token: it has expired, or is not one of this environment. Link the bank again.",
            describe_grant(granted)
        ),
        ExchangeState::MaybeSent => lost_token_message(granted),
    };
    Problem {
        message,
        action: Some(NextAction::LinkAgain),
        ..Problem::from(DeskError::from(error))
    }
}

/// Removing an Item needs its access token, which we do not have.
fn withdrawal_failed_message(granted: &PendingGrant) -> String {
    let why = match granted.exchange {
        ExchangeState::NotSent => "Plaid could not be asked in time to take it back",
        ExchangeState::MaybeSent => {
            "Plaid was asked to take it back, and its answer was lost on the way, with the access token that this needs"
        }
    };
    format!(
        "The bank agreed ({}) to what was not wanted any more, and {why}. Balance Desk has no access to it. An Item that is listed in Plaid's Dashboard can be removed by Plaid's support.",
        describe_grant(granted)
    )
}

/// We cannot know whether Plaid answered before the answer was lost.
fn lost_token_message(granted: &PendingGrant) -> String {
    format!(
        "The bank agreed ({}), and Balance Desk was interrupted while it fetched the Item. Plaid may have made it, and its access token is lost: no call can bring it back. Link the bank again; an Item that is listed in Plaid's Dashboard only can be removed by Plaid's support.",
        describe_grant(granted)
    )
}

/// Institution and accounts, named as the customer knows them.
fn describe_grant(granted: &PendingGrant) -> String {
    const MOST: usize = 5;
    let bank = granted.institution_name.as_deref().unwrap_or("a bank");
    let mut names: Vec<String> = granted
        .accounts
        .iter()
        .take(MOST)
        .map(|account| match &account.mask {
            Some(mask) => format!("{} {mask}", account.name),
            None => account.name.clone(),
        })
        .collect();
    if granted.accounts.len() > MOST {
        names.push(format!("{} more", granted.accounts.len() - MOST));
    }
    if names.is_empty() {
        bank.to_owned()
    } else {
        format!("{bank}: {}", names.join(", "))
    }
}
