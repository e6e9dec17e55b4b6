//! The evaluation form: facts shown before sending, and the user's settings (meanings of action keys, and the margin of
//! the estimate).

use plaid::AccountId;
use rusqlite::{Connection, OptionalExtension};

use super::{
    action_keys, core_attributes, debit_estimate,
    form_view::{ActionKeyInput, ActionKeyView, AttributeWords, DebitMargin, EvaluateFacts},
};
use crate::evaluations::Evaluations;
use desk_core::{DeskError, event::DeskEvent, store::single_column};

const MOST_RULESETS: u32 = 20;

/// The form warns about a clock that is further off than this, in seconds.
const CLOCK_TOLERANCE: i64 = 5 * 60;

impl Evaluations {
    /// What is known about an account before it is evaluated. Doesn't call Plaid.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn facts(&self, account_id: &str) -> Result<EvaluateFacts, DeskError> {
        let account_id = AccountId::new(account_id);
        let off = self.session.client.clock_offset();
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let (person_name, client_user_id) = customer(connection, &account_id)?;
                Ok(EvaluateFacts {
                    person_name,
                    client_user_id,
                    estimate: debit_estimate::estimate(connection, &account_id)?,
                    ruleset_keys: ruleset_keys(connection)?,
                    clock_behind_seconds: off
                        .map(|off| off.as_secs())
                        .filter(|seconds| seconds.abs() > CLOCK_TOLERANCE)
                        .and_then(|seconds| i32::try_from(seconds).ok()),
                })
            })
            .await
    }

    pub fn core_attributes(&self) -> Vec<AttributeWords> {
        core_attributes::all()
    }

    /// Every action key that has a meaning or appears in an answer.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn action_keys(&self) -> Result<Vec<ActionKeyView>, DeskError> {
        self.session.store.read(action_keys::list).await
    }

    /// # Errors
    /// Fields of [`ActionKeyInput`].
    pub async fn save_action_key(
        &self,
        input: ActionKeyInput,
    ) -> Result<Vec<ActionKeyView>, DeskError> {
        let key = action_keys::checked(&input)?;
        let keys = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                action_keys::save(transaction, &key)?;
                action_keys::list(transaction)
            })
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(keys)
    }

    /// # Errors
    /// `NothingOpen`, `Disk`, `Database`.
    pub async fn forget_action_key(
        &self,
        custom_action_key: &str,
    ) -> Result<Vec<ActionKeyView>, DeskError> {
        let key = custom_action_key.to_owned();
        let keys = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                action_keys::forget(transaction, &key)?;
                action_keys::list(transaction)
            })
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(keys)
    }

    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn debit_margin(&self) -> Result<DebitMargin, DeskError> {
        let margin = self.session.store.read(debit_estimate::margin).await?;
        Ok(margin.view())
    }

    /// # Errors
    /// Fields of [`DebitMargin`].
    pub async fn save_debit_margin(&self, margin: DebitMargin) -> Result<DebitMargin, DeskError> {
        let margin = debit_estimate::checked(&margin)?;
        self.session
            .store
            .write(move |transaction| debit_estimate::save(transaction, margin))
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(margin.view())
    }
}

fn customer(
    connection: &Connection,
    account_id: &AccountId,
) -> Result<(String, String), DeskError> {
    let found = connection
        .query_row(
            "SELECT people.name, people.client_user_id
             FROM accounts JOIN items USING (item_id) JOIN people USING (person_id) WHERE account_id = ?1",
            [account_id.as_str()],
            |row| Ok((row.get("name")?, row.get("client_user_id")?)),
        )
        .optional()?;
    found.ok_or_else(|| DeskError::NotFound("This account"))
}

/// Most recently used first.
fn ruleset_keys(connection: &Connection) -> Result<Vec<String>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT ruleset_key FROM evaluations WHERE ruleset_key IS NOT NULL
         GROUP BY ruleset_key ORDER BY max(created_at) DESC LIMIT ?1",
    )?;
    let keys = statement.query_map([MOST_RULESETS], single_column)?;
    Ok(keys.collect::<Result<_, _>>()?)
}
