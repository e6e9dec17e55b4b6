//! The end of a Link session, and its events. /link/token/get lists the events; the webhook of a Hosted Link session gets
//! the end.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ActiveSession, SESSION, SessionRequest};
use crate::api::link_sessions::{LinkInstitution, events, success};
use crate::api_call::{ApiCall, CallResult};
use crate::errors::PlaidError;
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, required};
use crate::store::link::{LinkEvent, LinkStep};
use crate::webhooks;

pub(super) static EVENT_FIELDS: [Field; 3] = [
    SESSION,
    required("event_name", NON_EMPTY_TEXT),
    required("metadata", FieldKind::Unread),
];
pub(super) static EXIT_FIELDS: [Field; 4] = [
    SESSION,
    nullable("institution_id", TEXT),
    nullable("status", TEXT),
    nullable(
        "error",
        FieldKind::Object(&[
            required("error_type", NON_EMPTY_TEXT),
            required("error_code", NON_EMPTY_TEXT),
            required("error_message", TEXT),
            nullable("display_message", TEXT),
        ]),
    ),
];

/// The customer closes the last pane: returns the public token.
pub(super) fn finish(call: &ApiCall<'_>) -> CallResult {
    let request: SessionRequest = call.read()?;
    let mut active = ActiveSession::find(call, &request.link_session_id)?;
    let (public_token, metadata) = success(call, &active.session)?.ok_or_else(|| {
        PlaidError::invalid_field(
            "link_session_id",
            "belongs to a session that is not connected",
        )
    })?;
    if active.session.step == LinkStep::Connected {
        active.session.finished_at.get_or_insert(call.now);
        active.set_step(call, LinkStep::Finished)?;
        let added = json!({"public_token": public_token});
        send_webhook(call, &active, "ITEM_ADD_RESULT", added);
        let finished = json!({"status": "SUCCESS", "public_token": public_token,
                              "public_tokens": [public_token]});
        send_webhook(call, &active, "SESSION_FINISHED", finished);
    }
    call.respond(json!({
        "public_token": public_token,
        "metadata": metadata,
        "completion_redirect_uri": active.token.settings.completion_redirect_uri,
    }))
}

/// Plaid sends webhooks for Hosted Link sessions only.
fn send_webhook(call: &ApiCall<'_>, active: &ActiveSession, code: &str, details: Value) {
    if active.session.hosted {
        let id = &active.session.link_session_id;
        webhooks::link_session(call, &active.token, id, code, details);
    }
}

/// Metadata of `onEvent` that /link/token/get does not list.
const ONLY_IN_CALLBACKS: [&str; 3] = ["is_update_mode", "link_session_id", "timestamp"];

pub(super) fn record_event(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        event_name: String,
        metadata: Map<String, Value>,
    }
    let request: Request = call.read()?;
    let active = ActiveSession::find(call, &request.link_session_id)?;
    let is_last = matches!(request.event_name.as_str(), "HANDOFF" | "EXIT");
    // In Plaid's OpenAPI description all values are strings.
    let metadata: Map<String, Value> = request
        .metadata
        .into_iter()
        .filter(|(name, value)| value.is_string() && !ONLY_IN_CALLBACKS.contains(&name.as_str()))
        .collect();
    LinkEvent {
        event_id: ids::session_id(),
        link_session_id: request.link_session_id,
        event_name: request.event_name,
        happened_at: call.now,
        metadata: serde_json::to_string(&metadata)?,
    }
    .save(call.db)?;
    if is_last {
        let events = events(call, &active.session.link_session_id)?;
        send_webhook(call, &active, "EVENTS", json!({"events": events}));
    }
    call.respond(json!({}))
}

/// The customer leaves before the end.
pub(super) fn exit(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: Option<String>,
        status: Option<String>,
        error: Option<Value>,
    }
    let request: Request = call.read()?;
    let mut active = ActiveSession::find(call, &request.link_session_id)?;
    let mut metadata = json!({
        "link_session_id": request.link_session_id,
        "request_id": call.request_id,
    });
    if let Some(institution) = LinkInstitution::find(request.institution_id.as_deref()) {
        metadata["institution"] = json!(institution);
    }
    if let Some(status) = request.status {
        metadata["status"] = status.into();
    }
    if !matches!(active.session.step, LinkStep::Finished | LinkStep::Exited) {
        let exit = json!({"error": request.error, "metadata": metadata});
        active.session.exit = Some(exit.to_string());
        active.session.finished_at.get_or_insert(call.now);
        active.set_step(call, LinkStep::Exited)?;
        let left = json!({"status": "EXITED", "public_tokens": []});
        send_webhook(call, &active, "SESSION_FINISHED", left);
    }
    let redirect = active.token.settings.completion_redirect_uri;
    call.respond(json!({"completion_redirect_uri": redirect}))
}
