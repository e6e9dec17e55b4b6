//! Amounts as they stand in files: with a dollar sign, with thousands set apart, with a comma before the cents, each
//! taken only where it can be read in exactly one way.

use crate::money::{self, AmountError, ZeroIs};
use rust_decimal::Decimal;

/// Why a cell is not the amount of a debit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CellAmountError {
    /// Nothing is in the cell.
    #[error("The amount is missing.")]
    Missing,
    /// `€12.50`
    #[error("ACH debits are in US dollars; this amount has another currency.")]
    OtherCurrency,
    /// `1,234` or `1.234`: thousands for some, thousandths for others.
    #[error("{0} can be read in two ways. Write the cents, for example 1234.00.")]
    TwoWays(String),
    /// As for an amount that is typed.
    #[error(transparent)]
    Typed(#[from] AmountError),
}

/// Reads a cell as cents of US dollars.
///
/// # Errors
/// Names the first thing that stands in the way.
pub(super) fn cents(cell: &str) -> Result<i64, CellAmountError> {
    let text = without_currency(cell.trim())?;
    if text.is_empty() {
        return Err(CellAmountError::Missing);
    }
    let plain = without_grouping(text)?;
    let amount = money::parse(&plain, ZeroIs::Refused)?;
    // At most ten digits, so it fits.
    let cents = (amount * Decimal::ONE_HUNDRED).trunc();
    i64::try_from(cents).map_err(|_| AmountError::TooLarge.into())
}

/// Cents as the desk writes amounts.
pub(crate) fn text(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

/// Takes a dollar sign or `USD` off, before or after the digits.
fn without_currency(text: &str) -> Result<&str, CellAmountError> {
    let dollars = ["US$", "USD", "usd", "$"];
    let text = dollars
        .iter()
        .find_map(|sign| text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)))
        .unwrap_or(text)
        .trim();
    let foreign = |c: char| matches!(c, '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}');
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let code = letters.len() == 3 && letters.chars().all(|c| c.is_ascii_uppercase());
    if text.contains(foreign) || code {
        return Err(CellAmountError::OtherCurrency);
    }
    Ok(text)
}

/// The same amount with digits and at most one point; what is no grouped number comes back as it is.
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

/// Whether one mark with three digits after it sets thousands apart or cents.
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

/// The whole without its grouping, if it is grouped by threes; the text as it is otherwise, which is then refused.
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
            assert_eq!(cents(cell), Ok(expected), "{cell:?}");
        }
        assert_eq!(text(123_450), "1234.50");
        assert_eq!(text(5), "0.05");
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
            assert_eq!(cents(cell), Err(expected), "{cell:?}");
        }
    }
}
