//! Faults on demand: how long banks take, which limits hold, what goes wrong next and which
//! institutions are down. It is set by the options, and by the control endpoint while the
//! stand-in runs; a restart forgets it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bank::institutions::{Health, Institution};
use crate::errors::{self, ErrorCode};

/// How long a bank takes to answer for live balances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Latency {
    /// No time at all.
    #[default]
    None,
    /// As Plaid documents it: three seconds in the median, eleven at the 95th percentile, now
    /// and then half a minute; the same times in the same order at every start.
    Lifelike,
    /// Always the same.
    Fixed(Duration),
}

/// Which of Plaid's documented limits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimits {
    /// None.
    #[default]
    Off,
    /// Those of Plaid's Sandbox.
    Sandbox,
    /// Those of Plaid's Production.
    Production,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SimulatedFault {
    /// HTTP 429 with the endpoint's own code; that of the Item, where it has two.
    RateLimit,
    /// HTTP 429 with the endpoint's code for the client.
    ClientRateLimit,
    /// HTTP 429 with INSTITUTION_RATE_LIMIT: the bank itself is asked too often.
    InstitutionRateLimit,
    /// HTTP 400 with INSTITUTION_NOT_RESPONDING.
    InstitutionNotResponding,
    /// HTTP 500 with Plaid's error body.
    InternalServerError,
    /// HTTP 503 with a page of HTML, as from a proxy.
    Unavailable,
    /// The connection is reset before anything is done.
    ConnectionReset,
    /// The connection is reset after the call took effect.
    AnswerLost,
    /// The call takes effect, and half of its answer arrives.
    TruncatedBody,
}

impl SimulatedFault {
    /// All there are.
    pub(crate) const ALL: [Self; 9] = [
        Self::RateLimit,
        Self::ClientRateLimit,
        Self::InstitutionRateLimit,
        Self::InstitutionNotResponding,
        Self::InternalServerError,
        Self::Unavailable,
        Self::ConnectionReset,
        Self::AnswerLost,
        Self::TruncatedBody,
    ];

    /// The error that a call of this path is answered with, where it is answered with one.
    pub(crate) fn error(self, path: &str) -> Option<&'static ErrorCode> {
        match self {
            Self::RateLimit => Some(limit_of(path)),
            Self::ClientRateLimit => Some(client_limit_of(path)),
            Self::InstitutionRateLimit => Some(&errors::INSTITUTION_RATE_LIMIT),
            Self::InstitutionNotResponding => Some(&errors::INSTITUTION_NOT_RESPONDING),
            Self::InternalServerError => Some(&errors::INTERNAL_SERVER_ERROR),
            Self::Unavailable | Self::ConnectionReset | Self::AnswerLost | Self::TruncatedBody => {
                None
            }
        }
    }

    /// Whether the call takes effect all the same.
    pub(crate) fn is_carried_out(self) -> bool {
        matches!(self, Self::AnswerLost | Self::TruncatedBody)
    }
}

/// The quantiles of a lifelike latency: share of calls, and milliseconds not exceeded.
const LIFELIKE: [(f64, f64); 7] = [
    (0.0, 900.0),
    (0.25, 2_000.0),
    (0.5, 3_000.0),
    (0.75, 4_800.0),
    (0.95, 11_000.0),
    (0.99, 20_000.0),
    (1.0, 35_000.0),
];

/// The fractional part of the golden ratio: its multiples fill the unit interval evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The limits of one endpoint: calls a minute.
struct EndpointLimits {
    path: &'static str,
    /// Sandbox, Production.
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

/// Everything that can be set.
#[derive(Debug, Default)]
pub(crate) struct Conditions(Mutex<ConditionSettings>);

#[derive(Debug, Default)]
struct ConditionSettings {
    latency: Latency,
    limits: RateLimits,
    /// How many calls have waited for a bank.
    waits: u32,
    /// What goes wrong next, by path.
    faults: BTreeMap<String, VecDeque<SimulatedFault>>,
    health: BTreeMap<&'static str, Health>,
    /// The calls of the last minute, by path and token; without a token those of the client.
    calls: HashMap<(&'static str, Option<String>), VecDeque<Timestamp>>,
}

/// The settings as the control endpoint shows them.
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
        // Every change below is one assignment, so that a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self) -> ConditionsSnapshot {
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

    /// How well an institution works at this moment.
    pub(crate) fn health(&self, institution: &Institution) -> Health {
        let settings = self.settings();
        let set = settings.health.get(institution.id);
        set.copied().unwrap_or(institution.health)
    }

    /// What an Item was asked under its old access token counts under its new one.
    pub(crate) fn rotate(&self, old: &str, new: &str) {
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

    /// Makes the next calls of a path go wrong.
    pub(crate) fn add_faults(&self, path: &str, fault: SimulatedFault, times: usize) {
        let mut settings = self.settings();
        let faults = settings.faults.entry(path.to_owned()).or_default();
        faults.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn clear_faults(&self) {
        self.settings().faults.clear();
    }

    /// What goes wrong with this call.
    pub(crate) fn next_fault(&self, path: &str) -> Option<SimulatedFault> {
        let mut settings = self.settings();
        let faults = settings.faults.get_mut(path)?;
        let fault = faults.pop_front();
        if faults.is_empty() {
            settings.faults.remove(path);
        }
        fault
    }

    /// How long the bank takes this time.
    pub(crate) fn next_latency(&self) -> Duration {
        let mut settings = self.settings();
        match settings.latency {
            Latency::None => Duration::ZERO,
            Latency::Fixed(time) => time,
            Latency::Lifelike => {
                settings.waits = settings.waits.wrapping_add(1);
                lifelike(settings.waits)
            }
        }
    }

    /// Counts a call, or says which limit it is beyond. A call beyond a limit does not count.
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
        let of_item = limits
            .per_item
            .zip(access_token)
            .map(|((rates, code), token)| ((path, Some(token.to_owned())), rates[column], code));
        let (rates, code) = limits.per_client;
        let keys = [Some(((path, None), rates[column], code)), of_item];
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

/// The error that a client's call of this path is answered with when it made too many.
fn client_limit_of(path: &str) -> &'static ErrorCode {
    let known = LIMITS.iter().find(|limits| limits.path == path);
    known.map_or(&errors::RATE_LIMIT, |limits| limits.per_client.1)
}

/// The error that a call of this path is answered with when too many were made.
fn limit_of(path: &str) -> &'static ErrorCode {
    let known = LIMITS.iter().find(|limits| limits.path == path);
    known.map_or(&errors::RATE_LIMIT, |limits| {
        limits
            .per_item
            .map_or(limits.per_client.1, |(_, code)| code)
    })
}

/// The n-th lifelike latency: the quantile at the n-th multiple of the golden ratio.
fn lifelike(count: u32) -> Duration {
    let share = (f64::from(count) * GOLDEN).fract();
    let millis = LIFELIKE
        .windows(2)
        .find(|ends| share <= ends[1].0)
        .map_or(0.0, |ends| {
            let (low, high) = (ends[0], ends[1]);
            low.1 + (high.1 - low.1) * (share - low.0) / (high.0 - low.0)
        });
    Duration::from_secs_f64(millis / 1_000.0)
}

/// A word that names no latency.
#[derive(Debug, thiserror::Error)]
#[error("a latency is none, lifelike or a number of milliseconds")]
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

/// A word that names no limits.
#[derive(Debug, thiserror::Error)]
#[error("limits are off, sandbox or production")]
pub struct UnknownRateLimits;

impl std::str::FromStr for RateLimits {
    type Err = UnknownRateLimits;

    fn from_str(word: &str) -> Result<Self, UnknownRateLimits> {
        match word {
            "off" => Ok(Self::Off),
            "sandbox" => Ok(Self::Sandbox),
            "production" => Ok(Self::Production),
            _ => Err(UnknownRateLimits),
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
    fn limits_count_by_item_and_by_client_within_a_minute() {
        let control = Conditions::new(Latency::None, RateLimits::Production);
        let start = Timestamp::UNIX_EPOCH;
        let path = "/accounts/balance/get";
        for _ in 0..5 {
            control.count(path, Some("a"), start).unwrap();
        }
        assert_eq!(
            control.count(path, Some("a"), start),
            Err(&errors::BALANCE_LIMIT)
        );
        control.count(path, Some("b"), start).unwrap();
        control.rotate("a", "c");
        assert_eq!(
            control.count(path, Some("c"), start),
            Err(&errors::BALANCE_LIMIT)
        );
        control.rotate("c", "a");
        let later = start + SignedDuration::from_secs(60);
        control.count(path, Some("a"), later).unwrap();

        control.set_limits(RateLimits::Sandbox);
        for item in 0..100 {
            control.count(path, Some(&item.to_string()), later).unwrap();
        }
        assert_eq!(
            control.count(path, Some("another"), later),
            Err(&errors::ACCOUNTS_BALANCE_GET_LIMIT)
        );
        control.set_limits(RateLimits::Off);
        control.count(path, Some("another"), later).unwrap();
    }

    #[test]
    fn faults_come_as_often_as_asked_for() {
        let control = Conditions::default();
        control.add_faults("/item/get", SimulatedFault::RateLimit, 2);
        assert_eq!(control.next_fault("/accounts/get"), None);
        assert_eq!(
            control.next_fault("/item/get"),
            Some(SimulatedFault::RateLimit)
        );
        assert_eq!(
            control.next_fault("/item/get"),
            Some(SimulatedFault::RateLimit)
        );
        assert_eq!(control.next_fault("/item/get"), None);
    }
}
