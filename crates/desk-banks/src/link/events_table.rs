//! The table `link_events`: callbacks and events of Link sessions, kept for support.

use jiff::Timestamp;
use rusqlite::Transaction;

use desk_core::{DeskError, moment::Moment};

/// Per session. Later events are dropped.
const MOST_EVENTS: u32 = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionEvent {
    pub name: String,
    pub(crate) view_name: Option<String>,
    pub institution_name: Option<String>,
    pub error_code: Option<String>,
    pub request_id: Option<String>,
    pub(crate) link_session_id: Option<String>,
    /// Plaid's ID of the event. /link/token/get repeats events, and each is stored once.
    pub(crate) plaid_event_id: Option<String>,
}

/// Stores an event up to the limit, and updates the session's institution and Plaid session ID. Returns how many
/// rows are new: 0 or 1.
pub(crate) fn add_event(
    transaction: &Transaction<'_>,
    session_id: &str,
    event: &SessionEvent,
    now: Timestamp,
) -> Result<usize, DeskError> {
    let added = transaction.execute(
        "INSERT INTO link_events (session_id, at, name, view_name, institution_name, error_code, request_id,
                                  plaid_event_id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9
         WHERE (SELECT count(*) FROM link_events WHERE session_id = ?1) < ?8
         ON CONFLICT (session_id, plaid_event_id) DO NOTHING",
        (
            session_id,
            Moment::from(now),
            &event.name,
            &event.view_name,
            &event.institution_name,
            &event.error_code,
            &event.request_id,
            MOST_EVENTS,
            &event.plaid_event_id,
        ),
    )?;
    transaction.execute(
        "UPDATE link_sessions SET link_session_id = coalesce(?2, link_session_id),
                institution_name = coalesce(?3, institution_name)
         WHERE session_id = ?1",
        (session_id, &event.link_session_id, &event.institution_name),
    )?;
    Ok(added)
}
