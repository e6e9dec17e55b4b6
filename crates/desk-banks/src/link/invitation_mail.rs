//! The email draft that sends an invitation.

use std::fmt;

use url::{Url, form_urlencoded};

use super::view::{InvitationView, LinkSessionView};
use desk_core::DeskError;

/// A `mailto:` address.
#[derive(Clone)]
pub struct MailDraft(Url);

impl MailDraft {
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// The address contains the invitation link.
impl fmt::Debug for MailDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailDraft([redacted])")
    }
}

/// Leaves out the customer's name: the sender adds the greeting.
pub(super) fn write_mail(
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
        format_expiry(&invitation.expires_at)
    ));
    let text = lines.join("\r\n");
    let address = format!(
        "mailto:?subject={}&body={}",
        escape_for_mailto(&subject),
        escape_for_mailto(&text)
    );
    Url::parse(&address)
        .map(MailDraft)
        .map_err(|_| DeskError::Internal("a draft of an e-mail is no address"))
}

/// UTC, because we don't know the customer's time zone.
fn format_expiry(expires_at: &str) -> String {
    expires_at.parse::<jiff::Timestamp>().map_or_else(
        |_| expires_at.to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// In a `mailto:` address, a plus sign is a plus sign, not a space.
fn escape_for_mailto(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
