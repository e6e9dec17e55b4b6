//! Reading and writing of times, nullable lists, and error objects inside answers.
//! The readers accept everything Plaid is known to send.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serializer, de};

use crate::error::{ApiError, ApiErrorBody};

pub(crate) fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| parse_time(&text).ok_or_else(|| de::Error::custom("not an ISO 8601 time")))
        .transpose()
}

pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_time(&text).ok_or_else(|| de::Error::custom("not an ISO 8601 time"))
}

/// Plaid's times are UTC. A time without an offset is taken as UTC, so that the rest of the answer isn't lost.
fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// Writes whole seconds, such as `2026-11-24T09:30:00Z`, the form in Plaid's reference.
pub(crate) fn serialize_optional_time<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%SZ")),
        None => serializer.serialize_none(),
    }
}

/// Reads null as the empty list. With `#[serde(default)]`, an absent field is empty too.
pub(crate) fn nullable_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads null, and an object with neither type nor code, as `None`.
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
    fn times_are_read_with_and_without_an_offset() {
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
