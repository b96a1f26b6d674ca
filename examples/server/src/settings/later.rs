//! Settings of the protocol whose features this version does not have yet. One that asks for such
//! a feature stops the server: to go on would be to promise what is not kept.

/// A setting that has no effect yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Later {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is about.
    feature: &'static str,
    /// The values that ask for nothing; an empty one always does.
    harmless: &'static [&'static str],
}

const LATER: &[Later] = &[
    later("REDIS_URL", "a backplane between nodes", &[]),
    later("MESSAGING_ENABLE_CLIPS", "clips", &["true", "false"]),
    later(
        "MESSAGING_ENABLE_ANALYTICS",
        "analytics",
        &["true", "false"],
    ),
    later("MESSAGING_ARCHIVE_AFTER", "archiving", &["90d", "off"]),
    later("MESSAGING_PRUNE_AFTER", "pruning", &["off"]),
    later("MESSAGING_MEDIA_URL", "media", &[]),
    later(
        "MESSAGING_MAX_UPLOAD",
        "uploads",
        &["100 MiB", "100MiB", "104857600"],
    ),
    later("OTEL_EXPORTER_OTLP_ENDPOINT", "exported traces", &[]),
];

const fn later(
    name: &'static str,
    feature: &'static str,
    harmless: &'static [&'static str],
) -> Later {
    Later {
        name,
        feature,
        harmless,
    }
}

impl std::fmt::Display for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, feature, .. } = self;
        write!(
            f,
            "{name} asks for {feature}, which this version does not have yet"
        )?;
        match self.harmless.first() {
            Some(value) => write!(f, "; unset it, or set it to {value}"),
            None => write!(f, "; unset it"),
        }
    }
}

/// Every setting of a feature to come that asks for it. `lookup` gives a variable's value.
pub(crate) fn check_later(lookup: impl Fn(&str) -> Option<String>) -> Vec<Later> {
    let asks = |later: &&Later| {
        let value = lookup(later.name).unwrap_or_default();
        !value.is_empty() && !later.harmless.contains(&value.as_str())
    };
    LATER.iter().filter(asks).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_of_a_feature_to_come_is_named_unless_it_asks_for_nothing() {
        let asked = |name: &str, value: &str| {
            let lookup = |wanted: &str| (wanted == name).then(|| value.to_owned());
            check_later(lookup)
                .iter()
                .map(|later| later.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            asked("MESSAGING_MEDIA_URL", "./media"),
            ["MESSAGING_MEDIA_URL"]
        );
        assert_eq!(asked("REDIS_URL", "redis://localhost"), ["REDIS_URL"]);
        assert!(asked("MESSAGING_PRUNE_AFTER", "off").is_empty());
        assert!(asked("REDIS_URL", "").is_empty());
        assert!(asked("MESSAGING_ARCHIVE_AFTER", "90d").is_empty());
    }
}
