//! What all the kills came to, as tables.

use std::collections::BTreeMap;

use super::{
    judge::{Asked, Delivered},
    moment::Moment,
    trial::Outcome,
};

#[derive(Default)]
pub struct Table {
    kills: BTreeMap<Moment, usize>,
    faults: usize,
    evaluations: Asked,
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
        self.decisions.add(&verdict.decisions);
        self.returns.add(&verdict.returns);
        self.wrong += verdict.wrong.len();
    }

    pub fn print(&self) {
        println!("\n{:<40} {:>5}", "killed at", "kills");
        for (moment, kills) in &self.kills {
            println!("{:<40} {kills:>5}", moment.words());
        }
        println!("{:<40} {:>5}", "all", self.kills.values().sum::<usize>());
        println!(
            "{:<40} {:>5}",
            "calls that went wrong on the wire besides", self.faults
        );
        println!(
            "\n{:<11} {:>6} {:>8} {:>8} {:>9} {:>8} {:>7} {:>7}",
            "", "begun", "at bank", "answered", "not begun", "unknown", "probed", "twice"
        );
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
            "{:<11} {begun:>6} {at_bank:>8} {answered:>8} {not_begun:>9} {unknown:>8} {probed:>7} {twice:>7}",
            "evaluations"
        );
        println!(
            "\n{:<11} {:>8} {:>8} {:>10} {:>6} {:>5} {:>12}",
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
                "{name:<11} {recorded:>8} {arrived:>8} {superseded:>10} {again:>6} {lost:>5} {out_of_order:>12}"
            );
        }
        println!(
            "not begun: the desk was killed before it had written the evaluation down, and the bank has nothing of it.\n\
             unknown: evaluated once, and the only copy of the answer was lost; the desk says so, and that it was charged.\n\
             probed: the desk asked the bank, without a charge, whether it has one, and it had. twice: by the bank's count.\n\
             superseded: corrected before it was sent. again: sent once more, right after itself, since nobody knew."
        );
    }

    pub fn passed(&self) -> bool {
        self.wrong == 0
    }
}
