//! What all the kills came to, as tables.

use std::collections::BTreeMap;

use super::{
    judge::{Asked, Delivered, Imported},
    moment::Moment,
    trial::Outcome,
};
use crate::failures::Failure;

#[derive(Default)]
pub struct Table {
    kills: BTreeMap<Moment, usize>,
    faults: usize,
    evaluations: Asked,
    batches: Imported,
    decisions: Delivered,
    returns: Delivered,
    failures: Vec<Failure>,
}

impl Table {
    /// Adds what one trial came to. The whole log of one that went wrong is printed at once.
    pub fn add(&mut self, outcome: Outcome) {
        let Outcome {
            trial,
            killed,
            faults,
            verdict,
            log,
        } = outcome;
        if !verdict.wrong.is_empty() {
            let what = format!("debits {trial}");
            let after: Vec<String> = killed.iter().map(|moment| moment.words()).collect();
            let failure = Failure {
                what,
                circumstances: format!("killed at: {}", after.join("; ")),
                wrong: verdict.wrong,
                log,
            };
            failure.print_log();
            self.failures.push(failure);
        }
        for moment in killed {
            *self.kills.entry(moment).or_default() += 1;
        }
        self.faults += faults;
        self.evaluations.add(&verdict.evaluations);
        self.batches.add(&verdict.batches);
        self.decisions.add(&verdict.decisions);
        self.returns.add(&verdict.returns);
    }

    pub fn print(&self) {
        println!("\n{:<42} {:>5}", "killed at", "kills");
        for (moment, kills) in &self.kills {
            println!("{:<42} {kills:>5}", moment.words());
        }
        println!("{:<42} {:>5}", "all", self.kills.values().sum::<usize>());
        println!(
            "{:<42} {:>5}",
            "besides, calls that went wrong on the wire", self.faults
        );
        self.print_evaluations();
        self.print_reports();
        println!(
            "evaluations are those of batches, too. not begun: the desk was killed before it had written it down, and the\n\
             bank has nothing of it. unknown: evaluated once, and the only copy of the answer was lost; the desk says so, and\n\
             that it was charged. probed: the desk asked the bank, without a charge, whether it has one, and it had. twice:\n\
             evaluated twice, by the bank's count. cancelled: rows that were not begun when their batch was cancelled, and that\n\
             the bank has nothing of. superseded: corrected before it was sent. again: sent once more, right\n\
             after itself, since nobody knew whether it had arrived."
        );
    }

    fn print_evaluations(&self) {
        let Asked {
            begun,
            at_bank,
            answered,
            unknown,
            not_begun,
            twice,
            probed,
        } = self.evaluations;
        println!(
            "\n{:<12} {:>8} {:>9} {:>8} {:>8} {:>8} {:>7} {:>6}",
            "", "begun", "not begun", "at bank", "answered", "unknown", "probed", "twice"
        );
        println!(
            "{:<12} {begun:>8} {not_begun:>9} {at_bank:>8} {answered:>8} {unknown:>8} {probed:>7} {twice:>6}",
            "evaluations"
        );
        let Imported {
            batches,
            not_imported,
            rows,
            answered,
            unknown,
            cancelled,
            twice,
            lost,
        } = self.batches;
        println!(
            "\n{:<12} {:>8} {:>9} {:>8} {:>8} {:>8} {:>9} {:>7} {:>6}",
            "",
            "imported",
            "not begun",
            "rows",
            "answered",
            "unknown",
            "cancelled",
            "lost",
            "twice"
        );
        println!(
            "{:<12} {batches:>8} {not_imported:>9} {rows:>8} {answered:>8} {unknown:>8} {cancelled:>9} {lost:>7} {twice:>6}",
            "batches"
        );
    }

    fn print_reports(&self) {
        println!(
            "\n{:<12} {:>8} {:>8} {:>10} {:>6} {:>5} {:>12}",
            "", "recorded", "arrived", "superseded", "again", "lost", "out of order"
        );
        for (name, delivered) in [("decisions", &self.decisions), ("returns", &self.returns)] {
            let Delivered {
                recorded,
                arrived,
                superseded,
                again,
                lost,
                out_of_order,
            } = delivered;
            println!(
                "{name:<12} {recorded:>8} {arrived:>8} {superseded:>10} {again:>6} {lost:>5} {out_of_order:>12}"
            );
        }
    }

    pub fn failures(self) -> Vec<Failure> {
        self.failures
    }
}
