//! The conditions that the stand-in simulates: how long banks take, which rate limits apply, which calls fail next, and the
//! health of institutions. The start options set them, and the control endpoint changes them until the next restart.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::bank::institutions::{Health, Institution};
use crate::errors::{self, ErrorCode};

/// How long live reads take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Latency {
    #[default]
    None,
    /// As Plaid documents it: median 3 s, 95th percentile 11 s, sometimes 30 s. Every start has the same sequence.
    Lifelike,
    Fixed(Duration),
}

/// Which of Plaid's documented rate limits apply.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    VariantArray,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum RateLimits {
    #[default]
    Off,
    Sandbox,
    Production,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SimulatedFault {
    /// The limit of the Item where the endpoint has one, otherwise that of the client.
    RateLimit,
    ClientRateLimit,
    InstitutionRateLimit,
    InstitutionNotResponding,
    InternalServerError,
    /// HTTP 503 with an HTML page, as from a proxy.
    Unavailable,
    /// Before the call takes effect.
    ConnectionReset,
    /// The call takes effect, then the connection is reset.
    AnswerLost,
    /// The call takes effect, and half of the response arrives.
    TruncatedBody,
}

impl SimulatedFault {
    pub(crate) fn error(self, path: &str) -> Option<&'static ErrorCode> {
        match self {
            Self::RateLimit => Some(rate_limit(path, true)),
            Self::ClientRateLimit => Some(rate_limit(path, false)),
            Self::InstitutionRateLimit => Some(&errors::INSTITUTION_RATE_LIMIT),
            Self::InstitutionNotResponding => Some(&errors::INSTITUTION_NOT_RESPONDING),
            Self::InternalServerError => Some(&errors::INTERNAL_SERVER_ERROR),
            Self::Unavailable | Self::ConnectionReset | Self::AnswerLost | Self::TruncatedBody => {
                None
            }
        }
    }

    pub(crate) fn takes_effect(self) -> bool {
        matches!(self, Self::AnswerLost | Self::TruncatedBody)
    }
}

/// Quantiles: share of calls, and milliseconds that they do not exceed.
const LIFELIKE: [(f64, f64); 7] = [
    (0.0, 900.0),
    (0.25, 2_000.0),
    (0.5, 3_000.0),
    (0.75, 4_800.0),
    (0.95, 11_000.0),
    (0.99, 20_000.0),
    (1.0, 35_000.0),
];

/// The fractional part of the golden ratio. Its multiples fill the unit interval evenly.
const GOLDEN_RATIO: f64 = 0.618_033_988_749_894_9;

/// Calls a minute, in Sandbox and in Production.
struct EndpointLimits {
    path: &'static str,
    per_item: Option<([usize; 2], &'static ErrorCode)>,
    per_client: ([usize; 2], &'static ErrorCode),
}

static LIMITS: [EndpointLimits; 5] = [
    EndpointLimits {
        path: "/accounts/balance/get",
        per_item: Some(([25, 5], &errors::BALANCE_LIMIT)),
        per_client: ([100, 1_200], &errors::ACCOUNTS_BALANCE_GET_LIMIT),
    },
    EndpointLimits {
        path: "/accounts/get",
        per_item: Some(([100, 15], &errors::ACCOUNTS_LIMIT)),
        per_client: ([5_000, 15_000], &errors::ACCOUNTS_LIMIT),
    },
    EndpointLimits {
        path: "/item/get",
        per_item: Some(([40, 15], &errors::ITEM_GET_LIMIT)),
        per_client: ([5_000, 5_000], &errors::ITEM_GET_LIMIT),
    },
    EndpointLimits {
        path: "/institutions/get",
        per_item: None,
        per_client: ([10, 25], &errors::INSTITUTIONS_GET_LIMIT),
    },
    EndpointLimits {
        path: "/institutions/get_by_id",
        per_item: None,
        per_client: ([400, 400], &errors::INSTITUTIONS_GET_BY_ID_LIMIT),
    },
];

const WINDOW: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Default)]
pub(crate) struct Conditions(Mutex<ConditionSettings>);

#[derive(Debug, Default)]
struct ConditionSettings {
    latency: Latency,
    limits: RateLimits,
    /// How many live reads there were.
    live_reads: u32,
    /// By path, next first.
    faults: BTreeMap<String, VecDeque<SimulatedFault>>,
    health: BTreeMap<&'static str, Health>,
    /// The calls of the last minute, by path and access token. Those of the client have no token.
    calls: HashMap<(&'static str, Option<String>), VecDeque<Timestamp>>,
}

pub(crate) struct ConditionsSnapshot {
    pub(crate) latency: String,
    pub(crate) limits: RateLimits,
    pub(crate) faults: BTreeMap<String, VecDeque<SimulatedFault>>,
}

impl Conditions {
    pub(crate) fn new(latency: Latency, limits: RateLimits) -> Self {
        Self(Mutex::new(ConditionSettings {
            latency,
            limits,
            ..ConditionSettings::default()
        }))
    }

    fn settings(&self) -> MutexGuard<'_, ConditionSettings> {
        // No change below can leave the settings half changed, so a poisoned lock is usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshot(&self) -> ConditionsSnapshot {
        let settings = self.settings();
        ConditionsSnapshot {
            latency: settings.latency.to_string(),
            limits: settings.limits,
            faults: settings.faults.clone(),
        }
    }

    pub(crate) fn set_latency(&self, latency: Latency) {
        self.settings().latency = latency;
    }

    pub(crate) fn set_limits(&self, limits: RateLimits) {
        let mut settings = self.settings();
        settings.limits = limits;
        settings.calls.clear();
    }

    pub(crate) fn set_health(&self, institution: &'static Institution, health: Health) {
        self.settings().health.insert(institution.id, health);
    }

    pub(crate) fn health(&self, institution: &Institution) -> Health {
        let settings = self.settings();
        let set = settings.health.get(institution.id);
        set.copied().unwrap_or(institution.health)
    }

    /// The calls that were made with the old token count for the new one.
    pub(crate) fn rotate_access_token(&self, old: &str, new: &str) {
        let mut settings = self.settings();
        for limits in &LIMITS {
            let calls = settings.calls.remove(&(limits.path, Some(old.to_owned())));
            if let Some(calls) = calls {
                settings
                    .calls
                    .insert((limits.path, Some(new.to_owned())), calls);
            }
        }
    }

    pub(crate) fn add_faults(&self, path: &str, fault: SimulatedFault, times: usize) {
        let mut settings = self.settings();
        let faults = settings.faults.entry(path.to_owned()).or_default();
        faults.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn clear_faults(&self) {
        self.settings().faults.clear();
    }

    pub(crate) fn next_fault(&self, path: &str) -> Option<SimulatedFault> {
        let mut settings = self.settings();
        let faults = settings.faults.get_mut(path)?;
        let fault = faults.pop_front();
        if faults.is_empty() {
            settings.faults.remove(path);
        }
        fault
    }

    pub(crate) fn next_latency(&self) -> Duration {
        let mut settings = self.settings();
        match settings.latency {
            Latency::None => Duration::ZERO,
            Latency::Fixed(time) => time,
            Latency::Lifelike => {
                settings.live_reads = settings.live_reads.wrapping_add(1);
                lifelike(settings.live_reads)
            }
        }
    }

    /// Counts a call, or returns the limit that it exceeds. Such a call does not count.
    pub(crate) fn count(
        &self,
        path: &'static str,
        access_token: Option<&str>,
        now: Timestamp,
    ) -> Result<(), &'static ErrorCode> {
        let mut settings = self.settings();
        let column = match settings.limits {
            RateLimits::Off => return Ok(()),
            RateLimits::Sandbox => 0,
            RateLimits::Production => 1,
        };
        let Some(limits) = LIMITS.iter().find(|limits| limits.path == path) else {
            return Ok(());
        };
        settings.calls.retain(|_, calls| {
            calls.retain(|at| now.duration_since(*at) < WINDOW);
            !calls.is_empty()
        });
        let for_item = limits
            .per_item
            .zip(access_token)
            .map(|((rates, code), token)| ((path, Some(token.to_owned())), rates[column], code));
        let (rates, code) = limits.per_client;
        let keys = [Some(((path, None), rates[column], code)), for_item];
        for (key, rate, code) in keys.iter().flatten() {
            if settings
                .calls
                .get(key)
                .is_some_and(|calls| calls.len() >= *rate)
            {
                return Err(code);
            }
        }
        for (key, ..) in keys.into_iter().flatten() {
            settings.calls.entry(key).or_default().push_back(now);
        }
        Ok(())
    }
}

fn rate_limit(path: &str, for_item: bool) -> &'static ErrorCode {
    let Some(limits) = LIMITS.iter().find(|limits| limits.path == path) else {
        return &errors::RATE_LIMIT;
    };
    let item_limit = limits.per_item.filter(|_| for_item);
    item_limit.map_or(limits.per_client.1, |(_, code)| code)
}

/// The n-th latency is the quantile at the n-th multiple of the golden ratio.
fn lifelike(count: u32) -> Duration {
    let share = (f64::from(count) * GOLDEN_RATIO).fract();
    let millis = LIFELIKE
        .windows(2)
        .find(|ends| share <= ends[1].0)
        .map_or(0.0, |ends| {
            let (low, high) = (ends[0], ends[1]);
            low.1 + (high.1 - low.1) * (share - low.0) / (high.0 - low.0)
        });
    Duration::from_secs_f64(millis / 1_000.0)
}

#[derive(Debug, thiserror::Error)]
#[error("a latency is none, lifelike, or a number of milliseconds")]
pub struct UnknownLatency;

impl std::str::FromStr for Latency {
    type Err = UnknownLatency;

    fn from_str(word: &str) -> Result<Self, UnknownLatency> {
        match word {
            "none" => Ok(Self::None),
            "lifelike" => Ok(Self::Lifelike),
            millis => millis
                .parse()
                .map(|millis| Self::Fixed(Duration::from_millis(millis)))
                .map_err(|_| UnknownLatency),
        }
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Lifelike => f.write_str("lifelike"),
            Self::Fixed(time) => write!(f, "{}", time.as_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifelike_latencies_have_the_documented_median_and_tail() {
        let mut times: Vec<_> = (1..=1_000).map(lifelike).collect();
        times.sort();
        let near = |at: usize, seconds: f64| (times[at].as_secs_f64() - seconds).abs() < 0.3;
        assert!(near(500, 3.0), "{:?}", times[500]);
        assert!(near(950, 11.0), "{:?}", times[950]);
        assert!(times[999] > Duration::from_secs(30), "{:?}", times[999]);
    }

    #[test]
    fn limits_count_calls_of_the_item_and_of_the_client_within_a_minute() {
        let conditions = Conditions::new(Latency::None, RateLimits::Production);
        let start = Timestamp::UNIX_EPOCH;
        let path = "/accounts/balance/get";
        for _ in 0..5 {
            conditions.count(path, Some("a"), start).unwrap();
        }
        assert_eq!(
            conditions.count(path, Some("a"), start),
            Err(&errors::BALANCE_LIMIT)
        );
        conditions.count(path, Some("b"), start).unwrap();
        conditions.rotate_access_token("a", "c");
        assert_eq!(
            conditions.count(path, Some("c"), start),
            Err(&errors::BALANCE_LIMIT)
        );
        conditions.rotate_access_token("c", "a");
        let later = start + SignedDuration::from_secs(60);
        conditions.count(path, Some("a"), later).unwrap();

        conditions.set_limits(RateLimits::Sandbox);
        for item in 0..100 {
            conditions
                .count(path, Some(&item.to_string()), later)
                .unwrap();
        }
        assert_eq!(
            conditions.count(path, Some("another"), later),
            Err(&errors::ACCOUNTS_BALANCE_GET_LIMIT)
        );
        conditions.set_limits(RateLimits::Off);
        conditions.count(path, Some("another"), later).unwrap();
    }

    #[test]
    fn a_fault_applies_as_often_as_set() {
        let conditions = Conditions::default();
        conditions.add_faults("/item/get", SimulatedFault::RateLimit, 2);
        assert_eq!(conditions.next_fault("/accounts/get"), None);
        assert_eq!(
            conditions.next_fault("/item/get"),
            Some(SimulatedFault::RateLimit)
        );
        assert_eq!(
            conditions.next_fault("/item/get"),
            Some(SimulatedFault::RateLimit)
        );
        assert_eq!(conditions.next_fault("/item/get"), None);
    }
}
