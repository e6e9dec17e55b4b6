//! The institutions of Plaid's Sandbox that the stand-in plays, with the part each of
//! them is there to play: signing in plainly, with a second factor, by OAuth, or failing.

use serde::{Deserialize, Serialize};

use super::logo::LogoPattern;

/// What happens when a person signs in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// Username and password.
    Credentials,
    /// Username and password, then a device and the code 1234 that is sent to it.
    Code,
    /// On the bank's own page, in a pop-up.
    OAuth,
}

/// How well the institution works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    Healthy,
    Degraded,
    Down,
    /// Known, and not offered any more.
    Unsupported,
}

/// One institution.
#[derive(Debug)]
pub(crate) struct Institution {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    pub(crate) sign_in: SignIn,
    pub(crate) health: Health,
    pub(crate) routing_numbers: &'static [&'static str],
    /// As `#rrggbb`.
    pub(crate) primary_color: [u8; 3],
    pub(crate) pattern: LogoPattern,
}

/// The second factor that every bank here accepts.
pub(crate) const SECOND_FACTOR: &str = "1234";

/// The products every institution here supports, as Plaid lists them.
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
    primary_color: [u8; 3],
    pattern: LogoPattern,
) -> Institution {
    Institution {
        id,
        name,
        country: "US",
        sign_in: SignIn::Credentials,
        health: Health::Healthy,
        routing_numbers: &["011000138", "011200365", "011400495"],
        primary_color,
        pattern,
    }
}

/// All of them, in the order Link lists them.
pub(crate) static INSTITUTIONS: [Institution; 12] = [
    bank(
        "ins_109508",
        "First Platypus Bank",
        [0x1b, 0x6b, 0x93],
        LogoPattern::Waves,
    ),
    bank(
        "ins_130016",
        "First Platypus Balance Bank",
        [0x0e, 0x7c, 0x66],
        LogoPattern::Scales,
    ),
    Institution {
        sign_in: SignIn::Code,
        ..bank(
            "ins_109509",
            "First Gingham Credit Union",
            [0xb2, 0x3a, 0x48],
            LogoPattern::Gingham,
        )
    },
    bank(
        "ins_109510",
        "Tattersall Federal Credit Union",
        [0x5a, 0x4f, 0xcf],
        LogoPattern::Tattersall,
    ),
    bank(
        "ins_109511",
        "Tartan Bank",
        [0x2f, 0x6f, 0x3e],
        LogoPattern::Tartan,
    ),
    bank(
        "ins_109512",
        "Houndstooth Bank",
        [0x00, 0x49, 0x66],
        LogoPattern::Houndstooth,
    ),
    Institution {
        sign_in: SignIn::OAuth,
        ..bank(
            "ins_127287",
            "Platypus OAuth Bank",
            [0x9c, 0x4d, 0x12],
            LogoPattern::Key,
        )
    },
    Institution {
        health: Health::Degraded,
        ..bank(
            "ins_132363",
            "Unhealthy Platypus Bank - Degraded",
            [0xb0, 0x7d, 0x00],
            LogoPattern::BrokenWaves,
        )
    },
    Institution {
        health: Health::Down,
        ..bank(
            "ins_132361",
            "Unhealthy Platypus Bank - Down",
            [0x8a, 0x8f, 0x98],
            LogoPattern::Calm,
        )
    },
    Institution {
        health: Health::Unsupported,
        ..bank(
            "ins_133402",
            "Unsupported Platypus Bank",
            [0x6b, 0x70, 0x7a],
            LogoPattern::Barred,
        )
    },
    bank(
        "ins_128026",
        "Capital One",
        [0x00, 0x48, 0x79],
        LogoPattern::Arcs,
    ),
    Institution {
        country: "CA",
        routing_numbers: &[],
        ..bank(
            "ins_43",
            "Tartan-Dominion Bank of Canada",
            [0xa3, 0x1f, 0x34],
            LogoPattern::Lozenge,
        )
    },
];

impl Institution {
    /// The institution with this id.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        INSTITUTIONS.iter().find(|institution| institution.id == id)
    }

    /// The institutions of these countries whose name contains all the words.
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

    /// Whether every one of these products can be had here.
    pub(crate) fn supports(&self, products: &[String]) -> bool {
        products
            .iter()
            .all(|product| PRODUCTS.contains(&product.as_str()))
    }

    pub(crate) fn primary_color_hex(&self) -> String {
        let [red, green, blue] = self.primary_color;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canada_shows_only_when_asked_for() {
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
