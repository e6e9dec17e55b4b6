//! The list of reports that wait for Plaid, were rejected, or were delivered lately.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};

use super::{
    report_files,
    report_table::{DECISION, DELIVERY, RETURN, decision_of, return_of},
};
use crate::{
    decisions::view::{DeliveriesView, DeliveryRow, RecordedReport},
    evaluations::table::CURRENCY,
};
use desk_core::DeskError;
use desk_core::store::single_column;

const MOST: u32 = 200;

const MOST_RECENT: u32 = 50;

/// `sending` are the deliveries being sent now.
pub fn view(connection: &Connection, sending: &BTreeSet<i64>) -> Result<DeliveriesView, DeskError> {
    let rows = |section: &OutboxSection| section.rows(connection, sending);
    Ok(DeliveriesView {
        waiting_count: count(connection, "waiting")?,
        refused_count: count(connection, "refused")?,
        waiting: rows(&WAITING)?,
        refused: rows(&REFUSED)?,
        recent: rows(&RECENT)?,
        files: report_files::newest(connection)?,
    })
}

fn count(connection: &Connection, state: &'static str) -> Result<u32, DeskError> {
    // The state is a literal because SQLite doesn't use a partial index for a parameter.
    let sql = format!("SELECT count(*) FROM outbox WHERE state = '{state}'");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row([], single_column)?)
}

/// A section of the list, as SQL.
struct OutboxSection {
    /// A query for delivery IDs.
    deliveries: &'static str,
    order: &'static str,
    most: u32,
}

const WAITING: OutboxSection = OutboxSection {
    deliveries: "SELECT delivery_id FROM outbox WHERE state = 'waiting' ORDER BY place LIMIT ?1",
    order: "place",
    most: MOST,
};

const REFUSED: OutboxSection = OutboxSection {
    deliveries: "SELECT delivery_id FROM outbox WHERE state = 'refused' ORDER BY place DESC LIMIT ?1",
    order: "place DESC",
    most: MOST,
};

const RECENT: OutboxSection = OutboxSection {
    deliveries: "SELECT delivery_id FROM
         (SELECT delivery_id, delivered_at AS at FROM outbox WHERE state = 'delivered'
           ORDER BY delivered_at DESC LIMIT ?1)
       UNION ALL SELECT delivery_id FROM
         (SELECT delivery_id, set_aside_at AS at FROM outbox WHERE state IN ('filed', 'left_out')
           ORDER BY set_aside_at DESC LIMIT ?1)",
    order: "coalesce(delivered_at, set_aside_at) DESC, place DESC",
    most: MOST_RECENT,
};

impl OutboxSection {
    fn rows(
        &self,
        connection: &Connection,
        sending: &BTreeSet<i64>,
    ) -> Result<Vec<DeliveryRow>, DeskError> {
        let Self {
            deliveries, order, ..
        } = self;
        let sql = format!(
            "SELECT outbox.delivery_id, outbox.client_transaction_id, person_name, account_name, account_mask, amount,
                    outbox.decision_id, {DECISION}, {RETURN}, {DELIVERY}
             FROM outbox JOIN evaluations USING (client_transaction_id)
             LEFT JOIN decisions USING (decision_id) LEFT JOIN returns USING (return_id)
             WHERE outbox.delivery_id IN ({deliveries}) ORDER BY {order} LIMIT ?1"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query([self.most])?;
        rows.and_then(|row| delivery_row(row, sending)).collect()
    }
}

fn delivery_row(row: &Row<'_>, sending: &BTreeSet<i64>) -> Result<DeliveryRow, DeskError> {
    let delivery_id: i64 = row.get("delivery_id")?;
    let is_decision = row.get::<_, Option<i64>>("decision_id")?.is_some();
    Ok(DeliveryRow {
        delivery_id,
        client_transaction_id: row.get("client_transaction_id")?,
        person_name: row.get("person_name")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        amount: row.get("amount")?,
        currency: CURRENCY.to_owned(),
        sending: sending.contains(&delivery_id),
        report: if is_decision {
            RecordedReport::Decision {
                decision: decision_of(row)?,
            }
        } else {
            RecordedReport::Return {
                returned: return_of(row)?,
            }
        },
    })
}
