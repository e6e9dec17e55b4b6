//! The HTTP server: on the loopback address only, for requests that name it by a loopback
//! host only. It checks a call, waits as long as a bank would, lets go wrong what was asked
//! to, and has the ledger answer, whose changes are kept before the answer leaves.

use std::cell::RefCell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::{Router, serve::Listener as _};
use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::api::{self, BankRead, Endpoint};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::clock::SandboxClock;
use crate::conditions::{Conditions, Latency, RateLimits, SimulatedFault};
use crate::errors::{
    INVALID_API_KEYS, INVALID_BODY, INVALID_HEADERS, MISSING_FIELDS, NOT_FOUND, PlaidError,
};
use crate::resettable::{ResetSwitch, ResettableListener};
use crate::rulesets::{RulesetError, Rulesets};
use crate::store::{self, Moment, OpenError};
use crate::store_queue::{CompletedWork, Durability, StoreQueue, StoreThread};
use crate::webhook_sender::WebhookSender;
use crate::webhooks::WebhookSigner;
use crate::{CLIENT_ID, SECRET, control_api, ids, link, request_schema};

/// How long answers in progress may take when the server ends.
const GRACE: Duration = Duration::from_millis(500);

/// How a stand-in is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it keeps its state; made when it is not there.
    pub state: PathBuf,
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// The port of the control endpoint; 0 takes any that is free, none leaves it out.
    pub control_port: Option<u16>,
    /// How long a bank takes to answer for live balances.
    pub latency: Latency,
    /// Which of Plaid's rate limits hold.
    pub limits: RateLimits,
    /// What time it is.
    pub clock: SandboxClock,
}

impl Options {
    /// A stand-in that answers at once, on any free port.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self {
            state: state.into(),
            port: 0,
            control_port: None,
            latency: Latency::None,
            limits: RateLimits::Off,
            clock: SandboxClock::system(),
        }
    }
}

/// Why a stand-in could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] OpenError),
    /// The rulesets cannot be used.
    #[error(transparent)]
    Rulesets(#[from] RulesetError),
    /// Webhooks could be neither signed nor sent.
    #[error("webhooks cannot be prepared: {reason}")]
    Webhooks {
        /// What was in the way.
        reason: String,
    },
    /// The thread that keeps the state cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// Another program listens on the port.
    #[error("port {port} on 127.0.0.1 is taken; choose another, or 0 for any that is free")]
    PortTaken {
        /// The port asked for.
        port: u16,
    },
    /// The port cannot be listened on for another reason.
    #[error("cannot listen on port {port} of 127.0.0.1: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// A running stand-in.
pub struct Server {
    address: SocketAddr,
    control_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
    postman: JoinHandle<()>,
    keeper: StoreThread,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("control_address", &self.control_address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the state, binds the port and serves.
    ///
    /// # Errors
    /// When the state, the rulesets or a port cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (listener, address) = listen(options.port).await?;
        let control = match options.control_port {
            Some(port) => Some(listen(port).await?),
            None => None,
        };
        let db = store::open(&options.state)?;
        let rulesets = Rulesets::load(&options.state)?;
        let signer = Arc::new(signer(&db, &options.clock)?);
        let (ledger, keeper) = StoreQueue::keep(db).map_err(StartError::Thread)?;
        let bell = Arc::new(Notify::new());
        let postman = WebhookSender {
            ledger: ledger.clone(),
            clock: options.clock.clone(),
            signer: Arc::clone(&signer),
            bell: Arc::clone(&bell),
        };
        let postman = postman.start().map_err(no_webhooks)?;
        let sandbox = Arc::new(Sandbox {
            ledger,
            clock: options.clock,
            control: Conditions::new(options.latency, options.limits),
            rulesets,
            signer,
            bell,
            origin: format!("http://{address}"),
        });
        let (stop, stopped) = watch::channel(false);
        let control_address = control.as_ref().map(|(_, address)| *address);
        let mut tasks = vec![serve(
            listener,
            router(&sandbox, address.port()),
            stopped.clone(),
        )];
        if let Some((listener, address)) = control {
            let routes = guarded(control_api::routes(), address.port()).with_state(sandbox);
            tasks.push(serve(listener, routes, stopped));
        }
        Ok(Self {
            address,
            control_address,
            stop,
            tasks,
            postman,
            keeper,
        })
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the control endpoint, where there is one.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control_address
            .map(|address| format!("http://{address}"))
    }

    /// Stops listening, lets answers in progress go out, and gives up the state.
    pub async fn stop(self) {
        let Self {
            stop,
            tasks,
            postman,
            keeper,
            ..
        } = self;
        // The servers may have ended already; then there is nobody to tell.
        let _ = stop.send(true);
        for mut task in tasks {
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
                // Waiting for the aborted task frees the port before this returns.
                let _ = task.await;
            }
        }
        // What it has not sent is kept, and sent after the next start.
        postman.abort();
        // The ledger ends only with this thread or by a panic of its own, which changes nothing.
        let _ = tokio::task::spawn_blocking(|| keeper.close()).await;
    }
}

async fn listen(port: u16) -> Result<(ResettableListener, SocketAddr), StartError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { port },
            _ => StartError::Listen { port, source },
        })?;
    let lines = ResettableListener(listener);
    let address = lines
        .local_addr()
        .map_err(|source| StartError::Listen { port, source })?;
    Ok((lines, address))
}

fn signer(db: &rusqlite::Connection, clock: &SandboxClock) -> Result<WebhookSigner, StartError> {
    WebhookSigner::of(db, Moment(clock.now())).map_err(no_webhooks)
}

fn no_webhooks(error: impl std::error::Error) -> StartError {
    StartError::Webhooks {
        reason: error.to_string(),
    }
}

fn serve(
    listener: ResettableListener,
    routes: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<io::Result<()>> {
    tokio::spawn(async move {
        let service = routes.into_make_service_with_connect_info::<ResetSwitch>();
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                // A dropped sender means the same as a message: stop.
                let _ = stopped.wait_for(|stop| *stop).await;
            })
            .await
    })
}

/// What all requests share.
pub(crate) struct Sandbox {
    ledger: StoreQueue,
    pub(crate) clock: SandboxClock,
    pub(crate) control: Conditions,
    rulesets: Rulesets,
    signer: Arc<WebhookSigner>,
    /// Tells the postman of new webhooks.
    bell: Arc<Notify>,
    origin: String,
}

fn router(sandbox: &Arc<Sandbox>, port: u16) -> Router {
    guarded(link::pages().fallback(call_by_path), port).with_state(Arc::clone(sandbox))
}

fn guarded<S: Clone + Send + Sync + 'static>(routes: Router<S>, port: u16) -> Router<S> {
    routes.layer(middleware::from_fn_with_state(port, for_this_host_only))
}

/// Keeps out pages that reach this address through a name of their own (DNS rebinding).
async fn for_this_host_only(
    State(port): State<u16>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let names_us = ["127.0.0.1", "localhost"].iter().any(|name| {
        host.is_some_and(|host| {
            host.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(':'))
                .and_then(|port| port.parse().ok())
                == Some(port)
        })
    });
    if names_us {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers to 127.0.0.1 and localhost only.\n",
        )
            .into_response()
    }
}

/// Whose call it is: an app's with credentials, or that of Link's own frame.
#[derive(Clone, Copy)]
enum CallOrigin {
    App,
    Frame,
}

async fn call_by_path(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(line): ConnectInfo<ResetSwitch>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let request_id = ids::request_id();
    let asked = match sandbox.check(&method, &uri, &headers, body) {
        Ok(asked) => asked,
        Err(error) => return answer(Err(error.into()), &request_id),
    };
    let fault = asked.fault;
    if let Some(code) = fault.and_then(|fault| fault.error(asked.endpoint.path)) {
        return answer(Err(CallFailure::from(code)), &request_id);
    }
    match fault {
        Some(SimulatedFault::Unavailable) => unavailable(),
        Some(SimulatedFault::ConnectionReset) => {
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        Some(SimulatedFault::AnswerLost) => {
            // Whatever the answer is, nobody learns it.
            let _ = sandbox.call(&asked, &request_id).await;
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        Some(SimulatedFault::TruncatedBody) => {
            let whole = answer(sandbox.call(&asked, &request_id).await, &request_id);
            truncated(whole).await
        }
        // The others are errors, answered above.
        _ => answer(sandbox.call(&asked, &request_id).await, &request_id),
    }
}

fn answer(answer: CallResult, request_id: &str) -> Response<Body> {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(failure) => failure.answer(request_id),
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

/// What a proxy in front of Plaid would say.
fn unavailable() -> Response<Body> {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::CONTENT_TYPE, "text/html")],
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
         <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n",
    )
        .into_response()
}

/// The same answer, announced in its full length and ended half way.
async fn truncated(whole: Response<Body>) -> Response<Body> {
    let (mut parts, body) = whole.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, bytes.len().into());
    let half = bytes.slice(..bytes.len() / 2);
    let end = stream::once(async {
        // Lets the half leave before the connection ends.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    let body = stream::once(async { Ok::<_, io::Error>(half) }).chain(end);
    Response::from_parts(parts, Body::from_stream(body))
}

/// A call that may be answered.
struct CheckedCall {
    endpoint: &'static Endpoint,
    body: Bytes,
    /// Whether the bank has to be waited for.
    live: bool,
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
        let (endpoint, caller) = find(uri.path())
            .filter(|_| method == Method::POST)
            .ok_or(&NOT_FOUND)?;
        let body = body.map_err(|_| PlaidError::worded(&INVALID_BODY, "body is too large"))?;
        let fields = json_object(json_text(headers, &body)?)?;
        let fault = match caller {
            CallOrigin::App => {
                check_version(headers)?;
                check_credentials(headers, &fields)?;
                let access_token = fields.get("access_token").and_then(Value::as_str);
                self.control
                    .count(endpoint.path, access_token, self.clock.now())?;
                self.control.next_fault(endpoint.path)
            }
            CallOrigin::Frame => {
                check_origin(headers, &self.origin)?;
                None
            }
        };
        // A call that is not carried out goes wrong whatever it says.
        if fault.is_none_or(SimulatedFault::is_carried_out) {
            (endpoint.check)(&fields)?;
            request_schema::check(endpoint.fields, &fields)?;
        }
        Ok(CheckedCall {
            endpoint,
            live: self.asks_the_bank(endpoint.reads, &fields),
            body,
            fault,
        })
    }

    fn asks_the_bank(&self, reads: BankRead, fields: &Map<String, Value>) -> bool {
        match reads {
            BankRead::Stored => false,
            BankRead::Live => true,
            BankRead::LiveForBalanceOnly => {
                let key = fields.get("ruleset_key").and_then(Value::as_str);
                self.rulesets.asks_the_bank(key)
            }
        }
    }

    /// Waits for the bank, then answers. A caller that goes away in the meantime costs nothing
    /// and changes nothing.
    async fn call(self: &Arc<Self>, asked: &CheckedCall, request_id: &str) -> CallResult {
        if asked.live {
            let latency = self.control.next_latency();
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
        }
        let (sandbox, endpoint) = (Arc::clone(self), asked.endpoint);
        let (body, request_id) = (asked.body.clone(), request_id.to_owned());
        let outlives = match endpoint.reads {
            BankRead::Live => Durability::Program,
            BankRead::Stored | BankRead::LiveForBalanceOnly => Durability::PowerFailure,
        };
        self.ledger
            .ask_kept(outlives, move |db| {
                // The check has read it as text before.
                let body = std::str::from_utf8(&body).map_err(|_| &INVALID_BODY)?;
                sandbox.in_call(db, body, &request_id, endpoint.answer)
            })
            .await
    }

    /// Does something that is not a call of the API within one.
    pub(crate) async fn act(
        self: &Arc<Self>,
        act: impl FnOnce(&ApiCall<'_>) -> CallResult + Send + 'static,
    ) -> CallResult {
        let sandbox = Arc::clone(self);
        let done = self.ledger.ask(move |db| sandbox.in_call(db, "", "", act));
        done.await
    }

    fn in_call(
        &self,
        db: &rusqlite::Connection,
        body: &str,
        request_id: &str,
        act: impl FnOnce(&ApiCall<'_>) -> CallResult,
    ) -> Result<CompletedWork, CallFailure> {
        let webhooks = RefCell::<Vec<_>>::default();
        let now = Moment(self.clock.now());
        let answer = act(&ApiCall {
            db,
            now,
            request_id,
            body,
            origin: &self.origin,
            control: &self.control,
            rulesets: &self.rulesets,
            signer: &self.signer,
            webhooks: &webhooks,
        })?;
        let webhooks = webhooks.into_inner();
        if webhooks.is_empty() {
            return Ok(CompletedWork {
                answer,
                afterwards: None,
            });
        }
        for webhook in &webhooks {
            webhook.keep(db, now)?;
        }
        let bell = Arc::clone(&self.bell);
        Ok(CompletedWork {
            answer,
            afterwards: Some(Box::new(move || bell.notify_one())),
        })
    }
}

fn find(path: &str) -> Option<(&'static Endpoint, CallOrigin)> {
    api::endpoint(path)
        .map(|endpoint| (endpoint, CallOrigin::App))
        .or_else(|| link::session::endpoint(path).map(|endpoint| (endpoint, CallOrigin::Frame)))
}

fn json_text<'a>(headers: &HeaderMap, body: &'a Bytes) -> Result<&'a str, PlaidError> {
    let content_type = headers.get(header::CONTENT_TYPE).ok_or(&INVALID_HEADERS)?;
    let is_json = content_type.to_str().is_ok_and(|text| {
        text.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(PlaidError::worded(
            &INVALID_BODY,
            "the Content-Type must be application/json",
        ));
    }
    Ok(std::str::from_utf8(body).map_err(|_| &INVALID_BODY)?)
}

fn json_object(body: &str) -> Result<Map<String, Value>, PlaidError> {
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(PlaidError::worded(
            &INVALID_BODY,
            "body must be a JSON object",
        )),
        Err(_) => Err(PlaidError::from(&INVALID_BODY)),
    }
}

/// The version of the API that the stand-in plays, and the one that counts when none is named.
const VERSION: &str = "2020-09-14";

fn check_version(headers: &HeaderMap) -> Result<(), PlaidError> {
    match headers.get("Plaid-Version") {
        None => Ok(()),
        Some(version) if version == VERSION => Ok(()),
        Some(_) => Err(PlaidError::worded(
            &INVALID_HEADERS,
            format!("the Plaid-Version header is invalid: this Sandbox speaks {VERSION} only"),
        )),
    }
}

/// Credentials in headers come before those in the body.
fn check_credentials(headers: &HeaderMap, fields: &Map<String, Value>) -> Result<(), PlaidError> {
    let given = |header: &str, field: &str| {
        let in_header = headers.get(header).and_then(|value| value.to_str().ok());
        in_header
            .or_else(|| fields.get(field).and_then(Value::as_str))
            .map(str::to_owned)
    };
    let (client_id, secret) = (
        given("PLAID-CLIENT-ID", "client_id"),
        given("PLAID-SECRET", "secret"),
    );
    let missing: Vec<_> = [("client_id", &client_id), ("secret", &secret)]
        .into_iter()
        .filter_map(|(name, value)| value.is_none().then_some(name))
        .collect();
    if !missing.is_empty() {
        let message = format!("{}: {}", MISSING_FIELDS.error_message, missing.join(", "));
        return Err(PlaidError::worded(&MISSING_FIELDS, message));
    }
    if client_id.as_deref() != Some(CLIENT_ID) || secret.as_deref() != Some(SECRET) {
        return Err(PlaidError::from(&INVALID_API_KEYS));
    }
    Ok(())
}

/// Link's private endpoints answer pages of this address only.
fn check_origin(headers: &HeaderMap, origin: &str) -> Result<(), PlaidError> {
    let localhost = origin.replace("127.0.0.1", "localhost");
    match headers.get(header::ORIGIN).map(|value| value.to_str()) {
        None => Ok(()),
        Some(Ok(from)) if from == origin || from == localhost => Ok(()),
        Some(_) => Err(PlaidError::from(&NOT_FOUND)),
    }
}
