//! A run of steps that stops at the first failure and ends with a table of what was done and how long it took.
//! A step that was left out is told apart from one that passed.

use crate::inputs::{Inputs, PassedStamp};
use crate::tools::{Captured, Repository};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

enum StepOutcome {
    Passed(Duration),
    Unchanged,
    Failed(Duration),
    Skipped(String),
}

/// The steps so far.
pub struct Steps {
    started: Instant,
    done: Vec<(&'static str, StepOutcome)>,
    /// Also do the steps whose inputs are unchanged.
    do_unchanged: bool,
    /// These run beside others, so each prints everything at its end, in one piece.
    captured: Option<Captured>,
}

impl Steps {
    /// None yet. With `do_unchanged` also those are done that passed before with the same inputs.
    pub fn new(do_unchanged: bool) -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
            do_unchanged,
            captured: None,
        }
    }

    /// Steps that run beside these, with commands that are captured here.
    pub fn beside(&self, captured: Captured) -> Self {
        Self {
            captured: Some(captured),
            ..Self::new(self.do_unchanged)
        }
    }

    /// Does one step and notes its time.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.captured.is_none() {
            println!("\n==> {name}");
        }
        let start = Instant::now();
        let result = work().with_context(|| format!("the step \"{name}\" failed"));
        let time = start.elapsed();
        let outcome = match &result {
            Ok(_) => StepOutcome::Passed(time),
            Err(_) => StepOutcome::Failed(time),
        };
        if let Some(captured) = &self.captured {
            println!(
                "\n==> {name} (beside other steps)\n{}",
                captured.take().trim_end()
            );
        }
        println!("    {name} {}", describe(&outcome));
        self.done.push((name, outcome));
        result
    }

    /// Does one step, unless it passed before with the same inputs.
    pub fn step_if_changed(
        &mut self,
        repository: &Repository,
        name: &'static str,
        inputs: Inputs,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let stamp = PassedStamp::of(repository, name, inputs);
        if stamp.holds() && !self.do_unchanged {
            println!(
                "\n==> {name}\n    {name} {}",
                describe(&StepOutcome::Unchanged)
            );
            self.done.push((name, StepOutcome::Unchanged));
            return Ok(());
        }
        stamp.forget();
        self.step(name, work)?;
        stamp.keep(repository, inputs)
    }

    /// Adds the steps that were done beside these.
    pub fn append(&mut self, beside: Self) {
        self.done.extend(beside.done);
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
        println!(
            "{} passed, {} unchanged since they passed, {} failed, {} skipped in {:.0} s",
            count(|outcome| matches!(outcome, StepOutcome::Passed(_))),
            count(|outcome| matches!(outcome, StepOutcome::Unchanged)),
            count(|outcome| matches!(outcome, StepOutcome::Failed(_))),
            count(|outcome| matches!(outcome, StepOutcome::Skipped(_))),
            self.started.elapsed().as_secs_f64()
        );
    }
}

fn describe(outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Passed(time) => format!("passed in {:.1} s", time.as_secs_f64()),
        StepOutcome::Failed(time) => format!("FAILED after {:.1} s", time.as_secs_f64()),
        StepOutcome::Unchanged => "unchanged since it passed (--all runs it again)".to_owned(),
        StepOutcome::Skipped(why) => format!("skipped: {why}"),
    }
}
