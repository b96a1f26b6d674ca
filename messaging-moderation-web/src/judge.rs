//! The engine cut in two where the network runs: what comes before it, and what comes after.

use messaging_moderation::model::{Logits, Manifest, ManifestError, Tokens, TokensError};
use messaging_moderation::{Context, Policy, PolicyError, Reading, Verdict};

/// Why a text cannot be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JudgeError {
    /// The model's files are not what they should be.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The model's tokenizer cannot be used, or not on this text.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The policy has a mistake.
    #[error("the policy: {0}")]
    Policy(#[from] PolicyError),
    /// The network's answer has another form than the text's windows ask for.
    #[error("the network gave {found} logits, and {expected} were asked for")]
    Logits {
        /// 32 a window.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// A text that the rules have read, and that the network is to read.
#[derive(Debug)]
pub struct Prepared {
    reading: Reading,
    windows: Vec<Vec<i64>>,
}

impl Prepared {
    /// The token ids of each window, one at least: the network's `input_ids`, `[1, length]`.
    pub fn windows(&self) -> &[Vec<i64>] {
        &self.windows
    }
}

/// Everything of the engine but the network.
#[derive(Debug)]
pub struct Judge {
    manifest: Manifest,
    tokens: Tokens,
    policy: Policy,
}

impl Judge {
    /// Reads `model.toml` and `tokenizer.json`; `policy` overrides parts of the built-in one.
    ///
    /// # Errors
    ///
    /// [`JudgeError`] says which file has what mistake.
    pub fn new(manifest: &str, tokenizer: &[u8], policy: Option<&str>) -> Result<Self, JudgeError> {
        let manifest = Manifest::parse(manifest)?;
        let tokens = Tokens::new(&manifest, tokenizer)?;
        let policy = policy.map_or_else(
            || Ok(Policy::builtin()),
            |toml| Policy::builtin().overridden(toml),
        )?;
        Ok(Self {
            manifest,
            tokens,
            policy,
        })
    }

    /// `<name>@<version>`, as verdicts bear it.
    pub fn model_id(&self) -> String {
        self.manifest.id()
    }

    /// Checks that `model.onnx` is the file that `model.toml` speaks of.
    ///
    /// # Errors
    ///
    /// [`JudgeError::Manifest`].
    pub fn check_network(&self, bytes: &[u8]) -> Result<(), JudgeError> {
        Ok(self.manifest.check_network(bytes)?)
    }

    /// Reads `text` by the rules, and cuts it into windows for the network.
    ///
    /// # Errors
    ///
    /// [`JudgeError::Tokens`].
    pub fn prepare(&self, text: &str, context: Context) -> Result<Prepared, JudgeError> {
        let reading = Reading::new(text, context);
        let windows = self.tokens.windows(reading.plain(), context)?;
        Ok(Prepared { reading, windows })
    }

    /// The verdict, from the network's logits of each window, one window after the other.
    ///
    /// # Errors
    ///
    /// [`JudgeError::Logits`].
    pub fn decide(&self, prepared: &Prepared, logits: &[f32]) -> Result<Verdict, JudgeError> {
        let (windows, rest) = logits.as_chunks();
        if windows.len() != prepared.windows.len() || !rest.is_empty() {
            return Err(JudgeError::Logits {
                expected: prepared.windows.len() * size_of::<Logits>() / size_of::<f32>(),
                found: logits.len(),
            });
        }
        Ok(prepared
            .reading
            .by_model(&self.policy, &self.manifest, windows))
    }
}

#[cfg(test)]
mod tests {
    use messaging_moderation::model::shipped;
    use messaging_moderation::{Action, Flag, Span};

    use super::*;

    fn judge(policy: Option<&str>) -> Result<Judge, JudgeError> {
        Judge::new(shipped::MANIFEST, shipped::TOKENIZER, policy)
    }

    #[test]
    fn rules_and_network_make_one_verdict() {
        let judge = judge(None).unwrap();
        let text = "🙂 mail joe@example.com";
        let prepared = judge.prepare(text, Context::default()).unwrap();
        let mut logits = [-9.0; 32];
        logits[Flag::Violence.index()] = 9.0;
        let verdict = judge.decide(&prepared, &logits).unwrap();
        assert!(verdict.has(Flag::Violence));
        let email = verdict
            .flags
            .iter()
            .find(|finding| finding.flag == Flag::EmailAddress)
            .unwrap();
        assert_eq!(email.span, Some(Span::new(7, 22)));
        assert_eq!(verdict.model, judge.model_id());
    }

    #[test]
    fn every_window_has_its_logits() {
        let judge = judge(None).unwrap();
        let text = "river mountain ".repeat(200);
        let prepared = judge.prepare(&text, Context::default()).unwrap();
        let windows = prepared.windows().len();
        assert!(windows > 1);
        let mut logits = vec![-9.0; 32 * windows];
        assert_eq!(
            judge.decide(&prepared, &logits).unwrap().action,
            Action::Allow
        );
        logits.pop();
        let error = judge.decide(&prepared, &logits).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "the network gave {} logits, and {} were asked for",
                32 * windows - 1,
                32 * windows
            )
        );
    }

    #[test]
    fn a_policy_overrides_the_built_in_one_and_its_mistakes_are_named() {
        let strict = judge(Some("[severity]\nemail_address = \"critical\"\n")).unwrap();
        let prepared = strict
            .prepare("mail joe@example.com", Context::default())
            .unwrap();
        let verdict = strict.decide(&prepared, &[-9.0; 32]).unwrap();
        assert_eq!(verdict.action, Action::Block);
        let error = judge(Some("[severity]\nspam = \"dire\"\n")).unwrap_err();
        assert!(
            error.to_string().starts_with("the policy: line 2"),
            "{error}"
        );
    }

    #[test]
    fn another_network_than_the_manifests_is_refused() {
        let error = judge(None).unwrap().check_network(b"network").unwrap_err();
        assert!(
            error.to_string().contains("model.onnx is damaged"),
            "{error}"
        );
    }
}
