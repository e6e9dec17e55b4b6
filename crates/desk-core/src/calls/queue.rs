//! Decides when each queued call to Plaid is sent. A refused call pauses only the calls it affects: those of one
//! Item, one bank, the whole client, or the network. After each pause, one call probes while the others wait for its
//! outcome. Pauses grow up to a limit; when their total exceeds the caller's patience, the paused calls fail.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use plaid::{AccountId, InstitutionId, ItemId, RateLimitScope, Retry};
use tokio::time::Instant;

use crate::calls::{CallPace, rate_limits::Turn};

const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Attempts per Item when Plaid fails with 5xx, including the first.
const TRIES: usize = 3;

pub trait Concerns {
    fn item_id(&self) -> &ItemId;
    fn institution_id(&self) -> Option<&InstitutionId>;
    fn institution_name(&self) -> &str;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub item_id: ItemId,
    pub institution_id: Option<InstitutionId>,
    pub institution_name: String,
    pub accounts: Vec<AccountId>,
}

impl Concerns for Target {
    fn item_id(&self) -> &ItemId {
        &self.item_id
    }

    fn institution_id(&self) -> Option<&InstitutionId> {
        self.institution_id.as_ref()
    }

    fn institution_name(&self) -> &str {
        &self.institution_name
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Offline,
    ClientLimit,
    BankLimit,
    ItemLimit,
    Trouble,
}

impl Refusal {
    /// Why a billed call must wait before a retry; `None` if a retry can't help or might be billed twice.
    pub fn of(retry: Retry) -> Option<Self> {
        match retry {
            Retry::WhenOnline => Some(Self::Offline),
            Retry::AfterRateLimit(scope) => Some(match scope {
                RateLimitScope::Client => Self::ClientLimit,
                RateLimitScope::Item => Self::ItemLimit,
                RateLimitScope::Institution => Self::BankLimit,
            }),
            // Plaid reports the failure itself, so the call is not billed.
            Retry::AfterPlaidOutage => Some(Self::Trouble),
            Retry::Never
            | Retry::AfterTimeout
            | Retry::AfterLostAnswer
            | Retry::AfterInstitutionOutage => None,
        }
    }

    fn pauses(self, pace: &CallPace) -> ExponentialBackoff {
        let (first, longest) = PAUSES;
        let pauses = ExponentialBuilder::default()
            .with_min_delay(first)
            .with_max_delay(longest)
            .with_jitter()
            .without_max_times();
        match self {
            Self::Offline => pauses.with_total_delay(Some(pace.offline_patience)),
            Self::ClientLimit | Self::BankLimit | Self::ItemLimit => {
                pauses.with_total_delay(Some(pace.busy_patience))
            }
            Self::Trouble => pauses.with_max_times(TRIES - 1),
        }
        .build()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Network,
    Client,
    Bank(InstitutionId),
    Item(ItemId),
}

impl Key {
    fn of(refusal: Refusal, target: &impl Concerns) -> Self {
        match (refusal, target.institution_id()) {
            (Refusal::Offline, _) => Self::Network,
            (Refusal::ClientLimit, _) => Self::Client,
            (Refusal::BankLimit, Some(id)) => Self::Bank(id.clone()),
            (Refusal::BankLimit, None) | (Refusal::ItemLimit | Refusal::Trouble, _) => {
                Self::Item(target.item_id().clone())
            }
        }
    }

    fn concerns(&self, target: &impl Concerns) -> bool {
        match self {
            Self::Network | Self::Client => true,
            Self::Bank(id) => target.institution_id() == Some(id),
            Self::Item(id) => target.item_id() == id,
        }
    }
}

struct Hold {
    pauses: ExponentialBackoff,
    until: Instant,
    raised_at: Instant,
    trying: bool,
}

#[derive(Debug)]
pub struct Begun<T> {
    pub target: T,
    at: Instant,
    tries: Vec<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Answer,
    Refusal(Refusal),
    Nothing,
}

#[derive(Debug)]
pub enum Next<T> {
    Start(Begun<T>),
    Wait(Instant, Why),
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Limit,
    Bank(String),
    Network,
}

pub struct Queue<T> {
    waiting: VecDeque<T>,
    early: HashMap<ItemId, Instant>,
    holds: HashMap<Key, Hold>,
    pace: CallPace,
}

impl<T: Concerns> Queue<T> {
    pub fn new(targets: Vec<T>, pace: CallPace) -> Self {
        Self {
            waiting: targets.into(),
            early: HashMap::new(),
            holds: HashMap::new(),
            pace,
        }
    }

    pub fn extend(&mut self, targets: Vec<T>) {
        self.waiting.extend(targets);
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn is_offline(&self) -> bool {
        self.holds.contains_key(&Key::Network)
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    pub fn next(&mut self, now: Instant, turn: impl Fn(&ItemId) -> Turn) -> Next<T> {
        let mut first: Option<(Instant, Why)> = None;
        let mut sooner = |at: Instant, why: Why| {
            if first.as_ref().is_none_or(|(before, _)| at < *before) {
                first = Some((at, why));
            }
        };
        for index in 0..self.waiting.len() {
            let target = &self.waiting[index];
            match self.held(target, now) {
                Held::Not => {}
                Held::Until(at, why) => {
                    sooner(at, why);
                    continue;
                }
                Held::BySomebodyTrying => continue,
            }
            match turn(target.item_id()) {
                Turn::Now => {
                    if let Some(target) = self.waiting.remove(index) {
                        return Next::Start(self.begin(target, now));
                    }
                }
                Turn::Item(wait) => {
                    self.early.insert(target.item_id().clone(), now + wait);
                    sooner(now + wait, Why::Limit);
                }
                Turn::Client(wait) => {
                    sooner(now + wait, Why::Limit);
                    break;
                }
            }
        }
        first.map_or(Next::Nothing, |(at, why)| Next::Wait(at, why))
    }

    fn held(&self, target: &T, now: Instant) -> Held {
        let mut held = Held::Not;
        if self.holds.is_empty() && self.early.is_empty() {
            return held;
        }
        if let Some(at) = self.early.get(target.item_id()).filter(|at| **at > now) {
            held = Held::Until(*at, Why::Limit);
        }
        for key in keys(target) {
            let Some(hold) = self.holds.get(&key) else {
                continue;
            };
            if hold.trying {
                return Held::BySomebodyTrying;
            }
            let later = match &held {
                Held::Until(at, _) => hold.until > *at,
                _ => true,
            };
            if hold.until > now && later {
                held = Held::Until(hold.until, key.why(target));
            }
        }
        held
    }

    fn begin(&mut self, target: T, now: Instant) -> Begun<T> {
        self.early.remove(target.item_id());
        let mut tries = Vec::new();
        if !self.holds.is_empty() {
            for key in keys(&target) {
                if let Some(hold) = self.holds.get_mut(&key) {
                    hold.trying = true;
                    tries.push(key);
                }
            }
        }
        Begun {
            target,
            at: now,
            tries,
        }
    }

    pub fn ended(&mut self, begun: Begun<T>, heard: Heard, now: Instant) -> Vec<T> {
        let Begun { target, at, tries } = begun;
        let refused_by = match heard {
            Heard::Refusal(refusal) => Some((refusal, Key::of(refusal, &target))),
            Heard::Answer | Heard::Nothing => None,
        };
        for key in tries {
            let refuses = refused_by.as_ref().is_some_and(|(_, by)| *by == key);
            let unheard = heard == Heard::Nothing || heard == Heard::Refusal(Refusal::Offline);
            if refuses || unheard {
                if let Some(hold) = self.holds.get_mut(&key) {
                    hold.trying = false;
                }
            } else {
                self.holds.remove(&key);
            }
        }
        let Some((refusal, key)) = refused_by else {
            return Vec::new();
        };
        self.waiting.push_front(target);
        if self.hold_up(refusal, &key, at, now) {
            return Vec::new();
        }
        self.holds.remove(&key);
        let (given_up, kept) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(|target| key.concerns(target));
        self.waiting = kept.into();
        given_up
    }

    /// Starts the next pause; returns false if patience has run out. A call sent before the current pause started
    /// doesn't extend it.
    fn hold_up(&mut self, refusal: Refusal, key: &Key, left_at: Instant, now: Instant) -> bool {
        let hold = self.holds.entry(key.clone()).or_insert_with(|| Hold {
            pauses: refusal.pauses(&self.pace),
            until: now,
            raised_at: left_at,
            trying: false,
        });
        if left_at < hold.raised_at {
            return true;
        }
        let Some(pause) = hold.pauses.next() else {
            return false;
        };
        hold.until = now + pause;
        hold.raised_at = now;
        true
    }
}

enum Held {
    Not,
    Until(Instant, Why),
    BySomebodyTrying,
}

impl Key {
    fn why(&self, target: &impl Concerns) -> Why {
        match self {
            Self::Network => Why::Network,
            Self::Bank(_) => Why::Bank(target.institution_name().to_owned()),
            Self::Client | Self::Item(_) => Why::Limit,
        }
    }
}

fn keys(target: &impl Concerns) -> impl Iterator<Item = Key> {
    [Key::Network, Key::Client]
        .into_iter()
        .chain(target.institution_id().cloned().map(Key::Bank))
        .chain([Key::Item(target.item_id().clone())])
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
