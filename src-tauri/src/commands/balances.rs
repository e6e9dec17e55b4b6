use desk::{
    balances::view::{RefreshOutcome, RefreshPlan, RefreshProgress, RefreshScope},
    billing::view::BillingView,
};
use tauri::ipc::Channel;

use super::{CommandResult, ShellState};

provides! {
    billing_view: [Billing];
}

#[tauri::command]
pub(super) async fn balances_refresh(
    shell: ShellState<'_>,
    scope: RefreshScope,
    on_progress: Channel<RefreshProgress>,
) -> CommandResult<RefreshOutcome> {
    let tell = move |progress| {
        // The window may have been reloaded; the readings are stored anyway.
        if let Err(error) = on_progress.send(progress) {
            tracing::debug!(%error, "couldn't send progress");
        }
    };
    Ok(shell
        .features()
        .await?
        .balances
        .refresh(scope, tell)
        .await?)
}

#[tauri::command]
pub(super) async fn balances_cancel(shell: ShellState<'_>) -> CommandResult<()> {
    if let Ok(open) = shell.desk().await.open() {
        open.balances.cancel_refresh();
    }
    Ok(())
}

#[tauri::command]
pub(super) async fn balances_plan(
    shell: ShellState<'_>,
    scope: RefreshScope,
) -> CommandResult<RefreshPlan> {
    Ok(shell.features().await?.balances.plan(scope).await?)
}

#[tauri::command]
pub(super) async fn billing_view(shell: ShellState<'_>) -> CommandResult<BillingView> {
    Ok(shell.features().await?.balances.billing().await?)
}
