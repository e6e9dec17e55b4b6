//! From readings to the points of a line, with the gaps between them.
//!
//! Desks are looked at in no fixed rhythm, so what is usual is taken from the line itself: the median distance of its
//! points, and at least a day. Where three or more usual readings are missing, so from four such distances on, there
//! is a gap: a desk that is read on working days has none at week-ends.

use super::{
    view::{HistoryPoint, PointKind},
    window::text,
};

/// A distance of so many usual ones is a gap.
const GAP: i64 = 4;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// One reading on its way to the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: i64,
    pub(super) available: Option<String>,
    pub(super) current: Option<String>,
    pub(super) debts: Option<String>,
}

/// The points of a line; `seen` is in the order of time.
pub(super) fn points(seen: Vec<Seen>) -> Vec<HistoryPoint> {
    let longest = usual(&seen).saturating_mul(GAP);
    let mut points = Vec::with_capacity(seen.len());
    let mut before = None;
    for seen in seen {
        if let Some(before) = before
            && seen.at - before >= longest
        {
            points.push(HistoryPoint {
                at: text(before + (seen.at - before) / 2),
                kind: PointKind::Gap,
                available: None,
                current: None,
                debts: None,
            });
        }
        before = Some(seen.at);
        points.push(HistoryPoint {
            at: text(seen.at),
            kind: PointKind::Reading,
            available: seen.available,
            current: seen.current,
            debts: seen.debts,
        });
    }
    points
}

/// The usual distance of two readings.
fn usual(seen: &[Seen]) -> i64 {
    let mut distances: Vec<i64> = seen.windows(2).map(|two| two[1].at - two[0].at).collect();
    let middle = distances.len() / 2;
    if distances.is_empty() {
        return DAY;
    }
    let (_, median, _) = distances.select_nth_unstable(middle);
    (*median).max(DAY)
}
