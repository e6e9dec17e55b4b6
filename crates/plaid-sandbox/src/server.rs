//! The HTTP server, on loopback only.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::{Router, serve::Listener as _};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::clock::SandboxClock;
use crate::conditions::{Conditions, Latency, RateLimits};
use crate::requests::{Sandbox, handle_call};
use crate::resettable::{ResetSwitch, ResettableListener};
use crate::rulesets::{RulesetError, Rulesets};
use crate::store::{self, OpenError, SandboxTime};
use crate::store_queue::{StoreQueue, StoreThread};
use crate::webhook_sender::WebhookSender;
use crate::webhooks::WebhookSigner;
use crate::{control_api, link};

/// How long calls in progress may take when the server stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

#[derive(Clone, Debug)]
pub struct Options {
    /// The state directory, created if missing.
    pub state: PathBuf,
    /// 0 picks any free port.
    pub port: u16,
    /// 0 picks any free port; None turns the control endpoint off.
    pub control_port: Option<u16>,
    pub latency: Latency,
    pub limits: RateLimits,
    pub clock: SandboxClock,
}

impl Options {
    /// No latency, no limits, any free port.
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

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    State(#[from] OpenError),
    #[error(transparent)]
    Rulesets(#[from] RulesetError),
    #[error("cannot prepare webhooks: {reason}")]
    Webhooks { reason: String },
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    #[error("port {port} on 127.0.0.1 is taken; choose another, or 0 for any free port")]
    PortTaken { port: u16 },
    #[error("cannot listen on port {port} of 127.0.0.1: {source}")]
    Listen { port: u16, source: io::Error },
}

pub struct Server {
    address: SocketAddr,
    control_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
    webhook_sender: JoinHandle<()>,
    store_thread: StoreThread,
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
    /// # Errors
    /// When the state, the rulesets or a port cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let webhook_error = |error: &dyn std::error::Error| StartError::Webhooks {
            reason: error.to_string(),
        };
        let (listener, address) = listen(options.port).await?;
        let control = match options.control_port {
            Some(port) => Some(listen(port).await?),
            None => None,
        };
        let db = store::open(&options.state)?;
        let rulesets = Rulesets::load(&options.state)?;
        let signer = WebhookSigner::load(&db, SandboxTime(options.clock.now()))
            .map_err(|error| webhook_error(&error))?;
        let signer = Arc::new(signer);
        let (queue, store_thread) = StoreQueue::start(db).map_err(StartError::Thread)?;
        let new_webhooks = Arc::new(Notify::new());
        let webhook_sender = WebhookSender {
            queue: queue.clone(),
            clock: options.clock.clone(),
            signer: Arc::clone(&signer),
            new_webhooks: Arc::clone(&new_webhooks),
        }
        .start()
        .map_err(|error| webhook_error(&error))?;
        let sandbox = Arc::new(Sandbox {
            queue,
            clock: options.clock,
            conditions: Conditions::new(options.latency, options.limits),
            rulesets,
            signer,
            new_webhooks,
            origin: format!("http://{address}"),
        });
        let (stop, stopped) = watch::channel(false);
        let control_address = control.as_ref().map(|(_, address)| *address);
        let routes = loopback_only(link::pages().fallback(handle_call), address.port());
        let routes = routes.with_state(Arc::clone(&sandbox));
        let mut tasks = vec![serve(listener, routes, stopped.clone())];
        if let Some((listener, address)) = control {
            let routes = loopback_only(control_api::routes(), address.port()).with_state(sandbox);
            tasks.push(serve(listener, routes, stopped));
        }
        Ok(Self {
            address,
            control_address,
            stop,
            tasks,
            webhook_sender,
            store_thread,
        })
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control_address
            .map(|address| format!("http://{address}"))
    }

    /// Stops listening, finishes the calls in progress, and closes the state.
    pub async fn stop(self) {
        // Fails only if the servers have already ended.
        let _ = self.stop.send(true);
        for mut task in self.tasks {
            if tokio::time::timeout(SHUTDOWN_TIMEOUT, &mut task)
                .await
                .is_err()
            {
                task.abort();
                // The port is free once the aborted task has ended.
                let _ = task.await;
            }
        }
        // Unsent webhooks are stored and sent after the next start.
        self.webhook_sender.abort();
        // Fails only if the store thread panicked, and then nothing was changed.
        let _ = tokio::task::spawn_blocking(|| self.store_thread.close()).await;
    }
}

async fn listen(port: u16) -> Result<(ResettableListener, SocketAddr), StartError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { port },
            _ => StartError::Listen { port, source },
        })?;
    let listener = ResettableListener(listener);
    let address = listener
        .local_addr()
        .map_err(|source| StartError::Listen { port, source })?;
    Ok((listener, address))
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
                // A dropped sender also means stop.
                let _ = stopped.wait_for(|stop| *stop).await;
            })
            .await
    })
}

fn loopback_only<S: Clone + Send + Sync + 'static>(routes: Router<S>, port: u16) -> Router<S> {
    routes.layer(middleware::from_fn_with_state(port, require_loopback_host))
}

/// Rejects requests that reach this address under another host name (DNS rebinding).
async fn require_loopback_host(
    State(port): State<u16>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_loopback = ["127.0.0.1", "localhost"].iter().any(|name| {
        host.is_some_and(|host| {
            host.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(':'))
                .and_then(|port| port.parse().ok())
                == Some(port)
        })
    });
    if is_loopback {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This server only accepts requests for 127.0.0.1 and localhost.\n",
        )
            .into_response()
    }
}
