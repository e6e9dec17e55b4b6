//! When the desk is killed: at a place of its source, at a call on the wire, or at something it has just told. All of
//! it is decided by a seed; nothing goes by the clock.

use std::fmt;

/// How often the desk is killed.
pub const KILLS: usize = 200;

/// How often on the same files.
pub const OF_A_TRIAL: usize = 10;

/// The places of the source that are passed here, in order. The other ones are of the first test.
pub const POINTS: [&str; 15] = [
    "batch.begun",
    "batch.cancelled",
    "batch.ended",
    "batch.imported",
    "batch.row_ended",
    "delivery.answered",
    "delivery.begun",
    "delivery.stored",
    "evaluation.answered",
    "evaluation.kept",
    "evaluation.written",
    "report.recorded",
    "settling.answered",
    "settling.begun",
    "settling.written",
];

/// The calls whose moments on the wire are chosen.
pub const CALLS: [&str; 3] = [
    "/signal/evaluate",
    "/signal/decision/report",
    "/signal/return/report",
];

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It has left the desk and never reaches the bank.
    Sent,
    /// The bank has carried it out, and its answer never leaves.
    CarriedOut,
    /// Its answer has just left.
    Answered,
}

/// When the desk is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    Point(&'static str),
    Call(&'static str, Phase),
    /// The desk has just said to the user that it has something.
    Told,
}

impl Moment {
    fn all() -> Vec<Self> {
        let mut all: Vec<Self> = POINTS.into_iter().map(Self::Point).collect();
        for call in CALLS {
            for phase in [Phase::Sent, Phase::CarriedOut, Phase::Answered] {
                all.push(Self::Call(call, phase));
            }
        }
        all.extend([Self::Told; 2]);
        all
    }

    pub fn words(self) -> String {
        match self {
            Self::Point(name) => name.to_owned(),
            Self::Call(path, phase) => format!(
                "{path} {}",
                match phase {
                    Phase::Sent => "sent",
                    Phase::CarriedOut => "carried out",
                    Phase::Answered => "answered",
                }
            ),
            Self::Told => "told the user".to_owned(),
        }
    }
}

/// One kill.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    pub moment: Moment,
    /// The time it comes by at which the desk is killed; 1 is the first.
    pub passing: u32,
    /// Decides what the user does until then, and what goes wrong on the wire.
    pub seed: u64,
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            moment,
            passing,
            seed,
        } = self;
        write!(f, "{}, the time {passing}, seed {seed}", moment.words())
    }
}

/// Kills that leave an evaluation without an answer.
const LEAVE_NO_ANSWER: [Moment; 4] = [
    Moment::Point("evaluation.written"),
    Moment::Point("evaluation.answered"),
    Moment::Call(CALLS[0], Phase::Sent),
    Moment::Call(CALLS[0], Phase::CarriedOut),
];

impl Moment {
    /// Whether it comes only where an evaluation was left without an answer, and then soon.
    fn needs_a_lost_answer(self) -> bool {
        matches!(self, Self::Point(name) if name.starts_with("settling."))
    }
}

/// The kills of each trial. Every moment has its share.
pub fn plan() -> Vec<Vec<Kill>> {
    let mut random = fastrand::Rng::with_seed(6);
    let trials = moments(&mut random);
    let mut kill = |moment: Moment| Kill {
        moment,
        passing: match moment {
            _ if moment.needs_a_lost_answer() => 1,
            Moment::Point("batch.row_ended") => random.u32(1..=8),
            Moment::Point("batch.begun" | "batch.cancelled" | "batch.ended" | "batch.imported") => {
                random.u32(1..=2)
            }
            Moment::Point(_) | Moment::Call(..) => random.u32(1..=4),
            Moment::Told => random.u32(1..=12),
        },
        seed: random.u64(..),
    };
    let trials = trials.into_iter();
    trials
        .map(|moments| moments.into_iter().map(&mut kill).collect())
        .collect()
}

/// What needs a lost answer comes right after a kill that leaves one.
fn moments(random: &mut fastrand::Rng) -> Vec<Vec<Moment>> {
    let trials = KILLS / OF_A_TRIAL;
    let all = Moment::all();
    let (late, single): (Vec<Moment>, Vec<Moment>) =
        all.iter().partition(|moment| moment.needs_a_lost_answer());
    let share = KILLS / all.len();
    let mut rows: Vec<Vec<Vec<Moment>>> = vec![Vec::new(); trials];
    let late = late.into_iter().cycle().take(share * 3);
    for ((late, before), number) in late.zip(LEAVE_NO_ANSWER.into_iter().cycle()).zip(0..) {
        rows[number % trials].push(vec![before, late]);
    }
    let mut single = single.into_iter().cycle();
    for row in &mut rows {
        let room = OF_A_TRIAL - 2 * row.len();
        row.extend(single.by_ref().take(room).map(|moment| vec![moment]));
        random.shuffle(row);
    }
    rows.into_iter().map(|row| row.concat()).collect()
}
