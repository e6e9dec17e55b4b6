//! Returns: the codes, the list, and files of returns.

use desk::returns::view::ReturnCodeView;

use super::{Answer, Desk};

#[tauri::command]
pub(super) async fn return_codes(shell: Desk<'_>) -> Answer<Vec<ReturnCodeView>> {
    Ok(shell.desk().await.return_codes())
}
