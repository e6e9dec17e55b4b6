//! The wire: a typed client of the Plaid API, for Balance and Signal.
//! It holds no storage, no retries and no policy; what Plaid says comes back as it was said, and nothing secret is printable.

#![warn(missing_docs)]

mod accounts;
mod client;
mod decimal;
mod endpoint;
mod environment;
mod error;
mod ids;
mod institutions;
mod items;
mod link;
mod observe;
mod retry;
mod sandbox;
mod secrets;
mod signal;
mod wire;

pub use accounts::{Account, AccountsAnswer, BalanceOptions, Balances};
pub use client::{Client, Timeouts};
pub use endpoint::Endpoint;
pub use environment::{Environment, LoopbackUrl};
pub use error::{ApiError, ConfigError, ConnectFailure, Error, TimeoutPhase};
pub use ids::{
    AccountId, ClientTransactionId, InstitutionId, InvalidClientTransactionId, ItemId,
    LinkSessionId, PersistentAccountId, RequestId,
};
pub use institutions::{
    HealthBreakdown, Institution, InstitutionAnswer, InstitutionOptions, InstitutionStatus,
    ProductHealth,
};
pub use items::{Exchanged, Item, ItemAnswer, ItemStatus, LastWebhook, Removed, Rotated};
pub use jiff::Timestamp;
pub use link::{
    HostedLink, ItemAdd, LinkAccount, LinkSession, LinkSessionEvent, LinkTokenCreateRequest,
    LinkTokenCreated, LinkTokenStatus, SessionExit,
};
pub use observe::{Exchange, Observed, Observer};
pub use retry::{RateLimitScope, Retry, SideEffect};
pub use rust_decimal::Decimal;
pub use sandbox::{LoginReset, SandboxPublicToken, SandboxPublicTokenRequest};
pub use secrets::{AccessToken, ApiSecret, ClientId, Credentials, LinkToken, PublicToken};
pub use signal::{
    AttributeValue, CoreAttribute, DecisionReport, Evaluation, Prepared, Reported, ReturnReport,
    Risk, Ruleset, Scores, SignalAddress, SignalDevice, SignalEvaluateRequest, SignalName,
    SignalResult, SignalUser, SignalWarning, TriggeredRule,
};
