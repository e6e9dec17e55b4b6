//! The shell contains everything that needs Tauri. Commands parse arguments and call the desk; the logic is in
//! `crates/desk`.

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

/// Runs until the main window closes. Fails if no window can be opened; the reason is on standard error.
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
                // The Link window doesn't keep the app alive without its main window.
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
