//! Validates, verifies, and stores API keys. Keys are stored only after Plaid accepts them.

use plaid::{ApiSecret, ClientId, Credentials, InstitutionId, InstitutionOptions};
use secrecy::ExposeSecret;

use super::{
    state::{KnownKeys, UnlockPrompt},
    view::{AppStatus, KeysInput},
};
use crate::desk::Desk;
use desk_core::{
    DeskError,
    environment::Environment,
    event::DeskEvent,
    secrets::{SecretKind, SecretSlot, SecretStore},
};

const CLIENT_ID_CHARS: usize = 24;
const SECRET_CHARS: usize = 30;
/// Plaid's test bank: this lookup is free and returns no customer data.
const PROBE_INSTITUTION: &str = "ins_109508";

impl Desk {
    pub async fn save_keys(&self, keys: KeysInput) -> Result<AppStatus, DeskError> {
        let gate = self.change_now()?;
        let environment = keys.environment;
        let credentials = checked_form(&keys)?;
        self.dir()?;
        // Before the call: don't verify keys that can't be stored.
        self.ensure_chosen(UnlockPrompt::Allowed).await?;
        let secrets = self.secret_store(UnlockPrompt::Allowed).await?;
        self.verify_keys(environment, &credentials).await?;
        self.finish_erasure(environment, UnlockPrompt::Allowed)
            .await?;
        self.store_keys(environment, &credentials, &secrets).await?;
        // The open environment still uses the old keys.
        if self
            .open()
            .is_ok_and(|open| open.session.environment == environment)
        {
            self.close_current().await;
        }
        let entered = self.switch_to(environment, UnlockPrompt::Allowed).await;
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        entered?;
        Ok(self.status().await)
    }

    pub async fn remove_keys(&self, environment: Environment) -> Result<AppStatus, DeskError> {
        if environment == Environment::Demo {
            return Err(DeskError::invalid(
                "environment",
                "The Demo has no keys of its own.",
            ));
        }
        let gate = self.change_now()?;
        let secrets = self.secret_store(UnlockPrompt::Allowed).await?;
        if self
            .open()
            .is_ok_and(|open| open.session.environment == environment)
        {
            self.close_current().await;
        }
        for kind in [SecretKind::ApiSecret, SecretKind::ClientId] {
            secrets.remove(SecretSlot::new(environment, kind)).await?;
        }
        self.update_state(|state| state.keys.insert(environment, KnownKeys::Missing));
        drop(gate);
        tracing::info!(%environment, "removed the API keys");
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    /// Makes a harmless call. Any answer from Plaid except a rejection of the keys proves them.
    async fn verify_keys(
        &self,
        environment: Environment,
        credentials: &Credentials,
    ) -> Result<(), DeskError> {
        let at = self.plaid_environment(environment).await?;
        let client = plaid::Client::new(at, credentials.clone())?;
        let institution = InstitutionId::new(PROBE_INSTITUTION);
        let options = InstitutionOptions::default();
        let answer = client
            .institutions_get_by_id(&institution, &["US".to_owned()], options)
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => key_verdict(environment, error),
        }
    }

    /// The client_id is removed first and stored last, so an interruption never mixes an old and a new half.
    async fn store_keys(
        &self,
        environment: Environment,
        credentials: &Credentials,
        secrets: &SecretStore,
    ) -> Result<(), DeskError> {
        let client_id = SecretSlot::new(environment, SecretKind::ClientId);
        let secret = SecretSlot::new(environment, SecretKind::ApiSecret);
        self.update_state(|state| state.keys.remove(&environment));
        secrets.remove(client_id).await?;
        secrets
            .put_text(secret, credentials.secret.expose())
            .await?;
        secrets
            .put_text(client_id, credentials.client_id.as_str())
            .await?;
        let stored = KnownKeys::Stored {
            client_id: credentials.client_id.as_str().to_owned(),
        };
        self.update_state(|state| state.keys.insert(environment, stored));
        tracing::info!(%environment, "stored the API keys");
        Ok(())
    }
}

fn key_verdict(environment: Environment, error: plaid::Error) -> Result<(), DeskError> {
    let Some(api) = error.api() else {
        return Err(DeskError::KeysNotChecked {
            error: Box::new(error),
        });
    };
    let other = match environment {
        Environment::Production => Environment::Sandbox,
        _ => Environment::Production,
    };
    match api.error_code.as_str() {
        "INVALID_API_KEYS" => Err(DeskError::KeysRefused {
            field: "secret",
            message: format!(
                "Plaid does not accept these keys for {environment}. Each environment has a secret of its own: check that this is the secret of {environment} and not of {other}, and that the client_id belongs to the same team."
            ),
            error: Box::new(error),
        }),
        "INVALID_HEADERS" | "MISSING_FIELDS" => Err(DeskError::KeysRefused {
            field: "clientId",
            message: "Plaid could not read these keys. Copy both again from Plaid's Dashboard."
                .to_owned(),
            error: Box::new(error),
        }),
        "UNAUTHORIZED_ENVIRONMENT" | "UNAUTHORIZED_ROUTE_ACCESS" => Err(error.into()),
        _ if api.error_type == "API_ERROR"
            || api.error_type == "RATE_LIMIT_EXCEEDED"
            || api.status >= 500 =>
        {
            Err(DeskError::KeysNotChecked {
                error: Box::new(error),
            })
        }
        _ => Ok(()),
    }
}

fn checked_form(keys: &KeysInput) -> Result<Credentials, DeskError> {
    if keys.environment == Environment::Demo {
        return Err(DeskError::invalid("environment", "The Demo needs no keys."));
    }
    let client_id = keys.client_id.trim();
    let secret = keys.secret.0.expose_secret().trim();
    if has_form(client_id, SECRET_CHARS) && has_form(secret, CLIENT_ID_CHARS) {
        return Err(DeskError::invalid(
            "clientId",
            "These two look swapped: the client_id has 24 characters, the secret 30.",
        ));
    }
    check_half("clientId", "client_id", client_id, CLIENT_ID_CHARS)?;
    check_half("secret", "secret", secret, SECRET_CHARS)?;
    Ok(Credentials {
        client_id: ClientId::new(client_id),
        secret: ApiSecret::new(secret),
    })
}

fn has_form(text: &str, chars: usize) -> bool {
    text.len() == chars && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn check_half(field: &'static str, name: &str, text: &str, chars: usize) -> Result<(), DeskError> {
    if has_form(text, chars) {
        return Ok(());
    }
    let count = text.chars().count();
    let message = if text.is_empty() {
        format!("Enter the {name} from Plaid's Dashboard.")
    } else if text.chars().any(char::is_whitespace) {
        format!(
            "There is a space or line break inside the {name}. Copy it again from Plaid's Dashboard."
        )
    } else if count != chars {
        format!("The {name} has {chars} characters; this one has {count}.")
    } else {
        format!("The {name} has only the digits 0 to 9 and the letters a to f.")
    };
    Err(DeskError::invalid(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_core::{problem::Problem, secrets::TypedSecret};

    const CLIENT_ID: &str = "0123456789abcdef01234567";
    const SECRET: &str = "0123456789abcdef0123456789abcd";

    fn form(client_id: &str, secret: &str) -> Result<Credentials, Problem> {
        checked_form(&KeysInput {
            environment: Environment::Sandbox,
            client_id: client_id.to_owned(),
            secret: TypedSecret::new(secret),
        })
        .map_err(Problem::from)
    }

    #[test]
    fn white_space_around_keys_is_no_fault() {
        let keys = form(&format!(" {CLIENT_ID}\n"), &format!("\t{SECRET} ")).unwrap();
        assert_eq!(keys.client_id.as_str(), CLIENT_ID);
        assert_eq!(keys.secret.expose(), SECRET);
    }

    #[test]
    fn a_fault_is_told_at_its_field_and_never_repeats_the_key() {
        let spaced = SECRET.replace("89ab", "89 ab");
        let letters = SECRET.replace("cd", "xy");
        for (client_id, secret, field, words) in [
            ("", SECRET, "clientId", "Enter the client_id"),
            (CLIENT_ID, "  ", "secret", "Enter the secret"),
            (CLIENT_ID, &spaced, "secret", "space or line break inside"),
            (CLIENT_ID, &letters, "secret", "letters a to f"),
            (&CLIENT_ID[1..], SECRET, "clientId", "this one has 23"),
            (CLIENT_ID, CLIENT_ID, "secret", "this one has 24"),
            (SECRET, CLIENT_ID, "clientId", "look swapped"),
            (SECRET, SECRET, "clientId", "this one has 30"),
            (CLIENT_ID, "é", "secret", "this one has 1"),
        ] {
            let problem = form(client_id, secret).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
            assert!(problem.message.contains(words), "{problem:?}");
            assert!(!problem.message.contains("0123456789"), "{problem:?}");
        }
    }

    #[test]
    fn the_demo_takes_no_keys() {
        let refused = checked_form(&KeysInput {
            environment: Environment::Demo,
            client_id: CLIENT_ID.to_owned(),
            secret: TypedSecret::new(SECRET),
        });
        assert!(refused.is_err());
    }
}
