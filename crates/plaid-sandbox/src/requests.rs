//! Handles the requests of the API and of Link's pages: checks them, simulates latency and faults, and runs the handler on
//! the store thread. A response leaves after its changes are committed.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::api::{self, BankRead, SandboxEndpoint};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::clock::SandboxClock;
use crate::conditions::{Conditions, SimulatedFault};
use crate::errors::{
    INVALID_API_KEYS, INVALID_BODY, INVALID_HEADERS, MISSING_FIELDS, NOT_FOUND, PlaidError,
};
use crate::resettable::ResetSwitch;
use crate::rulesets::Rulesets;
use crate::store::SandboxTime;
use crate::store_queue::{CompletedWork, Durability, StoreQueue};
use crate::webhooks::WebhookSigner;
use crate::{CLIENT_ID, SECRET, ids, link, request_schema};

/// What all requests share.
pub(crate) struct Sandbox {
    pub(crate) queue: StoreQueue,
    pub(crate) clock: SandboxClock,
    pub(crate) conditions: Conditions,
    pub(crate) rulesets: Rulesets,
    pub(crate) signer: Arc<WebhookSigner>,
    /// Wakes the webhook sender.
    pub(crate) new_webhooks: Arc<Notify>,
    pub(crate) origin: String,
}

pub(crate) async fn handle_call(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(connection): ConnectInfo<ResetSwitch>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let request_id = ids::request_id();
    let call = match sandbox.check(&method, &uri, &headers, body) {
        Ok(call) => call,
        Err(error) => return respond(Err(error.into()), &request_id),
    };
    let error = call.fault.and_then(|fault| fault.error(call.endpoint.path));
    if let Some(code) = error {
        return respond(Err(CallFailure::from(code)), &request_id);
    }
    match call.fault {
        Some(SimulatedFault::Unavailable) => unavailable(),
        Some(fault @ (SimulatedFault::ConnectionReset | SimulatedFault::AnswerLost)) => {
            if fault.takes_effect() {
                // Nobody sees the response.
                let _ = sandbox.call(&call, &request_id).await;
            }
            connection.reset();
            StatusCode::NO_CONTENT.into_response()
        }
        Some(SimulatedFault::TruncatedBody) => {
            truncate(respond(sandbox.call(&call, &request_id).await, &request_id)).await
        }
        // The other faults are errors, handled above.
        _ => respond(sandbox.call(&call, &request_id).await, &request_id),
    }
}

fn respond(result: CallResult, request_id: &str) -> Response<Body> {
    let (status, body) = match result {
        Ok(body) => (200, body),
        Err(failure) => failure.response(request_id),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [
            (header::CONTENT_TYPE, "application/json; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body,
    )
        .into_response()
}

/// As from a proxy in front of Plaid.
fn unavailable() -> Response<Body> {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::CONTENT_TYPE, "text/html")],
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
         <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n",
    )
        .into_response()
}

/// Announces the full length and ends the body half way.
async fn truncate(whole: Response<Body>) -> Response<Body> {
    let (mut parts, body) = whole.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, bytes.len().into());
    let half = bytes.slice(..bytes.len() / 2);
    let end = stream::once(async {
        // The first half must leave before the connection ends.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    let body = stream::once(async { Ok::<_, io::Error>(half) }).chain(end);
    Response::from_parts(parts, Body::from_stream(body))
}

/// A call whose request is valid.
struct CheckedCall {
    endpoint: &'static SandboxEndpoint,
    body: Bytes,
    reads_bank_live: bool,
    fault: Option<SimulatedFault>,
}

impl Sandbox {
    fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<CheckedCall, PlaidError> {
        let path = uri.path();
        let public = api::find(path);
        let endpoint = public
            .or_else(|| link::session::find(path))
            .filter(|_| method == Method::POST)
            .ok_or(&NOT_FOUND)?;
        let body =
            body.map_err(|_| PlaidError::with_message(&INVALID_BODY, "body is too large"))?;
        let fields = json_object(json_text(headers, &body)?)?;
        let fault = if public.is_some() {
            check_version(headers)?;
            check_credentials(headers, &fields)?;
            let access_token = fields.get("access_token").and_then(Value::as_str);
            let now = self.clock.now();
            self.conditions.count(endpoint.path, access_token, now)?;
            self.conditions.next_fault(endpoint.path)
        } else {
            check_origin(headers, &self.origin)?;
            None
        };
        // A fault that has no effect does not depend on the request.
        if fault.is_none_or(SimulatedFault::takes_effect) {
            (endpoint.check)(&fields)?;
            request_schema::check(endpoint.fields, &fields)?;
        }
        Ok(CheckedCall {
            endpoint,
            reads_bank_live: self.reads_bank_live(endpoint.bank_read, &fields),
            body,
            fault,
        })
    }

    fn reads_bank_live(&self, read: BankRead, fields: &Map<String, Value>) -> bool {
        match read {
            BankRead::Never => false,
            BankRead::Always => true,
            BankRead::ByRuleset => {
                let key = fields.get("ruleset_key").and_then(Value::as_str);
                self.rulesets.reads_bank_live(key)
            }
        }
    }

    /// Waits for the bank, then runs the handler. Dropped while it waits, the call has no effect.
    async fn call(self: &Arc<Self>, call: &CheckedCall, request_id: &str) -> CallResult {
        if call.reads_bank_live {
            let latency = self.conditions.next_latency();
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
        }
        let (sandbox, endpoint) = (Arc::clone(self), call.endpoint);
        let (body, request_id) = (call.body.clone(), request_id.to_owned());
        let durability = match endpoint.bank_read {
            BankRead::Always => Durability::ProcessExit,
            BankRead::Never | BankRead::ByRuleset => Durability::PowerFailure,
        };
        self.queue
            .run_with(durability, move |db| {
                // `check` has already read the body as text.
                let body = std::str::from_utf8(&body).map_err(|_| &INVALID_BODY)?;
                sandbox.run_handler(db, body, &request_id, endpoint.handler)
            })
            .await
    }

    /// Runs something that is not an API call with everything that a handler has.
    pub(crate) async fn run(
        self: &Arc<Self>,
        handler: impl FnOnce(&ApiCall<'_>) -> CallResult + Send + 'static,
    ) -> CallResult {
        let sandbox = Arc::clone(self);
        let run = self
            .queue
            .run(move |db| sandbox.run_handler(db, "", "", handler));
        run.await
    }

    fn run_handler(
        &self,
        db: &rusqlite::Connection,
        body: &str,
        request_id: &str,
        handler: impl FnOnce(&ApiCall<'_>) -> CallResult,
    ) -> Result<CompletedWork, CallFailure> {
        let webhooks = RefCell::<Vec<_>>::default();
        let now = SandboxTime(self.clock.now());
        let mut work = CompletedWork::from(handler(&ApiCall {
            db,
            now,
            request_id,
            body,
            origin: &self.origin,
            conditions: &self.conditions,
            rulesets: &self.rulesets,
            signer: &self.signer,
            webhooks: &webhooks,
        })?);
        let webhooks = webhooks.into_inner();
        for webhook in &webhooks {
            webhook.save(db, now)?;
        }
        if !webhooks.is_empty() {
            let new_webhooks = Arc::clone(&self.new_webhooks);
            work.after_commit = Some(Box::new(move || new_webhooks.notify_one()));
        }
        Ok(work)
    }
}

fn json_text<'a>(headers: &HeaderMap, body: &'a Bytes) -> Result<&'a str, PlaidError> {
    let content_type = headers.get(header::CONTENT_TYPE).ok_or(&INVALID_HEADERS)?;
    let is_json = content_type.to_str().is_ok_and(|text| {
        text.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(PlaidError::with_message(
            &INVALID_BODY,
            "the Content-Type must be application/json",
        ));
    }
    Ok(std::str::from_utf8(body).map_err(|_| &INVALID_BODY)?)
}

fn json_object(body: &str) -> Result<Map<String, Value>, PlaidError> {
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(PlaidError::with_message(
            &INVALID_BODY,
            "body must be a JSON object",
        )),
        Err(_) => Err(PlaidError::from(&INVALID_BODY)),
    }
}

/// The only supported API version; it also applies without a `Plaid-Version` header.
const VERSION: &str = "2020-09-14";

fn check_version(headers: &HeaderMap) -> Result<(), PlaidError> {
    match headers.get("Plaid-Version") {
        None => Ok(()),
        Some(version) if version == VERSION => Ok(()),
        Some(_) => Err(PlaidError::with_message(
            &INVALID_HEADERS,
            format!("the Plaid-Version header is invalid: this Sandbox speaks {VERSION} only"),
        )),
    }
}

/// Credentials in headers take precedence over those in the body.
fn check_credentials(headers: &HeaderMap, fields: &Map<String, Value>) -> Result<(), PlaidError> {
    let given = |header: &str, field: &str| {
        let in_header = headers.get(header).and_then(|value| value.to_str().ok());
        in_header
            .or_else(|| fields.get(field).and_then(Value::as_str))
            .map(str::to_owned)
    };
    let client_id = given("PLAID-CLIENT-ID", "client_id");
    let secret = given("PLAID-SECRET", "secret");
    let missing: Vec<_> = [("client_id", &client_id), ("secret", &secret)]
        .into_iter()
        .filter_map(|(name, value)| value.is_none().then_some(name))
        .collect();
    if !missing.is_empty() {
        return Err(PlaidError::fields(&MISSING_FIELDS, &missing));
    }
    if client_id.as_deref() != Some(CLIENT_ID) || secret.as_deref() != Some(SECRET) {
        return Err(PlaidError::from(&INVALID_API_KEYS));
    }
    Ok(())
}

/// Link's private endpoints accept calls from the stand-in's own pages only.
fn check_origin(headers: &HeaderMap, origin: &str) -> Result<(), PlaidError> {
    let localhost = origin.replace("127.0.0.1", "localhost");
    match headers.get(header::ORIGIN).map(|value| value.to_str()) {
        None => Ok(()),
        Some(Ok(from)) if from == origin || from == localhost => Ok(()),
        Some(_) => Err(PlaidError::from(&NOT_FOUND)),
    }
}
