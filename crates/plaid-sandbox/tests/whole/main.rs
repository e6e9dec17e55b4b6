//! The stand-in's integration tests, in one program so that they are linked once.

mod control;
mod custom;
mod endpoints;
mod fuzz;
mod guide;
mod link;
mod process;
mod support;
mod webhooks;
