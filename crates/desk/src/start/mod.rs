//! Startup, secrets, API keys, and changes of environment. After a crash at any step, the next start can recover.

mod boot;
pub(crate) mod data_dir;
pub(crate) mod desk_file;
mod environments;
mod erase;
mod keys;
mod secret_store;
pub(crate) mod state;
mod status;
#[cfg(test)]
mod tests;
pub mod view;
