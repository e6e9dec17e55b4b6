//! Dates in tables: ISO in any case, and with slashes or points as the column shows that they are meant. Where a column
//! can be read in two ways the user is asked.

use jiff::civil::Date;

use super::view::DateForm;

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Nothing.
    None,
    Day(Date),
    /// One of two days, and nobody has said which.
    Ambiguous,
    NotADate,
}

/// The numbers of a date.
enum Parts {
    Iso(Date),
    /// Month and day in an order that is not known.
    Either {
        first: i8,
        second: i8,
        year: i16,
    },
}

/// Reads a cell. A form that the cell contradicts does not count.
pub(crate) fn read(cell: &str, form: Option<DateForm>) -> Reading {
    if cell.trim().is_empty() {
        return Reading::None;
    }
    let Some(parts) = parts(cell) else {
        return Reading::NotADate;
    };
    let (first, second, year) = match parts {
        Parts::Iso(date) => return Reading::Day(date),
        Parts::Either {
            first,
            second,
            year,
        } => (first, second, year),
    };
    let month_first = Date::new(year, first, second).ok();
    let day_first = Date::new(year, second, first).ok();
    match (month_first, day_first, form) {
        (None, None, _) => Reading::NotADate,
        (Some(day), None, _) | (None, Some(day), _) => Reading::Day(day),
        (Some(one), Some(other), _) if one == other => Reading::Day(one),
        (Some(day), Some(_), Some(DateForm::MonthFirst)) => Reading::Day(day),
        (Some(_), Some(day), Some(DateForm::DayFirst)) => Reading::Day(day),
        (Some(_), Some(_), None) => Reading::Ambiguous,
    }
}

/// What the cells of a column show about its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// No date in it depends on the form.
    NoMatter,
    /// One cell says so, and none against it.
    Form(DateForm),
    /// This one can be read in two ways, and no other helps.
    Ask(String),
}

/// Looks at a whole column.
pub(crate) fn form_of<'a>(cells: impl Iterator<Item = &'a str>) -> Shown {
    let mut ambiguous = None;
    let (mut month_first, mut day_first) = (false, false);
    for cell in cells {
        if read(cell, None) == Reading::Ambiguous {
            ambiguous.get_or_insert(cell);
        } else if let Some(Parts::Either { first, second, .. }) = parts(cell) {
            month_first |= second > 12;
            day_first |= first > 12;
        }
    }
    match (ambiguous, month_first, day_first) {
        (None, ..) => Shown::NoMatter,
        (Some(_), true, false) => Shown::Form(DateForm::MonthFirst),
        (Some(_), false, true) => Shown::Form(DateForm::DayFirst),
        (Some(cell), ..) => Shown::Ask(cell.to_owned()),
    }
}

fn parts(cell: &str) -> Option<Parts> {
    let cell = cell.trim();
    // A time of day behind the date does not matter.
    let day = cell.split(['T', ' ']).next()?;
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |range: std::ops::Range<usize>| day[range].parse::<i16>().ok();
        let (month, day_of) = (
            i8::try_from(number(4..6)?).ok()?,
            i8::try_from(number(6..8)?).ok()?,
        );
        return Date::new(number(0..4)?, month, day_of).ok().map(Parts::Iso);
    }
    let pieces: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [one, two, three] = pieces[..] else {
        return None;
    };
    let digits = |piece: &str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit());
    if !pieces.iter().all(|piece| digits(piece)) {
        return None;
    }
    if one.len() == 4 {
        let date = Date::new(one.parse().ok()?, two.parse().ok()?, three.parse().ok()?);
        return date.ok().map(Parts::Iso);
    }
    let year = match three.len() {
        4 => three.parse().ok()?,
        2 => 2000 + three.parse::<i16>().ok()?,
        _ => return None,
    };
    Some(Parts::Either {
        first: one.parse().ok()?,
        second: two.parse().ok()?,
        year,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn iso_needs_no_form_and_the_others_may() {
        let day = Reading::Day(date(2026, 11, 24));
        for cell in [
            "2026-11-24",
            "2026-11-24T10:00:00Z",
            "2026-11-24 10:00",
            "2026/11/24",
            "20261124",
            "11/24/2026",
            "11/24/26",
            "24.11.2026",
            "11-24-2026",
        ] {
            assert_eq!(read(cell, None), day, "{cell}");
            // The cell itself weighs more than what was said of the column.
            assert_eq!(read(cell, Some(DateForm::DayFirst)), day, "{cell}");
        }
        assert_eq!(read("3/4/2026", None), Reading::Ambiguous);
        assert_eq!(read("4/4/2026", None), Reading::Day(date(2026, 4, 4)));
        assert_eq!(
            read("3/4/2026", Some(DateForm::MonthFirst)),
            Reading::Day(date(2026, 3, 4))
        );
        assert_eq!(
            read("3/4/2026", Some(DateForm::DayFirst)),
            Reading::Day(date(2026, 4, 3))
        );
        assert_eq!(read("  ", None), Reading::None);
        for cell in [
            "13/13/2026",
            "2026-02-30",
            "today",
            "1/2",
            "1/2/3/4",
            "1/2/026",
            "+1/2/2026",
            "20261324",
        ] {
            assert_eq!(read(cell, None), Reading::NotADate, "{cell}");
        }
    }

    #[test]
    fn a_column_shows_its_form_or_is_asked_about() {
        let of = |cells: &[&str]| form_of(cells.iter().copied());
        assert_eq!(of(&["2026-03-04", "", "x"]), Shown::NoMatter);
        assert_eq!(of(&["11/24/2026"]), Shown::NoMatter);
        assert_eq!(
            of(&["3/4/2026", "3/14/2026"]),
            Shown::Form(DateForm::MonthFirst)
        );
        assert_eq!(
            of(&["3/4/2026", "14/3/2026"]),
            Shown::Form(DateForm::DayFirst)
        );
        let ask = Shown::Ask("3/4/2026".to_owned());
        assert_eq!(of(&["3/4/2026", "5/6/2026"]), ask);
        assert_eq!(of(&["3/4/2026", "14/3/2026", "3/14/2026"]), ask);
    }
}
