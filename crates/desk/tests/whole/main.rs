//! The desk's tests against the real stand-in, in one program: each would otherwise be linked on its own.

mod accounts;
mod audit;
mod balances;
mod bank;
mod batches;
mod deciding;
mod demo;
mod duplicates;
mod elsewhere;
mod evaluating;
mod export_full_disk;
mod full_disk;
mod full_disk_balances;
mod health;
mod interrupted;
mod keyring;
mod leaving;
mod linking;
mod outcomes;
mod refreshing;
mod repairing;
mod returning;
mod settling;

use desk::{Desk, Features};

/// The features of the open environment.
fn features(desk: &Desk) -> Features {
    desk.open().unwrap()
}
