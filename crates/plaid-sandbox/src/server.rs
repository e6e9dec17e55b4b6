//! The HTTP server: on the loopback address only, for requests that name it by a loopback
//! host only. It checks a call, waits as long as a bank would, and answers it in one
//! transaction, which is on the disk before the answer leaves.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use rusqlite::{Connection, TransactionBehavior};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api::{self, Endpoint, Reads};
use crate::call::{Call, Failure};
use crate::clock::Clock;
use crate::errors::{
    INVALID_API_KEYS, INVALID_BODY, INVALID_HEADERS, MISSING_FIELDS, NOT_FOUND, PlaidError,
};
use crate::store::{self, Moment, OpenError};
use crate::{CLIENT_ID, SECRET, fields, ids, link};

/// How long answers in progress may take when the server ends.
const GRACE: Duration = Duration::from_millis(500);

/// How a stand-in is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it keeps its state; made when it is not there.
    pub state: PathBuf,
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// How long a bank takes to answer for live balances.
    pub live_balance_delay: Duration,
    /// What time it is.
    pub clock: Clock,
}

impl Options {
    /// A stand-in that answers at once, on any free port.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self {
            state: state.into(),
            port: 0,
            live_balance_delay: Duration::ZERO,
            clock: Clock::system(),
        }
    }
}

/// Why a stand-in could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] OpenError),
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
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Opens the state, binds the port and serves.
    ///
    /// # Errors
    /// When the state or the port cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|source| match source.kind() {
                io::ErrorKind::AddrInUse => StartError::PortTaken { port },
                _ => StartError::Listen { port, source },
            })?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Listen { port, source })?;
        let db = store::open(&options.state)?;
        let sandbox = Arc::new(Sandbox {
            db: Mutex::new(db),
            clock: options.clock,
            live_balance_delay: options.live_balance_delay,
            origin: format!("http://{address}"),
            port: address.port(),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            axum::serve(listener, router(sandbox))
                .with_graceful_shutdown(async {
                    // A dropped sender means the same as a message: stop.
                    let _ = stopped.await;
                })
                .await
        });
        Ok(Self {
            address,
            stop,
            task,
        })
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening, lets answers in progress go out, and gives up the state.
    pub async fn stop(self) {
        let Self { stop, mut task, .. } = self;
        // The server may have ended already; then there is nobody to tell.
        let _ = stop.send(());
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
            // Waiting for the aborted task frees the port and the state before this returns.
            let _ = task.await;
        }
    }
}

/// What all requests share.
struct Sandbox {
    db: Mutex<Connection>,
    clock: Clock,
    live_balance_delay: Duration,
    origin: String,
    port: u16,
}

fn router(sandbox: Arc<Sandbox>) -> Router {
    link::pages()
        .fallback(call_by_path)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&sandbox),
            for_this_host_only,
        ))
        .with_state(sandbox)
}

/// Keeps out pages that reach this address through a name of their own (DNS rebinding).
async fn for_this_host_only(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let names_us = ["127.0.0.1", "localhost"]
        .iter()
        .any(|name| host.is_some_and(|host| host == format!("{name}:{}", sandbox.port)));
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
enum Caller {
    App,
    Frame,
}

async fn call_by_path(
    State(sandbox): State<Arc<Sandbox>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let request_id = ids::request_id();
    let (status, body) = match sandbox
        .call(&method, &uri, &headers, &body, &request_id)
        .await
    {
        Ok(body) => (200, body),
        Err(failure) => failure.answer(&request_id),
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

impl Sandbox {
    async fn call(
        self: Arc<Self>,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
        request_id: &str,
    ) -> Result<String, Failure> {
        let (endpoint, caller) = find(uri.path())
            .filter(|_| method == Method::POST)
            .ok_or(&NOT_FOUND)?;
        let body = json_text(headers, body)?;
        let fields = json_object(body)?;
        match caller {
            Caller::App => check_credentials(headers, &fields)?,
            Caller::Frame => check_origin(headers, &self.origin)?,
        }
        fields::check(endpoint.fields, &fields)?;
        self.wait_for_the_bank(endpoint.reads, &fields).await;

        let (body, request_id) = (body.to_owned(), request_id.to_owned());
        let answer = tokio::task::spawn_blocking(move || self.answer(endpoint, &body, &request_id));
        answer
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }

    /// A caller that goes away in the meantime costs nothing and changes nothing.
    async fn wait_for_the_bank(&self, reads: Reads, fields: &Map<String, Value>) {
        let live = match reads {
            Reads::Stored => false,
            Reads::Live => true,
            Reads::LiveForBalanceOnly => {
                api::asks_the_bank(fields.get("ruleset_key").and_then(Value::as_str))
            }
        };
        if live {
            tokio::time::sleep(self.live_balance_delay).await;
        }
    }

    fn answer(&self, endpoint: &Endpoint, body: &str, request_id: &str) -> Result<String, Failure> {
        // A handler that panicked has left its transaction, and so nothing behind.
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let call = Call {
            db: &transaction,
            now: Moment(self.clock.now()),
            request_id,
            body,
            origin: &self.origin,
        };
        let answer = (endpoint.answer)(&call)?;
        transaction.commit()?;
        Ok(answer)
    }
}

fn find(path: &str) -> Option<(&'static Endpoint, Caller)> {
    api::endpoint(path)
        .map(|endpoint| (endpoint, Caller::App))
        .or_else(|| link::session::endpoint(path).map(|endpoint| (endpoint, Caller::Frame)))
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

/// Headers come before the body, as with Plaid.
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
