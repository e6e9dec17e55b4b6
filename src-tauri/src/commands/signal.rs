//! Evaluations, decisions and returns.

use desk::signal::view::{
    ActionKeyInput, ActionKeyView, AttributeWords, DebitMargin, DecisionInput, EvaluateFacts,
    EvaluateRequest, EvaluationView, ReturnInput, RunningEvaluation,
};

use super::{Answer, Desk};

provides! {
    evaluation: [Evaluations];
    evaluations_running: [Evaluations];
    evaluate_facts: [Items];
    core_attributes: [];
    action_keys: [Evaluations];
    debit_margin: [Evaluations];
}

#[tauri::command]
pub(super) async fn evaluate(shell: Desk<'_>, request: EvaluateRequest) -> Answer<EvaluationView> {
    Ok(shell.desk().await.evaluate_by_hand(request).await?)
}

#[tauri::command]
pub(super) async fn evaluation_ask_again(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    let desk = shell.desk().await;
    Ok(desk.evaluation_ask_again(&client_transaction_id).await?)
}

#[tauri::command]
pub(super) async fn evaluations_running(shell: Desk<'_>) -> Answer<Vec<RunningEvaluation>> {
    Ok(shell.desk().await.evaluations_running().await?)
}

#[tauri::command]
pub(super) async fn evaluation_cancel(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<()> {
    let desk = shell.desk().await;
    Ok(desk.evaluation_cancel(&client_transaction_id).await?)
}

#[tauri::command]
pub(super) async fn evaluation_settle(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    let desk = shell.desk().await;
    desk.evaluation_settle(&client_transaction_id).await?;
    Ok(desk.evaluation(&client_transaction_id).await?)
}

#[tauri::command]
pub(super) async fn evaluate_facts(shell: Desk<'_>, account_id: String) -> Answer<EvaluateFacts> {
    Ok(shell.desk().await.evaluate_facts(&account_id).await?)
}

#[tauri::command]
pub(super) async fn core_attributes(shell: Desk<'_>) -> Answer<Vec<AttributeWords>> {
    Ok(shell.desk().await.core_attributes())
}

#[tauri::command]
pub(super) async fn action_keys(shell: Desk<'_>) -> Answer<Vec<ActionKeyView>> {
    Ok(shell.desk().await.action_keys().await?)
}

#[tauri::command]
pub(super) async fn action_key_save(
    shell: Desk<'_>,
    input: ActionKeyInput,
) -> Answer<Vec<ActionKeyView>> {
    Ok(shell.desk().await.action_key_save(input).await?)
}

#[tauri::command]
pub(super) async fn action_key_forget(
    shell: Desk<'_>,
    custom_action_key: String,
) -> Answer<Vec<ActionKeyView>> {
    let desk = shell.desk().await;
    Ok(desk.action_key_forget(&custom_action_key).await?)
}

#[tauri::command]
pub(super) async fn debit_margin(shell: Desk<'_>) -> Answer<DebitMargin> {
    Ok(shell.desk().await.debit_margin().await?)
}

#[tauri::command]
pub(super) async fn debit_margin_save(shell: Desk<'_>, margin: DebitMargin) -> Answer<DebitMargin> {
    Ok(shell.desk().await.debit_margin_save(margin).await?)
}

#[tauri::command]
pub(super) async fn evaluation(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    Ok(shell
        .desk()
        .await
        .evaluation(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn decision_record(
    shell: Desk<'_>,
    decision: DecisionInput,
) -> Answer<EvaluationView> {
    Ok(shell.desk().await.decision_record(decision).await?)
}

#[tauri::command]
pub(super) async fn return_record(
    shell: Desk<'_>,
    returned: ReturnInput,
) -> Answer<EvaluationView> {
    Ok(shell.desk().await.return_record(returned).await?)
}

#[tauri::command]
pub(super) async fn deliver_now(shell: Desk<'_>) -> Answer<()> {
    shell.desk().await.deliver_now().await?;
    Ok(())
}
