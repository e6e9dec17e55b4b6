//! What a bank asks after the password: a code sent to a device, questions, or selections, as
//! Plaid's Sandbox plays them. Which of them is said by the password or by `user_custom`.

use serde::Deserialize;

/// The most rounds, and the most questions in a round.
const MOST: usize = 9;

/// What the bank asks a person who gave the right password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondFactor {
    /// A code, sent to a device of choice; it is always 1234.
    Device,
    /// Rounds of questions, each answered with a text.
    Questions {
        /// How many rounds.
        rounds: usize,
        /// How many questions in each.
        per_round: usize,
    },
    /// Rounds of questions, each answered by choosing one of some options.
    Selections {
        /// How many rounds.
        rounds: usize,
        /// How many questions in each.
        per_round: usize,
        /// How many options each question has; none for the one question of `mfa_selections`,
        /// whose options are Yes and No.
        options: Option<usize>,
    },
}

/// One question of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// As it is shown.
    pub(crate) text: String,
    /// The answers to choose from; none when a text is asked for.
    pub(crate) options: Vec<String>,
    /// The one that is right.
    answer: String,
}

/// How the reCAPTCHA of Link ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Recaptcha {
    /// It is solved.
    Good,
    /// It fails with RECAPTCHA_BAD.
    Bad,
}

/// What stands between the password and the accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenges {
    pub(crate) recaptcha: Option<Recaptcha>,
    pub(crate) second_factor: Option<SecondFactor>,
}

/// Why a description of a second factor describes none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecondFactorError {
    #[error("mfa: {0:?} is none of device, questions and selections")]
    Type(String),
    #[error("mfa: {0} is missing")]
    Missing(&'static str),
    #[error("mfa: {0} is from 1 to {MOST}")]
    Count(&'static str),
    #[error("mfa: selections_per_question is from 2 to {MOST}")]
    Options,
}

/// As `user_custom` writes it.
#[derive(Deserialize)]
pub(super) struct SecondFactorJson {
    #[serde(rename = "type")]
    kind: String,
    question_rounds: Option<usize>,
    questions_per_round: Option<usize>,
    selection_rounds: Option<usize>,
    selections_per_question: Option<usize>,
}

impl TryFrom<SecondFactorJson> for SecondFactor {
    type Error = SecondFactorError;

    fn try_from(written: SecondFactorJson) -> Result<Self, SecondFactorError> {
        let needed = |name, count: Option<usize>| count.ok_or(SecondFactorError::Missing(name));
        match written.kind.as_str() {
            "device" => Ok(Self::Device),
            "questions" => Ok(Self::Questions {
                rounds: counted(
                    "question_rounds",
                    needed("question_rounds", written.question_rounds)?,
                )?,
                per_round: counted(
                    "questions_per_round",
                    needed("questions_per_round", written.questions_per_round)?,
                )?,
            }),
            "selections" => Self::selections(
                written.selection_rounds.unwrap_or(1),
                written.questions_per_round.unwrap_or(2),
                written.selections_per_question.unwrap_or(2),
            ),
            _ => Err(SecondFactorError::Type(written.kind)),
        }
    }
}

fn counted(name: &'static str, count: usize) -> Result<usize, SecondFactorError> {
    if (1..=MOST).contains(&count) {
        Ok(count)
    } else {
        Err(SecondFactorError::Count(name))
    }
}

impl SecondFactor {
    fn selections(
        rounds: usize,
        per_round: usize,
        options: usize,
    ) -> Result<Self, SecondFactorError> {
        if !(2..=MOST).contains(&options) {
            return Err(SecondFactorError::Options);
        }
        Ok(Self::Selections {
            rounds: counted("selection_rounds", rounds)?,
            per_round: counted("questions_per_round", per_round)?,
            options: Some(options),
        })
    }

    /// What a password such as `mfa_device`, `mfa_questions_2_3` or `mfa_selections_1_2_3` asks
    /// for; none when it asks for nothing that there is.
    pub(super) fn by_password(password: &str) -> Option<Self> {
        let asked = password.strip_prefix("mfa_")?;
        let mut words = asked.split('_');
        let kind = words.next()?;
        let counts: Vec<usize> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        match (kind, counts.as_slice()) {
            ("device", []) => Some(Self::Device),
            ("questions", &[rounds, per_round]) => Some(Self::Questions {
                rounds: counted("rounds", rounds).ok()?,
                per_round: counted("questions", per_round).ok()?,
            }),
            ("selections", []) => Some(Self::Selections {
                rounds: 1,
                per_round: 1,
                options: None,
            }),
            ("selections", &[rounds, per_round, options]) => {
                Self::selections(rounds, per_round, options).ok()
            }
            _ => None,
        }
    }

    /// The questions of a round, counted from 0; none when the rounds are over. A code sent to
    /// a device is one question, too.
    pub(crate) fn round(&self, round: usize) -> Option<Vec<Question>> {
        let (rounds, per_round) = match *self {
            Self::Device => (1, 1),
            Self::Questions { rounds, per_round }
            | Self::Selections {
                rounds, per_round, ..
            } => (rounds, per_round),
        };
        (round < rounds).then(|| {
            (0..per_round)
                .map(|place| self.question(round, place))
                .collect()
        })
    }

    fn question(&self, round: usize, place: usize) -> Question {
        let text = format!("You say tomato, I say...? (question {round}-{place})");
        match *self {
            Self::Device => Question {
                text: "Enter the code that was sent to your device".to_owned(),
                options: Vec::new(),
                answer: super::institutions::SECOND_FACTOR.to_owned(),
            },
            Self::Questions { .. } => Question {
                text,
                options: Vec::new(),
                answer: format!("answer_{round}_{place}"),
            },
            Self::Selections { options, .. } => {
                let options: Vec<_> = match options {
                    None => vec!["Yes".to_owned(), "No".to_owned()],
                    Some(count) => (0..count)
                        .map(|option| format!("answer_{round}_{place}_{option}"))
                        .collect(),
                };
                Question {
                    text,
                    answer: options.first().cloned().unwrap_or_default(),
                    options,
                }
            }
        }
    }

    /// Whether these are the right answers to all questions of a round.
    pub(crate) fn accepts(&self, round: usize, answers: &[String]) -> bool {
        self.round(round).is_some_and(|questions| {
            questions.len() == answers.len()
                && questions
                    .iter()
                    .zip(answers)
                    .all(|(question, answer)| question.answer == answer.trim())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn passwords_ask_for_a_second_factor() {
        let device = SecondFactor::by_password("mfa_device").unwrap();
        assert!(device.accepts(0, &words(&["1234"])));
        assert!(!device.accepts(0, &words(&["4321"])));

        let questions = SecondFactor::by_password("mfa_questions_2_3").unwrap();
        let right = words(&["answer_1_0", "answer_1_1", "answer_1_2"]);
        assert!(questions.accepts(1, &right) && !questions.accepts(0, &right));
        assert!(!questions.accepts(1, &right[..2]));
        assert_eq!(questions.round(2), None);

        let plain = SecondFactor::by_password("mfa_selections").unwrap();
        assert_eq!(plain.round(0).unwrap()[0].options, words(&["Yes", "No"]));
        assert!(plain.accepts(0, &words(&["Yes"])));
        let many = SecondFactor::by_password("mfa_selections_2_1_4").unwrap();
        assert_eq!(many.round(1).unwrap()[0].options.len(), 4);
        assert!(many.accepts(1, &words(&["answer_1_0_0"])));
        assert!(!many.accepts(1, &words(&["answer_1_0_1"])));
    }

    #[test]
    fn other_passwords_ask_for_none() {
        for password in [
            "pass_good",
            "mfa_",
            "mfa_questions",
            "mfa_questions_0_1",
            "mfa_questions_1_10",
            "mfa_selections_1_1_1",
            "mfa_device_1",
        ] {
            assert_eq!(SecondFactor::by_password(password), None, "{password}");
        }
    }
}
