//! Calls to Plaid: how often they may leave, and the queue in which calls wait, retry, and give up.

pub mod queue;
pub mod rate_limits;

pub use rate_limits::{CallPace, KeptLimits, PlaidCalls};
