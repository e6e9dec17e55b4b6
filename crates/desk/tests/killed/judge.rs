//! Holds what the desk says against what the stand-in has.

use crate::{
    orders::{Explained, Held, Report, Told},
    stand_in::Item,
};

/// What Plaid's API gives no second copy of, and what the desk says when it is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlyCopy {
    /// The answer of /item/public_token/exchange.
    Exchange,
    /// The answer of /item/access_token/invalidate.
    Rotation,
}

impl OnlyCopy {
    /// What is lost when the desk ends at this place. Nothing at any other.
    fn lost_at(point: &str) -> Option<Self> {
        match point {
            "exchange.answered" => Some(Self::Exchange),
            "rotate.answered" => Some(Self::Rotation),
            _ => None,
        }
    }
}

/// What one kill came to.
#[derive(Debug, Default)]
pub struct Verdict {
    pub granted: usize,
    /// Asked to be removed, and gone on both sides.
    pub removed: usize,
    /// Held by the desk, once, with a token that works.
    pub held: usize,
    /// Not to be had back, and explained: bank, accounts, next step.
    pub explained: usize,
    pub doubled: usize,
    /// What must not be.
    pub wrong: Vec<String>,
}

/// How many Items were granted and given up, as the children told it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    pub grants: usize,
    pub removals: usize,
    /// Those that the desk is known to have taken on before it was killed.
    pub taken_on: usize,
}

pub fn judge<'a>(point: &'a str, asked: Asked, bank: &[Item], report: &'a Report) -> Verdict {
    let mut judge = Judge {
        point,
        lost: OnlyCopy::lost_at(point),
        verdict: Verdict {
            granted: asked.grants,
            removed: asked.grants.saturating_sub(bank.len()),
            ..Verdict::default()
        },
        told: report.sessions.iter().collect(),
    };
    for item in bank {
        judge.item(item, report);
    }
    judge.nothing_else(bank, report);
    judge.balance(asked, bank.len());
    judge.verdict
}

struct Judge<'a> {
    point: &'a str,
    lost: Option<OnlyCopy>,
    verdict: Verdict,
    /// Sessions that may explain an Item, each one only.
    told: Vec<&'a Told>,
}

impl Judge<'_> {
    fn wrong(&mut self, what: String) {
        self.verdict.wrong.push(what);
    }

    fn item(&mut self, item: &Item, report: &Report) {
        let held: Vec<&Held> = report
            .items
            .iter()
            .filter(|held| held.item_id == item.item_id)
            .collect();
        match held[..] {
            [] if self.lost == Some(OnlyCopy::Exchange) && self.is_told(item) => {
                self.verdict.explained += 1;
            }
            [] => self.wrong(format!("lost: {item:?}; told: {:?}", report.sessions)),
            [held] if held.works => {
                self.verdict.held += 1;
                if held.account_ids != item.account_ids() {
                    self.wrong(format!(
                        "other accounts than at the bank: {held:?}, {item:?}"
                    ));
                }
            }
            [held] if self.lost == Some(OnlyCopy::Rotation) && is_told_with(held) => {
                self.verdict.explained += 1;
            }
            [held] => self.wrong(format!("held without a token that works: {held:?}")),
            [..] => self.doubled(format!("held {} times: {item:?}", held.len())),
        }
    }

    fn doubled(&mut self, what: String) {
        self.verdict.doubled += 1;
        self.wrong(what);
    }

    /// Whether a session names the bank and its accounts, and says what can be done.
    fn is_told(&mut self, item: &Item) -> bool {
        let explains = |told: &Explained| {
            let message = &told.message;
            let named = item
                .accounts
                .iter()
                .filter(|account| message.contains(&format!("{} {}", account.name, account.mask)))
                .count();
            message.contains(&item.institution_name)
                && named >= item.accounts.len().min(NAMED)
                && (told.link_again || message.contains("Plaid's support"))
        };
        let found = self
            .told
            .iter()
            .position(|told| told.state == "Failed" && told.problem.as_ref().is_some_and(explains));
        found.map(|at| self.told.swap_remove(at)).is_some()
    }

    /// What the desk holds must be at the bank, and no account may be in two Items.
    fn nothing_else(&mut self, bank: &[Item], report: &Report) {
        let mut seen = std::collections::BTreeSet::new();
        for held in &report.items {
            if !bank.iter().any(|item| item.item_id == held.item_id) {
                self.wrong(format!("held, and gone at the bank: {held:?}"));
            }
            if !held.account_ids.iter().all(|id| seen.insert(id)) {
                self.doubled(format!("an account is in two Items: {held:?}"));
            }
        }
    }

    /// How many removals must have been carried out: here the desk had taken the last on, and was killed in it.
    fn taken_on(&self, asked: Asked) -> usize {
        if matches!(self.point, "remove.begun" | "remove.answered") {
            asked.removals
        } else {
            asked.taken_on
        }
    }

    /// No more Items than were granted, and none gone but those that were to go.
    fn balance(&mut self, asked: Asked, at_bank: usize) {
        for _ in asked.grants..at_bank {
            self.doubled("the bank has an Item more than it granted".to_owned());
        }
        let (removed, explained) = (self.verdict.removed, self.verdict.explained);
        // With a token that is lost, nothing can be removed.
        let least = self.taken_on(asked).saturating_sub(explained);
        if removed < least || removed > asked.removals {
            let removals = asked.removals;
            self.wrong(format!("{removals} were to be removed, and {removed} are"));
        }
    }
}

/// So many accounts are named at most.
const NAMED: usize = 5;

/// Whether the desk says of an Item that its token is lost, and to link again.
fn is_told_with(held: &Held) -> bool {
    let told = held.problem.as_ref();
    told.is_some_and(|told| told.link_again && told.message.contains("was being rotated"))
}
