//! Fills a data folder of the app for the benchmarks of its window: the Demo with as many Items of `user_good` (twelve
//! accounts each) and readings as asked for, opened last, so that the app opens it at its start.
//!
//! `fill-desk FOLDER STAND-IN ITEMS READINGS_OF_EACH_ACCOUNT`; the key goes into the keyring of the session bus. It
//! says in one line of JSON how many accounts and readings there are.

#[path = "../benches/stand_in/mod.rs"]
mod stand_in;

use std::{env, num::NonZeroU32, path::PathBuf, process::ExitCode, sync::Arc};

use desk::{
    Desk, DeskConfig, DeskError, PlaidUrls, SystemClock,
    bench::stage::{self, Customer},
    calls::{CallPace, KeptLimits},
    environment::Environment,
};
use serde_json::json;
use stand_in::StandIn;

/// The app's.
const KEYRING_SERVICE: &str = "app.balancedesk.desktop";

struct Wanted {
    folder: PathBuf,
    stand_in: PathBuf,
    items: u32,
    /// Of each account, the one of its link included.
    readings: u32,
}

impl Wanted {
    fn read() -> Option<Self> {
        let mut arguments = env::args_os().skip(1);
        let folder = arguments.next()?.into();
        let stand_in = arguments.next()?.into();
        let mut number = || arguments.next()?.to_str()?.parse().ok();
        Some(Self {
            folder,
            stand_in,
            items: number()?,
            readings: number()?,
        })
    }
}

#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program talks through its standard streams"
)]
fn main() -> ExitCode {
    let Some(wanted) = Wanted::read() else {
        eprintln!("fill-desk FOLDER STAND-IN ITEMS READINGS_OF_EACH_ACCOUNT");
        return ExitCode::from(2);
    };
    let filled = tokio::runtime::Runtime::new()
        .map_err(|error| error.to_string())
        .and_then(|runtime| {
            runtime
                .block_on(fill(&wanted))
                .map_err(|error| error.to_string())
        });
    match filled {
        Ok((accounts, readings)) => {
            println!("{}", json!({"accounts": accounts, "readings": readings}));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fill-desk: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn fill(wanted: &Wanted) -> Result<(usize, u32), DeskError> {
    let config = DeskConfig {
        data_dir: wanted.folder.clone(),
        version: "0.0.0".to_owned(),
        keyring_service: KEYRING_SERVICE.to_owned(),
        plaid_urls: PlaidUrls::default(),
        demo: Arc::new(StandIn::new(wanted.stand_in.clone(), "none")),
    };
    let pace = CallPace {
        limits: KeptLimits::None,
        ..CallPace::default()
    };
    let desk = Desk::start_paced(config, Arc::new(SystemClock), pace).await;
    desk.open_environment(Environment::Demo).await?;
    let customer = Customer {
        username: "user_good".to_owned(),
        password: "pass_good".to_owned(),
    };
    stage::link(&desk, &customer, wanted.items).await?;
    let more = NonZeroU32::new(wanted.readings.saturating_sub(1));
    let readings = match more {
        Some(more) if wanted.items > 0 => stage::give_history(&desk, more).await?,
        _ => 0,
    };
    let accounts = desk.open().unwrap().accounts.list().await?.rows.len();
    desk.shut_down().await;
    Ok((accounts, readings))
}
