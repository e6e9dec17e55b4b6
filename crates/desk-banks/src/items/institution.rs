//! How a bank is, told apart from what is wrong with one login there: from /institutions/get_by_id, which is free, and
//! from calls that failed for the bank's own reasons. Kept for a while, since a bank does not change by the minute.

use std::time::Duration;

use jiff::Timestamp;
use plaid::{
    HealthBreakdown, InstitutionId, InstitutionOptions, InstitutionStatus, ItemId, ProductHealth,
};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::view::InstitutionState;
use crate::items::Items;
use desk_core::{
    DeskError, calls::rate_limits::FreeRead, event::DeskEvent, moment::Moment, settings,
    store::single_column,
};

/// How long an answer about a bank is good. One in trouble is looked at again after it.
pub(super) const LASTS: Duration = Duration::from_secs(15 * 60);

/// Shares of requests that go well, below which a bank is in trouble. Plaid's words: healthy when the majority of
/// requests are successful, degraded when only some are, down when all fail.
const HEALTHY_FROM: f64 = 0.5;
const DOWN_BELOW: f64 = 0.02;

const NOTHING_TO_DO: &str =
    "Nothing has to be done here: it is looked at again by itself, every quarter of an hour.";

/// What is known of a bank's state.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    state: InstitutionState,
    message: String,
}

impl Items {
    /// Notes that a call about the Item failed for its bank's own reasons.
    pub(super) async fn note_institution_failure(
        &self,
        item_id: &ItemId,
        code: &str,
    ) -> Result<(), DeskError> {
        let (id, now, found) = (item_id.clone(), self.session.now(), from_error(code));
        self.session
            .store
            .write(move |transaction| set_failed(transaction, &id, &found, now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }
}

/// Whether what was heard within the last quarter of an hour will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It will.
    Lately,
    /// Somebody asks for it now.
    Now,
}

impl Items {
    /// Asks how a bank is (/institutions/get_by_id), unless what was heard lately will do.
    pub(super) async fn check_institution(
        &self,
        institution_id: InstitutionId,
        heard: Heard,
    ) -> Result<(), DeskError> {
        let id = institution_id.clone();
        let (fresh_from, countries) = self
            .session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let looked_at = looked_at(connection, &id)?;
                let settings = settings::read(connection)?;
                Ok((looked_at.map(|at| at.after(LASTS)), settings.country_codes))
            })
            .await?;
        if heard == Heard::Lately
            && fresh_from.is_some_and(|until| until > Moment::from(self.session.now()))
        {
            return Ok(());
        }
        let options = InstitutionOptions {
            include_optional_metadata: false,
            include_status: true,
        };
        let request = || {
            self.session
                .client
                .institutions_get_by_id(&institution_id, &countries, options)
        };
        let answer = self
            .calls
            .pacing
            .read(FreeRead::Institution, None, request)
            .await?;
        let reported = answer.institution.status.as_ref().and_then(from_status);
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| set_reported(transaction, &institution_id, reported, now))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    /// Asks how the bank of an Item is, for somebody who looks. What cannot be asked stays as it was.
    pub(super) async fn check_institution_now(&self, item_id: &ItemId) {
        let id = item_id.clone();
        let outcome = match self
            .session
            .store
            .read(move |connection| of_item(connection, &id))
            .await
        {
            Ok(Some(institution_id)) => self.check_institution(institution_id, Heard::Now).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::info!(%error, "how an institution is could not be asked");
        }
    }
}

/// The bank of an Item, where it has one.
pub(super) fn of_item(
    connection: &Connection,
    item_id: &ItemId,
) -> Result<Option<InstitutionId>, DeskError> {
    let id = connection
        .query_row(
            "SELECT institution_id FROM items WHERE item_id = ?1",
            [item_id.as_str()],
            |row| row.get::<_, Option<String>>("institution_id"),
        )
        .optional()?;
    Ok(id.flatten().map(InstitutionId::new))
}

/// Banks in trouble at which something is linked, and when they are to be looked at again.
pub(super) fn in_trouble(
    connection: &Connection,
) -> Result<Vec<(InstitutionId, Moment)>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT institution_id, coalesce(looked_at, checked_at) AS last_looked_at FROM institutions
         WHERE state <> 'healthy'
           AND institution_id IN (SELECT institution_id FROM items WHERE state = 'active')",
    )?;
    let rows = statement.query_map([], |row| {
        let looked_at: Moment = row.get("last_looked_at")?;
        Ok((
            InstitutionId::new(row.get::<_, String>("institution_id")?),
            looked_at.after(LASTS),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that the bank of the Item has just answered live; whether there is anything to take back.
pub fn answered(transaction: &Transaction<'_>, item_id: &ItemId) -> Result<bool, DeskError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE institutions SET failed_at = NULL
         WHERE state <> 'healthy' AND institution_id = (SELECT institution_id FROM items WHERE item_id = ?1)",
    )?;
    Ok(statement.execute([item_id.as_str()])? > 0)
}

fn looked_at(
    connection: &Connection,
    institution_id: &InstitutionId,
) -> Result<Option<Moment>, DeskError> {
    let at = connection
        .query_row(
            "SELECT looked_at FROM institutions WHERE institution_id = ?1",
            [institution_id.as_str()],
            single_column,
        )
        .optional()?;
    Ok(at.flatten())
}

fn set_failed(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    found: &Found,
    now: Timestamp,
) -> Result<(), DeskError> {
    let Some(institution_id) = of_item(transaction, item_id)? else {
        return Ok(());
    };
    transaction.execute(
        "INSERT INTO institutions (institution_id, state, message, checked_at, failed_at)
         VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (institution_id) DO UPDATE SET
             state = excluded.state, message = excluded.message, checked_at = excluded.checked_at,
             failed_at = excluded.failed_at",
        (
            institution_id.as_str(),
            found.state,
            &found.message,
            Moment::from(now),
        ),
    )?;
    Ok(())
}

/// Notes what Plaid reports. A call that failed just before counts more than a report that all is well, or than none:
/// reports are made over minutes to hours.
fn set_reported(
    transaction: &Transaction<'_>,
    institution_id: &InstitutionId,
    reported: Option<Found>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let now = Moment::from(now);
    let failed_at: Option<Moment> = transaction
        .query_row(
            "SELECT failed_at FROM institutions WHERE institution_id = ?1",
            [institution_id.as_str()],
            single_column,
        )
        .optional()?
        .flatten();
    let failed_lately = failed_at.is_some_and(|at| at.after(LASTS) > now);
    let good = reported
        .as_ref()
        .is_none_or(|found| found.state == InstitutionState::Healthy);
    if failed_lately && good {
        transaction.execute(
            "UPDATE institutions SET looked_at = ?2 WHERE institution_id = ?1",
            (institution_id.as_str(), now),
        )?;
        return Ok(());
    }
    transaction.execute(
        "INSERT INTO institutions (institution_id, state, message, checked_at, looked_at)
         VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (institution_id) DO UPDATE SET
             state = excluded.state, message = excluded.message, checked_at = excluded.checked_at,
             looked_at = excluded.looked_at, failed_at = NULL",
        (
            institution_id.as_str(),
            reported.as_ref().map(|found| found.state),
            reported.as_ref().map(|found| &found.message),
            now,
        ),
    )?;
    Ok(())
}

fn from_error(code: &str) -> Found {
    let (state, what) = match code {
        "INSTITUTION_NOT_RESPONDING" => (
            InstitutionState::Degraded,
            "The bank did not answer Plaid just now. It is the bank's trouble, not the customer's.",
        ),
        _ => (
            InstitutionState::Down,
            "The bank cannot be reached through Plaid at the moment. It is the bank's trouble, not the customer's.",
        ),
    };
    Found {
        state,
        message: format!("{what} {NOTHING_TO_DO}"),
    }
}

/// The state of a bank from what Plaid measures; none when Plaid measures nothing.
fn from_status(status: &InstitutionStatus) -> Option<Found> {
    let logins = status.item_logins.as_ref().and_then(state_of);
    let reads = [&status.balance, &status.auth]
        .into_iter()
        .flatten()
        .filter_map(state_of)
        .max_by_key(|(state, _)| severity(*state));
    let worst = [logins, reads]
        .into_iter()
        .flatten()
        .max_by_key(|(state, _)| severity(*state))?;
    let (state, breakdown) = worst;
    let only_logins = logins.is_some_and(|(logins, _)| logins == state)
        && reads.is_none_or(|(reads, _)| reads == InstitutionState::Healthy);
    Some(Found {
        state,
        message: words(state, only_logins, breakdown),
    })
}

/// The worse the higher.
fn severity(state: InstitutionState) -> u8 {
    match state {
        InstitutionState::Healthy => 0,
        InstitutionState::Degraded => 1,
        InstitutionState::Down => 2,
    }
}

/// How one kind of request goes: by the breakdown, and by Plaid's word where there is no breakdown.
fn state_of(health: &ProductHealth) -> Option<(InstitutionState, Option<HealthBreakdown>)> {
    let measured = health.breakdown.and_then(|breakdown| breakdown.success);
    let state = match (measured, health.status.as_deref()) {
        (Some(success), _) if success < DOWN_BELOW => InstitutionState::Down,
        (Some(success), _) if success < HEALTHY_FROM => InstitutionState::Degraded,
        (Some(_), _) | (None, Some("HEALTHY")) => InstitutionState::Healthy,
        (None, Some("DEGRADED")) => InstitutionState::Degraded,
        (None, Some("DOWN")) => InstitutionState::Down,
        (None, _) => return None,
    };
    Some((state, health.breakdown))
}

fn words(state: InstitutionState, only_logins: bool, breakdown: Option<HealthBreakdown>) -> String {
    let what = match (state, only_logins) {
        (InstitutionState::Healthy, _) => return "The bank works as usual.".to_owned(),
        (InstitutionState::Degraded, true) => "Signing in at the bank often fails at the moment.",
        (InstitutionState::Down, true) => "Signing in at the bank does not work at the moment.",
        (InstitutionState::Degraded, false) => {
            "The bank answers Plaid slowly, or not every time, at the moment."
        }
        (InstitutionState::Down, false) => "The bank does not answer Plaid at the moment.",
    };
    let whose = match breakdown.map(|of| (of.error_plaid, of.error_institution)) {
        Some((Some(plaid), Some(bank))) if plaid > bank => {
            "It is Plaid's trouble, not the customer's."
        }
        _ => "It is the bank's trouble, not the customer's.",
    };
    format!("{what} {whose} {NOTHING_TO_DO}")
}

#[cfg(test)]
#[path = "institution_tests.rs"]
mod tests;
