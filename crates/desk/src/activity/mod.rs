//! Activity: all evaluations, searched and filtered, page by page. A list of any length costs one page.

pub(crate) mod filter;
pub(crate) mod page;
pub mod view;

use jiff::tz::TimeZone;

use self::view::{ActivityPage, ActivityRequest};
use crate::{Desk, DeskError};

impl Desk {
    /// A page of evaluations, the newest first.
    ///
    /// # Errors
    /// Fields `from`, `to`, `returnedFrom`, `returnedTo`, `returnCodes`, `after`; `NothingOpen`, `Database`.
    pub async fn activity_page(&self, request: ActivityRequest) -> Result<ActivityPage, DeskError> {
        self.open()?
            .store
            .read(move |connection| page::page(connection, &request, &TimeZone::system()))
            .await
    }
}
