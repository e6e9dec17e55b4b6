//! Live balances, with progress while the banks answer.

use desk::balances::view::{
    BillingView, RefreshOutcome, RefreshPlan, RefreshProgress, RefreshScope,
};
use tauri::ipc::Channel;

use super::{Answer, Desk};

provides! {
    billing_view: [Billing];
}

#[tauri::command]
pub(super) async fn balances_refresh(
    shell: Desk<'_>,
    scope: RefreshScope,
    on_progress: Channel<RefreshProgress>,
) -> Answer<RefreshOutcome> {
    let tell = move |progress| {
        // The window may have been reloaded; what was read is stored all the same.
        if let Err(error) = on_progress.send(progress) {
            tracing::debug!(%error, "progress could not be told");
        }
    };
    Ok(shell
        .desk()
        .await
        .open()?
        .balances
        .refresh(scope, tell)
        .await?)
}

#[tauri::command]
pub(super) async fn balances_cancel(shell: Desk<'_>) -> Answer<()> {
    if let Ok(open) = shell.desk().await.open() {
        open.balances.cancel_refresh();
    }
    Ok(())
}

#[tauri::command]
pub(super) async fn balances_plan(shell: Desk<'_>, scope: RefreshScope) -> Answer<RefreshPlan> {
    Ok(shell.desk().await.open()?.balances.plan(scope).await?)
}

#[tauri::command]
pub(super) async fn billing_view(shell: Desk<'_>) -> Answer<BillingView> {
    Ok(shell.desk().await.open()?.balances.billing().await?)
}
