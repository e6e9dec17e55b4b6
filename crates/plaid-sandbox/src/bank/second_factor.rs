//! What a bank asks after the password, as in Plaid's Sandbox: a code sent to a device, questions, or selections. The
//! password asks for it, or the description of `user_custom`.

use serde::Deserialize;

/// The maximum of rounds, of questions in a round, and of options.
const MAX_COUNT: usize = 9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondFactor {
    /// The code is always 1234.
    Device,
    Questions {
        rounds: usize,
        per_round: usize,
    },
    Selections {
        rounds: usize,
        per_round: usize,
        /// None for the one question of `mfa_selections`, whose options are Yes and No.
        options: Option<usize>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BankQuestion {
    pub(crate) text: String,
    /// Empty when the answer is a text.
    pub(crate) options: Vec<String>,
    answer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Recaptcha {
    Good,
    Bad,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenges {
    pub(crate) recaptcha: Option<Recaptcha>,
    pub(crate) second_factor: Option<SecondFactor>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SecondFactorError {
    #[error("mfa: the type {0:?} is not device, questions or selections")]
    Type(String),
    #[error("mfa: {0} is missing")]
    Missing(&'static str),
    #[error("mfa: {0} must be from 1 to {MAX_COUNT}")]
    Count(&'static str),
    #[error("mfa: selections_per_question must be from 2 to {MAX_COUNT}")]
    Options,
}

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
        let required = |name, count: Option<usize>| {
            check_count(name, count.ok_or(SecondFactorError::Missing(name))?)
        };
        match written.kind.as_str() {
            "device" => Ok(Self::Device),
            "questions" => Ok(Self::Questions {
                rounds: required("question_rounds", written.question_rounds)?,
                per_round: required("questions_per_round", written.questions_per_round)?,
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

fn check_count(name: &'static str, count: usize) -> Result<usize, SecondFactorError> {
    if (1..=MAX_COUNT).contains(&count) {
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
        if !(2..=MAX_COUNT).contains(&options) {
            return Err(SecondFactorError::Options);
        }
        Ok(Self::Selections {
            rounds: check_count("selection_rounds", rounds)?,
            per_round: check_count("questions_per_round", per_round)?,
            options: Some(options),
        })
    }

    /// For a password such as `mfa_device`, `mfa_questions_2_3` or `mfa_selections_1_2_3`.
    pub(super) fn by_password(password: &str) -> Option<Self> {
        let asked = password.strip_prefix("mfa_")?;
        let mut words = asked.split('_');
        let kind = words.next()?;
        let counts: Vec<usize> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        match (kind, counts.as_slice()) {
            ("device", []) => Some(Self::Device),
            ("questions", &[rounds, per_round]) => Some(Self::Questions {
                rounds: check_count("rounds", rounds).ok()?,
                per_round: check_count("questions", per_round).ok()?,
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

    /// The questions of a round, counted from 0; None after the last round. The code of a device counts as one question.
    pub(crate) fn round(&self, round: usize) -> Option<Vec<BankQuestion>> {
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

    fn question(&self, round: usize, place: usize) -> BankQuestion {
        let text = format!("You say tomato, I say...? (question {round}-{place})");
        match *self {
            Self::Device => BankQuestion {
                text: "Enter the code that was sent to your device".to_owned(),
                options: Vec::new(),
                answer: super::institutions::SECOND_FACTOR.to_owned(),
            },
            Self::Questions { .. } => BankQuestion {
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
                BankQuestion {
                    text,
                    answer: options.first().cloned().unwrap_or_default(),
                    options,
                }
            }
        }
    }

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

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn passwords_ask_for_a_second_factor() {
        let device = SecondFactor::by_password("mfa_device").unwrap();
        assert!(device.accepts(0, &texts(&["1234"])));
        assert!(!device.accepts(0, &texts(&["4321"])));

        let questions = SecondFactor::by_password("mfa_questions_2_3").unwrap();
        let right = texts(&["answer_1_0", "answer_1_1", "answer_1_2"]);
        assert!(questions.accepts(1, &right) && !questions.accepts(0, &right));
        assert!(!questions.accepts(1, &right[..2]));
        assert_eq!(questions.round(2), None);

        let plain = SecondFactor::by_password("mfa_selections").unwrap();
        assert_eq!(plain.round(0).unwrap()[0].options, texts(&["Yes", "No"]));
        assert!(plain.accepts(0, &texts(&["Yes"])));
        let many = SecondFactor::by_password("mfa_selections_2_1_4").unwrap();
        assert_eq!(many.round(1).unwrap()[0].options.len(), 4);
        assert!(many.accepts(1, &texts(&["answer_1_0_0"])));
        assert!(!many.accepts(1, &texts(&["answer_1_0_1"])));
    }

    #[test]
    fn other_passwords_ask_for_no_second_factor() {
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
