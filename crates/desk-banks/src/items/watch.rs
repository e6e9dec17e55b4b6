//! Looks after Items while an environment is open: each is checked when its time has come, and at once when a call
//! about it has failed. One after the other, so that many Items do not ask Plaid all at the same moment.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use plaid::{InstitutionId, ItemId};
use rusqlite::Connection;
use tokio::sync::Notify;

use super::{
    health,
    institution::{self, Heard},
    table,
};
use crate::items::Items;
use desk_core::{DeskError, moment::Moment, settings};

/// The least time between two checks on schedule.
const APART: Duration = Duration::from_secs(2);

/// The longest sleep. Computers are suspended and clocks are set: what is due is worked out anew.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// The first and the longest pause after a check that Plaid did not answer.
const PAUSES: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(60 * 60));

/// Failures of one Item in a row that nobody explained, after which its bank is looked at.
const REPEATED: u32 = 2;

/// What is to be looked at without waiting for its time.
#[derive(Default)]
pub(crate) struct Watch {
    wanted: Mutex<Wanted>,
    bell: Notify,
}

#[derive(Default)]
struct Wanted {
    items: HashSet<ItemId>,
    /// Items whose bank is meant.
    institutions: HashMap<ItemId, Heard>,
    failures: HashMap<ItemId, u32>,
}

impl Watch {
    /// Has an Item checked soon.
    pub fn item(&self, item_id: &ItemId) {
        self.want(|wanted| _ = wanted.items.insert(item_id.clone()));
    }

    /// Has the bank of an Item looked at soon.
    pub(crate) fn institution_of(&self, item_id: &ItemId) {
        self.want(|wanted| wanted.institution(item_id));
    }

    /// Has the bank of an Item looked at, however lately that was done.
    pub(crate) fn institution_now(&self, item_id: &ItemId) {
        self.want(|wanted| _ = wanted.institutions.insert(item_id.clone(), Heard::Now));
    }

    /// Counts a failure that may be the bank's doing.
    pub(crate) fn count_failure(&self, item_id: &ItemId) {
        self.want(|wanted| {
            let count = wanted.failures.entry(item_id.clone()).or_default();
            *count += 1;
            if *count >= REPEATED {
                *count = 0;
                wanted.institution(item_id);
            }
        });
    }

    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        change(&mut self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        self.bell.notify_one();
    }

    fn take(&self) -> (HashSet<ItemId>, HashMap<ItemId, Heard>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        (
            std::mem::take(&mut wanted.items),
            std::mem::take(&mut wanted.institutions),
        )
    }
}

impl Wanted {
    fn institution(&mut self, item_id: &ItemId) {
        self.institutions
            .entry(item_id.clone())
            .or_insert(Heard::Lately);
    }
}

/// What can be due.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Task {
    Item(ItemId),
    Institution(InstitutionId),
}

impl Items {
    /// Watches until the environment is closed.
    pub(super) async fn watch(self) {
        let all = async {
            let mut pauses = Pauses::default();
            loop {
                self.check_wanted(&mut pauses).await;
                let pause = self.check_scheduled(&mut pauses).await;
                tokio::select! {
                    () = self.watch.bell.notified() => {}
                    () = self.settings_changed.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        };
        // A check can be cut short anywhere: it is one question and one transaction.
        tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => {}
            () = all => {}
        }
    }

    /// Looks at what calls have found wrong.
    async fn check_wanted(&self, pauses: &mut Pauses) {
        let (items, institutions) = self.watch.take();
        for item_id in items {
            self.check_item(item_id, pauses).await;
        }
        for (item_id, heard) in institutions {
            let found = self
                .session
                .store
                .read(move |connection| institution::of_item(connection, &item_id))
                .await;
            match found {
                Ok(Some(id)) => self.check_institution_for_watch((id, heard), pauses).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the bank of an Item could not be read"),
            }
        }
    }

    /// Does what is most due, if anything is; answers for how long to sleep.
    async fn check_scheduled(&self, pauses: &mut Pauses) -> Duration {
        let due = match self.session.store.read(plan).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "which Items are due could not be read");
                return LONGEST_SLEEP;
            }
        };
        let now = self.session.now();
        let Some((task, at)) = next(due, pauses) else {
            return LONGEST_SLEEP;
        };
        if at > Moment::from(now) {
            return until(at, now).min(LONGEST_SLEEP);
        }
        match task {
            Task::Item(item_id) => self.check_item(item_id, pauses).await,
            Task::Institution(id) => {
                self.check_institution_for_watch((id, Heard::Lately), pauses)
                    .await
            }
        }
        APART
    }

    async fn check_item(&self, item_id: ItemId, pauses: &mut Pauses) {
        let answered = match self.check(&item_id).await {
            Ok(()) => true,
            Err(error) => {
                tracing::info!(%error, "an Item could not be checked, or does not work");
                error
                    .plaid()
                    .and_then(plaid::Error::api)
                    .is_some_and(health::concerns_item)
            }
        };
        pauses.note(item_id.to_string(), answered, self.session.now());
    }

    async fn check_institution_for_watch(
        &self,
        (id, heard): (InstitutionId, Heard),
        pauses: &mut Pauses,
    ) {
        let name = id.to_string();
        let outcome = self.check_institution(id, heard).await;
        if let Err(error) = &outcome {
            tracing::info!(%error, "how an institution is could not be asked");
        }
        pauses.note(name, outcome.is_ok(), self.session.now());
    }
}

/// What is due and when, from the database: so a restart changes nothing.
fn plan(connection: &Connection) -> Result<Vec<(Task, Moment)>, DeskError> {
    let mut due: Vec<(Task, Moment)> = institution::in_trouble(connection)?
        .into_iter()
        .map(|(id, at)| (Task::Institution(id), at))
        .collect();
    if let Some(hours) = settings::read(connection)?.health_check_hours {
        let every = Duration::from_secs(u64::from(hours) * 60 * 60);
        for (item_id, checked_at) in table::checks(connection)? {
            due.push((Task::Item(item_id), checked_at.after(every)));
        }
    }
    Ok(due)
}

/// What comes first, when what has failed lately waits.
fn next(due: Vec<(Task, Moment)>, pauses: &Pauses) -> Option<(Task, Moment)> {
    due.into_iter()
        .map(|(task, at)| {
            let waits = pauses.until(match &task {
                Task::Item(id) => id.as_str(),
                Task::Institution(id) => id.as_str(),
            });
            let at = waits.map_or(at, |until| until.max(at));
            (task, at)
        })
        .min_by_key(|(_, at)| *at)
}

fn until(at: Moment, now: Timestamp) -> Duration {
    at.timestamp()
        .duration_since(now)
        .try_into()
        .unwrap_or_default()
}

/// After an attempt that Plaid did not answer, the next one waits, longer each time.
#[derive(Default)]
struct Pauses(HashMap<String, (Moment, Duration)>);

impl Pauses {
    fn note(&mut self, name: String, answered: bool, now: Timestamp) {
        if answered {
            self.0.remove(&name);
            return;
        }
        let (first, longest) = PAUSES;
        let pause = self
            .0
            .get(&name)
            .map_or(first, |(_, before)| (*before * 2).min(longest));
        self.0.insert(name, (Moment::from(now).after(pause), pause));
    }

    fn until(&self, name: &str) -> Option<Moment> {
        self.0.get(name).map(|(until, _)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn item(name: &str, second: i64) -> (Task, Moment) {
        (Task::Item(ItemId::new(name)), Moment::from(at(second)))
    }

    #[test]
    fn what_fails_waits_longer_each_time_and_holds_up_nothing_else() {
        let mut pauses = Pauses::default();
        let due = || vec![item("a", 0), item("b", 10)];
        assert_eq!(next(due(), &pauses), Some(item("a", 0)));
        pauses.note("a".to_owned(), false, at(1));
        assert_eq!(next(due(), &pauses), Some(item("b", 10)));
        assert_eq!(pauses.until("a"), Some(Moment::from(at(61))));
        pauses.note("a".to_owned(), false, at(61));
        assert_eq!(pauses.until("a"), Some(Moment::from(at(181))));
        for _ in 0..20 {
            pauses.note("a".to_owned(), false, at(0));
        }
        assert_eq!(pauses.until("a"), Some(Moment::from(at(3600))));
        pauses.note("a".to_owned(), true, at(2));
        assert_eq!(next(due(), &pauses), Some(item("a", 0)));
    }

    #[test]
    fn two_unexplained_failures_in_a_row_have_the_bank_looked_at() {
        let watch = Watch::default();
        let item_id = ItemId::new("a");
        watch.count_failure(&item_id);
        assert!(watch.take().1.is_empty());
        watch.count_failure(&item_id);
        assert_eq!(watch.take().1.get(&item_id), Some(&Heard::Lately));
        watch.count_failure(&item_id);
        assert!(watch.take().1.is_empty());
    }
}
