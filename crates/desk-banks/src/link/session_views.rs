//! Reads Link sessions for the screens. A cancelled session whose address still works is shown as ended, although
//! polling continues.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::{
    duplicate_detection,
    grants_table::DECISION_TIME,
    session_ends,
    view::{
        DuplicateView, InvitationProgress, InvitationView, LinkEventView, LinkSessionView,
        LinkState, LinkWay,
    },
};
use desk_core::{DeskError, moment::Moment, problem::Problem};

const MOST_SESSIONS: u32 = 200;

const ENDED_LISTED: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

const VIEW: &str =
    "SELECT session_id, state, purpose, people.name, repairs_item_id, link_sessions.created_at,
       ended_at, institution_name, coalesce(item_id, repairs_item_id) AS about_item_id, problem, exit_status, link_session_id,
       way, choose_accounts, hosted_link_url, note, language, link_token_expires_at, started_at, checked_at, cancelled_at,
       succeeded_at
  FROM link_sessions JOIN people USING (person_id)";

pub fn session_view(
    connection: &Connection,
    session_id: &str,
    now: Timestamp,
) -> Result<LinkSessionView, DeskError> {
    let sql = format!("{VIEW} WHERE session_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([session_id])?;
    match rows.next()? {
        Some(row) => view_from_row(connection, row, Moment::from(now)),
        None => Err(DeskError::NotFound("This Link session")),
    }
}

/// Newest first.
pub fn session_views(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<LinkSessionView>, DeskError> {
    let sql = format!(
        "{VIEW} ORDER BY link_sessions.created_at DESC, link_sessions.rowid DESC LIMIT {MOST_SESSIONS}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    collect_views(connection, &mut rows, now)
}

/// Open invitations first, then recently ended ones, newest first.
pub(crate) fn invitation_views(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<LinkSessionView>, DeskError> {
    let sql = format!(
        "{VIEW} WHERE way = 'invitation' AND link_token_expires_at IS NOT NULL
           AND (ended_at IS NULL OR ended_at > ?1)
         ORDER BY link_sessions.created_at DESC, link_sessions.rowid DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([Moment::from(now).before(ENDED_LISTED)])?;
    let mut sessions = collect_views(connection, &mut rows, now)?;
    sessions.sort_by_key(|link_session| {
        !link_session
            .invitation
            .as_ref()
            .is_some_and(|invitation| is_open(invitation.progress))
    });
    Ok(sessions)
}

fn collect_views(
    connection: &Connection,
    rows: &mut rusqlite::Rows<'_>,
    now: Timestamp,
) -> Result<Vec<LinkSessionView>, DeskError> {
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(view_from_row(connection, row, Moment::from(now))?);
    }
    Ok(sessions)
}

fn is_open(progress: InvitationProgress) -> bool {
    matches!(
        progress,
        InvitationProgress::NotOpened | InvitationProgress::Started
    )
}

fn view_from_row(
    connection: &Connection,
    row: &Row<'_>,
    now: Moment,
) -> Result<LinkSessionView, DeskError> {
    let session_id: String = row.get("session_id")?;
    let state: LinkState = row.get("state")?;
    let way: LinkWay = row.get("way")?;
    let given_up = cancelled_while_open(row, state)?;
    let problem: Option<Problem> = row.get("problem")?;
    let repairs: Option<String> = row.get("repairs_item_id")?;
    let item_id: Option<String> = row.get("about_item_id")?;
    let ended_at: Option<Moment> = row.get("ended_at")?;
    let has_url = row.get_ref("hosted_link_url")? != rusqlite::types::ValueRef::Null;
    let problem = match given_up {
        Some(_) => Some(session_ends::cancellation_pending(repairs.as_deref())),
        None => problem,
    };
    Ok(LinkSessionView {
        purpose: row.get("purpose")?,
        person_name: row.get("name")?,
        way,
        repairs_item_id: repairs,
        choose_accounts: row.get("choose_accounts")?,
        can_continue_in_browser: way == LinkWay::Window
            && state == LinkState::Opened
            && problem.is_none()
            && has_url,
        invitation: invitation_from_row(row, way, state, now)?,
        duplicate: match state {
            LinkState::Held => Some(duplicate_view(connection, &session_id, row)?),
            _ => None,
        },
        created_at: row.get::<_, Moment>("created_at")?.to_text(),
        ended_at: ended_at.or(given_up).map(Moment::to_text),
        institution_name: row.get("institution_name")?,
        // A repair has no result before it ends.
        item_id: item_id.filter(|_| state == LinkState::Exchanged),
        problem,
        exit_status: row.get("exit_status")?,
        link_session_id: row.get("link_session_id")?,
        events: event_views(connection, &session_id)?,
        state: match given_up {
            Some(_) => LinkState::Exited,
            None => state,
        },
        session_id,
    })
}

/// A cancelled session that can still produce a grant.
fn cancelled_while_open(row: &Row<'_>, state: LinkState) -> Result<Option<Moment>, DeskError> {
    let open = matches!(state, LinkState::Created | LinkState::Opened);
    let at: Option<Moment> = row.get("cancelled_at")?;
    Ok(at.filter(|_| open))
}

fn invitation_from_row(
    row: &Row<'_>,
    way: LinkWay,
    state: LinkState,
    now: Moment,
) -> Result<Option<InvitationView>, DeskError> {
    let expires_at: Option<Moment> = row.get("link_token_expires_at")?;
    let (LinkWay::Invitation, Some(expires_at)) = (way, expires_at) else {
        return Ok(None);
    };
    let started: Option<Moment> = row.get("started_at")?;
    let cancelled: Option<Moment> = row.get("cancelled_at")?;
    let granted: Option<Moment> = row.get("succeeded_at")?;
    let over = !matches!(state, LinkState::Created | LinkState::Opened);
    let progress = if state == LinkState::Exchanged || granted.is_some() && cancelled.is_none() {
        InvitationProgress::Finished
    } else if cancelled.is_some() {
        InvitationProgress::Cancelled
    } else if over || expires_at <= now {
        InvitationProgress::Expired
    } else if started.is_some() {
        InvitationProgress::Started
    } else {
        InvitationProgress::NotOpened
    };
    let url: Option<String> = row.get("hosted_link_url")?;
    Ok(Some(InvitationView {
        url: url.filter(|_| is_open(progress)),
        note: row.get("note")?,
        language: row.get("language")?,
        expires_at: expires_at.to_text(),
        progress,
        checked_at: row
            .get::<_, Option<Moment>>("checked_at")?
            .map(Moment::to_text),
    }))
}

fn duplicate_view(
    connection: &Connection,
    session_id: &str,
    row: &Row<'_>,
) -> Result<DuplicateView, DeskError> {
    let granted: Moment = row.get("succeeded_at")?;
    Ok(DuplicateView {
        decide_by: granted.after(DECISION_TIME).to_text(),
        granted_accounts: duplicate_detection::list_granted_accounts(connection, session_id)?,
        items: duplicate_detection::find_for_session(connection, session_id)?,
    })
}

fn event_views(connection: &Connection, session_id: &str) -> Result<Vec<LinkEventView>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT at, name, view_name, institution_name, error_code, request_id
         FROM link_events WHERE session_id = ?1 ORDER BY event_id",
    )?;
    let events = statement.query_map([session_id], |row| {
        Ok(LinkEventView {
            at: row.get::<_, Moment>("at")?.to_text(),
            name: row.get("name")?,
            view_name: row.get("view_name")?,
            institution_name: row.get("institution_name")?,
            error_code: row.get("error_code")?,
            request_id: row.get("request_id")?,
        })
    })?;
    Ok(events.collect::<Result<_, _>>()?)
}
