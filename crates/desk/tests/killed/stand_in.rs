//! The stand-in of one trial, and its own list of Items. It runs in the parent, which nobody kills.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use plaid_sandbox::{Options, SandboxClock, Server};
use serde::Deserialize;
use tempfile::TempDir;

pub struct StandIn {
    server: Server,
    clock: SandboxClock,
    state: TempDir,
}

/// An Item that the stand-in has.
#[derive(Debug, Deserialize)]
pub struct Item {
    pub item_id: String,
    pub institution_name: String,
    pub accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
pub struct Account {
    pub account_id: String,
    pub name: String,
    pub mask: String,
}

impl Item {
    pub fn account_ids(&self) -> BTreeSet<String> {
        let ids = self.accounts.iter().map(|account| &account.account_id);
        ids.cloned().collect()
    }
}

impl StandIn {
    pub async fn start() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    /// With what is in that folder.
    pub async fn on(state: TempDir) -> Self {
        let clock = SandboxClock::system();
        let options = Options {
            control_port: Some(0),
            clock: clock.clone(),
            ..Options::new(state.path())
        };
        Self {
            server: Server::start(options).await.unwrap(),
            clock,
            state,
        }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Every Item that was granted and not removed.
    pub async fn items(&self) -> Vec<Item> {
        #[derive(Deserialize)]
        struct Control {
            items: Vec<Item>,
        }
        let url = format!("{}/control", self.server.control_url().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let text = http.get(url).send().await.unwrap().text().await.unwrap();
        let control: Control = serde_json::from_str(&text).unwrap();
        control.items
    }

    /// Answers the folder with all that it has.
    pub async fn stop(self) -> TempDir {
        self.server.stop().await;
        self.state
    }
}
