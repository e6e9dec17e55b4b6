//! One data folder and one bank: a desk that is killed again and again, one that brings it to an end, and the verdict.

use std::{os::unix::process::ExitStatusExt as _, process::Stdio};

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdout, Command},
};

use super::{
    bank,
    judge::{Story, Verdict, judge},
    moment::{Kill, Moment},
    orders::{self, News, Orders, Report},
    wire::{Now, Wire},
};
use crate::{
    act::Login,
    child, failures, kill_at,
    stand_in::StandIn,
    trial::{PATIENCE, SIGKILL, copy_folder},
};

/// How much later it is at each start. What was left without an answer before can be settled then at once.
const LATER: SignedDuration = SignedDuration::from_secs(10);

/// What one trial came to.
pub struct Outcome {
    pub trial: usize,
    pub killed: Vec<Moment>,
    pub faults: usize,
    pub verdict: Verdict,
    /// What the desks wrote to their logs.
    pub log: String,
}

/// A desk with a few banks linked, and the bank's own state. Each trial begins with copies.
pub struct Template {
    desk: TempDir,
    bank: TempDir,
}

impl Template {
    pub async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bank = StandIn::start().await;
        let desk = child::open(dir.path().to_owned(), &bank.url(), 0).await;
        let login = |institution, customer| Login {
            institution,
            customer,
        };
        child::link(&desk, &bank.url(), &[login(0, 0), login(1, 1), login(2, 2)]).await;
        desk.shut_down().await;
        Self {
            desk: dir,
            bank: bank.stop().await,
        }
    }
}

fn copy(folder: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), copy.path());
    copy
}

struct Trial {
    data_dir: TempDir,
    bank: StandIn,
    wire: Wire,
    ahead: SignedDuration,
    story: Story,
    report: Option<Report>,
    killed: Vec<Moment>,
    log: String,
}

pub async fn run(template: &Template, number: usize, kills: Vec<Kill>) -> Outcome {
    let bank = StandIn::on(copy(&template.bank)).await;
    let mut trial = Trial {
        data_dir: copy(&template.desk),
        wire: Wire::to(bank.url()).await,
        bank,
        ahead: SignedDuration::ZERO,
        story: Story::default(),
        report: None,
        killed: Vec::new(),
        log: String::new(),
    };
    let played = trial.play(&kills).await;
    let faults = trial.wire.faults();
    trial.wire.stop().await;
    let kept = bank::read(trial.bank.stop().await.path());
    let verdict = match (played, &trial.report) {
        (Ok(()), Some(report)) => judge(&trial.story, &kept, report),
        (Ok(()), None) => Verdict::of_wrong("what is left was not brought to an end".to_owned()),
        (Err(wrong), _) => Verdict::of_wrong(wrong),
    };
    Outcome {
        trial: number,
        killed: trial.killed,
        faults,
        verdict,
        log: trial.log,
    }
}

impl Trial {
    /// # Errors
    /// What went wrong before there was anything to judge.
    async fn play(&mut self, kills: &[Kill]) -> Result<(), String> {
        for kill in kills {
            if !self.child(orders::USE, Some(*kill)).await? {
                return Err(format!("it never came to this: {kill}"));
            }
            self.killed.push(kill.moment);
        }
        self.child(orders::FINISH, None).await?;
        Ok(())
    }

    /// Runs a child to its end. Answers whether it was killed.
    async fn child(&mut self, what: &str, kill: Option<Kill>) -> Result<bool, String> {
        self.ahead += LATER;
        self.bank.later(LATER);
        let now = self.wire.begin(kill);
        let mut child = self.spawn(what, kill);
        let orders = Orders {
            data_dir: self.data_dir.path().to_owned(),
            bank: self.wire.url(),
            ahead_seconds: self.ahead.as_secs(),
            seed: kill.map_or(0, |kill| kill.seed),
            asked: self.story.asked(),
            batches: self.story.batches(),
            tried: self.story.tried(),
        };
        let mut input = child.stdin.take().unwrap();
        let text = serde_json::to_vec(&orders).unwrap();
        input.write_all(&text).await.unwrap();
        drop(input);
        let mut errors = child.stderr.take().unwrap();
        let errors = tokio::spawn(async move {
            let mut text = Vec::new();
            errors.read_to_end(&mut text).await.unwrap();
            text
        });
        let told = child.stdout.take().unwrap();
        let heard = tokio::time::timeout(PATIENCE, self.hear(&mut child, told, kill, now)).await;
        if heard.is_err() {
            child.start_kill().unwrap();
        }
        let status = child.wait().await.unwrap();
        self.wire.end().await;
        let kill = kill.map_or_else(|| "no kill".to_owned(), |kill| kill.to_string());
        let errors = errors.await.unwrap();
        self.log += &format!("--- {what} ({kill})\n{}", String::from_utf8_lossy(&errors));
        heard.map_err(|_| format!("{what} did not end ({kill})"))?;
        let killed = status.signal() == Some(SIGKILL);
        if !killed && !status.success() {
            return Err(format!("{what} ended with {status} ({kill})"));
        }
        if failures::panicked(&errors) {
            return Err(format!("something in {what} panicked ({kill})"));
        }
        Ok(killed)
    }

    fn spawn(&self, what: &str, kill: Option<Kill>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .arg(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(Kill {
            moment: Moment::Point(point),
            passing,
            ..
        }) = kill
        {
            command
                .env(kill_at::POINT, point)
                .env(kill_at::PASS, passing.to_string());
        }
        command.spawn().unwrap()
    }

    /// Hears a child to its end, which it may be given here.
    async fn hear(
        &mut self,
        child: &mut Child,
        told: ChildStdout,
        kill: Option<Kill>,
        mut now: Now,
    ) {
        let mut reader = BufReader::new(told);
        let mut line = Vec::new();
        let mut told = 0;
        let after = kill.filter(|kill| kill.moment == Moment::Told);
        let mut alive = true;
        loop {
            tokio::select! {
                // What it has read of a line when the other comes first stays there.
                read = reader.read_until(b'\n', &mut line) => {
                    read.unwrap();
                }
                () = now.comes(), if alive => {
                    alive = false;
                    child.start_kill().unwrap();
                    continue;
                }
            }
            if !line.ends_with(b"\n") {
                return;
            }
            let news: News = serde_json::from_slice(&line).unwrap();
            line.clear();
            told += u32::from(news.is_a_promise());
            if alive && after.is_some_and(|after| told == after.passing) {
                alive = false;
                child.start_kill().unwrap();
            }
            match news {
                News::Report(report) => self.report = Some(report),
                news => self.story.hear(news),
            }
        }
    }
}
