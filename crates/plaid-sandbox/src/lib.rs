//! A stand-in for Plaid's Sandbox, on the loopback address of one machine: the endpoints
//! that Balance and Signal need, Link with its script and frame, and state that outlives a
//! restart. Nothing in it is real, and it asks nobody else.

mod amount;
mod api;
mod api_call;
mod bank;
mod clock;
mod conditions;
mod control_api;
mod errors;
mod ids;
mod link;
mod request_schema;
mod resettable;
mod rulesets;
mod server;
mod store;
mod store_queue;
mod webhook_sender;
mod webhooks;

pub use clock::SandboxClock;
pub use conditions::{Latency, RateLimits, UnknownLatency, UnknownRateLimits};
pub use rulesets::RulesetError;
pub use server::{Options, Server, StartError};
pub use store::OpenError;

/// The one `client_id` the stand-in accepts.
pub const CLIENT_ID: &str = "5f1e0c0ffee0de500c0ffee1";

/// The one secret the stand-in accepts. It guards nothing.
pub const SECRET: &str = "de5b0a7d1e5a4dbc0de0ba1a9ce0de";

/// The paths of the API that the stand-in answers.
pub fn endpoints() -> impl Iterator<Item = &'static str> {
    api::paths()
}
