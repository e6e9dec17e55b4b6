//! The program `plaid-sandbox`: starts the stand-in, says where it listens, and ends with
//! its standard input, so that it never outlives the program that started it.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use plaid_sandbox::{Latency, Options, RateLimits, SandboxClock, Server};
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

    /// The port of the control endpoint on 127.0.0.1; 0 takes any that is free. Without it
    /// there is none
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,

    /// How long a bank takes to answer for live balances: none, lifelike (3 s in the median,
    /// 11 s at the 95th percentile) or a number of milliseconds
    #[arg(long, default_value_t = Latency::None)]
    latency: Latency,

    /// Which of Plaid's rate limits hold: off, sandbox or production
    #[arg(long, value_name = "OF", default_value = "off", num_args = 0..=1, default_missing_value = "sandbox")]
    limits: RateLimits,

    /// Serve on when standard input closes, until SIGTERM or Ctrl-C; for shells and CI, where a
    /// program in the background has no input
    #[arg(long)]
    ignore_stdin: bool,
}

const AFTER_HELP: &str = "\
On standard output it prints one line, {\"address\":\"http://127.0.0.1:PORT\"} (with
--control-port also \"control\"), and then serves until its standard input closes or it is asked
to end (SIGTERM, Ctrl-C). It listens on 127.0.0.1 only. When a port, the folder or a ruleset
cannot be used, it says so in one line and ends with exit code 2. RUST_LOG chooses what it logs
to standard error. In the background of a shell, and in CI:

  plaid-sandbox --state bank --port 8044 --ignore-stdin &

Credentials  client_id 5f1e0c0ffee0de500c0ffee1, secret de5b0a7d1e5a4dbc0de0ba1a9ce0de
             (headers PLAID-CLIENT-ID and PLAID-SECRET, or client_id and secret in the body)
Link         /link/v2/stable/link-initialize.js on the same address
Customers    user_good (Plaid's twelve accounts; so is every name not listed here); and with
             balances that move with every live read and every day:
             user_household      one account overdrawn, one whose available balance is not told
             user_business       large amounts, one account in EUR
             user_bakery         takings, wages, a card, a loan
             user_freelancer     overdrawn; PayPal without a current balance; bitcoin
             user_student        small amounts; an account that is closed after 30 days
             user_tenant_ana, user_tenant_ben, user_tenant_cho
                                 has the rent; has it on some days; is overdrawn
             user_canada         CAD with an overdraft limit, and USD
             user_lender         a small lender: large sums, a credit line, one account in EUR
             user_custom         the password is the JSON account description of Plaid's Sandbox
Passwords    pass_good; error_CODE forces that error, such as error_ITEM_LOCKED; mfa_device,
             mfa_questions_ROUNDS_QUESTIONS, mfa_selections, mfa_selections_ROUNDS_QUESTIONS_ANSWERS
             and {\"recaptcha\": \"good\" | \"bad\"} ask for more in Link
Second factor  code 1234 (always asked for at First Gingham Credit Union), answers answer_0_0,
             answer_0_1 and so on by round and question, the first of the selections
Rulesets     JSON files in DIR/rulesets, read at the start; default (Balance-only) and scores
             (Signal Transaction Scores; amounts 3.53, 12.17 and 27.53 score 10, 60 and 90)
             are written there at the first one
Webhooks     go to http URLs on loopback only, signed in the header Plaid-Verification; one that
             is not taken is sent again after 30 s, 2 min, 8 min and so on, for 24 h
SandboxClock        Items, tokens, balances and webhooks go by a clock that the control endpoint moves

Endpoints (POST, JSON)
  /link/token/create  /link/token/get  /item/public_token/exchange  /item/public_token/create
  /item/get  /item/remove  /item/access_token/invalidate  /item/webhook/update
  /accounts/get  /accounts/balance/get
  /institutions/get  /institutions/get_by_id  /institutions/search
  /signal/evaluate  /signal/prepare  /signal/decision/report  /signal/return/report
  /sandbox/public_token/create  /sandbox/item/reset_login  /sandbox/item/fire_webhook
  /webhook_verification_key/get

Conditions (JSON, on the control port; each answers everything as it is then)
  GET  /control               settings, institutions, Items with their accounts, and all choices
  POST /control/latency       {\"latency\": \"none\" | \"lifelike\" | milliseconds}
  POST /control/limits        {\"limits\": \"off\" | \"sandbox\" | \"production\"}
  POST /control/faults        {\"path\": \"/item/get\", \"fault\": FAULT, \"times\": 1}
       FAULT: rate_limit, client_rate_limit, institution_rate_limit, institution_not_responding,
       internal_server_error, unavailable (503, HTML), connection_reset, answer_lost (done, then
       reset), truncated_body (done, half an answer)
  POST /control/faults/clear  {}
  POST /control/institution   {\"institution_id\": ID, \"health\": \"healthy\" | \"degraded\" | \"down\" |
                              \"unsupported\"}
  POST /control/item          {\"item_id\" or \"access_token\": ID, and either
                              \"error_code\": CODE or null (with it \"error_code_reason\"), or
                              \"notice\": \"PENDING_EXPIRATION\" | \"PENDING_DISCONNECT\" |
                              \"NEW_ACCOUNTS_AVAILABLE\" | null}
  POST /control/account       {\"account_id\": ID, \"closed\": true | false}
  POST /control/clock         {\"advance_seconds\": N}";

/// The line on standard output.
#[derive(Serialize)]
struct StartupLine {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();

    let until = if arguments.ignore_stdin {
        ShutdownTrigger::Signal
    } else {
        ShutdownTrigger::InputCloses
    };
    let options = Options {
        state: arguments.state,
        port: arguments.port,
        control_port: arguments.control_port,
        latency: arguments.latency,
        limits: arguments.limits,
        clock: SandboxClock::system(),
    };
    let server = match Server::start(options).await {
        Ok(server) => server,
        Err(error) => return cannot_start(&error),
    };
    if let Err(error) = announce(&server) {
        server.stop().await;
        return cannot_start(&error);
    }
    asked_to_end(until).await;
    server.stop().await;
    ExitCode::SUCCESS
}

fn announce(server: &Server) -> io::Result<()> {
    let line = serde_json::to_string(&StartupLine {
        address: server.url(),
        control: server.control_url(),
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

/// How long the program serves.
#[derive(Clone, Copy, Debug)]
enum ShutdownTrigger {
    /// Until standard input closes, or a signal.
    InputCloses,
    /// Until a signal only.
    Signal,
}

/// Returns when standard input closes, where that counts, or a signal asks the program to end.
async fn asked_to_end(until: ShutdownTrigger) {
    let input_closes = async {
        match until {
            ShutdownTrigger::InputCloses => input_closed().await,
            ShutdownTrigger::Signal => std::future::pending().await,
        }
    };
    tokio::select! {
        () = input_closes => {}
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
