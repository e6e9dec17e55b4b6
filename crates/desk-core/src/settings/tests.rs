use super::*;
use crate::problem::Problem;

fn settings() -> Settings {
    Settings {
        app_name: "Balance Desk".to_owned(),
        language: "en".to_owned(),
        country_codes: vec!["US".to_owned()],
        redirect_uri: None,
        webhook: None,
        health_check_hours: Some(24),
        consent_notice_days: 14,
        confirm_above_calls: 20,
        price_per_balance_call: None,
        price_per_evaluation: None,
        price_currency: "USD".to_owned(),
        refresh_cached_on_open: false,
    }
}

fn refused_field(settings: Settings, environment: Environment) -> Option<String> {
    checked(settings, environment)
        .err()
        .and_then(|error| Problem::from(error).field)
}

#[test]
fn a_name_is_counted_in_characters() {
    let named = |name: &str| {
        checked(
            Settings {
                app_name: name.to_owned(),
                ..settings()
            },
            Environment::Sandbox,
        )
    };
    assert_eq!(named(&"🏦".repeat(30)).unwrap().app_name, "🏦".repeat(30));
    assert_eq!(named("  Ärzte & Söhne ").unwrap().app_name, "Ärzte & Söhne");
    for bad in ["", "   ", &"x".repeat(31), &"🏦".repeat(300), "two\nlines"] {
        let problem = Problem::from(named(bad).unwrap_err());
        assert_eq!(problem.field.as_deref(), Some("appName"), "{bad:?}");
    }
}

#[test]
fn languages_and_countries_are_closed_lists() {
    for (language, countries, field) in [
        ("xx", vec!["US"], Some("language")),
        ("EN", vec!["US"], Some("language")),
        ("de", vec![], Some("countryCodes")),
        ("de", vec!["US", "ZZ"], Some("countryCodes")),
        ("de", vec!["us"], Some("countryCodes")),
        ("de", vec!["US", "DE"], None),
    ] {
        let given = Settings {
            language: language.to_owned(),
            country_codes: countries.iter().map(|code| (*code).to_owned()).collect(),
            ..settings()
        };
        assert_eq!(
            refused_field(given, Environment::Production).as_deref(),
            field,
            "{language} {countries:?}"
        );
    }
    let twice = Settings {
        country_codes: vec!["US".to_owned(), "US".to_owned()],
        ..settings()
    };
    assert_eq!(
        checked(twice, Environment::Demo).unwrap().country_codes,
        ["US"]
    );
}

#[test]
fn a_redirect_uri_is_what_plaid_registers() {
    use Environment::{Demo, Production, Sandbox};
    for (uri, environment, good) in [
        ("https://example.com/oauth", Production, true),
        ("", Production, true),
        ("http://localhost:8080/back", Sandbox, true),
        ("http://localhost:8080/back", Demo, true),
        ("http://localhost:8080/back", Production, false),
        ("http://127.0.0.1/back", Sandbox, false),
        ("http://example.com/", Sandbox, false),
        ("https://example.com/?a=1", Sandbox, false),
        ("https://example.com/#a", Sandbox, false),
        ("balance-desk://back", Sandbox, false),
        ("example.com", Sandbox, false),
        ("https://me:word@example.com/", Sandbox, false),
    ] {
        let given = Settings {
            redirect_uri: Some(uri.to_owned()),
            ..settings()
        };
        let field = refused_field(given, environment);
        assert_eq!(
            field.as_deref(),
            (!good).then_some("redirectUri"),
            "{uri} in {environment}"
        );
    }
}

#[test]
fn a_webhook_is_https_or_on_this_machine() {
    use Environment::{Demo, Production, Sandbox};
    for (uri, environment, good) in [
        ("https://example.com/hook?a=1", Production, true),
        ("http://127.0.0.1:9000/hook", Demo, true),
        ("http://[::1]:9000/hook", Sandbox, true),
        ("http://127.0.0.1:9000/hook", Production, false),
        ("http://localhost.example.com/", Sandbox, false),
        ("ftp://example.com/", Sandbox, false),
        ("javascript:alert(1)", Sandbox, false),
    ] {
        let given = Settings {
            webhook: Some(uri.to_owned()),
            ..settings()
        };
        let field = refused_field(given, environment);
        assert_eq!(
            field.as_deref(),
            (!good).then_some("webhook"),
            "{uri} in {environment}"
        );
    }
    let long = Settings {
        webhook: Some(format!("https://example.com/{}", "x".repeat(3000))),
        ..settings()
    };
    assert_eq!(refused_field(long, Sandbox).as_deref(), Some("webhook"));
}

#[test]
fn items_are_checked_within_bounds_or_not_at_all() {
    for (hours, days, field) in [
        (None, 1, None),
        (Some(1), 90, None),
        (Some(168), 14, None),
        (Some(0), 14, Some("healthCheckHours")),
        (Some(169), 14, Some("healthCheckHours")),
        (Some(24), 0, Some("consentNoticeDays")),
        (Some(24), 91, Some("consentNoticeDays")),
    ] {
        let given = Settings {
            health_check_hours: hours,
            consent_notice_days: days,
            ..settings()
        };
        let refused = refused_field(given, Environment::Demo);
        assert_eq!(refused.as_deref(), field, "{hours:?} {days}");
    }
}

#[test]
fn prices_are_exact_and_have_a_currency() {
    let priced = |price: &str, currency: &str| {
        let given = Settings {
            price_per_balance_call: Some(price.to_owned()),
            price_per_evaluation: Some(price.to_owned()),
            price_currency: currency.to_owned(),
            ..settings()
        };
        checked(given, Environment::Production)
    };
    for good in ["0.10", "0", "12", "0.105000", "123456.123456"] {
        let kept = priced(good, "EUR").unwrap();
        assert_eq!(kept.price_per_balance_call.as_deref(), Some(good));
    }
    assert_eq!(priced("  ", "USD").unwrap().price_per_evaluation, None);
    for bad in [
        "-1",
        "1,5",
        ".5",
        "5.",
        "1e3",
        "1.2.3",
        "0.1234567",
        "1234567",
        "$1",
        "\u{662}",
    ] {
        let problem = Problem::from(priced(bad, "USD").unwrap_err());
        assert_eq!(
            problem.field.as_deref(),
            Some("pricePerBalanceCall"),
            "{bad}"
        );
    }
    for bad in ["", "usd", "US", "EURO", "\u{20ac}"] {
        let problem = Problem::from(priced("1", bad).unwrap_err());
        assert_eq!(problem.field.as_deref(), Some("priceCurrency"), "{bad}");
    }
    let often = Settings {
        confirm_above_calls: 100_001,
        ..settings()
    };
    assert_eq!(
        refused_field(often, Environment::Demo).as_deref(),
        Some("confirmAboveCalls")
    );
}
