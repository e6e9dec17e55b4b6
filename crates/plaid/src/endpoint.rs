//! The Plaid endpoints this client calls.

/// Declares the endpoints once, so that [`Endpoint::ALL`] is complete.
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

/// Whether an answer's text may be quoted in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerText {
    Quotable,
    /// Successful answers carry a token, so no answer is quoted.
    CarriesToken,
}

impl Endpoint {
    /// Whether Plaid asks the bank before it answers, which takes longer.
    pub(crate) const fn asks_bank(self) -> bool {
        matches!(self, Self::AccountsBalanceGet | Self::SignalEvaluate)
    }

    /// Whether observers get the complete request and answer.
    pub(crate) const fn is_recorded(self) -> bool {
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
    fn paths_are_unique() {
        let paths: HashSet<_> = Endpoint::ALL.iter().map(|e| e.path()).collect();
        assert_eq!(paths.len(), Endpoint::ALL.len());
        assert!(paths.iter().all(|path| path.starts_with('/')));
    }
}
