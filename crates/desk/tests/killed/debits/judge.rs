//! Holds what the user was told, what the desk shows at the end, and what the bank has against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bank::{Arrived, Evaluated, Kept},
    orders::{
        Debit, Delivery, Kind, News, Plan, Record, Report, Row, Shown, ShownBatch, ShownRow, State,
    },
};

/// What became of a record or an import at the desk, as far as the user knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// The desk was killed before it could say.
    Nothing,
    Recorded,
}

#[derive(Debug)]
struct Tried {
    record: Record,
    known: Known,
}

#[derive(Debug)]
struct TriedBatch {
    plan: Plan,
    import: Known,
    /// None: nobody has cancelled it.
    cancel: Option<Known>,
}

/// What the user did and was told, over all the lives of the desk.
#[derive(Debug, Default)]
pub struct Story {
    debits: Vec<Debit>,
    batches: Vec<TriedBatch>,
    /// Rows that were shown as cancelled.
    never_asked: BTreeSet<String>,
    /// The request_id of the answer that was shown.
    answered: BTreeMap<String, String>,
    /// In the order in which it was recorded, by evaluation.
    records: BTreeMap<String, Vec<Tried>>,
}

impl Story {
    pub fn hear(&mut self, news: News) {
        match news {
            News::Asks(debit) => self.debits.push(debit),
            News::Answered { id, request_id } => {
                self.answered.insert(id, request_id);
            }
            News::Imports(plan) => self.batches.push(TriedBatch {
                plan,
                import: Known::Nothing,
                cancel: None,
            }),
            News::Imported(name) => self.batch(&name).import = Known::Recorded,
            News::Cancels(name) => {
                self.batch(&name).cancel.get_or_insert(Known::Nothing);
            }
            News::Cancelled(name) => self.batch(&name).cancel = Some(Known::Recorded),
            News::NeverAsked(ids) => self.never_asked.extend(ids),
            News::Records(records) => {
                for record in records {
                    let of_one = self.records.entry(record.id.clone()).or_default();
                    if of_one.iter().any(|tried| tried.record == record) {
                        continue;
                    }
                    of_one.push(Tried {
                        record,
                        known: Known::Nothing,
                    });
                }
            }
            News::Recorded(records) => {
                for record in records {
                    let of_one = self.records.get_mut(&record.id).unwrap();
                    let tried = of_one.iter_mut().find(|tried| tried.record == record);
                    tried.unwrap().known = Known::Recorded;
                }
            }
            News::Report(_) => {}
        }
    }

    fn batch(&mut self, name: &str) -> &mut TriedBatch {
        let mut batches = self.batches.iter_mut();
        batches.find(|tried| tried.plan.name == name).unwrap()
    }

    pub fn asked(&self) -> u32 {
        u32::try_from(self.debits.len()).unwrap()
    }

    pub fn batches(&self) -> u32 {
        u32::try_from(self.batches.len()).unwrap()
    }

    pub fn tried(&self) -> BTreeMap<String, [u32; 2]> {
        let count = |of_one: &Vec<Tried>| {
            let mut counts = [0; 2];
            for tried in of_one {
                counts[tried.record.kind as usize] += 1;
            }
            counts
        };
        let each = self.records.iter();
        each.map(|(id, of_one)| (id.clone(), count(of_one)))
            .collect()
    }
}

/// What became of records of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delivered {
    /// The desk has said that it has them, or shows them.
    pub recorded: usize,
    pub arrived: usize,
    /// Corrected before they were sent.
    pub superseded: usize,
    /// Came once more, right after themselves.
    pub again: usize,
    pub lost: usize,
    pub out_of_order: usize,
}

/// What became of evaluations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    pub begun: usize,
    pub at_bank: usize,
    pub answered: usize,
    /// Evaluated, and the answer was lost with the killed desk or on the wire: shown so.
    pub unknown: usize,
    /// Never written down: the desk was killed before it said that it asks.
    pub not_begun: usize,
    pub twice: usize,
    /// Times that the desk asked the bank whether it has one, and it had.
    pub probed: usize,
}

/// What became of batches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Imported {
    pub batches: usize,
    /// Not written: the desk was killed before it said that it has them.
    pub not_imported: usize,
    pub rows: usize,
    pub answered: usize,
    /// Evaluated, and the answer was lost: shown so.
    pub unknown: usize,
    /// Never asked: their batch was cancelled before.
    pub cancelled: usize,
    pub twice: usize,
    pub lost: usize,
}

/// What one trial came to.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Those of batches, too.
    pub evaluations: Asked,
    pub batches: Imported,
    pub decisions: Delivered,
    pub returns: Delivered,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Verdict {
    pub fn of_wrong(wrong: String) -> Self {
        Self {
            wrong: vec![wrong],
            ..Self::default()
        }
    }
}

pub fn judge(story: &Story, bank: &Kept, report: &Report) -> Verdict {
    let mut judge = Judge {
        verdict: Verdict::default(),
        bank,
        shown: BTreeMap::new(),
    };
    for shown in &report.evaluations {
        let id = &shown.debit.id;
        if judge.shown.insert(id, shown).is_some() {
            judge.wrong(format!("shown twice: {id}"));
        }
    }
    let debits = judge.batches(story, report);
    judge.evaluations(&debits, story);
    judge.bill(report);
    let none = Vec::new();
    let ids: BTreeSet<&String> = story.records.keys().chain(bank.reports.keys()).collect();
    for id in ids {
        judge.reports(id, story.records.get(id).unwrap_or(&none));
    }
    judge.verdict
}

struct Judge<'a> {
    verdict: Verdict,
    bank: &'a Kept,
    shown: BTreeMap<&'a str, &'a Shown>,
}

impl<'a> Judge<'a> {
    fn wrong(&mut self, what: String) {
        self.verdict.wrong.push(what);
    }

    /// Every batch that the desk has said it has is there with all its rows, and each row is evaluated once, or never
    /// where it was not begun when its batch was cancelled. Answers all debits there are, those of batches too.
    fn batches(&mut self, story: &Story, report: &Report) -> Vec<Debit> {
        let mut debits = story.debits.clone();
        for tried in &story.batches {
            let name = &tried.plan.name;
            let shown = report.batches.iter().find(|shown| shown.name == *name);
            match shown {
                None if tried.import == Known::Nothing => self.verdict.batches.not_imported += 1,
                None => {
                    self.verdict.batches.lost += tried.plan.rows.len();
                    self.wrong(format!("a batch is lost: {name}"));
                }
                Some(shown) => debits.extend(self.batch(tried, shown, &story.never_asked)),
            }
        }
        let names: BTreeSet<&str> = report.batches.iter().map(|shown| &*shown.name).collect();
        if names.len() != report.batches.len() || names.len() > story.batches.len() {
            self.wrong(format!("more batches than were imported: {names:?}"));
        }
        debits
    }

    fn batch(
        &mut self,
        tried: &TriedBatch,
        shown: &ShownBatch,
        never_asked: &BTreeSet<String>,
    ) -> Vec<Debit> {
        let plan = &tried.plan;
        self.verdict.batches.batches += 1;
        if plan.rows.len() != shown.rows.len() || !shown.ended {
            self.wrong(format!("a batch is not whole: {shown:?}"));
        }
        let may_be_cancelled = match tried.cancel {
            None => !shown.cancelled,
            Some(Known::Nothing) => true,
            Some(Known::Recorded) => shown.cancelled,
        };
        if !may_be_cancelled {
            let cancel = tried.cancel;
            self.wrong(format!("its cancellation is {cancel:?}: {shown:?}"));
        }
        let mut debits = Vec::new();
        for (planned, row) in plan.rows.iter().zip(&shown.rows) {
            if row.state == Some(State::Cancelled) || never_asked.contains(&row.id) {
                self.cancelled(planned, row, shown);
                continue;
            }
            let at_bank = self.bank.evaluations.get(&row.id);
            let evaluation = self.shown.get(row.id.as_str());
            let same = (&row.reference, &row.amount) == (&planned.reference, &planned.amount)
                && evaluation.is_some_and(|shown| {
                    row.state == Some(shown.state) && row.result == shown.result
                });
            let counts = &mut self.verdict.batches;
            counts.rows += 1;
            counts.answered += usize::from(row.state == Some(State::Answered));
            counts.unknown += usize::from(row.state == Some(State::Unknown));
            counts.twice += usize::from(at_bank.is_some_and(|at_bank| at_bank.times > 1));
            counts.lost += usize::from(at_bank.is_none());
            if !same {
                self.wrong(format!("{planned:?} is shown as {row:?}, {evaluation:?}"));
            }
            debits.push(Debit {
                id: row.id.clone(),
                account_id: planned.account_id.clone(),
                amount: planned.amount.clone(),
            });
        }
        debits
    }

    /// A row that was not begun when its batch was cancelled.
    fn cancelled(&mut self, planned: &Row, row: &ShownRow, batch: &ShownBatch) {
        self.verdict.batches.rows += 1;
        self.verdict.batches.cancelled += 1;
        let at_bank = self.bank.evaluations.get(&row.id);
        let evaluation = self.shown.get(row.id.as_str());
        let right = batch.cancelled
            && row.state == Some(State::Cancelled)
            && (&row.reference, &row.amount) == (&planned.reference, &planned.amount)
            && at_bank.is_none()
            && evaluation.is_none();
        if !right {
            self.wrong(format!(
                "a cancelled row: {row:?}, {evaluation:?}; the bank: {at_bank:?}"
            ));
        }
    }

    fn evaluations(&mut self, debits: &[Debit], story: &Story) {
        self.verdict.evaluations.begun = debits.len();
        for debit in debits {
            let id = debit.id.as_str();
            match (self.shown.get(id).copied(), self.bank.evaluations.get(id)) {
                (None, None) if !story.answered.contains_key(id) => {
                    self.verdict.evaluations.not_begun += 1;
                }
                (None, at_bank) => self.wrong(format!("not shown: {id}; the bank: {at_bank:?}")),
                (Some(shown), at_bank) => self.evaluation(debit, shown, at_bank, story),
            }
        }
        let asked: BTreeSet<&str> = debits.iter().map(|debit| debit.id.as_str()).collect();
        if asked.len() != debits.len() {
            self.wrong("two debits have one name".to_owned());
        }
        let at_bank = self.bank.evaluations.keys().map(String::as_str);
        for id in at_bank.chain(self.shown.keys().copied()) {
            if !asked.contains(id) {
                self.verdict.wrong.push(format!("nobody asked for {id}"));
            }
        }
    }

    fn evaluation(
        &mut self,
        debit: &Debit,
        shown: &Shown,
        at_bank: Option<&Evaluated>,
        story: &Story,
    ) {
        if shown.debit != *debit {
            self.wrong(format!("shown as another: {shown:?}, {debit:?}"));
        }
        let Some(at_bank) = at_bank else {
            return self.wrong(format!("not at the bank at the end: {shown:?}"));
        };
        let counts = &mut self.verdict.evaluations;
        counts.at_bank += 1;
        if at_bank.times > 1 {
            counts.twice += 1;
            self.wrong(format!("evaluated {} times: {shown:?}", at_bank.times));
        }
        if (&at_bank.account_id, &at_bank.amount) != (&debit.account_id, &debit.amount) {
            self.wrong(format!("another at the bank: {debit:?}, {at_bank:?}"));
        }
        let told = story.answered.get(&debit.id);
        if told.is_some_and(|told| *told != at_bank.request_id) {
            self.wrong(format!("told another answer, {told:?}: {at_bank:?}"));
        }
        match shown.state {
            State::Answered => {
                self.verdict.evaluations.answered += 1;
                let same = shown.request_id.as_ref() == Some(&at_bank.request_id)
                    && shown.result.as_ref().map(|result| result.to_uppercase())
                        == Some(at_bank.result.clone());
                if !same {
                    self.wrong(format!("shown with another answer: {shown:?}, {at_bank:?}"));
                }
            }
            State::Unknown if told.is_none() && explains(shown) => {
                self.verdict.evaluations.unknown += 1;
            }
            _ => self.wrong(format!("{shown:?}, told {told:?}; the bank: {at_bank:?}")),
        }
    }

    /// The desk counts on its bill what the bank has on it.
    fn bill(&mut self, report: &Report) {
        let at_bank: u64 = self
            .bank
            .evaluations
            .values()
            .map(|evaluated| u64::from(evaluated.times))
            .sum();
        if report.billed != at_bank {
            let billed = report.billed;
            self.wrong(format!(
                "{billed} on the desk's bill, {at_bank} on the bank's"
            ));
        }
    }

    /// All that was reported about one evaluation.
    fn reports(&mut self, id: &str, tried: &[Tried]) {
        let arrived = self.bank.reports.get(id).map_or(&[][..], Vec::as_slice);
        let shown = self.shown.get(id).map_or(&[][..], |shown| &shown.records);
        let Some(arrived) = self.known(id, tried, arrived) else {
            return;
        };
        for kind in [Kind::Decision, Kind::Return] {
            let of_kind = |at: &usize| tried[*at].record.kind == kind;
            let recorded: Vec<usize> = (0..tried.len())
                .filter(of_kind)
                .filter(|at| is_recorded(&tried[*at], shown, &arrived, *at))
                .collect();
            let arrived: Vec<usize> = arrived.iter().copied().filter(of_kind).collect();
            let mut counts = count(&recorded, &arrived);
            let last = shown.iter().find(|(record, _)| record.kind == kind);
            let last_at_bank = arrived.last().map(|at| &tried[*at].record);
            if last.map(|(record, _)| record) != last_at_bank
                || last.is_some_and(|(_, delivery)| *delivery != Delivery::Delivered)
            {
                counts.lost += 1;
            }
            if counts.lost + counts.out_of_order > 0 {
                self.wrong(format!(
                    "{kind:?} of {id}: recorded {recorded:?}, arrived {arrived:?}, of {tried:?}; shown {shown:?}"
                ));
            }
            let sum = match kind {
                Kind::Decision => &mut self.verdict.decisions,
                Kind::Return => &mut self.verdict.returns,
            };
            sum.add(&counts);
        }
        self.returns_after_their_decisions(id, tried, &arrived);
    }

    /// What has arrived, as places in what was tried. A probe is told apart: it may come only while nothing is decided.
    fn known(&mut self, id: &str, tried: &[Tried], arrived: &[Arrived]) -> Option<Vec<usize>> {
        let mut places = Vec::new();
        for report in arrived {
            match *report {
                Arrived::Probe => {
                    self.verdict.evaluations.probed += 1;
                    if !places.is_empty() {
                        self.wrong(format!("probed after a report: {id}, {arrived:?}"));
                    }
                }
                Arrived::Report {
                    kind,
                    number,
                    initiated,
                } => {
                    let record = Record {
                        id: id.to_owned(),
                        kind,
                        number,
                        initiated,
                    };
                    let place = tried.iter().position(|tried| tried.record == record);
                    let Some(place) = place else {
                        self.wrong(format!("arrived, and nobody recorded it: {record:?}"));
                        return None;
                    };
                    places.push(place);
                }
            }
        }
        Some(places)
    }

    /// A return must not arrive before the decision that it was recorded after, or a correction of that.
    fn returns_after_their_decisions(&mut self, id: &str, tried: &[Tried], arrived: &[usize]) {
        for (turn, at) in arrived.iter().enumerate() {
            if tried[*at].record.kind != Kind::Return {
                continue;
            }
            let decided = (0..*at).rev().find(|before| {
                let before = &tried[*before];
                before.record.kind == Kind::Decision && before.known == Known::Recorded
            });
            let Some(decided) = decided else { continue };
            let came_before = arrived[..turn]
                .iter()
                .any(|before| tried[*before].record.kind == Kind::Decision && *before >= decided);
            if !came_before {
                self.verdict.returns.out_of_order += 1;
                self.wrong(format!(
                    "a return came before its decision: {id}, {arrived:?} of {tried:?}"
                ));
            }
        }
    }
}

/// Whether the desk took a record on: it said so, it shows it, or the bank has it.
fn is_recorded(tried: &Tried, shown: &[(Record, Delivery)], arrived: &[usize], at: usize) -> bool {
    tried.known == Known::Recorded
        || shown.iter().any(|(record, _)| *record == tried.record)
        || arrived.contains(&at)
}

/// Both in the order of recording, as places.
fn count(recorded: &[usize], arrived: &[usize]) -> Delivered {
    let mut once = arrived.to_vec();
    once.dedup();
    let last = once.iter().max();
    Delivered {
        recorded: recorded.len(),
        arrived: recorded.iter().filter(|at| once.contains(at)).count(),
        superseded: recorded
            .iter()
            .filter(|at| !once.contains(at) && last.is_some_and(|last| *at < last))
            .count(),
        again: arrived.len() - once.len(),
        lost: recorded
            .iter()
            .filter(|at| last.is_none_or(|last| *at > last))
            .count(),
        out_of_order: once.windows(2).filter(|two| two[0] > two[1]).count(),
    }
}

impl Delivered {
    pub fn add(&mut self, other: &Self) {
        self.recorded += other.recorded;
        self.arrived += other.arrived;
        self.superseded += other.superseded;
        self.again += other.again;
        self.lost += other.lost;
        self.out_of_order += other.out_of_order;
    }
}

impl Imported {
    pub fn add(&mut self, other: &Self) {
        self.batches += other.batches;
        self.not_imported += other.not_imported;
        self.rows += other.rows;
        self.answered += other.answered;
        self.unknown += other.unknown;
        self.cancelled += other.cancelled;
        self.twice += other.twice;
        self.lost += other.lost;
    }
}

impl Asked {
    pub fn add(&mut self, other: &Self) {
        self.begun += other.begun;
        self.at_bank += other.at_bank;
        self.answered += other.answered;
        self.unknown += other.unknown;
        self.not_begun += other.not_begun;
        self.twice += other.twice;
        self.probed += other.probed;
    }
}

/// Whether the desk says what happened: charged, and the answer lost.
fn explains(shown: &Shown) -> bool {
    shown
        .problem
        .as_ref()
        .is_some_and(|problem| problem.contains("charged") && problem.contains("lost"))
}
