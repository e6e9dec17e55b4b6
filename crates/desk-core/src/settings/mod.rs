//! Settings of an environment: one database row, validated before each write.

mod lists;
pub mod view;

use std::{ops::RangeInclusive, path::PathBuf, sync::Arc};

use rusqlite::{Connection, Transaction, params};
use rust_decimal::Decimal;
use tokio::sync::Notify;
use url::{Host, Url};
use view::{Settings, SettingsView};

use crate::{DeskError, Session, environment::Environment};

/// Link shows longer names as "This Application".
const APP_NAME_MAX_CHARS: usize = 30;
const CHECK_HOURS: RangeInclusive<u32> = 1..=168;
const NOTICE_DAYS: RangeInclusive<u32> = 1..=90;
const CONFIRM_ABOVE: RangeInclusive<u32> = 0..=100_000;
const PRICE_DIGITS: (usize, usize) = (6, 6);
const ADDRESS_MAX_BYTES: usize = 2000;

#[derive(Clone)]
pub struct EnvironmentSettings {
    session: Session,
    log_dir: PathBuf,
    changed: Arc<Notify>,
}

impl EnvironmentSettings {
    pub fn new(session: Session, log_dir: PathBuf) -> Self {
        Self {
            session,
            log_dir,
            changed: Arc::default(),
        }
    }

    pub fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }

    pub async fn view(&self) -> Result<SettingsView, DeskError> {
        let settings = self.session.store.read(read).await?;
        Ok(self.shown(settings))
    }

    pub async fn save(&self, settings: Settings) -> Result<SettingsView, DeskError> {
        let settings = checked(settings, self.session.environment)?;
        let stored = settings.clone();
        self.session
            .store
            .write(move |transaction| write(transaction, &stored))
            .await?;
        self.changed.notify_one();
        Ok(self.shown(settings))
    }

    fn shown(&self, settings: Settings) -> SettingsView {
        SettingsView {
            settings,
            languages: lists::languages(),
            countries: lists::countries(),
            database_path: self.session.store.path().display().to_string(),
            log_dir: self.log_dir.display().to_string(),
        }
    }
}

pub fn read(connection: &Connection) -> Result<Settings, DeskError> {
    let (settings, countries) = connection.query_row(
        "SELECT app_name, language, redirect_uri, webhook, country_codes, health_check_hours, consent_notice_days,
                confirm_above_calls, price_per_balance_call, price_per_evaluation, price_currency,
                refresh_cached_on_open
         FROM settings",
        [],
        |row| {
            let settings = Settings {
                app_name: row.get("app_name")?,
                language: row.get("language")?,
                country_codes: Vec::new(),
                redirect_uri: row.get("redirect_uri")?,
                webhook: row.get("webhook")?,
                health_check_hours: row.get("health_check_hours")?,
                consent_notice_days: row.get("consent_notice_days")?,
                confirm_above_calls: row.get("confirm_above_calls")?,
                price_per_balance_call: row.get("price_per_balance_call")?,
                price_per_evaluation: row.get("price_per_evaluation")?,
                price_currency: row.get("price_currency")?,
                refresh_cached_on_open: row.get("refresh_cached_on_open")?,
            };
            Ok((settings, row.get::<_, String>("country_codes")?))
        },
    )?;
    let country_codes = serde_json::from_str(&countries)
        .map_err(|_| DeskError::unreadable("the list of countries"))?;
    Ok(Settings {
        country_codes,
        ..settings
    })
}

fn write(transaction: &Transaction<'_>, settings: &Settings) -> Result<(), DeskError> {
    let countries = serde_json::Value::from(settings.country_codes.clone()).to_string();
    transaction.execute(
        "UPDATE settings SET app_name = ?1, language = ?2, country_codes = ?3, redirect_uri = ?4, webhook = ?5,
                health_check_hours = ?6, consent_notice_days = ?7, confirm_above_calls = ?8,
                price_per_balance_call = ?9, price_per_evaluation = ?10, price_currency = ?11,
                refresh_cached_on_open = ?12",
        params![
            settings.app_name,
            settings.language,
            countries,
            settings.redirect_uri,
            settings.webhook,
            settings.health_check_hours,
            settings.consent_notice_days,
            settings.confirm_above_calls,
            settings.price_per_balance_call,
            settings.price_per_evaluation,
            settings.price_currency,
            settings.refresh_cached_on_open
        ],
    )?;
    Ok(())
}

fn checked(settings: Settings, environment: Environment) -> Result<Settings, DeskError> {
    Ok(Settings {
        app_name: app_name(&settings.app_name)?,
        language: language(settings.language)?,
        country_codes: country_codes(settings.country_codes)?,
        redirect_uri: optional(settings.redirect_uri, |text| {
            redirect_uri(text, environment)
        })?,
        webhook: optional(settings.webhook, |text| webhook(text, environment))?,
        health_check_hours: settings.health_check_hours.map(check_hours).transpose()?,
        consent_notice_days: notice_days(settings.consent_notice_days)?,
        confirm_above_calls: confirm_above(settings.confirm_above_calls)?,
        price_per_balance_call: optional(settings.price_per_balance_call, |text| {
            price("pricePerBalanceCall", text)
        })?,
        price_per_evaluation: optional(settings.price_per_evaluation, |text| {
            price("pricePerEvaluation", text)
        })?,
        price_currency: currency(&settings.price_currency)?,
        refresh_cached_on_open: settings.refresh_cached_on_open,
    })
}

fn confirm_above(calls: u32) -> Result<u32, DeskError> {
    if CONFIRM_ABOVE.contains(&calls) {
        return Ok(calls);
    }
    Err(DeskError::invalid(
        "confirmAboveCalls",
        "Choose between 0 (always ask) and 100000 calls.",
    ))
}

fn price(field: &'static str, text: &str) -> Result<(), DeskError> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (most_whole, most_decimals) = PRICE_DIGITS;
    let plain = digits(whole, most_whole) && digits(decimals, most_decimals);
    if plain && Decimal::from_str_exact(text).is_ok() {
        return Ok(());
    }
    Err(DeskError::invalid(
        field,
        "Write the price of one call in digits, with at most one point and six decimals, for example 0.10.",
    ))
}

fn currency(text: &str) -> Result<String, DeskError> {
    let code = text.trim();
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code.to_owned());
    }
    Err(DeskError::invalid(
        "priceCurrency",
        "A currency is three capital letters, for example USD.",
    ))
}

fn check_hours(hours: u32) -> Result<u32, DeskError> {
    if CHECK_HOURS.contains(&hours) {
        return Ok(hours);
    }
    Err(DeskError::invalid(
        "healthCheckHours",
        "Items are checked every 1 to 168 hours (a week), or only when a call has failed.",
    ))
}

fn notice_days(days: u32) -> Result<u32, DeskError> {
    if NOTICE_DAYS.contains(&days) {
        return Ok(days);
    }
    Err(DeskError::invalid(
        "consentNoticeDays",
        "Choose between 1 and 90 days.",
    ))
}

fn app_name(text: &str) -> Result<String, DeskError> {
    let name = text.trim();
    let chars = name.chars().count();
    let message = if chars == 0 {
        "Link needs a name to show.".to_owned()
    } else if chars > APP_NAME_MAX_CHARS {
        format!(
            "Link shows at most {APP_NAME_MAX_CHARS} characters; this name has {chars} and would be shown as \"This Application\"."
        )
    } else if name.chars().any(char::is_control) {
        "The name has a character that cannot be shown.".to_owned()
    } else {
        return Ok(name.to_owned());
    };
    Err(DeskError::invalid("appName", message))
}

pub fn language(code: String) -> Result<String, DeskError> {
    if lists::has_language(&code) {
        return Ok(code);
    }
    Err(DeskError::invalid(
        "language",
        "Link does not speak this language. Choose one of the list.",
    ))
}

fn country_codes(codes: Vec<String>) -> Result<Vec<String>, DeskError> {
    let mut kept: Vec<String> = Vec::with_capacity(codes.len());
    for code in codes {
        if !lists::has_country(&code) {
            return Err(DeskError::invalid(
                "countryCodes",
                "Plaid does not support this country. Choose from the list.",
            ));
        }
        if !kept.contains(&code) {
            kept.push(code);
        }
    }
    if kept.is_empty() {
        return Err(DeskError::invalid(
            "countryCodes",
            "Choose at least one country.",
        ));
    }
    Ok(kept)
}

fn optional(
    text: Option<String>,
    check: impl FnOnce(&str) -> Result<(), DeskError>,
) -> Result<Option<String>, DeskError> {
    let Some(text) = text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    check(&text)?;
    Ok(Some(text))
}

fn redirect_uri(text: &str, environment: Environment) -> Result<(), DeskError> {
    const FIELD: &str = "redirectUri";
    let url = address(FIELD, text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(DeskError::invalid(
            FIELD,
            "A redirect URI has no query (?) and no fragment (#).",
        ));
    }
    let local = url.host_str() == Some("localhost");
    match url.scheme() {
        "https" => Ok(()),
        "http" if local && environment != Environment::Production => Ok(()),
        "http" if local => Err(DeskError::invalid(
            FIELD,
            "In Production a redirect URI must begin with https://, also on localhost.",
        )),
        _ => Err(DeskError::invalid(
            FIELD,
            "A redirect URI must begin with https:// (in Sandbox and Demo http://localhost is allowed too).",
        )),
    }
}

fn webhook(text: &str, environment: Environment) -> Result<(), DeskError> {
    const FIELD: &str = "webhook";
    let url = address(FIELD, text)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback && environment != Environment::Production => Ok(()),
        _ => Err(DeskError::invalid(
            FIELD,
            "Plaid calls https:// addresses only (in Sandbox and Demo http:// on this computer is allowed too).",
        )),
    }
}

fn address(field: &'static str, text: &str) -> Result<Url, DeskError> {
    let refused = |message: &str| DeskError::invalid(field, message);
    if text.len() > ADDRESS_MAX_BYTES {
        return Err(refused("This address is too long."));
    }
    let url = Url::parse(text).map_err(|_| {
        refused("This is not a web address. It should look like https://example.com/path.")
    })?;
    if url.host().is_none() {
        return Err(refused("This address names no host."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(
            "An address must not have a user name or password in it.",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
