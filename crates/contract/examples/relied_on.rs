//! Writes `crates/contract/relied_on.json` from the official description.
//! Run it when the client begins to use a field, or when the description has moved on.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let description = contract::official_description()?
        .ok_or("the official description is not at hand: name its file in PLAID_OPENAPI")?;
    let table = contract::derive(&description)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("relied_on.json");
    fs::write(&path, serde_json::to_string_pretty(&table)? + "\n")?;
    Ok(())
}
