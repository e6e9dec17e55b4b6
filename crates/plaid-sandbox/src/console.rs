//! The control endpoint: a second port on loopback, on which whoever runs the stand-in sets
//! what goes wrong. Every change is answered with all settings as they are then.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api;
use crate::bank::institutions::{Health, Institution};
use crate::call::Failure;
use crate::control::{Fault, Limits, Shown};
use crate::errors::{self, INVALID_ACCESS_TOKEN};
use crate::server::Sandbox;
use crate::store::items;

/// How far the clock can be moved at once: ten years.
const FURTHEST: i64 = 10 * 366 * 24 * 60 * 60;
/// How many calls of one endpoint can be made to fail at once.
const MOST_FAULTS: usize = 10_000;

/// A change that cannot be made, in words for whoever asked for it.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no endpoint has the path {0}")]
    NoEndpoint(String),
    #[error("times is from 1 to {MOST_FAULTS}")]
    Times,
    #[error(transparent)]
    Latency(#[from] crate::control::UnknownLatency),
    #[error("no institution has the id {0}")]
    NoInstitution(String),
    #[error("no Item has this item_id or access_token")]
    NoItem,
    #[error("an Item cannot be put into {0}; it can into: {codes}", codes = all_codes())]
    NoSuchError(String),
    #[error("advance_seconds is from 0 to {FURTHEST}")]
    Clock,
    #[error(transparent)]
    Failed(#[from] Failure),
}

fn all_codes() -> String {
    errors::forced_codes().collect::<Vec<_>>().join(", ")
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let status = match self {
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({"error": self.to_string()}))).into_response()
    }
}

/// All settings.
#[derive(Serialize)]
struct Settings {
    now: String,
    #[serde(flatten)]
    shown: Shown,
}

type Changed = Result<Json<Settings>, Refused>;
type Shared = State<Arc<Sandbox>>;

/// The control endpoint's paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/control", get(show))
        .route("/control/latency", post(set_latency))
        .route("/control/limits", post(set_limits))
        .route("/control/faults", post(add_faults))
        .route("/control/faults/clear", post(clear_faults))
        .route("/control/institution", post(set_health))
        .route("/control/item", post(break_item))
        .route("/control/clock", post(advance_clock))
}

fn settings(sandbox: &Sandbox) -> Json<Settings> {
    Json(Settings {
        now: sandbox.clock.now().to_string(),
        shown: sandbox.control.show(),
    })
}

async fn show(State(sandbox): Shared) -> Json<Settings> {
    settings(&sandbox)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLatency {
    /// `"none"`, `"lifelike"` or milliseconds.
    latency: Value,
}

async fn set_latency(State(sandbox): Shared, Json(change): Json<SetLatency>) -> Changed {
    let word = match change.latency {
        Value::String(word) => word,
        other => other.to_string(),
    };
    sandbox.control.set_latency(word.parse()?);
    Ok(settings(&sandbox))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLimits {
    limits: Limits,
}

async fn set_limits(State(sandbox): Shared, Json(change): Json<SetLimits>) -> Changed {
    sandbox.control.set_limits(change.limits);
    Ok(settings(&sandbox))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddFaults {
    path: String,
    fault: Fault,
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

async fn add_faults(State(sandbox): Shared, Json(change): Json<AddFaults>) -> Changed {
    if api::endpoint(&change.path).is_none() {
        return Err(Refused::NoEndpoint(change.path));
    }
    if !(1..=MOST_FAULTS).contains(&change.times) {
        return Err(Refused::Times);
    }
    sandbox
        .control
        .add_faults(&change.path, change.fault, change.times);
    Ok(settings(&sandbox))
}

async fn clear_faults(State(sandbox): Shared, Json(_): Json<Value>) -> Json<Settings> {
    sandbox.control.clear_faults();
    settings(&sandbox)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetHealth {
    institution_id: String,
    health: Health,
}

async fn set_health(State(sandbox): Shared, Json(change): Json<SetHealth>) -> Changed {
    let institution = Institution::find(&change.institution_id)
        .ok_or(Refused::NoInstitution(change.institution_id))?;
    sandbox.control.set_health(institution, change.health);
    Ok(settings(&sandbox))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakItem {
    item_id: Option<String>,
    access_token: Option<String>,
    /// The error to put the Item into; null makes it well.
    error_code: Option<String>,
}

async fn break_item(State(sandbox): Shared, Json(change): Json<BreakItem>) -> Changed {
    let error = match change.error_code {
        None => None,
        Some(code) => Some(errors::forced(&code).ok_or(Refused::NoSuchError(code))?),
    };
    let broken = sandbox
        .act(move |call| {
            let item = match (&change.item_id, &change.access_token) {
                (Some(item_id), _) => items::find(call.db, item_id)?,
                (None, Some(token)) => items::by_access_token(call.db, token)?,
                (None, None) => None,
            };
            // Only a private word between this closure and the lines below.
            let item = item.ok_or(&INVALID_ACCESS_TOKEN)?;
            call.break_item(item, error)?;
            Ok(String::new())
        })
        .await;
    match broken {
        Ok(_) => Ok(settings(&sandbox)),
        Err(Failure::Plaid(_)) => Err(Refused::NoItem),
        Err(failure) => Err(Refused::Failed(failure)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceClock {
    advance_seconds: i64,
}

async fn advance_clock(State(sandbox): Shared, Json(change): Json<AdvanceClock>) -> Changed {
    if !(0..=FURTHEST).contains(&change.advance_seconds) {
        return Err(Refused::Clock);
    }
    sandbox
        .clock
        .advance(SignedDuration::from_secs(change.advance_seconds));
    Ok(settings(&sandbox))
}
