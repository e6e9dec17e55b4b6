//! The people banks are linked for. Their names stay on this computer; Plaid gets a random client_user_id for each,
//! made once and kept.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::view::PersonView;
use crate::link::view::PersonChoice;
use desk_core::{DeskError, moment::Moment, store::single_column};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 120;

/// A person with what Plaid gets instead of the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub person_id: String,
    pub client_user_id: String,
}

/// Finds the person chosen, or writes down the new one.
///
/// A name is taken once somebody of that name has an Item. Until then it is the same person, tried again.
///
/// # Errors
/// Field `personName`: the name cannot be used, is taken, or the person is not there.
pub fn choose(
    transaction: &Transaction<'_>,
    choice: &PersonChoice,
    now: Timestamp,
) -> Result<Person, DeskError> {
    match choice {
        PersonChoice::Known { person_id } => find(transaction, "person_id", person_id)?
            .map(|(person, _)| person)
            .ok_or_else(|| refuse("This person is not in the list any more.")),
        PersonChoice::New { name } => {
            let name = checked_name(name)?;
            match find(transaction, "name_key", &key(name))? {
                Some((_, Linked::Yes)) => Err(refuse(
                    "There is already a person of this name: choose it from the list.",
                )),
                Some((person, Linked::No)) => Ok(person),
                None => insert(transaction, name, now),
            }
        }
    }
}

/// Whether a person has, or had, an Item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Linked {
    Yes,
    No,
}

/// `column` is one of this file's own words.
fn find(
    connection: &Connection,
    column: &'static str,
    value: &str,
) -> Result<Option<(Person, Linked)>, DeskError> {
    let sql = format!(
        "SELECT person_id, client_user_id,
                EXISTS (SELECT 1 FROM items WHERE items.person_id = people.person_id) AS linked
         FROM people WHERE {column} = ?1"
    );
    let person = |row: &Row<'_>| {
        let linked = if row.get("linked")? {
            Linked::Yes
        } else {
            Linked::No
        };
        let person = Person {
            person_id: row.get("person_id")?,
            client_user_id: row.get("client_user_id")?,
        };
        Ok((person, linked))
    };
    Ok(connection.query_row(&sql, [value], person).optional()?)
}

fn insert(transaction: &Transaction<'_>, name: &str, now: Timestamp) -> Result<Person, DeskError> {
    let person = Person {
        person_id: Uuid::new_v4().to_string(),
        client_user_id: Uuid::new_v4().to_string(),
    };
    transaction.execute(
        "INSERT INTO people (person_id, name, name_key, client_user_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (
            &person.person_id,
            name,
            key(name),
            &person.client_user_id,
            Moment::from(now),
        ),
    )?;
    Ok(person)
}

/// Changes what names a person at Plaid, from now on.
///
/// # Errors
/// Field `clientUserId`: another person has it.
pub fn set_client_user_id(
    transaction: &Transaction<'_>,
    person_id: &str,
    client_user_id: &str,
) -> Result<(), DeskError> {
    let taken: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM people WHERE client_user_id = ?2 AND person_id <> ?1)",
        [person_id, client_user_id],
        single_column,
    )?;
    if taken {
        return Err(DeskError::invalid(
            "clientUserId",
            "Another person has this client_user_id. Each needs one of their own.",
        ));
    }
    transaction.execute(
        "UPDATE people SET client_user_id = ?2 WHERE person_id = ?1",
        [person_id, client_user_id],
    )?;
    Ok(())
}

/// Everybody banks were linked for, by name.
pub fn list(connection: &Connection) -> Result<Vec<PersonView>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT person_id, name FROM people
         WHERE EXISTS (SELECT 1 FROM items WHERE items.person_id = people.person_id)
         ORDER BY name_key",
    )?;
    let people = statement.query_map([], |row| {
        Ok(PersonView {
            person_id: row.get("person_id")?,
            name: row.get("name")?,
        })
    })?;
    Ok(people.collect::<Result<_, _>>()?)
}

/// The name without the spaces around it.
fn checked_name(typed: &str) -> Result<&str, DeskError> {
    let name = typed.trim();
    let length = name.chars().count();
    if length == 0 {
        return Err(refuse("Enter the name of the person."));
    }
    if length > LONGEST_NAME {
        return Err(refuse(format!(
            "A name has at most {LONGEST_NAME} characters; this one has {length}."
        )));
    }
    if name.chars().any(char::is_control) {
        return Err(refuse(
            "A name cannot have line breaks or other control characters.",
        ));
    }
    Ok(name)
}

/// Names that differ in case only look the same in a list.
fn key(name: &str) -> String {
    name.to_lowercase()
}

fn refuse(message: impl Into<String>) -> DeskError {
    DeskError::invalid("personName", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        let longest = "\u{1f9d1}\u{1f3fd}".repeat(60);
        for (typed, expected) in [
            (" Ada Lovelace\t", "Ada Lovelace"),
            ("\u{1f600}", "\u{1f600}"),
            (longest.as_str(), longest.as_str()),
        ] {
            assert_eq!(checked_name(typed).unwrap(), expected);
        }
        for (typed, word) in [
            ("", "Enter"),
            (" \n ", "Enter"),
            (&"n".repeat(300), "300"),
            ("a\nb", "line breaks"),
            ("a\u{0}b", "control"),
        ] {
            let refused = checked_name(typed).unwrap_err().to_string();
            assert!(refused.contains(word), "{refused}");
        }
    }
}
