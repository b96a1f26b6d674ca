//! Which messages are to be paid for.

use std::{fmt, sync::Arc};

use super::Scope;
use crate::{caller::Role, id::UserId, thread::ThreadKind};

/// A message about to be sent, as far as it matters for who pays.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sending<'a> {
    /// Who sends it.
    pub sender_id: &'a UserId,
    /// As what they are known to the application: the role of their token.
    pub sender_role: Role,
    /// What the thread is.
    pub kind: ThreadKind,
    /// Who opened it. Of all roles in a thread theirs alone is sure: it was their token's. The
    /// others' were given by them.
    pub opener: &'a UserId,
    /// Who takes part, and as what, by user id.
    pub participants: Vec<(&'a UserId, Role)>,
}

impl<'a> Sending<'a> {
    /// A message of this sender in a thread.
    pub fn new(
        (sender_id, sender_role): (&'a UserId, Role),
        kind: ThreadKind,
        opener: &'a UserId,
        participants: impl Iterator<Item = (&'a UserId, Role)>,
    ) -> Self {
        Self {
            sender_id,
            sender_role,
            kind,
            opener,
            participants: participants.collect(),
        }
    }

    /// The role of one who takes part.
    pub fn role_of(&self, user_id: &UserId) -> Option<Role> {
        let mut participants = self.participants.iter();
        let found = participants.find(|(participant, _)| *participant == user_id);
        found.map(|(_, role)| *role)
    }
}

/// Decides which messages are to be paid for. Asked inside the transaction that stores the message:
/// it must be quick, and answer the same for the same question.
pub trait QuotaPolicy: Send + Sync + fmt::Debug + 'static {
    /// For whom what the sender holds must be good: a creator, or all of them. `None` for a message
    /// that is free.
    fn payee(&self, sending: &Sending<'_>) -> Option<Scope>;
}

/// The rule unless the application has another:
///
/// - Creators, admins and services write freely, and so does who has a creator's or admin's place
///   in the thread.
/// - In a direct thread a client pays the other one, unless that one is an admin who opened it.
/// - A group that a creator or an admin opened, and takes part in, is free. In any other group a
///   client's message must be covered by a grant to all creators: else opening a group with a
///   creator would be a way around.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StandardPolicy;

impl QuotaPolicy for StandardPolicy {
    fn payee(&self, sending: &Sending<'_>) -> Option<Scope> {
        let seat = sending.role_of(sending.sender_id);
        if sending.sender_role != Role::Client || seat != Some(Role::Client) {
            return None;
        }
        match sending.kind {
            ThreadKind::Direct => {
                let mut others = sending.participants.iter();
                let (other, role) = others.find(|(other, _)| *other != sending.sender_id)?;
                let is_admin = *role == Role::Admin && *other == sending.opener;
                (!is_admin).then(|| Scope::Creator((*other).clone()))
            }
            ThreadKind::Group => match sending.role_of(sending.opener) {
                Some(Role::Creator | Role::Admin) => None,
                _ => Some(Scope::All),
            },
        }
    }
}

/// Whether, and by which rule, messages are paid for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum QuotaMode {
    /// Everyone writes freely.
    #[default]
    Off,
    /// By the [`StandardPolicy`].
    Enforce,
    /// By a policy of the application's own.
    EnforceBy(Arc<dyn QuotaPolicy>),
}

impl QuotaMode {
    /// By a policy of the application's own.
    pub fn by(policy: impl QuotaPolicy) -> Self {
        Self::EnforceBy(Arc::new(policy))
    }

    /// Whether messages are paid for at all.
    pub fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// For whom what the sender holds must be good; `None` for a message that is free.
    pub fn payee(&self, sending: &Sending<'_>) -> Option<Scope> {
        match self {
            Self::Off => None,
            Self::Enforce => StandardPolicy.payee(sending),
            Self::EnforceBy(policy) => policy.payee(sending),
        }
    }
}

/// Two policies are equal when they are the same one.
impl PartialEq for QuotaMode {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::EnforceBy(one), Self::EnforceBy(other)) => Arc::ptr_eq(one, other),
            (Self::Off, Self::Off) | (Self::Enforce, Self::Enforce) => true,
            _ => false,
        }
    }
}

impl Eq for QuotaMode {}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        name.parse().unwrap()
    }

    /// Whom Ann, whose token says `role`, pays in a thread of these people, the first of whom
    /// opened it.
    fn payee(role: Role, kind: ThreadKind, people: &[(&str, Role)]) -> Option<Scope> {
        let ids: Vec<UserId> = people.iter().map(|(name, _)| user(name)).collect();
        let roles = people.iter().map(|(_, role)| *role);
        let ann = user("ann");
        let sending = Sending::new((&ann, role), kind, &ids[0], ids.iter().zip(roles));
        StandardPolicy.payee(&sending)
    }

    #[test]
    fn a_client_pays_the_other_of_a_direct_thread() {
        let maya = Some(Scope::Creator(user("maya")));
        let direct = |people: &[(&str, Role)]| payee(Role::Client, ThreadKind::Direct, people);
        let ann = ("ann", Role::Client);
        assert_eq!(direct(&[ann, ("maya", Role::Creator)]), maya);
        assert_eq!(direct(&[("maya", Role::Creator), ann]), maya);
        // Whoever calls her an admin: only her own token does.
        assert_eq!(direct(&[ann, ("maya", Role::Admin)]), maya);
        assert_eq!(direct(&[("maya", Role::Admin), ann]), None);
        assert_eq!(
            direct(&[("ben", Role::Client), ("ann", Role::Creator)]),
            None
        );
    }

    #[test]
    fn creators_admins_and_services_write_freely() {
        let people = [("ann", Role::Client), ("maya", Role::Creator)];
        for role in [Role::Creator, Role::Admin, Role::Service] {
            assert_eq!(payee(role, ThreadKind::Direct, &people), None);
        }
    }

    #[test]
    fn a_group_is_free_where_a_creator_or_an_admin_opened_it() {
        let group = |people: &[(&str, Role)]| payee(Role::Client, ThreadKind::Group, people);
        let (ann, maya) = (("ann", Role::Client), ("maya", Role::Creator));
        assert_eq!(group(&[maya, ann]), None);
        assert_eq!(group(&[("root", Role::Admin), ann]), None);
        assert_eq!(group(&[ann, maya]), Some(Scope::All));
        assert_eq!(group(&[("ben", Role::Client), maya, ann]), Some(Scope::All));
    }
}
