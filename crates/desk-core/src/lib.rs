//! Shared foundations: session, store, secrets, errors, paced calls to Plaid, and billing.

pub mod billing;
pub mod calls;
pub mod clock;
pub mod environment;
pub mod error;
pub mod event;
mod explain;
pub mod kill;
pub mod moment;
pub mod persist;
pub mod problem;
pub mod secrets;
mod session;
pub mod settings;
pub mod store;

use std::pin::Pin;

pub use clock::{Clock, SystemClock};
pub use error::DeskError;
pub use session::Session;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
