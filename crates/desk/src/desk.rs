//! The desk holds the open environment, the event channel, and the clock.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::broadcast;
use url::Url;

use crate::{demo::view::DemoLatency, features::Features, start::state::Start};
use desk_core::{
    BoxFuture, Clock, DeskError, Session, SystemClock,
    calls::{CallPace, KeptLimits, PlaidCalls},
    environment::Environment,
    event::DeskEvent,
    store::Store,
};

const EVENT_BACKLOG: usize = 256;

pub struct DeskConfig {
    pub data_dir: PathBuf,
    pub version: String,
    pub keyring_service: String,
    pub plaid_urls: PlaidUrls,
    pub demo: Arc<dyn DemoLauncher>,
}

/// Loopback addresses that replace Plaid's in tests. Other addresses are refused.
#[derive(Debug, Clone, Default)]
pub struct PlaidUrls {
    pub sandbox: Option<Url>,
    pub production: Option<Url>,
}

pub trait DemoLauncher: Send + Sync {
    /// Starts the stand-in with its state in `state_dir` unless it is running, and returns its address. Without a
    /// `latency`, the launcher chooses one.
    fn start(
        &self,
        state_dir: PathBuf,
        latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>>;
    fn control(&self) -> Option<Url>;
    fn stop(&self);
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    #[error("its program is missing ({0}); install Balance Desk again")]
    Missing(String),
    #[error("its program could not be started ({0})")]
    Spawn(String),
    #[error("it ended at once ({0})")]
    Ended(String),
    #[error("it did not say where it is ({0})")]
    NoAddress(String),
}

impl From<DemoError> for DeskError {
    fn from(error: DemoError) -> Self {
        Self::Demo(error.to_string())
    }
}

#[derive(Clone)]
pub struct Desk(Arc<DeskState>);

struct DeskState {
    config: DeskConfig,
    clock: Arc<dyn Clock>,
    pace: CallPace,
    events: broadcast::Sender<DeskEvent>,
    start: Start,
}

/// A stand-in on this machine finishes every evaluation within this time.
const LOOPBACK_SETTLES: Duration = Duration::from_secs(5);

impl Desk {
    pub async fn start(config: DeskConfig) -> Self {
        Self::start_with_clock(config, Arc::new(SystemClock)).await
    }

    pub async fn start_with_clock(config: DeskConfig, clock: Arc<dyn Clock>) -> Self {
        Self::start_paced(config, clock, CallPace::default()).await
    }

    pub async fn start_paced(config: DeskConfig, clock: Arc<dyn Clock>, pace: CallPace) -> Self {
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let desk = Self(Arc::new(DeskState {
            config,
            clock,
            pace,
            events,
            start: Start::new(),
        }));
        desk.boot().await;
        desk
    }

    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.0.events.subscribe()
    }

    pub(crate) fn emit(&self, event: DeskEvent) {
        // No listener is fine: screens fetch everything when they open.
        let _ = self.0.events.send(event);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub fn open(&self) -> Result<Features, DeskError> {
        self.read_state(|state| state.open.clone())
            .ok_or(DeskError::NothingOpen)
    }

    /// Builds the features without starting them. Real Plaid always uses its rate limits.
    pub(crate) fn features(
        &self,
        environment: Environment,
        client: plaid::Client,
        store: Store,
    ) -> Features {
        let pace = self.0.pace;
        let pace = match client.host() {
            plaid::ApiHost::Loopback(_) => CallPace {
                settle_after: pace.settle_after.min(LOOPBACK_SETTLES),
                ..pace
            },
            plaid::ApiHost::Sandbox | plaid::ApiHost::Production => CallPace {
                limits: KeptLimits::Plaids,
                ..pace
            },
        };
        let (clock, events) = (Arc::clone(&self.0.clock), self.0.events.clone());
        let version = self.0.config.version.as_str().into();
        let session = Session::new(environment, client, store, version, clock, events);
        let log_dir = self.0.config.data_dir.join("logs");
        Features::new(session, PlaidCalls::new(environment, pace), log_dir)
    }

    pub(crate) fn config(&self) -> &DeskConfig {
        &self.0.config
    }

    pub(crate) fn start_state(&self) -> &Start {
        &self.0.start
    }
}
