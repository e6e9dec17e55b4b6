//! What went wrong in a trial, told twice: with its whole log when it happens, and in short below the tables.

/// A trial that went wrong.
pub struct Failure {
    /// What to add to the command to have it once more.
    pub what: String,
    pub circumstances: String,
    pub wrong: Vec<String>,
    /// What its desks wrote to their logs, one after the other.
    pub log: String,
}

/// So much of a log is at its end, in lines, as is read at a glance.
const GLANCE: usize = 12;

impl Failure {
    pub fn print_log(&self) {
        println!("the log of {}:\n{}", self.what, self.log);
    }

    pub fn print(&self) {
        println!("\nWRONG in `-- {}`, {}:", self.what, self.circumstances);
        for wrong in &self.wrong {
            println!("  {wrong}");
        }
        println!("the end of its log, which is printed whole above:");
        let lines: Vec<&str> = self.log.lines().collect();
        for line in &lines[lines.len().saturating_sub(GLANCE)..] {
            println!("  {line}");
        }
    }
}

/// Whether a log says that something in the process gave up, be it in the background.
pub fn panicked(log: &[u8]) -> bool {
    memchr::memmem::find(log, b" panicked at ").is_some()
}
