//! One record of 94 characters and its fields. Columns count from 1, as in Nacha's rules.

use jiff::civil::Date;

use super::NachaFault;

pub(super) const WIDTH: usize = 94;

pub(super) struct NachaRecord {
    pub(super) line: u64,
    pub(super) characters: Vec<char>,
    /// Characters in the file, before blanks that an editor had cut off were added again.
    pub(super) length: usize,
}

impl NachaRecord {
    pub(super) fn new(line: u64, text: &[char]) -> Self {
        let mut characters = text.to_vec();
        let length = characters.len();
        // The header and the file control may end in blank fields, and editors drop blanks at the end of a line.
        if matches!(characters.first(), Some('1' | '9')) && length < WIDTH {
            characters.resize(WIDTH, ' ');
        }
        Self {
            line,
            characters,
            length,
        }
    }

    pub(super) fn kind(&self) -> char {
        self.characters.first().copied().unwrap_or(' ')
    }

    /// A field from its first to its last column, trimmed.
    pub(super) fn text(&self, first: usize, last: usize) -> String {
        let field: String = self.characters[first - 1..last].iter().collect();
        field.trim().to_owned()
    }

    pub(super) fn is_nines(&self) -> bool {
        self.characters.iter().all(|c| *c == '9')
    }

    pub(super) fn fault(&self, column: usize, message: impl Into<String>) -> NachaFault {
        NachaFault {
            line: self.line,
            column: Some(column),
            message: message.into(),
        }
    }

    /// A field of digits only.
    pub(super) fn number(&self, first: usize, last: usize, what: &str) -> Result<u64, NachaFault> {
        let mut number = 0_u64;
        for (at, c) in self.characters[first - 1..last].iter().enumerate() {
            let digit = c.to_digit(10).ok_or_else(|| {
                self.fault(first + at, format!("{what} must be digits, not \"{c}\"."))
            })?;
            // At most twelve digits, which fit.
            number = number * 10 + u64::from(digit);
        }
        Ok(number)
    }

    pub(super) fn date(&self, first: usize, what: &str) -> Result<Option<Date>, NachaFault> {
        let text = self.text(first, first + 5);
        if text.is_empty() || text == "000000" {
            return Ok(None);
        }
        let number = self.number(first, first + 5, what)?;
        let part = |divisor: u64| i8::try_from(number / divisor % 100).unwrap_or(0);
        let year = 2000 + i16::from(part(10_000));
        Date::new(year, part(100), part(1))
            .map(Some)
            .map_err(|_| self.fault(first, format!("{what} \"{text}\" is no date (YYMMDD).")))
    }
}

/// Splits a text into records: one per line, or every 94 characters where there are no line ends.
pub(super) fn records(text: &str) -> Vec<NachaRecord> {
    let text = text.trim_end_matches(['\r', '\n', ' ', '\u{1a}']);
    if text.contains(['\n', '\r']) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        return text
            .split('\n')
            .zip(1..)
            .filter(|(line, _)| !line.trim().is_empty())
            .map(|(line, number)| {
                let characters: Vec<char> = line.chars().collect();
                NachaRecord::new(number, &characters)
            })
            .collect();
    }
    let characters: Vec<char> = text.chars().collect();
    characters
        .chunks(WIDTH)
        .zip(1..)
        .map(|(record, number)| NachaRecord::new(number, record))
        .collect()
}
