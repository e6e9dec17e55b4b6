use desk::{
    decisions::view::{DeliveriesView, DueQuery, DueView, ReportHistory},
    evaluations::view::{DecisionInput, EvaluationView},
};

use super::{CommandResult, ShellState};

provides! {
    decisions_due: [Evaluations];
    decisions_due_count: [Evaluations];
    report_history: [Evaluations];
    deliveries: [Evaluations];
}

#[tauri::command]
pub(super) async fn decisions_due(
    shell: ShellState<'_>,
    query: DueQuery,
) -> CommandResult<DueView> {
    Ok(shell.features().await?.reports.due(query).await?)
}

#[tauri::command]
pub(super) async fn decisions_due_count(shell: ShellState<'_>) -> CommandResult<u32> {
    Ok(shell.features().await?.reports.due_count().await?)
}

#[tauri::command]
pub(super) async fn debit_mark(
    shell: ShellState<'_>,
    client_transaction_id: String,
    initiated: bool,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .reports
        .mark_debit(&client_transaction_id, initiated)
        .await?)
}

#[tauri::command]
pub(super) async fn report_history(
    shell: ShellState<'_>,
    client_transaction_id: String,
) -> CommandResult<ReportHistory> {
    Ok(shell
        .features()
        .await?
        .reports
        .history(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn deliveries(shell: ShellState<'_>) -> CommandResult<DeliveriesView> {
    Ok(shell.features().await?.reports.deliveries().await?)
}

#[tauri::command]
pub(super) async fn delivery_leave_out(
    shell: ShellState<'_>,
    delivery_id: i64,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .reports
        .skip_delivery(delivery_id)
        .await?)
}

#[tauri::command]
pub(super) async fn report_file_filed(shell: ShellState<'_>, file_id: i64) -> CommandResult<()> {
    Ok(shell.features().await?.reports.mark_filed(file_id).await?)
}

#[tauri::command]
pub(super) async fn decision_record(
    shell: ShellState<'_>,
    decision: DecisionInput,
) -> CommandResult<EvaluationView> {
    Ok(shell
        .features()
        .await?
        .reports
        .record_decision(decision)
        .await?)
}

#[tauri::command]
pub(super) async fn deliver_now(shell: ShellState<'_>) -> CommandResult<()> {
    shell.features().await?.reports.deliver_now().await?;
    Ok(())
}
