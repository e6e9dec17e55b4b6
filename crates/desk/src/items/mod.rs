//! Items, their accounts and the people they were linked for: what is shown of them, and what can be done to one.
//! An Item's token changes or ends only while nobody else uses it, and each step is on the disk before the next.

mod duplicates;
pub(crate) mod gate;
pub(crate) mod health;
pub(crate) mod institution;
pub(crate) mod people;
pub(crate) mod removal;
mod rotation;
pub(crate) mod table;
pub mod view;
pub(crate) mod watch;

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::Connection;

use self::{
    table::{ItemKey, ItemState, Show},
    view::{ItemHealth, ItemRemoved, ItemView, ItemsView, PersonView},
};
use crate::{
    Desk, DeskError, Session,
    balances::{pacing::Paced, totals},
    settings,
    start::{event::DeskEvent, view::Environment},
    store::StoreError,
};

impl Desk {
    /// Everything the accounts screen shows.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn items_view(&self) -> Result<ItemsView, DeskError> {
        let session = self.open()?;
        let now = self.now();
        session
            .store
            .read(move |connection| {
                let items = views(connection, &Show::All, With::Accounts, now)?;
                let totals = totals::of(&items)?;
                Ok(ItemsView { items, totals })
            })
            .await
    }

    /// Everybody banks were linked for, by name.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn people_list(&self) -> Result<Vec<PersonView>, DeskError> {
        self.open()?.store.read(people::list).await
    }

    /// Asks Plaid how an Item is (/item/get) and notes the answer.
    ///
    /// # Errors
    /// `NotFound`, or why Plaid did not answer.
    pub async fn item_check(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let session = self.open()?;
        let item_id = ItemId::new(item_id);
        // Somebody looks: how the bank is, is asked too, however lately it was.
        let bank = institution::look_now(&session, &item_id);
        let (checked, ()) = tokio::join!(check(&session, &item_id), bank);
        checked?;
        shown(&session, item_id).await
    }

    /// Notes that an Item is another than those it looks like, or that all are to stay.
    ///
    /// # Errors
    /// `NothingOpen`, `NotFound`, `Disk`, `Database`.
    pub async fn item_not_duplicate(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let session = self.open()?;
        let (item_id, now) = (ItemId::new(item_id), self.now());
        let id = item_id.clone();
        session
            .store
            .write(move |transaction| duplicates::dismiss(transaction, &id, now))
            .await?;
        self.emit(DeskEvent::ItemsChanged);
        shown(&session, item_id).await
    }

    /// Puts aside what an Item that works was advised to do, until Plaid says something new.
    ///
    /// # Errors
    /// `NothingOpen`, `NotFound`, `Disk`, `Database`.
    pub async fn item_dismiss_advice(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let session = self.open()?;
        let (item_id, now) = (ItemId::new(item_id), self.now());
        let id = item_id.clone();
        session
            .store
            .write(move |transaction| table::settle(transaction, &id, now))
            .await?;
        self.emit(DeskEvent::ItemsChanged);
        shown(&session, item_id).await
    }

    /// Replaces an Item's access token (/item/access_token/invalidate). The old one stops working at once.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; why Plaid refused; `Disk` before Plaid is asked; `TokenNotSaved`.
    pub async fn item_rotate_token(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let session = self.open()?;
        let item_id = ItemId::new(item_id);
        let rotation = rotation::rotate(session.clone(), item_id.clone());
        session.run_to_end(rotation).await?;
        shown(&session, item_id).await
    }

    /// Ends an Item at Plaid (/item/remove), erases its token and takes it out of sight. Its readings and
    /// evaluations stay in the database. When Plaid cannot be told, the Item stays as being removed, and Plaid is asked
    /// again until it agrees; asking for the removal again tries at once.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; `NotFound`, `Disk`, `Database`: then nothing was begun.
    pub async fn item_remove(&self, item_id: &str) -> Result<ItemRemoved, DeskError> {
        let session = self.open()?;
        let removal = removal::remove(session.clone(), ItemId::new(item_id));
        session.run_to_end(removal).await
    }

    /// Puts an Item into ITEM_LOGIN_REQUIRED (/sandbox/item/reset_login), to try a repair out. Demo and Sandbox only.
    ///
    /// # Errors
    /// Field `itemId` in Production; why Plaid refused.
    pub async fn item_reset_login(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let session = self.open()?;
        if session.environment == Environment::Production {
            return Err(DeskError::invalid(
                "itemId",
                "A login can be broken on purpose in the Demo and in Sandbox only.",
            ));
        }
        let item_id = ItemId::new(item_id);
        {
            let _in_use = session.work.gates.shared(&item_id).await;
            let key = key(&session, &item_id).await?;
            if let Err(error) = session
                .client
                .sandbox_item_reset_login(&key.access_token)
                .await
            {
                return Err(health::failed(&session, &item_id, error).await);
            }
        }
        check(&session, &item_id).await?;
        shown(&session, item_id).await
    }
}

/// Takes up what was left unfinished, and looks after the Items from now on.
pub(crate) async fn resume(session: Session) {
    let unfinished = |connection: &Connection| {
        let removing = table::items_in(connection, ItemState::Removing)?;
        Ok((removing, table::rotations_begun(connection)?))
    };
    match session.store.read(unfinished).await {
        Ok((removing, rotating)) => {
            for item_id in removing {
                removal::settle_later(&session, item_id);
            }
            // What became of the token, a check tells.
            for item_id in rotating {
                session.work.watch.item(&item_id);
            }
        }
        Err(error) => tracing::error!(%error, "what was left unfinished could not be read"),
    }
    let tracked = session.clone();
    tracked.spawn(watch::run(session));
}

/// The key of an Item. Fetch it under the Item's gate, and use it at once.
pub(crate) async fn key(session: &Session, item_id: &ItemId) -> Result<ItemKey, DeskError> {
    let item_id = item_id.clone();
    session
        .store
        .read(move |connection| table::item_key(connection, &item_id))
        .await
}

/// The key of an Item that is not being removed.
pub(crate) async fn active_key(session: &Session, item_id: &ItemId) -> Result<ItemKey, DeskError> {
    let key = key(session, item_id).await?;
    match key.state {
        ItemState::Active => Ok(key),
        ItemState::Removing => Err(DeskError::AlreadyRunning("This bank is being removed.")),
    }
}

/// Whether no error of an Item is known. One that is gone does not work.
pub(crate) async fn is_healthy(session: &Session, item_id: &ItemId) -> Result<bool, DeskError> {
    let item_id = item_id.clone();
    let items = session
        .store
        .read(move |connection| table::items(connection, &Show::One(&item_id)))
        .await?;
    Ok(items.iter().any(|item| item.health == ItemHealth::Healthy))
}

/// Asks /item/get and notes what it says: error, consent, institution, and what the Item needs soon.
pub(crate) async fn check(session: &Session, item_id: &ItemId) -> Result<(), DeskError> {
    let _in_use = session.work.gates.shared(item_id).await;
    let key = active_key(session, item_id).await?;
    let client = session.client_for(item_id);
    let request = || client.item_get(&key.access_token);
    let asked = session
        .work
        .pacing
        .read(Paced::Item, Some(item_id), request);
    let answer = match asked.await {
        Ok(answer) => answer,
        Err(error) => return Err(not_checked(session, item_id, error).await),
    };
    let id = item_id.clone();
    let known = session
        .store
        .read(move |connection| table::known(connection, &id))
        .await?;
    let mut finding = health::finding(&answer, &known);
    if finding.problem.is_none()
        && health::has_no_accounts_still(session, item_id, &key.access_token, &known).await
    {
        finding.problem = known.problem;
    }
    let (id, now) = (item_id.clone(), session.now());
    session
        .store
        .write(move |transaction| {
            table::set_facts(transaction, &answer.item)?;
            table::set_problem(transaction, &id, finding.problem.as_ref(), now)?;
            table::set_advice(transaction, &id, finding.advice.as_ref(), now)?;
            // The token works, whatever was begun with it.
            table::end_rotation(transaction, &id)?;
            table::set_checked(transaction, &id, now)
        })
        .await?;
    session.work.watch.institution_of(item_id);
    session.emit(DeskEvent::ItemsChanged);
    Ok(())
}

/// An error of the Item is an answer, too.
async fn not_checked(session: &Session, item_id: &ItemId, error: plaid::Error) -> DeskError {
    let answered = error.api().is_some_and(health::concerns_item);
    let error = health::noted(session, item_id, error).await;
    if answered {
        let (id, now) = (item_id.clone(), session.now());
        let written = session
            .store
            .write(move |transaction| table::set_checked(transaction, &id, now))
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "when an Item was checked could not be noted");
        }
    }
    error
}

async fn shown(session: &Session, item_id: ItemId) -> Result<ItemView, DeskError> {
    let now = session.now();
    let mut items = session
        .store
        .read(move |connection| views(connection, &Show::One(&item_id), With::Accounts, now))
        .await?;
    items.pop().ok_or(DeskError::NotFound("This bank"))
}

/// Whether Items are listed with their accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    /// They are.
    Accounts,
    /// Their accounts and logos are listed elsewhere.
    ItemsOnly,
}

/// Items as the screen shows them at this moment.
pub(crate) fn views(
    connection: &Connection,
    show: &Show<'_>,
    with: With,
    now: Timestamp,
) -> Result<Vec<ItemView>, StoreError> {
    let mut items = match with {
        With::Accounts => table::items(connection, show)?,
        With::ItemsOnly => table::bare_items(connection, show)?,
    };
    let notice_days = settings::read(connection)?.consent_notice_days;
    health::advise_on_consent(&mut items, notice_days, now);
    Ok(items)
}
