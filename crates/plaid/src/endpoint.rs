//! The Plaid endpoints this client calls, and what each needs of the transport.
//! The list is complete: a test that walks it has seen every call.

/// Declares the endpoints once, so that the list of them is complete.
macro_rules! endpoints {
    ($($name:ident = $path:literal,)+) => {
        /// One Plaid endpoint. Every call is a POST with a JSON body.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Endpoint {
            $(
                #[doc = concat!("`", $path, "`")]
                $name,
            )+
        }

        impl Endpoint {
            /// Every endpoint the client calls.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The path, beginning with a slash.
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }
        }
    };
}

endpoints! {
    LinkTokenCreate = "/link/token/create",
    LinkTokenGet = "/link/token/get",
    ItemPublicTokenExchange = "/item/public_token/exchange",
    ItemGet = "/item/get",
    ItemRemove = "/item/remove",
    ItemAccessTokenInvalidate = "/item/access_token/invalidate",
    AccountsGet = "/accounts/get",
    AccountsBalanceGet = "/accounts/balance/get",
    InstitutionsGetById = "/institutions/get_by_id",
    SignalEvaluate = "/signal/evaluate",
    SignalPrepare = "/signal/prepare",
    SignalDecisionReport = "/signal/decision/report",
    SignalReturnReport = "/signal/return/report",
    SandboxPublicTokenCreate = "/sandbox/public_token/create",
    SandboxItemResetLogin = "/sandbox/item/reset_login",
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
    pub(crate) const fn pace(self) -> Pace {
        match self {
            Self::AccountsBalanceGet | Self::SignalEvaluate => Pace::Bank,
            _ => Pace::Ordinary,
        }
    }

    /// Whether an observer gets the question and the answer whole, to be kept.
    pub(crate) const fn is_kept_whole(self) -> bool {
        matches!(self, Self::SignalEvaluate)
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
