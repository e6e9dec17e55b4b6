//! The Demo menu: changes how the stand-in behaves, simulates failures, and resets them. Only the Demo has it;
//! nothing here reaches Plaid.

mod control;
pub mod view;

use std::collections::HashSet;

use plaid::ItemId;
use serde_json::json;

use self::{
    control::{Control, Settings},
    view::{
        DemoCall, DemoChange, DemoInstitution, DemoItem, DemoLatency, DemoView, ItemTrouble,
        PendingFault,
    },
};
use crate::{desk::Desk, features::Features};
use desk_banks::items::{
    table::{self, Show},
    view::ItemView,
};
use desk_core::{DeskError, environment::Environment};

pub use self::control::ControlError;

const LONGEST_MILLIS: u32 = 120_000;
const MOST_FAULTS: u32 = 100;

impl Desk {
    pub async fn demo_view(&self) -> Result<DemoView, DeskError> {
        let (features, control) = self.demo()?;
        let settings = control.settings().await?;
        self.demo_shown(&features, settings).await
    }

    pub async fn demo_change(&self, change: DemoChange) -> Result<DemoView, DeskError> {
        let (features, control) = self.demo()?;
        let settings = match change {
            DemoChange::Latency { latency } => {
                let latency = checked(latency)?;
                let word = json!({"latency": latency.word()});
                let settings = control.set("latency", &word).await?;
                self.remember_demo_latency(Some(latency)).await?;
                settings
            }
            DemoChange::Limits { limits } => {
                control.set("limits", &json!({"limits": limits})).await?
            }
            DemoChange::Fail { call, fault, times } => {
                if !(1..=MOST_FAULTS).contains(&times) {
                    let message = format!("Choose from 1 to {MOST_FAULTS} calls.");
                    return Err(DeskError::invalid("times", message));
                }
                let faults = json!({"path": call.path(), "fault": fault, "times": times});
                control.set("faults", &faults).await?
            }
            DemoChange::ClearFaults => control.set("faults/clear", &json!({})).await?,
            DemoChange::Institution {
                institution_id,
                health,
            } => {
                let institution = json!({"institution_id": institution_id, "health": health});
                control.set("institution", &institution).await?
            }
            DemoChange::Item { item_id, trouble } => {
                let item_id = ItemId::new(item_id);
                features.items.active_key(&item_id).await?;
                let settings = trouble_item(&control, &item_id, trouble).await?;
                self.check_changed(&features, &item_id).await;
                settings
            }
            DemoChange::Clock { advance_seconds } => {
                let clock = json!({"advance_seconds": advance_seconds});
                control.set("clock", &clock).await?
            }
        };
        self.demo_shown(&features, settings).await
    }

    /// Repairs all Items and restarts the stand-in, which clears the other settings. Linked banks stay; an open Link
    /// window closes. Also works if the stand-in has ended or hangs.
    pub async fn demo_reset(&self) -> Result<DemoView, DeskError> {
        let features = self.demo_environment()?;
        let mended = self.mend_items(&features).await?;
        self.remember_demo_latency(None).await?;
        self.config().demo.stop();
        self.open_environment(Environment::Demo).await?;
        let features = self.demo_environment()?;
        for item_id in mended {
            self.check_changed(&features, &item_id).await;
        }
        self.demo_view().await
    }

    /// Repairs every linked Item if the stand-in responds. Returns the Items that had a problem.
    async fn mend_items(&self, features: &Features) -> Result<Vec<ItemId>, DeskError> {
        let Ok((_, control)) = self.demo() else {
            return Ok(Vec::new());
        };
        let settings = match control.settings().await {
            Ok(settings) => settings,
            Err(error) => {
                tracing::warn!(%error, "couldn't repair Items: the Demo's bank doesn't respond");
                return Ok(Vec::new());
            }
        };
        let linked = linked(features).await?;
        let mut mended = Vec::new();
        for item in shown_items(&linked, &settings) {
            if item.code.is_some() {
                let item_id = ItemId::new(item.item_id);
                trouble_item(&control, &item_id, None).await?;
                mended.push(item_id);
            }
        }
        Ok(mended)
    }

    async fn check_changed(&self, features: &Features, item_id: &ItemId) {
        if let Err(error) = features.items.check(item_id).await {
            tracing::info!(%error, "couldn't check the Item that the Demo menu changed");
        }
    }

    fn demo_environment(&self) -> Result<Features, DeskError> {
        match self.open() {
            Ok(features) if features.session.environment == Environment::Demo => Ok(features),
            _ => Err(ControlError::NotOpen.into()),
        }
    }

    fn demo(&self) -> Result<(Features, Control), DeskError> {
        let features = self.demo_environment()?;
        let address = self.config().demo.control().ok_or(ControlError::Ended)?;
        Ok((features, Control::new(address)?))
    }

    async fn demo_shown(
        &self,
        features: &Features,
        settings: Settings,
    ) -> Result<DemoView, DeskError> {
        let linked = linked(features).await?;
        Ok(DemoView {
            latency: latency(&settings.latency)?,
            limits: settings.limits,
            faults: pending(&settings),
            institutions: institutions(&linked, &settings),
            items: shown_items(&linked, &settings),
            ahead_seconds: settings.now.duration_since(self.now()).as_secs(),
        })
    }
}

async fn linked(features: &Features) -> Result<Vec<ItemView>, DeskError> {
    features
        .session
        .store
        .read(|connection| table::items(connection, &Show::All))
        .await
}

/// An Item has one trouble at a time: setting an error clears a notice and vice versa.
async fn trouble_item(
    control: &Control,
    item_id: &ItemId,
    trouble: Option<ItemTrouble>,
) -> Result<Settings, ControlError> {
    let (error, reason, notice) = match trouble {
        Some(trouble) if trouble.is_notice() => (None, None, Some(trouble)),
        Some(trouble) if trouble.is_reason() => {
            (Some(ItemTrouble::ItemLoginRequired), Some(trouble), None)
        }
        error => (error, None, None),
    };
    let item_id = item_id.to_string();
    let mut change = json!({"item_id": item_id, "error_code": error});
    if let Some(reason) = reason {
        change["error_code_reason"] = json!(reason);
    }
    control.set("item", &change).await?;
    control
        .set("item", &json!({"item_id": item_id, "notice": notice}))
        .await
}

fn checked(latency: DemoLatency) -> Result<DemoLatency, DeskError> {
    match latency {
        DemoLatency::Fixed { millis } if !(1..=LONGEST_MILLIS).contains(&millis) => {
            let message = format!(
                "Choose more than no time and at most {} seconds.",
                LONGEST_MILLIS / 1_000
            );
            Err(DeskError::invalid("latency", message))
        }
        latency => Ok(latency),
    }
}

fn latency(word: &str) -> Result<DemoLatency, ControlError> {
    match word {
        "none" => Ok(DemoLatency::Instant),
        "lifelike" => Ok(DemoLatency::Lifelike),
        millis => millis
            .parse()
            .map(|millis| DemoLatency::Fixed { millis })
            .map_err(|_| ControlError::Unclear {
                reason: format!("{millis:?} is no latency"),
            }),
    }
}

fn pending(settings: &Settings) -> Vec<PendingFault> {
    let mut pending: Vec<PendingFault> = Vec::new();
    for (path, faults) in &settings.faults {
        for run in faults.chunk_by(|one, next| one == next) {
            pending.extend(run.first().map(|fault| PendingFault {
                path: path.clone(),
                call: DemoCall::of(path),
                fault: *fault,
                times: u32::try_from(run.len()).unwrap_or(u32::MAX),
            }));
        }
    }
    pending
}

impl DemoLatency {
    pub fn word(self) -> String {
        match self {
            Self::Instant => "none".to_owned(),
            Self::Lifelike => "lifelike".to_owned(),
            Self::Fixed { millis } => millis.to_string(),
        }
    }
}

impl ItemTrouble {
    fn is_notice(self) -> bool {
        matches!(
            self,
            Self::PendingExpiration | Self::PendingDisconnect | Self::NewAccountsAvailable
        )
    }

    fn is_reason(self) -> bool {
        matches!(
            self,
            Self::OauthConsentExpired | Self::OauthUserRevoked | Self::OauthInvalidToken
        )
    }
}

impl DemoCall {
    const ALL: [Self; 10] = [
        Self::LiveBalances,
        Self::Accounts,
        Self::CheckItem,
        Self::LinkToken,
        Self::Exchange,
        Self::RotateToken,
        Self::RemoveItem,
        Self::Evaluate,
        Self::ReportDecision,
        Self::ReportReturn,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::LiveBalances => "/accounts/balance/get",
            Self::Accounts => "/accounts/get",
            Self::CheckItem => "/item/get",
            Self::LinkToken => "/link/token/create",
            Self::Exchange => "/item/public_token/exchange",
            Self::RotateToken => "/item/access_token/invalidate",
            Self::RemoveItem => "/item/remove",
            Self::Evaluate => "/signal/evaluate",
            Self::ReportDecision => "/signal/decision/report",
            Self::ReportReturn => "/signal/return/report",
        }
    }

    fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.path() == path)
    }
}

fn institutions(linked: &[ItemView], settings: &Settings) -> Vec<DemoInstitution> {
    let ids: HashSet<&str> = linked
        .iter()
        .filter_map(|item| item.institution_id.as_deref())
        .collect();
    let mut institutions: Vec<DemoInstitution> = settings
        .institutions
        .iter()
        .map(|institution| DemoInstitution {
            institution_id: institution.institution_id.clone(),
            name: institution.name.clone(),
            health: institution.health,
            changed: institution.health != institution.usual_health,
            linked: ids.contains(institution.institution_id.as_str()),
        })
        .collect();
    institutions.sort_by_key(|institution| !institution.linked);
    institutions
}

fn code(item: &control::Item) -> Option<String> {
    let codes = [&item.error_code_reason, &item.error_code, &item.notice];
    codes.into_iter().flatten().next().cloned()
}

fn shown_items(linked: &[ItemView], settings: &Settings) -> Vec<DemoItem> {
    linked
        .iter()
        .map(|item| {
            let there = settings
                .items
                .iter()
                .find(|there| there.item_id == item.item_id);
            DemoItem {
                item_id: item.item_id.clone(),
                institution_name: item.institution_name.clone(),
                person_name: item.person.name.clone(),
                code: there.and_then(code),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{view::DemoFault, *};

    fn settings(json: &serde_json::Value) -> Settings {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn answer() -> serde_json::Value {
        json!({
            "now": "2026-11-24T12:00:00Z",
            "latency": "lifelike",
            "limits": "sandbox",
            "faults": {
                "/accounts/balance/get": ["rate_limit", "rate_limit", "answer_lost", "rate_limit"],
                "/webhook_verification_key/get": ["unavailable"],
            },
            "institutions": [],
            "items": [],
            "choices": {},
        })
    }

    #[test]
    fn the_same_fault_in_a_row_is_one_entry() {
        let pending: Vec<_> = pending(&settings(&answer()))
            .into_iter()
            .map(|pending| (pending.call, pending.fault, pending.times))
            .collect();
        let balances = Some(DemoCall::LiveBalances);
        assert_eq!(
            pending,
            [
                (balances, DemoFault::RateLimit, 2),
                (balances, DemoFault::AnswerLost, 1),
                (balances, DemoFault::RateLimit, 1),
                (None, DemoFault::Unavailable, 1),
            ]
        );
    }

    #[test]
    fn a_latency_is_the_same_there_and_back() {
        for known in [
            DemoLatency::Instant,
            DemoLatency::Lifelike,
            DemoLatency::Fixed { millis: 2_500 },
        ] {
            assert_eq!(latency(&known.word()).unwrap(), known);
        }
        assert!(latency("soon").is_err());
        for millis in [0, LONGEST_MILLIS + 1] {
            assert!(checked(DemoLatency::Fixed { millis }).is_err());
        }
    }

    #[test]
    fn every_call_has_its_own_endpoint() {
        let paths: HashSet<_> = DemoCall::ALL.into_iter().map(DemoCall::path).collect();
        assert_eq!(paths.len(), DemoCall::ALL.len());
        assert_eq!(DemoCall::of("/item/get"), Some(DemoCall::CheckItem));
    }
}
