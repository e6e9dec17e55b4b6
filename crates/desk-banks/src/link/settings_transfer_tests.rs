//! Which settings move, to which accounts, and how often.

use jiff::Timestamp;
use plaid::{AccessToken, AccountId};

use super::*;
use crate::{
    items::{
        people, table as items,
        table::{AccountFacts, Listing, NewItem},
    },
    link::view::{PersonChoice, Purpose},
};
use desk_core::store::{schema, single_column};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// ID, name, mask, and persistent_account_id of an account.
type TestAccount<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

fn item(
    transaction: &Transaction<'_>,
    id: &str,
    person_id: &str,
    accounts: &[TestAccount<'_>],
) -> ItemId {
    let item_id = ItemId::new(id);
    let new = NewItem {
        item_id: &item_id,
        access_token: &AccessToken::new(format!("access-{id}")),
        person_id,
        purpose: Purpose::AchRisk,
        institution_id: Some("ins_1"),
        institution_name: Some("Bank"),
    };
    items::insert_item(transaction, &new, at(1)).unwrap();
    list(transaction, &item_id, accounts);
    item_id
}

fn list(transaction: &Transaction<'_>, item_id: &ItemId, accounts: &[TestAccount<'_>]) {
    let facts: Vec<AccountFacts> = accounts
        .iter()
        .map(|(account_id, name, mask, persistent)| AccountFacts {
            account_id: AccountId::new(*account_id),
            name: (*name).to_owned(),
            official_name: None,
            mask: Some((*mask).to_owned()),
            account_type: "depository".to_owned(),
            subtype: None,
            persistent_account_id: persistent.map(str::to_owned),
        })
        .collect();
    items::write_accounts(transaction, item_id, &facts, Listing::Complete, at(2)).unwrap();
}

/// Names every account, adds a triggered low-balance alert, and hides it.
fn set_all(transaction: &Transaction<'_>, item_id: &ItemId) {
    let sql = "UPDATE accounts SET own_name = 'own ' || account_id, hidden_at = 3, low_threshold = '10.50',
                      low_currency = 'USD', below_since = 4 WHERE item_id = ?1";
    transaction.execute(sql, [item_id.as_str()]).unwrap();
}

/// Own name, hidden, threshold, currency, below since, as text.
fn set_for(transaction: &Transaction<'_>, account_id: &str) -> String {
    let sql = "SELECT concat_ws(' ', own_name, hidden_at, low_threshold, low_currency, below_since)
               FROM accounts WHERE account_id = ?1";
    transaction
        .query_row(sql, [account_id], single_column)
        .unwrap()
}

fn on_a_database(test: impl FnOnce(&Transaction<'_>, &str)) {
    let mut connection = schema::in_memory();
    let transaction = connection.transaction().unwrap();
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let person = people::choose(&transaction, &ada, at(0)).unwrap();
    test(&transaction, &person.person_id);
}

#[test]
fn what_was_set_goes_to_the_same_accounts() {
    on_a_database(|transaction, ada| {
        let old = [
            ("a", "Checking", "0000", None),
            ("b", "Savings", "1111", None),
            ("c", "Savings", "1111", None),
            ("d", "Loan", "2222", Some("p-loan")),
        ];
        let new = [
            ("A", "checking", "0000", None),
            ("B", "Savings", "1111", None),
            ("D", "Auto loan", "9999", Some("p-loan")),
            ("E", "Checking", "3333", None),
        ];
        let old = item(transaction, "old", ada, &old);
        set_all(transaction, &old);
        let new = item(transaction, "new", ada, &new);
        transfer_settings(transaction, &old, &new).unwrap();
        let set: Vec<String> = ["A", "B", "D", "E"]
            .into_iter()
            .map(|account_id| set_for(transaction, account_id))
            .collect();
        let expected = [
            "own a 3 10.50 USD 4",
            "own b 3 10.50 USD 4",
            "own d 3 10.50 USD 4",
            "",
        ];
        assert_eq!(set, expected);
    });
}

#[test]
fn it_is_taken_over_once_and_a_later_likeness_only_adds() {
    on_a_database(|transaction, ada| {
        let old = [
            ("a", "Checking", "0000", None),
            ("b", "Old name", "1111", Some("p")),
        ];
        let old = item(transaction, "old", ada, &old);
        set_all(transaction, &old);
        let granted = [
            ("A", "Checking", "0000", None),
            ("B", "New name", "1111", None),
        ];
        let new = item(transaction, "new", ada, &granted);
        transfer_settings(transaction, &old, &new).unwrap();
        assert_eq!(set_for(transaction, "B"), "");
        // The user clears the name. Then the bank reports which accounts match.
        let sql = "UPDATE accounts SET own_name = NULL WHERE account_id = 'A'";
        transaction.execute(sql, []).unwrap();
        let told = [
            ("A", "Checking", "0000", None),
            ("B", "New name", "1111", Some("p")),
        ];
        list(transaction, &new, &told);
        transfer_settings(transaction, &old, &new).unwrap();
        assert_eq!(set_for(transaction, "A"), "3 10.50 USD 4");
        assert_eq!(set_for(transaction, "B"), "own b 3 10.50 USD 4");
    });
}
