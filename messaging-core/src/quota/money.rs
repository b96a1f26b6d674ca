//! Amounts of money.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217. On the wire its code: `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(iso_currency::Currency);

/// A text that is no currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency code of ISO 4217, like EUR")]
pub struct ParseCurrencyError;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

impl Currency {
    /// The code of three capital letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits its minor unit has: 2 for a currency of cents.
    pub fn exponent(self) -> u16 {
        self.0.exponent().unwrap_or(0)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = iso_currency::Currency::from_code(text);
        let known = known.filter(|currency| currency.code() == text && !currency.is_special());
        known.map(Self).ok_or(ParseCurrencyError)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in a currency's minor units: `{"amount": 250, "currency": "EUR"}` is 2.50 euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Money {
    /// Minor units; negative for what goes out of a ledger account.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// The largest price, and the largest purchase, in minor units.
    pub const MAX: i64 = 1_000_000_000_000;

    /// So many minor units of a currency.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The same amount the other way.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self {
            amount: -self.amount,
            currency: self.currency,
        }
    }
}

/// `2.50 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.currency.exponent());
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = format!(
            "{:0>width$}",
            self.amount.unsigned_abs(),
            width = digits + 1
        );
        let (whole, part) = amount.split_at(amount.len() - digits);
        let point = if digits > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{part} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_those_of_the_standard() {
        for good in ["EUR", "USD", "JPY", "BHD"] {
            assert_eq!(good.parse::<Currency>().unwrap().code(), good);
        }
        for bad in ["", "eur", "EURO", "ABC", "XXX", "XTS"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn money_is_shown_with_its_currencys_digits() {
        let shown = |amount, code: &str| Money::new(amount, code.parse().unwrap()).to_string();
        assert_eq!(shown(250, "EUR"), "2.50 EUR");
        assert_eq!(shown(-5, "EUR"), "-0.05 EUR");
        assert_eq!(shown(0, "USD"), "0.00 USD");
        assert_eq!(shown(250, "JPY"), "250 JPY");
        assert_eq!(shown(1_234, "BHD"), "1.234 BHD");
    }
}
