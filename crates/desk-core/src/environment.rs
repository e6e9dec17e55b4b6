//! Environments, each with its own database file and API keys.

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
    Demo,
    Sandbox,
    Production,
}

impl Environment {
    pub const ALL: [Self; 3] = [Self::Demo, Self::Sandbox, Self::Production];

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
