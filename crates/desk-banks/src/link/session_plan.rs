//! What a session is for, and how it is saved before the first call to Plaid.

use super::{
    sessions_table::{
        self, EndScope, LinkChannel, LinkGoal, NewLinkSession, SessionEnd, StateChange,
    },
    view::{LinkState, PersonChoice, Purpose},
};
use crate::{items::people, link::Links};
use desk_core::{DeskError, kill, problem::Problem};

#[derive(Clone)]
pub(super) struct SessionPlan {
    pub(super) purpose: Purpose,
    pub(super) customer: SessionCustomer,
    pub(super) goal: LinkGoal,
    pub(super) channel: LinkChannel,
}

#[derive(Clone)]
pub(super) enum SessionCustomer {
    Chosen(PersonChoice),
    /// The customer of the repaired Item or of the renewed invitation.
    Existing {
        person_id: String,
        client_user_id: String,
    },
}

impl Links {
    /// Saves a session before the first call to Plaid. Returns the customer's `client_user_id`.
    pub(super) async fn store_new_session(
        &self,
        session_id: &str,
        plan: SessionPlan,
    ) -> Result<String, DeskError> {
        let (session_id, now) = (session_id.to_owned(), self.session.now());
        let client_user_id = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let (person_id, client_user_id) = match plan.customer {
                    SessionCustomer::Chosen(choice) => {
                        let person = people::choose(transaction, &choice, now)?;
                        (person.person_id, person.client_user_id)
                    }
                    SessionCustomer::Existing {
                        person_id,
                        client_user_id,
                    } => (person_id, client_user_id),
                };
                let link_session = NewLinkSession {
                    session_id: &session_id,
                    person_id: &person_id,
                    purpose: plan.purpose,
                    goal: &plan.goal,
                    channel: &plan.channel,
                };
                sessions_table::insert_session(transaction, &link_session, now)?;
                Ok(client_user_id)
            })
            .await?;
        kill::point("link.written");
        Ok(client_user_id)
    }

    pub(super) async fn end_session(
        &self,
        session_id: &str,
        end: SessionEnd,
    ) -> Result<StateChange, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                sessions_table::end_session(transaction, &id, EndScope::BeforeGrant, &end, now)
            })
            .await?;
        if step == StateChange::Applied {
            self.close_session_page(session_id);
        }
        Ok(step)
    }

    /// Records the error, or a finished repair when there was nothing to repair.
    pub(super) async fn record_failed_start(&self, session_id: &str, error: &DeskError) {
        let ended = if matches!(error, DeskError::WorksAgain) {
            self.record_repair(session_id).await
        } else {
            let failed = SessionEnd::new(LinkState::Failed, Some(Problem::from(error)));
            self.end_session(session_id, failed).await
        };
        if let Err(error) = ended {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }
}
