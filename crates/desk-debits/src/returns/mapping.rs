//! What the columns of a processor's table hold: as its headers say, or as the user said for such a table before.

use desk_files::{
    columns::{self, ColumnChoiceError, FieldHeaders},
    date::DateOrder,
    table::headers_key,
};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::view::ReturnMapping;
use desk_core::{DeskError, moment::Moment, store::single_column};

#[derive(Debug, Clone, Copy)]
enum ReturnField {
    ClientTransactionId,
    ReturnCode,
    Amount,
    ReturnedOn,
    Account,
    Name,
    Reference,
}

/// In the order in which columns are given out.
const FIELDS: [FieldHeaders<ReturnField>; 7] = [
    FieldHeaders {
        field: ReturnField::ClientTransactionId,
        exact: &["clienttransactionid", "ctid", "clienttransaction"],
        contained: &["clienttransactionid"],
    },
    FieldHeaders {
        field: ReturnField::ReturnCode,
        exact: &[
            "returncode",
            "returnreasoncode",
            "reasoncode",
            "achreturncode",
            "rcode",
            "returnreason",
            "code",
            "reason",
        ],
        contained: &["returncode", "reasoncode", "achcode"],
    },
    FieldHeaders {
        field: ReturnField::Amount,
        exact: &["amount", "returnamount", "debitamount", "amountusd", "usd"],
        contained: &["amount"],
    },
    FieldHeaders {
        field: ReturnField::ReturnedOn,
        exact: &[
            "returnedat",
            "returnedon",
            "returndate",
            "datereturned",
            "returned",
            "settlementdate",
            "date",
        ],
        contained: &["returndate", "returneddate", "datereturn"],
    },
    FieldHeaders {
        field: ReturnField::Account,
        exact: &[
            "accountnumber",
            "account",
            "dfiaccountnumber",
            "accountlast4",
            "last4",
            "mask",
            "acct",
        ],
        contained: &["accountnumber", "accountmask", "last4"],
    },
    FieldHeaders {
        field: ReturnField::Name,
        exact: &[
            "name",
            "individualname",
            "customername",
            "accountholder",
            "receivername",
            "payer",
            "payername",
            "customer",
            "person",
        ],
        contained: &["customername", "accountholder", "individualname"],
    },
    FieldHeaders {
        field: ReturnField::Reference,
        exact: &[
            "reference",
            "ref",
            "referencenumber",
            "merchantreference",
            "externalid",
            "invoice",
            "invoicenumber",
            "individualid",
            "individualidentificationnumber",
            "idnumber",
            "paymentid",
            "transactionid",
            "description",
            "id",
        ],
        contained: &["reference", "externalid", "identification"],
    },
];

impl ReturnMapping {
    fn slot(&mut self, field: ReturnField) -> &mut Option<u32> {
        match field {
            ReturnField::ClientTransactionId => &mut self.client_transaction_id,
            ReturnField::ReturnCode => &mut self.return_code,
            ReturnField::Amount => &mut self.amount,
            ReturnField::ReturnedOn => &mut self.returned_on,
            ReturnField::Account => &mut self.account,
            ReturnField::Name => &mut self.name,
            ReturnField::Reference => &mut self.reference,
        }
    }

    pub(crate) fn by_headers(headers: &[String]) -> Self {
        let mut mapping = Self::default();
        for guess in columns::guess(headers, &FIELDS) {
            *mapping.slot(guess.field) = u32::try_from(guess.column).ok();
        }
        mapping
    }

    /// # Errors
    /// Field `mapping`: a column is not in the table, or is chosen twice.
    pub fn check(mut self, columns: usize) -> Result<(), DeskError> {
        let chosen = FIELDS
            .iter()
            .filter_map(|of| Some((of.field, (*self.slot(of.field))? as usize)));
        columns::check_choice(chosen, columns).map_err(|error| {
            let message = match error {
                ColumnChoiceError::NotInFile(_) => "There is no such column.",
                ColumnChoiceError::PickedTwice(_) => {
                    "A column can mean one thing only. Choose another for one of the two."
                }
            };
            DeskError::invalid("mapping", message)
        })
    }
}

/// What the user has said of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub(crate) mapping: ReturnMapping,
    pub(crate) date_order: Option<DateOrder>,
}

/// What was kept for a table with these columns.
pub fn kept(connection: &Connection, headers: &[String]) -> Result<Option<Kept>, DeskError> {
    let json: Option<String> = connection
        .query_row(
            "SELECT mapping FROM return_mappings WHERE headers = ?1",
            [headers_key(headers)],
            single_column,
        )
        .optional()?;
    let read = |json: String| {
        serde_json::from_str(&json).map_err(|_| DeskError::unreadable("the meaning of columns"))
    };
    json.map(read).transpose()
}

/// Keeps it for the next time.
pub fn keep(
    transaction: &Transaction<'_>,
    headers: &[String],
    kept: &Kept,
    now: Moment,
) -> Result<(), DeskError> {
    let json =
        serde_json::to_string(kept).map_err(|_| DeskError::unreadable("the meaning of columns"))?;
    transaction.execute(
        "INSERT INTO return_mappings (headers, mapping, used_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (headers) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
        (headers_key(headers), json, now),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &str) -> ReturnMapping {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        ReturnMapping::by_headers(&headers)
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let plaid = guessed("client_transaction_id,return_code,returned_at");
        assert_eq!(plaid.client_transaction_id, Some(0));
        assert_eq!(plaid.return_code, Some(1));
        assert_eq!(plaid.returned_on, Some(2));
        assert_eq!(
            (plaid.reference, plaid.amount, plaid.name),
            (None, None, None)
        );

        let bank = guessed(
            "Return Date,Individual Name,Account Number,Amount,Return Reason Code,Individual ID,Description",
        );
        assert_eq!(bank.returned_on, Some(0));
        assert_eq!(bank.name, Some(1));
        assert_eq!(bank.account, Some(2));
        assert_eq!(bank.amount, Some(3));
        assert_eq!(bank.return_code, Some(4));
        assert_eq!(bank.reference, Some(5));

        // "Transaction ID" may be anybody's: it is held against references and ids alike.
        let processor = guessed("transaction_id,Code,Date,Amount (USD),Acct Last4");
        assert_eq!(processor.reference, Some(0));
        assert_eq!(processor.return_code, Some(1));
        assert_eq!(processor.amount, Some(3));
        assert_eq!(processor.account, Some(4));
        assert_eq!(guessed("a,b,c"), ReturnMapping::default());
    }
}
