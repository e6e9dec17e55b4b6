//! Turns the bytes of a file into text. A file without a byte-order mark is recognized by its bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;

use super::{LARGEST_FILE, TableFileError};

/// How the bytes of a file were turned into text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "tableFile.ts"))]
pub enum Characters {
    /// UTF-8, with a byte-order mark or without.
    Utf8,
    /// UTF-16, as spreadsheets save "Unicode text".
    Utf16,
    /// Not Unicode: read as Windows-1252, so letters other than A to Z may be wrong. The screen warns the user.
    Windows1252,
}

/// # Errors
/// The file is too large, not text, or broken Unicode.
pub fn decode(bytes: &[u8]) -> Result<(String, Characters), TableFileError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TableFileError::TooLarge);
    }
    if bytes.is_empty() {
        return Err(TableFileError::Empty);
    }
    let (encoding, characters) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding == UTF_8 => (UTF_8, Characters::Utf8),
        Some((encoding, _)) => (encoding, Characters::Utf16),
        None => without_mark(bytes),
    };
    let (text, broken) = encoding.decode_with_bom_removal(bytes);
    if broken {
        return Err(TableFileError::NotUnicode);
    }
    if text.contains('\0') || bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"%PDF-") {
        return Err(TableFileError::NotText);
    }
    Ok((text.into_owned(), characters))
}

/// Guesses without a byte-order mark. Every second byte of Western text in UTF-16 is zero.
fn without_mark(bytes: &[u8]) -> (&'static Encoding, Characters) {
    let start = &bytes[..bytes.len().min(1_000)];
    let zeros = |odd: usize| {
        start
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = start.len() / 4;
    if bytes.len().is_multiple_of(2) && odd > many && even == 0 {
        (UTF_16LE, Characters::Utf16)
    } else if bytes.len().is_multiple_of(2) && even > many && odd == 0 {
        (UTF_16BE, Characters::Utf16)
    } else if std::str::from_utf8(bytes).is_ok() {
        (UTF_8, Characters::Utf8)
    } else {
        (WINDOWS_1252, Characters::Windows1252)
    }
}
