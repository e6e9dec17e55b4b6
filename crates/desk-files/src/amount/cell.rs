//! Reads amounts as files write them: with a dollar sign, with grouped thousands, with a comma before the cents. A debit
//! still to be sent is read strictly, because a wrong guess would charge somebody; the amount of a return only helps to
//! find its debit, so its sign is ignored and 1,234 is read as Americans write it.

use rust_decimal::Decimal;

use super::{AmountError, ZeroIs};

/// Why a cell is not an amount in US dollars.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellAmountError {
    #[error("The amount is missing.")]
    Missing,
    /// `€12.50`
    #[error("ACH debits are in US dollars; this amount has another currency.")]
    OtherCurrency,
    /// `1,234` or `1.234`: thousands for some, thousandths for others.
    #[error("{0} can be read in two ways. Write the cents, for example 1234.00.")]
    TwoWays(String),
    #[error(transparent)]
    Typed(#[from] AmountError),
}

/// Reads the amount of a debit to be sent, in cents of US dollars.
///
/// # Errors
/// Names the first thing that stands in the way.
pub fn parse_debit_cents(cell: &str) -> Result<i64, CellAmountError> {
    let text = without_currency(cell)?;
    if text.is_empty() {
        return Err(CellAmountError::Missing);
    }
    let amount = super::parse(&without_grouping(text)?, ZeroIs::Refused)?;
    // At most ten digits, so it fits.
    let cents = (amount * Decimal::ONE_HUNDRED).trunc();
    i64::try_from(cents).map_err(|_| AmountError::TooLarge.into())
}

/// Reads the amount of a debit that came back, as processors write it: `$1,234.50`, `-12.50`, `(12.50)`, `USD 12.50`.
/// The sign does not matter, because many write a return as money going back. A blank cell is `None`.
///
/// # Errors
/// Names the first thing that stands in the way.
pub fn parse_return_amount(cell: &str) -> Result<Option<Decimal>, CellAmountError> {
    if cell.trim().is_empty() {
        return Ok(None);
    }
    let text = without_sign(without_currency(without_sign(cell))?);
    if text.is_empty() {
        return Err(CellAmountError::Missing);
    }
    let plain = match without_grouping(text) {
        Err(CellAmountError::TwoWays(_)) if text.contains(',') => text.replace(',', ""),
        other => other?,
    };
    Ok(Some(super::parse(&plain, ZeroIs::Allowed)?))
}

/// Cents of US dollars as exact decimal text, for example `1234.50`.
pub fn format_cents(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

/// Takes signs and accountants' parentheses off both ends.
fn without_sign(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    inner
        .unwrap_or(text)
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+' | '\u{2212}'))
}

/// Takes the dollar sign and `USD` off both ends.
fn without_currency(text: &str) -> Result<&str, CellAmountError> {
    let mut text = text.trim();
    for sign in ["USD", "usd", "US$", "$"] {
        text = text.strip_prefix(sign).unwrap_or(text).trim_start();
        text = text.strip_suffix(sign).unwrap_or(text).trim_end();
    }
    let foreign = |c: char| matches!(c, '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}');
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let code = letters.len() == 3 && letters.chars().all(|c| c.is_ascii_uppercase());
    if text.contains(foreign) || code {
        return Err(CellAmountError::OtherCurrency);
    }
    Ok(text)
}

/// The same amount with digits and at most one point. Text that is not a grouped number is returned unchanged.
fn without_grouping(text: &str) -> Result<String, CellAmountError> {
    let set_apart = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}');
    let marks: Vec<char> = text.chars().filter(|c| matches!(c, ',' | '.')).collect();
    let spaced: Vec<char> = text.chars().filter(|c| set_apart(*c)).collect();
    match (marks.as_slice(), spaced.as_slice()) {
        ([] | ['.'], []) if !in_two_ways(text, '.') => Ok(text.to_owned()),
        ([','], []) if !in_two_ways(text, ',') => Ok(text.replace(',', ".")),
        ([_], []) => Err(CellAmountError::TwoWays(text.to_owned())),
        ([] | [_], [mark, rest @ ..]) if rest.iter().all(|other| other == mark) => {
            let (whole, cents) = split(text, marks.first().copied());
            Ok(joined(text, whole, *mark, cents))
        }
        ([first, between @ .., last], []) if between.iter().all(|mark| mark == first) => {
            // 1,234,567 has no cents; 1,234,567.50 and 1.234.567,50 have.
            let decimal = (first != last).then_some(*last);
            let (whole, cents) = split(text, decimal);
            Ok(joined(text, whole, *first, cents))
        }
        _ => Ok(text.to_owned()),
    }
}

/// Whether a single mark with three digits after it may group thousands or precede a fraction.
fn in_two_ways(text: &str, mark: char) -> bool {
    text.split_once(mark).is_some_and(|(whole, rest)| {
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        rest.len() == 3
            && (1..=3).contains(&whole.len())
            && !whole.starts_with('0')
            && digits(whole)
            && digits(rest)
    })
}

fn split(text: &str, decimal: Option<char>) -> (&str, Option<&str>) {
    match decimal.and_then(|mark| text.rsplit_once(mark)) {
        Some((whole, cents)) => (whole, Some(cents)),
        None => (text, None),
    }
}

/// The number without its grouping if it is grouped by threes, else the text unchanged, which is then refused.
fn joined(text: &str, whole: &str, mark: char, cents: Option<&str>) -> String {
    let groups: Vec<&str> = whole.split(mark).collect();
    let grouped = groups.iter().enumerate().all(|(place, group)| {
        let long_enough = if place == 0 {
            (1..=3).contains(&group.len())
        } else {
            group.len() == 3
        };
        long_enough && group.chars().all(|c| c.is_ascii_digit())
    });
    if !grouped {
        return text.to_owned();
    }
    let whole = groups.concat();
    cents.map_or(whole.clone(), |cents| format!("{whole}.{cents}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_that_can_be_read_in_one_way_are_taken() {
        for (cell, expected) in [
            ("12.50", 1_250),
            ("12", 1_200),
            ("12.5", 1_250),
            ("12,50", 1_250),
            ("12,5", 1_250),
            (" $12.50 ", 1_250),
            ("$ 1,234.50", 123_450),
            ("USD 1,234.50", 123_450),
            ("1234.50 USD", 123_450),
            ("US$5", 500),
            ("1,234,567", 123_456_700),
            ("1,234,567.89", 123_456_789),
            ("1.234.567,89", 123_456_789),
            ("1.234,50", 123_450),
            ("1'234.50", 123_450),
            ("1\u{a0}234,50", 123_450),
            ("1 234", 123_400),
            ("1 234 567", 123_456_700),
            ("99,999,999.99", 9_999_999_999),
            ("0.01", 1),
        ] {
            assert_eq!(parse_debit_cents(cell), Ok(expected), "{cell:?}");
        }
        assert_eq!(format_cents(123_450), "1234.50");
        assert_eq!(format_cents(5), "0.05");
    }

    #[test]
    fn all_others_are_refused_with_the_reason() {
        use AmountError as E;
        use CellAmountError as C;
        for (cell, expected) in [
            ("", C::Missing),
            ("$", C::Missing),
            ("1,234", C::TwoWays("1,234".to_owned())),
            ("1.234", C::TwoWays("1.234".to_owned())),
            ("\u{20ac}12.50", C::OtherCurrency),
            ("12.50 EUR", C::OtherCurrency),
            ("\u{a3}5", C::OtherCurrency),
            ("0.125", C::Typed(E::TooManyDecimals { given: 3 })),
            ("1234.567", C::Typed(E::TooManyDecimals { given: 3 })),
            ("0", C::Typed(E::Zero)),
            ("$0.00", C::Typed(E::Zero)),
            ("-5", C::Typed(E::Negative)),
            ("(5.00)", C::Typed(E::Negative)),
            ("100,000,000.00", C::Typed(E::TooLarge)),
            ("12,34,567.00", C::Typed(E::Grouped)),
            ("1.2.3", C::Typed(E::Shape)),
            ("1e5", C::Typed(E::Exponent)),
            ("twelve", C::Typed(E::Letters)),
        ] {
            assert_eq!(parse_debit_cents(cell), Err(expected), "{cell:?}");
        }
    }

    #[test]
    fn amounts_of_returns_are_read_as_processors_write_them() {
        for (cell, expected) in [
            ("1234.50", "1234.50"),
            ("$1,234.50", "1234.50"),
            ("$ 12", "12"),
            ("-12.50", "12.50"),
            ("-$12.50", "12.50"),
            ("$-12.50", "12.50"),
            ("(12.50)", "12.50"),
            ("($12.50)", "12.50"),
            ("12.50-", "12.50"),
            ("USD 12.50", "12.50"),
            ("12.50 USD", "12.50"),
            ("US$12.5", "12.5"),
            ("12,50", "12.50"),
            ("1.234,50", "1234.50"),
            ("1,234,567.89", "1234567.89"),
            ("0.00", "0.00"),
        ] {
            let read = parse_return_amount(cell).unwrap_or_else(|error| panic!("{cell}: {error}"));
            assert_eq!(read.unwrap().to_string(), expected, "{cell}");
        }
        assert_eq!(parse_return_amount(" "), Ok(None));
    }

    #[test]
    fn what_is_not_the_amount_of_a_return_is_refused_with_the_reason() {
        use AmountError as E;
        use CellAmountError as C;
        for (cell, expected) in [
            ("1.234", C::TwoWays("1.234".to_owned())),
            ("12.345", C::TwoWays("12.345".to_owned())),
            ("1,23,4", C::Typed(E::CommaDecimals)),
            ("abc", C::Typed(E::Letters)),
            ("1 2", C::Typed(E::InnerSpace)),
            ("12.", C::Typed(E::Shape)),
            (".5", C::Typed(E::Shape)),
            ("1e3", C::Typed(E::Exponent)),
            ("--", C::Missing),
            ("1,2345.00", C::Typed(E::Grouped)),
        ] {
            assert_eq!(parse_return_amount(cell), Err(expected), "{cell}");
        }
        for cell in ["\u{20ac}12.50", "\u{a3}5", "EUR 12.50", "12.50 CAD"] {
            assert_eq!(parse_return_amount(cell), Err(C::OtherCurrency), "{cell}");
        }
    }

    #[test]
    fn a_comma_before_three_digits_groups_thousands_in_a_return_and_is_refused_in_a_debit() {
        let thousands = Decimal::from(1_234);
        assert_eq!(parse_return_amount("1,234"), Ok(Some(thousands)));
        let two_ways = CellAmountError::TwoWays("1,234".to_owned());
        assert_eq!(parse_debit_cents("1,234"), Err(two_ways));
    }

    #[test]
    fn grouping_by_spaces_and_two_dollar_signs_are_read_in_debits_and_returns() {
        for cell in ["$1 234.50", "1'234.50 USD", "$1.234,50 USD"] {
            assert_eq!(parse_debit_cents(cell), Ok(123_450), "{cell}");
            let amount = Decimal::new(123_450, 2);
            assert_eq!(parse_return_amount(cell), Ok(Some(amount)), "{cell}");
        }
    }
}
