//! Counts evaluations in one pass, in whole numbers and whole cents: in all, by month, ruleset, institution, R-code,
//! result and score. One pass, because a grouping by each in SQL sorts every row each time.

use std::collections::{BTreeMap, HashMap};

use desk_files::return_codes::{ReturnInitiator, ReturnReason};

use super::{
    rates::{counts_for, dollars, rate},
    view::{
        CodeOutcome, KnownResult, NamedOutcome, OutcomeCounts, ResultOutcome, ScoreBand, ScoreKind,
        ScoreOutcomes,
    },
};

/// The lowest and the highest score of each band.
const BANDS: [(u32, u32); 5] = [(1, 20), (21, 40), (41, 60), (61, 80), (81, 99)];

/// A return code's three characters.
pub(super) type Code = [u8; 3];

/// What one evaluation comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    pub(super) answer: Answer,
    /// None: answered without a ruleset.
    pub(super) ruleset: Option<i64>,
    pub(super) institution: i64,
    pub(super) cents: i64,
    /// What the last decision says.
    pub(super) initiated: Option<bool>,
    pub(super) code: Option<Code>,
    pub(super) customer_risk: Option<u32>,
    pub(super) bank_risk: Option<u32>,
}

/// What Plaid answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    None,
    Known(KnownResult),
    Other,
}

impl Fact {
    /// Whether the debit was initiated: so decided, or an ACCEPT without a decision, or one that came back.
    /// [`ORIGINATED`](super::facts::ORIGINATED) says the same in SQL.
    fn originated(&self) -> bool {
        self.code.is_some()
            || self
                .initiated
                .unwrap_or(self.answer == Answer::Known(KnownResult::Accept))
    }
}

/// What some evaluations come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    evaluations: u32,
    accepted: u32,
    reviewed: u32,
    rerouted: u32,
    other: u32,
    unanswered: u32,
    initiated: u32,
    returned: u32,
    initiated_cents: i64,
    returned_cents: i64,
}

impl Counts {
    fn add(&mut self, fact: &Fact) {
        self.evaluations += 1;
        *match fact.answer {
            Answer::Known(KnownResult::Accept) => &mut self.accepted,
            Answer::Known(KnownResult::Review) => &mut self.reviewed,
            Answer::Known(KnownResult::Reroute) => &mut self.rerouted,
            Answer::Other => &mut self.other,
            Answer::None => &mut self.unanswered,
        } += 1;
        if fact.originated() {
            self.initiated += 1;
            self.initiated_cents = self.initiated_cents.saturating_add(fact.cents);
        }
        if fact.code.is_some() {
            self.returned += 1;
            self.returned_cents = self.returned_cents.saturating_add(fact.cents);
        }
    }

    pub(super) fn view(&self) -> OutcomeCounts {
        OutcomeCounts {
            evaluations: self.evaluations,
            accepted: self.accepted,
            reviewed: self.reviewed,
            rerouted: self.rerouted,
            other: self.other,
            unanswered: self.unanswered,
            initiated: self.initiated,
            returned: self.returned,
            initiated_amount: dollars(self.initiated_cents),
            returned_amount: dollars(self.returned_cents),
            return_rate: rate(self.returned, self.initiated),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct OfResult {
    answered: u32,
    decided_initiated: u32,
    decided_not_initiated: u32,
    undecided: u32,
    initiated: u32,
    returned: u32,
}

impl OfResult {
    fn add(&mut self, fact: &Fact) {
        self.answered += 1;
        *match fact.initiated {
            Some(true) => &mut self.decided_initiated,
            Some(false) => &mut self.decided_not_initiated,
            None => &mut self.undecided,
        } += 1;
        self.initiated += u32::from(fact.originated());
        self.returned += u32::from(fact.code.is_some());
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct OfBand {
    evaluations: u32,
    initiated: u32,
    returned: u32,
}

/// Everything that is counted.
pub(super) struct Tally {
    total: Counts,
    months: Vec<Counts>,
    rulesets: HashMap<Option<i64>, Counts>,
    institutions: HashMap<i64, Counts>,
    codes: BTreeMap<Code, (u32, i64)>,
    /// ACCEPT, REVIEW, REROUTE, other.
    results: [OfResult; 4],
    customer: [OfBand; BANDS.len()],
    bank: [OfBand; BANDS.len()],
    /// The Nacha list.
    list: HashMap<Code, &'static ReturnReason>,
}

impl Tally {
    pub(super) fn new(months: usize) -> Self {
        let by_code = |of: &'static ReturnReason| Some((of.code.as_bytes().try_into().ok()?, of));
        Self {
            total: Counts::default(),
            months: vec![Counts::default(); months],
            rulesets: HashMap::new(),
            institutions: HashMap::new(),
            codes: BTreeMap::new(),
            results: Default::default(),
            customer: Default::default(),
            bank: Default::default(),
            list: ReturnReason::all().iter().filter_map(by_code).collect(),
        }
    }

    /// Counts one evaluation of the month with this number.
    pub(super) fn add(&mut self, month: usize, fact: &Fact) {
        self.total.add(fact);
        if let Some(month) = self.months.get_mut(month) {
            month.add(fact);
        }
        self.rulesets.entry(fact.ruleset).or_default().add(fact);
        self.institutions
            .entry(fact.institution)
            .or_default()
            .add(fact);
        if let Some(code) = fact.code {
            let (returned, cents) = self.codes.entry(code).or_default();
            *returned += 1;
            *cents = cents.saturating_add(fact.cents);
        }
        let result = match fact.answer {
            Answer::Known(KnownResult::Accept) => 0,
            Answer::Known(KnownResult::Review) => 1,
            Answer::Known(KnownResult::Reroute) => 2,
            Answer::Other => 3,
            Answer::None => return,
        };
        self.results[result].add(fact);
        self.add_scores(fact);
    }

    fn add_scores(&mut self, fact: &Fact) {
        if fact.customer_risk.is_none() && fact.bank_risk.is_none() {
            return;
        }
        let code = fact.code.and_then(|code| self.list.get(&code));
        let initiator = code.map(|code| code.initiated_by);
        let scored = [
            (
                &mut self.customer,
                fact.customer_risk,
                ReturnInitiator::Customer,
            ),
            (&mut self.bank, fact.bank_risk, ReturnInitiator::Bank),
        ];
        for (bands, score, about) in scored {
            let Some(band) = score.and_then(band) else {
                continue;
            };
            bands[band].evaluations += 1;
            bands[band].initiated += u32::from(fact.originated());
            bands[band].returned += u32::from(initiator == Some(about));
        }
    }

    pub(super) fn total(&self) -> OutcomeCounts {
        self.total.view()
    }

    pub(super) fn months(&self) -> impl Iterator<Item = OutcomeCounts> + '_ {
        self.months.iter().map(Counts::view)
    }

    pub(super) fn rulesets(&self, names: &HashMap<i64, String>) -> Vec<NamedOutcome> {
        let named = |(id, counts): (&Option<i64>, &Counts)| NamedOutcome {
            name: id.and_then(|id| names.get(&id).cloned()),
            counts: counts.view(),
        };
        most_first(self.rulesets.iter().map(named).collect())
    }

    pub(super) fn institutions(&self, names: &HashMap<i64, String>) -> Vec<NamedOutcome> {
        let named = |(id, counts): (&i64, &Counts)| NamedOutcome {
            name: names.get(id).cloned(),
            counts: counts.view(),
        };
        most_first(self.institutions.iter().map(named).collect())
    }

    pub(super) fn codes(&self) -> Vec<CodeOutcome> {
        let shown = |(code, (returned, cents)): (&Code, &(u32, i64))| {
            let title = self.list.get(code).map(|code| code.title.to_owned());
            let code = String::from_utf8_lossy(code).into_owned();
            CodeOutcome {
                title: title.unwrap_or_default(),
                counts_for: counts_for(&code),
                returned: *returned,
                amount: dollars(*cents),
                code,
            }
        };
        let mut codes: Vec<CodeOutcome> = self.codes.iter().map(shown).collect();
        codes.sort_by_key(|code| std::cmp::Reverse(code.returned));
        codes
    }

    pub(super) fn results(&self) -> Vec<ResultOutcome> {
        let names = [
            Some(KnownResult::Accept),
            Some(KnownResult::Review),
            Some(KnownResult::Reroute),
            None,
        ];
        let shown = |(result, counts): (Option<KnownResult>, &OfResult)| ResultOutcome {
            result,
            answered: counts.answered,
            decided_initiated: counts.decided_initiated,
            decided_not_initiated: counts.decided_not_initiated,
            undecided: counts.undecided,
            return_rate: rate(counts.returned, counts.initiated),
        };
        names.into_iter().zip(&self.results).map(shown).collect()
    }

    /// The codes of the returns that these start.
    fn codes_of(&self, initiator: ReturnInitiator) -> Vec<String> {
        let about = self.list.values().filter(|of| of.initiated_by == initiator);
        let mut codes: Vec<String> = about.map(|of| of.code.to_owned()).collect();
        codes.sort_unstable();
        codes
    }

    /// The scores that some answer had.
    pub(super) fn scores(&self) -> Vec<ScoreOutcomes> {
        [
            (
                ScoreKind::Customer,
                &self.customer,
                ReturnInitiator::Customer,
            ),
            (ScoreKind::Bank, &self.bank, ReturnInitiator::Bank),
        ]
        .into_iter()
        .filter(|(_, bands, _)| bands.iter().any(|band| band.evaluations > 0))
        .map(|(kind, bands, about)| ScoreOutcomes {
            kind,
            codes: self.codes_of(about),
            bands: BANDS.iter().zip(bands).map(band_view).collect(),
        })
        .collect()
    }
}

fn band_view((&(from, to), counts): (&(u32, u32), &OfBand)) -> ScoreBand {
    ScoreBand {
        from,
        to,
        evaluations: counts.evaluations,
        return_rate: rate(counts.returned, counts.initiated),
    }
}

/// Those with the most evaluations first, then by name.
fn most_first(mut outcomes: Vec<NamedOutcome>) -> Vec<NamedOutcome> {
    outcomes.sort_by(|one, other| {
        let by_number = other.counts.evaluations.cmp(&one.counts.evaluations);
        by_number.then_with(|| one.name.cmp(&other.name))
    });
    outcomes
}

/// The band of a score.
fn band(score: u32) -> Option<usize> {
    BANDS
        .iter()
        .position(|(from, to)| (*from..=*to).contains(&score))
}
