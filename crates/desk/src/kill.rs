//! Places at which the kill test ends the process, as a power cut would. Without the feature `kill-points`, which no
//! app is built with, a place is nothing at all.

/// A place between two steps, by its name. With `BALANCE_DESK_KILL_AT` set to that name the process ends here by
/// SIGKILL: the first time it comes by, or the time that `BALANCE_DESK_KILL_AFTER` says (1 is the first).
#[cfg(not(feature = "kill-points"))]
#[inline]
pub(crate) const fn point(_name: &'static str) {}

/// See above.
#[cfg(feature = "kill-points")]
pub(crate) fn point(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};

    static PASSED: AtomicU32 = AtomicU32::new(0);

    if !std::env::var("BALANCE_DESK_KILL_AT").is_ok_and(|at| at == name) {
        return;
    }
    let after = std::env::var("BALANCE_DESK_KILL_AFTER")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1);
    if PASSED.fetch_add(1, Ordering::SeqCst) + 1 >= after {
        end();
    }
}

/// No destructor runs and no buffer is written, as when the power goes.
#[cfg(feature = "kill-points")]
fn end() -> ! {
    use rustix::process::{Signal, getpid, kill_process};

    // A process may always signal itself, and SIGKILL cannot be put off.
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}
