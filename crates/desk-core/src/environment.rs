//! The environments, each with a database file and API keys of its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "environment.ts")]
#[strum(serialize_all = "snake_case")]
pub enum Environment {
    /// The built-in stand-in for Plaid's Sandbox; needs no keys.
    Demo,
    /// Plaid's Sandbox: test banks, real API.
    Sandbox,
    /// Plaid's Production: real banks, billed.
    Production,
}

impl Environment {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Demo, Self::Sandbox, Self::Production];

    /// The name in file names, slots of secrets and confirmations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Demo => "Demo",
            Self::Sandbox => "Sandbox",
            Self::Production => "Production",
        })
    }
}

crate::sql_words!(Environment);
