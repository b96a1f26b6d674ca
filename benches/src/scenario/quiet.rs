//! Waiting until a server has done what it has to do.

use std::time::Duration;

use anyhow::bail;
use tokio::time::{Instant, sleep};

use crate::target::{Target, process};

/// How long it is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// The most processor time in that: 4 %.
const IDLE: Duration = Duration::from_millis(20);
/// How long a server may be busy with what nobody waits for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until the server hardly uses the processor, so that what went before is not counted to
/// what is measured next. One whose process is not known is not waited for.
pub(super) async fn quiet(target: &Target) -> anyhow::Result<()> {
    let Some(pid) = target.pid() else {
        return Ok(());
    };
    let give_up = Instant::now() + PATIENCE;
    let mut before = process::cpu(pid)?;
    while Instant::now() < give_up {
        sleep(LOOK).await;
        let now = process::cpu(pid)?;
        if now.saturating_sub(before) <= IDLE {
            return Ok(());
        }
        before = now;
    }
    bail!("the server is still busy after {} s", PATIENCE.as_secs())
}
