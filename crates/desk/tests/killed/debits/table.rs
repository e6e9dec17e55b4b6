//! What all the kills came to, as tables.

use std::collections::BTreeMap;

use super::{
    judge::{Asked, Delivered, Imported},
    moment::Moment,
    trial::Outcome,
};

#[derive(Default)]
pub struct Table {
    kills: BTreeMap<Moment, usize>,
    faults: usize,
    evaluations: Asked,
    batches: Imported,
    decisions: Delivered,
    returns: Delivered,
    wrong: usize,
}

impl Table {
    /// Adds what one trial came to; what went wrong is told at once.
    pub fn add(&mut self, outcome: Outcome) {
        let Outcome {
            trial,
            killed,
            faults,
            verdict,
            log,
        } = outcome;
        if !verdict.wrong.is_empty() {
            println!("{log}");
            println!("WRONG in trial {trial}, killed at {killed:?}:");
            for wrong in &verdict.wrong {
                println!("  {wrong}");
            }
        }
        for moment in killed {
            *self.kills.entry(moment).or_default() += 1;
        }
        self.faults += faults;
        self.evaluations.add(&verdict.evaluations);
        self.batches.add(&verdict.batches);
        self.decisions.add(&verdict.decisions);
        self.returns.add(&verdict.returns);
        self.wrong += verdict.wrong.len();
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
             evaluated twice, by the bank's count. superseded: corrected before it was sent. again: sent once more, right\n\
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
            twice,
            lost,
        } = self.batches;
        println!(
            "\n{:<12} {:>8} {:>9} {:>8} {:>8} {:>8} {:>7} {:>6}",
            "", "imported", "not begun", "rows", "answered", "unknown", "lost", "twice"
        );
        println!(
            "{:<12} {batches:>8} {not_imported:>9} {rows:>8} {answered:>8} {unknown:>8} {lost:>7} {twice:>6}",
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

    pub fn passed(&self) -> bool {
        self.wrong == 0
    }
}
