//! Links for somebody else, on a device of their own: made, listed, looked after, renewed and taken back. Plaid's
//! address of the session is the link; any number of them may be out.

use std::fmt;

use plaid::ItemId;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::{
    session::{Begin, Whom},
    shown,
    table::{self, Begun, Errand, Means},
    token,
    view::{InvitationAim, InvitationProgress, InvitationRequest, InvitationView, LinkSessionView},
    watch,
};
use crate::link::Links;
use desk_core::{DeskError, kill, settings};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 120;

/// The longest life of a link: 21 days.
const MOST_HOURS: u32 = 21 * 24;

const SECONDS_AN_HOUR: u32 = 60 * 60;

/// A draft for the system's mail program, as a `mailto:` address.
#[derive(Clone)]
pub struct MailDraft(Url);

impl MailDraft {
    /// The address to open.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// It has the link in it.
impl fmt::Debug for MailDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailDraft([redacted])")
    }
}

impl Links {
    /// Makes a link for somebody else (/link/token/create with `hosted_link`).
    ///
    /// # Errors
    /// Fields `note`, `lifetimeHours`, `language`, `products`, `personName`; `NotFound`; `WorksAgain`; why Plaid gave
    /// none.
    pub async fn create_invitation(
        &self,
        request: InvitationRequest,
    ) -> Result<LinkSessionView, DeskError> {
        let hours = lifetime(request.lifetime_hours)?;
        let means = Means::Invitation {
            note: note(request.note)?,
            language: settings::language(request.language)?,
        };
        let begin = match request.aim {
            InvitationAim::NewBank {
                purpose,
                products,
                person,
            } => Begin {
                purpose,
                whom: Whom::Chosen(person),
                errand: Errand::NewItem(token::products(purpose, &products)?),
                means,
            },
            InvitationAim::Repair {
                item_id,
                choose_accounts,
            } => {
                let item_id = ItemId::new(item_id);
                self.repair(item_id, choose_accounts, means).await?
            }
        };
        self.invite(begin, hours).await
    }

    /// Invitations: those that can be used first, then those that ended within 30 days.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn invitations(&self) -> Result<Vec<LinkSessionView>, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| shown::invitations(connection, now))
            .await
    }

    /// Asks Plaid now what has become of an invitation (/link/token/get).
    ///
    /// # Errors
    /// `NotFound`; why Plaid could not be asked.
    pub async fn check_invitation(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        self.sent(session_id).await?;
        let (task_session, id) = (self.clone(), session_id.to_owned());
        let looking = async move { task_session.check_elsewhere_now(&id).await };
        self.session.run_to_end(looking).await?;
        self.view_of(session_id).await
    }

    /// Makes a new link for the same, and takes the old one back if it can be used still.
    ///
    /// # Errors
    /// Field `lifetimeHours`; `NotFound`; `AlreadyRunning` when a bank was linked with the old one; `WorksAgain`; why
    /// Plaid gave none: then the old one stays.
    pub async fn renew_invitation_link(
        &self,
        session_id: &str,
        lifetime_hours: u32,
    ) -> Result<LinkSessionView, DeskError> {
        let hours = lifetime(lifetime_hours)?;
        if self.sent(session_id).await?.progress == InvitationProgress::Finished {
            return Err(DeskError::AlreadyRunning(
                "This link was used: the bank agreed. For another bank, make a new invitation.",
            ));
        }
        let id = session_id.to_owned();
        let begun = self
            .session
            .store
            .read(move |connection| table::begun(connection, &id))
            .await?;
        let begin = self.anew(begun).await?;
        let renewed = self.invite(begin, hours).await?;
        self.cancel_elsewhere(session_id).await?;
        Ok(renewed)
    }

    /// A draft of the e-mail that sends an invitation.
    ///
    /// # Errors
    /// `NotFound` when it is not there or cannot be used any more.
    pub async fn invitation_mail(&self, session_id: &str) -> Result<MailDraft, DeskError> {
        let sender = self.session.store.read(settings::read).await?.app_name;
        let invitation = self.sent(session_id).await?;
        let errand = self.view_of(session_id).await?;
        let url = invitation.url.as_deref();
        let url = url.ok_or(DeskError::NotFound("A link that can be used"))?;
        draft(&sender, &errand, &invitation, url)
    }

    /// An invitation whose link was made.
    async fn sent(&self, session_id: &str) -> Result<InvitationView, DeskError> {
        let link_session = self.view_of(session_id).await?;
        link_session
            .invitation
            .ok_or(DeskError::NotFound("This invitation"))
    }

    /// What the same is begun with once more.
    async fn anew(&self, begun: Begun) -> Result<Begin, DeskError> {
        match begun.errand {
            Errand::Repair { item_id, choose } => {
                let choose = choose == table::ChooseAccounts::Yes;
                self.repair(item_id, choose, begun.means).await
            }
            Errand::NewItem(products) => Ok(Begin {
                purpose: begun.purpose,
                whom: Whom::Of {
                    person_id: begun.person_id,
                    client_user_id: begun.client_user_id,
                },
                errand: Errand::NewItem(products),
                means: begun.means,
            }),
        }
    }

    async fn invite(&self, begin: Begin, hours: u32) -> Result<LinkSessionView, DeskError> {
        let session_id = Uuid::new_v4().to_string();
        self.live.begin(&session_id);
        let (task_session, id) = (self.clone(), session_id.clone());
        let making = async move {
            let made = task_session.make_invitation(&id, begin, hours).await;
            if let Err(error) = &made {
                task_session.note_not_begun(&id, error).await;
            }
            made
        };
        self.session.run_to_end(making).await?;
        self.watch_elsewhere(&session_id, watch::turn(1));
        self.view_of(&session_id).await
    }

    async fn make_invitation(
        &self,
        session_id: &str,
        begin: Begin,
        hours: u32,
    ) -> Result<(), DeskError> {
        let terms = token::Terms {
            language: match &begin.means {
                Means::Invitation { language, .. } => Some(language.clone()),
                Means::Window => None,
            },
            lifetime_seconds: Some(hours * SECONDS_AN_HOUR),
        };
        let errand = begin.errand.clone();
        let client_user_id = self.store_new_session(session_id, begin).await?;
        self.emit_changed(session_id, false);
        let created = self
            .create_link_token(client_user_id, &errand, terms)
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
                table::keep_link_token(transaction, &id, &created)?;
                table::opened(transaction, &id)
            })
            .await?;
        self.emit_changed(session_id, false);
        Ok(())
    }
}

fn lifetime(hours: u32) -> Result<u32, DeskError> {
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

/// The note without the spaces around it; none when it says nothing.
fn note(typed: Option<String>) -> Result<Option<String>, DeskError> {
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

/// Subject and text. The customer's name is not in it: the sender addresses them.
fn draft(
    sender: &str,
    link_session: &LinkSessionView,
    invitation: &InvitationView,
    url: &str,
) -> Result<MailDraft, DeskError> {
    let subject = match &link_session.repairs_item_id {
        Some(_) => format!("{sender}: please sign in to your bank again"),
        None => format!("{sender}: please connect your bank"),
    };
    let mut lines = vec!["Hello,".to_owned(), String::new()];
    lines.push(match (&link_session.repairs_item_id, &link_session.institution_name) {
        (Some(_), Some(bank)) => format!(
            "{bank} asks you to sign in again before it shares your account with {sender}. Open this link and follow the steps:"
        ),
        (Some(_), None) => format!(
            "your bank asks you to sign in again before it shares your account with {sender}. Open this link and follow the steps:"
        ),
        (None, _) => format!(
            "to connect your bank account with {sender}, open this link and follow the steps:"
        ),
    });
    lines.extend([String::new(), url.to_owned(), String::new()]);
    if let Some(note) = &invitation.note {
        lines.extend([format!("What it is for: {note}"), String::new()]);
    }
    lines.push(format!(
        "The link is for you alone; please do not pass it on. It works until {}. You sign in at your bank: {sender} does not see your password.",
        until(&invitation.expires_at)
    ));
    let text = lines.join("\r\n");
    let address = format!(
        "mailto:?subject={}&body={}",
        escaped(&subject),
        escaped(&text)
    );
    Url::parse(&address)
        .map(MailDraft)
        .map_err(|_| DeskError::Internal("a draft of an e-mail is no address"))
}

/// Day and time in UTC: it is not known where the customer is.
fn until(expires_at: &str) -> String {
    expires_at.parse::<jiff::Timestamp>().map_or_else(
        |_| expires_at.to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// In a `mailto:` address a plus sign is one, and no space.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
