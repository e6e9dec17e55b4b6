//! Which column of a file is what: by the names of its headers, as people and programs write them, or as the user said
//! for an earlier file with the same headers.

use super::view::{ImportField, ImportMapping};
use crate::{DeskError, table_file::bare};

/// In the order in which headers are given out.
const FIELDS: [ImportField; 7] = [
    ImportField::Account,
    ImportField::ClientUserId,
    ImportField::Mask,
    ImportField::Amount,
    ImportField::Reference,
    ImportField::Date,
    ImportField::Person,
];

/// Headers in small letters without anything but letters and digits, the surest first.
const fn names(field: ImportField) -> &'static [&'static str] {
    match field {
        ImportField::Account => &[
            "accountid",
            "plaidaccountid",
            "account",
            "accountname",
            "bankaccount",
        ],
        ImportField::Person => &[
            "person",
            "personname",
            "customername",
            "customer",
            "name",
            "fullname",
            "tenantname",
            "tenant",
            "borrower",
            "payer",
            "payername",
            "client",
            "clientname",
            "member",
        ],
        ImportField::ClientUserId => &["clientuserid", "userid", "customerid"],
        ImportField::Mask => &[
            "mask",
            "accountmask",
            "last4",
            "lastfour",
            "accountlast4",
            "accountending",
            "endingin",
        ],
        ImportField::Amount => &[
            "amount",
            "amountusd",
            "debitamount",
            "paymentamount",
            "debit",
            "rent",
            "total",
            "due",
            "amountdue",
            "sum",
            "value",
        ],
        ImportField::Reference => &[
            "reference",
            "ref",
            "referencenumber",
            "invoice",
            "invoicenumber",
            "invoiceno",
            "invoiceid",
            "paymentid",
            "transactionid",
            "orderid",
            "memo",
            "description",
            "id",
        ],
        ImportField::Date => &[
            "date",
            "duedate",
            "paymentdate",
            "debitdate",
            "effectivedate",
            "effectiveentrydate",
            "plannedon",
            "settlementdate",
            "day",
        ],
    }
}

/// What the screen and the list of problems call a column.
pub(super) const fn title(field: ImportField) -> &'static str {
    match field {
        ImportField::Account => "account",
        ImportField::Person => "person",
        ImportField::ClientUserId => "client_user_id",
        ImportField::Mask => "mask",
        ImportField::Amount => "amount",
        ImportField::Reference => "reference",
        ImportField::Date => "date",
    }
}

impl ImportMapping {
    /// The column of a field.
    pub(super) fn column(&self, field: ImportField) -> Option<usize> {
        let column = match field {
            ImportField::Account => self.account,
            ImportField::Person => self.person,
            ImportField::ClientUserId => self.client_user_id,
            ImportField::Mask => self.mask,
            ImportField::Amount => self.amount,
            ImportField::Reference => self.reference,
            ImportField::Date => self.date,
        };
        column.and_then(|column| usize::try_from(column).ok())
    }

    fn set(&mut self, field: ImportField, column: usize) {
        let column = u32::try_from(column).ok();
        match field {
            ImportField::Account => self.account = column,
            ImportField::Person => self.person = column,
            ImportField::ClientUserId => self.client_user_id = column,
            ImportField::Mask => self.mask = column,
            ImportField::Amount => self.amount = column,
            ImportField::Reference => self.reference = column,
            ImportField::Date => self.date = column,
        }
    }

    /// As the headers say. Of several that say the same, the surest counts.
    pub(super) fn by_headers(headers: &[String]) -> Self {
        let headers: Vec<String> = headers.iter().map(|header| bare(header)).collect();
        let mut mapping = Self::default();
        let mut taken = vec![false; headers.len()];
        for field in FIELDS {
            let found = names(field).iter().find_map(|name| {
                (0..headers.len()).find(|place| !taken[*place] && headers[*place] == *name)
            });
            if let Some(place) = found {
                taken[place] = true;
                mapping.set(field, place);
            }
        }
        mapping
    }

    /// Refuses one with which no row could be understood.
    ///
    /// # Errors
    /// Field `mapping`: a column is missing, is not there, or is taken twice.
    pub(super) fn usable(&self, columns: usize) -> Result<(), DeskError> {
        let refuse = |message: String| Err(DeskError::invalid("mapping", message));
        let mut taken = std::collections::HashSet::new();
        for field in FIELDS {
            let Some(column) = self.column(field) else {
                continue;
            };
            if column >= columns {
                return refuse(format!(
                    "The column chosen for {} is not in this file.",
                    title(field)
                ));
            }
            if !taken.insert(column) {
                return refuse(format!(
                    "The column chosen for {} is chosen for something else, too.",
                    title(field)
                ));
            }
        }
        if self.amount.is_none() {
            return refuse("Choose the column with the amount.".to_owned());
        }
        if self.account.is_none() && self.person.is_none() && self.client_user_id.is_none() {
            return refuse(
                "Choose the column that says whose account is debited: account, person or client_user_id."
                    .to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(headers: &[&str]) -> ImportMapping {
        let headers: Vec<String> = headers.iter().map(|name| (*name).to_owned()).collect();
        ImportMapping::by_headers(&headers)
    }

    #[test]
    fn headers_are_known_however_they_are_written() {
        let mapping = by(&["Tenant Name", "Last 4", "Rent", "Invoice #", "Due_Date"]);
        assert_eq!(
            mapping,
            ImportMapping {
                person: Some(0),
                mask: Some(1),
                amount: Some(2),
                reference: None,
                date: Some(4),
                ..ImportMapping::default()
            }
            .with_reference(3)
        );
        let mapping = by(&["id", "amount", "account_id", "client_user_id", "name", "x"]);
        assert_eq!(
            (
                mapping.reference,
                mapping.account,
                mapping.client_user_id,
                mapping.person
            ),
            (Some(0), Some(2), Some(3), Some(4))
        );
        // The surest name counts, and no column is two things.
        let mapping = by(&["Total", "Amount", "Amount"]);
        assert_eq!(mapping.amount, Some(1));
        assert_eq!(by(&["Betrag"]), ImportMapping::default());
    }

    impl ImportMapping {
        fn with_reference(mut self, column: u32) -> Self {
            self.reference = Some(column);
            self
        }
    }

    #[test]
    fn a_mapping_without_what_is_needed_is_refused() {
        let message = |mapping: &ImportMapping| match mapping.usable(3) {
            Err(DeskError::InvalidInput { field, message }) => {
                assert_eq!(field, "mapping");
                message
            }
            other => panic!("{other:?}"),
        };
        let mut mapping = ImportMapping::default();
        assert!(message(&mapping).contains("amount"));
        mapping.amount = Some(0);
        assert!(message(&mapping).contains("whose account"));
        mapping.person = Some(0);
        assert!(message(&mapping).contains("something else"));
        mapping.person = Some(3);
        assert!(message(&mapping).contains("not in this file"));
        mapping.person = Some(2);
        assert!(mapping.usable(3).is_ok());
    }
}
