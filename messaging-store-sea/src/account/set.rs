//! Changing a user's standing.

use messaging_core::{
    account::{Account, AccountChange},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::{Change, Committed},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Bans, deactivates, and back.
#[derive(Debug)]
pub(super) struct SetAccount {
    pub(super) user_id: UserId,
    pub(super) change: AccountChange,
    pub(super) at: Timestamp,
}

impl Command for SetAccount {
    type Output = Committed<Account>;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.accounts.insert(self.user_id.clone());
        needs.sweeps.insert(self.user_id.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, StoreError> {
        set_account(unit, &self.user_id, &self.change, self.at)
    }
}

/// Makes the change, and tells it if it is one. The user's sweep is a need, too.
pub(crate) fn set_account(
    unit: &mut Unit,
    user_id: &UserId,
    change: &AccountChange,
    at: Timestamp,
) -> Result<Committed<Account>, StoreError> {
    let known = unit.accounts.get(user_id).cloned();
    let before = known.unwrap_or_else(|| Account::active(user_id.clone()));
    let mut account = before.clone();
    match change {
        AccountChange::Ban(ban) => account.ban = Some(ban.clone()),
        AccountChange::Unban => account.ban = None,
        AccountChange::Deactivate => account.deactivated = true,
        AccountChange::Reactivate => account.deactivated = false,
        _ => return Err(StoreError::backend("an account change of a newer version")),
    }
    if account == before {
        return Ok(Committed::unchanged(account));
    }
    unit.accounts.insert(user_id.clone(), account.clone());
    let change = Change::AccountChanged {
        account: account.clone(),
    };
    let position = unit.log(at, None, [].into(), change);
    if account.deactivated != before.deactivated {
        unit.sweeps.insert(user_id.clone(), position);
    }
    Ok(Committed::at(position, account))
}
