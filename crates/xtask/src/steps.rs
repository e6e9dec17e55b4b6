//! A run of steps that stops at the first failure and ends with a table of what was done and how long it took.
//! A step that was left out is told apart from one that passed.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

enum StepOutcome {
    Passed(Duration),
    Failed(Duration),
    Skipped(String),
}

/// The steps so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<(&'static str, StepOutcome)>,
}

impl Steps {
    /// Does one step and notes its time.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = work().with_context(|| format!("the step \"{name}\" failed"));
        let time = start.elapsed();
        let outcome = match &result {
            Ok(_) => StepOutcome::Passed(time),
            Err(_) => StepOutcome::Failed(time),
        };
        println!("    {} {}", name, describe(&outcome));
        self.done.push((name, outcome));
        result
    }

    /// Notes a step that cannot be done here, and why.
    pub fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        let outcome = StepOutcome::Skipped(why.into());
        println!("\n==> {name}\n    {name} {}", describe(&outcome));
        self.done.push((name, outcome));
    }

    /// Prints the table.
    pub fn summary(&self) {
        println!("\nSteps:");
        for (name, outcome) in &self.done {
            println!("  {name:<28} {}", describe(outcome));
        }
        let count = |wanted: fn(&StepOutcome) -> bool| {
            self.done
                .iter()
                .filter(|(_, outcome)| wanted(outcome))
                .count()
        };
        let time: Duration = self
            .done
            .iter()
            .filter_map(|(_, outcome)| match outcome {
                StepOutcome::Passed(time) | StepOutcome::Failed(time) => Some(*time),
                StepOutcome::Skipped(_) => None,
            })
            .sum();
        println!(
            "{} passed, {} failed, {} skipped in {:.0} s",
            count(|outcome| matches!(outcome, StepOutcome::Passed(_))),
            count(|outcome| matches!(outcome, StepOutcome::Failed(_))),
            count(|outcome| matches!(outcome, StepOutcome::Skipped(_))),
            time.as_secs_f64()
        );
    }
}

fn describe(outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Passed(time) => format!("passed in {:.1} s", time.as_secs_f64()),
        StepOutcome::Failed(time) => format!("FAILED after {:.1} s", time.as_secs_f64()),
        StepOutcome::Skipped(why) => format!("skipped: {why}"),
    }
}
