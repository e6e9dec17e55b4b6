//! Parts of wholes, exactly: the rates that are shown, and the three that Nacha holds against thresholds.
//!
//! Nacha (Operating Rules, Article Two, Subsection 2.17.2, and the definitions in Article Eight) divides the debits
//! returned in the preceding 60 days or two calendar months by the debits originated in the same time. Here the 60 days
//! are taken. Unauthorized are R05, R07, R10, R11, R29 and R51, with a threshold of 0.5 %; administrative are R02, R03
//! and R04, with a level of 3 %; overall are all returns, with a level of 15 %.

use rust_decimal::{Decimal, RoundingStrategy};

use super::view::{NachaKind, NachaRate, NachaVerdict, Rate};

/// The days that Nacha looks at.
pub(super) const NACHA_DAYS: i32 = 60;

/// Fewer than this say little.
pub(super) const LEAST: u32 = 100;

/// One of Nacha's rates.
pub(super) struct Watched {
    pub(super) kind: NachaKind,
    /// Empty: all codes.
    pub(super) codes: &'static [&'static str],
    /// In hundredths of a percent.
    basis_points: u32,
    /// The least debits to judge by: with fewer than 200, a single one is more than 0.5 %.
    least: u32,
}

pub(super) const WATCHED: [Watched; 3] = [
    Watched {
        kind: NachaKind::Unauthorized,
        codes: &["R05", "R07", "R10", "R11", "R29", "R51"],
        basis_points: 50,
        least: 200,
    },
    Watched {
        kind: NachaKind::Administrative,
        codes: &["R02", "R03", "R04"],
        basis_points: 300,
        least: LEAST,
    },
    Watched {
        kind: NachaKind::Overall,
        codes: &[],
        basis_points: 1_500,
        least: LEAST,
    },
];

impl Watched {
    /// Whether a return with this code counts.
    pub(super) fn counts(&self, code: &str) -> bool {
        self.codes.is_empty() || self.codes.contains(&code)
    }

    /// The rate of so many returns of so many initiated debits, beside its threshold.
    pub(super) fn rate(&self, returned: u32, initiated: u32) -> NachaRate {
        let mut rate = rate(returned, initiated);
        rate.too_few = initiated < self.least;
        NachaRate {
            kind: self.kind,
            codes: self.codes.iter().map(|code| (*code).to_owned()).collect(),
            threshold: Decimal::new(self.basis_points.into(), 2)
                .normalize()
                .to_string(),
            rate,
            least: self.least,
            verdict: self.verdict(returned, initiated),
        }
    }

    fn verdict(&self, returned: u32, initiated: u32) -> NachaVerdict {
        let share = u64::from(returned) * 10_000;
        let threshold = u64::from(self.basis_points) * u64::from(initiated);
        if initiated == 0 {
            NachaVerdict::Nothing
        } else if initiated < self.least {
            NachaVerdict::TooFew
        } else if share > threshold {
            NachaVerdict::Over
        } else if share * 5 >= threshold * 4 {
            NachaVerdict::Near
        } else {
            NachaVerdict::Within
        }
    }
}

/// The rate that a code counts for, beside the overall one.
pub(super) fn counts_for(code: &str) -> Option<NachaKind> {
    WATCHED
        .iter()
        .find(|watched| watched.codes.contains(&code))
        .map(|watched| watched.kind)
}

/// A part of a whole, in percent with two decimals.
pub(super) fn rate(part: u32, whole: u32) -> Rate {
    let percent = Decimal::from(u64::from(part) * 100).checked_div(Decimal::from(whole));
    Rate {
        part,
        whole,
        percent: percent.map(|percent| {
            let mut shown =
                percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            shown.rescale(2);
            shown.to_string()
        }),
        too_few: whole < LEAST,
    }
}

/// Cents as an exact decimal text of dollars.
pub(super) fn dollars(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_exact() {
        let percent = |part, whole| rate(part, whole).percent;
        assert_eq!(percent(1, 3).as_deref(), Some("33.33"));
        assert_eq!(percent(2, 3).as_deref(), Some("66.67"));
        assert_eq!(percent(1, 200).as_deref(), Some("0.50"));
        assert_eq!(percent(0, 7).as_deref(), Some("0.00"));
        assert_eq!(percent(u32::MAX, u32::MAX).as_deref(), Some("100.00"));
        assert_eq!(percent(0, 0), None);
        assert!(rate(1, 99).too_few && !rate(1, 100).too_few);
        assert_eq!(dollars(9_999_999_999), "99999999.99");
    }

    #[test]
    fn a_threshold_is_crossed_by_more_than_it() {
        let [unauthorized, administrative, overall] = &WATCHED;
        for (watched, returned, initiated, expected) in [
            // 0.5 % of 1,000 are 5.
            (unauthorized, 3, 1_000, NachaVerdict::Within),
            (unauthorized, 4, 1_000, NachaVerdict::Near),
            (unauthorized, 5, 1_000, NachaVerdict::Near),
            (unauthorized, 6, 1_000, NachaVerdict::Over),
            (unauthorized, 1, 200, NachaVerdict::Near),
            (unauthorized, 1, 199, NachaVerdict::TooFew),
            (unauthorized, 0, 0, NachaVerdict::Nothing),
            // 3 % of 100 are 3, 15 % are 15.
            (administrative, 3, 100, NachaVerdict::Near),
            (administrative, 4, 100, NachaVerdict::Over),
            (overall, 11, 100, NachaVerdict::Within),
            (overall, 12, 100, NachaVerdict::Near),
            (overall, 16, 100, NachaVerdict::Over),
            (overall, 99, 99, NachaVerdict::TooFew),
        ] {
            let shown = watched.rate(returned, initiated);
            assert_eq!(shown.verdict, expected, "{returned} of {initiated}");
            assert_eq!(
                shown.rate.too_few,
                matches!(expected, NachaVerdict::TooFew | NachaVerdict::Nothing)
            );
        }
        let thresholds = WATCHED.map(|watched| watched.rate(0, 0).threshold);
        assert_eq!(thresholds, ["0.5", "3", "15"]);
    }

    #[test]
    fn codes_count_for_what_nacha_says() {
        for (code, kind) in [
            ("R05", Some(NachaKind::Unauthorized)),
            ("R29", Some(NachaKind::Unauthorized)),
            ("R51", Some(NachaKind::Unauthorized)),
            ("R02", Some(NachaKind::Administrative)),
            ("R01", None),
            ("R06", None),
            ("R37", None),
        ] {
            assert_eq!(counts_for(code), kind, "{code}");
        }
        assert!(WATCHED[2].counts("R01") && !WATCHED[0].counts("R01"));
    }
}
