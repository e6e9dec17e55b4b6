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

pub trait QueueTarget {
    fn item_id(&self) -> &ItemId;
    fn institution_id(&self) -> Option<&InstitutionId>;
    fn institution_name(&self) -> &str;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceTarget {
    pub item_id: ItemId,
    pub institution_id: Option<InstitutionId>,
    pub institution_name: String,
    pub accounts: Vec<AccountId>,
}

impl QueueTarget for BalanceTarget {
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
pub enum RetryCause {
    Offline,
    ClientLimit,
    BankLimit,
    ItemLimit,
    Trouble,
}

impl RetryCause {
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
enum HoldScope {
    Network,
    Client,
    Bank(InstitutionId),
    Item(ItemId),
}

impl HoldScope {
    fn of(refusal: RetryCause, target: &impl QueueTarget) -> Self {
        match (refusal, target.institution_id()) {
            (RetryCause::Offline, _) => Self::Network,
            (RetryCause::ClientLimit, _) => Self::Client,
            (RetryCause::BankLimit, Some(id)) => Self::Bank(id.clone()),
            (RetryCause::BankLimit, None) | (RetryCause::ItemLimit | RetryCause::Trouble, _) => {
                Self::Item(target.item_id().clone())
            }
        }
    }

    fn concerns(&self, target: &impl QueueTarget) -> bool {
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
    probing: bool,
}

#[derive(Debug)]
pub struct StartedCall<T> {
    pub target: T,
    at: Instant,
    tries: Vec<HoldScope>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    Answer,
    RetryLater(RetryCause),
    Nothing,
}

#[derive(Debug)]
pub enum NextCall<T> {
    Start(StartedCall<T>),
    Wait(Instant, WaitReason),
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitReason {
    Limit,
    Bank(String),
    Network,
}

pub struct CallQueue<T> {
    waiting: VecDeque<T>,
    early: HashMap<ItemId, Instant>,
    holds: HashMap<HoldScope, Hold>,
    pace: CallPace,
}

impl<T: QueueTarget> CallQueue<T> {
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
        self.holds.contains_key(&HoldScope::Network)
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    pub fn next(&mut self, now: Instant, turn: impl Fn(&ItemId) -> Turn) -> NextCall<T> {
        let mut first: Option<(Instant, WaitReason)> = None;
        let mut sooner = |at: Instant, why: WaitReason| {
            if first.as_ref().is_none_or(|(before, _)| at < *before) {
                first = Some((at, why));
            }
        };
        for index in 0..self.waiting.len() {
            let target = &self.waiting[index];
            match self.held(target, now) {
                HoldState::Free => {}
                HoldState::Until(at, why) => {
                    sooner(at, why);
                    continue;
                }
                HoldState::Probing => continue,
            }
            match turn(target.item_id()) {
                Turn::Now => {
                    if let Some(target) = self.waiting.remove(index) {
                        return NextCall::Start(self.begin(target, now));
                    }
                }
                Turn::Item(wait) => {
                    self.early.insert(target.item_id().clone(), now + wait);
                    sooner(now + wait, WaitReason::Limit);
                }
                Turn::Client(wait) => {
                    sooner(now + wait, WaitReason::Limit);
                    break;
                }
            }
        }
        first.map_or(NextCall::Nothing, |(at, why)| NextCall::Wait(at, why))
    }

    fn held(&self, target: &T, now: Instant) -> HoldState {
        let mut held = HoldState::Free;
        if self.holds.is_empty() && self.early.is_empty() {
            return held;
        }
        if let Some(at) = self.early.get(target.item_id()).filter(|at| **at > now) {
            held = HoldState::Until(*at, WaitReason::Limit);
        }
        for key in keys(target) {
            let Some(hold) = self.holds.get(&key) else {
                continue;
            };
            if hold.probing {
                return HoldState::Probing;
            }
            let later = match &held {
                HoldState::Until(at, _) => hold.until > *at,
                _ => true,
            };
            if hold.until > now && later {
                held = HoldState::Until(hold.until, key.why(target));
            }
        }
        held
    }

    fn begin(&mut self, target: T, now: Instant) -> StartedCall<T> {
        self.early.remove(target.item_id());
        let mut tries = Vec::new();
        if !self.holds.is_empty() {
            for key in keys(&target) {
                if let Some(hold) = self.holds.get_mut(&key) {
                    hold.probing = true;
                    tries.push(key);
                }
            }
        }
        StartedCall {
            target,
            at: now,
            tries,
        }
    }

    pub fn finish(&mut self, call: StartedCall<T>, outcome: CallOutcome, now: Instant) -> Vec<T> {
        let StartedCall { target, at, tries } = call;
        let refused_by = match outcome {
            CallOutcome::RetryLater(refusal) => Some((refusal, HoldScope::of(refusal, &target))),
            CallOutcome::Answer | CallOutcome::Nothing => None,
        };
        for key in tries {
            let refuses = refused_by.as_ref().is_some_and(|(_, by)| *by == key);
            let unanswered = outcome == CallOutcome::Nothing
                || outcome == CallOutcome::RetryLater(RetryCause::Offline);
            if refuses || unanswered {
                if let Some(hold) = self.holds.get_mut(&key) {
                    hold.probing = false;
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
    fn hold_up(
        &mut self,
        refusal: RetryCause,
        key: &HoldScope,
        left_at: Instant,
        now: Instant,
    ) -> bool {
        let hold = self.holds.entry(key.clone()).or_insert_with(|| Hold {
            pauses: refusal.pauses(&self.pace),
            until: now,
            raised_at: left_at,
            probing: false,
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

enum HoldState {
    Free,
    Until(Instant, WaitReason),
    Probing,
}

impl HoldScope {
    fn why(&self, target: &impl QueueTarget) -> WaitReason {
        match self {
            Self::Network => WaitReason::Network,
            Self::Bank(_) => WaitReason::Bank(target.institution_name().to_owned()),
            Self::Client | Self::Item(_) => WaitReason::Limit,
        }
    }
}

fn keys(target: &impl QueueTarget) -> impl Iterator<Item = HoldScope> {
    [HoldScope::Network, HoldScope::Client]
        .into_iter()
        .chain(target.institution_id().cloned().map(HoldScope::Bank))
        .chain([HoldScope::Item(target.item_id().clone())])
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
