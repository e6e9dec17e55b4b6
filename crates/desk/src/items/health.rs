//! Whether an Item works: what Plaid last said about it, kept until Plaid says otherwise.

use plaid::{ApiError, ItemId};

use super::table;
use crate::{Desk, DeskError, OpenEnvironment, problem::Problem, start::event::DeskEvent};

/// Codes that mean the Item is at an end for us, whatever their type.
const ENDED: &[&str] = &[
    "INVALID_ACCESS_TOKEN",
    "ITEM_NOT_FOUND",
    "USER_PERMISSION_REVOKED",
];

/// Item errors that pass by themselves and say nothing of the login.
const PASSING: &[&str] = &["PRODUCT_NOT_READY", "PRODUCTS_NOT_SUPPORTED", "NO_ACCOUNTS"];

/// Whether Plaid's error tells something lasting about the Item.
fn concerns_item(error: &ApiError) -> bool {
    let code = error.error_code.as_str();
    ENDED.contains(&code) || (error.error_type == "ITEM_ERROR" && !PASSING.contains(&code))
}

/// Notes what a failed call says about the Item, and answers the error with the Item's name in it.
pub(crate) async fn failed(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
    error: plaid::Error,
) -> DeskError {
    let concerns = error.api().is_some_and(concerns_item);
    let error = DeskError::from(error).for_item(item_id);
    if concerns && let Err(lost) = note(desk, env, item_id, Some(Problem::from(&error))).await {
        tracing::warn!(%lost, "the health of an Item could not be noted");
    }
    error
}

/// Notes that the Item works.
pub(crate) async fn works(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
) -> Result<(), DeskError> {
    note(desk, env, item_id, None).await
}

async fn note(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
    problem: Option<Problem>,
) -> Result<(), DeskError> {
    let (item_id, now) = (item_id.clone(), desk.now());
    env.store
        .write(move |transaction| table::set_problem(transaction, &item_id, problem.as_ref(), now))
        .await?;
    desk.emit(DeskEvent::ItemsChanged);
    Ok(())
}

/// `item.error` of /item/get as a problem with the step that helps.
pub(crate) fn problem_of(item: &plaid::Item) -> Option<Problem> {
    let error = plaid::Error::Api(Box::new(item.error.clone()?));
    Some(Problem::from(
        &DeskError::from(error).for_item(&item.item_id),
    ))
}
