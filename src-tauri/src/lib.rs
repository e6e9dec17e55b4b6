//! The shell: everything that needs Tauri, and nothing else. A command parses, calls the desk and
//! answers; what the app knows and decides is in `crates/desk`.

mod commands;
mod config;
mod demo;
mod link_window;
mod logs;
mod main_window;
mod notice;
mod open_dialog;
mod save_dialog;
mod shell;

use std::process::ExitCode;

use tauri::{Manager as _, RunEvent, WindowEvent};

use crate::shell::Shell;

/// Opens the main window and runs until it is closed.
///
/// Answers failure when no window can be opened at all (no display, no data folder); the reason is
/// on standard error, since there is no window to show it in.
pub fn run() -> ExitCode {
    let runtime = match desk::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_start(&error),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _args, _cwd| {
            main_window::bring_forward(app);
        }))
        .plugin(tauri_plugin_shell::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_filter(|label| label == main_window::LABEL)
                .build(),
        )
        .invoke_handler(commands::handler())
        .setup(|app| {
            let config = config::load(app.handle())?;
            logs::start(&config.data_dir);
            Shell::start(app.handle(), config);
            main_window::open(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!("tauri.conf.json"));

    match app {
        Ok(app) => {
            app.run(|app, event| match event {
                // The Link window does not keep the app alive without its main window.
                RunEvent::WindowEvent {
                    label,
                    event: WindowEvent::Destroyed,
                    ..
                } if label == main_window::LABEL => app.exit(0),
                RunEvent::Exit => {
                    tauri::async_runtime::block_on(app.state::<Shell>().shut_down());
                }
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => could_not_start(&error),
    }
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn could_not_start(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("Balance Desk could not start: {error}");
    ExitCode::FAILURE
}
