//! Opens the system file dialog and reads the chosen file. The page never sees a path.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use desk::{DeskError, files::table};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

use crate::main_window;

/// Tests name the file here instead of using the dialog.
#[cfg(debug_assertions)]
const INSTEAD: &str = "BALANCE_DESK_OPEN";

pub(crate) struct FileFilter {
    pub(crate) name: &'static str,
    pub(crate) endings: &'static [&'static str],
}

pub(crate) struct PickedFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) async fn pick(
    app: &AppHandle,
    filters: &[FileFilter],
) -> Result<Option<PickedFile>, DeskError> {
    let Some(path) = ask(app, filters).await else {
        return Ok(None);
    };
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    read.unwrap_or(Err(DeskError::Internal("a file was not read to its end")))
        .map(Some)
}

async fn ask(app: &AppHandle, filters: &[FileFilter]) -> Option<PathBuf> {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os(INSTEAD) {
        return (!path.is_empty()).then(|| path.into());
    }
    let mut dialog = app.dialog().file();
    for filter in filters {
        dialog = dialog.add_filter(filter.name, filter.endings);
    }
    dialog = dialog.add_filter("All files", &["*"]);
    if let Ok(documents) = app.path().document_dir() {
        dialog = dialog.set_directory(documents);
    }
    if let Some(window) = app.get_webview_window(main_window::LABEL) {
        dialog = dialog.set_parent(&window);
    }
    let (tell, told) = oneshot::channel();
    dialog.pick_file(move |file| {
        // The command may be gone with its window.
        let _ = tell.send(file);
    });
    told.await.ok()??.into_path().ok()
}

fn read(path: &Path) -> Result<PickedFile, DeskError> {
    let refused = |error: std::io::Error| {
        DeskError::invalid("file", format!("The file cannot be read: {error}."))
    };
    let file = std::fs::File::open(path).map_err(refused)?;
    if !file.metadata().map_err(refused)?.is_file() {
        return Err(DeskError::invalid(
            "file",
            "This is not a file. Choose one.",
        ));
    }
    let mut bytes = Vec::new();
    // One extra byte detects a file that is too large without reading all of it.
    file.take(table::LARGEST_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(refused)?;
    if bytes.len() > table::LARGEST_FILE {
        return Err(table::TableFileError::TooLarge.into());
    }
    let name = path.file_name().unwrap_or_default();
    Ok(PickedFile {
        name: name.to_string_lossy().into_owned(),
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rents.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let file = read(&path).unwrap();
        assert_eq!(file.name, "rents.csv");
        assert_eq!(file.bytes, b"a,b\n1,2\n");
        for wrong in [folder.path().to_owned(), folder.path().join("none.csv")] {
            let error = read(&wrong).err().unwrap();
            assert!(
                matches!(error, DeskError::InvalidInput { field: "file", .. }),
                "{error:?}"
            );
        }
    }
}
