//! The commands the main window may call, one file per feature. A command parses, calls the desk
//! and answers; every refusal crosses as a [`Problem`].

/// Declares the commands that the UI may cache, each with the tags of what it reads: an event that invalidates one of
/// them makes the UI read again. `cargo xtask bindings` turns this into the UI's cache rules; here it only holds the tags
/// to be real.
macro_rules! provides {
    ($($command:ident: [$($tag:ident),*];)*) => {
        const _: &[&[desk::start::event::CacheTag]] =
            &[$(&[$(desk::start::event::CacheTag::$tag),*]),*];
    };
}

mod accounts;
mod activity;
mod audit;
mod balances;
mod batches;
mod decisions;
mod demo;
mod export;
mod history;
mod items;
mod link;
mod outcomes;
mod pages;
mod returns;
mod settings;
mod signal;
mod start;

use desk::problem::Problem;
use tauri::{State, Wry, ipc::Invoke};

use crate::shell::Shell;

/// What a command answers.
type Answer<T> = Result<T, Problem>;

/// The desk's state as a command receives it.
type Desk<'a> = State<'a, Shell>;

/// All commands: `cargo xtask bindings` makes the list from the functions in this folder.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    include!("../../generated/handler.rs")
}
