//! A type for each of Plaid's identifiers, so that they cannot be swapped.
//! Identifiers are opaque and case sensitive; only [`ClientTransactionId`], which we make, is checked.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! readable {
    ($name:ident) => {
        impl $name {
            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text from Plaid.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
        }

        readable!($name);
    )+};
}

identifiers! {
    /// Names an Item: one login at one institution.
    ItemId,
    /// Names an account of one Item. The same bank account has another ID in every Item.
    AccountId,
    /// Names an institution, such as `ins_109508`.
    InstitutionId,
    /// Names one call in Plaid's logs; Plaid's support asks for it.
    RequestId,
    /// Names one Link session.
    LinkSessionId,
    /// Names the same account across Items, at Chase, PNC, and US Bank.
    PersistentAccountId,
}

/// Names one Signal evaluation forever. The caller makes it: 1 to 36 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientTransactionId(String);

readable!(ClientTransactionId);

/// Why a text cannot be a [`ClientTransactionId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientTransactionId {
    /// The text is empty.
    #[error("a client_transaction_id needs at least one character")]
    Empty,
    /// The text is longer than Plaid accepts.
    #[error(
        "a client_transaction_id has at most {} characters, this one has {length}",
        ClientTransactionId::MAX_CHARACTERS
    )]
    TooLong {
        /// In characters.
        length: usize,
    },
}

impl ClientTransactionId {
    /// The longest text that Plaid accepts, in characters.
    pub const MAX_CHARACTERS: usize = 36;

    /// Checks the length.
    ///
    /// # Errors
    /// If `text` has no characters or more than 36.
    pub fn parse(text: &str) -> Result<Self, InvalidClientTransactionId> {
        match text.chars().count() {
            0 => Err(InvalidClientTransactionId::Empty),
            length if length > Self::MAX_CHARACTERS => {
                Err(InvalidClientTransactionId::TooLong { length })
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl std::str::FromStr for ClientTransactionId {
    type Err = InvalidClientTransactionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ClientTransactionId {
    type Error = InvalidClientTransactionId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ClientTransactionId> for String {
    fn from(id: ClientTransactionId) -> Self {
        id.0
    }
}

impl RequestId {
    /// Takes a request_id from an answer that may not be Plaid's, if it looks like one.
    pub(crate) fn from_untrusted(text: &str) -> Option<Self> {
        let is_plausible = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        is_plausible.then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_transaction_id_has_1_to_36_characters() {
        assert_eq!(
            ClientTransactionId::parse(""),
            Err(InvalidClientTransactionId::Empty)
        );
        assert!(ClientTransactionId::parse(&"é".repeat(36)).is_ok());
        assert_eq!(
            ClientTransactionId::parse(&"x".repeat(37)),
            Err(InvalidClientTransactionId::TooLong { length: 37 })
        );
        assert!(serde_json::from_str::<ClientTransactionId>("\"\"").is_err());
    }

    #[test]
    fn identifiers_are_strings_in_json() {
        let json = "\"BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp\"";
        let id: AccountId = serde_json::from_str(json).unwrap();
        assert_eq!(id.as_str(), id.to_string());
        assert_eq!(serde_json::to_string(&id).unwrap(), json);
    }

    #[test]
    fn a_request_id_from_a_proxy_must_look_like_one() {
        assert!(RequestId::from_untrusted("HNTDNrA8F1shFEW").is_some());
        for text in ["", "a b", "<script>", "x\n", &"x".repeat(65)] {
            assert!(RequestId::from_untrusted(text).is_none(), "{text:?}");
        }
    }
}
