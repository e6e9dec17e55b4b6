use desk::evaluations::{
    form_view::{ActionKeyInput, ActionKeyView, AttributeWords, DebitMargin, EvaluateFacts},
    view::{EvaluateRequest, EvaluationView, RunningEvaluation},
};

use super::{CommandResult, ShellState};

provides! {
    evaluation: [Evaluations];
    evaluations_running: [Evaluations];
    evaluate_facts: [Items];
    core_attributes: [];
    action_keys: [Evaluations];
    debit_margin: [Evaluations];
}

#[tauri::command]
pub(super) async fn evaluate(
    shell: ShellState<'_>,
    request: EvaluateRequest,
) -> CommandResult<EvaluationView> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .evaluate_by_hand(request)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation_ask_again(
    shell: ShellState<'_>,
    client_transaction_id: String,
) -> CommandResult<EvaluationView> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .evaluate_again(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluations_running(
    shell: ShellState<'_>,
) -> CommandResult<Vec<RunningEvaluation>> {
    Ok(shell.features().await?.evaluations.running().await?)
}

#[tauri::command]
pub(super) async fn evaluation_cancel(
    shell: ShellState<'_>,
    client_transaction_id: String,
) -> CommandResult<()> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .cancel(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation_settle(
    shell: ShellState<'_>,
    client_transaction_id: String,
) -> CommandResult<EvaluationView> {
    shell
        .features()
        .await?
        .evaluations
        .settle(&client_transaction_id)
        .await?;
    Ok(shell
        .features()
        .await?
        .evaluations
        .get(&client_transaction_id)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluate_facts(
    shell: ShellState<'_>,
    account_id: String,
) -> CommandResult<EvaluateFacts> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .facts(&account_id)
        .await?)
}

#[tauri::command]
pub(super) async fn core_attributes(shell: ShellState<'_>) -> CommandResult<Vec<AttributeWords>> {
    Ok(shell.features().await?.evaluations.core_attributes())
}

#[tauri::command]
pub(super) async fn action_keys(shell: ShellState<'_>) -> CommandResult<Vec<ActionKeyView>> {
    Ok(shell.features().await?.evaluations.action_keys().await?)
}

#[tauri::command]
pub(super) async fn action_key_save(
    shell: ShellState<'_>,
    input: ActionKeyInput,
) -> CommandResult<Vec<ActionKeyView>> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .save_action_key(input)
        .await?)
}

#[tauri::command]
pub(super) async fn action_key_forget(
    shell: ShellState<'_>,
    custom_action_key: String,
) -> CommandResult<Vec<ActionKeyView>> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .forget_action_key(&custom_action_key)
        .await?)
}

#[tauri::command]
pub(super) async fn debit_margin(shell: ShellState<'_>) -> CommandResult<DebitMargin> {
    Ok(shell.features().await?.evaluations.debit_margin().await?)
}

#[tauri::command]
pub(super) async fn debit_margin_save(
    shell: ShellState<'_>,
    margin: DebitMargin,
) -> CommandResult<DebitMargin> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .save_debit_margin(margin)
        .await?)
}

#[tauri::command]
pub(super) async fn evaluation(
    shell: ShellState<'_>,
    client_transaction_id: String,
) -> CommandResult<EvaluationView> {
    Ok(shell
        .features()
        .await?
        .evaluations
        .get(&client_transaction_id)
        .await?)
}
