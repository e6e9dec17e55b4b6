//! The stand-in's clock. Tests and the control endpoint move it forward, so that tokens expire without waiting.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

#[derive(Clone, Debug)]
pub struct SandboxClock {
    /// Seconds ahead of the system clock.
    ahead: Arc<watch::Sender<i64>>,
}

impl Default for SandboxClock {
    fn default() -> Self {
        Self {
            ahead: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl SandboxClock {
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Moves this clock and all of its clones.
    pub fn advance(&self, by: SignedDuration) {
        self.ahead
            .send_modify(|ahead| *ahead = ahead.saturating_add(by.as_secs()));
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(*self.ahead.borrow());
        Timestamp::now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Changes whenever the clock is moved.
    pub(crate) fn changes(&self) -> watch::Receiver<i64> {
        self.ahead.subscribe()
    }
}
