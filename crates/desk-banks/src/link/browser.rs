//! Continuing in the system browser: a session in the Link window is handed over, through the address that Plaid has
//! made for it. Banks that refuse embedded windows, and passkeys, work there.

use std::fmt;

use url::Url;

use super::{
    table::{self, Step},
    view::{LinkSessionView, LinkState, LinkWay},
    watch,
};
use crate::link::Links;
use desk_core::{DeskError, moment::Moment};

/// A session that goes on in the system browser.
#[derive(Clone)]
pub struct HandedOver {
    /// The session.
    pub session: LinkSessionView,
    /// What to open: whoever has it can link in the person's place.
    pub url: Url,
}

impl fmt::Debug for HandedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandedOver")
            .field("session", &self.session)
            .field("url", &"[redacted]")
            .finish()
    }
}

impl Links {
    /// Hands a session over to the system browser. That is written down before this returns, so that closing its window
    /// does not end it. A session that is there already answers its address again.
    ///
    /// # Errors
    /// `NotFound` when the session is not, or has nothing to go on with; why Plaid gave no other link token when the one
    /// it had has run out.
    pub async fn continue_in_browser(&self, session_id: &str) -> Result<HandedOver, DeskError> {
        self.renew_if_run_out(session_id).await?;
        let id = session_id.to_owned();
        let (step, url) = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let step = table::hand_over(transaction, &id)?;
                Ok((step, table::url_in_browser(transaction, &id)?))
            })
            .await?;
        let url = url.ok_or(DeskError::NotFound("A bank to go on linking"))?;
        let url = Url::parse(&url)
            .map_err(|_| DeskError::Internal("the address of a Link session is none"))?;
        if step == Step::Taken {
            self.live.release(session_id);
            self.emit_changed(session_id, false);
            self.watch_elsewhere(session_id, watch::turn(0));
        }
        Ok(HandedOver {
            session: self.view_of(session_id).await?,
            url,
        })
    }
    /// An address opens as long as its link token holds. A window may have been open for longer.
    async fn renew_if_run_out(&self, session_id: &str) -> Result<(), DeskError> {
        let now = Moment::from(self.session.now());
        let run_out = self
            .unfinished(session_id)
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
