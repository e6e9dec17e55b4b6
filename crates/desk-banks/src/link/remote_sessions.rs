//! Sessions outside the Link window: in the system browser, or on a customer's device. Polls Plaid until each one
//! has a grant or has ended.

use std::time::Duration;

use plaid::{ItemId, LinkTokenGetResponse, LinkTokenSession, Timestamp};

use super::{
    callbacks, events_table,
    grants_table::Grant,
    session_ends,
    sessions_table::{self, SessionEnd, StateChange, UnfinishedSession},
    view::{LinkState, LinkWay},
};
use crate::link::Links;
use desk_core::{DeskError, kill, moment::Moment};

/// How long Plaid reports on a session that has ended.
pub(crate) const RESULTS_KEPT: Duration = Duration::from_secs(6 * 60 * 60);

/// The user is waiting.
const BROWSER_POLL: Duration = Duration::from_secs(3);

/// Base interval, and the range over which invitations are spread.
const INVITATION_POLL: (Duration, Duration) = (Duration::from_secs(55), Duration::from_secs(10));

const MAX_POLL_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How long a session may run that started just before its link token expired.
const LAST_SESSION_TIME: Duration = Duration::from_secs(30 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemoteStatus {
    /// The session has ended or has a grant.
    Settled,
    Open(LinkWay),
}

/// Staggers the first polls.
pub(crate) fn start_delay(number: u32) -> Duration {
    Duration::from_millis(200) * number
}

impl Links {
    pub(crate) fn watch_remote_session(&self, session_id: &str, first: Duration) {
        let (links, session_id) = (self.clone(), session_id.to_owned());
        self.session.spawn(async move {
            let mut failures = 0;
            let mut wait = first;
            while links.sleep_while_open(wait).await {
                wait = match links.check_remote_session(&session_id).await {
                    Ok(RemoteStatus::Settled) | Err(DeskError::NothingOpen) => return,
                    Ok(RemoteStatus::Open(way)) => {
                        failures = 0;
                        poll_interval(way, &session_id)
                    }
                    Err(error) => {
                        tracing::info!(%error, "Plaid could not be asked about a Link this yet");
                        failures += 1;
                        (BROWSER_POLL * 2_u32.saturating_pow(failures)).min(MAX_POLL_PAUSE)
                    }
                };
            }
        });
    }

    /// The hosted address cannot be revoked, so polling continues.
    pub(crate) async fn cancel_remote_session(&self, session_id: &str) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| sessions_table::mark_cancelled(transaction, &id, now))
            .await?;
        if step == StateChange::Applied {
            self.emit_session_changed(session_id, true);
        }
        Ok(())
    }

    /// Fails when Plaid cannot be asked. The session is unchanged then.
    pub(super) async fn check_remote_session(
        &self,
        session_id: &str,
    ) -> Result<RemoteStatus, DeskError> {
        let Some(link_session) = self.find_unfinished(session_id).await? else {
            return Ok(RemoteStatus::Settled);
        };
        if !matches!(link_session.state, LinkState::Created | LinkState::Opened) {
            return Ok(RemoteStatus::Settled);
        }
        let Some(link_token) = &link_session.link_token else {
            let not_made = session_ends::link_not_created(link_session.repairs.as_ref());
            return self.end_remote_session(&link_session, not_made).await;
        };
        let now = Moment::from(self.session.now());
        let expires_at = link_session.link_token_expires_at.unwrap_or(now);
        if now > expires_at.after(RESULTS_KEPT) {
            return self
                .end_remote_session(&link_session, unused_end(&link_session))
                .await;
        }
        let Some(status) = self.fetch_token_status(link_token).await? else {
            return self
                .end_remote_session(&link_session, unused_end(&link_session))
                .await;
        };
        self.record_token_status(&link_session, &status).await?;
        if let Some(grant) = callbacks::find_grant(&status.sessions) {
            return self.take_grant(&link_session, grant).await;
        }
        if let Some(item_id) = &link_session.repairs
            && self.check_repair_finished(item_id, &status).await?
        {
            self.accept_repair(session_id, item_id).await?;
            return Ok(RemoteStatus::Settled);
        }
        if let Some(exit) = find_browser_exit(&link_session, &status.sessions) {
            return self.end_remote_session(&link_session, exit).await;
        }
        if has_run_out(&link_session, &status.sessions, expires_at, now) {
            return self
                .end_remote_session(&link_session, unused_end(&link_session))
                .await;
        }
        Ok(RemoteStatus::Open(link_session.way))
    }

    /// Stores events and progress of an open session.
    async fn record_token_status(
        &self,
        link_session: &UnfinishedSession,
        status: &LinkTokenGetResponse,
    ) -> Result<(), DeskError> {
        let id = link_session.session_id.clone();
        let elsewhere = status
            .sessions
            .iter()
            // The window has already reported its own events.
            .filter(|plaid_session| {
                link_session.link_session_id.as_deref()
                    != Some(plaid_session.link_session_id.as_str())
            });
        let started_at: Option<Timestamp> = elsewhere
            .clone()
            .filter_map(|plaid_session| plaid_session.started_at)
            .min();
        let events: Vec<_> = elsewhere
            .flat_map(|plaid_session| &plaid_session.events)
            .map(|event| (callbacks::event_from_plaid(event), event.timestamp))
            .collect();
        let now = self.session.now();
        let news = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                sessions_table::record_check(transaction, &id, started_at, now)?;
                let mut news = 0;
                for (event, at) in &events {
                    news += events_table::add_event(transaction, &id, event, at.unwrap_or(now))?;
                }
                Ok(news)
            })
            .await?;
        if news > 0 || link_session.way == LinkWay::Invitation {
            self.emit_session_changed(&link_session.session_id, link_session.cancelled);
        }
        Ok(())
    }

    async fn take_grant(
        &self,
        link_session: &UnfinishedSession,
        grant: Grant,
    ) -> Result<RemoteStatus, DeskError> {
        if link_session.way == LinkWay::Invitation {
            kill::point("invitation.granted");
        }
        let id = &link_session.session_id;
        let repairs = link_session.repairs.as_ref();
        self.accept_grant(id, grant, repairs).await?;
        Ok(RemoteStatus::Settled)
    }

    /// Whether a repair finished. In update mode, Plaid reports no added Item, so look at the events, then at the
    /// Item.
    async fn check_repair_finished(
        &self,
        item_id: &ItemId,
        status: &LinkTokenGetResponse,
    ) -> Result<bool, DeskError> {
        let handed_off = |link_session: &LinkTokenSession| {
            let mut events = link_session.events.iter();
            link_session.exit.is_none() && events.any(|event| event.event_name == "HANDOFF")
        };
        let needless = |link_session: &LinkTokenSession| {
            callbacks::find_exit(std::slice::from_ref(link_session))
                .is_some_and(|exit| callbacks::exit_says_no_error(&exit))
        };
        if status
            .sessions
            .iter()
            .any(|link_session| handed_off(link_session) || needless(link_session))
        {
            return Ok(true);
        }
        // An extra call, so only after someone has been there.
        let ended = status
            .sessions
            .iter()
            .any(|link_session| link_session.finished_at.is_some() && link_session.exit.is_none());
        Ok(ended && self.check_item_recovered(item_id).await?)
    }

    async fn end_remote_session(
        &self,
        link_session: &UnfinishedSession,
        end: SessionEnd,
    ) -> Result<RemoteStatus, DeskError> {
        self.end_session(&link_session.session_id, end).await?;
        Ok(RemoteStatus::Settled)
    }
}

/// Session IDs spread the invitations over time.
fn poll_interval(way: LinkWay, session_id: &str) -> Duration {
    if way != LinkWay::Invitation {
        return BROWSER_POLL;
    }
    let (least, spread) = INVITATION_POLL;
    let sum: u32 = session_id.bytes().map(u32::from).sum();
    least + spread * (sum % 100) / 100
}

/// How the customer left, if that ends the session. An invitation can be opened again, so leaving does not end it.
fn find_browser_exit(
    link_session: &UnfinishedSession,
    told: &[LinkTokenSession],
) -> Option<SessionEnd> {
    if link_session.way != LinkWay::Browser {
        return None;
    }
    let elsewhere: Vec<LinkTokenSession> = told
        .iter()
        .filter(|plaid_session| {
            link_session.link_session_id.as_deref() != Some(plaid_session.link_session_id.as_str())
        })
        .cloned()
        .collect();
    // The customer may leave and open the address again, so the latest session counts.
    let last = elsewhere
        .iter()
        .max_by_key(|plaid_session| plaid_session.started_at)?;
    callbacks::find_exit(std::slice::from_ref(last))
}

fn has_run_out(
    link_session: &UnfinishedSession,
    told: &[LinkTokenSession],
    expires_at: Moment,
    now: Moment,
) -> bool {
    if link_session.way == LinkWay::Invitation {
        // Poll as long as Plaid reports results.
        return false;
    }
    let goes_on = told
        .iter()
        .any(|plaid_session| plaid_session.finished_at.is_none());
    let until = if goes_on {
        expires_at.after(LAST_SESSION_TIME)
    } else {
        expires_at
    };
    now > until
}

fn unused_end(link_session: &UnfinishedSession) -> SessionEnd {
    let repairs = link_session.repairs.as_ref();
    match link_session.way {
        _ if link_session.cancelled => session_ends::cancelled(repairs),
        LinkWay::Invitation => session_ends::invitation_unused(repairs),
        LinkWay::Window | LinkWay::Browser => session_ends::time_ran_out(repairs),
    }
}
