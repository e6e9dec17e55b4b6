//! All evaluations, page by page.

use desk::activity::view::{ActivityPage, ActivityRequest};

use super::{Answer, Desk};

provides! {
    activity_page: [Evaluations];
}

#[tauri::command]
pub(super) async fn activity_page(
    shell: Desk<'_>,
    request: ActivityRequest,
) -> Answer<ActivityPage> {
    Ok(shell.desk().await.open()?.activity.page(request).await?)
}
