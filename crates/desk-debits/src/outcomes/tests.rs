//! Hand-counted numbers, and that parts add up to their wholes.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rusqlite::Connection;

use super::{
    outcomes,
    view::{
        KnownResult, NachaVerdict, NamedOutcome, OutcomeCounts, OutcomesRange, OutcomesView, Rate,
        ScoreKind,
    },
};
use crate::activity::{
    page,
    view::{
        ActivityFilter, ActivityRequest, DecidedFilter, ResultFilter, ReturnedFilter, ScoreFilter,
    },
};
use desk_core::{moment::Moment, store::schema};

struct Book {
    connection: Connection,
    now: Timestamp,
    written: u32,
}

/// One debit and what became of it.
#[derive(Clone, Copy)]
struct Debit<'a> {
    days_ago: i64,
    amount: &'a str,
    institution: &'a str,
    result: Option<&'a str>,
    scores: Option<(u32, u32)>,
    decided: Option<bool>,
    /// The code, and the day that was given with it.
    returned: Option<(&'a str, Option<&'a str>)>,
}

const ACCEPTED: Debit<'_> = Debit {
    days_ago: 1,
    amount: "10",
    institution: "First Platypus Bank",
    result: Some("accept"),
    scores: None,
    decided: None,
    returned: None,
};

impl Book {
    fn new() -> Self {
        let connection = schema::in_memory();
        connection
            .execute_batch(
                "INSERT INTO people VALUES ('p', 'Ada', 'ada', 'user', 0);
                 INSERT INTO items (item_id, person_id, purpose, institution_name, access_token, state, linked_at)
                 VALUES ('item', 'p', 'ach_risk', 'Bank', 'x', 'active', 0);
                 INSERT INTO accounts (account_id, item_id, position, name, account_type)
                 VALUES ('a', 'item', 0, 'Checking', 'depository');",
            )
            .unwrap();
        Self {
            connection,
            now: "2026-11-25T12:00:00Z".parse().unwrap(),
            written: 0,
        }
    }

    fn write(&mut self, debit: Debit<'_>) {
        let id = format!("debit-{}", self.written);
        self.written += 1;
        let asked = self.now - SignedDuration::from_hours(24 * debit.days_ago);
        let at = Moment::from(asked);
        let state = if debit.result.is_some() {
            "answered"
        } else {
            "failed"
        };
        self.run(
            "INSERT INTO evaluations (client_transaction_id, account_id, account_name, institution_name, person_name,
                                      amount, created_at, state)
             VALUES (?1, 'a', 'Checking', ?2, 'Ada', ?3, ?4, 'sending')",
            (&id, debit.institution, debit.amount, at),
        );
        self.run(
            "UPDATE evaluations SET state = ?2 WHERE client_transaction_id = ?1",
            (&id, state),
        );
        if let Some(result) = debit.result {
            let scores = debit.scores;
            self.run(
                "INSERT INTO evaluation_answers (client_transaction_id, result, result_text, ruleset_key, customer_risk,
                     bank_risk, core_attributes, warnings, request_id, answered_at)
                 VALUES (?1, ?2, upper(?2), 'default', ?3, ?4, '[]', '[]', 'request-' || ?1, ?5)",
                (&id, result, scores.map(|of| of.0), scores.map(|of| of.1), at),
            );
        }
        if let Some(initiated) = debit.decided {
            self.run(
                "INSERT INTO decisions (client_transaction_id, initiated, recorded_at) VALUES (?1, ?2, ?3)",
                (&id, initiated, at),
            );
            self.deliver(&id, "decision_id");
        }
        if let Some((code, on)) = debit.returned {
            self.run(
                "INSERT INTO returns (client_transaction_id, return_code, returned_on, recorded_at) VALUES (?1, ?2, ?3, ?4)",
                (&id, code, on, Moment::from(self.now)),
            );
            self.deliver(&id, "return_id");
        }
    }

    fn deliver(&self, id: &str, kind: &str) {
        let row = self.connection.last_insert_rowid();
        let sql = format!(
            "INSERT INTO outbox (client_transaction_id, {kind}, place, state, attempts, next_attempt_at)
             VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM outbox), 'waiting', 0, 0)"
        );
        self.run(&sql, (id, row));
    }

    fn run(&self, sql: &str, parameters: impl rusqlite::Params) {
        self.connection.execute(sql, parameters).unwrap();
    }

    fn outcomes(&self, range: &OutcomesRange) -> OutcomesView {
        outcomes(&self.connection, range, self.now, &TimeZone::UTC).unwrap()
    }

    /// How many rows stand behind a number.
    fn rows(&self, filter: ActivityFilter) -> u32 {
        let request = ActivityRequest {
            filter,
            after: None,
            limit: 500,
        };
        let page = page::page(&self.connection, &request, &TimeZone::UTC).unwrap();
        let matching = page.all.unwrap().matching;
        assert_eq!(page.rows.len(), matching as usize);
        matching
    }
}

fn rate(part: u32, whole: u32, percent: &str) -> Rate {
    Rate {
        part,
        whole,
        percent: Some(percent.to_owned()),
        too_few: whole < 100,
    }
}

#[test]
fn outcomes_are_as_counted_by_hand() {
    let mut book = Book::new();
    // Followed, and one of them came back.
    book.write(ACCEPTED);
    book.write(Debit {
        returned: Some(("R01", None)),
        amount: "20.5",
        ..ACCEPTED
    });
    // Not followed.
    book.write(Debit {
        decided: Some(false),
        ..ACCEPTED
    });
    // Looked at: one was debited, one was not, one is not decided.
    let reviewed = Debit {
        result: Some("review"),
        scores: Some((85, 30)),
        ..ACCEPTED
    };
    book.write(Debit {
        decided: Some(true),
        returned: Some(("R10", None)),
        amount: "99999999.99",
        ..reviewed
    });
    book.write(Debit {
        decided: Some(false),
        ..reviewed
    });
    book.write(reviewed);
    // Debited against the result.
    book.write(Debit {
        result: Some("reroute"),
        decided: Some(true),
        amount: "0.07",
        ..ACCEPTED
    });
    book.write(Debit {
        result: None,
        ..ACCEPTED
    });
    // In October.
    book.write(Debit {
        days_ago: 40,
        institution: "Other Bank",
        ..ACCEPTED
    });

    let seen = book.outcomes(&OutcomesRange::ThisMonth);
    assert_eq!(
        (seen.from.as_str(), seen.to.as_str()),
        ("2026-11-01", "2026-11-25")
    );
    assert_eq!(
        seen.total,
        OutcomeCounts {
            evaluations: 8,
            accepted: 3,
            reviewed: 3,
            rerouted: 1,
            other: 0,
            unanswered: 1,
            initiated: 4,
            returned: 2,
            initiated_amount: "100000030.56".to_owned(),
            returned_amount: "100000020.49".to_owned(),
            return_rate: rate(2, 4, "50.00"),
        }
    );
    let [accept, review, reroute, other] = &seen.results[..] else {
        panic!("{:?}", seen.results);
    };
    assert_eq!(accept.result, Some(KnownResult::Accept));
    assert_eq!(
        (
            accept.answered,
            accept.undecided,
            accept.decided_not_initiated
        ),
        (3, 2, 1)
    );
    assert_eq!(accept.return_rate, rate(1, 2, "50.00"));
    assert_eq!(
        (
            review.decided_initiated,
            review.decided_not_initiated,
            review.undecided
        ),
        (1, 1, 1)
    );
    assert_eq!(
        (reroute.decided_initiated, reroute.return_rate.clone()),
        (1, rate(0, 1, "0.00"))
    );
    assert_eq!(
        (other.answered, other.return_rate.percent.clone()),
        (0, None)
    );

    let codes: Vec<_> = seen
        .codes
        .iter()
        .map(|of| (of.code.as_str(), of.returned, of.amount.as_str()))
        .collect();
    assert_eq!(codes, [("R01", 1, "20.50"), ("R10", 1, "99999999.99")]);
    let customer = &seen.scores[0];
    assert_eq!(customer.kind, ScoreKind::Customer);
    let highest = customer.bands.last().unwrap();
    assert_eq!((highest.from, highest.to, highest.evaluations), (81, 99, 3));
    // R10 is the customer's return, so the bank's score did not foretell it.
    assert_eq!(highest.return_rate, rate(1, 1, "100.00"));
    assert_eq!(seen.scores[1].bands[1].return_rate, rate(0, 1, "0.00"));

    let all = book.outcomes(&OutcomesRange::All);
    let months: Vec<_> = all
        .months
        .iter()
        .map(|of| (of.month.as_str(), of.counts.evaluations))
        .collect();
    assert_eq!(months, [("2026-10", 1), ("2026-11", 8)]);
    let named = |of: &NamedOutcome| (of.name.clone().unwrap_or_default(), of.counts.evaluations);
    let institutions: Vec<_> = all.institutions.iter().map(named).collect();
    assert_eq!(
        institutions,
        [
            ("First Platypus Bank".to_owned(), 8),
            ("Other Bank".to_owned(), 1)
        ]
    );
}

#[test]
fn nacha_divides_what_came_back_in_60_days_by_what_was_initiated_in_them() {
    let mut book = Book::new();
    for _ in 0..396 {
        book.write(ACCEPTED);
    }
    // The first of the 60 days is 27 September.
    book.write(Debit {
        days_ago: 59,
        returned: Some(("R07", Some("2026-09-27"))),
        ..ACCEPTED
    });
    // Initiated before them, and came back in them; and once more the day before.
    book.write(Debit {
        days_ago: 70,
        returned: Some(("R29", None)),
        ..ACCEPTED
    });
    book.write(Debit {
        days_ago: 70,
        returned: Some(("R10", Some("2026-09-26"))),
        ..ACCEPTED
    });
    book.write(Debit {
        returned: Some(("R03", None)),
        ..ACCEPTED
    });
    book.write(Debit {
        returned: Some(("R01", None)),
        ..ACCEPTED
    });
    book.write(Debit {
        result: Some("review"),
        ..ACCEPTED
    });
    book.write(Debit {
        result: Some("review"),
        decided: Some(true),
        ..ACCEPTED
    });

    let nacha = book.outcomes(&OutcomesRange::ThisMonth).nacha;
    assert_eq!(
        (nacha.from.as_str(), nacha.to.as_str()),
        ("2026-09-27", "2026-11-25")
    );
    assert_eq!(nacha.initiated, 400);
    let rates: Vec<_> = nacha
        .rates
        .iter()
        .map(|of| (of.rate.part, of.rate.percent.clone().unwrap(), of.verdict))
        .collect();
    assert_eq!(
        rates,
        [
            (2, "0.50".to_owned(), NachaVerdict::Near),
            (1, "0.25".to_owned(), NachaVerdict::Within),
            (4, "1.00".to_owned(), NachaVerdict::Within),
        ]
    );
    for of in &nacha.rates {
        let behind = ActivityFilter {
            return_codes: of.codes.clone(),
            returned_from: Some(nacha.from.clone()),
            returned_to: Some(nacha.to.clone()),
            ..ActivityFilter::default()
        };
        assert_eq!(book.rows(behind), of.rate.part, "{:?}", of.kind);
    }
}

#[test]
fn nothing_was_evaluated() {
    let book = Book::new();
    for range in [
        OutcomesRange::ThisMonth,
        OutcomesRange::Last12Months,
        OutcomesRange::All,
    ] {
        let seen = book.outcomes(&range);
        assert_eq!(seen.total.evaluations, 0);
        assert_eq!(
            (seen.codes.len(), seen.scores.len(), seen.institutions.len()),
            (0, 0, 0)
        );
        assert!(
            seen.nacha
                .rates
                .iter()
                .all(|of| of.verdict == NachaVerdict::Nothing)
        );
    }
}

#[test]
fn a_return_that_is_corrected_counts_as_the_last_one() {
    let mut book = Book::new();
    book.write(Debit {
        returned: Some(("R01", None)),
        ..ACCEPTED
    });
    book.run(
        "INSERT INTO returns (client_transaction_id, return_code, recorded_at) VALUES ('debit-0', 'R10', 0)",
        [],
    );
    let codes = book.outcomes(&OutcomesRange::All).codes;
    assert_eq!((codes.len(), codes[0].code.as_str()), (1, "R10"));
}

/// Draws of what can become of a debit, the same in every run.
fn drawn(seed: u64) -> Book {
    let mut draw = fastrand::Rng::with_seed(seed);
    let mut book = Book::new();
    for _ in 0..300 {
        let amount = format!("{}.{:02}", draw.u32(0..=99_999_999), draw.u32(0..100));
        let decided = [None, Some(true), Some(false)][draw.usize(..3)];
        let result = [
            Some("accept"),
            Some("review"),
            Some("reroute"),
            Some("other"),
            None,
        ][draw.usize(..5)];
        let code = ["R01", "R02", "R05", "R10", "R51", "R61"][draw.usize(..6)];
        book.write(Debit {
            days_ago: draw.i64(0..500),
            amount: &amount,
            institution: ["One", "Two", "Three"][draw.usize(..3)],
            result,
            scores: (result.is_some() && draw.bool()).then(|| (draw.u32(1..100), draw.u32(1..100))),
            decided: decided.filter(|_| result.is_some()),
            returned: (result.is_some() && decided != Some(false) && draw.u8(..) < 60)
                .then_some((code, None)),
        });
    }
    book
}

#[test]
fn parts_add_up_to_the_whole_and_every_number_has_its_rows() {
    for seed in 0..8 {
        let book = drawn(seed);
        assert_eq!(book.rows(ActivityFilter::default()), book.written);
        for range in [
            OutcomesRange::ThisMonth,
            OutcomesRange::Last3Months,
            OutcomesRange::Last12Months,
            OutcomesRange::All,
            OutcomesRange::Own {
                from: "2026-01-15".to_owned(),
                to: "2026-08-02".to_owned(),
            },
        ] {
            let seen = book.outcomes(&range);
            adds_up(&seen, seen.months.iter().map(|of| &of.counts));
            adds_up(&seen, seen.rulesets.iter().map(|of| &of.counts));
            adds_up(&seen, seen.institutions.iter().map(|of| &of.counts));
            let of_codes: u32 = seen.codes.iter().map(|of| of.returned).sum();
            assert_eq!(of_codes, seen.total.returned);
            let of_results: u32 = seen.results.iter().map(|of| of.answered).sum();
            assert_eq!(of_results + seen.total.unanswered, seen.total.evaluations);
            rows_behind(&book, &seen);
        }
    }
}

fn adds_up<'a>(whole: &OutcomesView, parts: impl Iterator<Item = &'a OutcomeCounts>) {
    let numbers = |of: &OutcomeCounts| {
        [
            of.evaluations,
            of.accepted,
            of.reviewed,
            of.rerouted,
            of.other,
            of.unanswered,
            of.initiated,
            of.returned,
        ]
    };
    let exact = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
    let (mut sum, mut initiated, mut returned) = (
        [0; 8],
        rust_decimal::Decimal::ZERO,
        rust_decimal::Decimal::ZERO,
    );
    for part in parts {
        for (sum, number) in sum.iter_mut().zip(numbers(part)) {
            *sum += number;
        }
        initiated += exact(&part.initiated_amount);
        returned += exact(&part.returned_amount);
    }
    assert_eq!(sum, numbers(&whole.total));
    assert_eq!(initiated, exact(&whole.total.initiated_amount));
    assert_eq!(returned, exact(&whole.total.returned_amount));
    assert_eq!(sum[1..6].iter().sum::<u32>(), sum[0]);
}

/// What the screen links each number to has as many rows.
fn rows_behind(book: &Book, seen: &OutcomesView) {
    let within = ActivityFilter {
        from: Some(seen.from.clone()),
        to: Some(seen.to.clone()),
        ..ActivityFilter::default()
    };
    let debited = ActivityFilter {
        decided: Some(DecidedFilter::Debited),
        ..within.clone()
    };
    let returned = ActivityFilter {
        returned: Some(ReturnedFilter::Returned),
        ..within.clone()
    };
    assert_eq!(book.rows(within.clone()), seen.total.evaluations);
    assert_eq!(book.rows(debited.clone()), seen.total.initiated);
    assert_eq!(book.rows(returned.clone()), seen.total.returned);
    let review = ActivityFilter {
        results: vec![ResultFilter::Review],
        ..within.clone()
    };
    assert_eq!(book.rows(review), seen.total.reviewed);
    let other = ActivityFilter {
        results: vec![ResultFilter::Other],
        ..within.clone()
    };
    assert_eq!(book.rows(other), seen.total.other);
    for of in &seen.institutions {
        let filter = ActivityFilter {
            institution: of.name.clone(),
            ..debited.clone()
        };
        assert_eq!(book.rows(filter), of.counts.initiated);
    }
    // The name stands in nothing else that an evaluation is found by.
    for of in &seen.institutions {
        let filter = ActivityFilter {
            search: of.name.clone().unwrap_or_default(),
            ..within.clone()
        };
        assert_eq!(book.rows(filter), of.counts.evaluations);
    }
    for of in &seen.rulesets {
        let filter = ActivityFilter {
            ruleset: Some(of.name.clone().unwrap_or_default()),
            ..returned.clone()
        };
        assert_eq!(book.rows(filter), of.counts.returned);
    }
    for of in &seen.months {
        let filter = ActivityFilter {
            from: Some(of.from.clone()),
            to: Some(of.to.clone()),
            ..returned.clone()
        };
        assert_eq!(book.rows(filter), of.counts.returned);
    }
    for scores in &seen.scores {
        for band in &scores.bands {
            let score = Some(ScoreFilter {
                kind: scores.kind,
                from: band.from,
                to: band.to,
            });
            let filter = ActivityFilter {
                score: score.clone(),
                ..within.clone()
            };
            assert_eq!(book.rows(filter), band.evaluations);
            let filter = ActivityFilter {
                score,
                return_codes: scores.codes.clone(),
                ..within.clone()
            };
            assert_eq!(book.rows(filter), band.return_rate.part);
        }
    }
}
