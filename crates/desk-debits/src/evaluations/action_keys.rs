//! What the action keys of rulesets mean to the user. For example, "3-day-hold" means "Hold 3 days", and Balance Desk
//! then suggests a 3-day hold for the decision.

use rusqlite::{Connection, Transaction};

use super::form_view::{ActionKeyInput, ActionKeyView};
use desk_core::DeskError;

/// The longest key and the longest meaning, in characters.
const LONGEST: usize = 200;

/// The longest hold, in days.
const LONGEST_HOLD: u32 = 365;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ActionKey {
    key: String,
    meaning: String,
    days_to_hold: Option<u32>,
}

/// # Errors
/// Fields `customActionKey`, `meaning`, `daysToHold`.
pub(super) fn checked(input: &ActionKeyInput) -> Result<ActionKey, DeskError> {
    let key = text(
        "customActionKey",
        &input.custom_action_key,
        "Enter the key as it is written in the ruleset.",
    )?;
    let meaning = text(
        "meaning",
        &input.meaning,
        "Say in your own words what is done then.",
    )?;
    Ok(ActionKey {
        key,
        meaning,
        days_to_hold: days(input.days_to_hold.as_deref())?,
    })
}

fn text(field: &'static str, typed: &str, missing: &'static str) -> Result<String, DeskError> {
    let text = typed.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(DeskError::invalid(field, missing));
    }
    if length > LONGEST {
        return Err(DeskError::invalid(
            field,
            format!("At most {LONGEST} characters; this has {length}."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(DeskError::invalid(
            field,
            "Line breaks and other control characters cannot be used.",
        ));
    }
    Ok(text.to_owned())
}

fn days(typed: Option<&str>) -> Result<Option<u32>, DeskError> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(days) if digits && days <= LONGEST_HOLD => Ok(Some(days)),
        _ => Err(DeskError::invalid(
            "daysToHold",
            format!("Enter whole days, 0 to {LONGEST_HOLD}, or nothing."),
        )),
    }
}

pub(super) fn save(transaction: &Transaction<'_>, key: &ActionKey) -> Result<(), DeskError> {
    transaction.execute(
        "INSERT INTO action_keys (custom_action_key, meaning, days_to_hold) VALUES (?1, ?2, ?3)
         ON CONFLICT (custom_action_key)
         DO UPDATE SET meaning = excluded.meaning, days_to_hold = excluded.days_to_hold",
        (&key.key, &key.meaning, key.days_to_hold),
    )?;
    Ok(())
}

/// Evaluations keep the key.
pub(super) fn forget(transaction: &Transaction<'_>, key: &str) -> Result<(), DeskError> {
    transaction.execute(
        "DELETE FROM action_keys WHERE custom_action_key = ?1",
        [key],
    )?;
    Ok(())
}

/// Every key that has a meaning or appears in an answer, sorted.
pub(super) fn list(connection: &Connection) -> Result<Vec<ActionKeyView>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT key, meaning, days_to_hold
         FROM (SELECT custom_action_key AS key FROM action_keys
               UNION
               SELECT custom_action_key FROM evaluation_answers WHERE custom_action_key IS NOT NULL)
         LEFT JOIN action_keys ON custom_action_key = key
         ORDER BY key",
    )?;
    let keys = statement.query_map([], |row| {
        Ok(ActionKeyView {
            custom_action_key: row.get("key")?,
            meaning: row.get("meaning")?,
            days_to_hold: row.get("days_to_hold")?,
        })
    })?;
    Ok(keys.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(key: &str, meaning: &str, days: Option<&str>) -> ActionKeyInput {
        ActionKeyInput {
            custom_action_key: key.to_owned(),
            meaning: meaning.to_owned(),
            days_to_hold: days.map(str::to_owned),
        }
    }

    #[test]
    fn what_is_typed_is_refused_at_its_field() {
        for (input, field) in [
            (input(" ", "Hold", None), "customActionKey"),
            (input("k", "", None), "meaning"),
            (input("k", &"m".repeat(201), None), "meaning"),
            (input("k\n2", "Hold", None), "customActionKey"),
            (input("k", "Hold", Some("366")), "daysToHold"),
            (input("k", "Hold", Some("+3")), "daysToHold"),
            (input("k", "Hold", Some("1.5")), "daysToHold"),
        ] {
            match checked(&input).unwrap_err() {
                DeskError::InvalidInput { field: at, .. } => assert_eq!(at, field, "{input:?}"),
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn a_meaning_is_kept_changed_and_forgotten() {
        let mut connection = desk_core::store::schema::in_memory();
        let transaction = connection.transaction().unwrap();
        for (meaning, days) in [("Hold", None), (" Hold 3 days ", Some(" 3 "))] {
            let key = checked(&input("3-day-hold", meaning, days)).unwrap();
            save(&transaction, &key).unwrap();
        }
        assert_eq!(
            list(&transaction).unwrap(),
            [ActionKeyView {
                custom_action_key: "3-day-hold".to_owned(),
                meaning: Some("Hold 3 days".to_owned()),
                days_to_hold: Some(3),
            }]
        );
        forget(&transaction, "3-day-hold").unwrap();
        assert_eq!(list(&transaction).unwrap(), []);
    }
}
