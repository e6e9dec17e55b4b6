//! What the features keep in memory while an environment is open: what is running, and at which pace.
//! Nothing here has to survive; what has to is in the database.

use crate::{
    balances::{pacing::Pacing, refresh::RefreshSlot},
    items::gate::ItemGates,
    link::live::LiveSlot,
    signal::{asking::Asking, outbox::Bell},
    start::view::Environment,
};

/// The features' state of one open environment.
pub(crate) struct Work {
    /// How often Plaid may be called.
    pub(crate) pacing: Pacing,
    /// Who uses which Item's access token.
    pub(crate) gates: ItemGates,
    /// The refresh that is running.
    pub(crate) refresh: RefreshSlot,
    /// The Link session whose window is open.
    pub(crate) link: LiveSlot,
    /// Evaluations being asked.
    pub(crate) asking: Asking,
    /// Wakes the outbox.
    pub(crate) outbox: Bell,
}

impl Work {
    /// Nothing is running yet.
    pub(crate) fn new(environment: Environment) -> Self {
        Self {
            pacing: Pacing::of(environment),
            gates: ItemGates::default(),
            refresh: RefreshSlot::default(),
            link: LiveSlot::default(),
            asking: Asking::default(),
            outbox: Bell::default(),
        }
    }
}
