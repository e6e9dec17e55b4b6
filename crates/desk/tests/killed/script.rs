//! What happens before, at and after one kill, all of it decided by the place and a seed.

use std::{collections::BTreeSet, path::PathBuf};

use crate::act::{Act, CUSTOMERS, Choice, For, INSTITUTIONS, Login, Way, When, Whose};

/// The places, in order. Whoever puts another into the source adds it here, and to an act that passes it.
pub const POINTS: [&str; 19] = [
    "exchange.answered",
    "exchange.begun",
    "exchange.detailed",
    "exchange.stored",
    "invitation.granted",
    "invitation.made",
    "link.grant_kept",
    "link.granted",
    "link.page_open",
    "link.token_kept",
    "link.token_made",
    "link.written",
    "remove.answered",
    "remove.begun",
    "remove.recorded",
    "replace.stored",
    "rotate.answered",
    "rotate.asked",
    "rotate.stored",
];

/// The kill points in the source of all crates, in order.
pub fn placed_in_the_source() -> Vec<String> {
    let mut placed = BTreeSet::new();
    let crates: PathBuf = format!("{}/..", env!("CARGO_MANIFEST_DIR")).into();
    let mut folders: Vec<_> = std::fs::read_dir(crates)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .filter(|folder| folder.is_dir())
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            for call in text.split("kill::point(\"").skip(1) {
                placed.insert(call.split('"').next().unwrap().to_owned());
            }
        }
    }
    placed.into_iter().collect()
}

/// What customers do while the desk is gone. Who was linking in the system browser goes on there in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    Nothing,
    /// They use the invitations that are out.
    CustomersLink,
}

/// The next start of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    Once,
    /// It may be killed at the same place once more, and is started a third time. Only where no other session can be
    /// under way: a kill for the one could take the answer of the other's exchange with it.
    KilledAgain,
}

/// One kill.
#[derive(Clone, Debug)]
pub struct Script {
    pub point: &'static str,
    pub seed: u64,
    pub acts: Vec<Act>,
    /// The time the place is passed at which the desk is killed.
    pub passing: usize,
    pub meanwhile: Meanwhile,
    /// How much later it is when the desk is started again.
    pub later_minutes: i64,
    pub restart: Restart,
    /// What the user says when the desk asks after the restart.
    pub choice: Choice,
}

/// How much later a restart may be, and a grant still be good for its 30 minutes.
const LATER_MINUTES: [i64; 5] = [0, 0, 0, 8, 27];

impl Script {
    pub fn of(point: &'static str, seed: u64) -> Self {
        // The same seed of another place has other acts, too.
        let number = POINTS.iter().position(|other| *other == point).unwrap() as u64;
        let mut writer = Writer::new(seed * POINTS.len() as u64 + number);
        let mut acts = writer.acts();
        writer.push_act_that_passes(point, &mut acts);
        let passings = acts.iter().filter(|act| act.does_pass(point)).count();
        let random = &mut writer.random;
        Self {
            point,
            seed,
            passing: random.usize(1..=passings),
            meanwhile: if random.bool() {
                Meanwhile::CustomersLink
            } else {
                Meanwhile::Nothing
            },
            later_minutes: *one_of(random, &LATER_MINUTES),
            restart: if random.u8(0..3) == 0 && !acts.iter().any(|act| act.leaves_a_link_out()) {
                Restart::KilledAgain
            } else {
                Restart::Once
            },
            choice: *one_of(
                random,
                &[Choice::KeepBoth, Choice::Replace, Choice::Discard],
            ),
            acts,
        }
    }
}

fn one_of<'a, T>(random: &mut fastrand::Rng, from: &'a [T]) -> &'a T {
    &from[random.usize(..from.len())]
}

struct Writer {
    random: fastrand::Rng,
    logins: Vec<Login>,
    items: isize,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut logins: Vec<Login> = (0..INSTITUTIONS.len())
            .map(|institution| Login {
                institution: institution as u8,
                customer: random.u8(..CUSTOMERS.len() as u8),
            })
            .collect();
        random.shuffle(&mut logins);
        Self {
            random,
            logins,
            items: 0,
        }
    }

    /// What happened before: none to three acts.
    fn acts(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        for _ in 0..self.random.u8(0..=3) {
            let act = self.any_act();
            self.push(&mut acts, act);
        }
        acts
    }

    fn push(&mut self, acts: &mut Vec<Act>, act: Act) {
        if act.needs_item() && self.items == 0 {
            let link = self.link();
            self.items += link.adds();
            acts.push(link);
        }
        self.items += act.adds();
        acts.push(act);
    }

    /// The act in which the place is passed; an Item for it, if it needs one, is linked before.
    fn push_act_that_passes(&mut self, point: &str, acts: &mut Vec<Act>) {
        loop {
            let act = self.any_act();
            if act.does_pass(point) {
                return self.push(acts, act);
            }
            // A login that was drawn for it is free again.
            if let Act::Link { login, .. }
            | Act::Invite { login, .. }
            | Act::HandOver { login, .. } = act
            {
                self.logins.insert(0, login);
            }
        }
    }

    fn any_act(&mut self) -> Act {
        let item = self.random.usize(..8);
        match self.random.u8(..11) {
            0..3 => self.link(),
            3..5 => Act::Invite {
                login: self.login(),
                purpose: self.purpose(),
                when: *one_of(&mut self.random, &[When::Now, When::Later]),
            },
            5..7 => Act::LinkAgain {
                item,
                whose: self.whose(),
                choice: *one_of(
                    &mut self.random,
                    &[Choice::KeepBoth, Choice::Replace, Choice::Discard],
                ),
            },
            7 => Act::Repair { item },
            8 => Act::Rotate { item },
            9 => Act::HandOver {
                login: self.login(),
                purpose: self.purpose(),
            },
            _ => Act::Remove { item },
        }
    }

    fn link(&mut self) -> Act {
        // The desk looks at a session in the browser every few seconds only, so that is the rarest way.
        let way = match self.random.u8(..8) {
            0..5 => Way::Page,
            5..7 => Way::WindowClosed,
            _ => Way::Browser,
        };
        Act::Link {
            login: self.login(),
            way,
            purpose: self.purpose(),
            whose: self.whose(),
        }
    }

    fn login(&mut self) -> Login {
        self.logins
            .pop()
            .expect("more banks are linked than there are")
    }

    fn purpose(&mut self) -> For {
        *one_of(&mut self.random, &[For::Debits, For::Balances])
    }

    fn whose(&mut self) -> Whose {
        *one_of(&mut self.random, &[Whose::New, Whose::Known])
    }
}
