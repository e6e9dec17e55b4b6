//! How often Plaid may be called: the table of its rate limits, kept per client and per Item.
//! Calls wait for their turn instead of being refused. A refused read that costs nothing is tried again with a growing
//! pause; live balances have their turns here and their pauses in the queue of a refresh.

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

/// Tries of one read, the first included.
const TRIES: usize = 3;

/// Waiting calls start up to this much apart from their turn, so that they do not come in step.
const SPREAD: Duration = Duration::from_millis(50);

/// How calls are paced. The default is for Plaid; anything else is for tests and benchmarks against a stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPace {
    /// Which limits are kept.
    pub limits: KeptLimits,
    /// For how long, all pauses together, live balances are asked for again that were refused because of a limit.
    pub busy_patience: Duration,
    /// For how long, all pauses together, a refresh waits for a network that is lost.
    pub offline_patience: Duration,
    /// How long after an evaluation was asked Plaid can be asked whether it has it: before that, it may still be at it.
    pub settle_after: Duration,
}

/// Which rate limits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptLimits {
    /// Plaid's, of the open environment.
    Plaids,
    /// None. A client of Plaid itself keeps Plaid's all the same.
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

/// The reads that Plaid limits and does not bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paced {
    /// /accounts/get
    Accounts,
    /// /item/get
    Item,
    /// /institutions/get_by_id
    Institution,
}

/// Calls a minute: of one Item, and of the whole client.
struct Limits {
    item: u32,
    client: u32,
}

/// plaid.com/docs/errors/rate-limit-exceeded. An Item limit of 0: there is none.
const fn limits(environment: Environment, call: Paced) -> Limits {
    let (item, client) = match (environment, call) {
        (Environment::Production, Paced::Accounts) => (15, 15_000),
        (Environment::Production, Paced::Item) => (15, 5_000),
        (_, Paced::Accounts) => (100, 5_000),
        (_, Paced::Item) => (40, 5_000),
        (_, Paced::Institution) => (0, 400),
    };
    Limits { item, client }
}

/// The same for /accounts/balance/get.
const fn live_limits(environment: Environment) -> Limits {
    match environment {
        Environment::Production => Limits {
            item: 5,
            client: 1_200,
        },
        Environment::Demo | Environment::Sandbox => Limits {
            item: 25,
            client: 100,
        },
    }
}

/// The same for /signal/evaluate, of which Plaid's table says nothing. Most rulesets read the bank live, as
/// /accounts/balance/get does: in Production its limits are kept, elsewhere the client's alone.
const fn evaluate_limits(environment: Environment) -> Limits {
    match environment {
        Environment::Production => Limits {
            item: 5,
            client: 1_200,
        },
        Environment::Demo | Environment::Sandbox => Limits {
            item: 0,
            client: 1_200,
        },
    }
}

/// Calls to Plaid, at the pace that its rate limits allow. Clones share the limits.
#[derive(Clone)]
pub struct PlaidCalls {
    pub pacing: Arc<Pacing>,
    pub pace: CallPace,
}

impl PlaidCalls {
    pub fn new(environment: Environment, pace: CallPace) -> Self {
        Self {
            pacing: Arc::new(Pacing::of(environment, pace.limits)),
            pace,
        }
    }
}

/// The limiters of one environment.
pub struct Pacing {
    live: Option<LivePace>,
    evaluate: Option<LivePace>,
    reads: Option<Reads>,
}

struct Reads {
    accounts: Pace,
    item: Pace,
    institution: Pace,
}

struct Pace {
    client: DefaultDirectRateLimiter,
    item: Option<DefaultKeyedRateLimiter<ItemId>>,
}

/// The limiters of calls that are billed, which tell how long calls will have to wait.
struct LivePace {
    client: DefaultDirectRateLimiter<StateInformationMiddleware>,
    item: Option<DefaultKeyedRateLimiter<ItemId>>,
    quota: Quota,
    /// How many calls could still have left at once, after the last one that did.
    left: Mutex<(Instant, u32)>,
}

/// Whether a call may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may, and is counted.
    Now,
    /// Not before this has passed: the client has called often enough.
    Client(Duration),
    /// Not before this has passed: this Item was asked often enough.
    Item(Duration),
}

impl Pacing {
    /// These limits of this environment. The Demo keeps the Sandbox's.
    pub fn of(environment: Environment, kept: KeptLimits) -> Self {
        if kept == KeptLimits::None {
            return Self {
                live: None,
                evaluate: None,
                reads: None,
            };
        }
        let pace = |call| Pace::new(&limits(environment, call));
        Self {
            live: Some(LivePace::new(&live_limits(environment))),
            evaluate: Some(LivePace::new(&evaluate_limits(environment))),
            reads: Some(Reads {
                accounts: pace(Paced::Accounts),
                item: pace(Paced::Item),
                institution: pace(Paced::Institution),
            }),
        }
    }

    /// Whether live balances of this Item may be asked for now.
    pub fn live_turn(&self, item_id: &ItemId) -> Turn {
        self.live
            .as_ref()
            .map_or(Turn::Now, |live| live.turn(item_id))
    }

    /// How long it takes until so many more calls for live balances have left.
    pub fn live_time(&self, calls: u32) -> Duration {
        self.live
            .as_ref()
            .map_or(Duration::ZERO, |live| live.time(calls))
    }

    /// Whether an account of this Item may be evaluated now.
    pub fn evaluate_turn(&self, item_id: &ItemId) -> Turn {
        self.evaluate
            .as_ref()
            .map_or(Turn::Now, |evaluate| evaluate.turn(item_id))
    }

    /// How long it takes until so many more evaluations have left.
    pub fn evaluate_time(&self, calls: u32) -> Duration {
        self.evaluate
            .as_ref()
            .map_or(Duration::ZERO, |evaluate| evaluate.time(calls))
    }

    /// Waits for the turn of a read. Dropping the future gives the turn up.
    pub async fn turn(&self, call: Paced, item_id: Option<&ItemId>) {
        let Some(reads) = &self.reads else { return };
        let pace = match call {
            Paced::Accounts => &reads.accounts,
            Paced::Item => &reads.item,
            Paced::Institution => &reads.institution,
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

    /// Reads: waits for the turn, calls, and calls again after a pause when the fault passes by itself.
    pub async fn read<T, C, F>(
        &self,
        call: Paced,
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

/// A read that is not billed and that Plaid does not limit: called again after a pause when the fault passes by itself.
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
        .notify(|error, pause| tracing::debug!(%error, ?pause, "a read is tried again"))
        .await
}

/// Whether a free read is repeated at once. Not after a timeout (the user has waited long enough), and not while the
/// bank is down (that takes hours).
fn is_worth_repeating(retry: Retry) -> bool {
    match retry {
        Retry::WhenOnline
        | Retry::AfterLostAnswer
        | Retry::AfterRateLimit(_)
        | Retry::AfterPlaidOutage => true,
        Retry::Never | Retry::AfterTimeout | Retry::AfterInstitutionOutage => false,
    }
}

impl Pace {
    fn new(limits: &Limits) -> Self {
        Self {
            client: RateLimiter::direct(quota(limits.client)),
            item: (limits.item > 0).then(|| RateLimiter::keyed(quota(limits.item))),
        }
    }
}

impl LivePace {
    fn new(limits: &Limits) -> Self {
        let quota = quota(limits.client);
        Self {
            client: RateLimiter::direct(quota).with_middleware(),
            item: (limits.item > 0).then(|| RateLimiter::keyed(self::quota(limits.item))),
            left: Mutex::new((Instant::now(), quota.burst_size().get())),
            quota,
        }
    }

    fn turn(&self, item_id: &ItemId) -> Turn {
        // The client first: where it has to wait, no turn of an Item is used up.
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

/// Half at once and half spread over the minute: no minute, wherever it begins, sees more than `a_minute`.
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
        let pacing = Pacing::of(Environment::Production, KeptLimits::Plaids);
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
        let pacing = Pacing::of(Environment::Sandbox, KeptLimits::Plaids);
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

        let unlimited = Pacing::of(Environment::Sandbox, KeptLimits::None);
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
