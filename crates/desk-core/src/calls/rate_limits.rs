//! Applies Plaid's rate limits per client and per Item. Calls wait for their turn. Free reads are retried here with
//! backoff; the call queue retries billed calls.

use std::{
    future::Future,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use backon::{ExponentialBuilder, Retryable};
use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Jitter, Quota, RateLimiter,
    clock::Clock as _, middleware::StateInformationMiddleware,
};
use plaid::{ItemId, Retry};

use crate::environment::Environment;

/// Attempts per read, including the first.
const TRIES: usize = 3;

/// Random delay that keeps waiting calls from starting at the same moment.
const SPREAD: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPace {
    pub limits: KeptLimits,
    pub busy_patience: Duration,
    pub offline_patience: Duration,
    /// How long after sending an evaluation Plaid may still be processing it.
    pub settle_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptLimits {
    Plaids,
    None,
}

impl Default for CallPace {
    fn default() -> Self {
        Self {
            limits: KeptLimits::Plaids,
            busy_patience: Duration::from_secs(180),
            offline_patience: Duration::from_secs(30 * 60),
            settle_after: Duration::from_secs(90),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeRead {
    Accounts,
    Item,
    Institution,
}

struct CallLimits {
    item: u32,
    client: u32,
}

/// From plaid.com/docs/errors/rate-limit-exceeded. An Item limit of 0 means no limit.
const fn limits(environment: Environment, call: FreeRead) -> CallLimits {
    let (item, client) = match (environment, call) {
        (Environment::Production, FreeRead::Accounts) => (15, 15_000),
        (Environment::Production, FreeRead::Item) => (15, 5_000),
        (_, FreeRead::Accounts) => (100, 5_000),
        (_, FreeRead::Item) => (40, 5_000),
        (_, FreeRead::Institution) => (0, 400),
    };
    CallLimits { item, client }
}

const fn live_limits(environment: Environment) -> CallLimits {
    match environment {
        Environment::Production => CallLimits {
            item: 5,
            client: 1_200,
        },
        Environment::Demo | Environment::Sandbox => CallLimits {
            item: 25,
            client: 100,
        },
    }
}

/// Plaid documents no limits for /signal/evaluate. Most rulesets read the bank live, so Production uses the limits of
/// /accounts/balance/get; other environments use only the client limit.
const fn evaluate_limits(environment: Environment) -> CallLimits {
    match environment {
        Environment::Production => CallLimits {
            item: 5,
            client: 1_200,
        },
        Environment::Demo | Environment::Sandbox => CallLimits {
            item: 0,
            client: 1_200,
        },
    }
}

#[derive(Clone)]
pub struct PlaidCalls {
    pub pacing: Arc<RateLimiters>,
    pub pace: CallPace,
}

impl PlaidCalls {
    pub fn new(environment: Environment, pace: CallPace) -> Self {
        Self {
            pacing: Arc::new(RateLimiters::of(environment, pace.limits)),
            pace,
        }
    }
}

pub struct RateLimiters {
    live: Option<BilledCallLimiter>,
    evaluate: Option<BilledCallLimiter>,
    reads: Option<ReadLimiters>,
}

struct ReadLimiters {
    accounts: ReadLimiter,
    item: ReadLimiter,
    institution: ReadLimiter,
}

struct ReadLimiter {
    client: DefaultDirectRateLimiter,
    item: Option<DefaultKeyedRateLimiter<ItemId>>,
}

struct BilledCallLimiter {
    client: DefaultDirectRateLimiter<StateInformationMiddleware>,
    item: Option<DefaultKeyedRateLimiter<ItemId>>,
    quota: Quota,
    left: Mutex<(Instant, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Now,
    Client(Duration),
    Item(Duration),
}

impl RateLimiters {
    pub fn of(environment: Environment, kept: KeptLimits) -> Self {
        if kept == KeptLimits::None {
            return Self {
                live: None,
                evaluate: None,
                reads: None,
            };
        }
        let pace = |call| ReadLimiter::new(&limits(environment, call));
        Self {
            live: Some(BilledCallLimiter::new(&live_limits(environment))),
            evaluate: Some(BilledCallLimiter::new(&evaluate_limits(environment))),
            reads: Some(ReadLimiters {
                accounts: pace(FreeRead::Accounts),
                item: pace(FreeRead::Item),
                institution: pace(FreeRead::Institution),
            }),
        }
    }

    pub fn live_turn(&self, item_id: &ItemId) -> Turn {
        self.live
            .as_ref()
            .map_or(Turn::Now, |live| live.turn(item_id))
    }

    pub fn live_time(&self, calls: u32) -> Duration {
        self.live
            .as_ref()
            .map_or(Duration::ZERO, |live| live.time(calls))
    }

    pub fn evaluate_turn(&self, item_id: &ItemId) -> Turn {
        self.evaluate
            .as_ref()
            .map_or(Turn::Now, |evaluate| evaluate.turn(item_id))
    }

    pub fn evaluate_time(&self, calls: u32) -> Duration {
        self.evaluate
            .as_ref()
            .map_or(Duration::ZERO, |evaluate| evaluate.time(calls))
    }

    pub async fn turn(&self, call: FreeRead, item_id: Option<&ItemId>) {
        let Some(reads) = &self.reads else { return };
        let pace = match call {
            FreeRead::Accounts => &reads.accounts,
            FreeRead::Item => &reads.item,
            FreeRead::Institution => &reads.institution,
        };
        if let (Some(limiter), Some(item_id)) = (&pace.item, item_id) {
            limiter
                .until_key_ready_with_jitter(item_id, Jitter::up_to(SPREAD))
                .await;
        }
        pace.client
            .until_ready_with_jitter(Jitter::up_to(SPREAD))
            .await;
    }

    pub async fn read<T, C, F>(
        &self,
        call: FreeRead,
        item_id: Option<&ItemId>,
        request: C,
    ) -> Result<T, plaid::Error>
    where
        C: Fn() -> F,
        F: Future<Output = Result<T, plaid::Error>>,
    {
        let once = || async {
            self.turn(call, item_id).await;
            request().await
        };
        repeated(once).await
    }
}

/// Retries a free read that Plaid doesn't rate-limit.
pub async fn repeated<T, C, F>(request: C) -> Result<T, plaid::Error>
where
    C: FnMut() -> F,
    F: Future<Output = Result<T, plaid::Error>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(8))
        .with_jitter()
        .with_max_times(TRIES - 1);
    request
        .retry(pauses)
        .when(|error| is_worth_repeating(error.retry()))
        .notify(|error, pause| tracing::debug!(%error, ?pause, "retrying a read"))
        .await
}

/// Don't retry after a timeout, since the user has waited long enough, or while the bank is down, which takes hours.
fn is_worth_repeating(retry: Retry) -> bool {
    match retry {
        Retry::WhenOnline
        | Retry::AfterLostAnswer
        | Retry::AfterRateLimit(_)
        | Retry::AfterPlaidOutage => true,
        Retry::Never | Retry::AfterTimeout | Retry::AfterInstitutionOutage => false,
    }
}

impl ReadLimiter {
    fn new(limits: &CallLimits) -> Self {
        Self {
            client: RateLimiter::direct(quota(limits.client)),
            item: (limits.item > 0).then(|| RateLimiter::keyed(quota(limits.item))),
        }
    }
}

impl BilledCallLimiter {
    fn new(limits: &CallLimits) -> Self {
        let quota = quota(limits.client);
        Self {
            client: RateLimiter::direct(quota).with_middleware(),
            item: (limits.item > 0).then(|| RateLimiter::keyed(self::quota(limits.item))),
            left: Mutex::new((Instant::now(), quota.burst_size().get())),
            quota,
        }
    }

    fn turn(&self, item_id: &ItemId) -> Turn {
        // Check the client first, so a client wait doesn't use up an Item's turn.
        match self.client.check() {
            Err(not_yet) => Turn::Client(not_yet.wait_time_from(self.client.clock().now())),
            Ok(state) => {
                *self.left.lock().unwrap_or_else(PoisonError::into_inner) =
                    (Instant::now(), state.remaining_burst_capacity());
                let Some(item) = &self.item else {
                    return Turn::Now;
                };
                match item.check_key(item_id) {
                    Ok(()) => Turn::Now,
                    Err(not_yet) => Turn::Item(not_yet.wait_time_from(item.clock().now())),
                }
            }
        }
    }

    fn time(&self, calls: u32) -> Duration {
        let (at, left) = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let each = self.quota.replenish_interval();
        let since = at.elapsed().as_nanos() / each.as_nanos().max(1);
        let come_back = u32::try_from(since).unwrap_or(u32::MAX);
        let at_once = left
            .saturating_add(come_back)
            .min(self.quota.burst_size().get());
        each * calls.saturating_sub(at_once)
    }
}

/// Half as a burst and half spread over the minute, so that no 60 seconds exceed the limit.
fn quota(a_minute: u32) -> Quota {
    let at_once = NonZeroU32::new(a_minute.div_ceil(2)).unwrap_or(NonZeroU32::MIN);
    let spread = NonZeroU32::new(a_minute / 2).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(spread).allow_burst(at_once)
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use plaid::RateLimitScope;

    use super::*;

    #[test]
    fn no_minute_sees_more_than_the_limit() {
        for a_minute in [2, 5, 15, 25, 100, 1_200] {
            let clock = FakeRelativeClock::default();
            let limiter = RateLimiter::direct_with_clock(quota(a_minute), clock.clone());
            let mut allowed_at: Vec<u64> = Vec::new();
            for second in 0..240_u64 {
                while limiter.check().is_ok() {
                    allowed_at.push(second);
                }
                clock.advance(Duration::from_secs(1));
            }
            for start in 0..180_u64 {
                let minute = start..start + 60;
                let calls = allowed_at.iter().filter(|at| minute.contains(*at)).count();
                assert!(
                    calls <= a_minute as usize,
                    "{calls} calls in a minute of {a_minute}"
                );
            }
            assert!(allowed_at.len() >= a_minute as usize);
        }
    }

    #[test]
    fn items_do_not_wait_for_each_other() {
        let pacing = RateLimiters::of(Environment::Production, KeptLimits::Plaids);
        let (one, other) = (ItemId::new("one"), ItemId::new("other"));
        for _ in 0..3 {
            assert_eq!(pacing.live_turn(&one), Turn::Now);
        }
        let Turn::Item(wait) = pacing.live_turn(&one) else {
            panic!("an Item was asked more often than Plaid allows");
        };
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(pacing.live_turn(&other), Turn::Now);
    }

    #[test]
    fn how_long_calls_wait_is_known_before_they_do() {
        let pacing = RateLimiters::of(Environment::Sandbox, KeptLimits::Plaids);
        assert_eq!(pacing.live_time(50), Duration::ZERO);
        assert_eq!(pacing.live_time(110), Duration::from_secs(72));
        for n in 0..50 {
            assert_eq!(pacing.live_turn(&ItemId::new(n.to_string())), Turn::Now);
        }
        assert!(matches!(
            pacing.live_turn(&ItemId::new("next")),
            Turn::Client(_)
        ));
        let wait = pacing.live_time(60);
        let about = Duration::from_secs(70)..=Duration::from_secs(72);
        assert!(about.contains(&wait), "{wait:?}");

        let unlimited = RateLimiters::of(Environment::Sandbox, KeptLimits::None);
        assert_eq!(unlimited.live_time(1_000), Duration::ZERO);
        for _ in 0..1_000 {
            assert_eq!(unlimited.live_turn(&ItemId::new("one")), Turn::Now);
        }
    }

    #[test]
    fn only_passing_faults_are_tried_again() {
        for retry in [
            Retry::AfterRateLimit(RateLimitScope::Item),
            Retry::AfterPlaidOutage,
            Retry::AfterLostAnswer,
            Retry::WhenOnline,
        ] {
            assert!(is_worth_repeating(retry), "{retry:?}");
        }
        for retry in [
            Retry::Never,
            Retry::AfterTimeout,
            Retry::AfterInstitutionOutage,
        ] {
            assert!(!is_worth_repeating(retry), "{retry:?}");
        }
    }
}
