//! Live balances: one billed call for each Item, several at a time, at Plaid's pace, stoppable at any moment.
//! Each Item's readings are stored before its progress is told.

use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::DeskError;

/// The refresh that is running, if one is.
#[derive(Default)]
pub(crate) struct RefreshSlot(Mutex<Option<CancellationToken>>);

/// Holds the slot until dropped.
pub(crate) struct Running<'a> {
    slot: &'a RefreshSlot,
    pub(crate) cancel: CancellationToken,
}

impl RefreshSlot {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the slot; the refresh ends when `until` does.
    ///
    /// # Errors
    /// `AlreadyRunning` while another refresh has it.
    pub(crate) fn take(&self, until: &CancellationToken) -> Result<Running<'_>, DeskError> {
        let mut slot = self.lock();
        if slot.is_some() {
            return Err(DeskError::AlreadyRunning(
                "Balances are being refreshed already.",
            ));
        }
        let cancel = until.child_token();
        *slot = Some(cancel.clone());
        Ok(Running { slot: self, cancel })
    }

    /// Stops the refresh that is running, if one is.
    pub(crate) fn cancel(&self) {
        if let Some(cancel) = self.lock().as_ref() {
            cancel.cancel();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.slot.lock() = None;
    }
}
