//! The desk, started once in the background, and the bridge that carries its events to the screen
//! and to the Link window.

use std::collections::HashSet;

use desk::{Desk, DeskConfig, Features, event::DeskEvent, link::view::LinkWay, problem::Problem};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::{SetOnce, broadcast::error::RecvError};

use crate::{link_window, main_window, notice};

/// The name of the event the main window listens to.
const EVENT: &str = "desk";

/// How long the app's end waits for the desk: as long as a call to Plaid can take whose answer is the only copy of a
/// token. Without one the desk is through at once.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(35);

/// What every command needs.
pub(crate) struct Shell {
    desk: SetOnce<Desk>,
}

impl Shell {
    /// Starts the desk in the background: the window is there at once, and its first question is
    /// answered when the environment used last time is open or has said why it cannot be.
    pub(crate) fn start(app: &AppHandle, config: DeskConfig) {
        // Before anything runs: a desk whose passphrase is wanted starts within a moment, and looks for its shell.
        app.manage(Self {
            desk: SetOnce::new(),
        });
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let desk = Desk::start(config).await;
            let events = desk.events();
            // Set once, here only.
            if app.state::<Self>().desk.set(desk).is_ok() {
                forward(&app, events).await;
            }
        });
    }

    /// The desk, as soon as it has started.
    pub(crate) async fn desk(&self) -> &Desk {
        self.desk.wait().await
    }

    /// The features of the open environment.
    pub(crate) async fn features(&self) -> Result<Features, Problem> {
        Ok(self.desk().await.open()?)
    }

    /// Closes the databases and ends the Demo's bank. What the user did was durable before the screen
    /// said so; what is waited for is a token that is on its way from Plaid.
    pub(crate) async fn shut_down(&self) {
        if let Some(desk) = self.desk.get()
            && tokio::time::timeout(FAREWELL, desk.shut_down())
                .await
                .is_err()
        {
            tracing::warn!("the desk was still busy when the app ended");
        }
    }
}

/// Lets the main window hand a session over to the system browser, as if it had been asked for
/// there: it says what happens, and what goes wrong.
pub(crate) fn continue_in_browser(app: &AppHandle, session_id: &str) {
    main_window::bring_forward(app);
    let session_id = session_id.to_owned();
    tell(app, &DeskEvent::LinkInBrowser { session_id });
}

/// Tells the main window what changed, and keeps the windows in step with the Link sessions.
async fn forward(app: &AppHandle, mut events: tokio::sync::broadcast::Receiver<DeskEvent>) {
    let mut told = HashSet::new();
    loop {
        match events.recv().await {
            Ok(event) => {
                tell(app, &event);
                match event {
                    DeskEvent::LinkChanged {
                        session_id,
                        ended: true,
                    } => follow(app, &mut told, session_id).await,
                    DeskEvent::LinkInBrowser { .. } => main_window::bring_forward(app),
                    DeskEvent::LowBalance { accounts } => notice::low_balances(app, &accounts),
                    _ => {}
                }
            }
            // Events say only "ask again", so after a gap one of each says all that was missed.
            Err(RecvError::Lagged(_)) => {
                for event in [
                    DeskEvent::StatusChanged,
                    DeskEvent::ItemsChanged,
                    DeskEvent::EvaluationsChanged,
                    DeskEvent::BatchesChanged,
                ] {
                    tell(app, &event);
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// Link has nothing left to do: closes its windows, and brings the main window forward. A session
/// that ended in the system browser has no window, and brings it forward once.
async fn follow(app: &AppHandle, told: &mut HashSet<String>, session_id: String) {
    let had_window = link_window::close(app, &session_id);
    if had_window || (ended_in_browser(app, &session_id).await && told.insert(session_id)) {
        main_window::bring_forward(app);
    }
}

async fn ended_in_browser(app: &AppHandle, session_id: &str) -> bool {
    let shell = app.state::<Shell>();
    // Without an open environment there is no window to bring forward.
    let Ok(open) = shell.desk().await.open() else {
        return false;
    };
    let session = open.links.get(session_id).await;
    session.is_ok_and(|session| session.way == LinkWay::Browser)
}

fn tell(app: &AppHandle, event: &DeskEvent) {
    if let Err(error) = app.emit_to(main_window::LABEL, EVENT, event) {
        tracing::warn!(%error, "the main window could not be told of a change");
    }
}
