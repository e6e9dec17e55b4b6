//! One Item, many callers: calls share its access token, and what changes or ends the token has it alone.
//! So a rotation never pulls the token away from under a call that is under way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use plaid::ItemId;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use desk_core::DeskError;

/// How long somebody who has clicked waits for a call that is under way.
const PATIENCE: Duration = Duration::from_secs(3);

const IN_USE: DeskError =
    DeskError::AlreadyRunning("This bank is in use right now. Try again in a moment.");

/// The gates of all Items.
#[derive(Default)]
pub struct ItemGates(Mutex<HashMap<ItemId, Arc<RwLock<()>>>>);

impl ItemGates {
    /// Waits until nobody changes the token, then keeps it as it is until the guard is dropped.
    pub async fn shared(&self, item_id: &ItemId) -> OwnedRwLockReadGuard<()> {
        self.gate(item_id).read_owned().await
    }

    /// Takes the Item alone, at once or not at all.
    ///
    /// # Errors
    /// `AlreadyRunning` while anything else uses the Item.
    pub fn alone(&self, item_id: &ItemId) -> Result<OwnedRwLockWriteGuard<()>, DeskError> {
        self.gate(item_id).try_write_owned().map_err(|_| IN_USE)
    }

    /// Takes the Item alone as soon as a short call, such as a check in the background, is over.
    ///
    /// # Errors
    /// `AlreadyRunning` when something else uses the Item for longer than a few seconds.
    pub(crate) async fn alone_soon(
        &self,
        item_id: &ItemId,
    ) -> Result<OwnedRwLockWriteGuard<()>, DeskError> {
        let waiting = self.gate(item_id).write_owned();
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .map_err(|_| IN_USE)
    }

    fn gate(&self, item_id: &ItemId) -> Arc<RwLock<()>> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(item_id.clone()).or_default())
    }
}
