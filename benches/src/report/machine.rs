//! Where and how it ran.

use std::fs;

use serde::Serialize;

/// The machine, as far as it tells.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Machine {
    /// Cores that this process may use.
    cores: usize,
    processor: String,
    memory_gib: u64,
    kernel: String,
}

impl Machine {
    pub(super) fn this() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let memory_kib = value(&read("/proc/meminfo"), "MemTotal");
        let memory_kib = memory_kib
            .split_whitespace()
            .next()
            .and_then(|kib| kib.parse().ok());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: value(&read("/proc/cpuinfo"), "model name"),
            memory_gib: memory_kib.unwrap_or(0_u64).div_ceil(1 << 20),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            cores,
            processor,
            memory_gib,
            kernel,
        } = self;
        write!(
            f,
            "{cores} cores ({processor}), {memory_gib} GiB, Linux {kernel}"
        )
    }
}

/// What stands after `key` and a colon.
fn value(text: &str, key: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(name, _)| name.trim() == key);
    found.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

/// The command that gives this report again; secrets are left out.
pub(super) fn command_line(arguments: impl Iterator<Item = String>) -> String {
    let mut line = "messaging-bench".to_owned();
    let mut secret = false;
    for argument in arguments {
        line.push(' ');
        match argument.split_once('=') {
            Some(("--secret", _)) => line.push_str("--secret=…"),
            _ if secret => line.push('…'),
            _ => line.push_str(&argument),
        }
        secret = argument == "--secret";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_of_the_command() {
        let line = |text: &str| command_line(text.split(' ').map(str::to_owned));
        assert_eq!(
            line("pairs --secret hush --pairs 3"),
            "messaging-bench pairs --secret … --pairs 3"
        );
        assert_eq!(
            line("pairs --secret=hush"),
            "messaging-bench pairs --secret=…"
        );
    }

    #[test]
    fn values_are_found_by_their_keys() {
        let text = "processor\t: 0\nmodel name\t: A Processor @ 2.0\nmodel name\t: B";
        assert_eq!(value(text, "model name"), "A Processor @ 2.0");
        assert_eq!(value(text, "flags"), "");
    }
}
