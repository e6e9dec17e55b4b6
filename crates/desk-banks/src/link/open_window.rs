//! The one Link session whose window is open, and the sessions started since the environment was opened.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use desk_core::DeskError;

#[derive(Default)]
pub(crate) struct WindowSlot {
    window: Mutex<Option<OpenWindow>>,
    started: Mutex<HashSet<String>>,
}

struct OpenWindow {
    session_id: String,
    stop: CancellationToken,
}

impl WindowSlot {
    fn lock(&self) -> MutexGuard<'_, Option<OpenWindow>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Call this before the session is saved, so that the recovery of interrupted sessions skips it.
    pub fn mark_started(&self, session_id: &str) {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.insert(session_id.to_owned());
    }

    pub(crate) fn was_started(&self, session_id: &str) -> bool {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.contains(session_id)
    }

    /// Reserves the window for a session. Its page is served until the returned token is cancelled.
    pub fn open(
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
        self.mark_started(session_id);
        let stop = until.child_token();
        *slot = Some(OpenWindow {
            session_id: session_id.to_owned(),
            stop: stop.clone(),
        });
        Ok(stop)
    }

    pub fn is_open(&self, session_id: &str) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|window| window.session_id == session_id)
    }

    pub fn session_id(&self) -> Option<String> {
        self.lock().as_ref().map(|window| window.session_id.clone())
    }

    /// Stops the session's page, if it has the window, and frees the window.
    pub(crate) fn close(&self, session_id: &str) {
        let mut slot = self.lock();
        if let Some(window) = slot.take_if(|window| window.session_id == session_id) {
            window.stop.cancel();
        }
    }
}
