use std::path::PathBuf;

use desk::export::view::ExportFormat;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

use crate::main_window;

/// Tests name the file here instead of using the dialog.
#[cfg(debug_assertions)]
const INSTEAD: &str = "BALANCE_DESK_SAVE_AS";

pub(crate) async fn ask(app: &AppHandle, name: &str, format: ExportFormat) -> Option<PathBuf> {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os(INSTEAD) {
        return (!path.is_empty()).then(|| path.into());
    }
    let (kind, ending) = match format {
        ExportFormat::Csv => ("Table (CSV)", "csv"),
        ExportFormat::Json => ("JSON", "json"),
    };
    let mut dialog = app
        .dialog()
        .file()
        .set_file_name(name)
        .add_filter(kind, &[ending]);
    if let Ok(documents) = app.path().document_dir() {
        dialog = dialog.set_directory(documents);
    }
    if let Some(window) = app.get_webview_window(main_window::LABEL) {
        dialog = dialog.set_parent(&window);
    }
    let (tell, told) = oneshot::channel();
    dialog.save_file(move |chosen| {
        // The command may be gone with its window.
        let _ = tell.send(chosen);
    });
    told.await.ok()??.into_path().ok()
}
