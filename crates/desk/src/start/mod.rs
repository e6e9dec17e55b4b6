//! Starting and changing environments: where secrets are kept, which keys there are, what is open.
//! Every step is ordered so that being killed after it leaves something the next start understands.

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
