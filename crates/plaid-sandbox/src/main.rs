//! The program `plaid-sandbox`: starts the stand-in and prints its address. It ends when its standard input closes, so that
//! it never outlives the program that started it.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use plaid_sandbox::{Latency, Options, RateLimits, SandboxClock, Server};
use serde::Serialize;
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

const START_FAILED: u8 = 2;

/// A stand-in for Plaid's Sandbox on this machine. It needs no keys and no network
#[derive(Debug, Parser)]
#[command(name = "plaid-sandbox", version, after_help = AFTER_HELP)]
struct Arguments {
    /// The state directory: one SQLite file and the rulesets. Created if missing
    #[arg(long, value_name = "DIR")]
    state: PathBuf,

    /// The port on 127.0.0.1; 0 picks any free port
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Turns on the control endpoint, on this port of 127.0.0.1; 0 picks any free port
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,

    /// How long live reads take: none, lifelike (median 3 s, 95th percentile 11 s), or milliseconds
    #[arg(long, default_value_t = Latency::None)]
    latency: Latency,

    /// Which of Plaid's rate limits apply
    #[arg(long, value_name = "ENVIRONMENT", default_value = "off", num_args = 0..=1, default_missing_value = "sandbox")]
    limits: RateLimits,

    /// Keep running when standard input closes, until SIGTERM or Ctrl-C. For shells and CI, where a
    /// background program has no input
    #[arg(long)]
    ignore_stdin: bool,
}

const AFTER_HELP: &str = "\
Prints one line, {\"address\":\"http://127.0.0.1:PORT\"} (with --control-port also \"control\"), and
runs until its standard input closes or it gets SIGTERM or Ctrl-C. It listens on 127.0.0.1 only. If a
port, the state directory or a ruleset cannot be used, it prints the reason and ends with exit code 2.
RUST_LOG sets what it logs to standard error. In the background of a shell, and in CI:

  plaid-sandbox --state bank --port 8044 --ignore-stdin &

Credentials    client_id 5f1e0c0ffee0de500c0ffee1, secret de5b0a7d1e5a4dbc0de0ba1a9ce0de
               (headers PLAID-CLIENT-ID and PLAID-SECRET, or client_id and secret in the body)
Link           /link/v2/stable/link-initialize.js on the same address
Customers      user_good (Plaid's twelve accounts; also every username not listed here);
               with balances that change with every live read and every day:
               user_household      one account overdrawn, one without an available balance
               user_business       large amounts, one account in EUR
               user_bakery         takings, wages, a card, a loan
               user_freelancer     overdrawn; PayPal without a current balance; bitcoin
               user_student        small amounts; the bank closes an account after 30 days
               user_tenant_ana, user_tenant_ben, user_tenant_cho
                                   has the rent; has it on some days; is overdrawn
               user_canada         CAD with an overdraft limit, and USD
               user_lender         a small lender: large amounts, a credit line, one account in EUR
               user_custom         the password is the JSON account description of Plaid's Sandbox
Passwords      pass_good; error_CODE forces that error, such as error_ITEM_LOCKED; mfa_device,
               mfa_questions_ROUNDS_QUESTIONS, mfa_selections, mfa_selections_ROUNDS_QUESTIONS_ANSWERS
               and {\"recaptcha\": \"good\" | \"bad\"} ask for more in Link
Second factor  code 1234 (First Gingham Credit Union always asks for it); answers answer_0_0,
               answer_0_1 and so on by round and question; the first of the selections
Rulesets       JSON files in DIR/rulesets, read at the start. The first start writes default
               (Balance-only) and scores (Signal Transaction Scores; the amounts 3.53, 12.17 and 27.53
               score 10, 60 and 90)
Webhooks       go to http URLs on loopback only, signed in the header Plaid-Verification. Until one is
               accepted it is sent again after 30 s, 2 min, 8 min and so on, for 24 h
Clock          the control endpoint can move it forward

Endpoints (POST, JSON)
  /link/token/create  /link/token/get  /item/public_token/exchange  /item/public_token/create
  /item/get  /item/remove  /item/access_token/invalidate  /item/webhook/update
  /accounts/get  /accounts/balance/get
  /institutions/get  /institutions/get_by_id  /institutions/search
  /signal/evaluate  /signal/prepare  /signal/decision/report  /signal/return/report
  /sandbox/public_token/create  /sandbox/item/reset_login  /sandbox/item/fire_webhook
  /webhook_verification_key/get

Control (JSON, on the control port; every response shows the whole state)
  GET  /control               settings, institutions, Items with their accounts, and all choices
  POST /control/latency       {\"latency\": \"none\" | \"lifelike\" | milliseconds}
  POST /control/limits        {\"limits\": \"off\" | \"sandbox\" | \"production\"}
  POST /control/faults        {\"path\": \"/item/get\", \"fault\": FAULT, \"times\": 1}
       FAULT: rate_limit, client_rate_limit, institution_rate_limit, institution_not_responding,
       internal_server_error, unavailable (503, HTML), connection_reset, answer_lost (takes effect,
       then reset), truncated_body (takes effect, half a response)
  POST /control/faults/clear  {}
  POST /control/institution   {\"institution_id\": ID, \"health\": \"healthy\" | \"degraded\" | \"down\" |
                              \"unsupported\"}
  POST /control/item          {\"item_id\" or \"access_token\": ID, and either
                              \"error_code\": CODE or null (with it \"error_code_reason\"), or
                              \"notice\": \"PENDING_EXPIRATION\" | \"PENDING_DISCONNECT\" |
                              \"NEW_ACCOUNTS_AVAILABLE\" | null}
  POST /control/account       {\"account_id\": ID, \"closed\": true | false}
  POST /control/clock         {\"advance_seconds\": N}";

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

    let trigger = if arguments.ignore_stdin {
        ShutdownTrigger::Signal
    } else {
        ShutdownTrigger::InputClosedOrSignal
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
        Err(error) => return report_start_failure(&error),
    };
    if let Err(error) = announce(&server) {
        server.stop().await;
        return report_start_failure(&error);
    }
    wait_for_shutdown(trigger).await;
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

fn report_start_failure(error: &dyn std::error::Error) -> ExitCode {
    // Standard error may be closed; the exit code still tells.
    let _ = writeln!(io::stderr(), "plaid-sandbox: {error}");
    ExitCode::from(START_FAILED)
}

#[derive(Clone, Copy, Debug)]
enum ShutdownTrigger {
    InputClosedOrSignal,
    Signal,
}

async fn wait_for_shutdown(trigger: ShutdownTrigger) {
    let input_closes = async {
        match trigger {
            ShutdownTrigger::InputClosedOrSignal => standard_input_closed().await,
            ShutdownTrigger::Signal => std::future::pending().await,
        }
    };
    tokio::select! {
        () = input_closes => {}
        () = terminated() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn standard_input_closed() {
    let (closed, when_closed) = oneshot::channel();
    // Reading standard input cannot be canceled, so it runs on its own thread and does not delay the exit.
    std::thread::spawn(move || {
        let mut buffer = [0; 256];
        let mut input = io::stdin().lock();
        while matches!(input.read(&mut buffer), Ok(read) if read > 0) {}
        let _ = closed.send(());
    });
    // A thread that panicked has nothing left to read either.
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
            tracing::warn!(%error, "cannot handle SIGTERM");
            std::future::pending().await
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
