//! Which accounts count as duplicates.

use plaid::{AccessToken, AccountId};

use super::*;
use crate::{
    items::{
        people, table as items,
        table::{AccountFacts, Listing, NewItem},
    },
    link::view::{PersonChoice, Purpose},
};
use desk_core::store::schema;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn database() -> Connection {
    schema::in_memory()
}

fn person(transaction: &Transaction<'_>, name: &str) -> String {
    let choice = PersonChoice::New {
        name: name.to_owned(),
    };
    people::choose(transaction, &choice, at(0))
        .unwrap()
        .person_id
}

/// Name, mask, and persistent_account_id of each account.
type Accounts<'a> = &'a [(&'a str, Option<&'a str>, Option<&'a str>)];

fn item(transaction: &Transaction<'_>, id: &str, person_id: &str, bank: &str, accounts: Accounts) {
    let item_id = ItemId::new(id);
    let new = NewItem {
        item_id: &item_id,
        access_token: &AccessToken::new(format!("access-{id}")),
        person_id,
        purpose: Purpose::AchRisk,
        institution_id: Some(bank),
        institution_name: Some("Bank"),
    };
    items::insert_item(transaction, &new, at(1)).unwrap();
    let facts: Vec<AccountFacts> = accounts
        .iter()
        .enumerate()
        .map(|(position, (name, mask, persistent))| AccountFacts {
            account_id: AccountId::new(format!("{id}-{position}")),
            name: (*name).to_owned(),
            official_name: None,
            mask: mask.map(str::to_owned),
            account_type: "depository".to_owned(),
            subtype: None,
            persistent_account_id: persistent.map(str::to_owned),
        })
        .collect();
    items::write_accounts(transaction, &item_id, &facts, Listing::Complete, at(1)).unwrap();
}

fn named(name: &str, mask: Option<&str>) -> GrantedAccount {
    GrantedAccount {
        id: "new".to_owned(),
        name: name.to_owned(),
        mask: mask.map(str::to_owned),
        account_type: "depository".to_owned(),
        subtype: None,
    }
}

fn alike(
    connection: &Connection,
    person_id: &str,
    bank: &str,
    account: GrantedAccount,
) -> Vec<String> {
    let grant = GrantedBank {
        institution_id: Some(bank),
        accounts: &[account],
        person_id,
    };
    let items = find_for_grant(connection, &grant).unwrap();
    items.into_iter().map(|item| item.item_id).collect()
}

#[test]
fn name_and_mask_at_one_bank_make_a_duplicate() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let (ada, grace) = (person(&transaction, "Ada"), person(&transaction, "Grace"));
    let accounts: Accounts = &[("Checking", Some("0000"), None), ("Savings", None, None)];
    item(&transaction, "of-ada", &ada, "ins_1", accounts);
    item(&transaction, "of-grace", &grace, "ins_1", accounts);

    let same = || named("CHECKING", Some("0000"));
    // The customer's own Items come first.
    assert_eq!(
        alike(&transaction, &grace, "ins_1", same()),
        ["of-grace", "of-ada"]
    );
    assert_eq!(
        alike(&transaction, &ada, "ins_1", same()),
        ["of-ada", "of-grace"]
    );
    for (bank, account) in [
        ("ins_2", same()),
        ("ins_1", named("Checking", Some("0001"))),
        ("ins_1", named("Other", Some("0000"))),
        // A name without a mask is not enough.
        ("ins_1", named("Savings", None)),
    ] {
        let found = alike(&transaction, &ada, bank, account.clone());
        assert!(found.is_empty(), "{bank} {account:?}: {found:?}");
    }
}

#[test]
fn accounts_and_items_that_are_gone_do_not_count() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let ada = person(&transaction, "Ada");
    let accounts: Accounts = &[("Checking", Some("0000"), None)];
    item(&transaction, "closed", &ada, "ins_1", accounts);
    item(&transaction, "going", &ada, "ins_1", accounts);
    let none: &[AccountFacts] = &[];
    let id = ItemId::new("closed");
    items::write_accounts(&transaction, &id, none, Listing::Complete, at(2)).unwrap();
    items::begin_removal(&transaction, &ItemId::new("going"), at(2)).unwrap();
    let found = alike(&transaction, &ada, "ins_1", named("Checking", Some("0000")));
    assert!(found.is_empty(), "{found:?}");
}

/// Pairs of duplicate and original.
fn noted(connection: &Connection) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare("SELECT item_id, of_item_id FROM duplicates WHERE dismissed_at IS NULL")
        .unwrap();
    let pairs = statement.query_map([], |row| Ok((row.get("item_id")?, row.get("of_item_id")?)));
    pairs.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_banks_own_name_of_an_account_is_noticed_afterwards_and_once() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let ada = person(&transaction, "Ada");
    let old: Accounts = &[("Old name", Some("0000"), Some("p-1"))];
    let new: Accounts = &[
        ("New name", Some("9999"), Some("p-1")),
        ("Other", None, None),
    ];
    item(&transaction, "old", &ada, "ins_1", old);
    item(&transaction, "new", &ada, "ins_1", new);
    let (first, second) = (ItemId::new("old"), ItemId::new("new"));
    for _ in 0..2 {
        record_duplicates(&transaction, &second, DuplicateNotice::Shown, at(2)).unwrap();
    }
    // The reversed pair is the same duplicate.
    record_duplicates(&transaction, &first, DuplicateNotice::Shown, at(3)).unwrap();
    assert_eq!(noted(&transaction), [("new".to_owned(), "old".to_owned())]);
}

#[test]
fn what_the_user_knows_is_not_said_again() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let ada = person(&transaction, "Ada");
    let accounts: Accounts = &[("Checking", Some("0000"), None)];
    item(&transaction, "old", &ada, "ins_1", accounts);
    item(&transaction, "new", &ada, "ins_1", accounts);
    let new = ItemId::new("new");
    record_duplicates(&transaction, &new, DuplicateNotice::Dismissed, at(2)).unwrap();
    record_duplicates(&transaction, &new, DuplicateNotice::Shown, at(3)).unwrap();
    assert!(noted(&transaction).is_empty());
}

#[test]
fn accounts_with_different_persistent_ids_make_no_duplicate() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let ada = person(&transaction, "Ada");
    let checking = |id| ("Checking", Some("0000"), Some(id));
    item(&transaction, "old", &ada, "ins_1", &[checking("p-1")]);
    item(&transaction, "new", &ada, "ins_1", &[checking("p-2")]);
    record_duplicates(
        &transaction,
        &ItemId::new("new"),
        DuplicateNotice::Shown,
        at(2),
    )
    .unwrap();
    assert!(noted(&transaction).is_empty());

    // The screen counts the same accounts by the same rule.
    let both: Accounts = &[checking("p-1"), checking("p-2")];
    item(&transaction, "both", &ada, "ins_1", both);
    record_duplicates(
        &transaction,
        &ItemId::new("both"),
        DuplicateNotice::Shown,
        at(3),
    )
    .unwrap();
    let shown = items::items(&transaction, &items::Show::One(&ItemId::new("old"))).unwrap();
    assert_eq!(shown[0].duplicate_of, None);
    let shown = items::items(&transaction, &items::Show::One(&ItemId::new("both"))).unwrap();
    let duplicate = shown[0].duplicate_of.as_ref().unwrap();
    assert_eq!(duplicate.item_id, "old");
    assert_eq!(
        (duplicate.same_accounts.len(), duplicate.other_accounts),
        (1, 0)
    );
}
