//! Accepts what the bank granted: stores it once, closes the Link page, and starts the exchange or the reload of a
//! repaired Item.

use plaid::ItemId;
use rusqlite::Transaction;

use super::{
    callbacks,
    duplicate_detection::{self, GrantedBank},
    events_table,
    grants_table::{self, Grant, GrantDecision},
    sessions_table::{self, StateChange},
};
use crate::link::Links;
use desk_core::{DeskError, event::DeskEvent, kill};

impl Links {
    pub(crate) fn emit_session_changed(&self, session_id: &str, ended: bool) {
        self.session.emit(DeskEvent::LinkChanged {
            session_id: session_id.to_owned(),
            ended,
        });
    }

    /// Closes the page before announcing the change, so that the next bank can be linked right away. A callback in
    /// progress is still answered.
    pub(crate) fn close_session_page(&self, session_id: &str) {
        self.window_slot.close(session_id);
        self.emit_session_changed(session_id, true);
    }

    /// Stores a grant once, and continues with it in the background. In update mode there is nothing to exchange, so
    /// the session ends.
    pub(crate) async fn accept_grant(
        &self,
        session_id: &str,
        grant: Grant,
        repairs: Option<&ItemId>,
    ) -> Result<StateChange, DeskError> {
        kill::point("link.granted");
        let (id, now, repair) = (session_id.to_owned(), self.session.now(), repairs.is_some());
        let (step, link_is_over) = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let (step, link_is_over) = if repair {
                    let link_session_id = grant.link_session_id.as_deref();
                    let step =
                        sessions_table::mark_repaired(transaction, &id, link_session_id, now)?;
                    (step, true)
                } else {
                    let decision = initial_decision(transaction, &id, &grant)?;
                    let step = grants_table::store_grant(
                        transaction,
                        &id,
                        &grant,
                        decision.as_ref(),
                        now,
                    )?;
                    (step, decision.is_none())
                };
                if step == StateChange::Applied {
                    events_table::add_event(
                        transaction,
                        &id,
                        &callbacks::success_event(&grant),
                        now,
                    )?;
                }
                Ok((step, link_is_over))
            })
            .await?;
        kill::point("link.grant_kept");
        if step == StateChange::Applied {
            if link_is_over {
                self.close_session_page(session_id);
            } else {
                self.emit_session_changed(session_id, false);
            }
            self.finish_in_background(session_id, repairs.cloned());
        }
        Ok(step)
    }

    pub(crate) async fn accept_repair(
        &self,
        session_id: &str,
        item_id: &ItemId,
    ) -> Result<StateChange, DeskError> {
        let step = self.record_repair(session_id).await?;
        if step == StateChange::Applied {
            self.finish_in_background(session_id, Some(item_id.clone()));
        }
        Ok(step)
    }

    pub(crate) async fn record_repair(&self, session_id: &str) -> Result<StateChange, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| sessions_table::mark_repaired(transaction, &id, None, now))
            .await?;
        if step == StateChange::Applied {
            self.close_session_page(session_id);
        }
        Ok(step)
    }

    pub(crate) fn finish_in_background(&self, session_id: &str, repairs: Option<ItemId>) {
        let (links, session_id) = (self.clone(), session_id.to_owned());
        self.session.spawn(async move {
            match repairs {
                Some(item_id) => links.reload_repaired_item(&item_id).await,
                None => links.exchange_after_decision(&session_id).await,
            }
        });
    }
}

/// Returns None when the user has to decide.
fn initial_decision(
    transaction: &Transaction<'_>,
    session_id: &str,
    grant: &Grant,
) -> Result<Option<GrantDecision>, DeskError> {
    if sessions_table::is_cancelled(transaction, session_id)? {
        return Ok(Some(GrantDecision::Withdraw));
    }
    let named = GrantedBank {
        institution_id: grant.institution_id.as_deref(),
        accounts: &grant.accounts,
        person_id: &duplicate_detection::find_session_person(transaction, session_id)?,
    };
    let alike = duplicate_detection::find_for_grant(transaction, &named)?;
    Ok(alike.is_empty().then_some(GrantDecision::Keep))
}
