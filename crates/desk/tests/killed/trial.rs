//! One kill: a stand-in, a desk that is killed, time that passes, a desk that takes up what is left, and the verdict.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    act::Act,
    child,
    customer::Customer,
    failures,
    judge::{Asked, Verdict, judge},
    kill_at,
    orders::{self, LinkOut, News, Orders, Report, With},
    script::{Meanwhile, Restart, Script},
    stand_in::StandIn,
};

/// How long a child may take. It loses its own patience before, and says then what it waited for.
pub const PATIENCE: Duration = Duration::from_secs(400);

pub const SIGKILL: i32 = 9;

/// What one kill came to.
pub struct Outcome {
    pub script: Script,
    pub kills: usize,
    pub verdict: Verdict,
    /// What the desk wrote to its log.
    pub log: String,
}

/// A data folder with an empty Demo. Each trial begins with a copy: making one takes longer than the trial.
pub struct Template(TempDir);

impl Template {
    pub async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bank = StandIn::start().await;
        let desk = child::open(dir.path().to_owned(), &bank.url(), 0).await;
        desk.shut_down().await;
        bank.stop().await;
        Self(dir)
    }

    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(self.0.path(), copy.path());
        copy
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to: PathBuf = to.join(from.file_name().unwrap());
        if from.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_folder(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

/// How a child ended.
struct Ended {
    killed: bool,
    report: Option<Report>,
}

struct Trial<'a> {
    script: &'a Script,
    data_dir: TempDir,
    bank: StandIn,
    asked: Asked,
    out: Vec<LinkOut>,
    kills: usize,
    log: String,
}

pub async fn run(template: &Template, script: Script) -> Outcome {
    let mut trial = Trial {
        script: &script,
        data_dir: template.copy(),
        bank: StandIn::start().await,
        asked: Asked::default(),
        out: Vec::new(),
        kills: 0,
        log: String::new(),
    };
    let verdict = match trial.play().await {
        Ok(verdict) => verdict,
        Err(wrong) => Verdict {
            wrong: vec![wrong],
            ..Verdict::default()
        },
    };
    let Trial {
        bank, kills, log, ..
    } = trial;
    bank.stop().await;
    Outcome {
        script,
        kills,
        verdict,
        log,
    }
}

impl Trial<'_> {
    /// # Errors
    /// What went wrong before there was anything to judge.
    async fn play(&mut self) -> Result<Verdict, String> {
        let script = self.script;
        let acting = self
            .child(orders::ACT, &script.acts, 0, Some(script.passing))
            .await?;
        if !acting.killed {
            return Err(format!("{} was never passed", script.point));
        }
        self.customers_link().await;
        let later = script.later_minutes * 60;
        self.bank.later(SignedDuration::from_secs(later));
        if script.restart == Restart::KilledAgain {
            self.child(orders::SETTLE, &[], later, Some(1)).await?;
        }
        let settled = self.child(orders::SETTLE, &[], later, None).await?;
        let report = settled.report.ok_or("what is left was not taken up")?;
        let bank = self.bank.items().await;
        Ok(judge(script.point, self.asked, &bank, &report))
    }

    async fn customers_link(&mut self) {
        let customer = Customer::at(&self.bank.url());
        for LinkOut { url, login, with } in self.out.drain(..) {
            if with == With::Customer && self.script.meanwhile == Meanwhile::Nothing {
                continue;
            }
            let (institution, username) = (login.institution(), login.customer());
            customer.at_address(&url, institution, username).await;
            self.asked.grants += 1;
        }
    }

    /// Runs a child to its end.
    async fn child(
        &mut self,
        what: &str,
        acts: &[Act],
        ahead_seconds: i64,
        kill_at: Option<usize>,
    ) -> Result<Ended, String> {
        let orders = Orders {
            data_dir: self.data_dir.path().to_owned(),
            bank: self.bank.url(),
            ahead_seconds,
            acts: acts.to_vec(),
            choice: self.script.choice,
        };
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .arg(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(passing) = kill_at {
            command
                .env(kill_at::POINT, self.script.point)
                .env(kill_at::PASS, passing.to_string());
        }
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input
            .write_all(&serde_json::to_vec(&orders).unwrap())
            .await
            .unwrap();
        drop(input);
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output())
            .await
            .map_err(|_| format!("{what} did not end"))?
            .unwrap();
        self.log += &format!("--- {what}\n{}", String::from_utf8_lossy(&output.stderr));
        let report = self.hear(&output.stdout);
        let killed = output.status.signal() == Some(SIGKILL);
        if !killed && !output.status.success() {
            return Err(format!("{what} ended with {}", output.status));
        }
        if failures::panicked(&output.stderr) {
            return Err(format!("something in {what} panicked"));
        }
        self.kills += usize::from(killed);
        Ok(Ended { killed, report })
    }

    fn hear(&mut self, told: &[u8]) -> Option<Report> {
        let mut report = None;
        for line in told
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            match serde_json::from_slice(line).unwrap() {
                News::Grants => self.asked.grants += 1,
                News::Removes => self.asked.removals += 1,
                News::Removal => self.asked.taken_on += 1,
                News::Out(link) => self.out.push(link),
                News::Report(told) => report = Some(told),
            }
        }
        report
    }
}
