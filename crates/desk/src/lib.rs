//! Assembles the features into the desk, and adds the data folder, API keys, environments, Demo, and exports.

#[cfg(feature = "bench")]
pub mod bench;
pub mod demo;
mod desk;
pub mod export;
mod features;
pub mod start;

pub use desk_banks::{accounts, balances, history, items, link, support};
pub use desk_core::{
    BoxFuture, Clock, DeskError, Session, SystemClock, billing, calls, environment, event, kill,
    persist::runtime, problem, secrets, settings, store,
};
pub use desk_debits::{activity, audit, batches, decisions, evaluations, outcomes, returns};
pub use desk_files as files;

pub use self::desk::{DemoError, DemoLauncher, Desk, DeskConfig, PlaidUrls};
pub use features::Features;
