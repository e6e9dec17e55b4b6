//! Starts the desk in the background and forwards its events to the windows.

use std::collections::HashSet;

use desk::{Desk, DeskConfig, Features, event::DeskEvent, link::view::LinkWay, problem::Problem};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::{SetOnce, broadcast::error::RecvError};

use crate::{link_window, main_window, notice};

const EVENT: &str = "desk";

/// How long quitting waits for the desk: as long as a call that returns a one-time token may take.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(35);

pub(crate) struct Shell {
    desk: SetOnce<Desk>,
}

impl Shell {
    pub(crate) fn start(app: &AppHandle, config: DeskConfig) {
        // Before anything runs: the desk may emit an event at once, and its listener needs the shell.
        app.manage(Self {
            desk: SetOnce::new(),
        });
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let desk = Desk::start(config).await;
            let events = desk.events();
            // Set only here.
            if app.state::<Self>().desk.set(desk).is_ok() {
                forward(&app, events).await;
            }
        });
    }

    pub(crate) async fn desk(&self) -> &Desk {
        self.desk.wait().await
    }

    pub(crate) async fn features(&self) -> Result<Features, Problem> {
        Ok(self.desk().await.open()?)
    }

    /// Closes the databases and stops the Demo's bank. Waits only for one-time tokens; everything else is already
    /// durable.
    pub(crate) async fn shut_down(&self) {
        if let Some(desk) = self.desk.get()
            && tokio::time::timeout(FAREWELL, desk.shut_down())
                .await
                .is_err()
        {
            tracing::warn!("the desk was still busy when the app quit");
        }
    }
}

/// Opens a session in the system browser as if the main window had requested it.
pub(crate) fn continue_in_browser(app: &AppHandle, session_id: &str) {
    main_window::bring_forward(app);
    let session_id = session_id.to_owned();
    tell(app, &DeskEvent::LinkInBrowser { session_id });
}

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
            // Events only tell screens to refetch, so after a gap one of each kind is enough.
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

/// Closes the windows of a finished session and focuses the main window. A session that ended in the system browser
/// focuses it once.
async fn follow(app: &AppHandle, told: &mut HashSet<String>, session_id: String) {
    let had_window = link_window::close(app, &session_id);
    if had_window || (ended_in_browser(app, &session_id).await && told.insert(session_id)) {
        main_window::bring_forward(app);
    }
}

async fn ended_in_browser(app: &AppHandle, session_id: &str) -> bool {
    let shell = app.state::<Shell>();
    // Without an open environment, there is no session.
    let Ok(open) = shell.desk().await.open() else {
        return false;
    };
    let session = open.links.get(session_id).await;
    session.is_ok_and(|session| session.way == LinkWay::Browser)
}

fn tell(app: &AppHandle, event: &DeskEvent) {
    if let Err(error) = app.emit_to(main_window::LABEL, EVENT, event) {
        tracing::warn!(%error, "couldn't send an event to the main window");
    }
}
