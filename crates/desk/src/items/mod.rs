//! Items, their accounts and the people they were linked for: what is shown of them, and what can be done to one.
//! An Item's token changes or ends only while nobody else uses it, and each step is on the disk before the next.

pub(crate) mod gate;
pub(crate) mod health;
pub(crate) mod people;
pub(crate) mod table;
pub mod view;

use std::{sync::Arc, time::Duration};

use plaid::{CarriedOut, ItemId};

use self::{
    table::{ItemKey, ItemState, Show},
    view::{ItemHealth, ItemRemoved, ItemView, ItemsView, PersonView},
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    balances::{pacing::Paced, totals},
    start::{event::DeskEvent, view::Environment},
    work::{keep_trying, to_the_end},
};

/// The longest pause before a removal is asked of Plaid again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);

impl Desk {
    /// Everything the accounts screen shows.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn items_view(&self) -> Result<ItemsView, DeskError> {
        let env = self.open()?;
        env.store
            .read(|connection| {
                let items = table::items(connection, &Show::All)?;
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
        let env = self.open()?;
        let item_id = ItemId::new(item_id);
        check(self, &env, &item_id).await?;
        shown(&env, item_id).await
    }

    /// Replaces an Item's access token (/item/access_token/invalidate). The old one stops working at once.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; why Plaid refused; `TokenNotSaved`.
    pub async fn item_rotate_token(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let env = self.open()?;
        let item_id = ItemId::new(item_id);
        let rotation = rotate(self.clone(), Arc::clone(&env), item_id.clone());
        to_the_end(&env, rotation).await?;
        shown(&env, item_id).await
    }

    /// Ends an Item at Plaid (/item/remove), erases its token and takes it out of sight. Its readings and
    /// evaluations stay in the database.
    ///
    /// # Errors
    /// `AlreadyRunning` while a call uses the token; why Plaid could not be told. Then the Item stays as being
    /// removed, and Plaid is asked again until it agrees.
    pub async fn item_remove(&self, item_id: &str) -> Result<ItemRemoved, DeskError> {
        let env = self.open()?;
        let removal = remove(self.clone(), Arc::clone(&env), ItemId::new(item_id));
        to_the_end(&env, removal).await
    }

    /// Puts an Item into ITEM_LOGIN_REQUIRED (/sandbox/item/reset_login), to try a repair out. Demo and Sandbox only.
    ///
    /// # Errors
    /// Field `itemId` in Production; why Plaid refused.
    pub async fn item_reset_login(&self, item_id: &str) -> Result<ItemView, DeskError> {
        let env = self.open()?;
        if env.environment == Environment::Production {
            return Err(DeskError::invalid(
                "itemId",
                "A login can be broken on purpose in the Demo and in Sandbox only.",
            ));
        }
        let item_id = ItemId::new(item_id);
        {
            let _in_use = env.work.gates.shared(&item_id).await;
            let key = key(&env, &item_id).await?;
            if let Err(error) = env.client.sandbox_item_reset_login(&key.access_token).await {
                return Err(health::failed(self, &env, &item_id, error).await);
            }
        }
        check(self, &env, &item_id).await?;
        shown(&env, item_id).await
    }
}

/// Takes up what was left unfinished: removals that Plaid has not confirmed.
pub(crate) async fn resume(desk: Desk, env: Arc<OpenEnvironment>) {
    let removing =
        |connection: &rusqlite::Connection| table::items_in(connection, ItemState::Removing);
    match env.store.read(removing).await {
        Ok(items) => {
            for item_id in items {
                settle_later(&desk, &env, item_id);
            }
        }
        Err(error) => tracing::error!(%error, "unfinished removals could not be read"),
    }
}

/// The key of an Item. Fetch it under the Item's gate, and use it at once.
pub(crate) async fn key(env: &OpenEnvironment, item_id: &ItemId) -> Result<ItemKey, DeskError> {
    let item_id = item_id.clone();
    env.store
        .read(move |connection| table::item_key(connection, &item_id))
        .await
}

/// The key of an Item that is not being removed.
pub(crate) async fn active_key(
    env: &OpenEnvironment,
    item_id: &ItemId,
) -> Result<ItemKey, DeskError> {
    let key = key(env, item_id).await?;
    match key.state {
        ItemState::Active => Ok(key),
        ItemState::Removing => Err(DeskError::AlreadyRunning("This bank is being removed.")),
    }
}

/// Whether no error of an Item is known. One that is gone does not work.
pub(crate) async fn is_healthy(env: &OpenEnvironment, item_id: &ItemId) -> Result<bool, DeskError> {
    let item_id = item_id.clone();
    let items = env
        .store
        .read(move |connection| table::items(connection, &Show::One(&item_id)))
        .await?;
    Ok(items.iter().any(|item| item.health == ItemHealth::Healthy))
}

/// Asks /item/get and notes error, consent and institution.
pub(crate) async fn check(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
) -> Result<(), DeskError> {
    let _in_use = env.work.gates.shared(item_id).await;
    let key = active_key(env, item_id).await?;
    let request = || env.client.item_get(&key.access_token);
    let answer = match env
        .work
        .pacing
        .read(Paced::Item, Some(item_id), request)
        .await
    {
        Ok(answer) => answer,
        Err(error) => return Err(health::failed(desk, env, item_id, error).await),
    };
    let (item_id, now) = (item_id.clone(), desk.now());
    env.store
        .write(move |transaction| {
            table::set_facts(transaction, &answer.item)?;
            let problem = health::problem_of(&answer.item);
            table::set_problem(transaction, &item_id, problem.as_ref(), now)
        })
        .await?;
    desk.emit(DeskEvent::ItemsChanged);
    Ok(())
}

async fn shown(env: &OpenEnvironment, item_id: ItemId) -> Result<ItemView, DeskError> {
    let mut items = env
        .store
        .read(move |connection| table::items(connection, &Show::One(&item_id)))
        .await?;
    items.pop().ok_or(DeskError::NotFound("This bank"))
}

async fn rotate(desk: Desk, env: Arc<OpenEnvironment>, item_id: ItemId) -> Result<(), DeskError> {
    // Held until the new token is stored.
    let alone = (env.work.gates.alone(&item_id)?, env.irreplaceable());
    let key = active_key(&env, &item_id).await?;
    let rotated = env
        .client
        .item_access_token_invalidate(&key.access_token)
        .await;
    let new_token = match rotated {
        // The answer holds the only copy of the new token: it is stored before anything else is done.
        Ok(rotated) => rotated.new_access_token,
        Err(error) => {
            let carried_out = error.carried_out();
            let error = health::failed(&desk, &env, &item_id, error).await;
            drop(alone);
            // The old token may be dead and the new one lost: what can be known is found out and noted.
            if carried_out == CarriedOut::Unknown
                && let Err(error) = check(&desk, &env, &item_id).await
            {
                tracing::warn!(%error, "an Item does not answer after a rotation without an answer");
            }
            return Err(error);
        }
    };
    let stored = keep_trying(&env, "the new access token", alone, move |transaction| {
        table::replace_token(transaction, &item_id, &new_token)
    });
    stored.await?;
    desk.emit(DeskEvent::ItemsChanged);
    Ok(())
}

async fn remove(
    desk: Desk,
    env: Arc<OpenEnvironment>,
    item_id: ItemId,
) -> Result<ItemRemoved, DeskError> {
    let outcome = {
        let _alone = env.work.gates.alone(&item_id)?;
        let id = item_id.clone();
        env.store
            .write(move |transaction| table::begin_removal(transaction, &id))
            .await?;
        desk.emit(DeskEvent::ItemsChanged);
        finish_removal(&desk, &env, &item_id).await
    };
    if outcome.is_err() {
        settle_later(&desk, &env, item_id);
    }
    outcome
}

/// Tells Plaid, and then ends the Item here. An Item that Plaid does not know any more is removed; one whose token
/// Plaid does not take can only be ended here.
async fn finish_removal(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
) -> Result<ItemRemoved, DeskError> {
    let key = key(env, item_id).await?;
    let may_remain_at_plaid = match env.client.item_remove(&key.access_token).await {
        Ok(_) => false,
        Err(error) => match error.error_code() {
            Some("ITEM_NOT_FOUND") => false,
            Some("INVALID_ACCESS_TOKEN") => {
                tracing::warn!(%error, "an Item was ended here; Plaid may hold it still");
                true
            }
            _ => return Err(DeskError::from(error).for_item(item_id)),
        },
    };
    let (id, now) = (item_id.clone(), desk.now());
    env.store
        .write(move |transaction| table::end_removal(transaction, &id, now))
        .await?;
    desk.emit(DeskEvent::ItemsChanged);
    Ok(ItemRemoved {
        item_id: key.item_id.to_string(),
        institution_name: key.institution_name,
        may_remain_at_plaid,
    })
}

/// Asks Plaid to remove the Item until it agrees, with growing pauses.
fn settle_later(desk: &Desk, env: &Arc<OpenEnvironment>, item_id: ItemId) {
    let (desk, env) = (desk.clone(), Arc::clone(env));
    let tracked = Arc::clone(&env);
    tracked.spawn(async move {
        let mut pause = Duration::from_secs(5);
        loop {
            let settled = match env.work.gates.alone(&item_id) {
                Ok(_alone) => finish_removal(&desk, &env, &item_id).await,
                Err(busy) => Err(busy),
            };
            match settled {
                Ok(_) | Err(DeskError::NotFound(_) | DeskError::NothingOpen) => return,
                Err(error) => tracing::info!(%error, "an Item could not be removed yet"),
            }
            tokio::select! {
                () = env.cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
}
