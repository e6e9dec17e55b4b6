//! A typed client of the Plaid API, for Balance and Signal.
//!
//! It stores nothing, retries nothing, and decides nothing: [`Client`] sends one request and returns Plaid's answer,
//! or an [`Error`] that says whether the call can be retried. No secret can be printed or serialized.

#![warn(missing_docs)]

mod accounts;
mod answer;
mod client;
mod decimal;
mod endpoint;
mod error;
mod host;
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

pub use accounts::{Account, AccountsResponse, BalanceOptions, Balances};
pub use client::{Client, Timeouts};
pub use endpoint::Endpoint;
pub use error::{ApiError, ConfigError, ConnectFailure, Error, TimeoutPhase};
pub use host::{ApiHost, LoopbackUrl};
pub use ids::{
    AccountId, ClientTransactionId, InstitutionId, InvalidClientTransactionId, ItemId,
    LinkSessionId, PersistentAccountId, RequestId,
};
pub use institutions::{
    HealthBreakdown, Institution, InstitutionOptions, InstitutionStatus,
    InstitutionsGetByIdResponse, ProductHealth,
};
pub use items::{
    Item, ItemAccessTokenInvalidateResponse, ItemGetResponse, ItemPublicTokenExchangeResponse,
    ItemRemoveResponse, ItemStatus, LastWebhook,
};
pub use jiff::Timestamp;
pub use link::{
    HostedLinkOptions, ItemAddResult, LinkAccount, LinkExit, LinkSessionEvent,
    LinkTokenCreateRequest, LinkTokenCreateResponse, LinkTokenGetResponse, LinkTokenSession,
};
pub use observe::{CallObserver, ObservedCall, RecordedExchange};
pub use retry::{RateLimitScope, Retry, SideEffect};
pub use rust_decimal::Decimal;
pub use sandbox::{
    SandboxItemResetLoginResponse, SandboxPublicTokenCreateRequest,
    SandboxPublicTokenCreateResponse,
};
pub use secrets::{AccessToken, ApiSecret, ClientId, Credentials, LinkToken, PublicToken};
pub use signal::{
    AttributeValue, CoreAttribute, DecisionReport, ReturnReport, Risk, RulesetOutcome,
    SignalAddress, SignalDevice, SignalEvaluateRequest, SignalEvaluateResponse, SignalName,
    SignalPrepareResponse, SignalReportResponse, SignalResult, SignalScores, SignalUser,
    SignalWarning, TriggeredRule,
};
