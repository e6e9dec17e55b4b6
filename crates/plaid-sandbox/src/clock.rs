//! What time it is for the stand-in. Link tokens and public tokens expire, and
//! tests must be able to let time pass without waiting for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The source of every time stamp the stand-in writes.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    /// Seconds by which this clock runs ahead of the machine's.
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
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Moves this clock, and every clone of it, forward.
    pub fn advance(&self, by: SignedDuration) {
        self.ahead
            .send_modify(|ahead| *ahead = ahead.saturating_add(by.as_secs()));
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(*self.ahead.borrow());
        Timestamp::now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Changes whenever the clock is moved.
    pub(crate) fn moves(&self) -> watch::Receiver<i64> {
        self.ahead.subscribe()
    }
}
