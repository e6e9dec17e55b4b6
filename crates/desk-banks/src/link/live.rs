//! The one Link session whose window is open, for whose end a second one waits; and which sessions were begun since
//! the environment was opened.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use desk_core::DeskError;

/// The session that is live, if one is.
#[derive(Default)]
pub(crate) struct LiveSlot {
    live: Mutex<Option<Live>>,
    begun: Mutex<HashSet<String>>,
}

struct Live {
    session_id: String,
    stop: CancellationToken,
}

impl LiveSlot {
    fn lock(&self) -> MutexGuard<'_, Option<Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes, before it is written, that a session is begun now: what takes up interrupted ones leaves it alone.
    pub fn begin(&self, session_id: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.insert(session_id.to_owned());
    }

    /// Whether a session was begun since the environment was opened.
    pub(crate) fn was_begun(&self, session_id: &str) -> bool {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.contains(session_id)
    }

    /// Makes a session the live one. Its page is served until the token answered here is cancelled.
    ///
    /// # Errors
    /// `AlreadyRunning` while another session is live.
    pub fn take(
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
        self.begin(session_id);
        let stop = until.child_token();
        *slot = Some(Live {
            session_id: session_id.to_owned(),
            stop: stop.clone(),
        });
        Ok(stop)
    }

    /// Whether this session is the live one.
    pub fn is(&self, session_id: &str) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|live| live.session_id == session_id)
    }

    /// The session that is live.
    pub fn session(&self) -> Option<String> {
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
