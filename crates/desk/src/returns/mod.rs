//! Returns: the Nacha list of codes, the list of what came back, and files of returns from banks and processors.

pub(crate) mod codes;
mod dates;
mod mapping;
mod nacha;
mod rows;
pub mod view;

use self::view::ReturnCodeView;
use crate::Desk;

impl Desk {
    /// The Nacha list of return codes.
    pub fn return_codes(&self) -> Vec<ReturnCodeView> {
        codes::all()
    }
}
