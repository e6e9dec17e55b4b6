//! What every test in the real window needs.

pub mod app;
pub mod proxy;
pub mod steps;
pub mod world;

pub use app::App;
pub use steps::{CLIENT_ID, FIRST_PLATYPUS, Login, SECRET, id};
pub use world::{Keyring, Scheme, World, wait_until};
