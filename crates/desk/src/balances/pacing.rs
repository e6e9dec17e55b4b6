//! How often Plaid may be called: the table of its rate limits, kept per client and per Item.
//! Calls wait for their turn instead of being refused, and a refused read is tried again with a growing pause; a
//! billed one only when Plaid has said that it failed, or cannot have been asked.

use std::{future::Future, num::NonZeroU32, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Jitter, Quota, RateLimiter};
use plaid::{CarriedOut, ItemId};

use crate::start::view::Environment;

/// Tries of one read, the first included.
const TRIES: usize = 3;

/// Waiting calls start up to this much apart from their turn, so that they do not come in step.
const SPREAD: Duration = Duration::from_millis(50);

/// The calls that Plaid limits and the desk makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paced {
    /// /accounts/balance/get
    Balance,
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
        (Environment::Production, Paced::Balance) => (5, 1_200),
        (Environment::Production, Paced::Accounts) => (15, 15_000),
        (Environment::Production, Paced::Item) => (15, 5_000),
        (_, Paced::Balance) => (25, 100),
        (_, Paced::Accounts) => (100, 5_000),
        (_, Paced::Item) => (40, 5_000),
        (_, Paced::Institution) => (0, 400),
    };
    Limits { item, client }
}

/// The limiters of one environment.
pub(crate) struct Pacing {
    balance: Pace,
    accounts: Pace,
    item: Pace,
    institution: Pace,
}

struct Pace {
    client: DefaultDirectRateLimiter,
    item: Option<DefaultKeyedRateLimiter<ItemId>>,
}

impl Pacing {
    /// The limits of this environment. The Demo keeps the Sandbox's.
    pub(crate) fn of(environment: Environment) -> Self {
        let pace = |call| Pace::new(&limits(environment, call));
        Self {
            balance: pace(Paced::Balance),
            accounts: pace(Paced::Accounts),
            item: pace(Paced::Item),
            institution: pace(Paced::Institution),
        }
    }

    /// Waits for the turn of a call. Dropping the future gives the turn up.
    pub(crate) async fn turn(&self, call: Paced, item_id: Option<&ItemId>) {
        let pace = match call {
            Paced::Balance => &self.balance,
            Paced::Accounts => &self.accounts,
            Paced::Item => &self.item,
            Paced::Institution => &self.institution,
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

    /// Reads: waits for the turn, calls, and calls again after a pause when the fault passes by itself and calling
    /// again cannot be billed twice.
    pub(crate) async fn read<T, C, F>(
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
        match call {
            Paced::Balance => again_when(once, unbilled_and_passes_soon).await,
            Paced::Accounts | Paced::Item | Paced::Institution => repeated(once).await,
        }
    }
}

/// A read that is not billed and that Plaid does not limit: called again after a pause when the fault passes by itself.
pub(crate) async fn repeated<T, C, F>(request: C) -> Result<T, plaid::Error>
where
    C: FnMut() -> F,
    F: Future<Output = Result<T, plaid::Error>>,
{
    again_when(request, passes_soon).await
}

async fn again_when<T, C, F>(
    request: C,
    may_be_tried_again: fn(&plaid::Error) -> bool,
) -> Result<T, plaid::Error>
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
        .when(may_be_tried_again)
        .notify(|error, pause| tracing::debug!(%error, ?pause, "a read is tried again"))
        .await
}

/// Whether the fault is one of the way or of the moment: 429, 5xx, no connection, a lost one.
/// Not a time-out of the answer: the user has waited long enough.
fn passes_soon(error: &plaid::Error) -> bool {
    match error {
        plaid::Error::Timeout { phase, .. } => *phase == plaid::TimeoutPhase::Connect,
        plaid::Error::Api(api) => {
            api.status == 429 || api.status >= 500 || api.error_type == "RATE_LIMIT_EXCEEDED"
        }
        other => other.is_safe_to_retry(),
    }
}

/// Whether a billed read may be called again: the fault passes, and Plaid has either said itself that it failed or
/// cannot have been asked. An answer that was lost on its way may be on the bill already.
fn unbilled_and_passes_soon(error: &plaid::Error) -> bool {
    let said_by_plaid = matches!(error, plaid::Error::Api(_));
    passes_soon(error) && (said_by_plaid || error.carried_out() == CarriedOut::No)
}

impl Pace {
    fn new(limits: &Limits) -> Self {
        Self {
            client: RateLimiter::direct(quota(limits.client)),
            item: (limits.item > 0).then(|| RateLimiter::keyed(quota(limits.item))),
        }
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

    #[tokio::test]
    async fn items_do_not_wait_for_each_other() {
        let pacing = Pacing::of(Environment::Production);
        let (one, other) = (ItemId::new("one"), ItemId::new("other"));
        for _ in 0..3 {
            pacing.turn(Paced::Balance, Some(&one)).await;
        }
        let waits = tokio::time::timeout(
            Duration::from_millis(300),
            pacing.turn(Paced::Balance, Some(&one)),
        );
        assert!(waits.await.is_err());
        pacing.turn(Paced::Balance, Some(&other)).await;
    }

    #[test]
    fn only_passing_faults_are_tried_again() {
        let api = |status, error_type: &str| {
            plaid::Error::Api(Box::new(plaid::ApiError {
                status,
                error_type: error_type.to_owned(),
                error_code: "CODE".to_owned(),
                error_code_reason: None,
                error_message: String::new(),
                display_message: None,
                request_id: None,
                documentation_url: None,
                suggested_action: None,
            }))
        };
        let timeout = |phase| plaid::Error::Timeout {
            after: Duration::from_secs(90),
            phase,
        };
        assert!(passes_soon(&api(429, "RATE_LIMIT_EXCEEDED")));
        assert!(passes_soon(&api(500, "API_ERROR")));
        assert!(passes_soon(&plaid::Error::ConnectionLost));
        assert!(passes_soon(&plaid::Error::Truncated { status: 200 }));
        assert!(passes_soon(&timeout(plaid::TimeoutPhase::Connect)));
        assert!(!passes_soon(&api(400, "ITEM_ERROR")));
        assert!(!passes_soon(&timeout(plaid::TimeoutPhase::Answer)));

        let again = unbilled_and_passes_soon;
        assert!(again(&api(429, "RATE_LIMIT_EXCEEDED")));
        assert!(again(&api(500, "API_ERROR")));
        assert!(again(&timeout(plaid::TimeoutPhase::Connect)));
        assert!(again(&plaid::Error::Connect {
            reason: plaid::ConnectFailure::Refused
        }));
        assert!(!again(&plaid::Error::ConnectionLost));
        assert!(!again(&plaid::Error::Truncated { status: 200 }));
        assert!(!again(&plaid::Error::Empty {
            status: 502,
            request_id: None
        }));
        assert!(!again(&api(400, "ITEM_ERROR")));
        assert!(!again(&timeout(plaid::TimeoutPhase::Body)));
    }
}
