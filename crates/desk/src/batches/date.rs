//! Days as they stand in files. 03/04/2026 is a day of March or of April: which one is said once for the whole file.

use jiff::civil::Date;

/// Why a cell is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a day that can be read. Write it as 2026-11-30.")]
pub(super) struct DateError(String);

/// Which comes first in a date with slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst,
    DayFirst,
}

/// Reads a cell; an empty one names no day.
///
/// # Errors
/// It is none of the forms that are known, or names a day that is not in the calendar.
pub(super) fn day(cell: &str, order: Order) -> Result<Option<Date>, DateError> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(None);
    }
    read(text, order)
        .map(Some)
        .ok_or_else(|| DateError(text.chars().take(40).collect()))
}

fn read(text: &str, order: Order) -> Option<Date> {
    // What spreadsheets put after a day: midnight.
    let text = ["T00:00:00", " 00:00:00", " 0:00:00", " 0:00"]
        .iter()
        .find_map(|midnight| text.strip_suffix(midnight))
        .unwrap_or(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    let parts = |mark: char| -> Option<[&str; 3]> {
        let parts: Vec<&str> = text.split(mark).collect();
        parts.try_into().ok()
    };
    if let Some([first, second, third]) = parts('-').or_else(|| parts('/'))
        && first.len() == 4
    {
        return date(first, second, third);
    }
    if let Some([day, month, year]) = parts('.') {
        return date(year, month, day);
    }
    let [first, second, year] = parts('/').or_else(|| parts('-'))?;
    match order {
        Order::MonthFirst => date(year, first, second),
        Order::DayFirst => date(year, second, first),
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| -> Option<i16> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        (plain && digits.contains(&text.len()))
            .then(|| text.parse().ok())
            .flatten()
    };
    let year = number(year, 4..=4)?;
    let month = i8::try_from(number(month, 1..=2)?).ok()?;
    let day = i8::try_from(number(day, 1..=2)?).ok()?;
    Date::new(year, month, day).ok()
}

/// The order that the days of a column show: day first only where some day could not be read otherwise, and none
/// speaks against it.
pub(super) fn order_of<'a>(cells: impl Iterator<Item = &'a str>) -> Order {
    let mut day_first = false;
    for cell in cells {
        let text = cell.trim();
        match (read(text, Order::MonthFirst), read(text, Order::DayFirst)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(_), None) => return Order::MonthFirst,
            (None, Some(_)) => day_first = true,
            _ => {}
        }
    }
    if day_first {
        Order::DayFirst
    } else {
        Order::MonthFirst
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_in_their_forms() {
        let expected = Some(date(2026, 3, 4));
        for (cell, order) in [
            ("2026-03-04", Order::MonthFirst),
            ("2026-3-4", Order::MonthFirst),
            ("2026/03/04", Order::DayFirst),
            ("20260304", Order::MonthFirst),
            ("03/04/2026", Order::MonthFirst),
            ("3/4/2026", Order::MonthFirst),
            ("04/03/2026", Order::DayFirst),
            ("4.3.2026", Order::MonthFirst),
            (" 2026-03-04 00:00:00 ", Order::MonthFirst),
            ("2026-03-04T00:00:00", Order::MonthFirst),
        ] {
            assert_eq!(day(cell, order), Ok(expected), "{cell:?}");
        }
        assert_eq!(day("  ", Order::MonthFirst), Ok(None));
        for cell in [
            "2026-02-30",
            "31/12/2026",
            "12/31/26",
            "tomorrow",
            "2026-03",
            "3 March 2026",
            "2026-03-04 10:00",
        ] {
            assert!(day(cell, Order::MonthFirst).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn the_order_is_seen_where_it_shows() {
        let order = |cells: &[&str]| order_of(cells.iter().copied());
        assert_eq!(order(&["01/02/2026", "31/01/2026"]), Order::DayFirst);
        assert_eq!(order(&["01/02/2026", "01/31/2026"]), Order::MonthFirst);
        assert_eq!(order(&["01/02/2026"]), Order::MonthFirst);
        assert_eq!(order(&["", "2026-01-31"]), Order::MonthFirst);
    }
}
