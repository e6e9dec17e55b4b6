//! Sessions that go on elsewhere, in the system browser or on a customer's device: Plaid is asked what becomes of them
//! until they come to a grant or to their end, and whatever is granted is taken.

use std::time::Duration;

use plaid::{ItemId, LinkTokenGetResponse, LinkTokenSession, Timestamp};

use super::{
    callback, endings,
    grants::Grant,
    table::{self, End, Step, Unfinished},
    view::{LinkState, LinkWay},
};
use crate::link::Links;
use desk_core::{DeskError, kill, moment::Moment};

/// How long Plaid tells of a session that has ended.
pub(crate) const RESULTS_KEPT: Duration = Duration::from_secs(6 * 60 * 60);

/// How often Plaid is asked about a session in the system browser: somebody sits there and waits.
const IN_BROWSER: Duration = Duration::from_secs(3);

/// How often about an invitation, and by how much this is spread.
const INVITATION: (Duration, Duration) = (Duration::from_secs(55), Duration::from_secs(10));

/// The longest pause after Plaid could not be asked.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// How long a session may go on that was begun before its link token ran out.
const LAST_SESSION: Duration = Duration::from_secs(30 * 60);

/// What Plaid has said of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It has its end, or its grant.
    Settled,
    /// It goes on, or has not begun.
    GoesOn(LinkWay),
}

/// When the session of this number is asked about first: not all at once.
pub(crate) fn turn(number: u32) -> Duration {
    Duration::from_millis(200) * number
}

impl Links {
    /// Watches a session until it is settled, in the background.
    pub(crate) fn watch_elsewhere(&self, session_id: &str, first: Duration) {
        let (this, session_id) = (self.clone(), session_id.to_owned());
        self.session.spawn(async move {
            let mut failures = 0;
            let mut wait = first;
            while this.pause(wait).await {
                wait = match this.check_elsewhere(&session_id).await {
                    Ok(Seen::Settled) | Err(DeskError::NothingOpen) => return,
                    Ok(Seen::GoesOn(way)) => {
                        failures = 0;
                        every(way, &session_id)
                    }
                    Err(error) => {
                        tracing::info!(%error, "Plaid could not be asked about a Link this yet");
                        failures += 1;
                        (IN_BROWSER * 2_u32.saturating_pow(failures)).min(LONGEST)
                    }
                };
            }
        });
    }
}

/// The pause between two looks. Invitations are spread by their names.
fn every(way: LinkWay, session_id: &str) -> Duration {
    if way != LinkWay::Invitation {
        return IN_BROWSER;
    }
    let (least, spread) = INVITATION;
    let sum: u32 = session_id.bytes().map(u32::from).sum();
    least + spread * (sum % 100) / 100
}

impl Links {
    /// Asks Plaid now.
    ///
    /// # Errors
    /// Why Plaid could not be asked: the session stays as it is.
    pub(crate) async fn check_elsewhere_now(&self, session_id: &str) -> Result<(), DeskError> {
        self.check_elsewhere(session_id).await.map(|_| ())
    }

    /// Gives up a session that goes on elsewhere. Its address cannot be taken back, so it is watched on.
    ///
    /// # Errors
    /// `Database`, `Disk`.
    pub(crate) async fn cancel_elsewhere(&self, session_id: &str) -> Result<(), DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| table::cancel(transaction, &id, now))
            .await?;
        if step == Step::Taken {
            self.emit_changed(session_id, true);
        }
        Ok(())
    }

    async fn check_elsewhere(&self, session_id: &str) -> Result<Seen, DeskError> {
        let Some(link_session) = self.unfinished(session_id).await? else {
            return Ok(Seen::Settled);
        };
        if !matches!(link_session.state, LinkState::Created | LinkState::Opened) {
            return Ok(Seen::Settled);
        }
        let Some(link_token) = &link_session.link_token else {
            let not_made = endings::not_made(link_session.repairs.as_ref());
            return self.end_elsewhere(&link_session, not_made).await;
        };
        let now = Moment::from(self.session.now());
        let expires_at = link_session.link_token_expires_at.unwrap_or(now);
        if now > expires_at.after(RESULTS_KEPT) {
            return self.end_elsewhere(&link_session, over(&link_session)).await;
        }
        let Some(status) = self.fetch_status(link_token).await? else {
            return self.end_elsewhere(&link_session, over(&link_session)).await;
        };
        self.note_status(&link_session, &status).await?;
        if let Some(grant) = callback::grant_found(&status.sessions) {
            return self.take_grant(&link_session, grant).await;
        }
        if let Some(item_id) = &link_session.repairs
            && self.is_repaired(item_id, &status).await?
        {
            return self.take_repair(&link_session).await;
        }
        if let Some(exit) = left(&link_session, &status.sessions) {
            return self.end_elsewhere(&link_session, exit).await;
        }
        if can_come_to_nothing(&link_session, &status.sessions, expires_at, now) {
            return self.end_elsewhere(&link_session, over(&link_session)).await;
        }
        Ok(Seen::GoesOn(link_session.way))
    }

    /// Keeps what Plaid tells of a session on its way.
    async fn note_status(
        &self,
        link_session: &Unfinished,
        status: &LinkTokenGetResponse,
    ) -> Result<(), DeskError> {
        let id = link_session.session_id.clone();
        let elsewhere = status
            .sessions
            .iter()
            // What happened in the window, the window has told.
            .filter(|told| {
                link_session.link_session_id.as_deref() != Some(told.link_session_id.as_str())
            });
        let started_at: Option<Timestamp> =
            elsewhere.clone().filter_map(|told| told.started_at).min();
        let events: Vec<_> = elsewhere
            .flat_map(|told| &told.events)
            .map(|event| (callback::told_event(event), event.timestamp))
            .collect();
        let now = self.session.now();
        let news = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                table::checked(transaction, &id, started_at, now)?;
                let mut news = 0;
                for (event, at) in &events {
                    news += table::add_event(transaction, &id, event, at.unwrap_or(now))?;
                }
                Ok(news)
            })
            .await?;
        if news > 0 || link_session.way == LinkWay::Invitation {
            self.emit_changed(&link_session.session_id, link_session.cancelled);
        }
        Ok(())
    }

    async fn take_grant(&self, link_session: &Unfinished, grant: Grant) -> Result<Seen, DeskError> {
        if link_session.way == LinkWay::Invitation {
            kill::point("invitation.granted");
        }
        let id = &link_session.session_id;
        let repairs = link_session.repairs.as_ref();
        if self.accept_grant(id, grant, repairs).await? == Step::Taken {
            self.follow_up(id, link_session.repairs.clone());
        }
        Ok(Seen::Settled)
    }

    /// Whether update mode came to its end: Plaid names no Item that was added, but what happened.
    async fn is_repaired(
        &self,
        item_id: &ItemId,
        status: &LinkTokenGetResponse,
    ) -> Result<bool, DeskError> {
        let handed_off = |link_session: &LinkTokenSession| {
            let mut events = link_session.events.iter();
            link_session.exit.is_none() && events.any(|event| event.event_name == "HANDOFF")
        };
        let needless = |link_session: &LinkTokenSession| {
            callback::exit_found(std::slice::from_ref(link_session))
                .is_some_and(|exit| callback::works_already(&exit))
        };
        if status
            .sessions
            .iter()
            .any(|link_session| handed_off(link_session) || needless(link_session))
        {
            return Ok(true);
        }
        // Asked only once somebody has been there: it is one call more.
        let ended = status
            .sessions
            .iter()
            .any(|link_session| link_session.finished_at.is_some() && link_session.exit.is_none());
        Ok(ended && self.check_works_again(item_id).await?)
    }

    async fn take_repair(&self, link_session: &Unfinished) -> Result<Seen, DeskError> {
        let id = &link_session.session_id;
        if self.accept_repair(id).await? == Step::Taken {
            self.follow_up(id, link_session.repairs.clone());
        }
        Ok(Seen::Settled)
    }
}

/// How the person left, if that ends the session: a customer may come back to an invitation.
fn left(link_session: &Unfinished, told: &[LinkTokenSession]) -> Option<End> {
    if link_session.way != LinkWay::Browser {
        return None;
    }
    let elsewhere: Vec<LinkTokenSession> = told
        .iter()
        .filter(|told| {
            link_session.link_session_id.as_deref() != Some(told.link_session_id.as_str())
        })
        .cloned()
        .collect();
    // The last one counts: the person may have left and opened the address again.
    let last = elsewhere.iter().max_by_key(|told| told.started_at)?;
    callback::exit_found(std::slice::from_ref(last))
}

/// Whether nothing can come of a session any more.
fn can_come_to_nothing(
    link_session: &Unfinished,
    told: &[LinkTokenSession],
    expires_at: Moment,
    now: Moment,
) -> bool {
    if link_session.way == LinkWay::Invitation {
        // Plaid is asked as long as it can tell.
        return false;
    }
    let goes_on = told.iter().any(|told| told.finished_at.is_none());
    let until = if goes_on {
        expires_at.after(LAST_SESSION)
    } else {
        expires_at
    };
    now > until
}

impl Links {
    async fn end_elsewhere(&self, link_session: &Unfinished, end: End) -> Result<Seen, DeskError> {
        self.end_session(&link_session.session_id, end).await?;
        Ok(Seen::Settled)
    }
}

/// The end of a session of which nothing came in its time.
fn over(link_session: &Unfinished) -> End {
    let repairs = link_session.repairs.as_ref();
    match link_session.way {
        _ if link_session.cancelled => endings::given_up(repairs),
        LinkWay::Invitation => endings::unused(repairs),
        LinkWay::Window | LinkWay::Browser => endings::expired(repairs),
    }
}
