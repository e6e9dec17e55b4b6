//! Named places where the kill tests end the process, as a power cut would. Release builds contain none:
//! `cargo xtask bundle` checks that.

#[cfg(debug_assertions)]
static OBSERVER: std::sync::OnceLock<fn(&'static str)> = std::sync::OnceLock::new();

/// Calls `observer` each time this process passes a kill point. Only the kill tests do this.
///
/// # Panics
/// If there is an observer already.
#[cfg(debug_assertions)]
pub fn observe(observer: fn(&'static str)) {
    assert!(OBSERVER.set(observer).is_ok(), "one observer per process");
}

/// A place between two steps, by name.
#[cfg(debug_assertions)]
pub fn point(name: &'static str) {
    if let Some(observe) = OBSERVER.get() {
        observe(name);
    }
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub const fn point(_name: &'static str) {}
