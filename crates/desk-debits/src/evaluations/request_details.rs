//! The optional details of an evaluation, besides account, amount, and ruleset. Each field is checked, and only the
//! fields the user entered are sent and saved.

use std::net::IpAddr;

use plaid::{SignalAddress, SignalDevice, SignalName, SignalUser};

use super::view::{AskedWith, EvaluateDevice, EvaluateRequest, EvaluateUser};
use desk_core::DeskError;

/// Longest texts, in characters.
const LONGEST_TEXT: usize = 200;
const LONGEST_USER_AGENT: usize = 1000;

/// E.164: a plus and at most 15 digits.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

const PAYMENT_METHODS: &[&str] = &["SAME_DAY_ACH", "STANDARD_ACH", "MULTIPLE_PAYMENT_METHODS"];

/// # Errors
/// At the field: `clientUserId`, `defaultPaymentMethod`, and those of [`EvaluateUser`] and [`EvaluateDevice`].
pub(super) fn checked(request: &EvaluateRequest) -> Result<AskedWith, DeskError> {
    let user = request.user.as_ref().map(user).transpose()?;
    let device = request.device.as_ref().map(device).transpose()?;
    Ok(AskedWith {
        client_user_id: client_user_id(request.client_user_id.as_deref())?,
        is_recurring: request.is_recurring,
        default_payment_method: payment_method(request.default_payment_method.as_deref())?,
        user: user.filter(|user| *user != EvaluateUser::default()),
        device: device.filter(|device| *device != EvaluateDevice::default()),
    })
}

/// # Errors
/// Field `purpose`.
pub(super) fn purpose(request: &EvaluateRequest) -> Result<Option<String>, DeskError> {
    text("purpose", request.purpose.as_deref())
}

impl AskedWith {
    pub(super) fn signal_user(&self) -> Option<SignalUser> {
        let user = self.user.clone()?;
        let name = SignalName {
            prefix: user.prefix,
            given_name: user.given_name,
            middle_name: user.middle_name,
            family_name: user.family_name,
            suffix: user.suffix,
        };
        let address = SignalAddress {
            street: user.street,
            city: user.city,
            region: user.region,
            postal_code: user.postal_code,
            country: user.country,
        };
        Some(SignalUser {
            name: Some(name).filter(|name| *name != SignalName::default()),
            phone_number: user.phone_number,
            email_address: user.email_address,
            address: Some(address).filter(|address| *address != SignalAddress::default()),
        })
    }

    pub(super) fn signal_device(&self) -> Option<SignalDevice> {
        let device = self.device.clone()?;
        Some(SignalDevice {
            ip_address: device.ip_address,
            user_agent: device.user_agent,
        })
    }
}

fn user(user: &EvaluateUser) -> Result<EvaluateUser, DeskError> {
    Ok(EvaluateUser {
        prefix: text("prefix", user.prefix.as_deref())?,
        given_name: text("givenName", user.given_name.as_deref())?,
        middle_name: text("middleName", user.middle_name.as_deref())?,
        family_name: text("familyName", user.family_name.as_deref())?,
        suffix: text("suffix", user.suffix.as_deref())?,
        phone_number: phone(user.phone_number.as_deref())?,
        email_address: email(user.email_address.as_deref())?,
        street: text("street", user.street.as_deref())?,
        city: text("city", user.city.as_deref())?,
        region: text("region", user.region.as_deref())?,
        postal_code: text("postalCode", user.postal_code.as_deref())?,
        country: country(user.country.as_deref())?,
    })
}

fn device(device: &EvaluateDevice) -> Result<EvaluateDevice, DeskError> {
    Ok(EvaluateDevice {
        ip_address: ip_address(device.ip_address.as_deref())?,
        user_agent: bounded(
            "userAgent",
            device.user_agent.as_deref(),
            LONGEST_USER_AGENT,
        )?,
    })
}

/// The trimmed text, or none if it is blank.
fn typed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn text(field: &'static str, given: Option<&str>) -> Result<Option<String>, DeskError> {
    bounded(field, given, LONGEST_TEXT)
}

fn bounded(
    field: &'static str,
    given: Option<&str>,
    most: usize,
) -> Result<Option<String>, DeskError> {
    let Some(text) = typed(given) else {
        return Ok(None);
    };
    let length = text.chars().count();
    if length > most {
        return Err(DeskError::invalid(
            field,
            format!("At most {most} characters; this has {length}."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(DeskError::invalid(
            field,
            "Line breaks and other control characters cannot be sent.",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// # Errors
/// Field `clientUserId`.
fn client_user_id(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(id) = text("clientUserId", given)? else {
        return Ok(None);
    };
    let refuse = |message| Err(DeskError::invalid("clientUserId", message));
    if id.chars().any(char::is_whitespace) {
        return refuse("A client_user_id has no spaces.");
    }
    if id.contains('@') {
        return refuse(
            "Plaid wants no personal data in a client_user_id: an email address is entered below.",
        );
    }
    Ok(Some(id))
}

fn payment_method(given: Option<&str>) -> Result<Option<String>, DeskError> {
    match typed(given) {
        None => Ok(None),
        Some(method) if PAYMENT_METHODS.contains(&method) => Ok(Some(method.to_owned())),
        Some(_) => Err(DeskError::invalid(
            "defaultPaymentMethod",
            format!("Choose one of {}, or nothing.", PAYMENT_METHODS.join(", ")),
        )),
    }
}

/// Removes the separators that people write between digits.
fn phone(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(text) = typed(given) else {
        return Ok(None);
    };
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}' | '\u{2011}'))
        .collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let fits = PHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if fits {
        return Ok(Some(number));
    }
    Err(DeskError::invalid(
        "phoneNumber",
        "Write the number with a plus and its country code, for example +1 415 123 4567.",
    ))
}

fn email(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(text) = bounded("emailAddress", given, 254)? else {
        return Ok(None);
    };
    let fits = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|part| !part.is_empty())
    });
    if fits && !text.chars().any(char::is_whitespace) {
        return Ok(Some(text));
    }
    Err(DeskError::invalid(
        "emailAddress",
        "This is no email address: name@example.com is one.",
    ))
}

fn country(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(text) = typed(given) else {
        return Ok(None);
    };
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Some(text.to_ascii_uppercase()));
    }
    Err(DeskError::invalid(
        "country",
        "A country is two letters, for example US.",
    ))
}

fn ip_address(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(text) = typed(given) else {
        return Ok(None);
    };
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(Some(address.to_string())),
        Err(_) => Err(DeskError::invalid(
            "ipAddress",
            "This is no IP address: 192.0.2.7 and 2001:db8::7 are.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn asking() -> EvaluateRequest {
        EvaluateRequest::new("a", "5")
    }

    fn with_user(user: EvaluateUser) -> Result<AskedWith, DeskError> {
        checked(&EvaluateRequest {
            user: Some(user),
            ..asking()
        })
    }

    fn field(result: Result<AskedWith, DeskError>) -> &'static str {
        match result.unwrap_err() {
            DeskError::InvalidInput { field, .. } => field,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn nothing_that_was_not_entered_is_sent() {
        let blank = EvaluateRequest {
            client_user_id: given("  "),
            default_payment_method: given(""),
            user: Some(EvaluateUser {
                city: given(" "),
                ..EvaluateUser::default()
            }),
            device: Some(EvaluateDevice::default()),
            purpose: given("\t"),
            ..asking()
        };
        assert_eq!(checked(&blank).unwrap(), AskedWith::default());
        assert_eq!(purpose(&blank).unwrap(), None);
        let named = with_user(EvaluateUser {
            given_name: given(" Ada "),
            ..EvaluateUser::default()
        });
        let user = named.unwrap().signal_user().unwrap();
        assert_eq!(
            serde_json::to_string(&user).unwrap(),
            r#"{"name":{"given_name":"Ada"}}"#
        );
    }

    #[test]
    fn each_field_is_refused_by_its_name() {
        type Set = fn(&mut EvaluateUser) -> &mut Option<String>;
        let sets: [(&str, Set, &str); 8] = [
            ("phoneNumber", |u| &mut u.phone_number, "415 123 4567"),
            ("phoneNumber", |u| &mut u.phone_number, "+1 415 CALL"),
            ("emailAddress", |u| &mut u.email_address, "ada@example"),
            ("emailAddress", |u| &mut u.email_address, "a da@example.com"),
            ("country", |u| &mut u.country, "USA"),
            ("street", |u| &mut u.street, "a\nb"),
            ("givenName", |u| &mut u.given_name, "a\u{0}"),
            ("region", |u| &mut u.region, "\u{7}x"),
        ];
        for (name, set, text) in sets {
            let mut user = EvaluateUser::default();
            *set(&mut user) = given(text);
            assert_eq!(field(with_user(user)), name, "{text:?}");
        }
        let long = EvaluateUser {
            city: given(&"x".repeat(201)),
            ..EvaluateUser::default()
        };
        assert_eq!(field(with_user(long)), "city");
        for (request, name) in [
            (
                EvaluateRequest {
                    client_user_id: given("ada@example.com"),
                    ..asking()
                },
                "clientUserId",
            ),
            (
                EvaluateRequest {
                    default_payment_method: given("NEXT_DAY_ACH"),
                    ..asking()
                },
                "defaultPaymentMethod",
            ),
            (
                EvaluateRequest {
                    device: Some(EvaluateDevice {
                        ip_address: given("300.1.1.1"),
                        user_agent: None,
                    }),
                    ..asking()
                },
                "ipAddress",
            ),
        ] {
            assert_eq!(field(checked(&request)), name);
        }
    }

    #[test]
    fn what_people_write_is_brought_to_its_form() {
        let user = with_user(EvaluateUser {
            phone_number: given("+1 (415) 123-4567"),
            country: given("us"),
            email_address: given(" ada@mail.example.com "),
            ..EvaluateUser::default()
        });
        let user = user.unwrap().user.unwrap();
        assert_eq!(user.phone_number.as_deref(), Some("+14151234567"));
        assert_eq!(user.country.as_deref(), Some("US"));
        assert_eq!(user.email_address.as_deref(), Some("ada@mail.example.com"));
    }

    #[test]
    fn nothing_personal_is_printed() {
        let asked = with_user(EvaluateUser {
            given_name: given("Planted"),
            ..EvaluateUser::default()
        });
        let request = EvaluateRequest {
            user: Some(EvaluateUser {
                city: given("Planted"),
                ..EvaluateUser::default()
            }),
            device: Some(EvaluateDevice {
                ip_address: None,
                user_agent: given("Planted"),
            }),
            ..asking()
        };
        let printed = format!("{:?} {request:?}", asked.unwrap());
        assert!(!printed.contains("Planted"), "{printed}");
    }
}
