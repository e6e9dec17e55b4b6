//! The Plaid endpoints this client calls, and what each needs of the transport.
//! The list is complete: a test that walks it has seen every call.

/// One Plaid endpoint. Every call is a POST with a JSON body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/link/token/create`
    LinkTokenCreate,
    /// `/link/token/get`
    LinkTokenGet,
    /// `/item/public_token/exchange`
    ItemPublicTokenExchange,
    /// `/item/get`
    ItemGet,
    /// `/item/remove`
    ItemRemove,
    /// `/item/access_token/invalidate`
    ItemAccessTokenInvalidate,
    /// `/accounts/get`
    AccountsGet,
    /// `/accounts/balance/get`
    AccountsBalanceGet,
    /// `/institutions/get_by_id`
    InstitutionsGetById,
    /// `/signal/evaluate`
    SignalEvaluate,
    /// `/signal/prepare`
    SignalPrepare,
    /// `/signal/decision/report`
    SignalDecisionReport,
    /// `/signal/return/report`
    SignalReturnReport,
    /// `/sandbox/public_token/create`
    SandboxPublicTokenCreate,
    /// `/sandbox/item/reset_login`
    SandboxItemResetLogin,
}

/// How long an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Plaid answers from what it has.
    Ordinary,
    /// Plaid asks the bank first.
    Bank,
}

/// Whether the answer's text may be quoted in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerText {
    /// Nothing in the answer opens anything.
    Quotable,
    /// A good answer carries a token, so no answer is ever quoted.
    CarriesToken,
}

impl Endpoint {
    /// Every endpoint the client calls.
    pub const ALL: [Self; 15] = [
        Self::LinkTokenCreate,
        Self::LinkTokenGet,
        Self::ItemPublicTokenExchange,
        Self::ItemGet,
        Self::ItemRemove,
        Self::ItemAccessTokenInvalidate,
        Self::AccountsGet,
        Self::AccountsBalanceGet,
        Self::InstitutionsGetById,
        Self::SignalEvaluate,
        Self::SignalPrepare,
        Self::SignalDecisionReport,
        Self::SignalReturnReport,
        Self::SandboxPublicTokenCreate,
        Self::SandboxItemResetLogin,
    ];

    /// The path, beginning with a slash.
    pub const fn path(self) -> &'static str {
        match self {
            Self::LinkTokenCreate => "/link/token/create",
            Self::LinkTokenGet => "/link/token/get",
            Self::ItemPublicTokenExchange => "/item/public_token/exchange",
            Self::ItemGet => "/item/get",
            Self::ItemRemove => "/item/remove",
            Self::ItemAccessTokenInvalidate => "/item/access_token/invalidate",
            Self::AccountsGet => "/accounts/get",
            Self::AccountsBalanceGet => "/accounts/balance/get",
            Self::InstitutionsGetById => "/institutions/get_by_id",
            Self::SignalEvaluate => "/signal/evaluate",
            Self::SignalPrepare => "/signal/prepare",
            Self::SignalDecisionReport => "/signal/decision/report",
            Self::SignalReturnReport => "/signal/return/report",
            Self::SandboxPublicTokenCreate => "/sandbox/public_token/create",
            Self::SandboxItemResetLogin => "/sandbox/item/reset_login",
        }
    }

    pub(crate) const fn pace(self) -> Pace {
        match self {
            Self::AccountsBalanceGet | Self::SignalEvaluate => Pace::Bank,
            _ => Pace::Ordinary,
        }
    }

    pub(crate) const fn answer_text(self) -> AnswerText {
        match self {
            Self::LinkTokenCreate
            | Self::LinkTokenGet
            | Self::ItemPublicTokenExchange
            | Self::ItemAccessTokenInvalidate
            | Self::SandboxPublicTokenCreate => AnswerText::CarriesToken,
            _ => AnswerText::Quotable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_endpoint_has_a_path_of_its_own() {
        let paths: HashSet<_> = Endpoint::ALL.iter().map(|e| e.path()).collect();
        assert_eq!(paths.len(), Endpoint::ALL.len());
        assert!(paths.iter().all(|path| path.starts_with('/')));
    }
}
