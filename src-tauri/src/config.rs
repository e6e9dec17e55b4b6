//! Configuration of this installation. Debug builds let tests point Sandbox and Production at a loopback stand-in and
//! choose the Demo's latency; release builds always use Plaid's addresses.

use std::sync::Arc;

use desk::{DeskConfig, PlaidUrls, demo::view::DemoLatency};
use tauri::{AppHandle, Manager as _};

use crate::demo::Sidecar;

const KEYRING_SERVICE: &str = "app.balancedesk.desktop";

pub(crate) fn load(app: &AppHandle) -> tauri::Result<DeskConfig> {
    Ok(DeskConfig {
        data_dir: app.path().app_local_data_dir()?,
        version: app.package_info().version.to_string(),
        keyring_service: KEYRING_SERVICE.to_owned(),
        plaid_urls: plaid_urls(),
        demo: Arc::new(Sidecar::new(app.clone(), demo_latency())),
    })
}

#[cfg(not(debug_assertions))]
fn plaid_urls() -> PlaidUrls {
    PlaidUrls::default()
}

#[cfg(debug_assertions)]
fn plaid_urls() -> PlaidUrls {
    let loopback = |name: &str| std::env::var(name).ok().and_then(|url| url.parse().ok());
    PlaidUrls {
        sandbox: loopback("BALANCE_DESK_SANDBOX_URL"),
        production: loopback("BALANCE_DESK_PRODUCTION_URL"),
    }
}

#[cfg(not(debug_assertions))]
fn demo_latency() -> DemoLatency {
    DemoLatency::Lifelike
}

#[cfg(debug_assertions)]
fn demo_latency() -> DemoLatency {
    if std::env::var("BALANCE_DESK_DEMO_LATENCY").is_ok_and(|word| word == "none") {
        DemoLatency::Instant
    } else {
        DemoLatency::Lifelike
    }
}
