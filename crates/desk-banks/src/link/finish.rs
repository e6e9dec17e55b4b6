//! From the bank's grant to the Item. The grant is on the disk before Link's page is answered, and the Item with its
//! access token is on the disk before anything else is asked of Plaid.

use std::time::Duration;

use jiff::Timestamp;
use plaid::{InstitutionOptions, ItemId, ItemPublicTokenExchangeResponse, SideEffect};
use rusqlite::Transaction;

use super::{
    callback, decide,
    duplicates::{self, Known, Named},
    grants::{self, Exchange, Fate, Grant, Granted},
    replace,
    table::{self, End, Step, Whose},
    view::LinkState,
};
use crate::{
    balances::{table as readings, view::ReadingSource},
    items::{
        table as items_table,
        table::{AccountFacts, Listing, NewItem},
    },
    link::Links,
};
use desk_core::{
    DeskError,
    calls::rate_limits::Paced,
    event::DeskEvent,
    kill,
    moment::Moment,
    persist::store_at_last,
    problem::{NextAction, Problem, ProblemKind},
    settings,
};

/// How long a public token can be exchanged.
pub(crate) const PUBLIC_TOKEN_LIFE: Duration = Duration::from_secs(30 * 60);

/// The first and the longest pause before an exchange is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

impl Links {
    /// Tells that a session has changed.
    pub(crate) fn emit_changed(&self, session_id: &str, ended: bool) {
        self.session.emit(DeskEvent::LinkChanged {
            session_id: session_id.to_owned(),
            ended,
        });
    }

    /// Link has nothing left to do with a session: its page ends, and the next bank can be linked before anyone is told.
    /// A callback that is being taken is answered all the same.
    pub(crate) fn end_link(&self, session_id: &str) {
        self.live.release(session_id);
        self.emit_changed(session_id, true);
    }

    /// Stores what the bank granted, once. In update mode that is the end of the session.
    pub(crate) async fn accept_grant(
        &self,
        session_id: &str,
        grant: Grant,
        repairs: Option<&ItemId>,
    ) -> Result<Step, DeskError> {
        kill::point("link.granted");
        let (id, now, repair) = (session_id.to_owned(), self.session.now(), repairs.is_some());
        let (step, link_is_over) = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let (step, link_is_over) = if repair {
                    let link_session_id = grant.link_session_id.as_deref();
                    let step = table::repaired(transaction, &id, link_session_id, now)?;
                    (step, true)
                } else {
                    let fate = fate(transaction, &id, &grant)?;
                    let step = grants::succeed(transaction, &id, &grant, fate.as_ref(), now)?;
                    (step, fate.is_none())
                };
                if step == Step::Taken {
                    table::add_event(transaction, &id, &callback::success_event(&grant), now)?;
                }
                Ok((step, link_is_over))
            })
            .await?;
        kill::point("link.grant_kept");
        match step {
            Step::Taken if link_is_over => self.end_link(session_id),
            Step::Taken => self.emit_changed(session_id, false),
            Step::TooLate => {}
        }
        Ok(step)
    }
}

/// What is to become of a grant; none when the user has to say so.
fn fate(
    transaction: &Transaction<'_>,
    session_id: &str,
    grant: &Grant,
) -> Result<Option<Fate>, DeskError> {
    if table::is_cancelled(transaction, session_id)? {
        return Ok(Some(Fate::Withdraw));
    }
    let named = Named {
        institution_id: grant.institution_id.as_deref(),
        accounts: &grant.accounts,
        person_id: &duplicates::person_of(transaction, session_id)?,
    };
    let alike = duplicates::of_grant(transaction, &named)?;
    Ok(alike.is_empty().then_some(Fate::Keep))
}

impl Links {
    /// Ends a repair whose Item works again.
    pub(crate) async fn accept_repair(&self, session_id: &str) -> Result<Step, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| table::repaired(transaction, &id, None, now))
            .await?;
        if step == Step::Taken {
            self.end_link(session_id);
        }
        Ok(step)
    }

    /// What follows on an accepted grant, in the background.
    pub(crate) fn follow_up(&self, session_id: &str, repairs: Option<ItemId>) {
        let (this, session_id) = (self.clone(), session_id.to_owned());
        self.session.spawn(async move {
            match repairs {
                Some(item_id) => this.after_repair(&item_id).await,
                None => this.finish_exchange(&session_id).await,
            }
        });
    }

    /// Brings a grant to its end: waits for the user's decision if it needs one, then exchanges it.
    pub(crate) async fn finish_exchange(&self, session_id: &str) {
        if self.wait_for_decision(session_id).await == decide::Waited::Over {
            self.exchange_until_settled(session_id).await;
        }
    }
}

/// Whether an exchange has come to an end.
enum Attempt {
    /// The Item is there, or will never be.
    Settled,
    /// Not yet: the network, or Plaid's own trouble.
    Later,
}

impl Links {
    /// Exchanges the public token; tries again while it is good and Plaid cannot be reached.
    async fn exchange_until_settled(&self, session_id: &str) {
        let (mut pause, longest) = PAUSES;
        loop {
            match self.exchange(session_id).await {
                Ok(Attempt::Settled) | Err(DeskError::NothingOpen) => return,
                Ok(Attempt::Later) => {}
                Err(error) => tracing::error!(%error, "a grant could not be read"),
            }
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// Sends the public token once, if it waits for that.
    pub(crate) async fn exchange_once(&self, session_id: &str) -> Result<(), DeskError> {
        self.exchange(session_id).await.map(|_| ())
    }

    async fn exchange(&self, session_id: &str) -> Result<Attempt, DeskError> {
        let under_way = self.session.token_call();
        let Some((granted, fate)) = self.begin_exchange(session_id).await? else {
            return Ok(Attempt::Settled);
        };
        if Moment::from(self.session.now()) > granted.succeeded_at.after(PUBLIC_TOKEN_LIFE) {
            self.erase_expired(session_id, &granted).await?;
            return Ok(Attempt::Settled);
        }
        kill::point("exchange.begun");
        let asked = self
            .session
            .client
            .item_public_token_exchange(&granted.public_token);
        match asked.await {
            Ok(exchanged) => {
                kill::point("exchange.answered");
                let item_id = exchanged.item_id.clone();
                self.store_item(session_id, (&granted, &fate), exchanged)
                    .await?;
                kill::point("exchange.stored");
                drop(under_way);
                self.after_exchange(item_id, fate).await;
                kill::point("exchange.detailed");
                Ok(Attempt::Settled)
            }
            Err(error) if error.error_code() == Some("INVALID_PUBLIC_TOKEN") => {
                let problem = used_up(error, &granted);
                self.end_without_item(session_id, LinkState::Failed, problem)
                    .await?;
                Ok(Attempt::Settled)
            }
            Err(error) => {
                self.note_exchange_failure(session_id, granted.exchange, error)
                    .await?;
                Ok(Attempt::Later)
            }
        }
    }

    /// Notes that the public token is about to be sent; answers the grant as it was before that.
    async fn begin_exchange(&self, session_id: &str) -> Result<Option<(Granted, Fate)>, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let Some(granted) = grants::granted(transaction, &id)? else {
                    return Ok(None);
                };
                // While the user decides, nothing is sent.
                let Some(fate) = granted.fate.clone() else {
                    return Ok(None);
                };
                grants::begin_exchange(transaction, &id, now)?;
                Ok(Some((granted, fate)))
            })
            .await
    }

    /// Says what is in the way, and whether the public token may be used up.
    async fn note_exchange_failure(
        &self,
        session_id: &str,
        before: Exchange,
        error: plaid::Error,
    ) -> Result<(), DeskError> {
        let exchange = match error.side_effect() {
            SideEffect::None => before,
            SideEffect::Possible => Exchange::Begun,
        };
        let (id, problem) = (session_id.to_owned(), Problem::from(DeskError::from(error)));
        self.session
            .store
            .write(move |transaction| grants::hinder(transaction, &id, &problem, exchange))
            .await?;
        self.emit_changed(session_id, false);
        Ok(())
    }

    /// Item, access token, accounts as Link named them, what becomes of the Item, and the end of the session: in one
    /// transaction, tried until it is on the disk, because the answer of the exchange holds the only copy of the token.
    async fn store_item(
        &self,
        session_id: &str,
        (granted, fate): (&Granted, &Fate),
        exchanged: ItemPublicTokenExchangeResponse,
    ) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let (granted, fate) = (granted.clone(), fate.clone());
        store_at_last(
            &self.session,
            "the access token of a new Item",
            move |transaction| {
                let item_id = &exchanged.item_id;
                let known = items_table::item_key(transaction, item_id).is_ok();
                let item = NewItem {
                    item_id,
                    access_token: &exchanged.access_token,
                    person_id: &granted.person_id,
                    purpose: granted.purpose,
                    institution_id: granted
                        .institution_id
                        .as_ref()
                        .map(plaid::InstitutionId::as_str),
                    institution_name: granted.institution_name.as_deref(),
                };
                items_table::insert_item(transaction, &item, now)?;
                let accounts: Vec<AccountFacts> = granted.accounts.iter().map(Into::into).collect();
                let listing = Listing::Partial;
                items_table::write_accounts(transaction, item_id, &accounts, listing, now)?;
                let state = carry_out(transaction, item_id, &fate, known, now)?;
                grants::exchanged(transaction, &id, item_id, state, now)
            },
        )
        .await?;
        self.end_link(session_id);
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }
}

/// Begins the removal that the user's decision asks for, and notes what the new Item looks like. Answers how the
/// session ends.
fn carry_out(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    fate: &Fate,
    known: bool,
    now: Timestamp,
) -> Result<LinkState, DeskError> {
    match fate {
        // One that was there before is not what is given back.
        Fate::Withdraw if !known => {
            items_table::begin_removal(transaction, item_id, now)?;
            return Ok(LinkState::Withdrawn);
        }
        Fate::Replace(old) => {
            // Removed by hand meanwhile: then that is done.
            if old != item_id {
                replace::take_over(transaction, old, item_id)?;
                if items_table::item_key(transaction, old).is_ok() {
                    items_table::begin_removal(transaction, old, now)?;
                }
            }
            duplicates::notice(transaction, item_id, Known::Yes, now)?;
        }
        Fate::KeepBoth => duplicates::notice(transaction, item_id, Known::Yes, now)?,
        Fate::Keep | Fate::Withdraw => duplicates::notice(transaction, item_id, Known::No, now)?,
    }
    Ok(LinkState::Exchanged)
}

impl Links {
    /// What is left to do once the Item is stored.
    async fn after_exchange(&self, item_id: ItemId, fate: Fate) {
        match fate {
            Fate::Withdraw => {
                self.items.remove_in_background(item_id);
                return;
            }
            Fate::Replace(old) => {
                kill::point("replace.stored");
                self.items.remove_in_background(old);
            }
            Fate::Keep | Fate::KeepBoth => {}
        }
        self.load_details(&item_id).await;
    }

    /// Ends a session whose grant has come to nothing.
    async fn end_without_item(
        &self,
        session_id: &str,
        state: LinkState,
        problem: Problem,
    ) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let end = End::new(state, Some(problem));
        self.session
            .store
            .write(move |transaction| table::end(transaction, &id, Whose::Grant, &end, now))
            .await?;
        self.end_link(session_id);
        Ok(())
    }

    /// Ends a session whose public token is too old to be exchanged; it is erased.
    pub(crate) async fn erase_expired(
        &self,
        session_id: &str,
        granted: &Granted,
    ) -> Result<(), DeskError> {
        let problem = expired(granted);
        self.end_without_item(session_id, LinkState::Expired, problem)
            .await
    }
}

fn expired(granted: &Granted) -> Problem {
    if granted.fate == Some(Fate::Withdraw) {
        return Problem::new(ProblemKind::TimedOut, not_taken_back(granted));
    }
    let message = match granted.exchange {
        Exchange::NotBegun => format!(
            "The bank agreed ({}), but within the 30 minutes in which that counts Plaid could not be asked for the Item. Link the bank again.",
            what(granted)
        ),
        Exchange::Begun => lost(granted),
    };
    Problem::new(ProblemKind::TimedOut, message).with_action(NextAction::LinkAgain)
}

fn used_up(error: plaid::Error, granted: &Granted) -> Problem {
    if granted.fate == Some(Fate::Withdraw) {
        return Problem {
            message: not_taken_back(granted),
            action: None,
            ..Problem::from(DeskError::from(error))
        };
    }
    let message = match granted.exchange {
        Exchange::NotBegun => format!(
            "The bank agreed ({}), but Plaid does not take the public token: it has expired, or is not one of this environment. Link the bank again.",
            what(granted)
        ),
        Exchange::Begun => lost(granted),
    };
    Problem {
        message,
        action: Some(NextAction::LinkAgain),
        ..Problem::from(DeskError::from(error))
    }
}

/// What was not wanted could not be removed, since that needs its access token.
fn not_taken_back(granted: &Granted) -> String {
    let why = match granted.exchange {
        Exchange::NotBegun => "Plaid could not be asked in time to take it back",
        Exchange::Begun => {
            "Plaid was asked to take it back, and its answer was lost on the way, with the access token that this needs"
        }
    };
    format!(
        "The bank agreed ({}) to what was not wanted any more, and {why}. Balance Desk has no access to it. An Item that is listed in Plaid's Dashboard can be removed by Plaid's support.",
        what(granted)
    )
}

/// The one thing that cannot be found out: whether Plaid had answered when the answer was lost.
fn lost(granted: &Granted) -> String {
    format!(
        "The bank agreed ({}), and Balance Desk was interrupted while it fetched the Item. Plaid may have made it, and its access token is lost: no call can bring it back. Link the bank again; an Item that is listed in Plaid's Dashboard only can be removed by Plaid's support.",
        what(granted)
    )
}

/// Institution and accounts, as the bank's customer knows them.
fn what(granted: &Granted) -> String {
    const MOST: usize = 5;
    let bank = granted.institution_name.as_deref().unwrap_or("a bank");
    let mut names: Vec<String> = granted
        .accounts
        .iter()
        .take(MOST)
        .map(|account| match &account.mask {
            Some(mask) => format!("{} {mask}", account.name),
            None => account.name.clone(),
        })
        .collect();
    if granted.accounts.len() > MOST {
        names.push(format!("{} more", granted.accounts.len() - MOST));
    }
    if names.is_empty() {
        bank.to_owned()
    } else {
        format!("{bank}: {}", names.join(", "))
    }
}

impl Links {
    /// What makes an Item complete. None of it can lose the Item; what fails, or is left out because the environment is
    /// closed, comes with the next check or refresh.
    async fn load_details(&self, item_id: &ItemId) {
        let all = async {
            for (what, outcome) in [
                ("accounts", self.load_accounts(item_id).await),
                ("state", self.items.check(item_id).await),
                ("institution", self.load_institution(item_id).await),
            ] {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the {what} of an Item could not be read yet");
                }
            }
        };
        tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => {}
            () = all => {}
        }
        self.session.emit(DeskEvent::ItemsChanged);
    }

    async fn after_repair(&self, item_id: &ItemId) {
        // Plaid has just said that the login works; what else is wrong, the check below tells.
        if let Err(error) = self.items.note_repaired(item_id).await {
            tracing::warn!(%error, "the health of an Item could not be noted");
        }
        self.load_details(item_id).await;
    }

    /// Accounts and what Plaid has of their balances (/accounts/get).
    async fn load_accounts(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let _in_use = self.items.gates.shared(item_id).await;
        let key = self.items.active_key(item_id).await?;
        let client = self.support.client_for(item_id);
        let request = || client.accounts_get(&key.access_token);
        let called = self
            .calls
            .pacing
            .read(Paced::Accounts, Some(item_id), request);
        let answer = match called.await {
            Ok(answer) => answer,
            Err(error) => return Err(self.items.note_failure(item_id, error).await),
        };
        let (item_id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let source = ReadingSource::Cached;
                readings::record(
                    transaction,
                    &item_id,
                    &answer,
                    source,
                    Listing::Complete,
                    now,
                )?;
                // Now that it is known which accounts the banks themselves call the same.
                if let Some(old) = replace::replaced_by(transaction, &item_id)? {
                    replace::take_over(transaction, &old, &item_id)?;
                }
                duplicates::notice(transaction, &item_id, Known::No, now)
            })
            .await
    }

    /// Name, logo and colour (/institutions/get_by_id).
    async fn load_institution(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let key = self.items.key(item_id).await?;
        let Some(institution_id) = key.institution_id else {
            return Ok(());
        };
        let settings = self.session.store.read(settings::read).await?;
        let options = InstitutionOptions {
            include_optional_metadata: true,
            include_status: false,
        };
        let request = || {
            self.session.client.institutions_get_by_id(
                &institution_id,
                &settings.country_codes,
                options,
            )
        };
        let answer = self
            .calls
            .pacing
            .read(Paced::Institution, None, request)
            .await?;
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                items_table::set_institution(transaction, &answer.institution)
            })
            .await
    }
}
