//! API keys and tokens. Secrets cannot be printed or serialized; `expose` is the only way to their text, so that every
//! use can be found.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Names the team; not secret, and the same in every environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Takes the text that Plaid's Dashboard shows.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
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
        /// `Debug` shows only the type's name, and there is no `Display` and no `Serialize`.
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes the text, which is wiped from memory on drop.
            pub fn new(text: impl Into<String>) -> Self {
                Self(SecretString::from(text.into()))
            }

            /// The secret text.
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
    /// The API secret of one environment.
    ApiSecret
);
token!(
    /// Gives access to an Item until the Item is removed or the token is rotated.
    AccessToken
);
token!(
    /// Can be exchanged once, within 30 minutes, for an access token.
    PublicToken
);
token!(
    /// Opens one Link session.
    LinkToken
);

/// The API keys of one environment.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Names the team.
    pub client_id: ClientId,
    /// Authenticates the team in this environment.
    pub secret: ApiSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "planted-0123456789";

    #[test]
    fn debug_shows_no_secret() {
        let texts = [
            format!("{:?}", ApiSecret::new(SECRET)),
            format!("{:#?}", AccessToken::new(SECRET)),
            format!("{:?}", PublicToken::new(SECRET)),
            format!("{:?}", LinkToken::new(SECRET)),
            format!(
                "{:#?}",
                Credentials {
                    client_id: ClientId::new("id"),
                    secret: ApiSecret::new(SECRET)
                }
            ),
        ];
        for text in texts {
            assert!(text.contains("[redacted]"), "{text}");
            assert!(!text.contains(SECRET), "{text}");
        }
    }

    #[test]
    fn a_token_is_read_from_json_and_exposed() {
        let token: AccessToken = serde_json::from_str(&format!("\"{SECRET}\"")).unwrap();
        assert_eq!(token.clone().expose(), SECRET);
    }
}
