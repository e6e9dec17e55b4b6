//! Invitations: Hosted Link sent to a customer, who links a bank on their own device. Several can be open at once.

use plaid::ItemId;
use uuid::Uuid;

use super::{
    invitation_mail::{MailDraft, write_mail},
    link_token, remote_sessions,
    session_plan::{SessionCustomer, SessionPlan},
    session_views,
    sessions_table::{self, LinkChannel, LinkGoal, OriginalRequest},
    view::{InvitationAim, InvitationProgress, InvitationRequest, InvitationView, LinkSessionView},
};
use crate::link::Links;
use desk_core::{DeskError, kill, settings};

const LONGEST_NOTE: usize = 120;

/// Plaid's limit: 21 days.
const MOST_HOURS: u32 = 21 * 24;

const SECONDS_AN_HOUR: u32 = 60 * 60;

impl Links {
    /// Creates a Hosted Link (/link/token/create with `hosted_link`).
    pub async fn create_invitation(
        &self,
        request: InvitationRequest,
    ) -> Result<LinkSessionView, DeskError> {
        let hours = check_lifetime(request.lifetime_hours)?;
        let channel = LinkChannel::Invitation {
            note: clean_note(request.note)?,
            language: settings::language(request.language)?,
        };
        let plan = match request.aim {
            InvitationAim::NewBank {
                purpose,
                products,
                person,
            } => SessionPlan {
                purpose,
                customer: SessionCustomer::Chosen(person),
                goal: LinkGoal::NewItem(link_token::products_for(purpose, &products)?),
                channel,
            },
            InvitationAim::Repair {
                item_id,
                choose_accounts,
            } => {
                let item_id = ItemId::new(item_id);
                self.prepare_repair(item_id, choose_accounts, channel)
                    .await?
            }
        };
        self.create_invitation_session(plan, hours).await
    }

    /// Open invitations first, then those that ended within 30 days.
    pub async fn invitations(&self) -> Result<Vec<LinkSessionView>, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| session_views::invitation_views(connection, now))
            .await
    }

    pub async fn check_invitation(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        self.get_invitation(session_id).await?;
        let (links, id) = (self.clone(), session_id.to_owned());
        let looking = async move { links.check_remote_session(&id).await };
        self.session.run_to_end(looking).await?;
        self.get(session_id).await
    }

    /// Creates a new link for the same purpose, then cancels the old one. If Plaid refuses a new link, the old one
    /// stays.
    pub async fn renew_invitation_link(
        &self,
        session_id: &str,
        lifetime_hours: u32,
    ) -> Result<LinkSessionView, DeskError> {
        let hours = check_lifetime(lifetime_hours)?;
        if self.get_invitation(session_id).await?.progress == InvitationProgress::Finished {
            return Err(DeskError::AlreadyRunning(
                "This link was used: the bank agreed. For another bank, make a new invitation.",
            ));
        }
        let id = session_id.to_owned();
        let original = self
            .session
            .store
            .read(move |connection| sessions_table::original_request(connection, &id))
            .await?;
        let plan = self.prepare_renewal(original).await?;
        let renewed = self.create_invitation_session(plan, hours).await?;
        self.cancel_remote_session(session_id).await?;
        Ok(renewed)
    }

    pub async fn invitation_mail(&self, session_id: &str) -> Result<MailDraft, DeskError> {
        let sender = self.session.store.read(settings::read).await?.app_name;
        let invitation = self.get_invitation(session_id).await?;
        let goal = self.get(session_id).await?;
        let url = invitation.url.as_deref();
        let url = url.ok_or(DeskError::NotFound("A link that can be used"))?;
        write_mail(&sender, &goal, &invitation, url)
    }

    async fn get_invitation(&self, session_id: &str) -> Result<InvitationView, DeskError> {
        let link_session = self.get(session_id).await?;
        link_session
            .invitation
            .ok_or(DeskError::NotFound("This invitation"))
    }

    async fn prepare_renewal(&self, original: OriginalRequest) -> Result<SessionPlan, DeskError> {
        match original.goal {
            LinkGoal::Repair { item_id, choose } => {
                let choose = choose == sessions_table::ChooseAccounts::Yes;
                self.prepare_repair(item_id, choose, original.channel).await
            }
            LinkGoal::NewItem(products) => Ok(SessionPlan {
                purpose: original.purpose,
                customer: SessionCustomer::Existing {
                    person_id: original.person_id,
                    client_user_id: original.client_user_id,
                },
                goal: LinkGoal::NewItem(products),
                channel: original.channel,
            }),
        }
    }

    async fn create_invitation_session(
        &self,
        plan: SessionPlan,
        hours: u32,
    ) -> Result<LinkSessionView, DeskError> {
        let session_id = Uuid::new_v4().to_string();
        self.window_slot.mark_started(&session_id);
        let (links, id) = (self.clone(), session_id.clone());
        let making = async move {
            let made = links.request_invitation_link(&id, plan, hours).await;
            if let Err(error) = &made {
                links.record_failed_start(&id, error).await;
            }
            made
        };
        self.session.run_to_end(making).await?;
        self.watch_remote_session(&session_id, remote_sessions::start_delay(1));
        self.get(&session_id).await
    }

    async fn request_invitation_link(
        &self,
        session_id: &str,
        plan: SessionPlan,
        hours: u32,
    ) -> Result<(), DeskError> {
        let options = link_token::LinkTokenOptions {
            language: match &plan.channel {
                LinkChannel::Invitation { language, .. } => Some(language.clone()),
                LinkChannel::Window => None,
            },
            lifetime_seconds: Some(hours * SECONDS_AN_HOUR),
        };
        let goal = plan.goal.clone();
        let client_user_id = self.store_new_session(session_id, plan).await?;
        self.emit_session_changed(session_id, false);
        let created = self
            .create_link_token(client_user_id, &goal, options)
            .await?;
        kill::point("invitation.made");
        if created.hosted_link_url.is_none() {
            return Err(DeskError::Internal(
                "Plaid made a link token without an address",
            ));
        }
        let id = session_id.to_owned();
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                sessions_table::store_link_token(transaction, &id, &created)?;
                sessions_table::mark_opened(transaction, &id)
            })
            .await?;
        self.emit_session_changed(session_id, false);
        Ok(())
    }
}

fn check_lifetime(hours: u32) -> Result<u32, DeskError> {
    if (1..=MOST_HOURS).contains(&hours) {
        return Ok(hours);
    }
    Err(DeskError::invalid(
        "lifetimeHours",
        format!(
            "A link can be open for 1 hour at least and for {MOST_HOURS} hours (21 days) at most."
        ),
    ))
}

/// Trims the note. Returns None when nothing is left.
fn clean_note(typed: Option<String>) -> Result<Option<String>, DeskError> {
    let Some(note) = typed.as_deref().map(str::trim) else {
        return Ok(None);
    };
    let length = note.chars().count();
    if length > LONGEST_NOTE {
        return Err(DeskError::invalid(
            "note",
            format!("A note has at most {LONGEST_NOTE} characters; this one has {length}."),
        ));
    }
    if note.chars().any(char::is_control) {
        return Err(DeskError::invalid(
            "note",
            "A note cannot have line breaks or other control characters.",
        ));
    }
    Ok((!note.is_empty()).then(|| note.to_owned()))
}
