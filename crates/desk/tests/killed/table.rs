//! What all the kills came to, as a table.

use std::collections::BTreeMap;

use crate::{failures::Failure, judge::Verdict, trial::Outcome};

#[derive(Default)]
struct Row {
    kills: usize,
    /// Kills at the same place after the restart.
    kills_again: usize,
    granted: usize,
    removed: usize,
    held: usize,
    explained: usize,
    doubled: usize,
}

impl Row {
    fn add(&mut self, kills: usize, verdict: &Verdict) {
        self.kills += usize::from(kills > 0);
        self.kills_again += kills.saturating_sub(1);
        self.granted += verdict.granted;
        self.removed += verdict.removed;
        self.held += verdict.held;
        self.explained += verdict.explained;
        self.doubled += verdict.doubled;
    }

    fn print(&self, name: &str) {
        let lost =
            (self.granted + self.doubled).saturating_sub(self.removed + self.held + self.explained);
        println!(
            "{name:<20} {:>5} {:>6} {:>8} {:>8} {:>6} {:>10} {lost:>5} {:>8}",
            self.kills,
            self.kills_again,
            self.granted,
            self.removed,
            self.held,
            self.explained,
            self.doubled
        );
    }
}

#[derive(Default)]
pub struct Table {
    rows: BTreeMap<&'static str, Row>,
    all: Row,
    failures: Vec<Failure>,
}

impl Table {
    /// Adds what one kill came to. The whole log of one that went wrong is printed at once.
    pub fn add(&mut self, outcome: Outcome) {
        let Outcome {
            script,
            kills,
            verdict,
            log,
        } = outcome;
        self.rows
            .entry(script.point)
            .or_default()
            .add(kills, &verdict);
        self.all.add(kills, &verdict);
        if !verdict.wrong.is_empty() {
            let failure = Failure {
                what: format!("{} {}", script.point, script.seed),
                circumstances: format!("{script:?}"),
                wrong: verdict.wrong,
                log,
            };
            failure.print_log();
            self.failures.push(failure);
        }
    }

    pub fn print(&self) {
        println!(
            "\n{:<20} {:>5} {:>6} {:>8} {:>8} {:>6} {:>10} {:>5} {:>8}",
            "killed at",
            "kills",
            "again",
            "granted",
            "removed",
            "held",
            "explained",
            "lost",
            "doubled"
        );
        for (name, row) in &self.rows {
            row.print(name);
        }
        self.all.print("all");
        println!(
            "again: at the same place after the restart. removed: on both sides, as asked. explained: only where the sole\n\
             copy of an access token was in the answer that the killed process had just got (exchange.answered,\n\
             rotate.answered); the desk names bank and accounts, and what can be done."
        );
    }

    pub fn failures(self) -> Vec<Failure> {
        self.failures
    }
}
