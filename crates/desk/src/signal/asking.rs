//! Evaluations being asked right now, so that a second click does not ask, and pay, twice.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::DeskError;

/// Names of what is being asked.
#[derive(Clone, Default)]
pub(crate) struct Asking(Arc<Mutex<HashSet<String>>>);

/// Holds the names until dropped.
pub(crate) struct Asked {
    asking: Asking,
    names: Vec<String>,
}

impl Asking {
    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes all the names, or none.
    ///
    /// # Errors
    /// `AlreadyRunning` when one of them is taken.
    pub(crate) fn take(&self, names: Vec<String>) -> Result<Asked, DeskError> {
        let mut taken = self.lock();
        if names.iter().any(|name| taken.contains(name)) {
            return Err(DeskError::AlreadyRunning(
                "This evaluation is being asked already.",
            ));
        }
        taken.extend(names.iter().cloned());
        Ok(Asked {
            asking: self.clone(),
            names,
        })
    }

    /// Whether this is being asked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.lock().contains(name)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut taken = self.asking.lock();
        for name in &self.names {
            taken.remove(name);
        }
    }
}
