//! From the bank's grant to the Item. The grant is on the disk before Link's page is answered, and the Item with its
//! access token is on the disk before anything else is asked of Plaid.

use std::{sync::Arc, time::Duration};

use plaid::{Exchanged, InstitutionOptions, ItemId, LinkSession};

use super::{
    callback,
    table::{self, End, Grant, Granted, Reached, Step, Unfinished, Whose},
    view::LinkState,
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    balances::{
        pacing::{Paced, repeated},
        table as readings,
        view::ReadingSource,
    },
    items::{
        self, health,
        table::{self as items_table, AccountFacts, Listing, NewItem},
    },
    kill,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
    settings,
    start::event::DeskEvent,
    work::store_at_last,
};

/// How long a public token can be exchanged.
pub(crate) const PUBLIC_TOKEN_LIFE: Duration = Duration::from_secs(30 * 60);

/// The first and the longest pause before an exchange is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// Tells that a session has changed.
pub(crate) fn tell(desk: &Desk, session_id: &str, ended: bool) {
    desk.emit(DeskEvent::LinkChanged {
        session_id: session_id.to_owned(),
        ended,
    });
}

/// Stores what the bank granted, once. In update mode that is the end of the session.
pub(crate) async fn accept(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session_id: &str,
    grant: Grant,
    repairs: Option<&ItemId>,
) -> Result<Step, DeskError> {
    kill::point("link.granted");
    let (id, now, repair) = (session_id.to_owned(), desk.now(), repairs.is_some());
    let step = env
        .store
        .write(move |transaction| {
            let step = if repair {
                table::repaired(transaction, &id, grant.link_session_id.as_deref(), now)?
            } else {
                table::succeed(transaction, &id, &grant, now)?
            };
            if step == Step::Taken {
                table::add_event(transaction, &id, &callback::success_event(&grant), now)?;
            }
            Ok(step)
        })
        .await?;
    kill::point("link.grant_kept");
    if step == Step::Taken {
        tell(desk, session_id, repair);
    }
    Ok(step)
}

/// Ends a repair whose Item works again.
pub(crate) async fn repaired(
    desk: &Desk,
    env: &OpenEnvironment,
    session_id: &str,
) -> Result<Step, DeskError> {
    let (id, now) = (session_id.to_owned(), desk.now());
    let step = env
        .store
        .write(move |transaction| table::repaired(transaction, &id, None, now))
        .await?;
    if step == Step::Taken {
        tell(desk, session_id, true);
    }
    Ok(step)
}

/// What follows on an accepted grant, in the background.
pub(crate) fn follow_up(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session_id: &str,
    repairs: Option<ItemId>,
) {
    let (desk, env, session_id) = (desk.clone(), Arc::clone(env), session_id.to_owned());
    let tracked = Arc::clone(&env);
    tracked.spawn(async move {
        match repairs {
            Some(item_id) => after_repair(&desk, &env, &item_id).await,
            None => exchange_until_settled(&desk, &env, &session_id).await,
        }
    });
}

/// Whether an exchange has come to an end.
enum Attempt {
    /// The Item is there, or will never be.
    Settled,
    /// Not yet: the network, or Plaid's own trouble.
    Later,
}

/// Exchanges the public token; tries again while it is good and Plaid cannot be reached.
pub(crate) async fn exchange_until_settled(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session_id: &str,
) {
    let (mut pause, longest) = PAUSES;
    loop {
        match exchange(desk, env, session_id).await {
            Ok(Attempt::Settled) | Err(DeskError::NothingOpen) => return,
            Ok(Attempt::Later) => {}
            Err(error) => tracing::error!(%error, "a grant could not be read"),
        }
        tokio::select! {
            () = env.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(longest);
    }
}

async fn exchange(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session_id: &str,
) -> Result<Attempt, DeskError> {
    let under_way = env.irreplaceable();
    let id = session_id.to_owned();
    let granted = env
        .store
        .read(move |connection| table::granted(connection, &id))
        .await?;
    let Some(granted) = granted else {
        return Ok(Attempt::Settled);
    };
    if Moment::from(desk.now()) > granted.succeeded_at.after(PUBLIC_TOKEN_LIFE) {
        end_without_item(desk, env, session_id, LinkState::Expired, expired()).await?;
        return Ok(Attempt::Settled);
    }
    kill::point("exchange.begun");
    match env
        .client
        .item_public_token_exchange(&granted.public_token)
        .await
    {
        Ok(exchanged) => {
            kill::point("exchange.answered");
            let item_id = exchanged.item_id.clone();
            store_item(desk, env, session_id, &granted, exchanged).await?;
            kill::point("exchange.stored");
            drop(under_way);
            details(desk, env, &item_id).await;
            kill::point("exchange.detailed");
            Ok(Attempt::Settled)
        }
        Err(error) if error.error_code() == Some("INVALID_PUBLIC_TOKEN") => {
            let problem = used_up(error);
            end_without_item(desk, env, session_id, LinkState::Failed, problem).await?;
            Ok(Attempt::Settled)
        }
        Err(error) => {
            let (id, problem) = (session_id.to_owned(), Problem::from(DeskError::from(error)));
            env.store
                .write(move |transaction| table::hinder(transaction, &id, &problem))
                .await?;
            tell(desk, session_id, false);
            Ok(Attempt::Later)
        }
    }
}

/// Item, access token, accounts as Link named them, and the end of the session: in one transaction, tried until it
/// is on the disk, because the answer of the exchange holds the only copy of the token.
async fn store_item(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    session_id: &str,
    granted: &Granted,
    exchanged: Exchanged,
) -> Result<(), DeskError> {
    let (id, granted, now) = (session_id.to_owned(), granted.clone(), desk.now());
    store_at_last(env, "the access token of a new Item", move |transaction| {
        let item = NewItem {
            item_id: &exchanged.item_id,
            access_token: &exchanged.access_token,
            person_id: &granted.person_id,
            purpose: granted.purpose,
            institution_id: granted
                .institution_id
                .as_ref()
                .map(plaid::InstitutionId::as_str),
            institution_name: granted.institution_name.as_deref(),
        };
        items_table::insert_item(transaction, &item, now)?;
        let accounts: Vec<AccountFacts> = granted.accounts.iter().map(Into::into).collect();
        items_table::write_accounts(
            transaction,
            &exchanged.item_id,
            &accounts,
            Listing::Partial,
            now,
        )?;
        table::exchanged(transaction, &id, &exchanged.item_id, now)
    })
    .await?;
    env.work.link.release(session_id);
    desk.emit(DeskEvent::ItemsChanged);
    tell(desk, session_id, true);
    Ok(())
}

/// Ends a session whose grant has come to nothing.
async fn end_without_item(
    desk: &Desk,
    env: &OpenEnvironment,
    session_id: &str,
    state: LinkState,
    problem: Problem,
) -> Result<(), DeskError> {
    let (id, now) = (session_id.to_owned(), desk.now());
    let end = End::new(state, Some(problem));
    env.store
        .write(move |transaction| table::end(transaction, &id, Whose::Grant, &end, now))
        .await?;
    env.work.link.release(session_id);
    tell(desk, session_id, true);
    Ok(())
}

fn expired() -> Problem {
    Problem::new(ProblemKind::TimedOut, "The bank agreed, but Plaid could not be reached within the 30 minutes in which that counts. Link the bank again.").with_action(NextAction::LinkAgain)
}

fn used_up(error: plaid::Error) -> Problem {
    Problem {
        message: "The bank agreed, but Plaid does not take the public token any more: it has expired, or was exchanged just before Balance Desk was interrupted. Link the bank again; an Item that is listed in Plaid's Dashboard only can be removed by Plaid's support.".to_owned(),
        action: Some(NextAction::LinkAgain),
        ..Problem::from(DeskError::from(error))
    }
}

/// What makes an Item complete. None of it can lose the Item; what fails, or is left out because the environment is
/// closed, comes with the next check or refresh.
async fn details(desk: &Desk, env: &Arc<OpenEnvironment>, item_id: &ItemId) {
    let all = async {
        for (what, outcome) in [
            ("accounts", accounts(desk, env, item_id).await),
            ("state", items::check(desk, env, item_id).await),
            ("institution", institution(env, item_id).await),
        ] {
            if let Err(error) = outcome {
                tracing::warn!(%error, "the {what} of an Item could not be read yet");
            }
        }
    };
    tokio::select! {
        biased;
        () = env.cancel.cancelled() => {}
        () = all => {}
    }
    desk.emit(DeskEvent::ItemsChanged);
}

async fn after_repair(desk: &Desk, env: &Arc<OpenEnvironment>, item_id: &ItemId) {
    // Plaid has just said that the login works; what else is wrong, the check below tells.
    if let Err(error) = health::works(desk, env, item_id).await {
        tracing::warn!(%error, "the health of an Item could not be noted");
    }
    details(desk, env, item_id).await;
}

/// Accounts and what Plaid has of their balances (/accounts/get).
async fn accounts(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    item_id: &ItemId,
) -> Result<(), DeskError> {
    let _in_use = env.work.gates.shared(item_id).await;
    let key = items::active_key(env, item_id).await?;
    let request = || env.client.accounts_get(&key.access_token);
    let called = env
        .work
        .pacing
        .read(Paced::Accounts, Some(item_id), request);
    let answer = match called.await {
        Ok(answer) => answer,
        Err(error) => return Err(health::failed(desk, env, item_id, error).await),
    };
    let (item_id, now) = (item_id.clone(), desk.now());
    env.store
        .write(move |transaction| {
            let source = ReadingSource::Cached;
            readings::record(
                transaction,
                &item_id,
                &answer,
                source,
                Listing::Complete,
                now,
            )
        })
        .await
}

/// Name, logo and colour (/institutions/get_by_id).
async fn institution(env: &Arc<OpenEnvironment>, item_id: &ItemId) -> Result<(), DeskError> {
    let key = items::key(env, item_id).await?;
    let Some(institution_id) = key.institution_id else {
        return Ok(());
    };
    let settings = env.store.read(settings::read).await?;
    let options = InstitutionOptions {
        include_optional_metadata: true,
        include_status: false,
    };
    let request = || {
        env.client
            .institutions_get_by_id(&institution_id, &settings.country_codes, options)
    };
    let answer = env
        .work
        .pacing
        .read(Paced::Institution, None, request)
        .await?;
    env.store
        .write(move |transaction| items_table::set_institution(transaction, &answer.institution))
        .await
}

/// What Plaid knows of a session that the desk did not see the end of.
pub(crate) enum Found {
    Grant(Box<Grant>),
    /// The Item of a repair works again.
    Repaired,
    Exit(Box<End>),
    /// Neither a grant nor an exit, and none to come.
    Nothing,
    /// Neither a grant nor an exit, but the bank may be deciding.
    UnderWay,
}

/// Asks /link/token/get what became of a session; for a repair that says too little, /item/get too.
pub(crate) async fn ask(
    desk: &Desk,
    env: &OpenEnvironment,
    session: &Unfinished,
    link_token: &plaid::LinkToken,
) -> Result<Found, DeskError> {
    let found = match repeated(|| env.client.link_token_get(link_token)).await {
        Ok(status) => found(&status.sessions, session.reached),
        // Plaid has answered, and does not know the session any more.
        Err(error) if forgotten(&error) => Found::Nothing,
        Err(error) => return Err(error.into()),
    };
    match (&session.repairs, &found) {
        (Some(item_id), Found::Nothing | Found::UnderWay)
            if works_again(desk, env, item_id).await? =>
        {
            Ok(Found::Repaired)
        }
        _ => Ok(found),
    }
}

fn found(sessions: &[LinkSession], reached: Reached) -> Found {
    if let Some(grant) = callback::grant_found(sessions) {
        return Found::Grant(Box::new(grant));
    }
    if let Some(exit) = callback::exit_found(sessions) {
        return Found::Exit(Box::new(exit));
    }
    let over = match reached {
        Reached::Start => true,
        Reached::Unknown => sessions.iter().all(|session| session.finished_at.is_some()),
        Reached::Bank => {
            !sessions.is_empty() && sessions.iter().all(|session| session.finished_at.is_some())
        }
    };
    if over {
        Found::Nothing
    } else {
        Found::UnderWay
    }
}

fn forgotten(error: &plaid::Error) -> bool {
    matches!(
        error.error_code(),
        Some("INVALID_LINK_TOKEN" | "NOT_FOUND" | "INVALID_FIELD")
    )
}

/// Whether an Item that did not work does so now: in update mode, Plaid names no Item that was added.
async fn works_again(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
) -> Result<bool, DeskError> {
    if items::is_healthy(env, item_id).await? {
        return Ok(false);
    }
    match items::check(desk, env, item_id).await {
        Ok(()) => items::is_healthy(env, item_id).await,
        // It is being removed, or Plaid says that it does not work.
        Err(DeskError::AlreadyRunning(_)) => Ok(false),
        Err(error) if error.plaid().and_then(plaid::Error::api).is_some() => Ok(false),
        Err(error) => Err(error),
    }
}
