//! What Plaid knows of a session that the desk did not see the end of: /link/token/get, and for a repair that says too
//! little, /item/get too.

use plaid::{ItemId, LinkTokenGetResponse, LinkTokenSession};

use super::{
    callback,
    grants::Grant,
    table::{End, Reached, Unfinished},
};
use crate::link::Links;
use desk_core::{DeskError, calls::rate_limits::repeated};

/// What Plaid knows of a session that the desk did not see the end of.
pub enum Found {
    Grant(Box<Grant>),
    /// The Item of a repair works again.
    Repaired,
    Exit(Box<End>),
    /// Neither a grant nor an exit, and none to come.
    Nothing,
    /// Neither a grant nor an exit, but the bank may be deciding.
    UnderWay,
}

impl Links {
    /// Asks /link/token/get; none when Plaid has answered that it does not know the session any more.
    pub(crate) async fn fetch_status(
        &self,
        link_token: &plaid::LinkToken,
    ) -> Result<Option<LinkTokenGetResponse>, DeskError> {
        match repeated(|| self.session.client.link_token_get(link_token)).await {
            Ok(status) => Ok(Some(status)),
            Err(error) if forgotten(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds out what became of a session in the Link window.
    pub(crate) async fn look_up_result(
        &self,
        link_session: &Unfinished,
        link_token: &plaid::LinkToken,
    ) -> Result<Found, DeskError> {
        let found = self
            .fetch_status(link_token)
            .await?
            .map_or(Found::Nothing, |status| {
                found(&status.sessions, link_session.reached)
            });
        match (&link_session.repairs, &found) {
            (Some(_), Found::Exit(exit)) if callback::works_already(exit) => Ok(Found::Repaired),
            (Some(item_id), Found::Nothing | Found::UnderWay)
                if self.check_works_again(item_id).await? =>
            {
                Ok(Found::Repaired)
            }
            _ => Ok(found),
        }
    }

    /// What a session has come to although its page says that the person left: a page that is told to leave at once says
    /// so of a bank that has agreed, too.
    pub(crate) async fn look_up_despite_exit(
        &self,
        link_session: &Unfinished,
    ) -> Result<Found, DeskError> {
        let Some(link_token) = &link_session.link_token else {
            return Ok(Found::Nothing);
        };
        if link_session.reached == Reached::Start {
            return Ok(Found::Nothing);
        }
        let status = self.fetch_status(link_token).await?;
        if let Some(grant) = status.and_then(|status| callback::grant_found(&status.sessions)) {
            return Ok(Found::Grant(Box::new(grant)));
        }
        match &link_session.repairs {
            Some(item_id) if self.check_works_again(item_id).await? => Ok(Found::Repaired),
            _ => Ok(Found::Nothing),
        }
    }
}

fn found(sessions: &[LinkTokenSession], reached: Reached) -> Found {
    if let Some(grant) = callback::grant_found(sessions) {
        return Found::Grant(Box::new(grant));
    }
    if let Some(exit) = callback::exit_found(sessions) {
        return Found::Exit(Box::new(exit));
    }
    let over = match reached {
        Reached::Start => true,
        Reached::Unknown => sessions
            .iter()
            .all(|link_session| link_session.finished_at.is_some()),
        Reached::Bank => {
            !sessions.is_empty()
                && sessions
                    .iter()
                    .all(|link_session| link_session.finished_at.is_some())
        }
    };
    if over {
        Found::Nothing
    } else {
        Found::UnderWay
    }
}

fn forgotten(error: &plaid::Error) -> bool {
    matches!(
        error.error_code(),
        Some("INVALID_LINK_TOKEN" | "NOT_FOUND" | "INVALID_FIELD")
    )
}

impl Links {
    /// Whether an Item that did not work does so now: in update mode, Plaid names no Item that was added.
    pub(crate) async fn check_works_again(&self, item_id: &ItemId) -> Result<bool, DeskError> {
        if self.items.is_healthy(item_id).await? {
            return Ok(false);
        }
        match self.items.check(item_id).await {
            Ok(()) => self.items.is_healthy(item_id).await,
            // It is being removed or gone, or Plaid says that it does not work.
            Err(DeskError::AlreadyRunning(_) | DeskError::NotFound(_)) => Ok(false),
            Err(error) if error.plaid().and_then(plaid::Error::api).is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
