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
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .evaluate_by_hand(request)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation_ask_again(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .evaluations
        .evaluate_again(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluations_running(shell: Desk<'_>) -> Answer<Vec<RunningEvaluation>> {
    Ok(shell.desk().await.open()?.evaluations.running().await?)
}

#[tauri::command]
pub(super) async fn evaluation_cancel(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<()> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .evaluations
        .cancel(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation_settle(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    let desk = shell.desk().await;
    desk.open()?
        .evaluations
        .settle(&client_transaction_id)
        .await?;
    Ok(desk.open()?.evaluations.get(&client_transaction_id).await?)
}

#[tauri::command]
pub(super) async fn evaluate_facts(shell: Desk<'_>, account_id: String) -> Answer<EvaluateFacts> {
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .facts(&account_id)
        .await?)
}

#[tauri::command]
pub(super) async fn core_attributes(shell: Desk<'_>) -> Answer<Vec<AttributeWords>> {
    Ok(shell.desk().await.open()?.evaluations.core_attributes())
}

#[tauri::command]
pub(super) async fn action_keys(shell: Desk<'_>) -> Answer<Vec<ActionKeyView>> {
    Ok(shell.desk().await.open()?.evaluations.action_keys().await?)
}

#[tauri::command]
pub(super) async fn action_key_save(
    shell: Desk<'_>,
    input: ActionKeyInput,
) -> Answer<Vec<ActionKeyView>> {
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .save_action_key(input)
        .await?)
}

#[tauri::command]
pub(super) async fn action_key_forget(
    shell: Desk<'_>,
    custom_action_key: String,
) -> Answer<Vec<ActionKeyView>> {
    let desk = shell.desk().await;
    Ok(desk
        .open()?
        .evaluations
        .forget_action_key(&custom_action_key)
        .await?)
}

#[tauri::command]
pub(super) async fn debit_margin(shell: Desk<'_>) -> Answer<DebitMargin> {
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .debit_margin()
        .await?)
}

#[tauri::command]
pub(super) async fn debit_margin_save(shell: Desk<'_>, margin: DebitMargin) -> Answer<DebitMargin> {
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .save_debit_margin(margin)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation(
    shell: Desk<'_>,
    client_transaction_id: String,
) -> Answer<EvaluationView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .evaluations
        .get(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn decision_record(
    shell: Desk<'_>,
    decision: DecisionInput,
) -> Answer<EvaluationView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .reports
        .record_decision(decision)
        .await?)
}

#[tauri::command]
pub(super) async fn return_record(
    shell: Desk<'_>,
    returned: ReturnInput,
) -> Answer<EvaluationView> {
    Ok(shell
        .desk()
        .await
        .open()?
        .reports
        .record_return(returned)
        .await?)
}

#[tauri::command]
pub(super) async fn deliver_now(shell: Desk<'_>) -> Answer<()> {
    shell.desk().await.open()?.reports.deliver_now().await?;
    Ok(())
}
