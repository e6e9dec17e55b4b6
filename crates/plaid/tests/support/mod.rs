//! Servers on loopback for the tests of the client: [`TestServer`] behaves, [`RawServer`] sends any bytes.

#![allow(dead_code, reason = "each test file uses a part of this module")]

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

/// Fails if `text` contains any of the secrets above.
pub fn assert_no_secret(text: &str) {
    for secret in [SECRET, ACCESS, PUBLIC] {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }
}

#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl ReceivedRequest {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

type AnswerFn = dyn Fn(&ReceivedRequest) -> Response + Send + Sync;
type RequestLog = Arc<Mutex<Vec<ReceivedRequest>>>;

/// A server that records requests.
pub struct TestServer {
    pub address: SocketAddr,
    received: RequestLog,
}

impl TestServer {
    pub async fn start(
        answer: impl Fn(&ReceivedRequest) -> Response + Send + Sync + 'static,
    ) -> Self {
        let received = RequestLog::default();
        let state: (RequestLog, Arc<AnswerFn>) = (received.clone(), Arc::new(answer));
        let router = Router::new().fallback(serve).with_state(state);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, received }
    }

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

    /// The only request since the last call of this function.
    pub fn take_request(&self) -> ReceivedRequest {
        let mut received = self.received.lock().unwrap();
        assert_eq!(received.len(), 1, "expected one request");
        received.remove(0)
    }
}

async fn serve(
    State((received, answer)): State<(RequestLog, Arc<AnswerFn>)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = ReceivedRequest {
        path: uri.path().to_owned(),
        headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    };
    let response = answer(&request);
    received.lock().unwrap().push(request);
    response
}

/// What a [`RawServer`] does after it has sent its bytes.
#[derive(Clone, Copy)]
pub enum AfterAnswer {
    Close,
    KeepOpen,
}

/// What happened to the connection of a [`RawServer`].
#[derive(Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    RequestReceived,
    Closed,
}

/// Accepts one connection, reads one request, and sends raw bytes.
pub struct RawServer {
    pub address: SocketAddr,
    pub events: mpsc::UnboundedReceiver<ConnectionEvent>,
}

impl RawServer {
    pub async fn start(bytes: Vec<u8>, after: AfterAnswer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (report, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            let _ = report.send(ConnectionEvent::RequestReceived);
            // The client may hang up before everything is sent.
            let _ = stream.write_all(&bytes).await;
            if let AfterAnswer::KeepOpen = after {
                let mut rest = [0; 64];
                while matches!(stream.read(&mut rest).await, Ok(1..)) {}
            }
            drop(stream);
            let _ = report.send(ConnectionEvent::Closed);
        });
        Self { address, events }
    }

    pub fn client(&self, timeouts: Timeouts) -> Client {
        client("http", self.address, timeouts)
    }
}

/// Reads until the request is complete, or until the peer turns out not to speak HTTP.
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

/// Short enough to wait for, and long enough that a busy machine gets past the earlier phases.
pub fn short_timeouts() -> Timeouts {
    Timeouts {
        ordinary: Duration::from_secs(2),
        ..Timeouts::default()
    }
}
