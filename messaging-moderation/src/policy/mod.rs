//! How grave a flag is where, how sure the engine has to be, and what is then done.
//!
//! A policy is data: a table of flag × audience × surface → severity, a threshold a flag, and
//! severity → action. The built-in one stands in `builtin.toml`; an operator's file of the same
//! form overrides any part of it.

mod file;

use crate::context::{Audience, Context, Surface};
use crate::flag::Flag;
use crate::verdict::{Action, Severity};

pub use file::PolicyError;

const FLAGS: usize = Flag::ALL.len();

/// How grave one flag is, by audience and surface; `None` where it is not reported.
type Cells = [[Option<Severity>; Surface::ALL.len()]; Audience::ALL.len()];

/// How grave a flag is where, how sure the engine has to be, and what is then done.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    cells: [Cells; FLAGS],
    thresholds: [Option<f32>; FLAGS],
    actions: [Action; 4],
}

impl Policy {
    /// The built-in policy.
    pub fn builtin() -> Self {
        let empty = Self {
            cells: [[[None; Surface::ALL.len()]; Audience::ALL.len()]; FLAGS],
            thresholds: [None; FLAGS],
            actions: [Action::Allow, Action::Warn, Action::Flag, Action::Block],
        };
        match empty.overridden(include_str!("builtin.toml")) {
            Ok(policy) => policy,
            Err(error) => unreachable!("the built-in policy: {error}"),
        }
    }

    /// This policy with the parts that `toml` names replaced.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the line and what is wrong there: a flag, an audience, a severity or
    /// an action that is none, a threshold that is not between 0 and 1.
    pub fn overridden(&self, toml: &str) -> Result<Self, PolicyError> {
        let mut policy = self.clone();
        file::read(toml)?.apply(&mut policy);
        Ok(policy)
    }

    /// How grave `flag` is in `context`; `None` when it is not reported there.
    pub const fn severity(&self, flag: Flag, context: Context) -> Option<Severity> {
        self.cells[flag.index()][context.audience as usize][context.surface as usize]
    }

    /// How sure the engine has to be of `flag`, from 0 to 1, if the policy says so: else the model
    /// brings its own.
    pub const fn threshold(&self, flag: Flag) -> Option<f32> {
        self.thresholds[flag.index()]
    }

    /// What is done with a text whose gravest flag is of `severity`.
    pub const fn action(&self, severity: Severity) -> Action {
        self.actions[severity as usize]
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::builtin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADULT: Context = Context::new(Audience::Adult, Surface::Message);
    const GENERAL: Context = Context::new(Audience::General, Surface::Message);

    #[test]
    fn the_built_in_policy_says_something_of_every_flag() {
        let policy = Policy::builtin();
        for flag in Flag::ALL {
            for audience in Audience::ALL {
                for surface in Surface::ALL {
                    let severity = policy.severity(flag, Context::new(audience, surface));
                    assert!(severity.is_some(), "{flag} {audience:?} {surface:?}");
                }
            }
        }
    }

    #[test]
    fn adults_may_be_explicit_and_minors_are_safe_everywhere() {
        let policy = Policy::builtin();
        let action = |flag, context| {
            policy
                .severity(flag, context)
                .map(|grave| policy.action(grave))
        };
        assert_eq!(action(Flag::SexualExplicit, ADULT), Some(Action::Allow));
        assert_eq!(action(Flag::SexualExplicit, GENERAL), Some(Action::Flag));
        assert_eq!(action(Flag::MinorSafety, ADULT), Some(Action::Block));
        assert_eq!(action(Flag::MinorSafety, GENERAL), Some(Action::Block));
    }

    #[test]
    fn an_operator_overrides_any_cell() {
        let policy = Policy::builtin()
            .overridden(
                r#"
                [actions]
                medium = "block"
                [thresholds]
                spam = 0.75
                [severity]
                profanity = "off"
                [severity.external_link]
                general = "high"
                adult = { clip = "critical" }
                "#,
            )
            .unwrap();
        assert_eq!(policy.action(Severity::Medium), Action::Block);
        assert_eq!(policy.threshold(Flag::Spam), Some(0.75));
        assert_eq!(policy.threshold(Flag::Scam), None);
        assert_eq!(policy.severity(Flag::Profanity, GENERAL), None);
        assert_eq!(
            policy.severity(Flag::ExternalLink, GENERAL),
            Some(Severity::High)
        );
        let clip = Context::new(Audience::Adult, Surface::Clip);
        assert_eq!(
            policy.severity(Flag::ExternalLink, clip),
            Some(Severity::Critical)
        );
        assert_eq!(
            policy.severity(Flag::ExternalLink, ADULT),
            Policy::builtin().severity(Flag::ExternalLink, ADULT)
        );
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (toml, line, word) in [
            ("[thresholds]\nspam = 1.5\n", 2, "between 0 and 1"),
            ("[thresholds]\n\nmurder = 0.5\n", 3, "murder"),
            ("[actions]\nlow = \"shrug\"\n", 2, "shrug"),
            ("[severity]\nspam = \"dire\"\n", 2, "dire"),
            ("[severity.spam]\nteens = \"low\"\n", 2, "teens"),
            ("[severity.spam]\nadult = { wall = \"low\" }\n", 2, "wall"),
            ("[severities]\n", 1, "severities"),
            ("[severity\n", 1, ""),
        ] {
            let error = Policy::builtin().overridden(toml).unwrap_err();
            let said = error.to_string();
            assert_eq!(error.line(), Some(line), "{said}");
            assert!(said.contains(word), "{said}");
            assert!(said.starts_with(&format!("line {line}: ")), "{said}");
        }
    }
}
