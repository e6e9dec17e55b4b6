//! The product: what the app knows and decides. SQLite, keyring, features; no Tauri.

pub mod balances;
pub mod items;
pub mod link;
pub mod problem;
pub mod secrets;
pub mod settings;
pub mod signal;
pub mod start;
