//! Activity: all evaluations, searched and filtered, page by page. A list of any length costs one page.

pub mod filter;
pub mod page;
pub mod view;

use jiff::tz::TimeZone;

use self::view::{ActivityPage, ActivityRequest};
use desk_core::{DeskError, Session};

/// All evaluations, filtered and searched.
#[derive(Clone)]
pub struct Activity {
    session: Session,
}

impl Activity {
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Activity {
    /// A page of evaluations, the newest first.
    ///
    /// # Errors
    /// Fields `from`, `to`, `returnedFrom`, `returnedTo`, `returnCodes`, `after`; `NothingOpen`, `Database`.
    pub async fn page(&self, request: ActivityRequest) -> Result<ActivityPage, DeskError> {
        self.session
            .store
            .read(move |connection| page::page(connection, &request, &TimeZone::system()))
            .await
    }
}
