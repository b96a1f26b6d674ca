//! The limit on open files, which sockets are.

use anyhow::{Context, ensure};

/// Files beside the sockets: databases, binaries, the runtime's own.
const OTHERS: u64 = 256;

/// Raises this process's limit, which the server inherits, so that it may hold `sockets`.
pub(crate) fn make_room(sockets: usize) -> anyhow::Result<()> {
    let needed = sockets as u64 + OTHERS;
    let allowed =
        rlimit::increase_nofile_limit(needed.max(rlimit::getrlimit(rlimit::Resource::NOFILE)?.0))
            .context("cannot read the limit on open files")?;
    ensure!(
        allowed >= needed,
        "{sockets} sockets need {needed} open files, and {allowed} are allowed: `ulimit -n {needed}`"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_some_sockets_and_not_for_all() {
        make_room(10).unwrap();
        let error = make_room(usize::MAX / 2).unwrap_err().to_string();
        assert!(error.contains("ulimit -n"), "{error}");
    }
}
