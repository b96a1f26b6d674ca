//! Steps about quotas: what they are, how random ones are made, and the calls they stand for.

use proptest::{option, prelude::*};

use super::{
    call::Call,
    cast::Cast,
    step::{Step, USERS, Who},
};
use crate::{
    account::AccountChange,
    clock::Timestamp,
    id::UserId,
    platform::{EventKey, PlatformChange, PlatformEvent},
    quota::{Allowance, Currency, Grant, LedgerAccount, Money, Purchase, QuotaChange, Scope},
    testkit::page,
};

/// How many ids of grants, purchases and events there are: few, so that they come again.
const KEYS: u8 = 12;
const CURRENCIES: [&str; 2] = ["EUR", "JPY"];

/// A change of quotas. Minutes count from now, and may be negative.
#[derive(Debug, Clone)]
pub(super) enum QuotaStep {
    Grant {
        key: u8,
        who: Who,
        creator: Option<Who>,
        messages: Option<i64>,
        starts: i64,
        lasts: i64,
    },
    Buy {
        key: u8,
        who: Who,
        amount: i64,
        currency: u8,
    },
    Price {
        creator: Who,
        amount: i64,
        currency: u8,
    },
    Halt {
        who: Who,
        creator: Option<Who>,
    },
}

/// A look at what is kept of quotas.
#[derive(Debug, Clone)]
pub(super) enum QuotaRead {
    Means {
        who: Who,
        creator: Option<Who>,
    },
    Grants {
        who: Who,
        after: Option<(i64, u8)>,
        size: u32,
    },
    Ledger {
        who: Who,
        earnings: bool,
        before: Option<i64>,
        size: u32,
    },
}

fn who() -> impl Strategy<Value = Who> {
    0..USERS
}

fn creator() -> impl Strategy<Value = Option<Who>> {
    option::weighted(0.7, who())
}

fn change() -> impl Strategy<Value = QuotaStep> {
    let times = (-10..20_i64, 1..40_i64);
    let messages = option::weighted(0.8, 1..4_i64);
    prop_oneof![
        4 => (0..KEYS, who(), creator(), messages, times).prop_map(
            |(key, who, creator, messages, (starts, lasts))| {
                QuotaStep::Grant { key, who, creator, messages, starts, lasts }
            }
        ),
        3 => (0..KEYS, who(), 1..6_i64, 0..2_u8)
            .prop_map(|(key, who, amount, currency)| QuotaStep::Buy { key, who, amount, currency }),
        3 => (who(), 0..3_i64, 0..2_u8)
            .prop_map(|(creator, amount, currency)| QuotaStep::Price { creator, amount, currency }),
        1 => (who(), creator()).prop_map(|(who, creator)| QuotaStep::Halt { who, creator }),
    ]
}

/// A change of quotas.
pub(super) fn quotas() -> impl Strategy<Value = Step> {
    (change(), -20..5_i64).prop_map(|(change, minutes)| Step::Quota { change, minutes })
}

/// An event of the platform. That it has come is in no log.
pub(super) fn events() -> impl Strategy<Value = Step> {
    let event = (0..KEYS, -20..5_i64, change());
    let account = (0..KEYS, -20..5_i64, who(), proptest::bool::weighted(0.85));
    prop_oneof![
        3 => event.prop_map(|(key, minutes, change)| Step::Receive { key, minutes, change }),
        1 => account.prop_map(|(key, minutes, who, active)| {
            Step::ReceiveActivation { key, minutes, who, active }
        }),
    ]
}

/// A look at what is kept of them.
pub(super) fn quota_reads() -> impl Strategy<Value = Step> {
    let read = prop_oneof![
        2 => (who(), creator()).prop_map(|(who, creator)| QuotaRead::Means { who, creator }),
        1 => (who(), option::of((-30..60_i64, 0..KEYS)), 1..4_u32)
            .prop_map(|(who, after, size)| QuotaRead::Grants { who, after, size }),
        1 => (who(), any::<bool>(), option::of(0..80_i64), 1..4_u32).prop_map(
            |(who, earnings, before, size)| QuotaRead::Ledger { who, earnings, before, size }
        ),
    ];
    read.prop_map(Step::ReadQuota)
}

impl Cast {
    pub(super) fn quota_call(&self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::Quota { change, minutes } => {
                let happened_at = self.in_minutes(*minutes);
                Call::ChangeQuota(self.quota_change(change), happened_at, self.now())
            }
            Step::Receive {
                key,
                minutes,
                change,
            } => {
                let change = PlatformChange::Quota(self.quota_change(change));
                self.event(*key, *minutes, change)
            }
            Step::ReceiveActivation {
                key,
                minutes,
                who,
                active,
            } => {
                let change = if *active {
                    AccountChange::Reactivate
                } else {
                    AccountChange::Deactivate
                };
                let user_id = self.user(*who);
                let change = PlatformChange::Account { user_id, change };
                self.event(*key, *minutes, change)
            }
            Step::ReadQuota(read) => self.quota_read(read),
            _ => return None,
        })
    }

    fn event(&self, key: u8, minutes: i64, change: PlatformChange) -> Call {
        let key = EventKey {
            source: "/histories".to_owned(),
            id: self.key(key),
        };
        let event = PlatformEvent {
            key,
            happened_at: self.in_minutes(minutes),
            change,
        };
        Call::Receive(event, self.now())
    }

    fn quota_change(&self, step: &QuotaStep) -> QuotaChange {
        match step {
            QuotaStep::Grant {
                key,
                who,
                creator,
                messages,
                starts,
                lasts,
            } => QuotaChange::Grant(Grant {
                id: self.key(*key),
                user_id: self.user(*who),
                scope: self.scope(*creator),
                allowance: messages.map_or(Allowance::Unlimited, Allowance::Messages),
                starts_at: self.round_minutes(*starts),
                ends_at: self.round_minutes(starts + lasts),
            }),
            QuotaStep::Buy {
                key,
                who,
                amount,
                currency,
            } => QuotaChange::Purchase(Purchase {
                id: self.key(*key),
                user_id: self.user(*who),
                amount: money(*amount, *currency),
            }),
            QuotaStep::Price {
                creator,
                amount,
                currency,
            } => QuotaChange::Price {
                creator_id: self.user(*creator),
                price: money(*amount, *currency),
            },
            QuotaStep::Halt { who, creator } => QuotaChange::Halt {
                user_id: self.user(*who),
                scope: self.scope(*creator),
            },
        }
    }

    fn quota_read(&self, read: &QuotaRead) -> Call {
        match read {
            QuotaRead::Means { who, creator } => {
                Call::LookupMeans(self.user(*who), self.scope(*creator), self.now())
            }
            QuotaRead::Grants { who, after, size } => {
                let after =
                    after.map(|(minutes, key)| (self.round_minutes(minutes), self.key(key)));
                Call::ListGrants(self.user(*who), after, page(*size))
            }
            QuotaRead::Ledger {
                who,
                earnings,
                before,
                size,
            } => {
                let account = account(self.user(*who), *earnings);
                let before = before.map(|offset| self.position(offset));
                Call::ListLedger(account, before, page(*size))
            }
        }
    }

    /// Calls that read everything of a user's quotas.
    pub(super) fn read_quotas_of(&self, user_id: &UserId, calls: &mut Vec<Call>) {
        let now = self.in_minutes(0);
        // Every pair is looked at once, from one side.
        for creator in self.users.iter().filter(|creator| *creator > user_id) {
            let scope = Scope::Creator(creator.clone());
            calls.push(Call::LookupMeans(user_id.clone(), scope, now));
        }
        calls.push(Call::LookupMeans(user_id.clone(), Scope::All, now));
        calls.push(Call::ListGrants(user_id.clone(), None, page(200)));
        for earnings in [false, true] {
            let account = account(user_id.clone(), earnings);
            calls.push(Call::ListBalances(account.clone()));
            calls.push(Call::ListLedger(account, None, page(200)));
        }
        calls.push(Call::ListBalances(LedgerAccount::Purchases));
    }

    /// Ids are of their history, so that one does not meet those of another.
    fn key(&self, key: u8) -> String {
        format!("{key} of {}", self.users[0])
    }

    fn scope(&self, creator: Option<Who>) -> Scope {
        Scope::of(creator.map(|creator| self.user(creator)))
    }

    /// A moment so many minutes from now, at a full quarter of an hour: so that some are the same.
    fn round_minutes(&self, minutes: i64) -> Timestamp {
        const QUARTER: i64 = 15 * 60_000;
        let millis = self.in_minutes(minutes).as_millis();
        Timestamp::from_millis(millis.div_euclid(QUARTER) * QUARTER + minutes)
            .expect("histories stay within the calendar")
    }
}

fn account(user_id: UserId, earnings: bool) -> LedgerAccount {
    if earnings {
        LedgerAccount::Earnings(user_id)
    } else {
        LedgerAccount::Wallet(user_id)
    }
}

fn money(amount: i64, currency: u8) -> Money {
    let code = CURRENCIES[usize::from(currency) % CURRENCIES.len()];
    let currency: Currency = code.parse().expect("these are currencies");
    Money::new(amount, currency)
}
