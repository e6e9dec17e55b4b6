//! Which debit a row of a return file is about: by its client_transaction_id, else by a reference, else by amount and
//! date. Only the first is taken without asking; for all else the user gets the debits it may be, with why.

use std::collections::HashMap;

use jiff::{Span, civil::Date, tz::TimeZone};
use rusqlite::{Connection, Row};
use rust_decimal::Decimal;

use super::{
    rows::FileRow,
    view::{
        CandidateView,
        MatchReason::{
            self, AccountEnding, Amount, Name, PartOfTransactionId, Reference, TransactionId,
        },
    },
};
use crate::evaluations::view::EvaluationState;
use desk_core::{
    DeskError,
    moment::Moment,
    store::{columns, data_version},
};

/// Days before a return in which its debit was evaluated: 60 for the account holder, and a month for a debit that was
/// evaluated ahead of its day.
const LOOKS_BACK: i32 = 100;

/// Debits that are shown for one row.
const MOST_CANDIDATES: usize = 8;

/// Debits of one amount that are held against a row, the newest first: where all rents are alike there are many.
const MOST_LOOKED_AT: usize = 500;

/// The shortest beginning of an id that counts; Nacha files have room for fifteen characters of 36.
const SHORTEST_PART: usize = 8;

/// An evaluation, as far as it is needed to find it.
#[derive(Debug, Clone)]
pub struct Known {
    pub id: String,
    pub account_name: String,
    pub account_mask: Option<String>,
    pub institution_name: String,
    pub person_name: String,
    pub amount: Decimal,
    pub(crate) evaluated_on: Date,
    answered: bool,
    initiated: Option<bool>,
    /// As Plaid has it, or will when what waits has arrived: by the last decision that it did not refuse. Without one, a
    /// REROUTE is not initiated, nor is what was told to be so when the answer was lost.
    initiated_at_plaid: bool,
    /// The last return that is recorded: code and day.
    pub returned: Option<(String, Option<String>)>,
    references: Vec<String>,
}

/// All evaluations, by what they can be found by.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Of the database when they were read.
    version: i64,
    known: Vec<Known>,
    by_id: HashMap<String, Vec<usize>>,
    /// In lower case, in order.
    ids: Vec<(String, usize)>,
    by_reference: HashMap<String, Vec<usize>>,
    by_amount: HashMap<Decimal, Vec<usize>>,
}

/// A debit that fits a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub known: usize,
    pub(crate) reasons: Vec<MatchReason>,
}

/// The debits that fit a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matches {
    /// The likeliest first.
    pub(crate) candidates: Vec<Candidate>,
    /// So many more.
    pub more: usize,
    /// Named by its client_transaction_id, and nothing speaks against it.
    pub sure: Option<usize>,
    /// The one that is likely.
    pub(crate) suggested: Option<usize>,
}

columns!(EvaluationColumns {
    client_transaction_id,
    account_name,
    account_mask,
    institution_name,
    person_name,
    amount,
    created_at,
    state,
    initiated,
    return_code,
    returned_on,
    purpose,
    reference,
    initiated_at_plaid,
});

impl Index {
    /// Reads all evaluations.
    pub fn read(connection: &Connection) -> Result<Self, DeskError> {
        let mut statement = connection.prepare(
            "SELECT e.client_transaction_id, e.account_name, e.account_mask, e.institution_name, e.person_name, e.amount,
                    e.created_at, e.state,
                    (SELECT initiated FROM decisions d WHERE d.client_transaction_id = e.client_transaction_id
                     ORDER BY decision_id DESC LIMIT 1) AS initiated,
                    r.return_code, r.returned_on, e.purpose, p.reference,
                    coalesce(
                        (SELECT d.initiated FROM outbox o JOIN decisions d USING (decision_id)
                         WHERE o.client_transaction_id = e.client_transaction_id
                           AND o.state IN ('waiting', 'delivered', 'filed')
                         ORDER BY decision_id DESC LIMIT 1),
                        NOT (a.result IS 'reroute' OR e.told_not_initiated)) AS initiated_at_plaid
             FROM evaluations e
             LEFT JOIN evaluation_answers a ON a.client_transaction_id = e.client_transaction_id
             LEFT JOIN returns r ON r.return_id =
                  (SELECT max(return_id) FROM returns l WHERE l.client_transaction_id = e.client_transaction_id)
             LEFT JOIN planned_debits p ON p.client_transaction_id = e.client_transaction_id
             ORDER BY e.created_at, e.rowid",
        )?;
        let here = TimeZone::system();
        let at = EvaluationColumns::of(&statement)?;
        let mut rows = statement.query([])?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            known.push(known_of(row, at, &here)?);
        }
        Ok(Self {
            version: data_version(connection)?,
            ..Self::of(known)
        })
    }

    /// All evaluations as they are now; none when nothing was written since these were read.
    pub fn newer(connection: &Connection, version_read: i64) -> Result<Option<Self>, DeskError> {
        if data_version(connection)? == version_read {
            return Ok(None);
        }
        Self::read(connection).map(Some)
    }

    pub const fn version(&self) -> i64 {
        self.version
    }

    pub fn of(known: Vec<Known>) -> Self {
        let mut index = Self::default();
        for (at, one) in known.iter().enumerate() {
            let id = one.id.to_lowercase();
            index.by_id.entry(id.clone()).or_default().push(at);
            index.ids.push((id, at));
            index
                .by_amount
                .entry(one.amount.normalize())
                .or_default()
                .push(at);
            for reference in &one.references {
                let reference = reference.to_lowercase();
                index.by_reference.entry(reference).or_default().push(at);
            }
        }
        index.ids.sort_unstable();
        index.known = known;
        index
    }

    pub fn get(&self, at: usize) -> &Known {
        &self.known[at]
    }

    /// The place of an evaluation.
    pub fn find(&self, id: &str) -> Option<usize> {
        let same = self.by_id.get(&id.to_lowercase())?;
        same.iter().copied().find(|at| self.known[*at].id == id)
    }

    /// The debits that fit a row.
    pub fn matches(&self, row: &FileRow) -> Matches {
        let named = self.named(row);
        if named.is_empty() {
            return self.by_amount_and_date(row);
        }
        let sure = match named.as_slice() {
            [one] if self.is_sure(row, one) => Some(one.known),
            _ => None,
        };
        let mut matches = self.ranked(row, named);
        matches.sure = sure;
        matches.suggested = match matches.candidates.as_slice() {
            [one] if sure.is_none() && one.reasons.contains(&Amount) => self.likely(row, one.known),
            _ => None,
        };
        matches
    }

    /// Exactly its id, and no other amount.
    fn is_sure(&self, row: &FileRow, candidate: &Candidate) -> bool {
        let known = &self.known[candidate.known];
        let exactly = row.references.contains(&known.id);
        let amount_fits = row.amount.is_none_or(|amount| amount == known.amount);
        exactly && amount_fits && self.hindrance(row, candidate.known).is_none()
    }

    /// Those that the row names, by id, by a part of it, or by reference.
    fn named(&self, row: &FileRow) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut add = |known: usize, reason| match found.iter_mut().find(|one| one.known == known) {
            Some(one) => one.reasons.push(reason),
            None => found.push(Candidate {
                known,
                reasons: vec![reason],
            }),
        };
        for word in row.references.iter().map(|word| word.to_lowercase()) {
            for at in self.by_id.get(&word).into_iter().flatten() {
                add(*at, TransactionId);
            }
            for at in self.by_reference.get(&word).into_iter().flatten() {
                add(*at, Reference);
            }
            if word.len() >= SHORTEST_PART {
                let first = self.ids.partition_point(|(id, _)| *id < word);
                let begin = |(id, _): &&(String, usize)| id.starts_with(&word);
                for (id, at) in self.ids[first..].iter().take_while(begin).take(100) {
                    if *id != word {
                        add(*at, PartOfTransactionId);
                    }
                }
            }
        }
        found
    }

    fn by_amount_and_date(&self, row: &FileRow) -> Matches {
        let Some(amount) = row.amount else {
            return Matches::default();
        };
        let fits = |at: &&usize| self.is_in_time(row, **at);
        let found = self
            .by_amount
            .get(&amount.normalize())
            .into_iter()
            .flatten();
        let candidates = found
            .rev()
            .filter(fits)
            .take(MOST_LOOKED_AT)
            .map(|at| Candidate {
                known: *at,
                reasons: Vec::new(),
            })
            .collect();
        let mut matches = self.ranked(row, candidates);
        matches.suggested = self.only_likely(row, &matches);
        matches
    }

    /// The only one, or the only one that has something of the account holder.
    fn only_likely(&self, row: &FileRow, matches: &Matches) -> Option<usize> {
        let holders = |one: &&Candidate| {
            one.reasons
                .iter()
                .any(|reason| matches!(reason, AccountEnding | Name))
        };
        let mut of_holder = matches.candidates.iter().filter(holders);
        let known = match (
            matches.candidates.as_slice(),
            of_holder.next(),
            of_holder.next(),
        ) {
            ([one], ..) => one.known,
            (_, Some(one), None) => one.known,
            _ => return None,
        };
        self.likely(row, known)
    }

    fn likely(&self, row: &FileRow, known: usize) -> Option<usize> {
        let free = self.hindrance(row, known).is_none() && self.known[known].returned.is_none();
        free.then_some(known)
    }

    fn is_in_time(&self, row: &FileRow, at: usize) -> bool {
        let evaluated_on = self.known[at].evaluated_on;
        row.returned_on.is_none_or(|day| {
            let earliest = day.saturating_sub(Span::new().days(LOOKS_BACK));
            evaluated_on <= day && evaluated_on >= earliest
        })
    }

    /// Adds the other reasons, and brings the likeliest to the front.
    fn ranked(&self, row: &FileRow, mut candidates: Vec<Candidate>) -> Matches {
        for candidate in &mut candidates {
            let others = self.other_reasons(row, candidate.known);
            candidate.reasons.extend(others);
            candidate.reasons.sort_unstable();
            candidate.reasons.dedup();
        }
        let rank = |candidate: &Candidate| {
            let weight: u32 = candidate.reasons.iter().copied().map(weight).sum();
            let known = &self.known[candidate.known];
            // Of those that are alike, the one evaluated last before the return.
            (
                u32::MAX - weight,
                std::cmp::Reverse(known.evaluated_on),
                candidate.known,
            )
        };
        candidates.sort_by_key(rank);
        let more = candidates.len().saturating_sub(MOST_CANDIDATES);
        candidates.truncate(MOST_CANDIDATES);
        Matches {
            candidates,
            more,
            ..Matches::default()
        }
    }

    fn other_reasons(&self, row: &FileRow, at: usize) -> Vec<MatchReason> {
        let known = &self.known[at];
        let ending = row
            .account_ending
            .as_deref()
            .zip(known.account_mask.as_deref());
        let name = row.name.as_deref();
        let all = [
            (row.amount == Some(known.amount), Amount),
            (
                ending.is_some_and(|(ending, mask)| same_ending(ending, mask)),
                AccountEnding,
            ),
            (
                name.is_some_and(|name| same_name(name, &known.person_name)),
                Name,
            ),
            (
                row.returned_on.is_some() && self.is_in_time(row, at),
                MatchReason::Date,
            ),
        ];
        let fits = all.into_iter().filter(|(fits, _)| *fits);
        fits.map(|(_, reason)| reason).collect()
    }

    /// Why a return of this row cannot be recorded for this evaluation.
    pub(crate) fn hindrance(&self, row: &FileRow, at: usize) -> Option<String> {
        let known = &self.known[at];
        if !known.answered {
            return Some(
                "It has no answer of Plaid, so there is nothing to report about it.".to_owned(),
            );
        }
        if known.initiated == Some(false) {
            return Some(
                "It was recorded as not initiated. If that is wrong, record the decision again first."
                    .to_owned(),
            );
        }
        if row.returned_on.is_some_and(|day| day < known.evaluated_on) {
            return Some(format!(
                "It was evaluated after this return, on {}.",
                known.evaluated_on
            ));
        }
        None
    }

    /// Whether Plaid refuses a return of it until the decision "initiated" is recorded.
    pub(crate) fn needs_decision(&self, at: usize) -> bool {
        let known = &self.known[at];
        known.answered && known.initiated != Some(false) && !known.initiated_at_plaid
    }

    /// Whether this return is recorded for this evaluation.
    pub(crate) fn is_recorded(&self, row: &FileRow, at: usize) -> bool {
        let Some((code, on)) = &self.known[at].returned else {
            return false;
        };
        let same_day = row.returned_on.zip(on.as_ref());
        *code == row.code && same_day.is_none_or(|(day, on)| day.to_string() == *on)
    }

    /// Evaluations that have all these words, the newest first.
    pub fn search(&self, words: &str) -> Vec<Candidate> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let has_all = |known: &Known| {
            let text = format!(
                "{} {} {} {} {} {}",
                known.person_name,
                known.institution_name,
                known.account_name,
                known.account_mask.as_deref().unwrap_or(""),
                known.amount,
                known.id
            )
            .to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let found = self.known.iter().enumerate().rev();
        found
            .filter(|(_, known)| has_all(known))
            .take(MOST_CANDIDATES)
            .map(|(known, _)| Candidate {
                known,
                reasons: Vec::new(),
            })
            .collect()
    }

    /// A candidate as it is shown beside its row.
    pub fn view(&self, row: &FileRow, candidate: &Candidate) -> CandidateView {
        let known = &self.known[candidate.known];
        CandidateView {
            client_transaction_id: known.id.clone(),
            person_name: known.person_name.clone(),
            institution_name: known.institution_name.clone(),
            account_name: known.account_name.clone(),
            account_mask: known.account_mask.clone(),
            amount: known.amount.to_string(),
            evaluated_on: known.evaluated_on.to_string(),
            reasons: candidate.reasons.clone(),
            other_amount: row.amount.is_some_and(|amount| amount != known.amount),
            returned: known.returned.as_ref().map(|(code, _)| code.clone()),
            needs_decision: self.needs_decision(candidate.known),
            hindrance: self.hindrance(row, candidate.known),
        }
    }
}

const fn weight(reason: MatchReason) -> u32 {
    match reason {
        TransactionId => 100,
        PartOfTransactionId => 60,
        Reference => 50,
        AccountEnding => 20,
        Name => 15,
        Amount => 10,
        MatchReason::Date => 1,
    }
}

fn known_of(row: &Row<'_>, at: EvaluationColumns, here: &TimeZone) -> Result<Known, DeskError> {
    let amount: String = row.get(at.amount)?;
    let created_at: Moment = row.get(at.created_at)?;
    let code: Option<String> = row.get(at.return_code)?;
    let on: Option<String> = row.get(at.returned_on)?;
    Ok(Known {
        id: row.get(at.client_transaction_id)?,
        account_name: row.get(at.account_name)?,
        account_mask: row.get(at.account_mask)?,
        institution_name: row.get(at.institution_name)?,
        person_name: row.get(at.person_name)?,
        amount: Decimal::from_str_exact(&amount).map_err(|_| DeskError::unreadable("an amount"))?,
        evaluated_on: here.to_datetime(created_at.timestamp()).date(),
        answered: row.get::<_, EvaluationState>(at.state)? == EvaluationState::Answered,
        initiated: row.get(at.initiated)?,
        initiated_at_plaid: row.get(at.initiated_at_plaid)?,
        returned: code.map(|code| (code, on)),
        // The user's own words, and the reference of its row in a batch.
        references: [
            row.get::<_, Option<String>>(at.purpose)?,
            row.get(at.reference)?,
        ]
        .into_iter()
        .flatten()
        .collect(),
    })
}

/// Masks have two to four characters, endings up to four.
fn same_ending(ending: &str, mask: &str) -> bool {
    mask.len() >= 2 && ending.len() >= 2 && (ending.ends_with(mask) || mask.ends_with(ending))
}

/// The same words in any order; files cut names off, so that a beginning is enough.
fn same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        name.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let (fewer, more) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let begins = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    !fewer.is_empty()
        && fewer.iter().map(String::len).sum::<usize>() > 2
        && fewer
            .iter()
            .all(|word| more.iter().any(|other| begins(word, other)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn known(id: &str, amount: &str, person: &str, mask: &str, day: Date) -> Known {
        Known {
            id: id.to_owned(),
            account_name: "Plaid Checking".to_owned(),
            account_mask: Some(mask.to_owned()),
            institution_name: "First Platypus Bank".to_owned(),
            person_name: person.to_owned(),
            amount: amount.parse().unwrap(),
            evaluated_on: day,
            answered: true,
            initiated: None,
            initiated_at_plaid: true,
            returned: None,
            references: Vec::new(),
        }
    }

    fn row(references: &[&str], amount: Option<&str>) -> FileRow {
        FileRow {
            line: 2,
            code: "R01".to_owned(),
            returned_on: Some(date(2026, 11, 24)),
            amount: amount.map(|amount| amount.parse().unwrap()),
            references: references.iter().map(|word| (*word).to_owned()).collect(),
            ..FileRow::default()
        }
    }

    fn index() -> Index {
        let mut rent = known(
            "rent-7",
            "700.00",
            "Grace Hopper",
            "1111",
            date(2026, 11, 3),
        );
        rent.references = vec!["Flat 7".to_owned()];
        Index::of(vec![
            known(
                "order-1",
                "50.00",
                "Ada Lovelace",
                "0000",
                date(2026, 11, 20),
            ),
            known(
                "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                "50",
                "Ada Lovelace",
                "0000",
                date(2026, 11, 21),
            ),
            rent,
            known("old", "50.00", "Ada Lovelace", "0000", date(2026, 1, 2)),
            known("later", "50.00", "Ada Lovelace", "0000", date(2026, 11, 25)),
        ])
    }

    #[test]
    fn an_id_is_sure_unless_something_speaks_against_it() {
        let index = index();
        assert_eq!(index.matches(&row(&["order-1"], Some("50"))).sure, Some(0));
        assert_eq!(index.matches(&row(&["order-1"], None)).sure, Some(0));
        // Another amount, another case, or two that are named: the user looks.
        for doubtful in [
            row(&["order-1"], Some("5.00")),
            row(&["ORDER-1"], Some("50.00")),
            row(&["order-1", "rent-7"], None),
            row(&["later"], Some("50.00")),
        ] {
            let matches = index.matches(&doubtful);
            assert_eq!(matches.sure, None, "{doubtful:?}");
            assert!(!matches.candidates.is_empty());
            assert!(matches.candidates[0].reasons.contains(&TransactionId));
        }
        let later = index.matches(&row(&["later"], Some("50.00")));
        assert!(
            index
                .view(&row(&["later"], None), &later.candidates[0])
                .hindrance
                .is_some()
        );
    }

    #[test]
    fn parts_of_ids_and_references_are_suggested_when_the_amount_fits() {
        let index = index();
        let cut = index.matches(&row(&["6BA7B810-9DAD-1"], Some("50.00")));
        assert_eq!((cut.sure, cut.suggested), (None, Some(1)));
        assert_eq!(
            cut.candidates[0].reasons,
            [PartOfTransactionId, Amount, MatchReason::Date]
        );
        assert_eq!(
            index.matches(&row(&["flat 7"], Some("700"))).suggested,
            Some(2)
        );
        assert_eq!(index.matches(&row(&["flat 7"], Some("7"))).suggested, None);
        assert!(index.matches(&row(&["6ba7"], None)).candidates.is_empty());
    }

    #[test]
    fn amount_and_date_give_candidates_the_likeliest_first() {
        let index = index();
        let two = index.matches(&row(&["unknown"], Some("50.0")));
        let places: Vec<usize> = two.candidates.iter().map(|one| one.known).collect();
        assert_eq!(places, [1, 0], "in time, the newest first");
        assert_eq!((two.sure, two.suggested), (None, None));
        assert_eq!(index.matches(&row(&[], Some("700.00"))).suggested, Some(2));
        assert!(index.matches(&row(&[], Some("1.00"))).candidates.is_empty());
        assert!(index.matches(&row(&[], None)).candidates.is_empty());
    }

    #[test]
    fn the_holder_tells_debits_of_one_amount_apart() {
        let mut all = index().known;
        all.push(known(
            "other",
            "50.00",
            "Grace Hopper",
            "1111",
            date(2026, 11, 22),
        ));
        let index = Index::of(all);
        let mut returned = row(&[], Some("50.00"));
        returned.name = Some("HOPPER GRACE".to_owned());
        assert_eq!(index.matches(&returned).suggested, Some(5));
        returned.name = None;
        returned.account_ending = Some("1111".to_owned());
        let matches = index.matches(&returned);
        assert_eq!(matches.suggested, Some(5));
        assert_eq!(matches.candidates[0].known, 5);
    }

    #[test]
    fn names_are_the_same_in_any_order_and_cut_off() {
        assert!(same_name("LOVELACE, ADA", "Ada Lovelace"));
        assert!(same_name("ADA LOVELA", "Ada Lovelace"));
        assert!(!same_name("ADA BYRON", "Ada Lovelace"));
        assert!(!same_name("", "Ada"));
        assert!(!same_name("A", "Ada Lovelace"));
    }

    #[test]
    fn what_is_recorded_is_known_again() {
        let mut all = index().known;
        all[0].returned = Some(("R01".to_owned(), Some("2026-11-24".to_owned())));
        let index = Index::of(all);
        assert!(index.is_recorded(&row(&[], None), 0));
        let mut other = row(&[], None);
        other.code = "R02".to_owned();
        assert!(!index.is_recorded(&other, 0));
        other.code = "R01".to_owned();
        other.returned_on = None;
        assert!(index.is_recorded(&other, 0));
        assert!(!index.is_recorded(&row(&[], None), 1));
    }

    #[test]
    fn a_decision_is_needed_where_plaid_has_a_debit_as_not_initiated() {
        let mut all = index().known;
        for one in &mut all[..4] {
            one.initiated_at_plaid = false;
        }
        // Recorded, and refused by Plaid.
        all[1].initiated = Some(true);
        all[2].initiated = Some(false);
        all[3].answered = false;
        let index = Index::of(all);
        let needed: Vec<bool> = (0..5).map(|at| index.needs_decision(at)).collect();
        assert_eq!(needed, [true, true, false, false, false]);
    }

    #[test]
    fn evaluations_are_searched_by_words() {
        let index = index();
        assert_eq!(index.search("grace 700")[0].known, 2);
        assert!(index.search("nobody").is_empty());
        assert!(index.search(" ").is_empty());
    }
}
