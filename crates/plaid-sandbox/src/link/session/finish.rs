//! How a session ends, what it tells on the way, and whom: events are kept for
//! /link/token/get, and the webhook of a Hosted Link session hears of its end.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ActiveSession, Done, SESSION, SessionRequest};
use crate::api::link::{LinkInstitution, SuccessMetadata, events, success};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::Institution;
use crate::errors::PlaidError;
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, required};
use crate::store::link::{self, LinkEvent, LinkStep};
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

/// The person saw the end: hand over the public token.
pub(super) fn finish(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Finished {
        public_token: String,
        metadata: SuccessMetadata,
        completion_redirect_uri: Option<String>,
    }
    let request: SessionRequest = call.read()?;
    let mut running = ActiveSession::find(call, &request.link_session_id)?;
    let (public_token, metadata) = success(call, &running.session)?.ok_or_else(|| {
        PlaidError::field(
            "link_session_id",
            "belongs to a session that is not connected",
        )
    })?;
    if running.session.step == LinkStep::Connected {
        running.session.finished_at.get_or_insert(call.now);
        running.go(call, LinkStep::Finished)?;
        let added = json!({"public_token": public_token});
        tell(call, &running, "ITEM_ADD_RESULT", added);
        let finished = json!({"status": "SUCCESS", "public_token": public_token,
                              "public_tokens": [public_token]});
        tell(call, &running, "SESSION_FINISHED", finished);
    }
    let completion_redirect_uri = running.token.settings.completion_redirect_uri;
    call.answer(Finished {
        public_token,
        metadata,
        completion_redirect_uri,
    })
}

/// Plaid tells of Hosted Link sessions only.
fn tell(call: &ApiCall<'_>, running: &ActiveSession, code: &str, more: Value) {
    if running.session.hosted {
        let id = &running.session.link_session_id;
        webhooks::link_session(call, &running.token, id, code, more);
    }
}

/// What `onEvent` tells of an event and /link/token/get does not.
const ONLY_IN_CALLBACKS: [&str; 3] = ["is_update_mode", "link_session_id", "timestamp"];

pub(super) fn record_event(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        event_name: String,
        metadata: Map<String, Value>,
    }
    let request: Request = call.read()?;
    let running = ActiveSession::find(call, &request.link_session_id)?;
    let last = matches!(request.event_name.as_str(), "HANDOFF" | "EXIT");
    // Plaid's description knows texts only, and no nulls.
    let metadata: Map<String, Value> = request
        .metadata
        .into_iter()
        .filter(|(name, value)| value.is_string() && !ONLY_IN_CALLBACKS.contains(&name.as_str()))
        .collect();
    link::insert_event(
        call.db,
        &running.session.link_session_id,
        &LinkEvent {
            event_id: ids::session_id(),
            event_name: request.event_name,
            happened_at: call.now,
            metadata: serde_json::to_string(&metadata)?,
        },
    )?;
    if last {
        tell_events(call, &running)?;
    }
    call.answer(Done {})
}

fn tell_events(call: &ApiCall<'_>, running: &ActiveSession) -> Result<(), CallFailure> {
    let events = events(call, &running.session.link_session_id)?;
    tell(call, running, "EVENTS", json!({"events": events}));
    Ok(())
}

/// The person left before the end.
pub(super) fn exit(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: Option<String>,
        status: Option<String>,
        error: Option<Value>,
    }
    #[derive(Serialize)]
    struct Exit<'a> {
        error: Option<Value>,
        metadata: ExitMetadata<'a>,
    }
    #[derive(Serialize)]
    struct ExitMetadata<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        institution: Option<LinkInstitution>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        link_session_id: &'a str,
        request_id: &'a str,
    }
    #[derive(Serialize)]
    struct Left {
        completion_redirect_uri: Option<String>,
    }
    let request: Request = call.read()?;
    let mut running = ActiveSession::find(call, &request.link_session_id)?;
    let institution = request
        .institution_id
        .as_deref()
        .and_then(Institution::find);
    let exit = serde_json::to_string(&Exit {
        error: request.error,
        metadata: ExitMetadata {
            institution: institution.map(LinkInstitution::from),
            status: request.status,
            link_session_id: &running.session.link_session_id,
            request_id: call.request_id,
        },
    })?;
    if !matches!(running.session.step, LinkStep::Finished | LinkStep::Exited) {
        running.session.exit = Some(exit);
        running.session.finished_at.get_or_insert(call.now);
        running.go(call, LinkStep::Exited)?;
        let left = json!({"status": "EXITED", "public_tokens": []});
        tell(call, &running, "SESSION_FINISHED", left);
    }
    call.answer(Left {
        completion_redirect_uri: running.token.settings.completion_redirect_uri,
    })
}
