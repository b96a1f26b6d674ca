//! The same text in twenty evasive ways, and twenty harmless texts that look as strange: a file a flag.
//!
//! `evasion/FLAG.tsv` has a line a text: `evasive` or `harmless`, a tab, the text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;

use messaging_moderation::{Context, Engine, Flag, Policy};

/// The texts of a flag's file: the evasive ones and the harmless ones.
fn texts(flag: Flag) -> (Vec<String>, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evasion");
    let file = fs::read_to_string(folder.join(format!("{flag}.tsv"))).unwrap();
    let of = |kind: &str| -> Vec<String> {
        file.lines()
            .filter_map(|line| line.split_once('\t'))
            .filter(|(of, _)| *of == kind)
            .map(|(_, text)| text.to_owned())
            .collect()
    };
    let (evasive, harmless) = (of("evasive"), of("harmless"));
    assert_eq!((evasive.len(), harmless.len()), (20, 20), "{flag}");
    (evasive, harmless)
}

/// Asserts that `engine` finds `flag` in all evasive texts but `missed`, and in the harmless ones no
/// flag at all but in `alarms` of them. What it cannot do yet is counted, so that it does not grow.
fn assert_withstands(engine: &Engine, flag: Flag, missed: usize, alarms: usize) {
    let judged = |text: &String| engine.moderate(text, Context::default()).unwrap();
    let (evasive, harmless) = texts(flag);
    let not_found: Vec<_> = evasive
        .iter()
        .filter(|text| !judged(text).has(flag))
        .collect();
    let false_alarms: Vec<_> = harmless
        .iter()
        .map(|text| (text, judged(text).flags))
        .filter(|(_, flags)| !flags.is_empty())
        .collect();
    assert!(
        not_found.len() <= missed && false_alarms.len() <= alarms,
        "{flag}: not found {not_found:#?}\nfalse alarms {false_alarms:#?}"
    );
}

/// What rules find, by the rules alone.
mod by_form {
    use super::*;

    fn rules() -> Engine {
        Engine::rules(Policy::builtin())
    }

    macro_rules! withstands {
        ($($name:ident: $flag:ident, missed $missed:literal, alarms $alarms:literal;)+) => {
            $(
                #[test]
                fn $name() {
                    assert_withstands(&rules(), Flag::$flag, $missed, $alarms);
                }
            )+
        };
    }

    withstands! {
        phone_number: PhoneNumber, missed 4, alarms 0;
        email_address: EmailAddress, missed 7, alarms 0;
        external_link: ExternalLink, missed 7, alarms 0;
        social_handle: SocialHandle, missed 11, alarms 0;
        financial_account: FinancialAccount, missed 5, alarms 0;
        government_id: GovernmentId, missed 4, alarms 0;
        physical_address: PhysicalAddress, missed 11, alarms 0;
        obfuscation: Obfuscation, missed 2, alarms 0;
    }
}

/// What means something, by rules and model. A debug build takes long over it, so one test judges all.
#[cfg(feature = "tract")]
mod by_meaning {
    use messaging_moderation::{Backend, Model};

    use super::*;

    #[test]
    fn meant_texts_are_found_and_harmless_twins_are_not() {
        let model = Model::shipped(&Backend::Embedded, 1).unwrap();
        let engine = Engine::new(Policy::builtin(), model);
        // How many of twenty it misses, and how many of twenty harmless twins it accuses.
        for (flag, missed, alarms) in [
            (Flag::MinorSafety, 6, 0),
            (Flag::SelfHarm, 4, 1),
            (Flag::Violence, 1, 2),
            (Flag::Extortion, 1, 0),
            (Flag::Hate, 6, 2),
            (Flag::Harassment, 1, 0),
            (Flag::Phishing, 0, 3),
            (Flag::OffPlatformPayment, 1, 2),
            (Flag::OffPlatformContact, 0, 3),
            (Flag::Drugs, 2, 7),
        ] {
            assert_withstands(&engine, flag, missed, alarms);
        }
    }
}
