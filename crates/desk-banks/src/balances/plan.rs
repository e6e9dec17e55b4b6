//! What a refresh will ask for, counted before anything is asked: one billed call for each Item, and how long they take.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use plaid::{AccountId, InstitutionId, ItemId};
use rusqlite::{Connection, Params, Row};

use super::{
    refresh::IN_FLIGHT,
    view::{RefreshPlan, RefreshScope},
};
use crate::{balances::Balances, items::table};
use desk_core::{
    DeskError,
    billing::Prices,
    calls::{queue::BalanceTarget, rate_limits::RateLimiters},
    settings,
};

/// What a live balance takes before any was measured; Plaid's median is about 3 s.
const USUAL: Duration = Duration::from_secs(4);

/// How much one more answer counts against those before.
const WEIGHT: u32 = 16;

/// How long live balances have taken lately, on average.
pub struct AnswerTimes(Mutex<Duration>);

impl Default for AnswerTimes {
    fn default() -> Self {
        Self(Mutex::new(USUAL))
    }
}

impl AnswerTimes {
    pub fn took(&self, time: Duration) {
        let mut mean = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *mean = (*mean * (WEIGHT - 1) + time) / WEIGHT;
    }

    fn mean(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it takes until all is answered: `waiting` calls have not left, the last of which may after
    /// `last_leaves`, and `under_way` have.
    pub fn seconds_left(&self, last_leaves: Duration, waiting: usize, under_way: usize) -> u32 {
        let calls = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (left, mean) = (calls(waiting.saturating_add(under_way)), self.mean());
        if left == 0 {
            return 0;
        }
        let in_flight = calls(IN_FLIGHT);
        let answering = if left > in_flight {
            mean * left / in_flight
        } else {
            mean
        };
        let paced = if last_leaves.is_zero() {
            Duration::ZERO
        } else {
            last_leaves + mean
        };
        let whole = answering.max(paced);
        u32::try_from(whole.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
    }
}

/// How long it takes until all is answered: `waiting` calls have not left, `under_way` have.
pub(super) fn time_left(
    pacing: &RateLimiters,
    times: &AnswerTimes,
    waiting: usize,
    under_way: usize,
) -> u32 {
    let last_leaves = pacing.live_time(u32::try_from(waiting).unwrap_or(u32::MAX));
    times.seconds_left(last_leaves, waiting, under_way)
}

impl Balances {
    /// Counts what a refresh would ask for.
    pub async fn plan(&self, scope: RefreshScope) -> Result<RefreshPlan, DeskError> {
        let (calls, cost, confirm_above) = self
            .session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let targets = targets(connection, scope)?;
                let calls = u32::try_from(targets.len()).unwrap_or(u32::MAX);
                let settings = settings::read(connection)?;
                let cost = Prices::of(&settings)?.of_balances(calls)?;
                Ok((calls, cost, settings.confirm_above_calls))
            })
            .await?;
        Ok(RefreshPlan {
            calls,
            cost,
            needs_confirmation: calls > confirm_above,
            seconds: time_left(&self.calls.pacing, &self.answer_times, calls as usize, 0),
            running: self.slot.is_taken(),
        })
    }
}

/// The calls that `scope` needs. One Item, account or person that is not there is an error; of several, those that are
/// not there any more are left out, and so are Items being removed.
pub(super) fn targets(
    connection: &Connection,
    scope: RefreshScope,
) -> Result<Vec<BalanceTarget>, DeskError> {
    match scope {
        RefreshScope::Account { account_id } => of_accounts(connection, vec![account_id]),
        RefreshScope::Accounts { account_ids } => of_accounts(connection, account_ids),
        RefreshScope::Item { item_id } => {
            let key = table::item_key(connection, &ItemId::new(item_id))?;
            Ok(vec![BalanceTarget {
                item_id: key.item_id,
                institution_id: key.institution_id,
                institution_name: key.institution_name,
                accounts: Vec::new(),
            }])
        }
        RefreshScope::Items { item_ids } => {
            let mut named: HashMap<String, BalanceTarget> = active(connection, "", [])?
                .into_iter()
                .map(|target| (target.item_id.to_string(), target))
                .collect();
            let found = item_ids.iter().filter_map(|id| named.remove(id)).collect();
            some(found, "This bank")
        }
        RefreshScope::Person { person_id } => {
            let found = active(connection, "AND person_id = ?1", [person_id])?;
            some(found, "A bank of this person")
        }
        RefreshScope::All => active(connection, "", []),
    }
}

/// One call for each Item, in the order in which the accounts are named.
fn of_accounts(connection: &Connection, ids: Vec<String>) -> Result<Vec<BalanceTarget>, DeskError> {
    let only_one = ids.len() == 1;
    let mut targets: Vec<BalanceTarget> = Vec::new();
    let mut places: HashMap<ItemId, usize> = HashMap::new();
    for id in ids {
        let account_id = AccountId::new(id);
        let account = match table::account(connection, &account_id) {
            Ok(account) => account,
            Err(error) if !only_one && !error.is_of_the_store() => continue,
            Err(error) => return Err(error),
        };
        if let Some(place) = places.get(&account.item_id) {
            let accounts = &mut targets[*place].accounts;
            if !accounts.contains(&account_id) {
                accounts.push(account_id);
            }
            continue;
        }
        let key = table::item_key(connection, &account.item_id)?;
        places.insert(key.item_id.clone(), targets.len());
        targets.push(BalanceTarget {
            item_id: key.item_id,
            institution_id: key.institution_id,
            institution_name: key.institution_name,
            accounts: vec![account_id],
        });
    }
    some(targets, "This account")
}

fn some(targets: Vec<BalanceTarget>, what: &'static str) -> Result<Vec<BalanceTarget>, DeskError> {
    if targets.is_empty() {
        return Err(DeskError::NotFound(what));
    }
    Ok(targets)
}

/// Whole Items that are not being removed, the oldest first. Those of one moment come as they were stored, and so did their
/// accounts: what is refreshed together stands together, on pages that are then written once.
fn active(
    connection: &Connection,
    which: &str,
    parameters: impl Params,
) -> Result<Vec<BalanceTarget>, DeskError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT item_id, institution_id, institution_name FROM items
         WHERE state = 'active' {which} ORDER BY linked_at, rowid"
    ))?;
    let whole = |row: &Row<'_>| {
        Ok(BalanceTarget {
            item_id: ItemId::new(row.get::<_, String>("item_id")?),
            institution_id: row
                .get::<_, Option<String>>("institution_id")?
                .map(InstitutionId::new),
            institution_name: row.get("institution_name")?,
            accounts: Vec::new(),
        })
    };
    let targets = statement.query_map(parameters, whole)?;
    Ok(targets.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_core::{calls::KeptLimits, environment::Environment};

    #[test]
    fn time_left_comes_from_answers_or_from_limits() {
        let unlimited = RateLimiters::of(Environment::Sandbox, KeptLimits::None);
        let sandbox = RateLimiters::of(Environment::Sandbox, KeptLimits::Plaids);
        let times = AnswerTimes::default();
        assert_eq!(time_left(&unlimited, &times, 0, 0), 0);
        assert_eq!(time_left(&unlimited, &times, 1, 0), 4);
        assert_eq!(time_left(&unlimited, &times, 300, 20), 40);
        // 50 at once, the other 250 one every 1.2 s, and the last has to be answered.
        assert_eq!(time_left(&sandbox, &times, 300, 0), 304);
        for _ in 0..200 {
            times.took(Duration::from_millis(50));
        }
        assert_eq!(time_left(&unlimited, &times, 992, 8), 2);
    }
}
