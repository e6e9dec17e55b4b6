//! Live balances: one billed call for each Item, several at a time, at Plaid's pace, stoppable at any moment.
//! Each Item's readings are stored before its progress is told.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use plaid::{AccountId, BalanceOptions, ItemId};
use tokio_util::sync::CancellationToken;

use super::{
    pacing::Paced,
    table as readings,
    view::{ReadingSource, RefreshFailure, RefreshOutcome, RefreshProgress, RefreshScope},
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    items::{
        self, health, institution,
        table::{self, ItemKey, ItemState, Listing},
    },
    problem::Problem,
    start::event::DeskEvent,
};

/// Calls under way at the same time.
const AT_ONCE: usize = 8;

/// Capital One answers for accounts other than depository only when told how old the balances may be.
const WANTS_AN_AGE: &str = "ins_128026";

/// The age it is told.
const OLDEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The refresh that is running, if one is.
#[derive(Default)]
pub(crate) struct RefreshSlot(Mutex<Option<CancellationToken>>);

/// Holds the slot until dropped.
pub(crate) struct Running<'a> {
    slot: &'a RefreshSlot,
    pub(crate) cancel: CancellationToken,
}

impl RefreshSlot {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the slot; the refresh ends when `until` does.
    ///
    /// # Errors
    /// `AlreadyRunning` while another refresh has it.
    pub(crate) fn take(&self, until: &CancellationToken) -> Result<Running<'_>, DeskError> {
        let mut slot = self.lock();
        if slot.is_some() {
            return Err(DeskError::AlreadyRunning(
                "Balances are being refreshed already.",
            ));
        }
        let cancel = until.child_token();
        *slot = Some(cancel.clone());
        Ok(Running { slot: self, cancel })
    }

    /// Stops the refresh that is running, if one is.
    pub(crate) fn cancel(&self) {
        if let Some(cancel) = self.lock().as_ref() {
            cancel.cancel();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.slot.lock() = None;
    }
}

/// One call to be made.
struct Target {
    item_id: ItemId,
    /// Empty: all accounts of the Item.
    accounts: Vec<AccountId>,
}

/// What became of one call.
enum Ending {
    Stored,
    Failed(Box<RefreshFailure>),
    Cancelled,
}

/// Refreshes what `scope` names.
pub(crate) async fn run(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    scope: RefreshScope,
    progress: &(impl Fn(RefreshProgress) + Send + Sync),
) -> Result<RefreshOutcome, DeskError> {
    let running = env.work.refresh.take(&env.cancel)?;
    let targets = targets(env, scope).await?;
    let total = u32::try_from(targets.len()).unwrap_or(u32::MAX);
    progress(RefreshProgress::Started { total });

    let mut outcome = RefreshOutcome {
        refreshed: 0,
        failed: Vec::new(),
        cancelled: false,
    };
    let cancel = &running.cancel;
    let mut endings = stream::iter(targets)
        .map(|target| async move {
            let item_id = target.item_id.clone();
            let ending = tokio::select! {
                biased;
                () = cancel.cancelled() => Ending::Cancelled,
                ending = refresh_item(desk, env, target) => ending,
            };
            (item_id, ending)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((item_id, ending)) = endings.next().await {
        let done = outcome.refreshed + u32::try_from(outcome.failed.len()).unwrap_or(u32::MAX) + 1;
        let item_id = item_id.to_string();
        match ending {
            Ending::Cancelled => outcome.cancelled = true,
            Ending::Stored => {
                outcome.refreshed += 1;
                desk.emit(DeskEvent::ItemsChanged);
                progress(RefreshProgress::ItemDone {
                    item_id,
                    done,
                    total,
                });
            }
            Ending::Failed(failure) => {
                let problem = failure.problem.clone();
                outcome.failed.push(*failure);
                progress(RefreshProgress::ItemFailed {
                    item_id,
                    problem,
                    done,
                    total,
                });
            }
        }
    }
    Ok(outcome)
}

/// The calls that `scope` needs. One Item or account that is not there is an error; Items being removed are left out.
async fn targets(env: &OpenEnvironment, scope: RefreshScope) -> Result<Vec<Target>, DeskError> {
    env.store
        .read(move |connection| match scope {
            RefreshScope::Account { account_id } => {
                let account_id = AccountId::new(account_id);
                let account = table::account(connection, &account_id)?;
                Ok(vec![Target {
                    item_id: account.item_id,
                    accounts: vec![account_id],
                }])
            }
            RefreshScope::Item { item_id } => {
                let key = table::item_key(connection, &ItemId::new(item_id))?;
                Ok(vec![Target {
                    item_id: key.item_id,
                    accounts: Vec::new(),
                }])
            }
            RefreshScope::All => {
                let items = table::items_in(connection, ItemState::Active)?;
                let whole = |item_id| Target {
                    item_id,
                    accounts: Vec::new(),
                };
                Ok(items.into_iter().map(whole).collect())
            }
        })
        .await
}

async fn refresh_item(desk: &Desk, env: &Arc<OpenEnvironment>, target: Target) -> Ending {
    let item_id = target.item_id.clone();
    // The gate waits for a rotation under way, so the token fetched after it is the present one.
    let _in_use = env.work.gates.shared(&item_id).await;
    let key = match items::active_key(env, &item_id).await {
        Ok(key) => key,
        Err(error) => return failed(&item_id, table::NAMELESS, &error),
    };
    match read_and_store(desk, env, &key, target.accounts).await {
        Ok(()) => Ending::Stored,
        Err(error) => failed(&item_id, &key.institution_name, &error),
    }
}

fn failed(item_id: &ItemId, institution_name: &str, error: &DeskError) -> Ending {
    Ending::Failed(Box::new(RefreshFailure {
        item_id: item_id.to_string(),
        institution_name: institution_name.to_owned(),
        problem: Problem::from(error),
    }))
}

async fn read_and_store(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    key: &ItemKey,
    accounts: Vec<AccountId>,
) -> Result<(), DeskError> {
    let listing = if accounts.is_empty() {
        Listing::Complete
    } else {
        Listing::Partial
    };
    let options = options(desk, env, key, accounts).await?;
    let request = || env.client.accounts_balance_get(&key.access_token, &options);
    let item_id = key.item_id.clone();
    let called = env
        .work
        .pacing
        .read(Paced::Balance, Some(&item_id), request);
    let answer = match called.await {
        Ok(answer) => answer,
        Err(error) => return Err(health::failed(desk, env, &item_id, error).await),
    };
    let (now, asked) = (desk.now(), item_id.clone());
    let bank_recovered = env
        .store
        .write(move |transaction| {
            readings::record(
                transaction,
                &item_id,
                &answer,
                ReadingSource::Live,
                listing,
                now,
            )?;
            // The bank has just answered, so the login works; what else is wrong stands in the answer.
            let problem = health::problem_of(&answer.item);
            table::set_problem(transaction, &item_id, problem.as_ref(), now)?;
            institution::answered(transaction, &item_id)
        })
        .await?;
    if bank_recovered {
        env.work.watch.institution_now(&asked);
    }
    Ok(())
}

async fn options(
    desk: &Desk,
    env: &OpenEnvironment,
    key: &ItemKey,
    account_ids: Vec<AccountId>,
) -> Result<BalanceOptions, DeskError> {
    let mut options = BalanceOptions {
        account_ids,
        min_last_updated_datetime: None,
    };
    if key
        .institution_id
        .as_ref()
        .is_some_and(|id| id.as_str() == WANTS_AN_AGE)
    {
        let (item_id, among) = (key.item_id.clone(), options.account_ids.clone());
        let needed = env
            .store
            .read(move |connection| table::has_other_than_depository(connection, &item_id, &among))
            .await?;
        if needed {
            options.min_last_updated_datetime = desk.now().checked_sub(OLDEST).ok();
        }
    }
    Ok(options)
}
