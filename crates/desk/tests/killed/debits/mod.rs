//! Kills while debits are evaluated, decided and reported: no decision and no return may be lost or come out of order,
//! and nothing may be evaluated twice. The bank's own database says so.

mod bank;
mod child;
mod judge;
pub mod moment;
mod orders;
mod table;
mod trial;
mod wire;

use std::process::ExitCode;

use futures_util::StreamExt as _;

use crate::failures::Failure;
use table::Table;
use trial::Template;

/// The argument that stands for this part.
pub const NAME: &str = "debits";

/// Carries a child's orders out, if that is what was asked for.
pub fn child(arguments: &[&str]) -> Option<ExitCode> {
    match *arguments {
        [what @ (orders::USE | orders::FINISH)] => Some(child::run(what)),
        _ => None,
    }
}

/// All trials, or one. Answers those that went wrong.
pub async fn run(only: Option<usize>) -> Vec<Failure> {
    let template = Template::make().await;
    let trials = moment::plan()
        .into_iter()
        .enumerate()
        .filter(|(number, _)| only.is_none_or(|only| only == *number))
        .map(|(number, kills)| trial::run(&template, number, kills));
    let mut outcomes = futures_util::stream::iter(trials).buffer_unordered(crate::trials_at_once());
    let mut table = Table::default();
    while let Some(outcome) = outcomes.next().await {
        table.add(outcome);
    }
    table.print();
    table.failures()
}
