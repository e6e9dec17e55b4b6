//! Adds up entries and compares the sums with what the control record of a batch or file says.

use super::{NachaFault, record::NachaRecord};

/// An entry hash has ten digits: what goes over is cut off at the left.
pub(super) const HASH: u64 = 10_000_000_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ControlTotals {
    pub(super) records: u64,
    pub(super) hash: u64,
    pub(super) debits: u64,
    pub(super) credits: u64,
}

impl ControlTotals {
    pub(super) fn add(&mut self, other: Self) {
        self.records += other.records;
        self.hash = (self.hash + other.hash) % HASH;
        self.debits += other.debits;
        self.credits += other.credits;
    }
}

pub(super) fn compare(
    record: &NachaRecord,
    told: &ControlTotals,
    found: &ControlTotals,
    whose: &str,
    columns: [usize; 4],
) -> Result<(), NachaFault> {
    let cents = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    let pairs = [
        (told.records, found.records, "count of entries and addenda"),
        (told.hash, found.hash, "entry hash"),
        (told.debits, found.debits, "total of debits"),
        (told.credits, found.credits, "total of credits"),
    ];
    for ((told, found, what), column) in pairs.into_iter().zip(columns) {
        if told != found {
            let (told, found) = if what.starts_with("total") {
                (cents(told), cents(found))
            } else {
                (told.to_string(), found.to_string())
            };
            return Err(record.fault(
                column,
                format!("The {whose} control's {what} is {told}; its entries give {found}."),
            ));
        }
    }
    Ok(())
}
