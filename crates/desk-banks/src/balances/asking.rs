//! One Item's live balances: written down as a billed call, asked for, stored. What is not billed may be asked again;
//! what may be billed is told as such and never asked again unasked.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use plaid::{AccountsResponse, BalanceOptions, SideEffect};
use rusqlite::Transaction;
use tokio_util::sync::CancellationToken;

use super::{
    batch::Batch,
    refresh::IN_FLIGHT,
    table as readings,
    view::{ReadingSource, RefreshFailure},
};
use crate::{
    balances::Balances,
    items::{
        health, institution,
        table::{self, ItemKey, ItemState, Listing},
    },
};
use desk_core::{
    DeskError,
    billing::{self, BillingOutcome, CallId},
    calls::queue::{BalanceTarget, CallOutcome, RetryCause, StartedCall},
    problem::{NextAction, Problem, ProblemKind},
};

/// Capital One answers for accounts other than depository only when told how old the balances may be.
const WANTS_AN_AGE: &str = "ins_128026";

/// The age it is told.
const OLDEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const MAY_BE_BILLED: &str = "Plaid may bill the call all the same.";

/// Asks for live balances.
pub(super) struct Asker {
    balances: Balances,
    batch: Batch,
    cancel: CancellationToken,
}

/// A call that has ended.
pub(super) struct Asking {
    pub(super) begun: StartedCall<BalanceTarget>,
    pub(super) came: Came,
}

/// What came of a call.
pub(super) enum Came {
    /// Its readings are on the disk.
    Stored,
    /// It is not made again.
    Failed(CallOutcome, Box<RefreshFailure>),
    /// It is not billed and may be made again.
    Refused(RetryCause, Box<Problem>),
    /// Nobody waited for it any more.
    Cancelled,
}

/// A call that is written down.
struct Prepared {
    key: ItemKey,
    options: BalanceOptions,
    call: CallId,
}

impl Asker {
    pub(super) fn new(balances: &Balances, cancel: &CancellationToken) -> Self {
        Self {
            balances: balances.clone(),
            batch: Batch::start(&balances.session, IN_FLIGHT),
            cancel: cancel.clone(),
        }
    }

    /// Makes one call.
    pub(super) async fn ask(self: Arc<Self>, begun: StartedCall<BalanceTarget>) -> Asking {
        let came = self.one(&begun.target).await;
        Asking { begun, came }
    }

    async fn one(&self, target: &BalanceTarget) -> Came {
        // The gate waits for a rotation under way, so the token read after it is the present one.
        let Some(_in_use) = self
            .unless_cancelled(self.balances.items.gates.shared(&target.item_id))
            .await
        else {
            return Came::Cancelled;
        };
        let (wanted, now) = (target.clone(), self.balances.session.now());
        let prepared = self
            .batch
            .write(move |transaction| prepare(transaction, &wanted, now))
            .await;
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let failure = failure(target, Problem::from(error), false);
                return Came::Failed(CallOutcome::Nothing, failure);
            }
        };
        let Some(Ok(on_the_wire)) = self.unless_cancelled(self.batch.wire()).await else {
            self.note(prepared.call, BillingOutcome::Refused, None)
                .await;
            return Came::Cancelled;
        };
        let began = tokio::time::Instant::now();
        let client = self.balances.support.client_for(&prepared.key.item_id);
        let request = client.accounts_balance_get(&prepared.key.access_token, &prepared.options);
        let answer = self.unless_cancelled(request).await;
        drop(on_the_wire);
        match answer {
            None => {
                self.note(prepared.call, BillingOutcome::Unknown, None)
                    .await;
                Came::Cancelled
            }
            Some(Ok(answer)) => {
                self.balances.answer_times.took(began.elapsed());
                self.store(target, prepared, answer).await
            }
            Some(Err(error)) => self.refused(target, &prepared, error).await,
        }
    }

    /// The answer, unless the refresh is cancelled first.
    async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            answer = work => Some(answer),
            () = self.cancel.cancelled() => None,
        }
    }

    async fn store(
        &self,
        target: &BalanceTarget,
        prepared: Prepared,
        answer: AccountsResponse,
    ) -> Came {
        let names_one = target.accounts.is_empty()
            || answer
                .accounts
                .iter()
                .any(|account| target.accounts.contains(&account.account_id));
        let (wanted, now) = (target.clone(), self.balances.session.now());
        let stored = self
            .batch
            .write(move |transaction| store(transaction, &wanted, prepared.call, &answer, now))
            .await;
        match stored {
            Ok(bank_recovered) => {
                if bank_recovered {
                    self.balances.items.watch.institution_now(&target.item_id);
                }
                if names_one {
                    return Came::Stored;
                }
                let message = "Plaid answered, and billed it, but left out what was asked for: the bank may not list the account any more.";
                let problem = Problem::new(ProblemKind::Plaid, message);
                let action = NextAction::ChooseAccounts {
                    item_id: target.item_id.to_string(),
                };
                Came::Failed(
                    CallOutcome::Answer,
                    failure(target, problem.with_action(action), false),
                )
            }
            Err(error) => {
                let problem = Problem::from(&error);
                let message = format!(
                    "The bank answered, but the balances could not be saved. {} {MAY_BE_BILLED}",
                    problem.message
                );
                let problem = Problem { message, ..problem }.with_action(NextAction::Retry);
                Came::Failed(CallOutcome::Answer, failure(target, problem, true))
            }
        }
    }

    async fn refused(
        &self,
        target: &BalanceTarget,
        prepared: &Prepared,
        error: plaid::Error,
    ) -> Came {
        let ended = match (&error, error.side_effect()) {
            // Plaid's own word that it failed; what failed is not billed.
            (plaid::Error::Api(_), _) | (_, SideEffect::None) => BillingOutcome::Refused,
            (_, SideEffect::Possible) => BillingOutcome::Unknown,
        };
        let request_id = error.request_id().map(ToString::to_string);
        self.note(prepared.call, ended, request_id).await;
        if let Some(refusal) = RetryCause::of(error.retry()) {
            let error = DeskError::from(error).for_item(&target.item_id);
            return Came::Refused(refusal, Box::new(Problem::from(error)));
        }
        let outcome = match &error {
            plaid::Error::Api(_) => CallOutcome::Answer,
            _ => CallOutcome::Nothing,
        };
        let error = self
            .balances
            .items
            .note_failure(&target.item_id, error)
            .await;
        let mut problem = Problem::from(error);
        if ended == BillingOutcome::Unknown {
            problem.message = format!("{} {MAY_BE_BILLED}", problem.message);
        }
        Came::Failed(
            outcome,
            failure(target, problem, ended == BillingOutcome::Unknown),
        )
    }

    /// Notes how a call ended that has no answer to be stored.
    async fn note(&self, call: CallId, ended: BillingOutcome, request_id: Option<String>) {
        let noted = self
            .batch
            .write(move |transaction| -> Result<_, DeskError> {
                billing::record_balance_outcome(transaction, call, ended, request_id.as_deref())
            })
            .await;
        if let Err(error) = noted {
            // It stays as asked, and is counted as one that may be billed.
            tracing::warn!(%error, "how a billed call ended could not be noted");
        }
    }
}

fn failure(target: &BalanceTarget, problem: Problem, may_be_billed: bool) -> Box<RefreshFailure> {
    Box::new(RefreshFailure {
        item_id: target.item_id.to_string(),
        institution_name: target.institution_name.clone(),
        problem,
        may_be_billed,
    })
}

/// Writes the call down, and reads what it needs.
fn prepare(
    transaction: &Transaction<'_>,
    target: &BalanceTarget,
    now: Timestamp,
) -> Result<Prepared, DeskError> {
    let key = table::item_key(transaction, &target.item_id)?;
    if key.state == ItemState::Removing {
        return Err(DeskError::AlreadyRunning("This bank is being removed."));
    }
    let mut options = BalanceOptions {
        account_ids: target.accounts.clone(),
        min_last_updated_datetime: None,
    };
    let asks_for_an_age = key
        .institution_id
        .as_ref()
        .is_some_and(|id| id.as_str() == WANTS_AN_AGE);
    if asks_for_an_age
        && table::has_other_than_depository(transaction, &key.item_id, &options.account_ids)?
    {
        options.min_last_updated_datetime = now.checked_sub(OLDEST).ok();
    }
    let call = billing::record_balance_call(transaction, &key.item_id, now)?;
    Ok(Prepared { key, options, call })
}

/// Writes an answer: readings, how the Item is, and that the call is billed. Answers whether the bank was in trouble.
fn store(
    transaction: &Transaction<'_>,
    target: &BalanceTarget,
    call: CallId,
    answer: &AccountsResponse,
    now: Timestamp,
) -> Result<bool, DeskError> {
    let listing = if target.accounts.is_empty() {
        Listing::Complete
    } else {
        Listing::Partial
    };
    let (item_id, source) = (&target.item_id, ReadingSource::Live);
    readings::record(transaction, item_id, answer, source, listing, now)?;
    // The bank has just answered, so the login works; what else is wrong stands in the answer.
    let problem = health::problem_of(&answer.item);
    table::set_problem(transaction, item_id, problem.as_ref(), now)?;
    let request_id = answer.request_id.as_str();
    billing::record_balance_outcome(
        transaction,
        call,
        BillingOutcome::Answered,
        Some(request_id),
    )?;
    institution::answered(transaction, item_id)
}
