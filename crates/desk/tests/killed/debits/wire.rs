//! What lies between the desk and the bank. It knows when a call has left, was carried out or was answered, has the desk
//! killed there, and now and then loses a call or an answer of a desk that lives on. What has reached the bank is
//! carried out there, whether the desk still lives or not.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::moment::{CALLS, Kill, Moment, Phase};

/// Of so many calls, one is lost on its way, one after it was carried out, and one is answered with an error.
const OF_CALLS: u32 = 25;

pub struct Wire {
    url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    bank: String,
    http: reqwest::Client,
    round: Mutex<Round>,
    under_way: watch::Sender<usize>,
    faults: Mutex<usize>,
}

/// The life of one desk.
struct Round {
    kill: Option<Kill>,
    passed: u32,
    random: fastrand::Rng,
    /// Asks for the kill.
    now: watch::Sender<bool>,
    /// Whether it is done.
    dead: watch::Sender<bool>,
}

impl Round {
    fn of(kill: Option<Kill>) -> Self {
        Self {
            kill,
            passed: 0,
            random: fastrand::Rng::with_seed(kill.map_or(0, |kill| kill.seed)),
            now: watch::Sender::new(false),
            dead: watch::Sender::new(false),
        }
    }

    fn fate(&mut self, path: &str) -> Fate {
        let Some(kill) = self.kill.filter(|_| CALLS.contains(&path)) else {
            return Fate::Passes;
        };
        if let Moment::Call(call, phase) = kill.moment
            && call == path
        {
            self.passed += 1;
            if self.passed == kill.passing {
                return Fate::Kills(phase);
            }
        }
        match self.random.u32(..OF_CALLS) {
            0 => Fate::LostBefore,
            1 => Fate::LostAfter,
            2 => Fate::Fails,
            _ => Fate::Passes,
        }
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Passes,
    LostBefore,
    LostAfter,
    Fails,
    Kills(Phase),
}

/// Resolves when the desk is to be killed.
pub struct Now(watch::Receiver<bool>);

impl Now {
    pub async fn comes(&mut self) {
        if self.0.wait_for(|now| *now).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Wire {
    pub async fn to(bank: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            bank,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            round: Mutex::new(Round::of(None)),
            under_way: watch::Sender::new(0),
            faults: Mutex::new(0),
        });
        let router = Router::new()
            .fallback(carry)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            shared,
            server,
        }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// A desk is started, to be killed or not.
    pub fn begin(&self, kill: Option<Kill>) -> Now {
        let round = Round::of(kill);
        let now = Now(round.now.subscribe());
        *self.shared.round() = round;
        now
    }

    /// The desk is gone. Waits until the bank has ended what had reached it.
    pub async fn end(&self) {
        self.shared.round().dead.send_replace(true);
        let mut under_way = self.shared.under_way.subscribe();
        under_way.wait_for(|calls| *calls == 0).await.unwrap();
    }

    /// How many calls of a desk that lived on went wrong on the way.
    pub fn faults(&self) -> usize {
        *self.shared.faults.lock().unwrap()
    }

    pub async fn stop(self) {
        self.server.abort();
        let _ = self.server.await;
    }
}

async fn carry(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let under_way = UnderWay::of(&shared);
    // A task of its own: a desk that dies takes only its connections along.
    let carried = tokio::spawn(async move { under_way.0.carry(request).await });
    carried.await.unwrap()
}

/// A call, counted until it has ended in one way or another.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn of(shared: &Arc<Shared>) -> Self {
        shared.under_way.send_modify(|calls| *calls += 1);
        Self(Arc::clone(shared))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|calls| *calls -= 1);
    }
}

impl Shared {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap()
    }

    async fn carry(&self, request: Request) -> Response {
        let (fate, now, dead) = {
            let mut round = self.round();
            let fate = round.fate(request.uri().path());
            (fate, round.now.clone(), round.dead.subscribe())
        };
        if matches!(fate, Fate::LostBefore | Fate::LostAfter | Fate::Fails) {
            *self.faults.lock().unwrap() += 1;
        }
        match fate {
            Fate::Passes => self.to_the_bank(request).await,
            Fate::LostBefore => broken(),
            Fate::LostAfter => {
                self.to_the_bank(request).await;
                broken()
            }
            Fate::Fails => failed(),
            Fate::Kills(Phase::Sent) => killed(&now, dead).await,
            Fate::Kills(Phase::CarriedOut) => {
                self.to_the_bank(request).await;
                killed(&now, dead).await
            }
            Fate::Kills(Phase::Answered) => {
                let answer = self.to_the_bank(request).await;
                // It leaves as the kill comes.
                now.send_replace(true);
                answer
            }
        }
    }

    async fn to_the_bank(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            // The desk died in the middle of sending it.
            return broken();
        };
        let mut headers = parts.headers;
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        let answer = self
            .http
            .request(parts.method, format!("{}{}", self.bank, parts.uri))
            .headers(headers)
            .body(body)
            .send()
            .await
            .unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        with(status, headers, answer.bytes().await.unwrap())
    }
}

fn with(status: StatusCode, headers: HeaderMap, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Has the desk killed, and holds the call until it is dead.
async fn killed(now: &watch::Sender<bool>, mut dead: watch::Receiver<bool>) -> Response {
    now.send_replace(true);
    // The round ends only with the desk.
    let _ = dead.wait_for(|dead| *dead).await;
    broken()
}

/// An answer that is announced and never comes: the connection ends.
fn broken() -> Response {
    let end = stream::once(async { Err::<Bytes, _>(std::io::ErrorKind::ConnectionReset) });
    let body = Body::from_stream(futures_util::TryStreamExt::map_err(
        end,
        std::io::Error::from,
    ));
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, 100.into());
    response
}

/// Plaid's own error; nothing was carried out.
fn failed() -> Response {
    let body = r#"{"error_type":"API_ERROR","error_code":"INTERNAL_SERVER_ERROR","error_message":"an unexpected error occurred","display_message":null,"request_id":"on-the-wire"}"#;
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    with(StatusCode::INTERNAL_SERVER_ERROR, headers, body.into())
}
