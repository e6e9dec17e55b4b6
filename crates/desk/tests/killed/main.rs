//! The kill tests. The desk runs in a process of its own and ends by SIGKILL at a named place; the next process opens
//! what is on the disk, and then every Item that the stand-in has granted must be known to the desk, and none twice.
//! What is evaluated, decided and returned has kills of its own: see `debits`.
//!
//! `cargo test -p desk --test killed -- all` runs all; with `POINT` instead of `all` only that place, with `POINT SEED`
//! one kill of it, with `debits` the other part, with `debits TRIAL` one trial of that. Nothing runs without one of
//! these, because all kills take minutes.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program without libtest talks through its standard streams"
)]

mod act;
mod child;
mod customer;
mod debits;
mod failures;
mod judge;
mod kill_at;
mod orders;
mod script;
mod stand_in;
mod table;
mod trial;

use desk::{Desk, Features};

/// The features of the open environment.
fn features(desk: &Desk) -> Features {
    desk.open().unwrap()
}

use std::process::ExitCode;

use futures_util::StreamExt as _;

use failures::Failure;
use script::{POINTS, Script};
use table::Table;
use trial::Template;

/// The argument that stands for every kill.
const ALL: &str = "all";

/// How often the desk is killed at each place.
const KILLS: u64 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let [orders::ACT | orders::SETTLE] = arguments[..] {
        return child::run(arguments[0]);
    }
    if let Some(code) = debits::child(&arguments) {
        return code;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let failures = runtime.block_on(async {
        match arguments[..] {
            [ALL] => {
                all_have_their_kills();
                let mut failures = everywhere(&POINTS, 0..KILLS).await;
                failures.extend(debits::run(None).await);
                failures
            }
            [debits::NAME] => debits::run(None).await,
            [debits::NAME, trial] => {
                debits::run(Some(trial.parse().expect("a trial is a number"))).await
            }
            [point] if let Some(point) = known(point) => everywhere(&[point], 0..KILLS).await,
            [point, seed] if let Some(point) = known(point) => {
                let seed = seed.parse().expect("a seed is a number");
                everywhere(&[point], seed..seed + 1).await
            }
            // What Cargo and nextest pass to every test program, for example `--list`.
            _ => {
                eprintln!(
                    "no kill test runs; name {ALL}, {}, or one of {POINTS:?}",
                    debits::NAME
                );
                Vec::new()
            }
        }
    });
    // Below all tables, where whoever sees only the end of it finds it.
    for failure in &failures {
        failure.print();
    }
    if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn known(point: &str) -> Option<&'static str> {
    POINTS.into_iter().find(|known| *known == point)
}

/// Every place of the source has its kills, in one of the two parts.
fn all_have_their_kills() {
    let mut points = [&POINTS[..], &debits::moment::POINTS].concat();
    points.sort_unstable();
    assert_eq!(script::placed_in_the_source(), points);
}

/// Half of a trial is waiting: for the disk, for the next look at a Link session, and for the time in which the bank may
/// still be at an evaluation.
fn trials_at_once() -> usize {
    2 * std::thread::available_parallelism().map_or(2, usize::from)
}

/// Answers what went wrong.
async fn everywhere(points: &[&'static str], seeds: std::ops::Range<u64>) -> Vec<Failure> {
    let template = Template::make().await;
    let trials = points
        .iter()
        .flat_map(|point| seeds.clone().map(|seed| Script::of(point, seed)))
        .map(|script| trial::run(&template, script));
    let mut outcomes = futures_util::stream::iter(trials).buffer_unordered(trials_at_once());
    let mut table = Table::default();
    while let Some(outcome) = outcomes.next().await {
        table.add(outcome);
    }
    table.print();
    table.failures()
}
