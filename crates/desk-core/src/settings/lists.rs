//! Languages of Link and countries that Plaid supports.

use super::view::Choice;

/// `language` of /link/token/create.
const LANGUAGES: &[(&str, &str)] = &[
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("et", "Estonian"),
    ("fr", "French"),
    ("de", "German"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("lv", "Latvian"),
    ("lt", "Lithuanian"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("es", "Spanish"),
    ("sv", "Swedish"),
    ("vi", "Vietnamese"),
];

/// `CountryCode` of the OpenAPI description.
const COUNTRIES: &[(&str, &str)] = &[
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("CA", "Canada"),
    ("DK", "Denmark"),
    ("EE", "Estonia"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("LV", "Latvia"),
    ("LT", "Lithuania"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("ES", "Spain"),
    ("SE", "Sweden"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
];

pub(super) fn languages() -> Vec<Choice> {
    choices(LANGUAGES)
}

pub(super) fn countries() -> Vec<Choice> {
    choices(COUNTRIES)
}

pub(super) fn has_language(code: &str) -> bool {
    has(LANGUAGES, code)
}

pub(super) fn has_country(code: &str) -> bool {
    has(COUNTRIES, code)
}

fn choices(list: &[(&str, &str)]) -> Vec<Choice> {
    list.iter()
        .map(|(code, name)| Choice {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
        })
        .collect()
}

fn has(list: &[(&str, &str)], code: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == code)
}
