//! A real server on loopback for the tests of the wire: it answers exactly the bytes it is told to.
//! It speaks HTTP by hand where a fault is needed that no well-behaved server commits.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use plaid::{
    AccessToken, ApiHost, ApiSecret, Client, ClientId, Credentials, PublicToken, Timeouts,
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

pub const CLIENT_ID: &str = "planted-client-id-1";
pub const SECRET: &str = "planted-secret-2";
pub const ACCESS: &str = "access-sandbox-planted-3";
pub const PUBLIC: &str = "public-sandbox-planted-4";

pub fn access() -> AccessToken {
    AccessToken::new(ACCESS)
}

pub fn public() -> PublicToken {
    PublicToken::new(PUBLIC)
}

pub fn client(scheme: &str, address: SocketAddr, timeouts: Timeouts) -> Client {
    let url = format!("{scheme}://{address}").parse().unwrap();
    let credentials = Credentials {
        client_id: ClientId::new(CLIENT_ID),
        secret: ApiSecret::new(SECRET),
    };
    Client::with_timeouts(ApiHost::loopback(url).unwrap(), credentials, timeouts).unwrap()
}

/// Fails if a text shows any of the secrets that the tests use.
pub fn assert_no_secret(text: &str) {
    for secret in [SECRET, ACCESS, PUBLIC] {
        assert!(!text.contains(secret), "{secret} is shown in: {text}");
    }
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Arrived {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

type Answer = dyn Fn(&Arrived) -> Response + Send + Sync;
type Kept = Arc<Mutex<Vec<Arrived>>>;

/// A well-behaved server that keeps what arrives.
pub struct Server {
    pub address: SocketAddr,
    arrived: Kept,
}

impl Server {
    pub async fn start(answer: impl Fn(&Arrived) -> Response + Send + Sync + 'static) -> Self {
        let arrived = Kept::default();
        let state: (Kept, Arc<Answer>) = (arrived.clone(), Arc::new(answer));
        let router = Router::new().fallback(serve).with_state(state);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, arrived }
    }

    /// A server that answers every call with this status and body.
    pub async fn with(status: u16, content_type: &'static str, body: &'static str) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self::start(move |_| (status, [(CONTENT_TYPE, content_type)], body).into_response()).await
    }

    pub async fn json(status: u16, body: &'static str) -> Self {
        Self::with(status, "application/json", body).await
    }

    pub fn client(&self) -> Client {
        client("http", self.address, Timeouts::default())
    }

    /// The only request that arrived since the last look.
    pub fn take_one(&self) -> Arrived {
        let mut arrived = self.arrived.lock().unwrap();
        assert_eq!(arrived.len(), 1, "one request is expected");
        arrived.remove(0)
    }
}

async fn serve(
    State((arrived, answer)): State<(Kept, Arc<Answer>)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Arrived {
        path: uri.path().to_owned(),
        headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    };
    let response = answer(&request);
    arrived.lock().unwrap().push(request);
    response
}

/// What a raw server does once the request has arrived and its bytes are sent.
#[derive(Clone, Copy)]
pub enum Then {
    Close,
    Hold,
}

/// What a raw server saw.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Request,
    Closed,
}

/// A server of raw bytes for one connection.
pub struct RawServer {
    pub address: SocketAddr,
    pub seen: mpsc::UnboundedReceiver<Seen>,
}

impl RawServer {
    pub async fn start(bytes: Vec<u8>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (report, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            let _ = report.send(Seen::Request);
            // The client may leave before all is written; that is its right.
            let _ = stream.write_all(&bytes).await;
            if let Then::Hold = then {
                let mut rest = [0; 64];
                while matches!(stream.read(&mut rest).await, Ok(1..)) {}
            }
            drop(stream);
            let _ = report.send(Seen::Closed);
        });
        Self { address, seen }
    }

    pub fn client(&self, timeouts: Timeouts) -> Client {
        client("http", self.address, timeouts)
    }
}

/// Reads until the request is complete, or until the peer speaks something else than HTTP.
async fn read_request(stream: &mut TcpStream) {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        text.extend_from_slice(&buffer[..read]);
        let so_far = String::from_utf8_lossy(&text);
        let is_http = so_far.starts_with("POST ") || text.is_empty();
        let complete = so_far.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.to_lowercase().lines().find_map(|line| {
                line.strip_prefix("content-length: ")
                    .map(|value| value.parse::<usize>().unwrap())
            });
            body.len() >= length.unwrap_or(0)
        });
        if read == 0 || !is_http || complete {
            return;
        }
    }
}

/// Time-outs short enough to sit through, and long enough that a busy machine gets past the phases before.
pub fn short() -> Timeouts {
    Timeouts {
        ordinary: Duration::from_secs(2),
        ..Timeouts::default()
    }
}
