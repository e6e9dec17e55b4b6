//! The program `plaid-sandbox`: starts the stand-in, says where it listens, and ends with
//! its standard input, so that it never outlives the program that started it.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use plaid_sandbox::{Clock, Options, Server};
use serde::Serialize;
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

/// What a start that failed ends with.
const CANNOT_START: u8 = 2;

/// A stand-in for Plaid's Sandbox on this machine: no keys of yours, no network.
#[derive(Debug, Parser)]
#[command(name = "plaid-sandbox", version, after_help = AFTER_HELP)]
struct Arguments {
    /// The folder that keeps Items, tokens, sessions, evaluations, decisions and returns
    /// (one SQLite file; made when it is not there)
    #[arg(long, value_name = "DIR")]
    state: PathBuf,

    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// How long a bank takes to answer for live balances, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 0)]
    live_balance_delay_ms: u64,
}

const AFTER_HELP: &str = "\
On standard output it prints one line, {\"address\":\"http://127.0.0.1:PORT\"}, and then serves
until its standard input closes or it is asked to end (SIGTERM, Ctrl-C). It listens on
127.0.0.1 only. When the port or the folder cannot be used, it says so in one line and ends
with exit code 2. RUST_LOG chooses what it logs to standard error.

Credentials  client_id 5f1e0c0ffee0de500c0ffee1, secret de5b0a7d1e5a4dbc0de0ba1a9ce0de
             (headers PLAID-CLIENT-ID and PLAID-SECRET, or client_id and secret in the body)
Link         /link/v2/stable/link-initialize.js on the same address
Customers    user_good (Plaid's twelve accounts; so is every name not listed here),
             user_household (moves with every live read), user_business (large, one in EUR)
Passwords    pass_good; error_CODE forces that error, such as error_ITEM_LOCKED
Second factor  1234, at First Gingham Credit Union
Rulesets     default (Balance-only), scores (Signal Transaction Scores; amounts 3.53, 12.17
             and 27.53 score 10, 60 and 90)

Endpoints (POST, JSON)
  /link/token/create  /link/token/get  /item/public_token/exchange  /item/get  /item/remove
  /item/access_token/invalidate  /accounts/get  /accounts/balance/get
  /institutions/get_by_id  /institutions/search
  /signal/evaluate  /signal/prepare  /signal/decision/report  /signal/return/report
  /sandbox/public_token/create  /sandbox/item/reset_login";

/// The line on standard output.
#[derive(Serialize)]
struct Listening {
    address: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();

    let options = Options {
        state: arguments.state,
        port: arguments.port,
        live_balance_delay: Duration::from_millis(arguments.live_balance_delay_ms),
        clock: Clock::system(),
    };
    let server = match Server::start(options).await {
        Ok(server) => server,
        Err(error) => return cannot_start(&error),
    };
    if let Err(error) = announce(&server) {
        server.stop().await;
        return cannot_start(&error);
    }
    asked_to_end().await;
    server.stop().await;
    ExitCode::SUCCESS
}

fn announce(server: &Server) -> io::Result<()> {
    let line = serde_json::to_string(&Listening {
        address: server.url(),
    })?;
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

fn cannot_start(error: &dyn std::error::Error) -> ExitCode {
    // Standard error may be closed; the exit code says it all the same.
    let _ = writeln!(io::stderr(), "plaid-sandbox: {error}");
    ExitCode::from(CANNOT_START)
}

/// Returns when standard input closes or a signal asks the program to end.
async fn asked_to_end() {
    tokio::select! {
        () = input_closed() => {}
        () = terminated() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn input_closed() {
    let (closed, when_closed) = oneshot::channel();
    // A thread of its own: reading standard input cannot be cancelled, and must not keep
    // the program from ending.
    std::thread::spawn(move || {
        let mut buffer = [0; 256];
        let mut input = io::stdin().lock();
        while matches!(input.read(&mut buffer), Ok(read) if read > 0) {}
        let _ = closed.send(());
    });
    // A thread that ended without a word has nothing left to read, either.
    let _ = when_closed.await;
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            std::future::pending().await
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
