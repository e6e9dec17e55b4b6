//! Estimates the largest debit an account can cover: its last known balance less the user's margin. Uses saved readings
//! only and calls nobody, so this is not an answer from Plaid.

use desk_files::amount::{self, ZeroIs};
use plaid::{AccountId, Decimal};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{
    form_view::{Basis, DebitMargin, Estimate},
    table::{self, exact},
};
use desk_banks::balances::{table as readings, view::ReadingView};
use desk_core::{DeskError, store::single_column};

const WHOLE: Decimal = Decimal::ONE_HUNDRED;

/// The part of a balance that an estimate leaves untouched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EstimateMargin {
    percent: Decimal,
    amount: Decimal,
}

/// # Errors
/// Fields `percent`, `amount`.
pub(super) fn checked(margin: &DebitMargin) -> Result<EstimateMargin, DeskError> {
    Ok(EstimateMargin {
        percent: percent(margin.percent.trim())?,
        amount: amount::parse(&margin.amount, ZeroIs::Allowed)
            .map_err(|error| DeskError::invalid("amount", error.to_string()))?,
    })
}

fn percent(typed: &str) -> Result<Decimal, DeskError> {
    let plain = typed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let percent = Decimal::from_str_exact(typed)
        .ok()
        .filter(|percent| plain && percent.scale() <= 2 && *percent <= WHOLE);
    percent.ok_or_else(|| {
        DeskError::invalid(
            "percent",
            "Enter a number from 0 to 100 with at most two decimals, for example 10.",
        )
    })
}

pub(super) fn margin(connection: &Connection) -> Result<EstimateMargin, DeskError> {
    let (percent, amount): (String, String) =
        connection.query_row("SELECT percent, amount FROM debit_margin", [], |row| {
            Ok((row.get("percent")?, row.get("amount")?))
        })?;
    Ok(EstimateMargin {
        percent: exact(&percent)?,
        amount: exact(&amount)?,
    })
}

pub(super) fn save(transaction: &Transaction<'_>, margin: EstimateMargin) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE debit_margin SET percent = ?1, amount = ?2",
        (margin.percent.to_string(), margin.amount.to_string()),
    )?;
    Ok(())
}

impl EstimateMargin {
    pub(super) fn view(self) -> DebitMargin {
        DebitMargin {
            percent: self.percent.normalize().to_string(),
            amount: self.amount.to_string(),
        }
    }

    /// The largest debit that a balance covers: whole cents, from 0 to the ACH limit.
    fn highest(self, balance: Decimal) -> Option<Decimal> {
        let kept = balance
            .checked_mul(WHOLE - self.percent)?
            .checked_div(WHOLE)?;
        let left = kept.checked_sub(self.amount)?;
        let mut cents = left
            .clamp(Decimal::ZERO, amount::LARGEST)
            .trunc_with_scale(2);
        cents.rescale(2);
        Some(cents)
    }
}

/// # Errors
/// `NotFound`.
pub(crate) fn estimate(
    connection: &Connection,
    account_id: &AccountId,
) -> Result<Estimate, DeskError> {
    let found: Option<String> = connection
        .query_row(
            "SELECT account_type FROM accounts WHERE account_id = ?1",
            [account_id.as_str()],
            single_column,
        )
        .optional()?;
    let account_type = found.ok_or(DeskError::NotFound("This account"))?;
    let reading = readings::present(connection, account_id.as_str())?;
    estimate_from(&account_type, reading, margin(connection)?)
}

fn estimate_from(
    account_type: &str,
    reading: Option<ReadingView>,
    margin: EstimateMargin,
) -> Result<Estimate, DeskError> {
    if account_type != "depository" {
        return Ok(Estimate::NotForThisKind);
    }
    let Some(reading) = reading else {
        return Ok(Estimate::NotRead);
    };
    if reading.unofficial_currency || reading.currency.as_deref() != Some(table::CURRENCY) {
        return Ok(Estimate::NotForThisKind);
    }
    let (basis, balance) = match (reading.available, reading.current) {
        (Some(available), _) => (Basis::Available, available),
        (None, Some(current)) => (Basis::Current, current),
        (None, None) => {
            return Ok(Estimate::NotReported {
                read_at: reading.read_at,
            });
        }
    };
    let amount = margin
        .highest(exact(&balance)?)
        .ok_or_else(|| DeskError::unreadable("a balance"))?;
    Ok(Estimate::Known {
        amount: amount.to_string(),
        currency: table::CURRENCY.to_owned(),
        basis,
        balance,
        read_at: reading.read_at,
        source: reading.source,
        margin: margin.view(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_banks::balances::view::ReadingSource;

    fn margin(percent: &str, amount: &str) -> EstimateMargin {
        checked(&DebitMargin {
            percent: percent.to_owned(),
            amount: amount.to_owned(),
        })
        .unwrap()
    }

    fn reading(available: Option<&str>, current: Option<&str>) -> ReadingView {
        ReadingView {
            available: available.map(str::to_owned),
            current: current.map(str::to_owned),
            limit: None,
            currency: Some("USD".to_owned()),
            unofficial_currency: false,
            read_at: "2026-11-24T12:00:00Z".to_owned(),
            last_updated_at: None,
            source: ReadingSource::Live,
            request_id: "r".to_owned(),
        }
    }

    fn amount(estimate: &Estimate) -> (&str, Basis) {
        match estimate {
            Estimate::Known { amount, basis, .. } => (amount, *basis),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_highest_amount_is_exact_and_rounded_down() {
        for (balance, percent, kept, expected) in [
            ("100", "10", "0", "90.00"),
            ("100.10", "0", "0", "100.10"),
            ("23631.9805", "0", "0", "23631.98"),
            ("100.01", "33.33", "0", "66.67"),
            ("100", "10", "95", "0.00"),
            ("-5", "0", "0", "0.00"),
            ("0.009", "0", "0", "0.00"),
            ("250000000", "0", "0", "99999999.99"),
        ] {
            let highest = margin(percent, kept).highest(balance.parse().unwrap());
            assert_eq!(highest.unwrap().to_string(), expected, "{balance}");
        }
    }

    #[test]
    fn it_is_for_what_can_be_debited_only() {
        let none = margin("0", "0");
        let known =
            estimate_from("depository", Some(reading(Some("80"), Some("100"))), none).unwrap();
        assert_eq!(amount(&known), ("80.00", Basis::Available));
        let current = estimate_from("depository", Some(reading(None, Some("100"))), none).unwrap();
        assert_eq!(amount(&current), ("100.00", Basis::Current));
        for kind in ["credit", "loan", "investment"] {
            let never = estimate_from(kind, Some(reading(Some("80"), Some("100"))), none).unwrap();
            assert_eq!(never, Estimate::NotForThisKind, "{kind}");
        }
        let euros = ReadingView {
            currency: Some("EUR".to_owned()),
            ..reading(Some("80"), None)
        };
        assert_eq!(
            estimate_from("depository", Some(euros), none).unwrap(),
            Estimate::NotForThisKind
        );
        let unreported = estimate_from("depository", Some(reading(None, None)), none).unwrap();
        assert!(matches!(unreported, Estimate::NotReported { .. }));
        assert_eq!(
            estimate_from("depository", None, none).unwrap(),
            Estimate::NotRead
        );
    }

    #[test]
    fn a_margin_is_refused_at_its_field() {
        for (percent, amount, field) in [
            ("", "0", "percent"),
            ("-1", "0", "percent"),
            ("100.01", "0", "percent"),
            ("1.234", "0", "percent"),
            ("ten", "0", "percent"),
            ("10", "", "amount"),
            ("10", "-3", "amount"),
        ] {
            let margin = DebitMargin {
                percent: percent.to_owned(),
                amount: amount.to_owned(),
            };
            match checked(&margin).unwrap_err() {
                DeskError::InvalidInput { field: at, .. } => assert_eq!(at, field, "{margin:?}"),
                other => panic!("{other}"),
            }
        }
    }
}
