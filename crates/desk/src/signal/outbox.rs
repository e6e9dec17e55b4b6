//! Decisions and returns on their way to Plaid: written first, then sent until Plaid has them or refuses them.
//! It works from the database alone, so a restart or a long time without a network changes nothing.

use tokio::sync::Notify;

/// Wakes the outbox when there is something new to deliver.
#[derive(Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    /// There is something to deliver.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring, or takes one that nobody heard.
    pub(crate) async fn heard(&self) {
        self.0.notified().await;
    }
}
