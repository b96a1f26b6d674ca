//! From new messages to the rows that change.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use uuid::Uuid;

use crate::ceiling::stamp::Stamp;

/// A message that is to be sent.
#[derive(Debug)]
pub(super) struct New {
    pub(super) stamp: Stamp,
    pub(super) thread_id: Uuid,
    pub(super) sender_id: String,
    pub(super) client_id: String,
    pub(super) content: String,
}

/// One who takes part in a thread, as a query for one sender gives them.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Member {
    pub(super) thread_id: Uuid,
    /// For whom was asked.
    pub(super) sender_id: String,
    pub(super) user_id: String,
    /// The thread's newest message.
    pub(super) last_seq: i64,
    /// Neither banned nor deactivated.
    pub(super) active: bool,
    /// Whether one of the sender and them has blocked the other.
    pub(super) blocked: bool,
}

/// The query of [`Member`]s: `$1` is the moment, and `senders` gives who sends into which thread.
macro_rules! members {
    ($senders:literal, $join:literal) => {
        concat!(
            "SELECT t.id AS thread_id, r.sender_id, p.user_id, t.last_seq,
                a.user_id IS NULL OR NOT (a.deactivated OR (a.ban_reason IS NOT NULL
                    AND (a.ban_until IS NULL OR a.ban_until > $1))) AS active,
                EXISTS (SELECT 1 FROM messaging_block b
                    WHERE b.user_id = p.user_id AND b.blocked_id = r.sender_id)
                OR EXISTS (SELECT 1 FROM messaging_block b
                    WHERE b.user_id = r.sender_id AND b.blocked_id = p.user_id) AS blocked
            FROM (",
            $senders,
            ") AS r ",
            $join,
            " messaging_thread t ON t.id = r.thread_id ",
            $join,
            " messaging_participant p ON p.thread_id = t.id AND p.left_position IS NULL
            LEFT JOIN messaging_account a ON a.user_id = p.user_id"
        )
    };
}
pub(super) use members;

/// Everything that a group writes.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) messages: Vec<Message<'a>>,
    pub(super) threads: Vec<Thread>,
    pub(super) participants: Vec<Participant>,
    /// The log's newest position afterwards.
    pub(super) head: i64,
}

/// A message with its places; its row of the log is made of the same.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) new: &'a New,
    pub(super) seq: i64,
    pub(super) position: i64,
}

/// What a group changes of a thread.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Thread {
    pub(super) id: Uuid,
    pub(super) updated_at: i64,
    pub(super) last_seq: i64,
}

/// What a group changes of a participant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Participant {
    pub(super) thread_id: Uuid,
    pub(super) user_id: String,
    /// Up to where they have read, when they sent something.
    pub(super) read_seq: Option<i64>,
    /// Whether another sent something.
    pub(super) received: bool,
    pub(super) activity: i64,
}

/// A thread on the way.
#[derive(Debug, Default)]
struct Working {
    last_seq: i64,
    updated_at: i64,
    activity: i64,
    users: BTreeSet<String>,
    may_send: BTreeSet<String>,
    /// Who has sent, and the place of their last.
    sent: BTreeMap<String, i64>,
}

impl<'a> Rows<'a> {
    /// Checks who sends, and gives every message its places, in order.
    pub(super) fn of(group: &'a [New], head: i64, members: Vec<Member>) -> anyhow::Result<Self> {
        let mut threads = threads(members);
        let mut keys = BTreeSet::new();
        let mut messages = Vec::with_capacity(group.len());
        let mut position = head;
        for new in group {
            let key = (
                new.thread_id,
                new.sender_id.as_str(),
                new.client_id.as_str(),
            );
            ensure!(keys.insert(key), "{key:?} is in the group twice");
            let thread = threads.get_mut(&new.thread_id);
            let thread = thread.context("there is no such thread")?;
            let allowed = thread.may_send.contains(&new.sender_id);
            ensure!(allowed, "{} may not send", new.sender_id);
            position += 1;
            thread.last_seq += 1;
            thread.updated_at = new.stamp.at;
            thread.activity = position;
            thread.sent.insert(new.sender_id.clone(), thread.last_seq);
            messages.push(Message {
                new,
                seq: thread.last_seq,
                position,
            });
        }
        Ok(Self {
            messages,
            participants: threads
                .iter()
                .flat_map(|(id, t)| t.participants(*id))
                .collect(),
            threads: threads.iter().map(|(id, t)| t.row(*id)).collect(),
            head: position,
        })
    }
}

fn threads(members: Vec<Member>) -> BTreeMap<Uuid, Working> {
    let mut threads: BTreeMap<Uuid, Working> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    for member in members {
        let thread = threads.entry(member.thread_id).or_default();
        thread.last_seq = member.last_seq;
        if member.user_id == member.sender_id {
            thread.may_send.insert(member.sender_id.clone());
        }
        if member.blocked || !member.active {
            refused.insert((member.thread_id, member.sender_id));
        }
        thread.users.insert(member.user_id);
    }
    for (id, sender) in refused {
        threads.entry(id).or_default().may_send.remove(&sender);
    }
    threads
}

impl Working {
    fn row(&self, id: Uuid) -> Thread {
        Thread {
            id,
            updated_at: self.updated_at,
            last_seq: self.last_seq,
        }
    }

    fn participants(&self, thread_id: Uuid) -> impl Iterator<Item = Participant> {
        self.users.iter().map(move |user_id| Participant {
            thread_id,
            user_id: user_id.clone(),
            read_seq: self.sent.get(user_id).copied(),
            received: self.sent.keys().any(|sender| sender != user_id),
            activity: self.activity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(thread: u128, sender: &str, client_id: &str) -> New {
        New {
            stamp: Stamp::new(""),
            thread_id: Uuid::from_u128(thread),
            sender_id: sender.to_owned(),
            client_id: client_id.to_owned(),
            content: String::new(),
        }
    }

    fn member(thread: u128, sender: &str, user: &str) -> Member {
        Member {
            thread_id: Uuid::from_u128(thread),
            sender_id: sender.to_owned(),
            user_id: user.to_owned(),
            last_seq: 7,
            active: true,
            blocked: false,
        }
    }

    #[test]
    fn messages_get_places_in_order() {
        let group = [new(1, "a", "x"), new(2, "a", "x"), new(1, "b", "x")];
        let members = [("a", 1), ("b", 1), ("a", 2)];
        let members = members
            .into_iter()
            .flat_map(|(sender, thread)| ["a", "b"].map(|user| member(thread, sender, user)));
        let rows = Rows::of(&group, 40, members.collect()).unwrap();
        let places: Vec<_> = rows.messages.iter().map(|m| (m.seq, m.position)).collect();
        assert_eq!(places, [(8, 41), (8, 42), (9, 43)]);
        assert_eq!(rows.head, 43);
        let last: Vec<_> = rows.threads.iter().map(|thread| thread.last_seq).collect();
        assert_eq!(last, [9, 8]);
        let participants: Vec<_> = rows
            .participants
            .iter()
            .map(|p| (p.read_seq, p.received, p.activity))
            .collect();
        let expected = [
            (Some(8), true, 43),
            (Some(9), true, 43),
            (Some(8), false, 42),
            (None, true, 42),
        ];
        assert_eq!(participants, expected);
    }

    #[test]
    fn who_may_not_send_is_refused() {
        let group = [new(1, "a", "x")];
        let error = |members| Rows::of(&group, 0, members).unwrap_err().to_string();
        assert_eq!(error(Vec::new()), "there is no such thread");
        assert_eq!(error(vec![member(1, "a", "b")]), "a may not send");
        let blocked = Member {
            blocked: true,
            ..member(1, "a", "b")
        };
        assert_eq!(error(vec![member(1, "a", "a"), blocked]), "a may not send");
        let banned = Member {
            active: false,
            ..member(1, "a", "a")
        };
        assert_eq!(error(vec![banned]), "a may not send");
    }

    #[test]
    fn a_message_is_not_sent_twice() {
        let group = [new(1, "a", "x"), new(1, "a", "x")];
        let members = vec![member(1, "a", "a")];
        let error = Rows::of(&group, 0, members).unwrap_err().to_string();
        assert!(error.contains("twice"), "{error}");
    }
}
