//! The last ninety days of an account, as Signal looks at them: what came in, what went out and
//! what was there at the end of each day. Made up, but so that it fits together and ends with
//! the balance of today; the same account has the same days every time.

use super::customers::hash;

/// How many days are looked back on.
pub(crate) const DAYS: usize = 90;

/// Wages come every so many days.
const PAYDAY_EVERY: usize = 14;

/// The least and the most an account moves by, in cents.
const SMALLEST: i64 = 900;
const LARGEST: i64 = 400_000;

/// One account's days, yesterday first.
#[derive(Debug)]
pub(crate) struct AccountHistory(Vec<HistoryDay>);

/// All amounts are in cents.
#[derive(Debug, Default)]
struct HistoryDay {
    inflows: Vec<i64>,
    outflows: Vec<i64>,
    end_of_day: i64,
}

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    In,
    Out,
}

impl AccountHistory {
    /// The days of an account that is named by these words and holds so many cents today.
    pub(crate) fn of(words: [&str; 2], is_savings: bool, today: i64) -> Self {
        let scale = (today.saturating_abs() / 40).clamp(SMALLEST, LARGEST);
        let mut end_of_day = today;
        let days = (0..DAYS)
            .map(|place| {
                let mut day = HistoryDay::made_up(words, place, scale, is_savings);
                day.end_of_day = end_of_day;
                end_of_day -= day.inflows.iter().sum::<i64>() - day.outflows.iter().sum::<i64>();
                day
            })
            .collect();
        Self(days)
    }

    fn amounts(&self, flow: Flow, days: usize) -> Vec<i64> {
        let days = self.0.iter().take(days);
        days.flat_map(|day| match flow {
            Flow::In => day.inflows.iter(),
            Flow::Out => day.outflows.iter(),
        })
        .copied()
        .collect()
    }

    /// How many payments there were in the last days.
    pub(crate) fn count(&self, flow: Flow, days: usize) -> usize {
        self.amounts(flow, days).len()
    }

    /// What they come to, in cents.
    pub(crate) fn total(&self, flow: Flow, days: usize) -> i64 {
        self.amounts(flow, days).iter().sum()
    }

    /// So many percent of the payments are at most this large, in cents; none when there are none.
    pub(crate) fn payment_percentile(
        &self,
        flow: Flow,
        days: usize,
        percent: usize,
    ) -> Option<i64> {
        percentile(self.amounts(flow, days), percent)
    }

    /// At the end of so many percent of the days there was at most this, in cents.
    pub(crate) fn balance_percentile(
        &self,
        days: std::ops::Range<usize>,
        percent: usize,
    ) -> Option<i64> {
        let days = self.0.get(days)?;
        percentile(days.iter().map(|day| day.end_of_day).collect(), percent)
    }

    /// On how many of the last days there was less than nothing at the end.
    pub(crate) fn days_below_zero(&self, days: usize) -> usize {
        let days = self.0.iter().take(days);
        days.filter(|day| day.end_of_day < 0).count()
    }

    /// How many payments a bank without mercy had refused: those of days that ended below zero.
    pub(crate) fn overdrafts(&self, days: usize) -> usize {
        let days = self.0.iter().take(days);
        days.filter(|day| day.end_of_day < 0 && !day.outflows.is_empty())
            .count()
    }
}

impl HistoryDay {
    fn made_up(words: [&str; 2], place: usize, scale: i64, is_savings: bool) -> Self {
        let draw = |what: &str| i64::from(hash(&[words[0], words[1], what, &place.to_string()]));
        let spends = if is_savings {
            i64::from(draw("saver") % 12 == 0)
        } else {
            draw("how often") % 4
        };
        let outflows: Vec<_> = (0..spends)
            .map(|payment| scale / 4 + draw(&format!("out {payment}")) % scale)
            .collect();
        let mut inflows = Vec::new();
        if (place + 3).is_multiple_of(PAYDAY_EVERY) {
            // About what goes out in that time.
            let share = if is_savings { 1 } else { 16 };
            inflows.push(scale * share + draw("wages") % (scale / 10));
        }
        if !is_savings && draw("gift") % 9 == 0 {
            inflows.push(scale / 5 + draw("gift of") % scale);
        }
        Self {
            inflows,
            outflows,
            end_of_day: 0,
        }
    }
}

fn percentile(mut values: Vec<i64>, percent: usize) -> Option<i64> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    values.get((last * percent + 50) / 100).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_fit_together() {
        let history = AccountHistory::of(["user_good", "0000"], false, 10_000);
        assert_eq!(history.balance_percentile(0..1, 50), Some(10_000));
        for flow in [Flow::In, Flow::Out] {
            for days in [10, 30, 60] {
                assert!(history.count(flow, days) <= history.count(flow, days + 30));
                assert!(history.total(flow, days) <= history.total(flow, days + 30));
            }
            assert!(history.count(flow, 90) > 5);
        }
        let balance = |percent| history.balance_percentile(0..90, percent).unwrap();
        assert!(balance(10) <= balance(50) && balance(50) <= balance(90));
        assert_eq!(history.balance_percentile(61..91, 50), None);
        let again = AccountHistory::of(["user_good", "0000"], false, 10_000);
        assert_eq!(again.total(Flow::Out, 90), history.total(Flow::Out, 90));
        let other = AccountHistory::of(["user_good", "1111"], false, 10_000);
        assert_ne!(other.total(Flow::Out, 90), history.total(Flow::Out, 90));
    }

    #[test]
    fn overdrawn_accounts_have_days_below_zero() {
        let overdrawn = AccountHistory::of(["user_tenant_cho", "6400"], false, -8_815);
        assert!(overdrawn.days_below_zero(90) > 0);
        assert!(overdrawn.overdrafts(90) <= overdrawn.days_below_zero(90));
        let rich = AccountHistory::of(["user_lender", "8200"], true, 51_290_000);
        assert_eq!(rich.days_below_zero(90), 0);
    }

    #[test]
    fn a_percentile_of_nothing_is_nothing() {
        assert_eq!(percentile(Vec::new(), 50), None);
        assert_eq!(percentile(vec![3, 1, 2], 50), Some(2));
        assert_eq!(percentile(vec![3, 1, 2], 95), Some(3));
    }
}
