//! How many calls of /accounts/balance/get the stand-in answers, asked by many callers at
//! once over kept-alive connections. Criterion reports calls a second as elements a second;
//! `taskset -c 0 cargo bench -p plaid-sandbox` shows what one core does, callers included.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plaid_sandbox::{CLIENT_ID, Options, SECRET, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Callers that wait for their answers at the same time.
const CALLERS: u64 = 32;

/// A connection that is kept, and the least of HTTP that the stand-in needs to be asked.
struct BenchClient {
    stream: TcpStream,
    host: String,
    answer: Vec<u8>,
}

impl BenchClient {
    async fn connect(server: &Server) -> Self {
        let host = server.url().trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            host,
            answer: Vec::new(),
        }
    }

    fn request(&self, path: &str, body: &str) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nPLAID-CLIENT-ID: {CLIENT_ID}\r\n\
             PLAID-SECRET: {SECRET}\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len(),
        )
    }

    /// Sends a request and reads its whole answer; the body.
    async fn send(&mut self, request: &str) -> &[u8] {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "the connection ended");
            if let Some((start, end)) = bounds(&self.answer)
                && self.answer.len() >= end
            {
                assert!(self.answer.starts_with(b"HTTP/1.1 200"));
                return &self.answer[start..end];
            }
        }
    }

    async fn ask(&mut self, path: &str, body: Value) -> Value {
        let request = self.request(path, &body.to_string());
        serde_json::from_slice(self.send(&request).await).unwrap()
    }

    async fn item(&mut self, username: &str) -> String {
        let create = json!({"institution_id": "ins_109508", "initial_products": ["auth"],
                            "options": {"override_username": username}});
        let created = self.ask("/sandbox/public_token/create", create).await;
        let exchange = json!({"public_token": created["public_token"]});
        let exchanged = self.ask("/item/public_token/exchange", exchange).await;
        exchanged["access_token"].as_str().unwrap().to_owned()
    }
}

/// Where the body of an answer starts and ends, once its head is there.
fn bounds(answer: &[u8]) -> Option<(usize, usize)> {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    Some((head + 4, head + 4 + length.unwrap()))
}

/// Lets all callers ask until `calls` answers are there.
async fn spend(callers: &mut Vec<(BenchClient, String)>, calls: u64) -> Duration {
    let each = calls.div_ceil(CALLERS);
    let start = Instant::now();
    let tasks: Vec<_> = callers
        .drain(..)
        .map(|(mut caller, request)| {
            tokio::spawn(async move {
                for _ in 0..each {
                    caller.send(&request).await;
                }
                (caller, request)
            })
        })
        .collect();
    for task in tasks {
        callers.push(task.await.unwrap());
    }
    start
        .elapsed()
        .mul_f64(calls as f64 / (each * CALLERS) as f64)
}

fn live_balances(criterion: &mut Criterion, runtime: &Runtime, server: &Server, username: &str) {
    let mut callers = runtime.block_on(async {
        let mut callers = Vec::new();
        for _ in 0..CALLERS {
            let mut caller = BenchClient::connect(server).await;
            let body = json!({"access_token": caller.item(username).await});
            let request = caller.request("/accounts/balance/get", &body.to_string());
            callers.push((caller, request));
        }
        callers
    });
    let mut group = criterion.benchmark_group("accounts_balance_get");
    group.throughput(Throughput::Elements(1));
    group.measurement_time(Duration::from_secs(8));
    group.bench_function(username, |bencher| {
        bencher.iter_custom(|calls| runtime.block_on(spend(&mut callers, calls)));
    });
    group.finish();
}

fn balance(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let state = tempfile::tempdir().unwrap();
    let server = runtime
        .block_on(Server::start(Options::new(state.path())))
        .unwrap();
    for username in ["user_good", "user_household"] {
        live_balances(criterion, &runtime, &server, username);
    }
    runtime.block_on(server.stop());
}

criterion_group!(benches, balance);
criterion_main!(benches);
