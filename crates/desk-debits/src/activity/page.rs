//! A page of evaluations, the newest first: found by the narrow rows, read from the wide ones.

use std::{cmp::Reverse, collections::BinaryHeap};

use desk_files::return_codes::ReturnReason;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row};
use rust_decimal::Decimal;

use super::{
    filter::Condition,
    view::{
        ActivityFilter, ActivityPage, ActivityRequest, ActivityRow, ActivityTotals, DecisionMark,
        ReturnMark,
    },
};
use crate::evaluations::view::EvaluationResult;
use desk_core::{
    DeskError,
    moment::Moment,
    store::{columns, single_column},
};

/// Signal evaluates US dollars.
const CURRENCY: &str = "USD";

/// The longest page.
const LONGEST: u32 = 500;

/// Where a page ended: the moment of the last row, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub created_at: i64,
    pub(crate) fact_id: i64,
}

impl Place {
    fn parse(text: &str) -> Result<Self, DeskError> {
        let parts = text.split_once('-').and_then(|(at, id)| {
            Some(Self {
                created_at: at.parse().ok()?,
                fact_id: id.parse().ok()?,
            })
        });
        parts.ok_or_else(|| DeskError::invalid("after", "No page ended here."))
    }

    fn to_text(self) -> String {
        format!("{}-{}", self.created_at, self.fact_id)
    }
}

/// One page.
pub fn page(
    connection: &Connection,
    request: &ActivityRequest,
    zone: &TimeZone,
) -> Result<ActivityPage, DeskError> {
    let after = request.after.as_deref().map(Place::parse).transpose()?;
    let limit = request.limit.clamp(1, LONGEST);
    let (mut places, sum) = match after {
        None => first(connection, &request.filter, zone, limit + 1)?,
        after => {
            let places = places(connection, &request.filter, zone, after, limit + 1)?;
            (places, None)
        }
    };
    let more = places.len() > limit as usize;
    places.truncate(limit as usize);
    let last = places.last().filter(|_| more);
    let next = last.map(|place| place.to_text());
    Ok(ActivityPage {
        rows: rows(connection, &places)?,
        next,
        all: sum.map(|sum| totals(connection, sum)).transpose()?,
    })
}

/// How many, and their cents.
type Sum = (u32, i64);

/// The first rows, and the sum of all.
fn first(
    connection: &Connection,
    filter: &ActivityFilter,
    zone: &TimeZone,
    limit: u32,
) -> Result<(Vec<Place>, Option<Sum>), DeskError> {
    let condition = Condition::of(filter, zone)?;
    if condition.looks_into_words {
        let (places, sum) = searched(connection, &condition, limit as usize)?;
        return Ok((places, Some(sum)));
    }
    let sum = if condition.is_everything() {
        everything(connection)?
    } else {
        sum_of(connection, &condition)?
    };
    Ok((places(connection, filter, zone, None, limit)?, Some(sum)))
}

columns!(FoundColumns {
    created_at,
    fact_id,
    cents,
});

/// A search looks at the words of every evaluation, once, in the order in which they are stored; the newest that are
/// found are picked out here.
fn searched(
    connection: &Connection,
    condition: &Condition,
    limit: usize,
) -> Result<(Vec<Place>, Sum), DeskError> {
    let sql = format!(
        "SELECT created_at, f.fact_id, cents
           FROM evaluation_words AS w CROSS JOIN evaluation_facts AS f ON f.fact_id = w.fact_id WHERE {}",
        condition.sql()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let at = FoundColumns::of(&statement)?;
    let mut rows = statement.query(condition.parameters().as_slice())?;
    // The oldest of those kept is on top.
    let mut newest: BinaryHeap<Reverse<(i64, i64)>> = BinaryHeap::with_capacity(limit + 1);
    let mut sum: Sum = (0, 0);
    while let Some(row) = rows.next()? {
        newest.push(Reverse((row.get(at.created_at)?, row.get(at.fact_id)?)));
        if newest.len() > limit {
            newest.pop();
        }
        let cents: i64 = row.get(at.cents)?;
        sum = (sum.0 + 1, sum.1.saturating_add(cents));
    }
    let place = |Reverse((created_at, fact_id))| Place {
        created_at,
        fact_id,
    };
    Ok((
        newest.into_sorted_vec().into_iter().map(place).collect(),
        sum,
    ))
}

/// Which rows come after a place, the newest first.
pub fn places(
    connection: &Connection,
    filter: &ActivityFilter,
    zone: &TimeZone,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<Place>, DeskError> {
    let mut condition = Condition::of(filter, zone)?;
    if let Some(after) = after {
        let (at, id) = (
            condition.value(after.created_at),
            condition.value(after.fact_id),
        );
        condition.and(format!("(created_at, f.fact_id) < ({at}, {id})"));
    }
    let sql = format!(
        "SELECT created_at, f.fact_id FROM {} WHERE {} ORDER BY created_at DESC, f.fact_id DESC LIMIT {limit}",
        tables(&condition),
        condition.sql()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(condition.parameters().as_slice(), |row| {
        Ok(Place {
            created_at: row.get("created_at")?,
            fact_id: row.get("fact_id")?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The client_transaction_ids of rows.
pub fn names(connection: &Connection, places: &[Place]) -> Result<Vec<String>, DeskError> {
    let mut statement = connection
        .prepare_cached("SELECT client_transaction_id FROM evaluation_facts WHERE fact_id = ?1")?;
    let name = |place: &Place| statement.query_row([place.fact_id], single_column);
    Ok(places.iter().map(name).collect::<Result<_, _>>()?)
}

/// In the order of the index, so that a page ends as soon as it is full.
fn tables(condition: &Condition) -> &'static str {
    if condition.looks_into_words {
        "evaluation_facts AS f INDEXED BY facts_over_time CROSS JOIN evaluation_words AS w ON w.fact_id = f.fact_id"
    } else {
        "evaluation_facts AS f INDEXED BY facts_over_time"
    }
}

/// The sum of all that a condition lets through.
fn sum_of(connection: &Connection, condition: &Condition) -> Result<Sum, DeskError> {
    let sql = format!(
        "SELECT count(*) AS evaluations, coalesce(sum(cents), 0) AS cents FROM {} WHERE {}",
        tables(condition),
        condition.sql()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let sum = statement.query_row(condition.parameters().as_slice(), |row| {
        Ok((row.get("evaluations")?, row.get("cents")?))
    })?;
    Ok(sum)
}

/// The sum of all there are.
fn everything(connection: &Connection) -> Result<Sum, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT evaluations, cents FROM evaluation_totals")?;
    Ok(statement.query_row([], |row| Ok((row.get("evaluations")?, row.get("cents")?)))?)
}

fn totals(connection: &Connection, (matching, cents): Sum) -> Result<ActivityTotals, DeskError> {
    let (evaluations, _) = everything(connection)?;
    Ok(ActivityTotals {
        matching,
        evaluations,
        amount: Decimal::new(cents, 2).to_string(),
        institutions: list(
            connection,
            "SELECT name FROM fact_institutions ORDER BY name COLLATE NOCASE",
        )?,
        rulesets: list(
            connection,
            "SELECT name FROM fact_rulesets ORDER BY name COLLATE NOCASE",
        )?,
    })
}

fn list(connection: &Connection, sql: &str) -> Result<Vec<String>, DeskError> {
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map([], single_column)?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn rows(connection: &Connection, places: &[Place]) -> Result<Vec<ActivityRow>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT f.client_transaction_id, e.created_at, e.person_name, e.institution_name, e.account_name,
                e.account_mask, coalesce(p.reference, e.purpose) AS reference, e.amount, e.state, a.result, a.result_text,
                a.custom_action_key, f.initiated, f.return_code, f.returned_on,
                (SELECT o.state FROM decisions AS d JOIN outbox AS o USING (decision_id)
                  WHERE d.client_transaction_id = f.client_transaction_id ORDER BY d.decision_id DESC LIMIT 1) AS decision_state,
                (SELECT o.state FROM returns AS r JOIN outbox AS o USING (return_id)
                  WHERE r.client_transaction_id = f.client_transaction_id ORDER BY r.return_id DESC LIMIT 1) AS return_state
           FROM evaluation_facts AS f
           JOIN evaluations AS e USING (client_transaction_id)
           LEFT JOIN evaluation_answers AS a USING (client_transaction_id)
           LEFT JOIN planned_debits AS p USING (client_transaction_id)
          WHERE f.fact_id = ?1",
    )?;
    places
        .iter()
        .map(|place| {
            let mut rows = statement.query([place.fact_id])?;
            let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            self::row(row)
        })
        .collect()
}

fn row(row: &Row<'_>) -> Result<ActivityRow, DeskError> {
    let result: Option<EvaluationResult> = row.get("result")?;
    let result_text: Option<String> = row.get("result_text")?;
    let initiated: Option<bool> = row.get("initiated")?;
    let return_code: Option<String> = row.get("return_code")?;
    let delivery = |column| -> Result<String, DeskError> {
        let state: Option<String> = row.get(column)?;
        state.ok_or_else(|| DeskError::unreadable("the state of a delivery"))
    };
    Ok(ActivityRow {
        client_transaction_id: row.get("client_transaction_id")?,
        created_at: row.get::<_, Moment>("created_at")?.to_text(),
        person_name: row.get("person_name")?,
        institution_name: row.get("institution_name")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        reference: row.get("reference")?,
        amount: row.get("amount")?,
        currency: CURRENCY.to_owned(),
        state: row.get("state")?,
        result,
        result_text: result_text.filter(|_| result == Some(EvaluationResult::Other)),
        custom_action_key: row.get("custom_action_key")?,
        decision: initiated
            .map(|initiated| {
                let delivery = delivery("decision_state")?;
                Ok::<_, DeskError>(DecisionMark {
                    initiated,
                    delivery,
                })
            })
            .transpose()?,
        returned: return_code
            .map(|return_code| {
                let meaning = ReturnReason::find(&return_code).map_or("", |code| code.title);
                Ok::<_, DeskError>(ReturnMark {
                    meaning: meaning.to_owned(),
                    returned_on: row.get("returned_on")?,
                    delivery: delivery("return_state")?,
                    return_code,
                })
            })
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_to_the_page_and_comes_back() {
        for place in [
            Place {
                created_at: 1_795_478_400_123,
                fact_id: 7,
            },
            Place {
                created_at: 0,
                fact_id: 1,
            },
        ] {
            assert_eq!(Place::parse(&place.to_text()).unwrap(), place);
        }
        for text in ["", "-", "1-", "x-1", "1"] {
            assert!(Place::parse(text).is_err(), "{text:?}");
        }
    }
}
