//! Exact amounts of money: 23631.9805 is sent as 23631.9805 and 100 as 100, without binary floating point.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(pub(crate) Decimal);

impl Amount {
    pub(crate) fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2).normalize())
    }

    /// Normalizes, like `minus`.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self((self.0 + other.0).normalize())
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).normalize())
    }
}

impl FromStr for Amount {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(['e', 'E']) {
            return Decimal::from_scientific(text).map(Self);
        }
        Decimal::from_str_exact(text).map(Self)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        raw.get().parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_text() {
        for text in ["23631.9805", "100", "-35.20", "0.1", "12.17"] {
            let amount: Amount = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), text);
        }
    }

    #[test]
    fn strings_are_rejected_and_exponents_accepted() {
        assert!(serde_json::from_str::<Amount>("\"100\"").is_err());
        assert_eq!(
            serde_json::from_str::<Amount>("1e2").unwrap(),
            "100".parse().unwrap()
        );
    }
}
