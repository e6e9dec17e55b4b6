//! What the columns of a processor's table mean: guessed by their names, or as the user said for such a table before.

use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::view::{DateForm, ReturnMapping};
use crate::{
    moment::Moment,
    store::{StoreError, single_column},
    table_file::{bare, remembered_as},
};

/// Names by which a column is known, in the order in which they count; letters and digits only.
struct Names {
    exact: &'static [&'static str],
    part: &'static [&'static str],
}

const CODE: Names = Names {
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
    part: &["returncode", "reasoncode", "achcode"],
};

const ID: Names = Names {
    exact: &["clienttransactionid", "ctid", "clienttransaction"],
    part: &["clienttransactionid"],
};

const REFERENCE: Names = Names {
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
    part: &["reference", "externalid", "identification"],
};

const AMOUNT: Names = Names {
    exact: &["amount", "returnamount", "debitamount", "amountusd", "usd"],
    part: &["amount"],
};

const DATE: Names = Names {
    exact: &[
        "returnedat",
        "returnedon",
        "returndate",
        "datereturned",
        "returned",
        "settlementdate",
        "date",
    ],
    part: &["returndate", "returneddate", "datereturn"],
};

const NAME: Names = Names {
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
    part: &["customername", "accountholder", "individualname"],
};

const ACCOUNT: Names = Names {
    exact: &[
        "accountnumber",
        "account",
        "dfiaccountnumber",
        "accountlast4",
        "last4",
        "mask",
        "acct",
    ],
    part: &["accountnumber", "accountmask", "last4"],
};

/// Guesses by the names of the columns.
pub(crate) fn guess(headers: &[String]) -> ReturnMapping {
    let bare: Vec<String> = headers.iter().map(|header| bare(header)).collect();
    let mut taken = Vec::new();
    let mut find = |names: &Names| {
        let free = |at: &usize| !taken.contains(at);
        let exact = names
            .exact
            .iter()
            .find_map(|name| (0..bare.len()).filter(free).find(|at| bare[*at] == *name));
        let found = exact.or_else(|| {
            let has = |at: &usize| names.part.iter().any(|part| bare[*at].contains(part));
            (0..bare.len()).filter(free).find(has)
        })?;
        taken.push(found);
        u32::try_from(found).ok()
    };
    ReturnMapping {
        client_transaction_id: find(&ID),
        return_code: find(&CODE),
        amount: find(&AMOUNT),
        returned_on: find(&DATE),
        account: find(&ACCOUNT),
        name: find(&NAME),
        reference: find(&REFERENCE),
    }
}

/// Whether a column's name says that account numbers stand in it.
pub(crate) fn names_accounts(header: &str) -> bool {
    let bare = bare(header);
    ["account", "acct", "iban"]
        .iter()
        .any(|word| bare.contains(word))
        && !bare.contains("holder")
        && !bare.contains("name")
}

/// What the user has said of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) mapping: ReturnMapping,
    pub(crate) date_form: Option<DateForm>,
}

/// What was kept for a table with these columns.
pub(crate) fn kept(
    connection: &Connection,
    headers: &[String],
) -> Result<Option<Kept>, StoreError> {
    let json: Option<String> = connection
        .query_row(
            "SELECT mapping FROM return_mappings WHERE headers = ?1",
            [remembered_as(headers)],
            single_column,
        )
        .optional()?;
    let read = |json: String| {
        serde_json::from_str(&json).map_err(|_| StoreError::unreadable("the meaning of columns"))
    };
    json.map(read).transpose()
}

/// Keeps it for the next time.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    headers: &[String],
    kept: &Kept,
    now: Moment,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(kept)
        .map_err(|_| StoreError::unreadable("the meaning of columns"))?;
    transaction.execute(
        "INSERT INTO return_mappings (headers, mapping, used_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (headers) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
        (remembered_as(headers), json, now),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &str) -> ReturnMapping {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        guess(&headers)
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

    #[test]
    fn columns_of_account_numbers_are_known() {
        for header in ["Account Number", "acct", "DFI_ACCOUNT"] {
            assert!(names_accounts(header), "{header}");
        }
        for header in ["Account holder", "Amount", "account name"] {
            assert!(!names_accounts(header), "{header}");
        }
    }
}
