//! The control endpoint: a second port on loopback, on which whoever runs the stand-in sets
//! what goes wrong. Every change is answered with everything as it is then, and with all that
//! can be chosen, so that a menu needs to know no lists of its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::api;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::{Health, INSTITUTIONS, Institution};
use crate::conditions::{RateLimits, SimulatedFault};
use crate::errors::{self, INVALID_ACCESS_TOKEN, INVALID_ACCOUNT_ID};
use crate::server::Sandbox;
use crate::store::Moment;
use crate::store::accounts;
use crate::store::items::{self, ItemNotice, OAuthReason};

/// How far the clock can be moved at once: ten years.
const FURTHEST: i64 = 10 * 366 * 24 * 60 * 60;
/// How many calls of one endpoint can be made to fail at once.
const MOST_FAULTS: usize = 10_000;

/// A change that cannot be made, in words for whoever asked for it.
#[derive(Debug, thiserror::Error)]
enum ControlError {
    #[error("no endpoint has the path {0}")]
    NoEndpoint(String),
    #[error("times is from 1 to {MOST_FAULTS}")]
    Times,
    #[error(transparent)]
    Latency(#[from] crate::conditions::UnknownLatency),
    #[error("no institution has the id {0}")]
    NoInstitution(String),
    #[error("no Item has this item_id or access_token")]
    NoItem,
    #[error("say either error_code or notice")]
    NoOneChange,
    #[error("no account has this account_id")]
    NoAccount,
    #[error("an Item cannot be put into {0}; it can into: {codes}", codes = all_codes())]
    NoSuchError(String),
    #[error("advance_seconds is from 0 to {FURTHEST}")]
    SandboxClock,
    #[error(transparent)]
    Failed(#[from] CallFailure),
}

fn all_codes() -> String {
    errors::forced_codes().collect::<Vec<_>>().join(", ")
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response<Body> {
        let status = match self {
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({"error": self.to_string()}))).into_response()
    }
}

/// Everything as it is.
#[derive(Serialize)]
struct ControlOverview {
    now: String,
    latency: String,
    limits: RateLimits,
    /// What goes wrong next, by path.
    faults: BTreeMap<String, VecDeque<SimulatedFault>>,
    institutions: Vec<InstitutionOverview>,
    /// The newest first; without those that were removed.
    items: Box<RawValue>,
    choices: ControlChoices,
}

#[derive(Serialize)]
struct InstitutionOverview {
    institution_id: &'static str,
    name: &'static str,
    health: Health,
    /// What it is at the start.
    usual_health: Health,
}

#[derive(Serialize)]
struct ItemOverview {
    item_id: String,
    institution_id: String,
    institution_name: &'static str,
    username: String,
    created_at: Moment,
    webhook: Option<String>,
    error_code: Option<&'static str>,
    error_code_reason: Option<OAuthReason>,
    notice: Option<ItemNotice>,
    notice_ends_at: Option<Moment>,
    accounts: Vec<AccountOverview>,
}

#[derive(Serialize)]
struct AccountOverview {
    account_id: String,
    name: String,
    mask: String,
    closed: bool,
}

/// What every setting can be.
#[derive(Serialize)]
struct ControlChoices {
    /// Milliseconds are possible, too.
    latencies: [&'static str; 2],
    limits: [RateLimits; 3],
    faults: [SimulatedFault; 9],
    health: [Health; 4],
    error_codes: Vec<&'static str>,
    error_code_reasons: [OAuthReason; 3],
    notices: [ItemNotice; 3],
    paths: Vec<&'static str>,
}

type OverviewResult = Result<Json<ControlOverview>, ControlError>;
type SharedSandbox = State<Arc<Sandbox>>;

/// The control endpoint's paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/control", get(show))
        .route("/control/latency", post(set_latency))
        .route("/control/limits", post(set_limits))
        .route("/control/faults", post(add_faults))
        .route("/control/faults/clear", post(clear_faults))
        .route("/control/institution", post(set_health))
        .route("/control/item", post(change_item))
        .route("/control/account", post(close_account))
        .route("/control/clock", post(advance_clock))
}

async fn overview(sandbox: &Arc<Sandbox>) -> OverviewResult {
    let items = sandbox
        .act(|call| Ok(serde_json::to_string(&items_of(call)?)?))
        .await?;
    let shown = sandbox.control.show();
    Ok(Json(ControlOverview {
        now: sandbox.clock.now().to_string(),
        latency: shown.latency,
        limits: shown.limits,
        faults: shown.faults,
        institutions: INSTITUTIONS
            .iter()
            .map(|institution| InstitutionOverview {
                institution_id: institution.id,
                name: institution.name,
                health: sandbox.control.health(institution),
                usual_health: institution.health,
            })
            .collect(),
        items: RawValue::from_string(items).map_err(CallFailure::from)?,
        choices: ControlChoices {
            latencies: ["none", "lifelike"],
            limits: [RateLimits::Off, RateLimits::Sandbox, RateLimits::Production],
            faults: SimulatedFault::ALL,
            health: [
                Health::Healthy,
                Health::Degraded,
                Health::Down,
                Health::Unsupported,
            ],
            error_codes: errors::forced_codes().collect(),
            error_code_reasons: OAuthReason::ALL,
            notices: ItemNotice::ALL,
            paths: api::paths().collect(),
        },
    }))
}

fn items_of(call: &ApiCall<'_>) -> Result<Vec<ItemOverview>, CallFailure> {
    items::all(call.db)?
        .into_iter()
        .map(|item| {
            let item = call.lapsed(item)?;
            let accounts = accounts::with_closed(call.db, &item.item_id)?
                .into_iter()
                .map(|account| AccountOverview {
                    closed: account.closed_at.is_some()
                        || api::is_closed(call, &item, &account.mask),
                    account_id: account.account_id,
                    name: account.name,
                    mask: account.mask,
                })
                .collect();
            Ok(ItemOverview {
                institution_name: Institution::find(&item.institution_id)
                    .map_or("", |institution| institution.name),
                item_id: item.item_id,
                institution_id: item.institution_id,
                username: item.username,
                created_at: item.created_at,
                webhook: item.webhook,
                error_code: item.error.map(|code| code.error_code),
                error_code_reason: item.reason,
                notice: item.notice,
                notice_ends_at: item.notice_ends_at,
                accounts,
            })
        })
        .collect()
}

async fn show(State(sandbox): SharedSandbox) -> OverviewResult {
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLatency {
    /// `"none"`, `"lifelike"` or milliseconds.
    latency: Value,
}

async fn set_latency(
    State(sandbox): SharedSandbox,
    Json(change): Json<SetLatency>,
) -> OverviewResult {
    let word = match change.latency {
        Value::String(word) => word,
        other => other.to_string(),
    };
    sandbox.control.set_latency(word.parse()?);
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLimits {
    limits: RateLimits,
}

async fn set_limits(
    State(sandbox): SharedSandbox,
    Json(change): Json<SetLimits>,
) -> OverviewResult {
    sandbox.control.set_limits(change.limits);
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddFaults {
    path: String,
    fault: SimulatedFault,
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

async fn add_faults(
    State(sandbox): SharedSandbox,
    Json(change): Json<AddFaults>,
) -> OverviewResult {
    if api::endpoint(&change.path).is_none() {
        return Err(ControlError::NoEndpoint(change.path));
    }
    if !(1..=MOST_FAULTS).contains(&change.times) {
        return Err(ControlError::Times);
    }
    sandbox
        .control
        .add_faults(&change.path, change.fault, change.times);
    overview(&sandbox).await
}

async fn clear_faults(State(sandbox): SharedSandbox, Json(_): Json<Value>) -> OverviewResult {
    sandbox.control.clear_faults();
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetHealth {
    institution_id: String,
    health: Health,
}

async fn set_health(
    State(sandbox): SharedSandbox,
    Json(change): Json<SetHealth>,
) -> OverviewResult {
    let institution = Institution::find(&change.institution_id)
        .ok_or(ControlError::NoInstitution(change.institution_id))?;
    sandbox.control.set_health(institution, change.health);
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeItem {
    item_id: Option<String>,
    access_token: Option<String>,
    /// The error to put the Item into; null makes it well.
    #[serde(default, deserialize_with = "said")]
    error_code: Option<Option<String>>,
    error_code_reason: Option<OAuthReason>,
    /// What to announce; null takes it back.
    #[serde(default, deserialize_with = "said")]
    notice: Option<Option<ItemNotice>>,
}

/// Tells null from nothing said.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

async fn change_item(
    State(sandbox): SharedSandbox,
    Json(change): Json<ChangeItem>,
) -> OverviewResult {
    let error = match &change.error_code {
        Some(Some(code)) => {
            Some(errors::forced(code).ok_or_else(|| ControlError::NoSuchError(code.clone()))?)
        }
        _ => None,
    };
    if change.error_code.is_some() == change.notice.is_some() {
        return Err(ControlError::NoOneChange);
    }
    let changed = sandbox
        .act(move |call| {
            let item = match (&change.item_id, &change.access_token) {
                (Some(item_id), _) => items::find(call.db, item_id)?,
                (None, Some(token)) => items::by_access_token(call.db, token)?,
                (None, None) => None,
            };
            // Only a private word between this closure and `or_none` below.
            let item = item.ok_or(&INVALID_ACCESS_TOKEN)?;
            match change.notice {
                Some(notice) => call.announce(&item, notice)?,
                None => call.break_item(item, error, change.error_code_reason)?,
            }
            Ok(String::new())
        })
        .await;
    or_none(changed, ControlError::NoItem)?;
    overview(&sandbox).await
}

/// What Plaid would refuse is something that is not there.
fn or_none(changed: CallResult, none: ControlError) -> Result<(), ControlError> {
    match changed {
        Ok(_) => Ok(()),
        Err(CallFailure::Plaid(_)) => Err(none),
        Err(failure) => Err(ControlError::Failed(failure)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseAccount {
    account_id: String,
    closed: bool,
}

async fn close_account(
    State(sandbox): SharedSandbox,
    Json(change): Json<CloseAccount>,
) -> OverviewResult {
    let changed = sandbox
        .act(move |call| {
            let closed_at = change.closed.then_some(call.now);
            if accounts::set_closed(call.db, &change.account_id, closed_at)? {
                Ok(String::new())
            } else {
                Err(CallFailure::from(&INVALID_ACCOUNT_ID))
            }
        })
        .await;
    or_none(changed, ControlError::NoAccount)?;
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceClock {
    advance_seconds: i64,
}

async fn advance_clock(
    State(sandbox): SharedSandbox,
    Json(change): Json<AdvanceClock>,
) -> OverviewResult {
    if !(0..=FURTHEST).contains(&change.advance_seconds) {
        return Err(ControlError::SandboxClock);
    }
    sandbox
        .clock
        .advance(SignedDuration::from_secs(change.advance_seconds));
    overview(&sandbox).await
}
