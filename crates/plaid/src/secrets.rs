//! Keys and tokens: what opens something is never printable and never serialised.
//! `expose` is the one way to the text, so that every use can be found.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The public half of the API keys; the same in every environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// A client_id as the Dashboard shows it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of the client_id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Never printable: `Debug` shows the type's name only, and there is no `Display` and no `Serialize`.
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes the text over; it is wiped from memory when dropped.
            pub fn new(text: impl Into<String>) -> Self {
                Self(SecretString::from(text.into()))
            }

            /// The secret text itself.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        secret!($(#[$doc])* $name);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::new)
            }
        }
    };
}

secret!(
    /// The secret half of the API keys, one for each environment.
    ApiSecret
);
token!(
    /// Opens an Item until it is removed or the token is rotated.
    AccessToken
);
token!(
    /// Exchanged once, within 30 minutes, for an access token.
    PublicToken
);
token!(
    /// Opens one session of Link.
    LinkToken
);

/// The API keys of one environment.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The public half.
    pub client_id: ClientId,
    /// The secret half.
    pub secret: ApiSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTED: &str = "planted-0123456789";

    #[test]
    fn debug_shows_no_secret() {
        let shown = [
            format!("{:?}", ApiSecret::new(PLANTED)),
            format!("{:#?}", AccessToken::new(PLANTED)),
            format!("{:?}", PublicToken::new(PLANTED)),
            format!("{:?}", LinkToken::new(PLANTED)),
            format!(
                "{:#?}",
                Credentials {
                    client_id: ClientId::new("id"),
                    secret: ApiSecret::new(PLANTED)
                }
            ),
        ];
        for text in shown {
            assert!(text.contains("[redacted]"), "{text}");
            assert!(!text.contains(PLANTED), "{text}");
        }
    }

    #[test]
    fn a_token_is_read_from_json_and_exposed_on_demand() {
        let token: AccessToken = serde_json::from_str(&format!("\"{PLANTED}\"")).unwrap();
        assert_eq!(token.clone().expose(), PLANTED);
    }
}
