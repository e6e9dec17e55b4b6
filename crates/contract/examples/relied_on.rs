//! Fills in `crates/contract/relied_on.json` from the official description.
//! Run it after adding a field's pointer to the file, or when Plaid has published a new description.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let description = contract::official_description()?
        .ok_or("no official description: name its file in PLAID_OPENAPI")?;
    let table = contract::derive(&description)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("relied_on.json");
    fs::write(&path, serde_json::to_string_pretty(&table)? + "\n")?;
    Ok(())
}
