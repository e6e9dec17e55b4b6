//! A filter as a condition on `evaluation_facts`: words of SQL that are this file's own, and values as parameters.

use jiff::{civil::Date, tz::TimeZone};
use rusqlite::{ToSql, types::Value};
use rust_decimal::Decimal;

use super::view::{ActivityFilter, DecidedFilter, ResultFilter, ReturnedFilter};
use crate::{
    evaluations::view::EvaluationState,
    outcomes::{
        days::{self, Days},
        facts::{ORIGINATED, RETURNED_WITHIN},
        view::ScoreKind,
    },
};
use desk_core::DeskError;

/// The longest search that is looked for, in words.
const MOST_WORDS: usize = 8;

/// A condition with its parameters, all of them named.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    terms: Vec<String>,
    values: Vec<(String, Value)>,
    /// Whether it looks into `evaluation_words`, joined as `w`.
    pub(crate) looks_into_words: bool,
}

impl Condition {
    /// Of a filter, with its days in this time zone.
    pub fn of(filter: &ActivityFilter, zone: &TimeZone) -> Result<Self, DeskError> {
        let mut condition = Self::default();
        condition.search(&filter.search);
        condition.results(&filter.results);
        condition.states(&filter.states);
        condition.decided(filter.decided);
        condition.returned(filter)?;
        condition.names(filter);
        condition.asked(filter, zone)?;
        condition.returned_within(filter, zone)?;
        condition.score(filter);
        Ok(condition)
    }

    /// The condition, after WHERE.
    pub fn sql(&self) -> String {
        if self.terms.is_empty() {
            return "TRUE".to_owned();
        }
        self.terms.join(" AND ")
    }

    /// Whether it lets everything through.
    pub(crate) fn is_everything(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its parameters.
    pub(crate) fn parameters(&self) -> Vec<(&str, &dyn ToSql)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value as &dyn ToSql))
            .collect()
    }

    /// Adds a term.
    pub fn and(&mut self, term: impl Into<String>) {
        self.terms.push(term.into());
    }

    /// Adds a parameter; answers its name.
    pub fn value(&mut self, value: impl Into<Value>) -> String {
        let name = format!(":v{}", self.values.len());
        self.values.push((name.clone(), value.into()));
        name
    }

    fn named(&mut self, name: &str, value: impl Into<Value>) {
        self.values.push((name.to_owned(), value.into()));
    }

    fn search(&mut self, search: &str) {
        let mut words: Vec<&str> = search.split_whitespace().take(MOST_WORDS).collect();
        // The longest stands in the fewest rows.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for word in words {
            self.looks_into_words = true;
            let found: Vec<String> = spellings(word)
                .into_iter()
                .map(|word| format!("instr(w.words, {}) > 0", self.value(word)))
                .collect();
            self.and(format!("({})", found.join(" OR ")));
        }
    }

    fn results(&mut self, results: &[ResultFilter]) {
        let terms: Vec<&str> = results
            .iter()
            .map(|result| match result {
                ResultFilter::Accept => "result IS 'accept'",
                ResultFilter::Review => "result IS 'review'",
                ResultFilter::Reroute => "result IS 'reroute'",
                ResultFilter::Other => {
                    "(state = 'answered' AND (result IS NULL OR result = 'other'))"
                }
            })
            .collect();
        self.any(&terms);
    }

    fn states(&mut self, states: &[EvaluationState]) {
        let terms: Vec<&str> = states
            .iter()
            .map(|state| match state {
                EvaluationState::Sending => "state = 'sending'",
                EvaluationState::Answered => "state = 'answered'",
                EvaluationState::Failed => "state = 'failed'",
                EvaluationState::Unknown => "state = 'unknown'",
            })
            .collect();
        self.any(&terms);
    }

    fn any(&mut self, terms: &[&str]) {
        if !terms.is_empty() {
            self.and(format!("({})", terms.join(" OR ")));
        }
    }

    fn decided(&mut self, decided: Option<DecidedFilter>) {
        let Some(decided) = decided else {
            return;
        };
        self.and(match decided {
            DecidedFilter::Initiated => "initiated IS 1",
            DecidedFilter::NotInitiated => "initiated IS 0",
            DecidedFilter::Nothing => "initiated IS NULL",
            DecidedFilter::Due => {
                "client_transaction_id IN (SELECT client_transaction_id FROM decisions_due)"
            }
            DecidedFilter::Debited => ORIGINATED,
        });
    }

    fn returned(&mut self, filter: &ActivityFilter) -> Result<(), DeskError> {
        match filter.returned {
            Some(ReturnedFilter::Returned) => self.and("return_code IS NOT NULL"),
            Some(ReturnedFilter::NotReturned) => self.and("return_code IS NULL"),
            None => {}
        }
        if filter.return_codes.len() > 100 {
            return Err(DeskError::invalid(
                "returnCodes",
                "There are not so many R-codes.",
            ));
        }
        let codes: Vec<String> = filter
            .return_codes
            .iter()
            .map(|code| self.value(code.clone()))
            .collect();
        if !codes.is_empty() {
            self.and(format!("return_code IN ({})", codes.join(", ")));
        }
        Ok(())
    }

    fn names(&mut self, filter: &ActivityFilter) {
        if let Some(name) = &filter.institution {
            let name = self.value(name.clone());
            self.and(format!(
                "institution_id IS (SELECT institution_id FROM fact_institutions WHERE name = {name})"
            ));
        }
        match filter.ruleset.as_deref() {
            None => {}
            Some("") => self.and("ruleset_id IS NULL"),
            Some(name) => {
                let name = self.value(name.to_owned());
                self.and(format!(
                    "ruleset_id = (SELECT ruleset_id FROM fact_rulesets WHERE name = {name})"
                ));
            }
        }
    }

    fn asked(&mut self, filter: &ActivityFilter, zone: &TimeZone) -> Result<(), DeskError> {
        let (from, to) = (&filter.from, &filter.to);
        let Some(days) = within(("from", from), ("to", to))? else {
            return Ok(());
        };
        let (begin, end) = days.moments(zone);
        let (begin, end) = (self.value(begin), self.value(end));
        self.and(format!("created_at >= {begin} AND created_at < {end}"));
        Ok(())
    }

    fn returned_within(
        &mut self,
        filter: &ActivityFilter,
        zone: &TimeZone,
    ) -> Result<(), DeskError> {
        let (from, to) = (&filter.returned_from, &filter.returned_to);
        let Some(days) = within(("returnedFrom", from), ("returnedTo", to))? else {
            return Ok(());
        };
        let (begin, end) = days.moments(zone);
        self.named(":returned_begin", begin);
        self.named(":returned_end", end);
        self.named(":returned_from", days.from.to_string());
        self.named(":returned_to", days.to.to_string());
        self.and(RETURNED_WITHIN);
        Ok(())
    }

    fn score(&mut self, filter: &ActivityFilter) {
        let Some(score) = &filter.score else {
            return;
        };
        let column = match score.kind {
            ScoreKind::Customer => "customer_risk",
            ScoreKind::Bank => "bank_risk",
        };
        let (from, to) = (self.value(score.from), self.value(score.to));
        self.and(format!("{column} BETWEEN {from} AND {to}"));
    }
}

/// The days from one to another, where one of them is given.
fn within(
    (from_field, from): (&'static str, &Option<String>),
    (to_field, to): (&'static str, &Option<String>),
) -> Result<Option<Days>, DeskError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let (from, to) = (given(from), given(to));
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let day = |field, text: Option<String>, otherwise| {
        text.map_or(Ok(otherwise), |text| days::day(field, &text))
    };
    let days = Days {
        from: day(from_field, from, Date::constant(1970, 1, 1))?,
        to: day(to_field, to, Date::constant(9999, 12, 30))?,
    };
    if days.to < days.from {
        return Err(DeskError::invalid(
            to_field,
            "The last day cannot be before the first.",
        ));
    }
    Ok(Some(days))
}

/// How a word may stand in the words of an evaluation, which SQLite has made lower case: it knows the letters A to Z only.
fn spellings(word: &str) -> Vec<String> {
    if let Some(amount) = amount(word) {
        return vec![amount];
    }
    let lower = word.to_lowercase();
    let mut spellings = vec![lower.clone()];
    if !word.is_ascii() {
        let mut letters = lower.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase);
        spellings.push(
            capital
                .chain(letters)
                .collect::<String>()
                .to_ascii_lowercase(),
        );
        spellings.push(word.to_uppercase().to_ascii_lowercase());
        spellings.push(word.to_ascii_lowercase());
    }
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// `$1,234.50` is looked for as `1234.50`.
fn amount(word: &str) -> Option<String> {
    let digits = word.replace(['$', ','], "");
    let is_written_out = digits.len() < word.len();
    (is_written_out && Decimal::from_str_exact(&digits).is_ok()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_looked_for_as_they_are_stored() {
        assert_eq!(spellings("$1,234.50"), ["1234.50"]);
        assert_eq!(spellings("R01"), ["r01"]);
        assert_eq!(spellings("a,b"), ["a,b"]);
    }

    #[test]
    fn letters_beyond_the_alphabet_are_found_in_either_case() {
        for typed in ["åsa", "Åsa", "ÅSA"] {
            assert!(spellings(typed).contains(&"Åsa".to_owned()), "{typed}");
            assert!(spellings(typed).contains(&"åsa".to_owned()), "{typed}");
        }
    }

    #[test]
    fn nothing_typed_narrows_nothing() {
        let all = Condition::of(&ActivityFilter::default(), &TimeZone::UTC).unwrap();
        assert_eq!((all.sql().as_str(), all.values.len()), ("TRUE", 0));
        let spaces = ActivityFilter {
            search: "  ".to_owned(),
            from: Some(" ".to_owned()),
            ..ActivityFilter::default()
        };
        let spaces = Condition::of(&spaces, &TimeZone::UTC).unwrap();
        assert!(!spaces.looks_into_words && spaces.values.is_empty());
    }

    #[test]
    fn days_are_checked() {
        let filter = |from: &str, to: &str| ActivityFilter {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            ..ActivityFilter::default()
        };
        for (from, to, field) in [
            ("yesterday", "", "from"),
            ("", "2026-13-01", "to"),
            ("2026-11-02", "2026-11-01", "to"),
        ] {
            let error = Condition::of(&filter(from, to), &TimeZone::UTC).unwrap_err();
            assert!(
                matches!(&error, DeskError::InvalidInput { field: named, .. } if *named == field),
                "{error:?}"
            );
        }
        assert!(Condition::of(&filter("", "2026-11-01"), &TimeZone::UTC).is_ok());
    }
}
