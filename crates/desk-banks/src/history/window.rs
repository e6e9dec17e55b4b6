//! The stretch of time that a chart shows, cut into buckets that end now.

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::view::HistoryRange;
use desk_core::moment::Moment;

/// The most points of a line.
pub(super) const BUCKETS: i64 = 480;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// From `from` up to, and not with, `to`, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
    width: i64,
}

impl Window {
    /// The window of a range that ends now, over a history from `first` to `last`.
    ///
    /// A reading from the future (the clock was set back since) is in it when it is within a day; further off it would
    /// push everything else to the edge, and only the whole history shows it.
    pub(super) fn of(
        range: HistoryRange,
        now: Moment,
        first: Option<Moment>,
        last: Option<Moment>,
    ) -> Self {
        let (now, last) = (milliseconds(now), last.map_or(i64::MIN, milliseconds));
        let to = match range {
            HistoryRange::All => now.max(last),
            _ if last - DAY <= now => now.max(last),
            _ => now,
        } + 1;
        let from = match range {
            HistoryRange::All => first.map_or(now, milliseconds).min(now),
            HistoryRange::Week => to - 7 * DAY,
            HistoryRange::Month => back(to, 1.month()),
            HistoryRange::Year => back(to, 1.year()),
        };
        let width = ((to - from) as u64).div_ceil(BUCKETS as u64).max(1) as i64;
        Self { from, to, width }
    }

    /// The place of a moment's bucket, counted from the end.
    pub(super) fn bucket(&self, at: i64) -> usize {
        usize::try_from((self.to - 1 - at) / self.width).unwrap_or(0)
    }

    /// Where the bucket of this moment begins.
    pub(super) fn bucket_start(&self, at: i64) -> i64 {
        let from_end = (self.to - 1 - at) / self.width;
        self.to - (from_end + 1) * self.width
    }

    /// How many buckets there are.
    pub(super) fn buckets(&self) -> usize {
        self.bucket(self.from) + 1
    }

    pub(super) fn begins(self) -> String {
        text(self.from)
    }

    pub(super) fn ends(self) -> String {
        text(self.to - 1)
    }
}

/// A calendar span earlier, in UTC.
fn back(to: i64, span: jiff::Span) -> i64 {
    Timestamp::from_millisecond(to)
        .ok()
        .and_then(|to| to.to_zoned_datetime(TimeZone::UTC).checked_sub(span).ok())
        .map_or(to, |from| from.timestamp().as_millisecond())
}

pub(super) fn milliseconds(moment: Moment) -> i64 {
    moment.timestamp().as_millisecond()
}

/// RFC 3339, UTC.
pub(super) fn text(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds)
        .unwrap_or_default()
        .to_string()
}
