//! The one Link session whose window is open. A second one waits for its end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::DeskError;

/// The session that is live, if one is.
#[derive(Default)]
pub(crate) struct LiveSlot(Mutex<Option<Live>>);

struct Live {
    session_id: String,
    stop: CancellationToken,
}

impl LiveSlot {
    fn lock(&self) -> MutexGuard<'_, Option<Live>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a session the live one. Its page is served until the token answered here is cancelled.
    ///
    /// # Errors
    /// `AlreadyRunning` while another session is live.
    pub(crate) fn take(
        &self,
        session_id: &str,
        until: &CancellationToken,
    ) -> Result<CancellationToken, DeskError> {
        let mut slot = self.lock();
        if slot.is_some() {
            return Err(DeskError::AlreadyRunning(
                "A bank is being linked already. Finish or close that window first.",
            ));
        }
        let stop = until.child_token();
        *slot = Some(Live {
            session_id: session_id.to_owned(),
            stop: stop.clone(),
        });
        Ok(stop)
    }

    /// Whether this session is the live one.
    pub(crate) fn is(&self, session_id: &str) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|live| live.session_id == session_id)
    }

    /// The session that is live.
    pub(crate) fn session(&self) -> Option<String> {
        self.lock().as_ref().map(|live| live.session_id.clone())
    }

    /// Ends the session's page, if it is the live one, and makes room for the next.
    pub(crate) fn release(&self, session_id: &str) {
        let mut slot = self.lock();
        if let Some(live) = slot.take_if(|live| live.session_id == session_id) {
            live.stop.cancel();
        }
    }
}
