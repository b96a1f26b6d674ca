//! Where money is and how it came there.

use std::{fmt, str::FromStr};

use super::Money;
use crate::{
    clock::Timestamp,
    id::{MessageId, Position, UserId},
};

/// A place for money. As text: `wallet:ann`, `earnings:maya`, `purchases`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerAccount {
    /// A user's credits: never below zero.
    Wallet(UserId),
    /// What messages have brought a creator.
    Earnings(UserId),
    /// Where credits come from: minus all that was ever bought.
    Purchases,
}

/// A text that the ledger did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not of this ledger")]
pub struct ParseLedgerError;

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(user_id) => write!(f, "wallet:{user_id}"),
            Self::Earnings(creator_id) => write!(f, "earnings:{creator_id}"),
            Self::Purchases => f.write_str("purchases"),
        }
    }
}

impl FromStr for LedgerAccount {
    type Err = ParseLedgerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "purchases" {
            return Ok(Self::Purchases);
        }
        let (kind, user_id) = text.split_once(':').ok_or(ParseLedgerError)?;
        let user_id = user_id.parse().map_err(|_| ParseLedgerError)?;
        match kind {
            "wallet" => Ok(Self::Wallet(user_id)),
            "earnings" => Ok(Self::Earnings(user_id)),
            _ => Err(ParseLedgerError),
        }
    }
}

/// What moved money. As text: `purchase:42`, `message:0190…`. A transfer is made once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transfer {
    /// A purchase of credits, by its id at the platform.
    Purchase(String),
    /// A message that was paid with credits.
    Message(MessageId),
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purchase(id) => write!(f, "purchase:{id}"),
            Self::Message(id) => write!(f, "message:{id}"),
        }
    }
}

impl FromStr for Transfer {
    type Err = ParseLedgerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("purchase", id)) => Ok(Self::Purchase(id.to_owned())),
            Some(("message", id)) => {
                let id = id.parse().map_err(|_| ParseLedgerError)?;
                Ok(Self::Message(id))
            }
            _ => Err(ParseLedgerError),
        }
    }
}

/// One side of a transfer. The lines of a transfer add up to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Where the log holds what caused it.
    pub position: Position,
    /// What moved it.
    pub transfer: Transfer,
    /// Where to, or where from.
    pub account: LedgerAccount,
    /// How much came in; negative for what went out.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn accounts_and_transfers_come_back_from_text() {
        let user_id: UserId = "shop:ann".parse().unwrap();
        let accounts = [
            LedgerAccount::Wallet(user_id.clone()),
            LedgerAccount::Earnings(user_id),
            LedgerAccount::Purchases,
        ];
        for account in accounts {
            assert_eq!(account.to_string().parse(), Ok(account));
        }
        let transfers = [
            Transfer::Purchase("a:b".to_owned()),
            Transfer::Message(MessageId::from_uuid(Uuid::nil())),
        ];
        for transfer in transfers {
            assert_eq!(transfer.to_string().parse(), Ok(transfer));
        }
        for bad in ["", "wallet", "wallet:", "safe:ann", "message:1"] {
            assert!(bad.parse::<LedgerAccount>().is_err(), "{bad}");
            assert!(bad.parse::<Transfer>().is_err(), "{bad}");
        }
    }
}
