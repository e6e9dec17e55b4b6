//! The control endpoint: a second port on loopback that changes the simulated conditions, Items and accounts. Every
//! response shows the whole state and all possible settings, so that a menu needs no lists of its own.

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
use strum::VariantArray as _;

use crate::api;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::{Health, INSTITUTIONS, Institution};
use crate::conditions::{RateLimits, SimulatedFault};
use crate::errors::{self, INVALID_ACCESS_TOKEN, INVALID_ACCOUNT_ID};
use crate::requests::Sandbox;
use crate::store::SandboxTime;
use crate::store::accounts::{self, Account};
use crate::store::items::{Item, ItemNotice, OAuthReason};

/// Ten years.
const MAX_ADVANCE_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;
const MAX_FAULTS: usize = 10_000;

#[derive(Debug, thiserror::Error)]
enum ControlRequestError {
    #[error("no endpoint has the path {0}")]
    NoEndpoint(String),
    #[error("times must be from 1 to {MAX_FAULTS}")]
    Times,
    #[error(transparent)]
    Latency(#[from] crate::conditions::UnknownLatency),
    #[error("no institution has the id {0}")]
    NoInstitution(String),
    #[error("no Item has this item_id or access_token")]
    NoItem,
    #[error("set either error_code or notice")]
    AmbiguousChange,
    #[error("no account has this account_id")]
    NoAccount,
    #[error("the error code {0} cannot be set; these can: {codes}", codes = all_codes())]
    UnknownErrorCode(String),
    #[error("advance_seconds must be from 0 to {MAX_ADVANCE_SECONDS}")]
    SandboxClock,
    #[error(transparent)]
    Failed(#[from] CallFailure),
}

fn all_codes() -> String {
    errors::forcible_codes().collect::<Vec<_>>().join(", ")
}

impl IntoResponse for ControlRequestError {
    fn into_response(self) -> Response<Body> {
        let status = match self {
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({"error": self.to_string()}))).into_response()
    }
}

#[derive(Serialize)]
struct ControlOverview {
    now: String,
    latency: String,
    limits: RateLimits,
    faults: BTreeMap<String, VecDeque<SimulatedFault>>,
    institutions: Vec<InstitutionOverview>,
    /// Newest first, without removed ones.
    items: Box<RawValue>,
    choices: ControlChoices,
}

#[derive(Serialize)]
struct InstitutionOverview {
    institution_id: &'static str,
    name: &'static str,
    health: Health,
    /// Before any change.
    usual_health: Health,
}

#[derive(Serialize)]
struct ItemOverview {
    item_id: String,
    institution_id: String,
    institution_name: &'static str,
    username: String,
    created_at: SandboxTime,
    webhook: Option<String>,
    error_code: Option<&'static str>,
    error_code_reason: Option<OAuthReason>,
    notice: Option<ItemNotice>,
    notice_ends_at: Option<SandboxTime>,
    accounts: Vec<AccountOverview>,
}

#[derive(Serialize)]
struct AccountOverview {
    account_id: String,
    name: String,
    mask: String,
    closed: bool,
}

#[derive(Serialize)]
struct ControlChoices {
    /// Or milliseconds.
    latencies: [&'static str; 2],
    limits: &'static [RateLimits],
    faults: &'static [SimulatedFault],
    health: &'static [Health],
    error_codes: Vec<&'static str>,
    error_code_reasons: &'static [OAuthReason],
    notices: &'static [ItemNotice],
    paths: Vec<&'static str>,
}

type OverviewResult = Result<Json<ControlOverview>, ControlRequestError>;
type SharedSandbox = State<Arc<Sandbox>>;

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
        .run(|call| Ok(serde_json::to_string(&item_overviews(call)?)?))
        .await?;
    let settings = sandbox.conditions.snapshot();
    Ok(Json(ControlOverview {
        now: sandbox.clock.now().to_string(),
        latency: settings.latency,
        limits: settings.limits,
        faults: settings.faults,
        institutions: INSTITUTIONS
            .iter()
            .map(|institution| InstitutionOverview {
                institution_id: institution.id,
                name: institution.name,
                health: sandbox.conditions.health(institution),
                usual_health: institution.health,
            })
            .collect(),
        items: RawValue::from_string(items).map_err(CallFailure::from)?,
        choices: ControlChoices {
            latencies: ["none", "lifelike"],
            limits: RateLimits::VARIANTS,
            faults: SimulatedFault::VARIANTS,
            health: Health::VARIANTS,
            error_codes: errors::forcible_codes().collect(),
            error_code_reasons: OAuthReason::VARIANTS,
            notices: ItemNotice::VARIANTS,
            paths: api::paths().collect(),
        },
    }))
}

fn item_overviews(call: &ApiCall<'_>) -> Result<Vec<ItemOverview>, CallFailure> {
    Item::list(call.db)?
        .into_iter()
        .map(|mut item| {
            call.end_notice_when_due(&mut item)?;
            let accounts = accounts::all_of_item(call.db, &item.item_id)?
                .into_iter()
                .map(|account| AccountOverview {
                    closed: account.closed_at.is_some()
                        || api::is_closed_by_bank(call, &item, &account.mask),
                    account_id: account.account_id,
                    name: account.name,
                    mask: account.mask,
                })
                .collect();
            Ok(ItemOverview {
                institution_name: Institution::name_of(&item.institution_id),
                item_id: item.item_id,
                institution_id: item.institution_id,
                username: item.username,
                created_at: item.created_at,
                webhook: item.webhook,
                error_code: item.error.map(|code| code.error_code),
                error_code_reason: item.error_reason,
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
    sandbox.conditions.set_latency(word.parse()?);
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
    sandbox.conditions.set_limits(change.limits);
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
    if api::find(&change.path).is_none() {
        return Err(ControlRequestError::NoEndpoint(change.path));
    }
    if !(1..=MAX_FAULTS).contains(&change.times) {
        return Err(ControlRequestError::Times);
    }
    sandbox
        .conditions
        .add_faults(&change.path, change.fault, change.times);
    overview(&sandbox).await
}

async fn clear_faults(State(sandbox): SharedSandbox, Json(_): Json<Value>) -> OverviewResult {
    sandbox.conditions.clear_faults();
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
        .ok_or(ControlRequestError::NoInstitution(change.institution_id))?;
    sandbox.conditions.set_health(institution, change.health);
    overview(&sandbox).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeItem {
    item_id: Option<String>,
    access_token: Option<String>,
    /// null clears the error, and for `notice` the notice.
    #[serde(default, deserialize_with = "distinguish_null")]
    error_code: Option<Option<String>>,
    error_code_reason: Option<OAuthReason>,
    #[serde(default, deserialize_with = "distinguish_null")]
    notice: Option<Option<ItemNotice>>,
}

/// Distinguishes null from an absent field.
fn distinguish_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

async fn change_item(
    State(sandbox): SharedSandbox,
    Json(change): Json<ChangeItem>,
) -> OverviewResult {
    let error = match &change.error_code {
        Some(Some(code)) => Some(
            errors::forcible(code)
                .ok_or_else(|| ControlRequestError::UnknownErrorCode(code.clone()))?,
        ),
        _ => None,
    };
    if change.error_code.is_some() == change.notice.is_some() {
        return Err(ControlRequestError::AmbiguousChange);
    }
    let changed = sandbox
        .run(move |call| {
            let item = match (&change.item_id, &change.access_token) {
                (Some(item_id), _) => Item::find(call.db, item_id)?,
                (None, Some(token)) => Item::by_access_token(call.db, token)?,
                (None, None) => None,
            };
            // `not_found` below turns this error into `NoItem`.
            let mut item = item.ok_or(&INVALID_ACCESS_TOKEN)?;
            match change.notice {
                Some(notice) => call.set_item_notice(&mut item, notice)?,
                None => call.set_item_error(&mut item, error, change.error_code_reason)?,
            }
            Ok(String::new())
        })
        .await;
    not_found(changed, ControlRequestError::NoItem)?;
    overview(&sandbox).await
}

fn not_found(changed: CallResult, error: ControlRequestError) -> Result<(), ControlRequestError> {
    match changed {
        Ok(_) => Ok(()),
        Err(CallFailure::Plaid(_)) => Err(error),
        Err(failure) => Err(ControlRequestError::Failed(failure)),
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
        .run(move |call| {
            let mut account =
                Account::find(call.db, &change.account_id)?.ok_or(&INVALID_ACCOUNT_ID)?;
            account.closed_at = change.closed.then_some(call.now);
            account.save(call.db)?;
            Ok(String::new())
        })
        .await;
    not_found(changed, ControlRequestError::NoAccount)?;
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
    if !(0..=MAX_ADVANCE_SECONDS).contains(&change.advance_seconds) {
        return Err(ControlRequestError::SandboxClock);
    }
    sandbox
        .clock
        .advance(SignedDuration::from_secs(change.advance_seconds));
    overview(&sandbox).await
}
