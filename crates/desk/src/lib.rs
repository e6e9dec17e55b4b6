//! The product: what Balance Desk knows and decides. SQLite, keyring, features; no Tauri.
//!
//! Everything hangs on [`Desk`]: the shell makes one, and each feature adds its methods to it in its own module.

pub mod activity;
pub mod audit;
pub mod balances;
pub mod batches;
#[cfg(feature = "bench")]
pub mod bench;
mod clock;
pub mod demo;
mod desk;
mod error;
mod explain;
mod features;
pub mod items;
pub mod kill;
pub mod link;
mod moment;
pub mod outcomes;
pub mod problem;
pub mod returns;
pub mod secrets;
mod session;
pub mod settings;
pub mod signal;
pub mod start;
pub mod store;
mod work;

pub use balances::pacing::{CallPace, KeptLimits};
pub use clock::{Clock, SystemClock};
pub use desk::{BoxFuture, DemoError, DemoLauncher, Desk, DeskConfig, PlaidUrls};
pub use desk_files as files;
pub use error::DeskError;
pub use features::Features;
pub use session::Session;
pub use work::runtime;
