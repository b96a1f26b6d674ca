//! Accounts between the table and the core.

use messaging_core::{
    account::{Account, Ban},
    error::StoreError,
};

use crate::{convert, entity};

/// Reads an account.
pub(crate) fn account(row: entity::account::Model) -> Result<Account, StoreError> {
    let id = &row.user_id;
    let until = convert::maybe_timestamp(row.ban_until, "account.ban_until", id)?;
    Ok(Account {
        user_id: convert::user_id(id, "account.user_id", id)?,
        ban: row.ban_reason.map(|reason| Ban { reason, until }),
        deactivated: row.deactivated,
    })
}
