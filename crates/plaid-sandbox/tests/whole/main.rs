//! The stand-in's tests, in one program: each would otherwise be linked on its own.

mod control;
mod custom;
mod endpoints;
mod fuzz;
mod guide;
mod link;
mod process;
mod support;
mod webhooks;
