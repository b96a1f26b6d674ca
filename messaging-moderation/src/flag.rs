//! The 32 flags.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What kind of thing a flag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Somebody may come to harm.
    CriticalSafety,
    /// Somebody is abused, or content is of a kind that needs care.
    Abuse,
    /// Somebody is cheated, or the marketplace is.
    FraudAndTrade,
    /// The text's form, whatever it means: found by rules, with the place where it stands.
    Structural,
}

macro_rules! flags {
    ($($(#[$doc:meta])* $variant:ident = $name:literal in $group:ident,)+) => {
        /// What a text holds, whoever reads it. How grave that is depends on the
        /// [context](crate::Context) and is the [policy](crate::Policy)'s to say.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Flag {
            $($(#[$doc])* $variant,)+
        }

        impl Flag {
            /// All of them; a flag's place here is its place among the model's outputs.
            pub const ALL: [Self; 32] = [$(Self::$variant),+];

            /// The name it has in verdicts, policies and training data.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What kind of thing it names.
            pub const fn group(self) -> Group {
                match self {
                    $(Self::$variant => Group::$group,)+
                }
            }
        }
    };
}

flags! {
    /// Says or hints that a participant is under 18, seeks or sexualises minors.
    MinorSafety = "minor_safety" in CriticalSafety,
    /// Shows someone forced, controlled or held in debt; another takes their earnings or papers.
    TraffickingCoercion = "trafficking_coercion" in CriticalSafety,
    /// Is about sexual or recorded acts without consent.
    NonConsent = "non_consent" in CriticalSafety,
    /// Holds intent to, or encouragement of, suicide or self-injury.
    SelfHarm = "self_harm" in CriticalSafety,
    /// Threatens, wishes or graphically describes physical harm to a person.
    Violence = "violence" in CriticalSafety,
    /// Demands something under the threat of harm or exposure.
    Extortion = "extortion" in CriticalSafety,
    /// Publishes, or threatens to publish, another person's identity or private data.
    Doxxing = "doxxing" in CriticalSafety,
    /// Shows following, tracking, or contact after being told to stop.
    Stalking = "stalking" in CriticalSafety,
    /// Praises or recruits for violent extremism.
    Extremism = "extremism" in CriticalSafety,
    /// Insults, bullies or demeans a person.
    Harassment = "harassment" in Abuse,
    /// Attacks a protected group, or a person as its member.
    Hate = "hate" in Abuse,
    /// Swears, whoever it aims at.
    Profanity = "profanity" in Abuse,
    /// Is sexually explicit.
    SexualExplicit = "sexual_explicit" in Abuse,
    /// Presses sexually against another's wish.
    SexualHarassment = "sexual_harassment" in Abuse,
    /// Is sexual content that card networks forbid even between adults.
    ProhibitedSexual = "prohibited_sexual" in Abuse,
    /// Poses as staff, support, the creator or another person.
    Impersonation = "impersonation" in Abuse,
    /// Is an advance fee, a fake prize, an investment scheme or romance fraud.
    Scam = "scam" in FraudAndTrade,
    /// Asks for credentials, codes, or a login elsewhere.
    Phishing = "phishing" in FraudAndTrade,
    /// Is bulk promotion, a chain message, flooding or shouting.
    Spam = "spam" in FraudAndTrade,
    /// Asks to pay or be paid outside the platform.
    OffPlatformPayment = "off_platform_payment" in FraudAndTrade,
    /// Asks to move the talk to another app or channel.
    OffPlatformContact = "off_platform_contact" in FraudAndTrade,
    /// Offers or asks to buy in-person sexual services.
    Solicitation = "solicitation" in FraudAndTrade,
    /// Is sale, supply or purchase of illegal drugs.
    Drugs = "drugs" in FraudAndTrade,
    /// Is sale, supply or purchase of weapons.
    Weapons = "weapons" in FraudAndTrade,
    /// Holds a telephone number, also spelled or spaced out.
    PhoneNumber = "phone_number" in Structural,
    /// Holds an e-mail address, also as "name at domain dot com".
    EmailAddress = "email_address" in Structural,
    /// Holds a URL, a bare domain, or "site dot com".
    ExternalLink = "external_link" in Structural,
    /// Gives a handle on another service.
    SocialHandle = "social_handle" in Structural,
    /// Holds a payment card, an IBAN, a crypto wallet or a cashtag.
    FinancialAccount = "financial_account" in Structural,
    /// Holds a social security, passport or national identity number.
    GovernmentId = "government_id" in Structural,
    /// Holds a street address.
    PhysicalAddress = "physical_address" in Structural,
    /// Hides a word: invisible characters, look-alike letters, leetspeak, letter spacing.
    Obfuscation = "obfuscation" in Structural,
}

impl Flag {
    /// Its place among the model's outputs.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether rules find it by form.
    pub const fn is_structural(self) -> bool {
        matches!(self.group(), Group::Structural)
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no flag has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no flag is called `{0}`")]
pub struct UnknownFlag(pub String);

impl FromStr for Flag {
    type Err = UnknownFlag;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|flag| flag.name() == name)
            .ok_or_else(|| UnknownFlag(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flags_name_is_the_one_it_is_written_with() {
        for (place, flag) in Flag::ALL.into_iter().enumerate() {
            assert_eq!(flag.index(), place);
            assert_eq!(flag.name().parse(), Ok(flag));
            assert_eq!(serde_json::to_value(flag).unwrap(), flag.name());
        }
        assert!("murder".parse::<Flag>().is_err());
    }

    #[test]
    fn nine_flags_are_critical_and_eight_structural() {
        let count = |group| {
            Flag::ALL
                .into_iter()
                .filter(|flag| flag.group() == group)
                .count()
        };
        assert_eq!(count(Group::CriticalSafety), 9);
        assert_eq!(count(Group::Structural), 8);
    }
}
