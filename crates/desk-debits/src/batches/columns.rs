//! Which column of a file of planned debits holds what: as its headers say, or as the user said for an earlier file with
//! the same headers.

use desk_files::columns::{self, ColumnChoiceError, FieldHeaders};

use super::view::{ImportField, ImportMapping};
use desk_core::DeskError;

/// In the order in which columns are given out.
const FIELDS: [FieldHeaders<ImportField>; 7] = [
    headers(
        ImportField::Account,
        &[
            "accountid",
            "plaidaccountid",
            "account",
            "accountname",
            "bankaccount",
        ],
    ),
    headers(
        ImportField::ClientUserId,
        &["clientuserid", "userid", "customerid"],
    ),
    headers(
        ImportField::Mask,
        &[
            "mask",
            "accountmask",
            "last4",
            "lastfour",
            "accountlast4",
            "accountending",
            "endingin",
        ],
    ),
    headers(
        ImportField::Amount,
        &[
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
    ),
    headers(
        ImportField::Reference,
        &[
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
    ),
    headers(
        ImportField::Date,
        &[
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
    ),
    headers(
        ImportField::Person,
        &[
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
    ),
];

const fn headers(field: ImportField, exact: &'static [&'static str]) -> FieldHeaders<ImportField> {
    FieldHeaders {
        field,
        exact,
        contained: &[],
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
    fn slot(&mut self, field: ImportField) -> &mut Option<u32> {
        match field {
            ImportField::Account => &mut self.account,
            ImportField::Person => &mut self.person,
            ImportField::ClientUserId => &mut self.client_user_id,
            ImportField::Mask => &mut self.mask,
            ImportField::Amount => &mut self.amount,
            ImportField::Reference => &mut self.reference,
            ImportField::Date => &mut self.date,
        }
    }

    pub(super) fn column(mut self, field: ImportField) -> Option<usize> {
        self.slot(field).map(|column| column as usize)
    }

    pub(super) fn by_headers(headers: &[String]) -> Self {
        let mut mapping = Self::default();
        for guess in columns::guess(headers, &FIELDS) {
            *mapping.slot(guess.field) = u32::try_from(guess.column).ok();
        }
        mapping
    }

    /// Refuses a mapping with which no row could be understood.
    ///
    /// # Errors
    /// Field `mapping`: a column is missing, is not in the file, or is chosen twice.
    pub(super) fn usable(self, columns: usize) -> Result<(), DeskError> {
        let refuse = |message: String| Err(DeskError::invalid("mapping", message));
        let chosen = FIELDS
            .iter()
            .filter_map(|of| Some((of.field, self.column(of.field)?)));
        match columns::check_choice(chosen, columns) {
            Ok(()) => {}
            Err(ColumnChoiceError::NotInFile(field)) => {
                return refuse(format!(
                    "The column chosen for {} is not in this file.",
                    title(field)
                ));
            }
            Err(ColumnChoiceError::PickedTwice(field)) => {
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
