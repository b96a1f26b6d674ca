//! The engine: rules, model and policy together.

use crate::context::Context;
use crate::detect::{self, Hit};
use crate::flag::Flag;
#[cfg(feature = "tokens")]
use crate::model::{Logits, Manifest, scores};
use crate::policy::Policy;
use crate::verdict::{Action, Finding, Verdict};
use crate::view::View;

/// The name that verdicts bear when no model judged.
pub const RULES: &str = concat!("rules@", env!("CARGO_PKG_VERSION"));

/// What the rules found in a text, and how the model is to read it.
#[derive(Clone, Debug)]
pub struct Reading {
    context: Context,
    view: View,
    hits: Vec<Hit>,
}

impl Reading {
    /// Reads `text` by the rules.
    pub fn new(text: &str, context: Context) -> Self {
        let view = View::new(text);
        let hits = detect::find(&view);
        Self {
            context,
            view,
            hits,
        }
    }

    /// The text as the model reads it.
    pub fn plain(&self) -> &str {
        self.view.plain()
    }

    /// Where it is to be read.
    pub const fn context(&self) -> Context {
        self.context
    }

    /// The verdict by the rules alone.
    pub fn by_rules(&self, policy: &Policy) -> Verdict {
        self.verdict(policy, None, RULES.to_owned())
    }

    /// The verdict by the rules and the model's opinion of each window of the text.
    #[cfg(feature = "tokens")]
    pub fn by_model(&self, policy: &Policy, manifest: &Manifest, windows: &[Logits]) -> Verdict {
        let scores = scores(windows);
        let sure = |flag: Flag| {
            let threshold = policy
                .threshold(flag)
                .unwrap_or_else(|| manifest.threshold(flag));
            let score = scores[flag.index()];
            (score >= threshold).then_some(score)
        };
        self.verdict(policy, Some(&sure), manifest.id())
    }

    fn verdict(
        &self,
        policy: &Policy,
        model: Option<&dyn Fn(Flag) -> Option<f32>>,
        name: String,
    ) -> Verdict {
        let mut flags = Vec::new();
        for flag in Flag::ALL {
            let Some(severity) = policy.severity(flag, self.context) else {
                continue;
            };
            let least = policy
                .threshold(flag)
                .filter(|_| flag.is_structural())
                .unwrap_or(0.0);
            let by_rules = self
                .hits
                .iter()
                .filter(|hit| hit.flag == flag && hit.score >= least);
            let found = flags.len();
            flags.extend(by_rules.map(|hit| Finding {
                flag,
                score: rounded(hit.score),
                severity,
                span: Some(hit.span),
            }));
            // A place says more than an opinion: where a rule found the flag, the model's is the
            // same finding once more.
            if flags.len() == found
                && let Some(score) = model.and_then(|model| model(flag))
            {
                flags.push(Finding {
                    flag,
                    score: rounded(score),
                    severity,
                    span: None,
                });
            }
        }
        flags.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then(b.score.total_cmp(&a.score))
                .then(a.flag.cmp(&b.flag))
                .then(a.span.cmp(&b.span))
        });
        let action = flags
            .first()
            .map_or(Action::Allow, |gravest| policy.action(gravest.severity));
        Verdict {
            action,
            flags,
            model: name,
        }
    }
}

/// Three places: what is beyond differs between machines.
fn rounded(score: f32) -> f32 {
    (score * 1000.0).round() / 1000.0
}

/// Judges texts.
#[derive(Debug)]
pub struct Engine {
    policy: Policy,
    #[cfg(feature = "model")]
    model: Option<crate::model::Model>,
}

impl Engine {
    /// An engine of the rules alone.
    pub fn rules(policy: Policy) -> Self {
        warm_up();
        Self {
            policy,
            #[cfg(feature = "model")]
            model: None,
        }
    }

    /// An engine of rules and `model`.
    #[cfg(feature = "model")]
    pub fn new(policy: Policy, model: crate::model::Model) -> Self {
        warm_up();
        Self {
            policy,
            model: Some(model),
        }
    }

    /// Its policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What runs the model: `tract`, `onnxruntime` and its version, or `none`.
    pub fn backend(&self) -> &str {
        #[cfg(feature = "model")]
        if let Some(model) = &self.model {
            return model.backend();
        }
        "none"
    }

    /// What judges, as its verdicts bear it.
    pub fn model_id(&self) -> String {
        #[cfg(feature = "model")]
        if let Some(model) = &self.model {
            return model.manifest().id();
        }
        RULES.to_owned()
    }

    /// Judges `text` as it is read in `context`. It takes a few milliseconds of a processor: do not
    /// call it on a thread that others wait for.
    ///
    /// # Errors
    ///
    /// [`ModelError`](crate::ModelError), when the model cannot be run; never without a model.
    #[cfg(feature = "model")]
    pub fn moderate(&self, text: &str, context: Context) -> Result<Verdict, crate::ModelError> {
        let reading = Reading::new(text, context);
        let Some(model) = &self.model else {
            return Ok(reading.by_rules(&self.policy));
        };
        let windows = model.windows(reading.plain(), context)?;
        let logits = windows
            .into_iter()
            .map(|window| model.logits(window))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(reading.by_model(&self.policy, model.manifest(), &logits))
    }

    /// Judges `text` as it is read in `context`.
    #[cfg(not(feature = "model"))]
    pub fn moderate(
        &self,
        text: &str,
        context: Context,
    ) -> Result<Verdict, std::convert::Infallible> {
        Ok(Reading::new(text, context).by_rules(&self.policy))
    }
}

/// The first text that the rules read builds their patterns and tables: it is not a sender's.
fn warm_up() {
    Reading::new(
        "w4rm up: call 212 555 0142, mail joe@example.com, see example.com, ig: luna.b, $luna",
        Context::default(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Severity, Span};

    #[test]
    fn the_gravest_comes_first_and_decides() {
        let reading = Reading::new("s3nd it to $lunabakes", Context::default());
        let verdict = reading.by_rules(&Policy::builtin());
        assert_eq!(verdict.action, Action::Flag);
        let flags: Vec<_> = verdict
            .flags
            .iter()
            .map(|f| (f.flag, f.severity, f.span))
            .collect();
        assert_eq!(
            flags,
            [
                (
                    Flag::FinancialAccount,
                    Severity::High,
                    Some(Span::new(11, 21))
                ),
                (Flag::Obfuscation, Severity::Medium, Some(Span::new(0, 4))),
            ]
        );
    }

    #[test]
    fn a_flag_that_is_off_is_not_reported() {
        let policy = Policy::builtin()
            .overridden("[severity]\nobfuscation = \"off\"\n")
            .unwrap();
        let verdict = Reading::new("s3nd it", Context::default()).by_rules(&policy);
        assert_eq!((verdict.action, verdict.flags.len()), (Action::Allow, 0));
    }

    #[cfg(feature = "tokens")]
    #[test]
    fn a_rule_and_the_model_do_not_say_the_same_twice() {
        let manifest = Manifest::parse(crate::model::shipped::MANIFEST).unwrap();
        let reading = Reading::new("mail joe@example.com", Context::default());
        let mut logits = [-9.0; 32];
        logits[Flag::EmailAddress.index()] = 9.0;
        logits[Flag::Spam.index()] = 9.0;
        let policy = Policy::builtin()
            .overridden("[thresholds]\nemail_address = 0.5\nspam = 0.5")
            .unwrap();
        let verdict = reading.by_model(&policy, &manifest, &[[-9.0; 32], logits]);
        let flags: Vec<_> = verdict
            .flags
            .iter()
            .map(|f| (f.flag, f.span.is_some()))
            .collect();
        assert_eq!(flags, [(Flag::Spam, false), (Flag::EmailAddress, true)]);
    }
}
