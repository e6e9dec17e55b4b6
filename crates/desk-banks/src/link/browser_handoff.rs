//! Hands a session from the Link window to the system browser, using the hosted address Plaid made for it. Passkeys,
//! and banks that refuse embedded windows, work there.

use std::fmt;

use url::Url;

use super::{
    remote_sessions,
    sessions_table::{self, StateChange},
    view::{LinkSessionView, LinkState, LinkWay},
};
use crate::link::Links;
use desk_core::{DeskError, moment::Moment};

#[derive(Clone)]
pub struct BrowserHandoff {
    pub session: LinkSessionView,
    /// Anyone who has this address can link a bank in the customer's place, so it is never logged.
    pub url: Url,
}

impl fmt::Debug for BrowserHandoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserHandoff")
            .field("session", &self.session)
            .field("url", &"[redacted]")
            .finish()
    }
}

impl Links {
    /// Saves the handoff before returning, so closing the window no longer ends the session. For a session that is
    /// already in the browser, returns its address again.
    pub async fn continue_in_browser(&self, session_id: &str) -> Result<BrowserHandoff, DeskError> {
        self.renew_expired_link_token(session_id).await?;
        let id = session_id.to_owned();
        let (step, url) = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let step = sessions_table::switch_to_browser(transaction, &id)?;
                Ok((step, sessions_table::find_browser_url(transaction, &id)?))
            })
            .await?;
        let url = url.ok_or(DeskError::NotFound("A bank to go on linking"))?;
        let url = Url::parse(&url)
            .map_err(|_| DeskError::Internal("the address of a Link session is none"))?;
        if step == StateChange::Applied {
            self.window_slot.close(session_id);
            self.emit_session_changed(session_id, false);
            self.watch_remote_session(session_id, remote_sessions::start_delay(0));
        }
        Ok(BrowserHandoff {
            session: self.get(session_id).await?,
            url,
        })
    }
    /// The hosted address works only as long as the link token, and a window may stay open longer.
    async fn renew_expired_link_token(&self, session_id: &str) -> Result<(), DeskError> {
        let now = Moment::from(self.session.now());
        let run_out = self
            .find_unfinished(session_id)
            .await?
            .is_some_and(|link_session| {
                link_session.way == LinkWay::Window
                    && link_session.state == LinkState::Opened
                    && link_session
                        .link_token_expires_at
                        .is_some_and(|at| at <= now)
            });
        if run_out {
            self.renew_link_token(session_id).await?;
        }
        Ok(())
    }
}
