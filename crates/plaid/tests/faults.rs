//! Everything that can go wrong on the wire, caused by a real server. No error shows a key or a token.

mod support;

use std::time::Duration;

use axum::{
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use plaid::{
    BalanceOptions, ConnectFailure, Error, ItemRemoveResponse, Retry, SideEffect, TimeoutPhase,
    Timeouts,
};
use support::{
    ACCESS, AfterAnswer, ConnectionEvent, PUBLIC, RawServer, SECRET, TestServer, access,
    assert_no_secret, client, public, short_timeouts,
};

macro_rules! assert_matches {
    ($error:ident, $($pattern:tt)+) => {
        assert!(matches!($error, $($pattern)+), "{:?}", $error)
    };
}

async fn remove(server: &TestServer) -> Error {
    error_of(server.client().item_remove(&access()).await)
}

/// The error of a failed call, which shows no secret.
fn error_of<T: std::fmt::Debug>(result: Result<T, Error>) -> Error {
    let error = result.unwrap_err();
    assert_no_secret(&format!("{error} {error:?} {error:#?}"));
    error
}

async fn raw(bytes: impl Into<Vec<u8>>, after: AfterAnswer) -> Error {
    let server = RawServer::start(bytes.into(), after).await;
    error_of(server.client(long_timeouts()).item_remove(&access()).await)
}

/// Long enough that only a silent server exceeds it.
fn long_timeouts() -> Timeouts {
    Timeouts {
        ordinary: Duration::from_secs(20),
        ..Timeouts::default()
    }
}

const PLAIN_ERROR: &str = r#"{"error_type":"ITEM_ERROR","error_code":"ITEM_LOGIN_REQUIRED",
    "error_code_reason":null,"error_message":"the login details of this item have changed",
    "display_message":"Please sign in again.","request_id":"HNTDNrA8F1shFEW","causes":[],"status":400,
    "documentation_url":"https://plaid.com/docs/","suggested_action":null,"something_new":{"a":1}}"#;

#[tokio::test]
async fn plaids_error_is_kept_whole() {
    for status in [400, 200] {
        let server = TestServer::json(status, PLAIN_ERROR).await;
        let error = remove(&server).await;
        let api = error.api().expect("an API error");
        assert_eq!(api.status, status);
        assert_eq!(api.error_type, "ITEM_ERROR");
        assert_eq!(error.error_code(), Some("ITEM_LOGIN_REQUIRED"));
        assert_eq!(
            api.display_message.as_deref(),
            Some("Please sign in again.")
        );
        assert_eq!(error.request_id().unwrap().as_str(), "HNTDNrA8F1shFEW");
        assert_eq!(api.suggested_action, None);
        assert_eq!(error.retry(), Retry::Never);
        assert_eq!(error.side_effect(), SideEffect::None);
    }
}

#[tokio::test]
async fn unknown_error_types_are_accepted() {
    let server = TestServer::json(
        418,
        r#"{"error_type":"TEAPOT_ERROR","error_code":"SHORT_AND_STOUT"}"#,
    )
    .await;
    assert_eq!(remove(&server).await.error_code(), Some("SHORT_AND_STOUT"));
}

#[tokio::test]
async fn an_error_that_repeats_our_secrets_is_cleaned() {
    let server = TestServer::start(|_| {
        let body = format!(
            r#"{{"error_type":"INVALID_INPUT","error_code":"INVALID_ACCESS_TOKEN",
            "error_message":"no item for {ACCESS} of {SECRET}","display_message":"{ACCESS}"}}"#
        );
        (StatusCode::BAD_REQUEST, body).into_response()
    })
    .await;
    let error = remove(&server).await;
    assert_eq!(
        error.api().unwrap().error_message,
        "no item for [redacted] of [redacted]"
    );
}

#[tokio::test]
async fn a_proxys_page_is_not_json() {
    let server = TestServer::with(
        502,
        "text/html; charset=utf-8",
        "<html>\n<h1>502\u{7} Bad Gateway</h1>",
    )
    .await;
    let error = remove(&server).await;
    let Error::NotJson {
        status,
        content_type,
        excerpt,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(*status, 502);
    assert_eq!(content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(excerpt.as_deref(), Some("<html> <h1>502 Bad Gateway</h1>"));
    assert_eq!(error.retry(), Retry::AfterLostAnswer);
    assert_eq!(error.side_effect(), SideEffect::Possible);
}

#[tokio::test]
async fn a_page_that_shows_our_headers_is_cleaned_and_cut() {
    let server = TestServer::start(|request| {
        let page = format!("{:?} {} {}", request.headers, request.text, "x".repeat(500));
        (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
    })
    .await;
    let Error::NotJson {
        excerpt: Some(excerpt),
        ..
    } = remove(&server).await
    else {
        panic!("not a page");
    };
    assert_eq!(excerpt.chars().count(), 200);
}

#[tokio::test]
async fn a_call_whose_answer_carries_a_token_quotes_no_page() {
    let server = TestServer::with(200, "text/plain", "access_token=access-production-unseen").await;
    let error = error_of(server.client().item_public_token_exchange(&public()).await);
    assert_matches!(error, Error::NotJson { excerpt: None, .. });
    assert!(!format!("{error:?}{error}").contains("unseen"));
}

#[tokio::test]
async fn binary_bodies_are_not_quoted() {
    let error = raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\xff\xfe\x00",
        AfterAnswer::Close,
    )
    .await;
    assert_matches!(
        error,
        Error::NotJson {
            status: 200,
            excerpt: None,
            ..
        }
    );
}

#[tokio::test]
async fn an_empty_body_is_an_error() {
    for body in ["", " \n "] {
        let server = TestServer::json(200, body).await;
        let error = remove(&server).await;
        assert_matches!(error, Error::Empty { status: 200, .. });
    }
}

#[tokio::test]
async fn the_request_id_comes_from_a_header_if_the_body_has_none() {
    let error = raw(
        "HTTP/1.1 503 Unavailable\r\nx-request-id: abc-1\r\ncontent-length: 0\r\n\r\n",
        AfterAnswer::Close,
    )
    .await;
    assert_eq!(error.request_id().unwrap().as_str(), "abc-1");
}

#[tokio::test]
async fn incomplete_json_is_truncated() {
    let server = TestServer::json(200, r#"{"request_id":"abc"#).await;
    let error = remove(&server).await;
    assert_matches!(error, Error::Truncated { status: 200 });
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_truncated() {
    let error = raw(
        "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"request_id\":",
        AfterAnswer::Close,
    )
    .await;
    assert_matches!(error, Error::Truncated { status: 200 });
    assert_eq!(error.side_effect(), SideEffect::Possible);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_lost() {
    for bytes in ["", "HTTP/1.1 20"] {
        let error = raw(bytes, AfterAnswer::Close).await;
        assert_matches!(error, Error::ConnectionLost);
        assert_eq!(error.side_effect(), SideEffect::Possible);
    }
}

#[tokio::test]
async fn an_announced_oversized_body_is_not_read() {
    let error = raw(
        "HTTP/1.1 200 OK\r\ncontent-length: 17000000\r\n\r\n",
        AfterAnswer::KeepOpen,
    )
    .await;
    assert_matches!(error, Error::TooLarge { status: 200, .. });
}

#[tokio::test]
async fn an_unannounced_oversized_body_is_cut_off() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    bytes.resize(17 * 1024 * 1024 + 100, b' ');
    let error = raw(bytes, AfterAnswer::KeepOpen).await;
    assert_matches!(error, Error::TooLarge { status: 200, .. });
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = TestServer::json(200, r#"{"request_id":"stolen"}"#).await;
    let location = format!("http://{}/item/remove?key=value", target.address);
    let server = TestServer::start(move |_| {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [(LOCATION, location.clone())],
        )
            .into_response()
    })
    .await;
    let error = remove(&server).await;
    let Error::Redirect {
        status,
        location_host,
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(
        (*status, location_host.as_deref()),
        (307, Some("127.0.0.1"))
    );
    assert_eq!(error.retry(), Retry::Never);
}

#[tokio::test]
async fn a_wrong_shape_names_the_place_and_not_the_value() {
    let body = r#"{"accounts":[{"account_id":"a","name":"n","type":"depository",
        "balances":{"available":"access-sandbox-planted-3"}}],"item":{"item_id":"i"},"request_id":"r1"}"#;
    let server = TestServer::json(200, body).await;
    let error = error_of(server.client().accounts_get(&access()).await);
    let Error::UnexpectedShape {
        what, request_id, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(
        what,
        "an amount is not a JSON number at accounts[0].balances.available"
    );
    assert_eq!(request_id.as_ref().unwrap().as_str(), "r1");
}

#[tokio::test]
async fn a_token_in_the_wrong_place_is_not_shown() {
    let bodies = [
        r#"{"access_token":["access-sandbox-planted-3"],"item_id":"i","request_id":"r"}"#,
        r#"{"access_token":"access-sandbox-planted-3","item_id":{"x":1},"request_id":"r"}"#,
        r#"{"access_token":"access-sandbox-planted-3","request_id":"r"}"#,
        r#"{"access_token":"access-sandbox-planted-3","item_id":"i","request_id":7}"#,
        r#"["access-sandbox-planted-3"]"#,
        r#""access-sandbox-planted-3""#,
    ];
    for body in bodies {
        let server = TestServer::json(200, body).await;
        let error = error_of(server.client().item_public_token_exchange(&public()).await);
        assert!(
            matches!(error, Error::UnexpectedShape { .. }),
            "{body}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_failure_without_a_code_is_an_unexpected_shape() {
    for body in [r#"{"message":"Forbidden"}"#, "[]", "null", "3"] {
        let server = TestServer::json(403, body).await;
        let error = remove(&server).await;
        assert_matches!(error, Error::UnexpectedShape { status: 403, .. });
        assert_eq!(error.side_effect(), SideEffect::None);
    }
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let server = RawServer::start(Vec::new(), AfterAnswer::KeepOpen).await;
    let error = error_of(server.client(short_timeouts()).item_remove(&access()).await);
    assert_matches!(error, Error::Timeout { phase: TimeoutPhase::Answer, after } if after == short_timeouts().ordinary);
    assert_eq!(error.side_effect(), SideEffect::Possible);
}

#[tokio::test]
async fn a_stalled_body_times_out() {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{".to_vec();
    let server = RawServer::start(bytes, AfterAnswer::KeepOpen).await;
    let error = error_of(server.client(short_timeouts()).item_remove(&access()).await);
    assert_matches!(
        error,
        Error::Timeout {
            phase: TimeoutPhase::Body,
            ..
        }
    );
}

#[tokio::test]
async fn calls_that_ask_the_bank_have_their_own_timeout() {
    let timeouts = Timeouts {
        bank: Duration::from_secs(1),
        ..Timeouts::default()
    };
    let server = RawServer::start(Vec::new(), AfterAnswer::KeepOpen).await;
    let client = server.client(timeouts);
    let error = error_of(
        client
            .accounts_balance_get(&access(), &BalanceOptions::default())
            .await,
    );
    assert_matches!(error, Error::Timeout { after, .. } if after == timeouts.bank);
    let default = Timeouts::default();
    assert_eq!(
        [default.connect, default.ordinary, default.bank].map(|time| time.as_secs()),
        [10, 30, 90]
    );
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection() {
    let mut server = RawServer::start(Vec::new(), AfterAnswer::KeepOpen).await;
    let client = server.client(Timeouts::default());
    let call = tokio::spawn(async move { client.item_remove(&access()).await });
    assert_eq!(
        server.events.recv().await,
        Some(ConnectionEvent::RequestReceived)
    );
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(server.events.recv().await, Some(ConnectionEvent::Closed));
}

#[tokio::test]
async fn a_closed_port_refuses_the_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client("http", address, Timeouts::default());
    let error = error_of(client.item_remove(&access()).await);
    assert_matches!(
        error,
        Error::Connect {
            reason: ConnectFailure::Refused
        }
    );
    assert_eq!(error.retry(), Retry::WhenOnline);
    assert_eq!(error.side_effect(), SideEffect::None);
}

#[tokio::test]
async fn a_server_without_tls_is_not_trusted() {
    let server = RawServer::start(
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        AfterAnswer::Close,
    )
    .await;
    let client = client("https", server.address, Timeouts::default());
    let error = error_of(client.item_remove(&access()).await);
    assert_matches!(error, Error::Tls { .. });
    assert_eq!(error.side_effect(), SideEffect::None);
}

#[tokio::test]
async fn a_hanging_tls_handshake_is_a_connect_timeout() {
    let server = RawServer::start(Vec::new(), AfterAnswer::KeepOpen).await;
    let timeouts = Timeouts {
        connect: Duration::from_millis(200),
        ..Timeouts::default()
    };
    let client = client("https", server.address, timeouts);
    let error = error_of(client.item_remove(&access()).await);
    assert_matches!(
        error,
        Error::Timeout {
            phase: TimeoutPhase::Connect,
            ..
        }
    );
    assert_eq!(error.side_effect(), SideEffect::None);
}

#[tokio::test]
async fn answers_show_no_token() {
    let server = TestServer::start(|_| {
        let body = format!(r#"{{"access_token":"{ACCESS}","item_id":"i","request_id":"r"}}"#);
        (StatusCode::OK, body).into_response()
    })
    .await;
    let client = server.client();
    let exchanged = client.item_public_token_exchange(&public()).await.unwrap();
    assert_eq!(exchanged.access_token.expose(), ACCESS);
    assert_no_secret(&format!("{exchanged:?} {client:?}"));
    assert_eq!(server.take_request().json()["public_token"], PUBLIC);
}

#[tokio::test]
async fn a_link_token_and_its_url_are_not_shown() {
    let server = TestServer::json(
        200,
        r#"{"link_token":"link-unseen","expiration":"2026-11-24T13:00:00Z",
        "hosted_link_url":"https://secure.plaid.com/hl/unseen","request_id":"r"}"#,
    )
    .await;
    let request = plaid::LinkTokenCreateRequest {
        client_name: "Balance Desk".to_owned(),
        language: "en".to_owned(),
        country_codes: vec!["US".to_owned()],
        user_client_user_id: "u".to_owned(),
        products: Vec::new(),
        webhook: None,
        redirect_uri: None,
        access_token: Some(access()),
        account_selection_enabled: true,
        hosted_link: None,
    };
    let created = server.client().link_token_create(&request).await.unwrap();
    assert!(created.hosted_link_url.is_some());
    let shown = format!("{created:?} {request:?}");
    assert!(!shown.contains("unseen"), "{shown}");
    assert_no_secret(&shown);
}

#[tokio::test]
async fn json_is_read_with_any_content_type() {
    let server = TestServer::with(200, "text/plain", r#" {"request_id":"r"} "#).await;
    let ItemRemoveResponse { request_id } = server.client().item_remove(&access()).await.unwrap();
    assert_eq!(request_id.as_str(), "r");
}
