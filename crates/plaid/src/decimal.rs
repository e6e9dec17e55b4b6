//! Amounts between JSON text and decimals, digit for digit.
//! No binary float is ever made on the way, and what cannot be held exactly is refused rather than rounded.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

/// Why a JSON text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotExact {
    /// The text is not a JSON number.
    #[error("an amount is not a JSON number")]
    NotANumber,
    /// The number has more digits than a decimal holds.
    #[error("an amount has more digits than can be held exactly")]
    TooManyDigits,
}

/// Reads a JSON number exactly, exponent included: `1e-7` is 0.0000001, and `100.00` keeps its zeros.
pub(crate) fn parse(text: &str) -> Result<Decimal, NotExact> {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(NotExact::NotANumber);
    }
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((digits, exponent)) => (
            digits,
            exponent
                .parse::<i64>()
                .map_err(|_| NotExact::TooManyDigits)?,
        ),
    };
    let mantissa = Decimal::from_str_exact(digits).map_err(|_| NotExact::TooManyDigits)?;
    shift(mantissa, exponent)
}

/// Multiplies by a power of ten, by moving the point.
fn shift(mut mantissa: Decimal, exponent: i64) -> Result<Decimal, NotExact> {
    if exponent == 0 {
        return Ok(mantissa);
    }
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    // Zeros at the end are digits the shifted number may have no room for.
    mantissa = mantissa.normalize();
    let scale = i64::from(mantissa.scale())
        .checked_sub(exponent)
        .ok_or(NotExact::TooManyDigits)?;
    if scale >= 0 {
        let scale = u32::try_from(scale).map_err(|_| NotExact::TooManyDigits)?;
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale)
            .map_err(|_| NotExact::TooManyDigits);
    }
    let power = u32::try_from(scale.unsigned_abs()).map_err(|_| NotExact::TooManyDigits)?;
    let number = 10_i128
        .checked_pow(power)
        .and_then(|factor| mantissa.mantissa().checked_mul(factor))
        .ok_or(NotExact::TooManyDigits)?;
    Decimal::try_from_i128_with_scale(number, 0).map_err(|_| NotExact::TooManyDigits)
}

/// Reads an amount that may be null or absent: both mean "not reported".
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    Option::<Box<RawValue>>::deserialize(deserializer)?
        .map(|raw| parse(raw.get()).map_err(de::Error::custom))
        .transpose()
}

/// Writes an amount as a JSON number with exactly the decimal's digits.
pub(crate) fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(amount.to_string())
        .map_err(ser::Error::custom)?
        .serialize(serializer)
}

/// Writes an optional amount; `None` is left out by the field's `skip_serializing_if`.
pub(crate) fn serialize_optional<S: Serializer>(
    amount: &Option<Decimal>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => serialize(amount, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "optional")]
        amount: Option<Decimal>,
    }

    #[derive(Serialize)]
    struct Sender {
        #[serde(serialize_with = "serialize")]
        amount: Decimal,
    }

    fn read(json: &str) -> Option<String> {
        let holder: Holder = serde_json::from_str(json).unwrap();
        holder.amount.map(|amount| amount.to_string())
    }

    #[test]
    fn digits_stay_as_written() {
        for (text, expected) in [
            ("23631.9805", "23631.9805"),
            ("100", "100"),
            ("100.00", "100.00"),
            ("-0.01", "-0.01"),
            ("0", "0"),
            ("1e-7", "0.0000001"),
            ("1E+2", "100"),
            ("1.50e1", "15"),
            ("1.23456e3", "1234.56"),
            ("0e5", "0"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("12345678901234567.89", "12345678901234567.89"),
            ("9007199254740993", "9007199254740993"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
            ("1e28", "10000000000000000000000000000"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), expected, "{text}");
            assert_eq!(
                read(&format!("{{\"amount\": {text} }}")).as_deref(),
                Some(expected)
            );
        }
    }

    #[test]
    fn null_and_absent_are_not_zero() {
        assert_eq!(read("{\"amount\":null}"), None);
        assert_eq!(read("{}"), None);
        assert_eq!(read("{\"amount\":0}").as_deref(), Some("0"));
    }

    #[test]
    fn what_cannot_be_exact_is_refused() {
        for text in [
            "1e29",
            "1e999999999999999999999",
            "1e-29",
            "79228162514264337593543950336",
            "0.12345678901234567890123456789",
        ] {
            assert_eq!(parse(text), Err(NotExact::TooManyDigits), "{text}");
        }
        for text in ["\"100\"", "true", "[1]", "{}"] {
            assert_eq!(parse(text), Err(NotExact::NotANumber), "{text}");
        }
    }

    #[test]
    fn amounts_are_written_as_numbers_with_their_digits() {
        for text in ["100.00", "0.10", "23631.9805", "-5", "12345678901234567.89"] {
            let sender = Sender {
                amount: parse(text).unwrap(),
            };
            assert_eq!(
                serde_json::to_string(&sender).unwrap(),
                format!("{{\"amount\":{text}}}")
            );
        }
    }
}
