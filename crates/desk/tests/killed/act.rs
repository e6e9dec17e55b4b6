//! What a user and a customer do with the desk, and the places that each of these acts is sure to pass once.

use serde::{Deserialize, Serialize};

/// Where and as whom a customer signs in. No two of these look like the same bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    pub institution: u8,
    pub customer: u8,
}

/// Institutions that ask for a name and a password, and no more.
pub const INSTITUTIONS: [&str; 6] = [
    "ins_109508",
    "ins_130016",
    "ins_109510",
    "ins_109511",
    "ins_109512",
    "ins_128026",
];

pub const CUSTOMERS: [&str; 5] = [
    "user_good",
    "user_household",
    "user_business",
    "user_bakery",
    "user_lender",
];

impl Login {
    pub fn institution(self) -> &'static str {
        INSTITUTIONS[usize::from(self.institution)]
    }

    pub fn customer(self) -> &'static str {
        CUSTOMERS[usize::from(self.customer)]
    }
}

/// How a session comes to its grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Link's page says so.
    Page,
    /// The window is closed before its page could say so.
    WindowClosed,
    /// It goes on in the system browser.
    Browser,
}

/// What for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum For {
    Debits,
    Balances,
}

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    Known,
    New,
}

/// What a user decides about a bank that looks like one linked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    KeepBoth,
    Replace,
    Discard,
}

/// When a customer uses an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// At once.
    Now,
    /// Perhaps while the desk is gone.
    Later,
}

/// One act. Items are meant by their number among those that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    Link {
        login: Login,
        way: Way,
        purpose: For,
        whose: Whose,
    },
    Invite {
        login: Login,
        purpose: For,
        when: When,
    },
    /// A session is handed over to the system browser, and comes to its grant while the desk is gone.
    HandOver {
        login: Login,
        purpose: For,
    },
    /// The bank of an Item is linked once more.
    LinkAgain {
        item: usize,
        whose: Whose,
        choice: Choice,
    },
    Repair {
        item: usize,
    },
    Rotate {
        item: usize,
    },
    Remove {
        item: usize,
    },
}

const WINDOW: &[&str] = &[
    "link.written",
    "link.token_made",
    "link.token_kept",
    "link.page_open",
];
const GRANT: &[&str] = &["link.granted", "link.grant_kept"];
const EXCHANGE: &[&str] = &[
    "exchange.begun",
    "exchange.answered",
    "exchange.stored",
    "exchange.detailed",
];
const REMOVAL: &[&str] = &["remove.answered", "remove.recorded"];

impl Act {
    /// The places that this act is sure to pass.
    fn passes(self) -> Vec<&'static str> {
        let parts: &[&[&str]] = match self {
            Self::Link { .. }
            | Self::LinkAgain {
                choice: Choice::KeepBoth,
                ..
            } => &[WINDOW, GRANT, EXCHANGE],
            Self::LinkAgain {
                choice: Choice::Replace,
                ..
            } => &[WINDOW, GRANT, EXCHANGE, &["replace.stored"], REMOVAL],
            Self::LinkAgain {
                choice: Choice::Discard,
                ..
            } => &[WINDOW, GRANT, EXCHANGE, REMOVAL],
            Self::Invite {
                when: When::Now, ..
            } => &[
                &["link.written", "invitation.made", "invitation.granted"],
                GRANT,
                EXCHANGE,
            ],
            Self::Invite {
                when: When::Later, ..
            } => &[&["link.written", "invitation.made"]],
            Self::HandOver { .. } => &[WINDOW],
            Self::Repair { .. } => &[WINDOW, GRANT],
            Self::Rotate { .. } => &[&["rotate.asked", "rotate.answered", "rotate.stored"]],
            Self::Remove { .. } => &[&["remove.begun"], REMOVAL],
        };
        parts.concat()
    }

    pub fn does_pass(self, point: &str) -> bool {
        self.passes().contains(&point)
    }

    /// Whether somebody may come to a grant after it, while other things are done.
    pub fn leaves_a_link_out(self) -> bool {
        matches!(
            self,
            Self::HandOver { .. }
                | Self::Invite {
                    when: When::Later,
                    ..
                }
        )
    }

    /// Whether there has to be an Item for it.
    pub fn needs_item(self) -> bool {
        !matches!(
            self,
            Self::Link { .. } | Self::Invite { .. } | Self::HandOver { .. }
        )
    }

    /// By how many Items there are more after it.
    pub fn adds(self) -> isize {
        match self {
            Self::Link { .. }
            | Self::Invite {
                when: When::Now, ..
            }
            | Self::LinkAgain {
                choice: Choice::KeepBoth,
                ..
            } => 1,
            Self::Remove { .. } => -1,
            _ => 0,
        }
    }
}
