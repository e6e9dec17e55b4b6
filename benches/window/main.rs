//! The app's own window with 10,000 accounts and 1,000,000 readings: how soon it shows them beside an empty page, how
//! soon a keystroke in the search box is painted, and how much memory the app's own process takes beside a bare window.
//!
//! It runs as the window tests do: WebKitGTK on a display of its own, driven by WebKitWebDriver, with a keyring of its
//! own. Figures go to `target/figures`. `cargo xtask bench` builds what is started here and prints them.

#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
#[allow(dead_code, unused_imports, reason = "the window tests use the rest")]
#[path = "../../tests/window/support/mod.rs"]
mod support;

fn main() {
    #[cfg(target_os = "linux")]
    measure::measure();
}
