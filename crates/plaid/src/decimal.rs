//! Amounts as JSON numbers, digit for digit: no binary floats, and an error instead of rounding.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InexactAmount {
    #[error("an amount is not a JSON number")]
    NotANumber,
    #[error("an amount has more digits than can be held exactly")]
    TooManyDigits,
}

/// Reads a JSON number exactly: `1e-7` is 0.0000001, and `100.00` keeps its zeros.
pub(crate) fn parse(text: &str) -> Result<Decimal, InexactAmount> {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(InexactAmount::NotANumber);
    }
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((digits, exponent)) => (
            digits,
            exponent
                .parse::<i64>()
                .map_err(|_| InexactAmount::TooManyDigits)?,
        ),
    };
    let mantissa = Decimal::from_str_exact(digits).map_err(|_| InexactAmount::TooManyDigits)?;
    shift(mantissa, exponent)
}

/// Multiplies by a power of ten.
fn shift(mut mantissa: Decimal, exponent: i64) -> Result<Decimal, InexactAmount> {
    if exponent == 0 {
        return Ok(mantissa);
    }
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    // The shifted number may have no room for trailing zeros.
    mantissa = mantissa.normalize();
    let scale = i64::from(mantissa.scale())
        .checked_sub(exponent)
        .ok_or(InexactAmount::TooManyDigits)?;
    if scale >= 0 {
        let scale = u32::try_from(scale).map_err(|_| InexactAmount::TooManyDigits)?;
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale)
            .map_err(|_| InexactAmount::TooManyDigits);
    }
    let power = u32::try_from(scale.unsigned_abs()).map_err(|_| InexactAmount::TooManyDigits)?;
    let number = 10_i128
        .checked_pow(power)
        .and_then(|factor| mantissa.mantissa().checked_mul(factor))
        .ok_or(InexactAmount::TooManyDigits)?;
    Decimal::try_from_i128_with_scale(number, 0).map_err(|_| InexactAmount::TooManyDigits)
}

/// Reads null as "not reported". With `#[serde(default)]`, so is an absent field.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    Option::<Box<RawValue>>::deserialize(deserializer)?
        .map(|raw| parse(raw.get()).map_err(de::Error::custom))
        .transpose()
}

/// Writes a JSON number with exactly the decimal's digits.
pub(crate) fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(amount.to_string())
        .map_err(ser::Error::custom)?
        .serialize(serializer)
}

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
    struct ReceivedAmount {
        #[serde(default, deserialize_with = "optional")]
        amount: Option<Decimal>,
    }

    #[derive(Serialize)]
    struct SentAmount {
        #[serde(serialize_with = "serialize")]
        amount: Decimal,
    }

    fn read(json: &str) -> Option<String> {
        let received: ReceivedAmount = serde_json::from_str(json).unwrap();
        received.amount.map(|amount| amount.to_string())
    }

    #[test]
    fn digits_are_kept() {
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
    fn inexact_numbers_are_rejected() {
        for text in [
            "1e29",
            "1e999999999999999999999",
            "1e-29",
            "79228162514264337593543950336",
            "0.12345678901234567890123456789",
        ] {
            assert_eq!(parse(text), Err(InexactAmount::TooManyDigits), "{text}");
        }
        for text in ["\"100\"", "true", "[1]", "{}"] {
            assert_eq!(parse(text), Err(InexactAmount::NotANumber), "{text}");
        }
    }

    #[test]
    fn amounts_are_written_as_numbers_with_their_digits() {
        for text in ["100.00", "0.10", "23631.9805", "-5", "12345678901234567.89"] {
            let sent = SentAmount {
                amount: parse(text).unwrap(),
            };
            assert_eq!(
                serde_json::to_string(&sent).unwrap(),
                format!("{{\"amount\":{text}}}")
            );
        }
    }
}
