//! End to end: the real window under Xvfb, a real keyring on a private session bus, real SQLite,
//! and the stand-in for Plaid as a process of its own.
#![cfg(target_os = "linux")]

mod accessibility;
mod accounts;
mod bad_input;
mod batch_import;
mod batches;
mod decisions;
mod demo;
mod evaluate;
mod first_start;
mod history;
mod installed;
mod invitations;
mod isolation;
mod items;
mod link_privacy;
mod link_ways;
mod main_job;
mod outcomes;
mod returns;
mod secrets;
mod settings;
mod support;
