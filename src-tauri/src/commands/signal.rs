//! Evaluations, decisions and returns.

use desk::signal::view::{
    DecisionInput, EvaluateRequest, EvaluationView, ReturnInput,
};

use super::{Answer, Desk};

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
pub(super) async fn evaluations_list(shell: Desk<'_>) -> Answer<Vec<EvaluationView>> {
    Ok(shell.desk().await.evaluations_list().await?)
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
