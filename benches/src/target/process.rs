//! What the operating system accounts a process: proc(5).

use std::{fs, path::Path, time::Duration};

use anyhow::Context;

/// Processor time that the process has used, with all its threads, to a hundredth of a second.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    Ok(Stat::read(Path::new(&format!("/proc/{pid}")))?.own)
}

/// Processor time that this process has used.
pub(crate) fn own_cpu() -> anyhow::Result<Duration> {
    cpu(std::process::id())
}

/// Memory that the process holds now, in KiB: its resident set.
pub(crate) fn memory_kib(pid: u32) -> anyhow::Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup.lines().find(|line| line.starts_with("Rss:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kib.context("the system does not tell")?.parse()?)
}

/// Processor time of all processes of this name, and of their children that have ended; `None`
/// when there is none.
pub(crate) fn cpu_of_all(name: &str) -> anyhow::Result<Option<Duration>> {
    let mut sum = None;
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let numeric = path.file_name().and_then(|name| name.to_str());
        if !numeric.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
            continue;
        }
        // One that has just ended is accounted to its parent.
        let Ok(stat) = Stat::read(&path) else {
            continue;
        };
        if stat.name == name {
            *sum.get_or_insert(Duration::ZERO) += stat.own + stat.ended_children;
        }
    }
    Ok(sum)
}

/// The part of `/proc/<pid>/stat` that matters here.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    name: String,
    own: Duration,
    ended_children: Duration,
}

impl Stat {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(folder.join("stat"))?;
        Self::parse(&stat).context("a line that proc(5) does not describe")
    }

    /// Fields 14 to 17 are in ticks of a hundredth of a second; the name in field 2 may hold spaces
    /// and parentheses, so fields are counted from its end.
    fn parse(stat: &str) -> Option<Self> {
        let (front, rest) = stat.rsplit_once(')')?;
        let (_, name) = front.split_once('(')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            name: name.to_owned(),
            own: Duration::from_millis((ticks(11)? + ticks(12)?) * 10),
            ended_children: Duration::from_millis((ticks(13)? + ticks(14)?) * 10),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_a_strange_name_is_read() {
        let line = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 1 0 9 1 1";
        let stat = Stat::parse(line).unwrap();
        assert_eq!(stat.name, "a (b) c");
        assert_eq!(stat.own, Duration::from_secs(2));
        assert_eq!(stat.ended_children, Duration::from_millis(100));
        assert_eq!(Stat::parse("42 (a) S 1"), None);
    }

    #[test]
    fn this_process_has_a_size_and_is_found_by_its_name() {
        let pid = std::process::id();
        assert!(memory_kib(pid).unwrap() > 100);
        let name = fs::read_to_string("/proc/self/comm").unwrap();
        assert!(cpu_of_all(name.trim()).unwrap().is_some());
        assert_eq!(cpu_of_all("no process is called so").unwrap(), None);
    }
}
