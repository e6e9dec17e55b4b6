//! The list of accounts at any length: one statement over all of them, without a look at each one's history.
//! What many accounts share (their Item, its institution and its logo) is read and told once.

pub mod early;
pub(crate) mod identity;
pub mod marks;
pub mod view;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, LazyLock},
};

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use rust_decimal::Decimal;

use crate::{
    accounts::{
        early::Early,
        view::{AccountRow, AccountsList, Change, InstitutionRow, ItemRow, LowBalance, RowReading},
    },
    balances::{table as readings, table::PRESENT_COLUMNS, totals::Totals},
    items::{
        self,
        table::{InstitutionLook, Show, evaluable, looks},
        view::{AccountView, InstitutionState, ItemHealth, ItemView, PersonView},
    },
};
use desk_core::{DeskError, Session, moment::Moment, store::columns};

/// Accounts with their present readings, to be followed by a condition.
pub(crate) static ACCOUNTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {PRESENT_COLUMNS},
                accounts.account_id, item_id, name, official_name, mask, account_type, subtype, own_name,
                hidden_at IS NOT NULL AS hidden, low_threshold, low_currency, below_since,
                before.current AS previous, coalesce(before.iso_currency_code, before.unofficial_currency_code) AS previous_currency, before.read_at AS previous_read_at,
                position
         FROM accounts LEFT JOIN readings AS r ON r.reading_id = present_reading_id
              LEFT JOIN readings AS before ON before.reading_id = previous_reading_id"
    )
});

columns!(AccountColumns {
    available,
    current,
    credit_limit,
    iso_currency_code,
    unofficial_currency_code,
    read_at,
    last_updated_at,
    source,
    account_id,
    item_id,
    name,
    official_name,
    mask,
    account_type,
    subtype,
    own_name,
    hidden,
    low_threshold,
    low_currency,
    below_since,
    previous,
    previous_currency,
    previous_read_at,
    position,
});

/// The accounts list, and what the user sets for one account. Clones share their state.
#[derive(Clone)]
pub struct Accounts {
    pub(super) session: Session,
    pub(super) early: Arc<Early>,
}

impl Accounts {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            early: Arc::default(),
        }
    }
}

impl Accounts {
    /// Every account that is listed, and what the list shows of Items, institutions and people.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn list(&self) -> Result<AccountsList, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| list(connection, now))
            .await
    }

    /// The same, with the first of its rows only: what a window shows before all of them have come. Of the Items it has
    /// those of the rows, and all that there is something to be said of.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn list_first(&self, rows: usize) -> Result<AccountsList, DeskError> {
        match self.early.take(&self.session, rows).await {
            Some(list) => Ok(list),
            None => Ok(begin(self.list().await?, rows)),
        }
    }
}

/// The first rows, and the Items of them before all other Items that are left. A list that is short stays whole.
pub(super) fn begin(mut list: AccountsList, rows: usize) -> AccountsList {
    if list.rows.len() <= rows {
        return list;
    }
    list.rows.truncate(rows);
    let of_rows = list.rows.iter().map(|row| row.item + 1).max().unwrap_or(0);
    let mut place = 0;
    list.items.retain(|item| {
        place += 1;
        place <= of_rows || has_news(item)
    });
    list
}

/// Whether the window says something of the Item before anybody comes to its accounts.
fn has_news(item: &ItemRow) -> bool {
    let bank = item.institution_status.as_ref();
    item.health != ItemHealth::Healthy
        || item.advice.is_some()
        || bank.is_some_and(|bank| bank.state != InstitutionState::Healthy)
}

/// Everything the list shows.
pub fn list(connection: &Connection, now: Timestamp) -> Result<AccountsList, DeskError> {
    let items = items::views(connection, &Show::All, items::With::ItemsOnly, now)?;
    let shared = Shared::of(items, looks(connection)?)?;
    let sql = format!("{} WHERE gone_at IS NULL", *ACCOUNTS);
    let mut statement = connection.prepare_cached(&sql)?;
    let at = AccountColumns::of(&statement)?;
    let mut rows = statement.query([])?;
    let mut placed = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(&item) = shared.places.get(text(row, at.item_id)?) else {
            continue;
        };
        let position: i64 = row.get(at.position)?;
        placed.push(((item, position), account_row(row, at, item)?));
    }
    // Sorted here: SQLite would have to carry the whole rows through its own sorting.
    placed.sort_by_key(|(place, _)| *place);
    let rows: Vec<AccountRow> = placed.into_iter().map(|(_, row)| row).collect();
    let mut totals = Totals::default();
    for row in rows.iter().filter(|row| !row.hidden) {
        if let Some(reading) = &row.reading {
            totals.add(
                &row.account_type,
                reading.currency.as_deref(),
                reading.current.as_deref(),
            )?;
        }
    }
    let listed = rows.iter().filter(|row| !row.hidden).count();
    Ok(AccountsList {
        totals: totals.into_rows(),
        accounts: u32::try_from(listed).unwrap_or(u32::MAX),
        rows,
        items: shared.items,
        institutions: shared.institutions,
        people: shared.people,
    })
}

/// What rows refer to by its place.
struct Shared {
    items: Vec<ItemRow>,
    institutions: Vec<InstitutionRow>,
    people: Vec<PersonView>,
    /// Of the Items in `items`.
    places: HashMap<String, u32>,
}

impl Shared {
    fn of(
        items: Vec<ItemView>,
        mut looks: HashMap<String, InstitutionLook>,
    ) -> Result<Self, DeskError> {
        let mut shared = Self {
            items: Vec::with_capacity(items.len()),
            institutions: Vec::new(),
            people: Vec::new(),
            places: HashMap::with_capacity(items.len()),
        };
        let (mut institutions, mut people) = (HashMap::new(), HashMap::new());
        for item in items {
            // A bank whose id is not known is the same as another of its name.
            let key = item
                .institution_id
                .clone()
                .unwrap_or_else(|| item.institution_name.clone());
            let institution = place(&mut institutions, key, || {
                let look = item.institution_id.as_ref().and_then(|id| looks.remove(id));
                let (logo, color) = look.map_or((None, None), |look| (look.logo, look.color));
                shared.institutions.push(InstitutionRow {
                    institution_id: item.institution_id.clone(),
                    name: item.institution_name.clone(),
                    logo,
                    color,
                });
            })?;
            let person = place(&mut people, item.person.person_id.clone(), || {
                shared.people.push(item.person.clone());
            })?;
            let here = small(shared.items.len())?;
            shared.places.insert(item.item_id.clone(), here);
            shared.items.push(ItemRow {
                item_id: item.item_id,
                institution,
                person,
                purpose: item.purpose,
                linked_at: item.linked_at,
                consent_expires_at: item.consent_expires_at,
                health: item.health,
                advice: item.advice,
                checked_at: item.checked_at,
                institution_status: item.institution_status,
                duplicate_of: item.duplicate_of,
            });
        }
        Ok(shared)
    }
}

/// The place of `key`, which is the next one when it is new; `add` puts it there.
fn place<K: Eq + Hash>(
    places: &mut HashMap<K, u32>,
    key: K,
    add: impl FnOnce(),
) -> Result<u32, DeskError> {
    let next = small(places.len())?;
    let place = *places.entry(key).or_insert(next);
    if place == next {
        add();
    }
    Ok(place)
}

fn small(length: usize) -> Result<u32, DeskError> {
    u32::try_from(length).map_err(|_| DeskError::Internal("the list is too long"))
}

/// An account of [`ACCOUNTS`] within its Item.
pub(crate) fn account_view(row: &Row<'_>, at: AccountColumns) -> Result<AccountView, DeskError> {
    let read: Option<Moment> = row.get(at.read_at)?;
    let reading = read.map(|_| readings::view(row)).transpose()?;
    let item_id: String = row.get(at.item_id)?;
    let account = account_row(row, at, 0)?;
    Ok(AccountView {
        account_id: account.account_id,
        item_id,
        name: account.name,
        official_name: account.official_name,
        mask: account.mask,
        account_type: account.account_type,
        subtype: account.subtype,
        can_evaluate: account.can_evaluate,
        reading,
        own_name: account.own_name,
        hidden: account.hidden,
        low_balance: account.low_balance,
        change: account.change,
    })
}

fn account_row(row: &Row<'_>, at: AccountColumns, item: u32) -> Result<AccountRow, DeskError> {
    let reading = row_reading(row, at)?;
    let account_type: String = row.get(at.account_type)?;
    let subtype: Option<String> = row.get(at.subtype)?;
    let currency = reading
        .as_ref()
        .and_then(|reading| reading.currency.as_deref());
    Ok(AccountRow {
        account_id: row.get(at.account_id)?,
        item,
        name: row.get(at.name)?,
        own_name: row.get(at.own_name)?,
        official_name: row.get(at.official_name)?,
        mask: row.get(at.mask)?,
        can_evaluate: evaluable(&account_type, subtype.as_deref(), currency),
        hidden: row.get(at.hidden)?,
        low_balance: low_balance(row, at, &account_type, reading.as_ref())?,
        change: change(row, at, reading.as_ref())?,
        account_type,
        subtype,
        reading,
    })
}

fn row_reading(row: &Row<'_>, at: AccountColumns) -> Result<Option<RowReading>, DeskError> {
    let Some(read_at) = row.get::<_, Option<Moment>>(at.read_at)? else {
        return Ok(None);
    };
    let iso: Option<String> = row.get(at.iso_currency_code)?;
    let unofficial: Option<String> = row.get(at.unofficial_currency_code)?;
    Ok(Some(RowReading {
        available: row.get(at.available)?,
        current: row.get(at.current)?,
        limit: row.get(at.credit_limit)?,
        unofficial_currency: iso.is_none() && unofficial.is_some(),
        currency: iso.or(unofficial),
        read_at: read_at.to_text(),
        last_updated_at: row
            .get::<_, Option<Moment>>(at.last_updated_at)?
            .map(Moment::to_text),
        source: row.get(at.source)?,
    }))
}

fn low_balance(
    row: &Row<'_>,
    at: AccountColumns,
    account_type: &str,
    reading: Option<&RowReading>,
) -> Result<Option<LowBalance>, DeskError> {
    let threshold: Option<String> = row.get(at.low_threshold)?;
    let currency: Option<String> = row.get(at.low_currency)?;
    let Some((threshold, currency)) = threshold.zip(currency) else {
        return Ok(None);
    };
    let (available, current) = reading.map_or((None, None), |reading| {
        (reading.available.as_deref(), reading.current.as_deref())
    });
    let (counts, _) = marks::counted(account_type, available, current);
    let below_since: Option<Moment> = row.get(at.below_since)?;
    Ok(Some(LowBalance {
        threshold,
        currency,
        counts,
        below_since: below_since.map(Moment::to_text),
    }))
}

/// The change since the present before.
fn change(
    row: &Row<'_>,
    at: AccountColumns,
    reading: Option<&RowReading>,
) -> Result<Option<Change>, DeskError> {
    let before: Option<String> = row.get(at.previous)?;
    let (Some(before), Some(reading)) = (before, reading) else {
        return Ok(None);
    };
    let currency: Option<String> = row.get(at.previous_currency)?;
    let (Some(current), true) = (&reading.current, currency == reading.currency) else {
        return Ok(None);
    };
    let since: Moment = row.get(at.previous_read_at)?;
    Ok(Some(Change {
        amount: less(current, &before)?,
        since: since.to_text(),
    }))
}

/// One stored amount less another, exactly.
pub fn less(amount: &str, other: &str) -> Result<String, DeskError> {
    let difference = exact(amount)?
        .checked_sub(exact(other)?)
        .ok_or(DeskError::Internal("a change of a balance is too large"))?;
    Ok(difference.to_string())
}

/// A stored amount.
pub fn exact(amount: &str) -> Result<Decimal, DeskError> {
    Decimal::from_str_exact(amount).map_err(|_| DeskError::unreadable("a balance"))
}

fn text<'a>(row: &'a Row<'_>, index: usize) -> Result<&'a str, DeskError> {
    row.get_ref(index)?
        .as_str()
        .map_err(|_| DeskError::unreadable("a text of an account"))
}
