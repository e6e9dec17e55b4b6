//! The Sandbox institutions that the stand-in has. They differ in how customers sign in and in their health.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::logo::LogoPattern;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    Credentials,
    /// Credentials, then a device and the code sent to it.
    Code,
    /// On the bank's own page.
    OAuth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    Healthy,
    Degraded,
    Down,
    Unsupported,
}

#[derive(Debug)]
pub(crate) struct Institution {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    pub(crate) sign_in: SignIn,
    pub(crate) health: Health,
    pub(crate) routing_numbers: &'static [&'static str],
    /// RGB.
    pub(crate) primary_color: u32,
    pub(crate) logo_pattern: LogoPattern,
}

/// The code of the second factor at every institution.
pub(crate) const SECOND_FACTOR: &str = "1234";

/// The products of every institution.
pub(crate) const PRODUCTS: [&str; 9] = [
    "assets",
    "auth",
    "balance",
    "identity",
    "investments",
    "liabilities",
    "signal",
    "statements",
    "transactions",
];

const fn bank(
    id: &'static str,
    name: &'static str,
    primary_color: u32,
    logo_pattern: LogoPattern,
) -> Institution {
    Institution {
        id,
        name,
        country: "US",
        sign_in: SignIn::Credentials,
        health: Health::Healthy,
        routing_numbers: &["011000138", "011200365", "011400495"],
        primary_color,
        logo_pattern,
    }
}

/// In the order of Link's list.
#[rustfmt::skip]
pub(crate) static INSTITUTIONS: [Institution; 12] = [
    bank("ins_109508", "First Platypus Bank", 0x1b6b93, LogoPattern::Waves),
    bank("ins_130016", "First Platypus Balance Bank", 0x0e7c66, LogoPattern::Scales),
    Institution {
        sign_in: SignIn::Code,
        ..bank("ins_109509", "First Gingham Credit Union", 0xb23a48, LogoPattern::Gingham)
    },
    bank("ins_109510", "Tattersall Federal Credit Union", 0x5a4fcf, LogoPattern::Tattersall),
    bank("ins_109511", "Tartan Bank", 0x2f6f3e, LogoPattern::Tartan),
    bank("ins_109512", "Houndstooth Bank", 0x004966, LogoPattern::Houndstooth),
    Institution {
        sign_in: SignIn::OAuth,
        ..bank("ins_127287", "Platypus OAuth Bank", 0x9c4d12, LogoPattern::Key)
    },
    Institution {
        health: Health::Degraded,
        ..bank("ins_132363", "Unhealthy Platypus Bank - Degraded", 0xb07d00, LogoPattern::BrokenWaves)
    },
    Institution {
        health: Health::Down,
        ..bank("ins_132361", "Unhealthy Platypus Bank - Down", 0x8a8f98, LogoPattern::Calm)
    },
    Institution {
        health: Health::Unsupported,
        ..bank("ins_133402", "Unsupported Platypus Bank", 0x6b707a, LogoPattern::Barred)
    },
    bank("ins_128026", "Capital One", 0x004879, LogoPattern::Arcs),
    Institution {
        country: "CA",
        routing_numbers: &[],
        ..bank("ins_43", "Tartan-Dominion Bank of Canada", 0xa31f34, LogoPattern::Lozenge)
    },
];

impl Institution {
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        INSTITUTIONS.iter().find(|institution| institution.id == id)
    }

    /// The institutions of these countries whose name contains all of the words.
    pub(crate) fn search(words: &str, countries: &[String]) -> Vec<&'static Self> {
        let words = words.to_lowercase();
        INSTITUTIONS
            .iter()
            .filter(|institution| institution.is_in(countries))
            .filter(|institution| {
                let name = institution.name.to_lowercase();
                words.split_whitespace().all(|word| name.contains(word))
            })
            .collect()
    }

    pub(crate) fn is_in(&self, countries: &[String]) -> bool {
        countries.iter().any(|country| country == self.country)
    }

    pub(crate) fn is_oauth(&self) -> bool {
        self.sign_in == SignIn::OAuth
    }

    pub(crate) fn supports(&self, products: &[String]) -> bool {
        products
            .iter()
            .all(|product| PRODUCTS.contains(&product.as_str()))
    }

    pub(crate) fn name_of(id: &str) -> &'static str {
        Self::find(id).map_or("", |institution| institution.name)
    }

    pub(crate) fn primary_color_hex(&self) -> String {
        format!("#{:06x}", self.primary_color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canadian_banks_show_only_for_canada() {
        let us = Institution::search("", &["US".to_owned()]);
        assert_eq!(us.len(), 11);
        let both = Institution::search("tartan", &["US".to_owned(), "CA".to_owned()]);
        assert_eq!(
            both.iter().map(|i| i.id).collect::<Vec<_>>(),
            ["ins_109511", "ins_43"]
        );
        assert!(Institution::search("no such bank", &["US".to_owned()]).is_empty());
    }
}
