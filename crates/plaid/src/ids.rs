//! A type for each of Plaid's identifiers, so that they cannot be swapped.
//! Identifiers are case sensitive and opaque; only the one that we make ourselves is checked.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as Plaid wrote it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
        }

        readable!($name);
    };
}

macro_rules! readable {
    ($name:ident) => {
        impl $name {
            /// The text of the identifier.
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

identifier!(
    /// Names an Item: one login at one institution.
    ItemId
);
identifier!(
    /// Names an account within its Item.
    AccountId
);
identifier!(
    /// Names an institution, as `ins_109508`.
    InstitutionId
);
identifier!(
    /// Names one call in Plaid's logs; Plaid's support asks for it.
    RequestId
);
identifier!(
    /// Names one session of Link.
    LinkSessionId
);
identifier!(
    /// Names the same account across Items, at the few institutions that have it.
    PersistentAccountId
);

/// Names one Signal evaluation for ever; made by us, 1 to 36 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientTransactionId(String);

readable!(ClientTransactionId);

/// Why a text cannot be a client_transaction_id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientTransactionId {
    /// It has no characters.
    #[error("a client_transaction_id needs at least one character")]
    Empty,
    /// It has more characters than Plaid takes.
    #[error(
        "a client_transaction_id has at most {} characters, this one has {length}",
        ClientTransactionId::MAX_CHARACTERS
    )]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
}

impl ClientTransactionId {
    /// The longest that Plaid takes, in characters.
    pub const MAX_CHARACTERS: usize = 36;

    /// Reads an identifier.
    ///
    /// # Errors
    /// When it has no characters or more than 36.
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
    /// Takes a request_id from an answer of unknown shape, or nothing if it does not look like one.
    pub(crate) fn from_untrusted(text: &str) -> Option<Self> {
        let plausible = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        plausible.then(|| Self(text.to_owned()))
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
    fn identifiers_are_plain_strings_in_json() {
        let id: AccountId =
            serde_json::from_str("\"BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp\"").unwrap();
        assert_eq!(id.as_str(), id.to_string());
        assert_eq!(
            serde_json::to_string(&id).unwrap(),
            "\"BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp\""
        );
    }

    #[test]
    fn a_request_id_from_a_proxy_must_look_like_one() {
        assert!(RequestId::from_untrusted("HNTDNrA8F1shFEW").is_some());
        for odd in ["", "a b", "<script>", "x\n", &"x".repeat(65)] {
            assert!(RequestId::from_untrusted(odd).is_none(), "{odd:?}");
        }
    }
}
