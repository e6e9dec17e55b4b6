//! The made-up last 90 days of an account, for the core attributes of Signal: payments and end-of-day balances that fit
//! together and end with today's balance. The same account always has the same history.

use super::customers::hash;

const DAYS: usize = 90;

const DAYS_BETWEEN_PAYDAYS: usize = 14;

/// The range of the typical payment, in cents.
const SMALLEST: i64 = 900;
const LARGEST: i64 = 400_000;

/// Yesterday first.
#[derive(Debug)]
pub(crate) struct AccountHistory(Vec<HistoryDay>);

#[derive(Debug, Default)]
struct HistoryDay {
    // In cents.
    inflows: Vec<i64>,
    outflows: Vec<i64>,
    end_of_day: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    In,
    Out,
}

impl AccountHistory {
    pub(crate) fn new(words: [&str; 2], is_savings: bool, today: i64) -> Self {
        let scale = (today.saturating_abs() / 40).clamp(SMALLEST, LARGEST);
        let mut end_of_day = today;
        let days = (0..DAYS)
            .map(|place| {
                let mut day = HistoryDay::generate(words, place, scale, is_savings);
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

    pub(crate) fn count(&self, flow: Flow, days: usize) -> usize {
        self.amounts(flow, days).len()
    }

    pub(crate) fn total(&self, flow: Flow, days: usize) -> i64 {
        self.amounts(flow, days).iter().sum()
    }

    /// The largest of the smallest `percent` of the payments, in cents; None without payments.
    pub(crate) fn payment_percentile(
        &self,
        flow: Flow,
        days: usize,
        percent: usize,
    ) -> Option<i64> {
        percentile(self.amounts(flow, days), percent)
    }

    /// The same for end-of-day balances.
    pub(crate) fn balance_percentile(
        &self,
        days: std::ops::Range<usize>,
        percent: usize,
    ) -> Option<i64> {
        let days = self.0.get(days)?;
        percentile(days.iter().map(|day| day.end_of_day).collect(), percent)
    }

    pub(crate) fn days_below_zero(&self, days: usize) -> usize {
        let days = self.0.iter().take(days);
        days.filter(|day| day.end_of_day < 0).count()
    }

    /// Days that ended below zero after a payment went out.
    pub(crate) fn overdrafts(&self, days: usize) -> usize {
        let days = self.0.iter().take(days);
        days.filter(|day| day.end_of_day < 0 && !day.outflows.is_empty())
            .count()
    }
}

impl HistoryDay {
    fn generate(words: [&str; 2], place: usize, scale: i64, is_savings: bool) -> Self {
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
        if (place + 3).is_multiple_of(DAYS_BETWEEN_PAYDAYS) {
            // About what is spent until the next payday.
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
    fn payments_and_balances_fit_together() {
        let history = AccountHistory::new(["user_good", "0000"], false, 10_000);
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
        let again = AccountHistory::new(["user_good", "0000"], false, 10_000);
        assert_eq!(again.total(Flow::Out, 90), history.total(Flow::Out, 90));
        let other = AccountHistory::new(["user_good", "1111"], false, 10_000);
        assert_ne!(other.total(Flow::Out, 90), history.total(Flow::Out, 90));
    }

    #[test]
    fn overdrawn_accounts_have_days_below_zero() {
        let overdrawn = AccountHistory::new(["user_tenant_cho", "6400"], false, -8_815);
        assert!(overdrawn.days_below_zero(90) > 0);
        assert!(overdrawn.overdrafts(90) <= overdrawn.days_below_zero(90));
        let rich = AccountHistory::new(["user_lender", "8200"], true, 51_290_000);
        assert_eq!(rich.days_below_zero(90), 0);
    }

    #[test]
    fn an_empty_list_has_no_percentile() {
        assert_eq!(percentile(Vec::new(), 50), None);
        assert_eq!(percentile(vec![3, 1, 2], 50), Some(2));
        assert_eq!(percentile(vec![3, 1, 2], 95), Some(3));
    }
}
