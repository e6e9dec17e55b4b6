//! Measures how many calls of /accounts/balance/get the stand-in answers a second (Criterion calls them elements), with many
//! clients over kept-alive connections. `taskset -c 0 cargo bench -p plaid-sandbox` measures one core, clients included.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plaid_sandbox::{CLIENT_ID, Options, SECRET, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

const CLIENTS: u64 = 32;

/// A kept-alive connection with a minimal HTTP client.
struct BenchClient {
    stream: TcpStream,
    host: String,
    response: Vec<u8>,
}

impl BenchClient {
    async fn connect(server: &Server) -> Self {
        let host = server.url().trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            host,
            response: Vec::new(),
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

    /// Returns the body of the response.
    async fn send(&mut self, request: &str) -> &[u8] {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.response.clear();
        loop {
            let read = self.stream.read_buf(&mut self.response).await.unwrap();
            assert!(read > 0, "the connection ended");
            if let Some((start, end)) = body_bounds(&self.response)
                && self.response.len() >= end
            {
                assert!(self.response.starts_with(b"HTTP/1.1 200"));
                return &self.response[start..end];
            }
        }
    }

    async fn call(&mut self, path: &str, body: Value) -> Value {
        let request = self.request(path, &body.to_string());
        serde_json::from_slice(self.send(&request).await).unwrap()
    }

    async fn new_item(&mut self, username: &str) -> String {
        let create = json!({"institution_id": "ins_109508", "initial_products": ["auth"],
                            "options": {"override_username": username}});
        let created = self.call("/sandbox/public_token/create", create).await;
        let exchange = json!({"public_token": created["public_token"]});
        let exchanged = self.call("/item/public_token/exchange", exchange).await;
        exchanged["access_token"].as_str().unwrap().to_owned()
    }
}

/// Where the body starts and ends, once the head has arrived.
fn body_bounds(response: &[u8]) -> Option<(usize, usize)> {
    let head = response.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&response[..head]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    Some((head + 4, head + 4 + length.unwrap()))
}

async fn measure(clients: &mut Vec<(BenchClient, String)>, calls: u64) -> Duration {
    let each = calls.div_ceil(CLIENTS);
    let start = Instant::now();
    let tasks: Vec<_> = clients
        .drain(..)
        .map(|(mut client, request)| {
            tokio::spawn(async move {
                for _ in 0..each {
                    client.send(&request).await;
                }
                (client, request)
            })
        })
        .collect();
    for task in tasks {
        clients.push(task.await.unwrap());
    }
    start
        .elapsed()
        .mul_f64(calls as f64 / (each * CLIENTS) as f64)
}

fn live_balances(criterion: &mut Criterion, runtime: &Runtime, server: &Server, username: &str) {
    let mut clients = runtime.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let mut client = BenchClient::connect(server).await;
            let body = json!({"access_token": client.new_item(username).await});
            let request = client.request("/accounts/balance/get", &body.to_string());
            clients.push((client, request));
        }
        clients
    });
    let mut group = criterion.benchmark_group("accounts_balance_get");
    group.throughput(Throughput::Elements(1));
    group.measurement_time(Duration::from_secs(8));
    group.bench_function(username, |bencher| {
        bencher.iter_custom(|calls| runtime.block_on(measure(&mut clients, calls)));
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
