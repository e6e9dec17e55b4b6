//! A stand-in for Plaid's Sandbox on loopback: the endpoints that Balance and Signal need, and Link. Its state survives
//! restarts. Nothing in it is real.

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
mod requests;
mod resettable;
mod rulesets;
mod server;
mod store;
mod store_queue;
mod webhook_sender;
mod webhooks;

pub use clock::SandboxClock;
pub use conditions::{Latency, RateLimits, UnknownLatency};
pub use rulesets::RulesetError;
pub use server::{Options, Server, StartError};
pub use store::OpenError;

/// The only `client_id` that the stand-in accepts.
pub const CLIENT_ID: &str = "5f1e0c0ffee0de500c0ffee1";

/// The only secret that the stand-in accepts. It protects nothing.
pub const SECRET: &str = "de5b0a7d1e5a4dbc0de0ba1a9ce0de";

/// The paths of the API endpoints.
pub fn endpoints() -> impl Iterator<Item = &'static str> {
    api::paths()
}
