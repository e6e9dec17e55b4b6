//! The tables `items` and `accounts`: their rows and every statement on them.
//! An access token leaves the database only as an [`ItemKey`], at the place where a call is made.

use std::collections::HashMap;

use jiff::Timestamp;
use plaid::{AccessToken, AccountId, InstitutionId, ItemId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    duplicates,
    view::{AccountView, Advice, InstitutionStatusView, ItemHealth, ItemView, PersonView},
};
use crate::{
    accounts,
    balances::{table as readings, table::AccountNumber, view::ReadingView},
    link::view::Purpose,
};
use desk_core::{
    DeskError,
    moment::Moment,
    problem::Problem,
    store::{columns, sql_words},
};

/// What an Item is called when nobody has said its bank's name yet.
pub(crate) const NAMELESS: &str = "Bank";

/// What a call about an Item needs.
#[derive(Clone, Debug)]
pub struct ItemKey {
    pub item_id: ItemId,
    pub access_token: AccessToken,
    pub institution_id: Option<InstitutionId>,
    pub institution_name: String,
    pub person_id: String,
    pub person_name: String,
    pub client_user_id: String,
    pub purpose: Purpose,
    pub state: ItemState,
    pub signal: ForSignal,
}

/// Whether Plaid has been told that the Item is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForSignal {
    /// It was linked for it, or opted in since.
    OptedIn,
    /// It was linked for balances only.
    Not,
}

/// Where an Item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ItemState {
    Active,
    Removing,
}

sql_words!(ItemState);

const KEY: &str =
    "SELECT items.item_id, access_token, institution_id, institution_name, person_id, people.name,
       people.client_user_id, purpose, state, signal_prepared_at IS NOT NULL AS prepared
  FROM items JOIN people USING (person_id)";

fn key(row: &Row<'_>) -> Result<ItemKey, DeskError> {
    let purpose: Purpose = row.get("purpose")?;
    let prepared: bool = row.get("prepared")?;
    Ok(ItemKey {
        item_id: ItemId::new(row.get::<_, String>("item_id")?),
        access_token: AccessToken::new(row.get::<_, String>("access_token")?),
        institution_id: row
            .get::<_, Option<String>>("institution_id")?
            .map(InstitutionId::new),
        institution_name: row.get("institution_name")?,
        person_id: row.get("person_id")?,
        person_name: row.get("name")?,
        client_user_id: row.get("client_user_id")?,
        purpose,
        state: row.get("state")?,
        signal: if prepared || purpose == Purpose::AchRisk {
            ForSignal::OptedIn
        } else {
            ForSignal::Not
        },
    })
}

/// The Item's key.
///
/// # Errors
/// `NotFound` when it is not there or removed.
pub(crate) fn item_key(connection: &Connection, item_id: &ItemId) -> Result<ItemKey, DeskError> {
    let sql = format!("{KEY} WHERE item_id = ?1 AND state <> 'removed'");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([item_id.as_str()])?;
    match rows.next()? {
        Some(row) => key(row),
        None => Err(DeskError::NotFound("This bank")),
    }
}

/// Names of the Items in this state, the oldest first.
pub(crate) fn items_in(
    connection: &Connection,
    state: ItemState,
) -> Result<Vec<ItemId>, DeskError> {
    let mut statement = connection
        .prepare_cached("SELECT item_id FROM items WHERE state = ?1 ORDER BY linked_at, item_id")?;
    let ids = statement.query_map([state], |row| {
        row.get::<_, String>("item_id").map(ItemId::new)
    })?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// An Item as the exchange made it.
pub struct NewItem<'a> {
    pub item_id: &'a ItemId,
    pub access_token: &'a AccessToken,
    pub person_id: &'a str,
    pub purpose: Purpose,
    pub institution_id: Option<&'a str>,
    pub institution_name: Option<&'a str>,
}

/// Writes an Item. One that is known already keeps its place and gets the new token: it is never there twice.
pub fn insert_item(
    transaction: &Transaction<'_>,
    item: &NewItem<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "INSERT INTO items (item_id, person_id, purpose, institution_id, institution_name, access_token, state, linked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7)
         ON CONFLICT (item_id) DO UPDATE SET
             access_token = excluded.access_token, state = 'active', removed_at = NULL,
             problem = NULL, problem_since = NULL, advice = NULL, advice_since = NULL,
             removal_since = NULL, removal_problem = NULL, rotation_begun_at = NULL",
        (
            item.item_id.as_str(),
            item.person_id,
            item.purpose,
            item.institution_id,
            item.institution_name.unwrap_or(NAMELESS),
            item.access_token.expose(),
            Moment::from(now),
        ),
    )?;
    Ok(())
}

/// Notes that the access token is about to be replaced.
pub(crate) fn begin_rotation(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET rotation_begun_at = ?2 WHERE item_id = ?1",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Notes that the access token is the one that counts.
pub(crate) fn end_rotation(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET rotation_begun_at = NULL WHERE item_id = ?1",
        [item_id.as_str()],
    )?;
    Ok(())
}

/// Items whose rotation has neither been stored nor been refused.
pub(crate) fn rotations_begun(connection: &Connection) -> Result<Vec<ItemId>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT item_id FROM items WHERE state = 'active' AND rotation_begun_at IS NOT NULL",
    )?;
    let ids = statement.query_map([], |row| row.get::<_, String>("item_id").map(ItemId::new))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Replaces the access token.
pub(crate) fn replace_token(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    access_token: &AccessToken,
) -> Result<(), DeskError> {
    let changed = transaction.execute(
        "UPDATE items SET access_token = ?2, rotation_begun_at = NULL WHERE item_id = ?1 AND state <> 'removed'",
        [item_id.as_str(), access_token.expose()],
    )?;
    if changed == 0 {
        return Err(DeskError::NotFound("This bank"));
    }
    Ok(())
}

/// Notes that the Item was opted in to Signal.
pub fn set_prepared(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET signal_prepared_at = ?2 WHERE item_id = ?1",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Notes that removal was asked for. Since when is kept while it lasts.
pub(crate) fn begin_removal(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    let changed = transaction.execute(
        "UPDATE items SET state = 'removing', removal_since = coalesce(removal_since, ?2), removal_problem = NULL
         WHERE item_id = ?1 AND state <> 'removed'",
        (item_id.as_str(), Moment::from(now)),
    )?;
    if changed == 0 {
        return Err(DeskError::NotFound("This bank"));
    }
    Ok(())
}

/// Ends an Item: its token is erased; accounts, readings and evaluations stay, out of sight.
pub(crate) fn end_removal(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET state = 'removed', access_token = NULL, removed_at = ?2,
                problem = NULL, problem_since = NULL, advice = NULL, advice_since = NULL,
                removal_since = NULL, removal_problem = NULL, rotation_begun_at = NULL
         WHERE item_id = ?1 AND state = 'removing'",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Notes why Plaid could not be told of a removal; none while it is being told.
pub(crate) fn hinder_removal(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    problem: Option<&Problem>,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET removal_problem = ?2 WHERE item_id = ?1 AND state = 'removing'",
        (item_id.as_str(), problem),
    )?;
    Ok(())
}

/// Notes what Plaid reports for the Item; since when is kept while it lasts.
pub fn set_problem(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    problem: Option<&Problem>,
    now: Timestamp,
) -> Result<(), DeskError> {
    // Every answer about an Item says how it is, and most say the same as before: no write for those.
    let mut statement = transaction.prepare_cached(
        "UPDATE items SET problem = ?2,
                problem_since = CASE WHEN ?2 IS NULL THEN NULL ELSE coalesce(problem_since, ?3) END
         WHERE item_id = ?1 AND state <> 'removed' AND problem IS NOT ?2",
    )?;
    statement.execute((item_id.as_str(), problem, Moment::from(now)))?;
    Ok(())
}

/// Notes what the Item needs soon; since when is kept while it lasts.
pub(crate) fn set_advice(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    advice: Option<&Problem>,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET advice = ?2,
                advice_since = CASE WHEN ?2 IS NULL THEN NULL ELSE coalesce(advice_since, ?3) END
         WHERE item_id = ?1 AND state <> 'removed'",
        (item_id.as_str(), advice, Moment::from(now)),
    )?;
    Ok(())
}

/// Notes that what Plaid has notified up to now is done, or put aside.
pub fn settle(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET advice = NULL, advice_since = NULL, settled_at = ?2 WHERE item_id = ?1",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Notes that Plaid has answered /item/get.
pub(crate) fn set_checked(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET checked_at = ?2 WHERE item_id = ?1",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Every Item that is checked, and when it was last; at the least when it was linked.
pub(crate) fn checks(connection: &Connection) -> Result<Vec<(ItemId, Moment)>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT item_id, max(coalesce(checked_at, linked_at), linked_at) AS last_checked_at FROM items WHERE state = 'active'",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((
            ItemId::new(row.get::<_, String>("item_id")?),
            row.get("last_checked_at")?,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is known of an Item's health.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub problem: Option<Problem>,
    pub(crate) advice: Option<Problem>,
    pub(crate) advice_since: Option<Moment>,
    pub(crate) settled_at: Option<Moment>,
    /// A rotation was begun and is not known to have ended.
    pub(crate) rotation_begun: bool,
}

/// What is known of an Item's health.
///
/// # Errors
/// `NotFound`.
pub fn known(connection: &Connection, item_id: &ItemId) -> Result<Known, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT problem, advice, advice_since, settled_at, rotation_begun_at IS NOT NULL AS rotation_begun FROM items
         WHERE item_id = ?1 AND state <> 'removed'",
    )?;
    let mut rows = statement.query([item_id.as_str()])?;
    let row = rows.next()?.ok_or(DeskError::NotFound("This bank"))?;
    Ok(Known {
        problem: row.get("problem")?,
        advice: row.get("advice")?,
        advice_since: row.get("advice_since")?,
        settled_at: row.get("settled_at")?,
        rotation_begun: row.get("rotation_begun")?,
    })
}

/// Notes what /item/get says of the Item besides its error.
pub(crate) fn set_facts(
    transaction: &Transaction<'_>,
    item: &plaid::Item,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE items SET consent_expires_at = ?2, institution_id = coalesce(?3, institution_id),
                institution_name = coalesce(?4, institution_name)
         WHERE item_id = ?1",
        (
            item.item_id.as_str(),
            item.consent_expiration_time.map(Moment::from),
            item.institution_id.as_ref().map(InstitutionId::as_str),
            item.institution_name.as_deref(),
        ),
    )?;
    Ok(())
}

/// Notes how the institution is called and what it looks like.
pub(crate) fn set_institution(
    transaction: &Transaction<'_>,
    institution: &plaid::Institution,
) -> Result<(), DeskError> {
    let id = institution.institution_id.as_str();
    transaction.execute(
        "UPDATE items SET institution_name = ?2 WHERE institution_id = ?1",
        (id, &institution.name),
    )?;
    transaction.execute(
        "INSERT INTO institution_looks (institution_id, logo, color) VALUES (?1, ?2, ?3)
         ON CONFLICT (institution_id) DO UPDATE SET
             logo = coalesce(excluded.logo, logo), color = coalesce(excluded.color, color)",
        (
            id,
            institution.logo.as_deref(),
            institution.primary_color.as_deref(),
        ),
    )?;
    Ok(())
}

/// What is known of an account besides its balances.
#[derive(Clone, Debug)]
pub struct AccountFacts {
    pub account_id: AccountId,
    pub name: String,
    pub official_name: Option<String>,
    pub mask: Option<String>,
    pub account_type: String,
    pub subtype: Option<String>,
    pub persistent_account_id: Option<String>,
}

impl From<&plaid::Account> for AccountFacts {
    fn from(account: &plaid::Account) -> Self {
        Self {
            account_id: account.account_id.clone(),
            name: account.name.clone(),
            official_name: account.official_name.clone(),
            mask: account.mask.clone(),
            account_type: account.r#type.clone(),
            subtype: account.subtype.clone(),
            persistent_account_id: account
                .persistent_account_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
        }
    }
}

/// Whether an answer names every account of the Item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// It does: an account that is not in it is gone.
    Complete,
    /// It was asked about some accounts only.
    Partial,
}

/// The row of an account, as far as storing a reading of it has to know.
#[derive(Clone, Copy, Debug)]
pub struct AccountPlace {
    pub row: i64,
    pub number: AccountNumber,
    /// How many readings of it there are.
    pub readings: i64,
    /// Whether it has a low-balance mark.
    pub(crate) has_mark: bool,
}

impl AccountPlace {
    /// Of the table `accounts`.
    pub const COLUMNS: &str = "rowid, number, reading_count, low_threshold IS NOT NULL AS has_mark";

    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get("rowid")?,
            number: row.get("number")?,
            readings: row.get("reading_count")?,
            has_mark: row.get("has_mark")?,
        })
    }
}

/// Writes accounts as Plaid lists them now; new ones come in, gone ones are kept out of sight. Answers for each account
/// its row where that has been read on the way.
pub fn write_accounts(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    accounts: &[AccountFacts],
    listing: Listing,
    now: Timestamp,
) -> Result<Vec<Option<AccountPlace>>, DeskError> {
    let kept = compare(transaction, item_id, accounts, listing)?;
    if listing == Listing::Complete {
        let mut leaves = transaction.prepare_cached(
            "UPDATE accounts SET gone_at = ?2 WHERE rowid = ?1 AND gone_at IS NULL",
        )?;
        for row in kept.missing {
            leaves.execute((row, Moment::from(now)))?;
        }
    }
    let mut statement = transaction.prepare_cached(
        "INSERT INTO accounts (account_id, item_id, position, name, official_name, mask, account_type, subtype,
                               persistent_account_id)
         VALUES (?1, ?2, coalesce(?3, (SELECT max(position) + 1 FROM accounts WHERE item_id = ?2), 0),
                 ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (account_id) DO UPDATE SET
             position = coalesce(?3, position), name = excluded.name, mask = excluded.mask,
             official_name = coalesce(excluded.official_name, official_name),
             account_type = excluded.account_type, subtype = excluded.subtype,
             persistent_account_id = coalesce(excluded.persistent_account_id, persistent_account_id),
             gone_at = NULL",
    )?;
    for ((position, account), unchanged) in (0_i64..).zip(accounts).zip(kept.unchanged) {
        if unchanged {
            continue;
        }
        statement.execute((
            account.account_id.as_str(),
            item_id.as_str(),
            (listing == Listing::Complete).then_some(position),
            &account.name,
            &account.official_name,
            &account.mask,
            &account.account_type,
            &account.subtype,
            &account.persistent_account_id,
        ))?;
    }
    Ok(kept.places)
}

/// What of an Item's accounts is as it was.
struct Compared {
    /// Of each account that is listed now: its row says all of it already.
    unchanged: Vec<bool>,
    /// Of each account that is listed now: its row; none of a new one.
    places: Vec<Option<AccountPlace>>,
    /// The rows of accounts that are not listed now.
    missing: Vec<i64>,
}

/// Holds the accounts that are listed now against their rows: most answers change none, and a row that stays is not
/// written.
fn compare(
    connection: &Connection,
    item_id: &ItemId,
    accounts: &[AccountFacts],
    listing: Listing,
) -> Result<Compared, DeskError> {
    let mut compared = Compared {
        unchanged: vec![false; accounts.len()],
        places: vec![None; accounts.len()],
        missing: Vec::new(),
    };
    let sql = format!(
        "SELECT account_id, position, name, mask, account_type, subtype, official_name, persistent_account_id,
                gone_at IS NULL AS listed, {}
         FROM accounts WHERE item_id = ?1",
        AccountPlace::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([item_id.as_str()])?;
    while let Some(row) = rows.next()? {
        let text = |column| {
            let text = row.get_ref(column)?.as_str_or_null();
            text.map_err(|_| DeskError::unreadable("a text of an account"))
        };
        let id = text("account_id")?;
        let place = accounts
            .iter()
            .position(|listed| Some(listed.account_id.as_str()) == id);
        let Some(place) = place else {
            compared.missing.push(row.get("rowid")?);
            continue;
        };
        compared.places[place] = Some(AccountPlace::from_row(row)?);
        let listed = &accounts[place];
        let in_place = listing == Listing::Partial
            || usize::try_from(row.get::<_, i64>("position")?) == Ok(place);
        // What is not told any more is kept.
        let keeps =
            |told: &Option<String>, kept: Option<&str>| told.is_none() || told.as_deref() == kept;
        compared.unchanged[place] = in_place
            && row.get("listed")?
            && text("name")? == Some(listed.name.as_str())
            && text("mask")? == listed.mask.as_deref()
            && text("account_type")? == Some(listed.account_type.as_str())
            && text("subtype")? == listed.subtype.as_deref()
            && keeps(&listed.official_name, text("official_name")?)
            && keeps(
                &listed.persistent_account_id,
                text("persistent_account_id")?,
            );
    }
    Ok(compared)
}

/// An account with what an evaluation copies of it.
#[derive(Clone, Debug)]
pub struct AccountRow {
    pub item_id: ItemId,
    pub name: String,
    pub mask: Option<String>,
    pub can_evaluate: bool,
}

/// An account that is listed, of an Item that is not removed.
///
/// # Errors
/// `NotFound`.
pub fn account(connection: &Connection, account_id: &AccountId) -> Result<AccountRow, DeskError> {
    let reading = readings::present(connection, account_id.as_str())?;
    let row = connection
        .query_row(
            "SELECT item_id, accounts.name, mask, account_type, subtype
             FROM accounts JOIN items USING (item_id)
             WHERE account_id = ?1 AND gone_at IS NULL AND state = 'active'",
            [account_id.as_str()],
            |row| {
                let account_type: String = row.get("account_type")?;
                let subtype: Option<String> = row.get("subtype")?;
                Ok(AccountRow {
                    item_id: ItemId::new(row.get::<_, String>("item_id")?),
                    name: row.get("name")?,
                    mask: row.get("mask")?,
                    can_evaluate: can_evaluate(&account_type, subtype.as_deref(), reading.as_ref()),
                })
            },
        )
        .optional()?;
    row.ok_or_else(|| DeskError::NotFound("This account"))
}

/// Whether any account of the Item is of a kind other than depository.
pub(crate) fn has_other_than_depository(
    connection: &Connection,
    item_id: &ItemId,
    among: &[AccountId],
) -> Result<bool, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id FROM accounts WHERE item_id = ?1 AND gone_at IS NULL AND account_type <> 'depository'",
    )?;
    let mut rows = statement.query([item_id.as_str()])?;
    while let Some(row) = rows.next()? {
        let account_id: String = row.get("account_id")?;
        if among.is_empty() || among.iter().any(|id| id.as_str() == account_id) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn can_evaluate(account_type: &str, subtype: Option<&str>, reading: Option<&ReadingView>) -> bool {
    let currency = reading.and_then(|reading| reading.currency.as_deref());
    evaluable(account_type, subtype, currency)
}

/// An ACH debit is made in US dollars from checking and savings accounts. An account whose currency is not reported
/// may be one.
pub fn evaluable(account_type: &str, subtype: Option<&str>, currency: Option<&str>) -> bool {
    account_type == "depository"
        && matches!(subtype, Some("checking" | "savings"))
        && currency.is_none_or(|currency| currency == "USD")
}

/// Which Items to show.
pub enum Show<'a> {
    /// All that are not removed.
    All,
    /// One of them.
    One(&'a ItemId),
}

/// Items with their accounts and present readings, the newest linked last.
pub fn items(connection: &Connection, show: &Show<'_>) -> Result<Vec<ItemView>, DeskError> {
    let mut items = rows(connection, show, Looks::Read)?;
    for item in &mut items {
        item.accounts = accounts(connection, &item.item_id)?;
    }
    Ok(items)
}

/// Items whose accounts and logos are listed elsewhere, the newest linked last.
pub(crate) fn bare_items(
    connection: &Connection,
    show: &Show<'_>,
) -> Result<Vec<ItemView>, DeskError> {
    rows(connection, show, Looks::LeftOut)
}

/// What each institution looks like: its logo (base64 PNG) and colour.
pub fn looks(connection: &Connection) -> Result<HashMap<String, InstitutionLook>, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT institution_id, logo, color FROM institution_looks")?;
    let looks = statement.query_map([], |row| {
        let look = InstitutionLook {
            logo: row.get("logo")?,
            color: row.get("color")?,
        };
        Ok((row.get("institution_id")?, look))
    })?;
    Ok(looks.collect::<Result<_, _>>()?)
}

/// A logo and a colour.
pub struct InstitutionLook {
    pub logo: Option<String>,
    pub color: Option<String>,
}

/// Whether logos are read with each Item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Read,
    LeftOut,
}

columns!(ItemColumns {
    item_id,
    institution_id,
    institution_name,
    logo,
    color,
    person_id,
    name,
    purpose,
    linked_at,
    consent_expires_at,
    state,
    problem,
    problem_since,
    checked_at,
    advice,
    advice_since,
    removal_since,
    removal_problem,
    institution_state,
    message,
    institution_checked_at,
});

fn rows(
    connection: &Connection,
    show: &Show<'_>,
    looks: Looks,
) -> Result<Vec<ItemView>, DeskError> {
    let one = match show {
        Show::All => None,
        Show::One(item_id) => Some(item_id.as_str()),
    };
    let mut statement = connection.prepare_cached(
        "SELECT item_id, institution_id, institution_name, iif(?2, logo, NULL) AS logo, iif(?2, color, NULL) AS color,
                person_id, people.name, purpose, linked_at, consent_expires_at, items.state, problem, problem_since,
                items.checked_at, advice, advice_since, removal_since, removal_problem,
                institutions.state AS institution_state, message, institutions.checked_at AS institution_checked_at
         FROM items JOIN people USING (person_id) LEFT JOIN institutions USING (institution_id)
              LEFT JOIN institution_looks USING (institution_id)
         WHERE items.state <> 'removed' AND (?1 IS NULL OR item_id = ?1)
         ORDER BY linked_at, items.rowid",
    )?;
    let duplicate_items = duplicates::duplicate_items(connection)?;
    let at = ItemColumns::of(&statement)?;
    let mut rows = statement.query((one, looks == Looks::Read))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let item_id: String = row.get(at.item_id)?;
        items.push(ItemView {
            institution_id: row.get(at.institution_id)?,
            institution_name: row.get(at.institution_name)?,
            institution_logo: row.get(at.logo)?,
            institution_color: row.get(at.color)?,
            person: PersonView {
                person_id: row.get(at.person_id)?,
                name: row.get(at.name)?,
            },
            purpose: row.get(at.purpose)?,
            linked_at: row.get::<_, Moment>(at.linked_at)?.to_text(),
            consent_expires_at: row
                .get::<_, Option<Moment>>(at.consent_expires_at)?
                .map(Moment::to_text),
            health: health(row, at)?,
            advice: advice(row, at)?,
            checked_at: row
                .get::<_, Option<Moment>>(at.checked_at)?
                .map(Moment::to_text),
            institution_status: institution_status(row, at)?,
            duplicate_of: match duplicate_items.contains(&item_id) {
                true => duplicates::of(connection, &item_id)?,
                false => None,
            },
            accounts: Vec::new(),
            item_id,
        });
    }
    Ok(items)
}

fn health(row: &Row<'_>, at: ItemColumns) -> Result<ItemHealth, DeskError> {
    if row.get::<_, ItemState>(at.state)? == ItemState::Removing {
        let since: Option<Moment> = row.get(at.removal_since)?;
        return Ok(ItemHealth::Removing {
            problem: row.get(at.removal_problem)?,
            since: since
                .ok_or_else(|| DeskError::unreadable("since when an Item is being removed"))?
                .to_text(),
        });
    }
    let problem: Option<Problem> = row.get(at.problem)?;
    let since: Option<Moment> = row.get(at.problem_since)?;
    match (problem, since) {
        (Some(problem), Some(since)) => Ok(ItemHealth::NeedsAttention {
            problem,
            since: since.to_text(),
        }),
        _ => Ok(ItemHealth::Healthy),
    }
}

fn advice(row: &Row<'_>, at: ItemColumns) -> Result<Option<Advice>, DeskError> {
    let problem: Option<Problem> = row.get(at.advice)?;
    let since: Option<Moment> = row.get(at.advice_since)?;
    Ok(problem.zip(since).map(|(problem, since)| Advice {
        problem,
        since: since.to_text(),
    }))
}

fn institution_status(
    row: &Row<'_>,
    at: ItemColumns,
) -> Result<Option<InstitutionStatusView>, DeskError> {
    let Some(state) = row.get(at.institution_state)? else {
        return Ok(None);
    };
    Ok(Some(InstitutionStatusView {
        state,
        message: row.get(at.message)?,
        checked_at: row.get::<_, Moment>(at.institution_checked_at)?.to_text(),
    }))
}

fn accounts(connection: &Connection, item_id: &str) -> Result<Vec<AccountView>, DeskError> {
    let sql = format!(
        "{} WHERE item_id = ?1 AND gone_at IS NULL ORDER BY position, accounts.account_id",
        *accounts::ACCOUNTS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let at = accounts::AccountColumns::of(&statement)?;
    let mut rows = statement.query([item_id])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(accounts::account_view(row, at)?);
    }
    Ok(accounts)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
