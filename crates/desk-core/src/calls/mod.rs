//! Paces and queues calls to Plaid.

pub mod queue;
pub mod rate_limits;

pub use rate_limits::{CallPace, KeptLimits, PlaidCalls};
