//! What Plaid knows about a session whose end we did not see. Uses /link/token/get, and also /item/get for a repair.

use plaid::{ItemId, LinkTokenGetResponse, LinkTokenSession};

use super::{
    callbacks,
    grants_table::Grant,
    sessions_table::{LinkProgress, SessionEnd, UnfinishedSession},
};
use crate::link::Links;
use desk_core::{DeskError, calls::rate_limits::repeated};

pub enum SessionOutcome {
    Grant(Box<Grant>),
    Repaired(ItemId),
    Exit(Box<SessionEnd>),
    /// No grant, no exit, and neither can follow.
    Nothing,
    /// No grant and no exit, but the bank may be deciding.
    UnderWay,
}

impl Links {
    /// Returns None when Plaid no longer knows the link token.
    pub(crate) async fn fetch_token_status(
        &self,
        link_token: &plaid::LinkToken,
    ) -> Result<Option<LinkTokenGetResponse>, DeskError> {
        match repeated(|| self.session.client.link_token_get(link_token)).await {
            Ok(status) => Ok(Some(status)),
            Err(error) if is_unknown_token(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn look_up_outcome(
        &self,
        link_session: &UnfinishedSession,
        link_token: &plaid::LinkToken,
    ) -> Result<SessionOutcome, DeskError> {
        let found = self
            .fetch_token_status(link_token)
            .await?
            .map_or(SessionOutcome::Nothing, |status| {
                outcome_from_sessions(&status.sessions, link_session.reached)
            });
        match (&link_session.repairs, &found) {
            (Some(item_id), SessionOutcome::Exit(exit)) if callbacks::exit_says_no_error(exit) => {
                Ok(SessionOutcome::Repaired(item_id.clone()))
            }
            (Some(item_id), SessionOutcome::Nothing | SessionOutcome::UnderWay)
                if self.check_item_recovered(item_id).await? =>
            {
                Ok(SessionOutcome::Repaired(item_id.clone()))
            }
            _ => Ok(found),
        }
    }

    /// Checks for a grant although the page reported an exit: a page that is closed abruptly reports an exit even
    /// after the bank agreed.
    pub(crate) async fn look_up_outcome_after_exit(
        &self,
        link_session: &UnfinishedSession,
    ) -> Result<SessionOutcome, DeskError> {
        let Some(link_token) = &link_session.link_token else {
            return Ok(SessionOutcome::Nothing);
        };
        if link_session.reached == LinkProgress::BeforeBank {
            return Ok(SessionOutcome::Nothing);
        }
        let status = self.fetch_token_status(link_token).await?;
        if let Some(grant) = status.and_then(|status| callbacks::find_grant(&status.sessions)) {
            return Ok(SessionOutcome::Grant(Box::new(grant)));
        }
        match &link_session.repairs {
            Some(item_id) if self.check_item_recovered(item_id).await? => {
                Ok(SessionOutcome::Repaired(item_id.clone()))
            }
            _ => Ok(SessionOutcome::Nothing),
        }
    }

    /// Whether a broken Item works now. In update mode, Plaid reports no added Item.
    pub(crate) async fn check_item_recovered(&self, item_id: &ItemId) -> Result<bool, DeskError> {
        if self.items.is_healthy(item_id).await? {
            return Ok(false);
        }
        match self.items.check(item_id).await {
            Ok(()) => self.items.is_healthy(item_id).await,
            // The Item is gone or being removed, or Plaid says it is broken.
            Err(DeskError::AlreadyRunning(_) | DeskError::NotFound(_)) => Ok(false),
            Err(error) if error.plaid().and_then(plaid::Error::api).is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn outcome_from_sessions(sessions: &[LinkTokenSession], reached: LinkProgress) -> SessionOutcome {
    if let Some(grant) = callbacks::find_grant(sessions) {
        return SessionOutcome::Grant(Box::new(grant));
    }
    if let Some(exit) = callbacks::find_exit(sessions) {
        return SessionOutcome::Exit(Box::new(exit));
    }
    let over = match reached {
        LinkProgress::BeforeBank => true,
        LinkProgress::Unknown => sessions
            .iter()
            .all(|link_session| link_session.finished_at.is_some()),
        LinkProgress::AtBank => {
            !sessions.is_empty()
                && sessions
                    .iter()
                    .all(|link_session| link_session.finished_at.is_some())
        }
    };
    if over {
        SessionOutcome::Nothing
    } else {
        SessionOutcome::UnderWay
    }
}

fn is_unknown_token(error: &plaid::Error) -> bool {
    matches!(
        error.error_code(),
        Some("INVALID_LINK_TOKEN" | "NOT_FOUND" | "INVALID_FIELD")
    )
}
