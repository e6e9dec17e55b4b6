//! Days and months as moments: where a day begins in the time zone of the computer, and which months a range has.

use jiff::{
    Timestamp, ToSpan as _,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone},
};

use super::view::OutcomesRange;
use desk_core::DeskError;

/// Days in a row, both ends counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

impl Days {
    /// The last so many days up to one, which counts.
    pub fn ending(to: Date, days: i32) -> Self {
        Self {
            from: to.saturating_sub((days - 1).days()),
            to,
        }
    }

    /// From the first millisecond to the first one after them, since 1970.
    pub(crate) fn moments(self, zone: &TimeZone) -> (i64, i64) {
        (begin(self.from, zone), end(self.to, zone))
    }

    /// The months of these days, each with its days within them: those that may have an evaluation, and of a short range
    /// all.
    pub(super) fn months(self, seen: Option<(Date, Date)>) -> Vec<Self> {
        let mut months = Vec::new();
        let (mut from, mut last) = (self.from, self.to);
        if self.to > self.from.saturating_add(1.year()) {
            let Some((oldest, newest)) = seen else {
                return months;
            };
            (from, last) = (from.max(oldest), last.min(newest));
        }
        while from <= last {
            let to = from.last_of_month().min(last);
            months.push(Self { from, to });
            let Ok(next) = to.tomorrow() else { break };
            from = next;
        }
        months
    }
}

/// The days of a range. `oldest` is the day of the first evaluation, `newest` that of the last.
pub(super) fn of_range(
    range: &OutcomesRange,
    today: Date,
    seen: Option<(Date, Date)>,
) -> Result<Days, DeskError> {
    let months_back = |months: i32| Days {
        from: today.first_of_month().saturating_sub(months.months()),
        to: today,
    };
    match range {
        OutcomesRange::ThisMonth => Ok(months_back(0)),
        OutcomesRange::Last3Months => Ok(months_back(2)),
        OutcomesRange::Last12Months => Ok(months_back(11)),
        // A clock that was set back leaves evaluations after today.
        OutcomesRange::All => Ok(seen.map_or(
            Days {
                from: today,
                to: today,
            },
            |(oldest, newest)| Days {
                from: oldest.min(today),
                to: newest.max(today),
            },
        )),
        OutcomesRange::Own { from, to } => {
            let (from, to) = (day("from", from)?, day("to", to)?);
            if to < from {
                return Err(DeskError::invalid(
                    "to",
                    "The last day cannot be before the first.",
                ));
            }
            Ok(Days { from, to })
        }
    }
}

/// A day as a screen gives it.
pub fn day(field: &'static str, text: &str) -> Result<Date, DeskError> {
    // `strptime` takes 2026-2-3 too; what comes back is the same day.
    Date::strptime("%Y-%m-%d", text.trim())
        .map_err(|_| DeskError::invalid(field, "Enter a date as YYYY-MM-DD."))
}

/// The day of a moment.
pub(crate) fn day_of(milliseconds: i64, zone: &TimeZone) -> Date {
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    zone.to_datetime(moment).date()
}

/// Where a day begins; the end of time for days that no moment has.
fn begin(day: Date, zone: &TimeZone) -> i64 {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    let ambiguous = zone.to_ambiguous_timestamp(midnight);
    let earliest = match ambiguous.offset() {
        // A midnight that the clocks leap over: the day begins after it.
        AmbiguousOffset::Gap { .. } => ambiguous.later(),
        _ => ambiguous.earlier(),
    };
    earliest.map_or_else(
        |_| {
            if day.year() < 0 { i64::MIN } else { i64::MAX }
        },
        Timestamp::as_millisecond,
    )
}

fn end(day: Date, zone: &TimeZone) -> i64 {
    day.tomorrow().map_or(i64::MAX, |next| begin(next, zone))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 25);

    const SEEN: Option<(Date, Date)> = Some((date(2025, 2, 3), TODAY));

    fn range(range: &OutcomesRange) -> Days {
        of_range(range, TODAY, SEEN).unwrap()
    }

    #[test]
    fn ranges_are_whole_months_up_to_today() {
        for (asked, from) in [
            (OutcomesRange::ThisMonth, date(2026, 11, 1)),
            (OutcomesRange::Last3Months, date(2026, 9, 1)),
            (OutcomesRange::Last12Months, date(2025, 12, 1)),
            (OutcomesRange::All, date(2025, 2, 3)),
        ] {
            assert_eq!(range(&asked), Days { from, to: TODAY }, "{asked:?}");
        }
        assert_eq!(range(&OutcomesRange::Last12Months).months(None).len(), 12);
    }

    #[test]
    fn days_of_the_users_own_are_checked() {
        let own = |from: &str, to: &str| OutcomesRange::Own {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let months = range(&own("2026-01-31", "2026-03-01")).months(SEEN);
        let of = |from, to| Days { from, to };
        assert_eq!(
            months,
            [
                of(date(2026, 1, 31), date(2026, 1, 31)),
                of(date(2026, 2, 1), date(2026, 2, 28)),
                of(date(2026, 3, 1), date(2026, 3, 1)),
            ]
        );
        // A thousand years are not listed month by month.
        let ages = range(&own("0001-01-01", "9999-12-31"));
        assert_eq!((ages.months(SEEN).len(), ages.months(None).len()), (22, 0));
        for (from, to, field) in [
            ("2026-02-30", "2026-03-01", "from"),
            ("2026-02-01", "", "to"),
            ("2026-02-02", "2026-02-01", "to"),
        ] {
            let error = of_range(&own(from, to), TODAY, None).unwrap_err();
            assert!(
                matches!(&error, DeskError::InvalidInput { field: named, .. } if *named == field),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_day_has_the_hours_that_its_clocks_give_it() {
        let hours = |zone: &str, day| {
            let zone = TimeZone::get(zone).unwrap();
            let (from, to) = Days { from: day, to: day }.moments(&zone);
            (to - from) / 3_600_000
        };
        assert_eq!(hours("America/New_York", date(2026, 11, 1)), 25);
        assert_eq!(hours("America/New_York", date(2026, 3, 8)), 23);
        // Where summer begins at midnight.
        assert_eq!(hours("America/Santiago", date(2026, 9, 6)), 23);
        assert_eq!(hours("UTC", date(2026, 3, 8)), 24);
    }
}
