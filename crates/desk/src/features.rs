//! Builds every feature of an open environment. Each feature receives the features it uses, so the order of
//! construction is the dependency graph.

use crate::export::Exports;
use desk_banks::{
    accounts::Accounts, balances::Balances, history::History, items::Items, link::Links,
    support::Support,
};
use std::path::PathBuf;

use desk_core::{Session, calls::PlaidCalls, settings::EnvironmentSettings};
use desk_debits::{
    activity::Activity, audit::Audit, batches::Batches, decisions::Reports,
    evaluations::Evaluations, outcomes::Outcomes, returns::Returns,
};

#[derive(Clone)]
pub struct Features {
    pub session: Session,
    pub settings: EnvironmentSettings,
    pub support: Support,
    pub items: Items,
    pub balances: Balances,
    pub accounts: Accounts,
    pub history: History,
    pub links: Links,
    pub evaluations: Evaluations,
    pub reports: Reports,
    pub batches: Batches,
    pub returns: Returns,
    pub activity: Activity,
    pub outcomes: Outcomes,
    pub audit: Audit,
    pub exports: Exports,
}

impl Features {
    pub(crate) fn new(session: Session, calls: PlaidCalls, log_dir: PathBuf) -> Self {
        let settings = EnvironmentSettings::new(session.clone(), log_dir);
        let support = Support::new(session.clone());
        let items = Items::new(
            session.clone(),
            calls.clone(),
            support.clone(),
            settings.changed(),
        );
        let balances = Balances::new(
            session.clone(),
            calls.clone(),
            support.clone(),
            items.clone(),
        );
        let links = Links::new(
            session.clone(),
            calls.clone(),
            support.clone(),
            items.clone(),
        );
        let evaluations = Evaluations::new(session.clone(), calls, support.clone(), items.clone());
        let reports = Reports::new(session.clone());
        let batches = Batches::new(evaluations.clone(), reports.clone());
        Self {
            accounts: Accounts::new(session.clone()),
            history: History::new(session.clone()),
            returns: Returns::new(session.clone(), reports.clone()),
            activity: Activity::new(session.clone()),
            outcomes: Outcomes::new(session.clone()),
            audit: Audit::new(session.clone()),
            exports: Exports::new(session.clone(), batches.clone()),
            session,
            settings,
            support,
            items,
            balances,
            links,
            evaluations,
            reports,
            batches,
        }
    }

    /// Resumes interrupted work and starts the background tasks.
    pub(crate) fn start(&self) {
        let session = &self.session;
        session.spawn(self.links.clone().resume());
        session.spawn(self.items.clone().resume());
        session.spawn(self.balances.clone().read_cached_on_open());
        session.spawn(self.accounts.clone().watch_low_balances());
        session.spawn(self.support.clone().store_answers());
        let (evaluations, reports) = (self.evaluations.clone(), self.reports.clone());
        session.spawn(async move {
            evaluations.resume().await;
            reports.run_outbox().await;
        });
        session.spawn(self.batches.clone().resume());
    }
}
