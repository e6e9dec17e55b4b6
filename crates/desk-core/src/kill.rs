//! Named points where the kill tests end the process to simulate a power cut. Release builds contain none; `cargo
//! xtask bundle` checks that.

#[cfg(debug_assertions)]
static OBSERVER: std::sync::OnceLock<fn(&'static str)> = std::sync::OnceLock::new();

#[cfg(debug_assertions)]
pub fn observe(observer: fn(&'static str)) {
    assert!(OBSERVER.set(observer).is_ok(), "one observer per process");
}

#[cfg(debug_assertions)]
pub fn point(name: &'static str) {
    if let Some(observe) = OBSERVER.get() {
        observe(name);
    }
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub const fn point(_name: &'static str) {}
