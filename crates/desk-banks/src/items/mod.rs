//! Items, their accounts and the people they were linked for: what is shown of them, and what can be done to one.
//! An Item's token changes or ends only while nobody else uses it, and each step is on the disk before the next.

mod duplicates;
pub mod gate;
pub mod health;
pub mod institution;
pub mod people;
pub(crate) mod removal;
mod rotation;
pub mod table;
pub mod view;
pub(crate) mod watch;

use std::sync::Arc;
use tokio::sync::Notify;

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::Connection;

use self::{
    table::{ItemKey, ItemState, Show},
    view::{ItemHealth, ItemRemoved, ItemView, ItemsView, PersonView},
};
use crate::{
    balances::totals,
    items::{gate::ItemGates, removal::Removals, watch::Watch},
    support::Support,
};
use desk_core::{
    DeskError, Session,
    calls::{PlaidCalls, rate_limits::FreeRead},
    environment::Environment,
    event::DeskEvent,
    settings,
};

/// The Items of the open environment: their health, removal, and token rotation. Clones share their state.
#[derive(Clone)]
pub struct Items {
    pub session: Session,
    pub calls: PlaidCalls,
    pub support: Support,
    pub gates: Arc<ItemGates>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) removals: Arc<Removals>,
    settings_changed: Arc<Notify>,
}

impl Items {
    pub fn new(
        session: Session,
        calls: PlaidCalls,
        support: Support,
        settings_changed: Arc<Notify>,
    ) -> Self {
        Self {
            session,
            calls,
            support,
            gates: Arc::default(),
            watch: Arc::default(),
            removals: Arc::default(),
            settings_changed,
        }
    }
}

impl Items {
    /// Everything the accounts screen shows.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn view_all(&self) -> Result<ItemsView, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
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
    pub async fn customers(&self) -> Result<Vec<PersonView>, DeskError> {
        self.session.store.read(people::list).await
    }

    /// Asks Plaid how an Item is (/item/get) and notes the answer.
    ///
    /// # Errors
    /// `NotFound`, or why Plaid did not answer.
    pub async fn check_now(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let item_id = ItemId::new(item_id);
        // Somebody looks: how the bank is, is asked too, however lately it was.
        let bank = self.check_institution_now(&item_id);
        let (checked, ()) = tokio::join!(self.check(&item_id), bank);
        checked?;
        self.view(item_id).await
    }

    /// Notes that an Item is another than those it looks like, or that all are to stay.
    ///
    /// # Errors
    /// `NothingOpen`, `NotFound`, `Disk`, `Database`.
    pub async fn dismiss_duplicate(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let (item_id, now) = (ItemId::new(item_id), self.session.now());
        let id = item_id.clone();
        self.session
            .store
            .write(move |transaction| duplicates::dismiss(transaction, &id, now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        self.view(item_id).await
    }

    /// Puts aside what an Item that works was advised to do, until Plaid says something new.
    ///
    /// # Errors
    /// `NothingOpen`, `NotFound`, `Disk`, `Database`.
    pub async fn dismiss_advice(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let (item_id, now) = (ItemId::new(item_id), self.session.now());
        let id = item_id.clone();
        self.session
            .store
            .write(move |transaction| table::settle(transaction, &id, now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        self.view(item_id).await
    }

    /// Replaces an Item's access token (/item/access_token/invalidate). The old one stops working at once.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; why Plaid refused; `Disk` before Plaid is asked; `TokenNotSaved`.
    pub async fn rotate_token(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let item_id = ItemId::new(item_id);
        let rotation = self.clone().run_rotation(item_id.clone());
        self.session.run_to_end(rotation).await?;
        self.view(item_id).await
    }

    /// Ends an Item at Plaid (/item/remove), erases its token and takes it out of sight. Its readings and
    /// evaluations stay in the database. When Plaid cannot be told, the Item stays as being removed, and Plaid is asked
    /// again until it agrees; asking for the removal again tries at once.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; `NotFound`, `Disk`, `Database`: then nothing was begun.
    pub async fn remove(&self, item_id: &str) -> Result<ItemRemoved, DeskError> {
        let removal = self.clone().run_removal(ItemId::new(item_id));
        self.session.run_to_end(removal).await
    }

    /// Puts an Item into ITEM_LOGIN_REQUIRED (/sandbox/item/reset_login), to try a repair out. Demo and Sandbox only.
    ///
    /// # Errors
    /// Field `itemId` in Production; why Plaid refused.
    pub async fn reset_login(&self, item_id: &str) -> Result<ItemView, DeskError> {
        if self.session.environment == Environment::Production {
            return Err(DeskError::invalid(
                "itemId",
                "A login can be broken on purpose in the Demo and in Sandbox only.",
            ));
        }
        let item_id = ItemId::new(item_id);
        {
            let _in_use = self.gates.shared(&item_id).await;
            let key = self.key(&item_id).await?;
            if let Err(error) = self
                .session
                .client
                .sandbox_item_reset_login(&key.access_token)
                .await
            {
                return Err(self.note_failure(&item_id, error).await);
            }
        }
        self.check(&item_id).await?;
        self.view(item_id).await
    }

    /// Takes up what was left unfinished, and looks after the Items from now on.
    pub async fn resume(self) {
        let unfinished = |connection: &Connection| {
            let removing = table::items_in(connection, ItemState::Removing)?;
            Ok::<_, DeskError>((removing, table::rotations_begun(connection)?))
        };
        match self.session.store.read(unfinished).await {
            Ok((removing, rotating)) => {
                for item_id in removing {
                    self.remove_in_background(item_id);
                }
                // What became of the token, a check tells.
                for item_id in rotating {
                    self.watch.item(&item_id);
                }
            }
            Err(error) => tracing::error!(%error, "what was left unfinished could not be read"),
        }
        let tracked = self.clone();
        tracked.session.spawn(self.watch());
    }

    /// The key of an Item. Fetch it under the Item's gate, and use it at once.
    pub async fn key(&self, item_id: &ItemId) -> Result<ItemKey, DeskError> {
        let item_id = item_id.clone();
        self.session
            .store
            .read(move |connection| table::item_key(connection, &item_id))
            .await
    }

    /// The key of an Item that is not being removed.
    pub async fn active_key(&self, item_id: &ItemId) -> Result<ItemKey, DeskError> {
        let key = self.key(item_id).await?;
        match key.state {
            ItemState::Active => Ok(key),
            ItemState::Removing => Err(DeskError::AlreadyRunning("This bank is being removed.")),
        }
    }

    /// Whether no error of an Item is known. One that is gone does not work.
    pub(crate) async fn is_healthy(&self, item_id: &ItemId) -> Result<bool, DeskError> {
        let item_id = item_id.clone();
        let items = self
            .session
            .store
            .read(move |connection| table::items(connection, &Show::One(&item_id)))
            .await?;
        Ok(items.iter().any(|item| item.health == ItemHealth::Healthy))
    }

    /// Asks /item/get and notes what it says: error, consent, institution, and what the Item needs soon.
    pub async fn check(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let _in_use = self.gates.shared(item_id).await;
        let key = self.active_key(item_id).await?;
        let client = self.support.client_for(item_id);
        let request = || client.item_get(&key.access_token);
        let asked = self
            .calls
            .pacing
            .read(FreeRead::Item, Some(item_id), request);
        let answer = match asked.await {
            Ok(answer) => answer,
            Err(error) => return Err(self.not_checked(item_id, error).await),
        };
        let id = item_id.clone();
        let known = self
            .session
            .store
            .read(move |connection| table::known(connection, &id))
            .await?;
        let mut finding = health::finding(&answer, &known);
        if finding.problem.is_none()
            && self
                .has_no_accounts_still(item_id, &key.access_token, &known)
                .await
        {
            finding.problem = known.problem;
        }
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                table::set_facts(transaction, &answer.item)?;
                table::set_problem(transaction, &id, finding.problem.as_ref(), now)?;
                table::set_advice(transaction, &id, finding.advice.as_ref(), now)?;
                // The token works, whatever was begun with it.
                table::end_rotation(transaction, &id)?;
                table::set_checked(transaction, &id, now)
            })
            .await?;
        self.watch.institution_of(item_id);
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    /// An error of the Item is an answer, too.
    async fn not_checked(&self, item_id: &ItemId, error: plaid::Error) -> DeskError {
        let answered = error.api().is_some_and(health::concerns_item);
        let error = self.note_error(item_id, error).await;
        if answered {
            let (id, now) = (item_id.clone(), self.session.now());
            let written = self
                .session
                .store
                .write(move |transaction| table::set_checked(transaction, &id, now))
                .await;
            if let Err(error) = written {
                tracing::warn!(%error, "when an Item was checked could not be noted");
            }
        }
        error
    }

    async fn view(&self, item_id: ItemId) -> Result<ItemView, DeskError> {
        let now = self.session.now();
        let mut items = self
            .session
            .store
            .read(move |connection| views(connection, &Show::One(&item_id), With::Accounts, now))
            .await?;
        items.pop().ok_or(DeskError::NotFound("This bank"))
    }
}

/// Whether Items are listed with their accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// They are.
    Accounts,
    /// Their accounts and logos are listed elsewhere.
    ItemsOnly,
}

/// Items as the screen shows them at this moment.
pub fn views(
    connection: &Connection,
    show: &Show<'_>,
    with: With,
    now: Timestamp,
) -> Result<Vec<ItemView>, DeskError> {
    let mut items = match with {
        With::Accounts => table::items(connection, show)?,
        With::ItemsOnly => table::bare_items(connection, show)?,
    };
    let notice_days = settings::read(connection)?.consent_notice_days;
    health::advise_on_consent(&mut items, notice_days, now);
    Ok(items)
}
