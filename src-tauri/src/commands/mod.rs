//! The commands of the main window, one file per feature. A command parses its arguments and calls a feature; errors
//! become a [`Problem`].

/// Lists a file's cacheable commands with their tags: an event that invalidates a tag makes the UI call the command
/// again. `cargo xtask bindings` generates the UI's cache rules from this list; the macro only checks that the tags
/// exist.
macro_rules! provides {
    ($($command:ident: [$($tag:ident),*];)*) => {
        const _: &[&[desk::event::CacheTag]] =
            &[$(&[$(desk::event::CacheTag::$tag),*]),*];
    };
}

mod accounts;
mod activity;
mod audit;
mod balances;
mod batches;
mod decisions;
mod demo;
mod evaluations;
mod export;
mod history;
mod invitations;
mod items;
mod link;
mod outcomes;
mod pages;
mod returns;
mod settings;
mod start;
mod support;

use desk::problem::Problem;
use tauri::{State, Wry, ipc::Invoke};

use crate::shell::Shell;

type CommandResult<T> = Result<T, Problem>;

type ShellState<'a> = State<'a, Shell>;

/// `cargo xtask bindings` generates the list from the functions in this folder.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    include!("../../generated/handler.rs")
}
