//! Whether an Item works, and what it needs soon: what Plaid last said about it, kept until Plaid says otherwise.
//! The bank's own trouble is not the Item's and is kept apart, with the institution.

use jiff::{SignedDuration, Timestamp};
use plaid::{AccessToken, ApiError, ItemGetResponse, ItemId, Retry};

use super::{
    table::{self, Known},
    view::{Advice, ItemHealth, ItemView},
};
use crate::items::Items;
use desk_core::{
    DeskError,
    calls::rate_limits::FreeRead,
    event::DeskEvent,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
};

/// Codes that mean the Item is at an end for us, whatever their type.
const ENDED: &[&str] = &[
    "INVALID_ACCESS_TOKEN",
    "ITEM_NOT_FOUND",
    "USER_PERMISSION_REVOKED",
];

/// Item errors that pass by themselves and say nothing of the login.
const PASSING: &[&str] = &["PRODUCT_NOT_READY", "PRODUCTS_NOT_SUPPORTED"];

/// The Item works, and will not for long, or not wholly.
const SOON: &[&str] = &[
    "PENDING_EXPIRATION",
    "PENDING_DISCONNECT",
    "NEW_ACCOUNTS_AVAILABLE",
];

/// The Item has no error (any more): it was repaired elsewhere.
const HEALED: &[&str] = &["ITEM_NO_ERROR", "LOGIN_REPAIRED"];

/// Not among what /item/get tells: only a call for accounts shows it, and shows that it is over.
const NO_ACCOUNTS: &str = "NO_ACCOUNTS";

/// What a rotation that was cut short may have cost.
const TOKEN_LOST: &str = "The access token was being rotated when Balance Desk was interrupted: the old one is dead, and the new one was lost on its way. Link the bank again; what is left of this Item can be removed by Plaid's support.";

/// What an error says about the Item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// It does not work.
    Broken,
    /// It works still.
    Soon,
    /// It works.
    Healed,
    /// Nothing of the Item: it is the institution that fails.
    Institution,
    /// Nothing lasting.
    Nothing,
}

fn says(error: &ApiError) -> Says {
    let code = error.error_code.as_str();
    if ENDED.contains(&code) {
        Says::Broken
    } else if SOON.contains(&code) {
        Says::Soon
    } else if HEALED.contains(&code) {
        Says::Healed
    } else if error.error_type == "ITEM_ERROR" && !PASSING.contains(&code) {
        Says::Broken
    } else if error.retry() == Retry::AfterInstitutionOutage {
        Says::Institution
    } else {
        Says::Nothing
    }
}

/// Whether Plaid's error tells how the Item is.
pub(super) fn concerns_item(error: &ApiError) -> bool {
    matches!(says(error), Says::Broken | Says::Soon | Says::Healed)
}

impl Items {
    /// Notes what a failed call says about the Item or its bank, has both looked at, and answers the error with the Item's
    /// name in it.
    pub async fn note_failure(&self, item_id: &ItemId, error: plaid::Error) -> DeskError {
        let said = error.api().map(says);
        let unexplained = is_slow_or_broken_off(&error);
        let error = self.note_error(item_id, error).await;
        // After it is noted: what looks at it has to know it.
        let watch = &self.watch;
        match said {
            Some(Says::Broken | Says::Soon) => watch.item(item_id),
            Some(Says::Institution) => watch.institution_of(item_id),
            _ if unexplained => watch.count_failure(item_id),
            _ => {}
        }
        error
    }
}

/// Whether the fault may be the bank's, without Plaid saying so: a live answer that did not come.
fn is_slow_or_broken_off(error: &plaid::Error) -> bool {
    match error {
        plaid::Error::Timeout { phase, .. } => *phase == plaid::TimeoutPhase::Answer,
        plaid::Error::Api(api) => api.status >= 500,
        _ => false,
    }
}

impl Items {
    /// As [`failed`], but nothing is looked at: for the look itself.
    pub(super) async fn note_error(&self, item_id: &ItemId, error: plaid::Error) -> DeskError {
        let said = error.api().map(|api| (says(api), api.error_code.clone()));
        let error = DeskError::from(error).for_item(item_id);
        let Some((said, code)) = said else {
            return error;
        };
        let outcome = match said {
            Says::Broken => {
                self.note_broken(item_id, &code, Problem::from(&error))
                    .await
            }
            Says::Soon => self.note_soon(item_id, Problem::from(&error)).await,
            Says::Healed => self.note_healed(item_id).await,
            Says::Institution => self.note_institution_failure(item_id, &code).await,
            Says::Nothing => Ok(()),
        };
        if let Err(lost) = outcome {
            tracing::warn!(%lost, "the health of an Item could not be noted");
        }
        error
    }

    async fn note_broken(
        &self,
        item_id: &ItemId,
        code: &str,
        problem: Problem,
    ) -> Result<(), DeskError> {
        let (id, now) = (item_id.clone(), self.session.now());
        let token_refused = code == "INVALID_ACCESS_TOKEN";
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let mut problem = problem;
                if token_refused && table::known(transaction, &id)?.rotation_begun {
                    TOKEN_LOST.clone_into(&mut problem.message);
                }
                table::set_problem(transaction, &id, Some(&actionable(problem)), now)
            })
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    async fn note_soon(&self, item_id: &ItemId, problem: Problem) -> Result<(), DeskError> {
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| table::set_advice(transaction, &id, Some(&problem), now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    async fn note_healed(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| table::set_problem(transaction, &id, None, now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    /// Notes that the Item works: its owner has just gone through Link for it. What was advised before is settled.
    pub(crate) async fn note_repaired(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                table::set_problem(transaction, &id, None, now)?;
                table::settle(transaction, &id, now)
            })
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }
}

/// `item.error` as a problem with the step that helps; none when the Item works, if perhaps not for long.
pub(crate) fn problem_of(item: &plaid::Item) -> Option<Problem> {
    let error = item.error.clone()?;
    match says(&error) {
        Says::Soon | Says::Healed => None,
        _ => Some(actionable(as_problem(error, &item.item_id))),
    }
}

/// What an Item that has a problem needs is one step: at the least, to look again.
fn actionable(problem: Problem) -> Problem {
    match problem.action {
        Some(_) => problem,
        None => problem.with_action(NextAction::Retry),
    }
}

fn as_problem(error: ApiError, item_id: &ItemId) -> Problem {
    let error = plaid::Error::Api(Box::new(error));
    Problem::from(&DeskError::from(error).for_item(item_id))
}

/// What a check has found.
pub(super) struct Finding {
    /// What keeps the Item from working.
    pub(super) problem: Option<Problem>,
    /// What it needs soon.
    pub(super) advice: Option<Problem>,
}

/// What /item/get says of an Item, with what is known of it already.
pub(super) fn finding(answer: &ItemGetResponse, known: &Known) -> Finding {
    Finding {
        problem: problem_of(&answer.item),
        advice: advice_of(answer, known),
    }
}

/// What `item.error` or the last webhook say that the Item needs soon. A later webhook about something else does not
/// take back what an earlier one said.
fn advice_of(answer: &ItemGetResponse, known: &Known) -> Option<Problem> {
    let item_id = &answer.item.item_id;
    if let Some(error) = &answer.item.error
        && says(error) == Says::Soon
    {
        return Some(as_problem(error.clone(), item_id));
    }
    let sent = answer.status.as_ref()?.last_webhook.as_ref()?;
    let (code, at) = (sent.code_sent.as_deref()?, Moment::from(sent.sent_at?));
    if known.settled_at.is_some_and(|settled| at <= settled) {
        return None;
    }
    if SOON.contains(&code) {
        return Some(as_problem(notified(code), item_id));
    }
    let covered = !HEALED.contains(&code) && known.advice_since.is_some_and(|since| at > since);
    known.advice.clone().filter(|_| covered)
}

/// A webhook's code in the form of an error.
fn notified(code: &str) -> ApiError {
    ApiError {
        status: 0,
        error_type: "ITEM_ERROR".to_owned(),
        error_code: code.to_owned(),
        error_code_reason: None,
        error_message: "told by a webhook".to_owned(),
        display_message: None,
        request_id: None,
        documentation_url: None,
        suggested_action: None,
    }
}

impl Items {
    /// Whether an Item that had no accounts has some now (/accounts/get); /item/get does not tell.
    pub(super) async fn has_no_accounts_still(
        &self,
        item_id: &ItemId,
        access_token: &AccessToken,
        known: &Known,
    ) -> bool {
        let code = known
            .problem
            .as_ref()
            .and_then(|problem| problem.plaid.as_ref()?.error_code.as_deref());
        if code != Some(NO_ACCOUNTS) {
            return false;
        }
        let client = self.support.client_for(item_id);
        let request = || client.accounts_get(access_token);
        let answer = self
            .calls
            .pacing
            .read(FreeRead::Accounts, Some(item_id), request)
            .await;
        answer.is_err()
    }
}

/// Adds the advice that a consent ends within so many days; the date is known, so nothing has to be asked for it.
pub(super) fn advise_on_consent(items: &mut [ItemView], notice_days: u32, now: Timestamp) {
    let notice = SignedDuration::from_hours(24 * i64::from(notice_days));
    for item in items {
        let ends = item
            .consent_expires_at
            .as_deref()
            .and_then(|text| text.parse::<Timestamp>().ok());
        let Some(ends) = ends.filter(|_| item.health == ItemHealth::Healthy) else {
            continue;
        };
        let Some(since) = ends.checked_sub(notice).ok().filter(|since| *since <= now) else {
            continue;
        };
        let told = item.advice.take();
        let action = NextAction::RepairItem {
            item_id: item.item_id.clone(),
        };
        item.advice = Some(Advice {
            problem: Problem {
                plaid: told.and_then(|advice| advice.problem.plaid),
                ..Problem::new(ProblemKind::Plaid, consent_words(ends, now)).with_action(action)
            },
            since: Moment::from(since).to_text(),
        });
    }
}

fn consent_words(ends: Timestamp, now: Timestamp) -> String {
    let left = ends.duration_since(now);
    let when = match left.as_hours() / 24 {
        _ if left.is_negative() => {
            return "The consent given at the bank has ended. Its customer gives it anew by signing in again."
                .to_owned();
        }
        0 => "within a day".to_owned(),
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    };
    format!(
        "The consent given at the bank ends {when}. Its customer renews it by signing in again."
    )
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
