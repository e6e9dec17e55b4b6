//! Reads amounts as people type them ([`parse`]) and as files write them. An amount is accepted only when it can be read
//! in exactly one way; every refusal says what to change.

mod cell;

use rust_decimal::Decimal;

pub use cell::{CellAmountError, format_cents, parse_debit_cents, parse_return_amount};

/// The largest amount of an ACH entry in US dollars: its field holds ten digits of cents.
pub const LARGEST: Decimal = Decimal::from_parts(1_410_065_407, 2, 0, false, 2);

const WHOLE_DIGITS: usize = 8;

/// Why a typed text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("Enter an amount, for example 125.50.")]
    Empty,
    /// A space or line break among the digits.
    #[error("Leave out the spaces: write 1234.50, not 1 234.50.")]
    InnerSpace,
    /// `1,234.50`.
    #[error("Leave out the thousands separators: write 1234.50, not 1,234.50.")]
    Grouped,
    /// `12,50`.
    #[error("Use a point before the cents: write 12.50, not 12,50.")]
    CommaDecimals,
    /// Digits of another script, which look alike to some readers and not to others.
    #[error("Use the digits 0 to 9.")]
    OtherDigits,
    /// A minus sign.
    #[error("A debit's amount cannot be negative.")]
    Negative,
    /// A plus sign.
    #[error("Leave out the plus sign.")]
    PlusSign,
    /// `$12.50`.
    #[error("Leave out the currency sign: amounts are in US dollars.")]
    CurrencySign,
    /// `1e9`.
    #[error("Write the amount out in digits, without an exponent.")]
    Exponent,
    /// Letters.
    #[error("An amount has digits and at most one point, no letters.")]
    Letters,
    /// `5.`, `.5`, `1.2.3` and other shapes.
    #[error("Write digits, then at most one point and the cents, for example 0.50.")]
    Shape,
    /// More than two digits after the point.
    #[error("US dollars have two decimals; this amount has {given}.")]
    TooManyDecimals {
        /// Digits after the point.
        given: usize,
    },
    /// Zero.
    #[error("The amount must be more than zero.")]
    Zero,
    /// Above [`LARGEST`].
    #[error("An ACH debit is at most 99999999.99 US dollars.")]
    TooLarge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZeroIs {
    Refused,
    /// For fields where 0.00 means something, like the amount that is available at once.
    Allowed,
}

/// Reads an amount in US dollars, digit for digit, ignoring blanks around it.
///
/// # Errors
/// Names the first thing that stands in the way.
pub fn parse(typed: &str, zero: ZeroIs) -> Result<Decimal, AmountError> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if let Some(foreign) = text.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
        return Err(why_refused(text, foreign));
    }
    let (whole, cents) = match text.split_once('.') {
        None => (text, None),
        Some((whole, cents)) => (whole, Some(cents)),
    };
    if whole.is_empty() || cents.is_some_and(|cents| cents.is_empty() || cents.contains('.')) {
        return Err(AmountError::Shape);
    }
    if let Some(given) = cents.map(str::len).filter(|given| *given > 2) {
        return Err(AmountError::TooManyDecimals { given });
    }
    // Checked before the digits become a number, so that any number of them can be typed.
    if whole.trim_start_matches('0').len() > WHOLE_DIGITS {
        return Err(AmountError::TooLarge);
    }
    let amount = Decimal::from_str_exact(text).map_err(|_| AmountError::Shape)?;
    if amount.is_zero() && zero == ZeroIs::Refused {
        return Err(AmountError::Zero);
    }
    Ok(amount)
}

/// Explains the first character that is neither a digit nor a point.
fn why_refused(text: &str, foreign: char) -> AmountError {
    if text.starts_with(['-', '\u{2212}', '(']) {
        return AmountError::Negative;
    }
    if text.starts_with('+') {
        return AmountError::PlusSign;
    }
    if text.chars().any(char::is_whitespace) {
        return AmountError::InnerSpace;
    }
    match foreign {
        ',' if is_grouped(text) => AmountError::Grouped,
        ',' => AmountError::CommaDecimals,
        '$' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}' => AmountError::CurrencySign,
        '\'' | '_' | '\u{2019}' => AmountError::Grouped,
        'e' | 'E' if is_exponent(text) => AmountError::Exponent,
        digit if digit.is_numeric() => AmountError::OtherDigits,
        letter if letter.is_alphabetic() => AmountError::Letters,
        _ => AmountError::Shape,
    }
}

/// Whether the commas stand where thousands are grouped: `1,234`, `1,234.50`, `1,23,456`.
fn is_grouped(text: &str) -> bool {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let groups: Vec<&str> = whole.split(',').collect();
    text.contains('.') && groups.len() > 1
        || groups.len() > 1 && groups.last().is_some_and(|last| last.len() == 3)
}

/// Whether the text is a number in scientific notation.
fn is_exponent(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !power.is_empty()
        && power.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_digit_for_digit() {
        for (typed, expected) in [
            ("125.50", "125.50"),
            ("100", "100"),
            ("0.01", "0.01"),
            ("  12.5\t", "12.5"),
            ("\u{a0}7\u{a0}", "7"),
            ("99999999.99", "99999999.99"),
            ("0000000000012.00", "12.00"),
        ] {
            let amount = parse(typed, ZeroIs::Refused).unwrap();
            assert_eq!(amount.to_string(), expected, "{typed:?}");
            assert!(amount <= LARGEST);
        }
        assert_eq!(LARGEST.to_string(), "99999999.99");
    }

    #[test]
    fn each_refusal_says_what_to_change() {
        use AmountError as E;
        for (typed, expected) in [
            ("", E::Empty),
            ("   ", E::Empty),
            ("0", E::Zero),
            ("0.00", E::Zero),
            ("-5", E::Negative),
            ("\u{2212}5.00", E::Negative),
            ("(5.00)", E::Negative),
            ("+5", E::PlusSign),
            ("12.345", E::TooManyDecimals { given: 3 }),
            ("0.000", E::TooManyDecimals { given: 3 }),
            ("1e9", E::Exponent),
            ("1E-2", E::Exponent),
            ("1.5e+3", E::Exponent),
            ("abc", E::Letters),
            ("12a", E::Letters),
            ("e5", E::Letters),
            ("0x10", E::Letters),
            ("NaN", E::Letters),
            ("inf", E::Letters),
            ("1,234.50", E::Grouped),
            ("1,234", E::Grouped),
            ("1,234,567", E::Grouped),
            ("1'234.50", E::Grouped),
            ("1_000", E::Grouped),
            ("12,50", E::CommaDecimals),
            ("1.234,50", E::CommaDecimals),
            ("1 234.50", E::InnerSpace),
            ("1\u{202f}234", E::InnerSpace),
            ("1\n2", E::InnerSpace),
            ("\u{661}\u{662}", E::OtherDigits),
            ("\u{ff11}\u{ff12}", E::OtherDigits),
            ("\u{bd}", E::OtherDigits),
            ("$12.50", E::CurrencySign),
            ("12\u{20ac}", E::CurrencySign),
            (".5", E::Shape),
            ("5.", E::Shape),
            (".", E::Shape),
            ("1.2.3", E::Shape),
            ("1;2", E::Shape),
            ("\u{202e}12", E::Shape),
            ("100000000", E::TooLarge),
            ("100000000.00", E::TooLarge),
            ("99999999999999999999999999999999999999999", E::TooLarge),
        ] {
            assert_eq!(parse(typed, ZeroIs::Refused), Err(expected), "{typed:?}");
        }
    }

    #[test]
    fn nothing_can_be_available_at_once() {
        assert_eq!(parse("0", ZeroIs::Allowed), Ok(Decimal::ZERO));
        assert_eq!(parse("", ZeroIs::Allowed), Err(AmountError::Empty));
    }
}
