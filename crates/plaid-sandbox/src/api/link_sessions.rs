//! /link/token/get: a Link token with its sessions.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{CLIENT_ID, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::Institution;
use crate::errors::INVALID_LINK_TOKEN;
use crate::request_schema::{Field, NON_EMPTY_TEXT, required};
use crate::store::accounts::{self, Account};
use crate::store::link::{LinkEvent, LinkSession, LinkToken};

/// How long after its end Plaid lists a session.
const SESSION_RETENTION: SignedDuration = SignedDuration::from_hours(6);

pub(super) static GET_FIELDS: [Field; 3] =
    [CLIENT_ID, SECRET, required("link_token", NON_EMPTY_TEXT)];

/// The metadata of Link's `onSuccess`.
#[derive(Serialize)]
pub(crate) struct SuccessMetadata {
    institution: Option<LinkInstitution>,
    accounts: Vec<SharedAccount>,
    link_session_id: String,
    transfer_status: Option<()>,
}

#[derive(Clone, Serialize)]
pub(crate) struct LinkInstitution {
    name: &'static str,
    institution_id: &'static str,
}

#[derive(Clone, Serialize)]
struct SharedAccount {
    id: String,
    name: String,
    mask: String,
    #[serde(rename = "type")]
    account_type: String,
    subtype: String,
    verification_status: Option<()>,
    class_type: Option<()>,
}

impl LinkInstitution {
    pub(crate) fn find(institution_id: Option<&str>) -> Option<Self> {
        Institution::find(institution_id?).map(|institution| Self {
            name: institution.name,
            institution_id: institution.id,
        })
    }
}

impl From<Account> for SharedAccount {
    fn from(account: Account) -> Self {
        Self {
            id: account.account_id,
            name: account.name,
            mask: account.mask,
            account_type: account.account_type,
            subtype: account.subtype,
            verification_status: None,
            class_type: None,
        }
    }
}

pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_token: String,
    }
    let request: Request = call.read()?;
    let token = LinkToken::find(call.db, &request.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
    let settings = &token.settings;
    let mut metadata = json!({
        "initial_products": settings.products,
        "webhook": settings.webhook,
        "country_codes": settings.country_codes,
        "language": settings.language,
        "redirect_uri": settings.redirect_uri,
        "client_name": settings.client_name,
    });
    if let Some(filters) = &settings.account_filters {
        metadata["account_filters"] = json!(filters);
    }
    call.respond(json!({
        "link_token": token.link_token,
        "created_at": token.created_at,
        "expiration": token.expires_at,
        "link_sessions": sessions(call, &token)?,
        "metadata": metadata,
    }))
}

/// Plaid lists the sessions of Hosted Link tokens only.
fn sessions(call: &ApiCall<'_>, token: &LinkToken) -> Result<Vec<Value>, CallFailure> {
    if token.hosted_id.is_none() {
        return Ok(Vec::new());
    }
    let is_recent = |session: &LinkSession| {
        session
            .finished_at
            .is_none_or(|end| call.now.0.duration_since(end.0) < SESSION_RETENTION)
    };
    LinkSession::of_token(call.db, &token.link_token)?
        .into_iter()
        .filter(is_recent)
        .map(|session| session_body(call, &session))
        .collect()
}

fn session_body(call: &ApiCall<'_>, session: &LinkSession) -> Result<Value, CallFailure> {
    let success = success(call, session)?;
    let exit: Option<Value> = session
        .exit
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?;
    let results = success.as_ref().map(|(public_token, metadata)| {
        json!({
            "item_add_results": [{
                "public_token": public_token,
                "accounts": metadata.accounts,
                "institution": metadata.institution,
            }],
            "cra_item_add_results": [],
            "cra_update_results": [],
            "bank_income_results": [],
            "payroll_income_results": [],
            "document_income_results": null,
        })
    });
    Ok(json!({
        "link_session_id": session.link_session_id,
        "started_at": session.started_at,
        "finished_at": session.finished_at,
        "on_success": success.map(|(public_token, metadata)| {
            json!({"public_token": public_token, "metadata": metadata})
        }),
        "on_exit": exit,
        "exit": exit,
        "events": events(call, &session.link_session_id)?,
        "results": results,
    }))
}

/// The public token and `onSuccess` metadata of a session that succeeded.
pub(crate) fn success(
    call: &ApiCall<'_>,
    session: &LinkSession,
) -> Result<Option<(String, SuccessMetadata)>, CallFailure> {
    let (Some(public_token), Some(item_id)) = (&session.public_token, &session.item_id) else {
        return Ok(None);
    };
    let metadata = SuccessMetadata {
        institution: LinkInstitution::find(session.institution_id.as_deref()),
        accounts: accounts::open_of_item(call.db, item_id)?
            .into_iter()
            .filter(|account| session.shared.has(&account.account_id))
            .map(SharedAccount::from)
            .collect(),
        link_session_id: session.link_session_id.clone(),
        transfer_status: None,
    };
    Ok(Some((public_token.clone(), metadata)))
}

pub(crate) fn events(call: &ApiCall<'_>, link_session_id: &str) -> Result<Vec<Value>, CallFailure> {
    LinkEvent::of_session(call.db, link_session_id)?
        .into_iter()
        .map(|event| {
            Ok(json!({
                "event_id": event.event_id,
                "event_name": event.event_name,
                "timestamp": event.happened_at,
                "event_metadata": serde_json::from_str::<Value>(&event.metadata)?,
            }))
        })
        .collect()
}
