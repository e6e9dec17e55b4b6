//! Where secrets are kept. (Types crossing from the screen; the stores are being written.)

use secrecy::SecretString;

/// A passphrase as typed. Never printed, never serialised.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Passphrase(pub(crate) SecretString);

/// An API secret as typed. Never printed, never serialised.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(pub(crate) SecretString);
