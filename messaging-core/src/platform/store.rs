//! The port for events of the platform.

use async_trait::async_trait;

use super::{PlatformEvent, ReceiveError, Reception};
use crate::{clock::Timestamp, log::Committed};

/// Takes in what the platform tells.
#[async_trait]
pub trait PlatformStore: Send + Sync {
    /// Notes that an event has come and makes its change, atomically:
    ///
    /// 1. One whose key was noted before changes nothing: [`Reception::Repeated`].
    /// 2. One that happened before the newest of its [topic](super::PlatformChange::topic) is noted
    ///    and changes nothing: [`Reception::Outdated`].
    /// 3. A change of an account is made as
    ///    [`set_account`](crate::account::AccountStore::set_account) makes it, a change of quotas as
    ///    [`change_quota`](crate::quota::QuotaStore::change_quota) does. A grant or purchase whose
    ///    own id was given before with the same values is noted, too, and is
    ///    [`Reception::Repeated`].
    ///
    /// The position is that of the log entry, if the change appended one.
    ///
    /// # Errors
    /// Those of the change. Then the event is not noted: it may come again.
    async fn receive(
        &self,
        event: PlatformEvent,
        at: Timestamp,
    ) -> Result<Committed<Reception>, ReceiveError>;
}
