//! Exchanges a public token for an Item. The grant is on disk before Link's page gets its answer, and the Item with
//! its access token is on disk before the next call to Plaid.

use std::time::Duration;

use jiff::Timestamp;
use plaid::{ItemId, ItemPublicTokenExchangeResponse, SideEffect};
use rusqlite::Transaction;

use super::{
    duplicate_decision::DecisionWait,
    duplicate_detection::{self, DuplicateNotice},
    exchange_problems::{expired_problem, rejected_token_problem},
    grants_table::{self, ExchangeState, GrantDecision, PendingGrant},
    sessions_table::{self, EndScope, SessionEnd},
    settings_transfer,
    view::LinkState,
};
use crate::{
    items::{
        table as items_table,
        table::{AccountFacts, Listing, NewItem},
    },
    link::Links,
};
use desk_core::{
    DeskError, event::DeskEvent, kill, moment::Moment, persist::store_at_last, problem::Problem,
};

/// Plaid's limit.
pub(crate) const PUBLIC_TOKEN_LIFE: Duration = Duration::from_secs(30 * 60);

/// First and longest pause between attempts.
const RETRY_PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

impl Links {
    pub(crate) async fn exchange_after_decision(&self, session_id: &str) {
        if self.wait_for_decision(session_id).await == DecisionWait::Exchange {
            self.exchange_until_settled(session_id).await;
        }
    }

    /// Retries while the token is valid and Plaid cannot be reached.
    async fn exchange_until_settled(&self, session_id: &str) {
        let (mut pause, longest) = RETRY_PAUSES;
        loop {
            match self.exchange_public_token(session_id).await {
                Ok(ExchangeAttempt::Settled) | Err(DeskError::NothingOpen) => return,
                Ok(ExchangeAttempt::RetryLater) => {}
                Err(error) => tracing::error!(%error, "a grant could not be read"),
            }
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// Does nothing unless the grant is ready for its exchange.
    pub(super) async fn exchange_public_token(
        &self,
        session_id: &str,
    ) -> Result<ExchangeAttempt, DeskError> {
        let under_way = self.session.token_call();
        let Some((granted, decision)) = self.record_exchange_start(session_id).await? else {
            return Ok(ExchangeAttempt::Settled);
        };
        if Moment::from(self.session.now()) > granted.succeeded_at.after(PUBLIC_TOKEN_LIFE) {
            self.expire_grant(session_id, &granted).await?;
            return Ok(ExchangeAttempt::Settled);
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
                self.store_item(session_id, (&granted, &decision), exchanged)
                    .await?;
                kill::point("exchange.stored");
                drop(under_way);
                self.follow_up_exchange(item_id, decision).await;
                kill::point("exchange.detailed");
                Ok(ExchangeAttempt::Settled)
            }
            Err(error) if error.error_code() == Some("INVALID_PUBLIC_TOKEN") => {
                let problem = rejected_token_problem(error, &granted);
                self.end_granted_session(session_id, LinkState::Failed, problem)
                    .await?;
                Ok(ExchangeAttempt::Settled)
            }
            Err(error) => {
                self.record_exchange_failure(session_id, granted.exchange, error)
                    .await?;
                Ok(ExchangeAttempt::RetryLater)
            }
        }
    }

    /// Records that the public token is about to be sent, and returns the grant as it was before.
    async fn record_exchange_start(
        &self,
        session_id: &str,
    ) -> Result<Option<(PendingGrant, GrantDecision)>, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let Some(granted) = grants_table::find_pending_grant(transaction, &id)? else {
                    return Ok(None);
                };
                // Send nothing until the user has decided.
                let Some(decision) = granted.decision.clone() else {
                    return Ok(None);
                };
                grants_table::mark_exchange_sent(transaction, &id, now)?;
                Ok(Some((granted, decision)))
            })
            .await
    }

    async fn record_exchange_failure(
        &self,
        session_id: &str,
        before: ExchangeState,
        error: plaid::Error,
    ) -> Result<(), DeskError> {
        let exchange = match error.side_effect() {
            SideEffect::None => before,
            SideEffect::Possible => ExchangeState::MaybeSent,
        };
        let (id, problem) = (session_id.to_owned(), Problem::from(DeskError::from(error)));
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                grants_table::record_exchange_failure(transaction, &id, &problem, exchange)
            })
            .await?;
        self.emit_session_changed(session_id, false);
        Ok(())
    }

    /// Stores the Item, its access token, and its accounts, and ends the session, in one transaction. Retries until
    /// the disk accepts it, because the exchange's answer is the only copy of the token.
    async fn store_item(
        &self,
        session_id: &str,
        (granted, decision): (&PendingGrant, &GrantDecision),
        exchanged: ItemPublicTokenExchangeResponse,
    ) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let (granted, decision) = (granted.clone(), decision.clone());
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
                let state = apply_decision(transaction, item_id, &decision, known, now)?;
                grants_table::finish_with_item(transaction, &id, item_id, state, now)
            },
        )
        .await?;
        self.close_session_page(session_id);
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    async fn follow_up_exchange(&self, item_id: ItemId, decision: GrantDecision) {
        match decision {
            GrantDecision::Withdraw => {
                self.items.remove_in_background(item_id);
                return;
            }
            GrantDecision::Replace(old) => {
                kill::point("replace.stored");
                self.items.remove_in_background(old);
            }
            GrantDecision::Keep | GrantDecision::KeepBoth => {}
        }
        self.load_item_details(&item_id).await;
    }

    async fn end_granted_session(
        &self,
        session_id: &str,
        state: LinkState,
        problem: Problem,
    ) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let end = SessionEnd::new(state, Some(problem));
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                sessions_table::end_session(transaction, &id, EndScope::WithGrant, &end, now)
            })
            .await?;
        self.close_session_page(session_id);
        Ok(())
    }

    pub(crate) async fn expire_grant(
        &self,
        session_id: &str,
        granted: &PendingGrant,
    ) -> Result<(), DeskError> {
        let problem = expired_problem(granted);
        self.end_granted_session(session_id, LinkState::Expired, problem)
            .await
    }
}

pub(super) enum ExchangeAttempt {
    /// The Item exists, or never will.
    Settled,
    /// Network or Plaid trouble.
    RetryLater,
}

/// Starts the removal that the decision requires and records duplicates. Returns the session's final state.
fn apply_decision(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    decision: &GrantDecision,
    known: bool,
    now: Timestamp,
) -> Result<LinkState, DeskError> {
    match decision {
        // Never remove an Item that existed before.
        GrantDecision::Withdraw if !known => {
            items_table::begin_removal(transaction, item_id, now)?;
            return Ok(LinkState::Withdrawn);
        }
        GrantDecision::Replace(old) => {
            // The user may have removed the old Item in the meantime.
            if old != item_id {
                settings_transfer::transfer_settings(transaction, old, item_id)?;
                if items_table::item_key(transaction, old).is_ok() {
                    items_table::begin_removal(transaction, old, now)?;
                }
            }
            duplicate_detection::record_duplicates(
                transaction,
                item_id,
                DuplicateNotice::Dismissed,
                now,
            )?;
        }
        GrantDecision::KeepBoth => duplicate_detection::record_duplicates(
            transaction,
            item_id,
            DuplicateNotice::Dismissed,
            now,
        )?,
        GrantDecision::Keep | GrantDecision::Withdraw => duplicate_detection::record_duplicates(
            transaction,
            item_id,
            DuplicateNotice::Shown,
            now,
        )?,
    }
    Ok(LinkState::Exchanged)
}
