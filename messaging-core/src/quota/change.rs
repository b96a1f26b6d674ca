//! Granting, selling, pricing and halting.

use super::{
    Allowance, Grant, MAX_BALANCE, MAX_GRANT_ID, MAX_GRANTED, MAX_OPEN_GRANTS, Money, Scope,
};
use crate::{
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::UserId,
    limits::check_chars,
};

/// Credits that a user has bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Its id at the platform: 1 to 128 characters.
    pub id: String,
    /// Who bought them.
    pub user_id: UserId,
    /// How much: more than nothing.
    pub amount: Money,
}

/// A change of what users may write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotaChange {
    /// Gives a grant.
    Grant(Grant),
    /// Adds credits.
    Purchase(Purchase),
    /// Sets what one message to a creator costs.
    Price {
        /// To whom.
        creator_id: UserId,
        /// How much: zero for nothing.
        price: Money,
    },
    /// Stops a user until something new is granted or bought.
    Halt {
        /// Whom.
        user_id: UserId,
        /// From writing to whom.
        scope: Scope,
    },
}

/// Why it was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeQuotaError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A grant or purchase of that id was made with other values.
    #[error("{0} was made before with other values")]
    Conflict(String),
    /// The user has as many open grants as one may have.
    #[error("a user has {MAX_OPEN_GRANTS} open grants at most")]
    TooMany,
    /// The user would have more credits than one may have.
    #[error("a user has {MAX_BALANCE} minor units of a currency at most")]
    TooMuch,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ChangeQuotaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::Conflict(_) | Self::TooMany | Self::TooMuch => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }
}

impl QuotaChange {
    /// Checks the values. The fields are named as in the platform's events.
    ///
    /// # Errors
    /// Names each field.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut faults = Vec::new();
        match self {
            Self::Grant(grant) => grant.check(&mut faults),
            Self::Purchase(purchase) => {
                check_chars("purchase_id", &purchase.id, 1, MAX_GRANT_ID, &mut faults);
                check_amount(purchase.amount, 1, &mut faults);
            }
            Self::Price { price, .. } => check_amount(*price, 0, &mut faults),
            Self::Halt { .. } => {}
        }
        Invalid::check(faults)
    }
}

impl Grant {
    fn check(&self, faults: &mut Vec<FieldError>) {
        check_chars("subscription_id", &self.id, 1, MAX_GRANT_ID, faults);
        if let Allowance::Messages(messages) = self.allowance
            && !(1..=MAX_GRANTED).contains(&messages)
        {
            faults.push(FieldError {
                field: "plan.messages".into(),
                message: format!("must be 1 to {MAX_GRANTED}").into(),
            });
        }
        if self.ends_at <= self.starts_at {
            faults.push(FieldError {
                field: "ends_at".into(),
                message: "must be after starts_at".into(),
            });
        }
    }
}

fn check_amount(money: Money, least: i64, faults: &mut Vec<FieldError>) {
    if !(least..=Money::MAX).contains(&money.amount) {
        faults.push(FieldError {
            field: "amount".into(),
            message: format!("must be {least} to {} minor units", Money::MAX).into(),
        });
    }
}
