//! Decisions due, what was recorded, and its delivery to Plaid.

use desk::signal::decisions_view::{DeliveriesView, DueQuery, DueView, ReportHistory};

use super::{Answer, Desk};

provides! {
    decisions_due: [Evaluations];
    decisions_due_count: [Evaluations];
    report_history: [Evaluations];
    deliveries: [Evaluations];
}

#[tauri::command]
pub(super) async fn decisions_due(shell: Desk<'_>, query: DueQuery) -> Answer<DueView> {
    Ok(shell.desk().await.open()?.reports.due(query).await?)
}

#[tauri::command]
pub(super) async fn decisions_due_count(shell: Desk<'_>) -> Answer<u32> {
    Ok(shell.desk().await.open()?.reports.due_count().await?)
}

#[tauri::command]
pub(super) async fn debit_mark(
    shell: Desk<'_>,
    client_transaction_id: String,
    initiated: bool,
) -> Answer<()> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .reports
        .mark_debit(&client_transaction_id, initiated)
        .await?)
}

#[tauri::command]
pub(super) async fn report_history(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<ReportHistory> {
    let desk = shell.desk().await;
    Ok(desk.open()?.reports.history(&client_transaction_id).await?)
}

#[tauri::command]
pub(super) async fn deliveries(shell: Desk<'_>) -> Answer<DeliveriesView> {
    Ok(shell.desk().await.open()?.reports.deliveries().await?)
}

#[tauri::command]
pub(super) async fn delivery_leave_out(shell: Desk<'_>, delivery_id: i64) -> Answer<()> {
    Ok(shell
        .desk()
        .await
        .open()?
        .reports
        .skip_delivery(delivery_id)
        .await?)
}

#[tauri::command]
pub(super) async fn report_file_filed(shell: Desk<'_>, file_id: i64) -> Answer<()> {
    Ok(shell
        .desk()
        .await
        .open()?
        .reports
        .mark_filed(file_id)
        .await?)
}
