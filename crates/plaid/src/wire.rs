//! How Plaid writes the small things: times, lists that may be null, and error objects inside answers.
//! Each reader takes what Plaid has been seen to send and refuses only what would be misread.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serializer, de};

use crate::error::{ApiError, ApiErrorBody};

/// Reads a time that may be null or absent.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| parse_time(&text).ok_or_else(|| de::Error::custom("not an ISO 8601 time")))
        .transpose()
}

/// Reads a time that must be there.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_time(&text).ok_or_else(|| de::Error::custom("not an ISO 8601 time"))
}

/// Plaid's times are UTC; one without an offset is read as such rather than losing the answer around it.
fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// Writes an optional time in whole seconds, `2026-11-24T09:30:00Z`, as the reference shows it.
pub(crate) fn serialize_optional_time<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%SZ")),
        None => serializer.serialize_none(),
    }
}

/// Reads a list that may be null: both null and absent are the empty list.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads an error object inside an answer; null, and an object that names no error, are none.
pub(crate) fn inner_error<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ApiError>, D::Error> {
    let body = Option::<ApiErrorBody>::deserialize(deserializer)?;
    Ok(body.and_then(|body| body.into_error(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_an_offset() {
        let expected: Timestamp = "2026-11-24T09:30:00Z".parse().unwrap();
        for text in [
            "2026-11-24T09:30:00Z",
            "2026-11-24T10:30:00+01:00",
            "2026-11-24T09:30:00",
            "2026-11-24T09:30:00.000Z",
        ] {
            assert_eq!(parse_time(text), Some(expected), "{text}");
        }
        assert_eq!(parse_time("yesterday"), None);
    }

    #[test]
    fn times_are_written_in_whole_seconds() {
        let time: Timestamp = "2026-11-24T09:30:00.987Z".parse().unwrap();
        let written = serialize_optional_time(&Some(time), serde_json::value::Serializer).unwrap();
        assert_eq!(written, "2026-11-24T09:30:00Z");
    }
}
