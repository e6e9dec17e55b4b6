//! Starting and changing environments: where secrets are kept, which keys there are, what is open.
//! Every step is ordered so that being killed after it leaves something the next start understands.

mod boot;
pub(crate) mod data_dir;
pub(crate) mod desk_file;
mod environments;
mod erase;
pub mod event;
mod keys;
mod secret_store;
pub(crate) mod state;
mod status;
#[cfg(test)]
mod tests;
pub mod view;

use std::fmt;

use view::Environment;

impl Environment {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Demo, Self::Sandbox, Self::Production];

    /// The name in file names, slots of secrets and confirmations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Demo => "Demo",
            Self::Sandbox => "Sandbox",
            Self::Production => "Production",
        })
    }
}
