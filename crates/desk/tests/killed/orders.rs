//! What the processes of a trial tell each other: orders on standard input, news and a report on standard output, each
//! a line of JSON. What was told before a kill has arrived.

use std::{collections::BTreeSet, io::Write as _, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::act::{Act, Choice, Login};

/// The child that is killed.
pub const ACT: &str = "act";

/// The child that is started after it.
pub const SETTLE: &str = "settle";

/// What a child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Orders {
    pub data_dir: PathBuf,
    /// Address of the stand-in.
    pub bank: String,
    /// How much the clock is ahead of the machine's.
    pub ahead_seconds: i64,
    pub acts: Vec<Act>,
    /// What to decide about grants that were not decided about.
    pub choice: Choice,
}

/// What a child tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum News {
    /// The stand-in is about to grant an Item.
    Grants,
    /// An Item is about to be removed, or replaced, or not to be kept.
    Removes,
    /// The desk has taken that on.
    Removal,
    /// There is an address of Link outside the desk.
    Out(LinkOut),
    /// All is settled.
    Report(Report),
}

impl News {
    /// Tells the parent.
    pub fn tell(&self) {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, self).unwrap();
        out.write_all(b"\n").unwrap();
        out.flush().unwrap();
    }
}

/// An address of Link that somebody can go through.
#[derive(Debug, Serialize, Deserialize)]
pub struct LinkOut {
    pub url: String,
    pub login: Login,
    pub with: With,
}

/// Who has an address of Link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum With {
    /// It was sent to a customer.
    Customer,
    /// The user, in the system browser.
    User,
}

/// What the desk holds and says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub items: Vec<Held>,
    pub sessions: Vec<Told>,
}

/// An Item of the desk.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    pub item_id: String,
    pub account_ids: BTreeSet<String>,
    /// Whether a call with its access token succeeded.
    pub works: bool,
    /// What the desk says is wrong with it.
    pub problem: Option<Explained>,
}

/// A Link session that came to no Item, in the desk's words.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    pub state: String,
    pub problem: Option<Explained>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Explained {
    pub message: String,
    /// Whether linking again is the next step offered.
    pub link_again: bool,
}
