//! The things a person does, each one named once: open the Demo, link a bank, ask, record.

use super::App;

/// The stand-in's fixed pair of API keys.
pub const CLIENT_ID: &str = "5f1e0c0ffee0de500c0ffee1";
/// The secret of that pair.
pub const SECRET: &str = "de5b0a7d1e5a4dbc0de0ba1a9ce0de";

/// A login of the stand-in's banks.
pub struct Login<'a> {
    pub institution_id: &'a str,
    pub search: &'a str,
    pub username: &'a str,
    pub password: &'a str,
}

/// The login every Sandbox bank knows.
pub const FIRST_PLATYPUS: Login<'static> = Login {
    institution_id: "ins_109508",
    search: "first platypus bank",
    username: "user_good",
    password: "pass_good",
};

/// A selector for the element with this test id, unless the list keeps it out of sight for later.
pub fn id(test_id: &str) -> String {
    format!("[data-testid='{test_id}']:not([data-spare] *)")
}

impl App {
    /// First start: through the Demo's door.
    pub async fn open_demo(&self) {
        self.click(&id("door-demo")).await;
        self.says(&id("environment-badge"), "Demo").await;
    }

    /// First start: through the Sandbox's door, with the stand-in's keys.
    pub async fn open_sandbox(&self) {
        self.click(&id("door-sandbox")).await;
        self.fill(&id("keys-client-id"), CLIENT_ID).await;
        self.fill(&id("keys-secret"), SECRET).await;
        self.click(&id("keys-save")).await;
        self.says(&id("environment-badge"), "Sandbox").await;
    }

    /// Fills in "Link a bank" and starts; afterwards the Link window's frame has the focus.
    pub async fn start_link(&self, purpose: &str, person: &str) {
        self.fill_link_form(purpose, person).await;
        self.open_link_window().await;
    }

    /// Fills in "Link a bank" for somebody new.
    pub async fn fill_link_form(&self, purpose: &str, person: &str) {
        self.click(&id("link-bank")).await;
        self.click(&id(&format!("link-purpose-{purpose}"))).await;
        self.paste(&id("link-person-name"), person).await;
    }

    /// Starts what is filled in, and goes into the Link window's frame. Answers the window.
    pub async fn open_link_window(&self) -> String {
        self.enter_link_window(&id("link-start")).await
    }

    /// Clicks what opens the Link window, and goes into its frame. Answers the window.
    pub async fn enter_link_window(&self, opener: &str) -> String {
        let before = self.windows().await;
        self.click(opener).await;
        let window = self.enter_new_window(&before).await;
        self.enter_frame("iframe").await;
        window
    }

    /// Clicks through Link to the end of the credentials step.
    pub async fn sign_in_at(&self, login: &Login<'_>) {
        self.click(&id("consent-continue")).await;
        self.fill(&id("institution-search"), login.search).await;
        self.click(&id(&format!("institution-{}", login.institution_id)))
            .await;
        self.enter_credentials(login).await;
    }

    /// The credentials step alone.
    pub async fn enter_credentials(&self, login: &Login<'_>) {
        self.fill(&id("username"), login.username).await;
        self.fill(&id("password"), login.password).await;
        self.click(&id("submit-credentials")).await;
    }

    /// Links a bank from beginning to end and comes back to the main window.
    pub async fn link(&self, purpose: &str, person: &str, login: &Login<'_>) {
        self.start_link(purpose, person).await;
        self.finish_link(login).await;
    }

    /// From the Link window's first step to "the bank is linked" in the main window.
    pub async fn finish_link(&self, login: &Login<'_>) {
        self.sign_in_at(login).await;
        self.click(&id("continue")).await;
        self.click(&id("finish")).await;
        self.enter_main_window().await;
        self.find(&id("link-done")).await;
    }

    /// From "the bank is linked" on to the accounts.
    pub async fn leave_link(&self) {
        // Words that arrive late move the button; a person looks and clicks again.
        self.until("the dialog is closed", async || {
            if let Some(button) = self.all(&id("link-to-accounts")).await.first() {
                let _ = button.click().await;
            }
            !self.has(&id("link-done")).await
        })
        .await;
    }

    /// Chooses an entry of a select box by the words it shows.
    pub async fn choose(&self, test_id: &str, words: &str) {
        self.click(&id(test_id)).await;
        self.click_text("*[@role='option']", words).await;
    }

    /// Asks whether a debit will be returned and answers the result's name.
    pub async fn evaluate(&self, account: &str, amount: &str) -> String {
        self.click(&id("nav-evaluate")).await;
        self.choose("evaluate-account", account).await;
        self.fill(&id("evaluate-amount"), amount).await;
        let before = self.request_ids().await;
        self.click(&id("evaluate-submit")).await;
        self.until("a new answer is there", async || {
            let now = self.request_ids().await;
            !now.is_empty() && now != before
        })
        .await;
        self.attribute(&id("evaluation-result"), "data-result")
            .await
            .expect("a result")
    }

    async fn request_ids(&self) -> String {
        let words = self
            .script(
                "return [...document.querySelectorAll(arguments[0])].map((id) => id.textContent).join()",
                vec![id("evaluation-request-id").into()],
            )
            .await;
        words.as_str().expect("a text").to_owned()
    }

    /// Fills in "Send to a customer" for somebody new and makes the link. Answers the link; the
    /// dialog that shows it stays open.
    pub async fn invite(&self, person: &str) -> String {
        self.click(&id("nav-invitations")).await;
        let button = if self.has(&id("invite")).await {
            "invite"
        } else {
            "empty-invite"
        };
        self.click(&id(button)).await;
        self.paste(&id("link-person-name"), person).await;
        self.click(&id("invite-create")).await;
        self.text(&id("invitation-url")).await
    }

    /// Waits until the invitation in the list is this far.
    pub async fn invitation_is(&self, progress: &str) {
        let row = format!("{}[data-progress='{progress}']", id("invitation-row"));
        self.find(&row).await;
    }

    /// Asks Plaid now, from the list.
    pub async fn check_invitation(&self) {
        self.click(&id("invitation-menu")).await;
        self.click(&id("invitation-menu-check")).await;
    }

    /// In a browser: links the bank on the page of a Hosted Link session.
    pub async fn finish_in_browser(&self, login: &Login<'_>) {
        self.sign_in_at(login).await;
        self.click(&id("continue")).await;
        self.click(&id("finish")).await;
        self.says("body", "You can close this page now.").await;
    }

    /// Closes the dialog in front, whichever it is.
    pub async fn put_aside(&self) {
        self.escape().await;
        self.gone("[role='dialog']").await;
    }
}
