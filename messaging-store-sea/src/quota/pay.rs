//! Paying for a message, as a part of appending it.

use std::sync::Arc;

use messaging_core::{
    log::Change,
    message::{Message, NewMessage},
    quota::{
        Charge, Cover, LedgerAccount, LedgerLine, Payment, QuotaExhausted, Scope, Sending, Transfer,
    },
};

use crate::{thread::ThreadRow, unit::Unit};

/// What covers a message, and for whom it must be good; `None` for one that is free.
pub(crate) fn cover(
    unit: &Unit,
    thread: &ThreadRow,
    new: &NewMessage,
) -> Result<Option<(Scope, Cover)>, QuotaExhausted> {
    if !new.quota.is_on() {
        return Ok(None);
    }
    let participants = unit.participants(new.thread_id);
    let sending = Sending::new(
        (&new.sender_id, new.sender_role),
        thread.kind,
        &thread.created_by,
        participants.map(|(user_id, row)| (user_id, row.role)),
    );
    let Some(payee) = new.quota.payee(&sending) else {
        return Ok(None);
    };
    let means = unit.quota.means(&new.sender_id, &payee, new.at);
    let cover = means.cover(new.at)?;
    Ok(Some((payee, cover)))
}

/// Takes what covers a message that was appended, and tells it.
pub(crate) fn charge(unit: &mut Unit, message: &Message, payee: &Scope, cover: Cover) {
    let (user_id, at) = (&message.sender_id, message.created_at);
    let payment = match cover {
        Cover::Unlimited => return,
        Cover::Grant { grant_id } => {
            unit.quota.use_grant(user_id, &grant_id);
            Payment::Grant { grant_id }
        }
        Cover::Credits { price } => {
            if let Some(creator_id) = payee.creator_id() {
                let from = LedgerLine {
                    position: unit.next_position(),
                    transfer: Transfer::Message(message.id),
                    account: LedgerAccount::Wallet(user_id.clone()),
                    amount: price.negated(),
                    at,
                };
                let to = LedgerAccount::Earnings(creator_id.clone());
                unit.quota.transfer(from, to);
            }
            Payment::Credits { price }
        }
    };
    let charge = Charge {
        message_id: message.id,
        thread_id: message.thread_id,
        user_id: user_id.clone(),
        creator_id: payee.creator_id().cloned(),
        payment,
    };
    unit.quota.add_charge(charge.clone(), at);
    let means = unit.quota.means(user_id, payee, at);
    let told = Change::QuotaCharged {
        charge: Arc::new(charge),
        means: Arc::new(means),
    };
    unit.log(at, Some(user_id), [user_id.clone()].into(), told);
}
