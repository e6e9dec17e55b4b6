//! Reads the dates in the cells of a table. 3/4/2026 is March 4 or April 3: the column shows which, or the user is asked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Which number comes first in a date with slashes or hyphens, like 03/04/2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "tableFile.ts"))]
pub enum DateOrder {
    /// March 4, as in the United States.
    MonthFirst,
    /// April 3.
    DayFirst,
}

/// Why a cell names no single day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("“{0}” is not a day that can be read. Write it as 2026-11-30 or 11/30/2026.")]
    NotADate(String),
    #[error("“{0}” can be two days, depending on whether the month or the day comes first.")]
    TwoDays(String),
}

/// What the dates of a column show about their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateColumn {
    /// The order that some date shows and no other date contradicts.
    pub order: Option<DateOrder>,
    /// The first date that names a different day in each order.
    pub ambiguous: Option<String>,
}

impl DateColumn {
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut month_first, mut day_first, mut ambiguous) = (false, false, None);
        for cell in cells {
            let Some(CellDate::EitherOrder(month, day)) = CellDate::of(cell) else {
                continue;
            };
            match (month, day) {
                (Some(one), Some(other)) if one == other => {}
                (Some(_), Some(_)) => {
                    ambiguous.get_or_insert(cell);
                }
                (Some(_), None) => month_first = true,
                (None, Some(_)) => day_first = true,
                (None, None) => {}
            }
        }
        Self {
            order: match (month_first, day_first) {
                (true, false) => Some(DateOrder::MonthFirst),
                (false, true) => Some(DateOrder::DayFirst),
                _ => None,
            },
            ambiguous: ambiguous.map(str::to_owned),
        }
    }
}

/// Reads a cell; a blank one is `None`. `order` only decides between two possible days.
///
/// # Errors
/// The cell is not a date, or it can be two days and `order` is `None`.
pub fn parse(cell: &str, order: Option<DateOrder>) -> Result<Option<Date>, DateError> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let quoted = || cell.chars().take(40).collect();
    let day = match CellDate::of(cell) {
        Some(CellDate::Certain(day)) => Some(day),
        Some(CellDate::EitherOrder(Some(one), Some(other))) if one != other => match order {
            Some(DateOrder::MonthFirst) => Some(one),
            Some(DateOrder::DayFirst) => Some(other),
            None => return Err(DateError::TwoDays(quoted())),
        },
        Some(CellDate::EitherOrder(month_first, day_first)) => month_first.or(day_first),
        None => None,
    };
    day.map(Some).ok_or_else(|| DateError::NotADate(quoted()))
}

enum CellDate {
    Certain(Date),
    /// The day if the month comes first, and the day if the day does.
    EitherOrder(Option<Date>, Option<Date>),
}

impl CellDate {
    fn of(cell: &str) -> Option<Self> {
        let text = without_time(cell.trim());
        if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return date(&text[..4], &text[4..6], &text[6..]).map(Self::Certain);
        }
        let mark = text.chars().find(|c| !c.is_ascii_digit())?;
        if !matches!(mark, '-' | '/' | '.') {
            return None;
        }
        let parts: Vec<&str> = text.split(mark).collect();
        let [first, second, third] = parts[..] else {
            return None;
        };
        if first.len() == 4 {
            return date(first, second, third).map(Self::Certain);
        }
        // Whoever writes dots writes the day first. A month in front is refused rather than guessed: in the same column
        // 04.03.2026 would then be read as another day than its writer meant.
        if mark == '.' {
            return date(third, second, first).map(Self::Certain);
        }
        Some(Self::EitherOrder(
            date(third, first, second),
            date(third, second, first),
        ))
    }
}

/// Spreadsheets and banks write a time of day or a weekday after the date. A second date is neither.
fn without_time(text: &str) -> &str {
    let Some((day, rest)) = text.split_once(['T', ' ']) else {
        return text;
    };
    let is_time = rest.starts_with(|c: char| c.is_ascii_digit())
        && (rest.contains(':') || !rest.contains(['/', '.', '-']));
    if is_time || !rest.contains(|c: char| c.is_ascii_digit()) {
        day
    } else {
        text
    }
}

/// A year of two digits is one of this century.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| -> Option<i16> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let year = match year.len() {
        2 => 2000 + number(year)?,
        4 => number(year)?,
        _ => return None,
    };
    let short = |text: &str| {
        let number = number(text).filter(|_| text.len() <= 2)?;
        i8::try_from(number).ok()
    };
    Date::new(year, short(month)?, short(day)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};
    use jiff::civil::date;

    #[test]
    fn dates_are_read_in_their_forms() {
        let expected = Ok(Some(date(2026, 3, 4)));
        for (cell, order) in [
            ("2026-03-04", MonthFirst),
            ("2026-3-4", MonthFirst),
            ("2026/03/04", DayFirst),
            ("20260304", MonthFirst),
            ("03/04/2026", MonthFirst),
            ("3/4/2026", MonthFirst),
            ("04/03/2026", DayFirst),
            ("4.3.2026", MonthFirst),
            (" 2026-03-04 00:00:00 ", MonthFirst),
            ("2026-03-04T00:00:00", MonthFirst),
        ] {
            assert_eq!(parse(cell, Some(order)), expected, "{cell:?}");
        }
        assert_eq!(parse("  ", Some(MonthFirst)), Ok(None));
        assert_eq!(parse("  ", None), Ok(None));
    }

    #[test]
    fn a_date_with_one_reading_needs_no_order() {
        let day = Ok(Some(date(2026, 11, 24)));
        for cell in [
            "2026-11-24",
            "2026-11-24T10:00:00Z",
            "2026-11-24 10:00",
            "2026/11/24",
            "2026.11.24",
            "20261124",
            "11/24/2026",
            "11/24/26",
            "24.11.2026",
            "11-24-2026",
        ] {
            assert_eq!(parse(cell, None), day, "{cell}");
            // The cell itself outweighs what was said about the column.
            assert_eq!(parse(cell, Some(DayFirst)), day, "{cell}");
        }
        assert_eq!(parse("4/4/2026", None), Ok(Some(date(2026, 4, 4))));
        let ambiguous = Err(DateError::TwoDays("3/4/2026".to_owned()));
        assert_eq!(parse("3/4/2026", None), ambiguous);
        let march = Ok(Some(date(2026, 3, 4)));
        assert_eq!(parse("3/4/2026", Some(MonthFirst)), march);
        let april = Ok(Some(date(2026, 4, 3)));
        assert_eq!(parse("3/4/2026", Some(DayFirst)), april);
    }

    #[test]
    fn what_is_not_a_date_is_refused_in_either_order() {
        for cell in [
            "13/13/2026",
            "2026-02-30",
            "today",
            "tomorrow",
            "1/2",
            "1/2/3/4",
            "1/2/026",
            "+1/2/2026",
            "20261324",
            "2026-03",
            "3 March 2026",
            "31.2.2031",
            "24.11.26x",
            "2026-03-04 - 2026-03-10",
            "2026-03-04 2026-03-10",
            "01/02-2026",
            "//",
        ] {
            for order in [None, Some(MonthFirst), Some(DayFirst)] {
                let refused = Err(DateError::NotADate(cell.to_owned()));
                assert_eq!(parse(cell, order), refused, "{cell}");
            }
        }
    }

    #[test]
    fn two_digit_years_are_of_this_century() {
        for cell in ["12/31/26", "31/12/26", "31.12.26", "12-31-26"] {
            let day = Ok(Some(date(2026, 12, 31)));
            assert_eq!(parse(cell, Some(MonthFirst)), day, "{cell}");
        }
        assert_eq!(parse("1/1/99", None), Ok(Some(date(2099, 1, 1))));
    }

    #[test]
    fn dates_with_dots_are_day_month_year() {
        for order in [None, Some(MonthFirst), Some(DayFirst)] {
            let march = Ok(Some(date(2026, 3, 4)));
            assert_eq!(parse("04.03.2026", order), march);
            assert!(parse("11.24.2026", order).is_err());
        }
        assert_eq!(
            DateColumn::of(["04.03.2026", "05.03.2026"]),
            DateColumn::default()
        );
    }

    #[test]
    fn a_day_that_only_one_order_allows_is_read_in_that_order() {
        let day = Ok(Some(date(2026, 12, 31)));
        assert_eq!(parse("31/12/2026", Some(MonthFirst)), day);
    }

    #[test]
    fn a_time_or_weekday_after_a_date_is_ignored() {
        let day = Ok(Some(date(2026, 3, 4)));
        assert_eq!(parse("2026-03-04 10:00", Some(MonthFirst)), day);
        assert_eq!(parse("3/4/2026 2:30 PM", Some(MonthFirst)), day);
        assert_eq!(parse("3/4/2026 Wed", Some(MonthFirst)), day);
    }

    #[test]
    fn a_column_shows_its_order_or_is_asked_about() {
        let of = |cells: &[&str]| {
            let DateColumn { order, ambiguous } = DateColumn::of(cells.iter().copied());
            (order, ambiguous)
        };
        let asked = |cell: &str| Some(cell.to_owned());
        assert_eq!(of(&["2026-03-04", "", "x"]), (None, None));
        assert_eq!(of(&["", "2026-01-31"]), (None, None));
        assert_eq!(of(&["11/24/2026"]), (Some(MonthFirst), None));
        assert_eq!(
            of(&["3/4/2026", "3/14/2026"]),
            (Some(MonthFirst), asked("3/4/2026"))
        );
        assert_eq!(
            of(&["3/4/2026", "14/3/2026"]),
            (Some(DayFirst), asked("3/4/2026"))
        );
        assert_eq!(
            of(&["01/02/2026", "31/01/2026"]),
            (Some(DayFirst), asked("01/02/2026"))
        );
        assert_eq!(
            of(&["01/02/2026", "01/31/2026"]),
            (Some(MonthFirst), asked("01/02/2026"))
        );
        assert_eq!(of(&["01/02/2026"]), (None, asked("01/02/2026")));
        assert_eq!(
            of(&["3/4/2026", "5/6/2026", "13/13/2026"]),
            (None, asked("3/4/2026"))
        );
        assert_eq!(
            of(&["3/4/2026", "14/3/2026", "3/14/2026"]),
            (None, asked("3/4/2026"))
        );
    }
}
