//! Who and what a history is about: turns steps into calls.

use std::{collections::BTreeSet, time::Duration};

use super::{
    call::Call,
    step::{Pick, Step, USERS, Who},
};
use crate::{
    account::{AccountChange, Ban},
    caller::Role,
    clock::{Clock, Timestamp},
    id::{IdGenerator, MessageId, Position, Seq, TagId, ThreadId, UserId},
    message::{Edit, NewMessage, Removal, SeqRange, SetReaction},
    page::PageSize,
    receipt::{Advance, Marker},
    tag::{NewTag, TagUpdate},
    testkit::{ManualClock, SeqIds, page, text, user},
    thread::{
        Metadata, NewThread, ThreadChange, ThreadFilter, ThreadKey, ThreadKind, ThreadSettings,
    },
};

const ROLES: [Role; 3] = [Role::Client, Role::Creator, Role::Admin];

/// The users, and the ids that were ever handed to a store, the refused ones too.
#[derive(Debug)]
pub(super) struct Cast {
    clock: ManualClock,
    ids: SeqIds,
    /// Where the log ended when the history began.
    pub(super) start: Position,
    pub(super) users: Vec<UserId>,
    pub(super) threads: Vec<ThreadId>,
    pub(super) messages: Vec<MessageId>,
    pub(super) tags: Vec<TagId>,
}

impl Cast {
    /// A cast of its own for each history, so that many can be played on one store. In each list
    /// the first id is one that no store ever hears of.
    pub(super) fn new(history: u32, start: Position, clock: ManualClock, ids: SeqIds) -> Self {
        // Bytes order them otherwise than letters would.
        let names = ["ben", "Ann", "_", "an.n"];
        Self {
            start,
            users: names
                .iter()
                .map(|name| user(&format!("{name}:{history}")))
                .collect(),
            threads: vec![ThreadId::from_uuid(ids.next_uuid())],
            messages: vec![MessageId::from_uuid(ids.next_uuid())],
            tags: vec![TagId::from_uuid(ids.next_uuid())],
            clock,
            ids,
        }
    }

    fn user(&self, who: Who) -> UserId {
        self.users[usize::from(who % USERS)].clone()
    }

    fn thread(&self, pick: Pick) -> ThreadId {
        self.threads[usize::from(pick) % self.threads.len()]
    }

    fn message(&self, pick: Pick) -> MessageId {
        self.messages[usize::from(pick) % self.messages.len()]
    }

    fn tag(&self, pick: Pick) -> TagId {
        self.tags[usize::from(pick) % self.tags.len()]
    }

    fn position(&self, offset: i64) -> Position {
        Position::new((self.start.get() + offset).max(0))
    }

    /// A millisecond later than the last time.
    fn now(&self) -> Timestamp {
        self.clock.advance(Duration::from_millis(1));
        self.clock.now()
    }

    fn in_minutes(&self, minutes: i64) -> Timestamp {
        let millis = self.clock.now().as_millis() + minutes * 60_000;
        Timestamp::from_millis(millis).expect("histories stay within the calendar")
    }

    /// The call that a step stands for; `None` when it is for the clock alone.
    pub(super) fn call(&mut self, step: &Step) -> Option<Call> {
        let call = match step {
            Step::Wait { minutes } => {
                self.clock.set(self.in_minutes(*minutes));
                return None;
            }
            Step::Prune { minutes, limit } => Call::PruneLog(self.in_minutes(-minutes), *limit),
            Step::ReadLog { after, limit } => Call::ReadLog(self.position(*after), *limit),
            _ => self
                .thread_call(step)
                .or_else(|| self.message_call(step))
                .or_else(|| self.user_call(step))
                .or_else(|| self.read_call(step))?,
        };
        Some(call)
    }

    fn open(&mut self, opener: Who, others: &[Who], kind: ThreadKind) -> NewThread {
        let id = ThreadId::from_uuid(self.ids.next_uuid());
        self.threads.push(id);
        let everyone: BTreeSet<Who> = others.iter().copied().chain([opener]).collect();
        let participants = everyone.iter().zip(ROLES.iter().cycle());
        NewThread {
            id,
            kind,
            title: None,
            metadata: Metadata::new(),
            created_by: self.user(opener),
            participants: participants
                .map(|(who, role)| (self.user(*who), *role))
                .collect(),
            at: self.now(),
        }
    }

    fn thread_call(&mut self, step: &Step) -> Option<Call> {
        Some(match step {
            // Nobody has a direct thread with themselves.
            Step::OpenDirect { opener, other } if opener == other => return None,
            Step::OpenDirect { opener, other } => {
                Call::OpenThread(self.open(*opener, &[*other], ThreadKind::Direct))
            }
            Step::OpenGroup {
                opener,
                others,
                title,
            } => Call::OpenThread(NewThread {
                title: title.map(|title| format!("title {title}")),
                ..self.open(*opener, others, ThreadKind::Group)
            }),
            Step::Update {
                thread,
                by,
                title,
                metadata,
            } => {
                let change = ThreadChange {
                    title: title.map(|title| title.map(|title| format!("title {title}"))),
                    metadata: metadata.map(object),
                };
                Call::UpdateThread(self.thread(*thread), self.user(*by), change, self.now())
            }
            Step::Keep {
                thread,
                by,
                archived,
                muted,
                pinned,
            } => {
                let settings = ThreadSettings {
                    archived: *archived,
                    muted: *muted,
                    pinned: *pinned,
                };
                Call::SetThreadSettings(self.thread(*thread), self.user(*by), settings, self.now())
            }
            Step::Add {
                thread,
                by,
                who,
                role,
            } => Call::AddParticipant(
                self.thread(*thread),
                self.user(*by),
                self.user(*who),
                ROLES[usize::from(*role) % ROLES.len()],
                self.now(),
            ),
            Step::Remove { thread, by, who } => {
                let (by, who) = (self.user(*by), self.user(*who));
                Call::RemoveParticipant(self.thread(*thread), by, who, self.now())
            }
            _ => return None,
        })
    }

    fn message_call(&mut self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::Send {
                thread,
                by,
                key,
                words,
                reply_to,
            } => {
                let reply_to = reply_to.map(|pick| self.message(pick));
                let id = MessageId::from_uuid(self.ids.next_uuid());
                self.messages.push(id);
                Call::Append(NewMessage {
                    id,
                    thread_id: self.thread(*thread),
                    sender_id: self.user(*by),
                    client_id: format!("key-{key}"),
                    content: text(&format!("words {words}")),
                    reply_to,
                    at: self.now(),
                })
            }
            Step::Edit { message, by, words } => Call::EditMessage(Edit {
                message_id: self.message(*message),
                user_id: self.user(*by),
                content: text(&format!("words {words}")),
                at: self.now(),
            }),
            Step::Delete { message, by } => Call::DeleteMessage(Removal {
                message_id: self.message(*message),
                user_id: self.user(*by),
                at: self.now(),
            }),
            Step::React {
                message,
                by,
                emoji,
                on,
            } => Call::SetReaction(SetReaction {
                message_id: self.message(*message),
                user_id: self.user(*by),
                emoji: format!(":{emoji}:"),
                on: *on,
                at: self.now(),
            }),
            Step::Mark {
                thread,
                by,
                read,
                seq,
            } => Call::AdvanceMarker(Advance {
                thread_id: self.thread(*thread),
                user_id: self.user(*by),
                marker: if *read {
                    Marker::Read
                } else {
                    Marker::Delivered
                },
                seq: Seq::new(*seq),
                at: self.now(),
            }),
            _ => return None,
        })
    }

    fn user_call(&mut self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::CreateTag { owner, name } => {
                let id = TagId::from_uuid(self.ids.next_uuid());
                self.tags.push(id);
                Call::CreateTag(NewTag {
                    id,
                    owner: self.user(*owner),
                    name: format!("tag {name}"),
                    color: None,
                    at: self.now(),
                })
            }
            Step::UpdateTag {
                owner,
                tag,
                name,
                color,
            } => {
                let update = TagUpdate {
                    name: name.map(|name| format!("tag {name}")),
                    color: color.map(|color| color.map(|color| format!("#{color:06}"))),
                };
                Call::UpdateTag(self.user(*owner), self.tag(*tag), update)
            }
            Step::DeleteTag { owner, tag } => Call::DeleteTag(self.user(*owner), self.tag(*tag)),
            Step::ApplyTag {
                owner,
                tag,
                thread,
                applied,
            } => {
                let (tag, thread) = (self.tag(*tag), self.thread(*thread));
                Call::ApplyTag(self.user(*owner), tag, thread, *applied, self.now())
            }
            Step::Block {
                by,
                other,
                on: true,
            } => Call::AddBlock(self.user(*by), self.user(*other), self.now()),
            Step::Block {
                by,
                other,
                on: false,
            } => Call::RemoveBlock(self.user(*by), self.user(*other)),
            Step::Ban { who, minutes } => {
                let until = minutes.map(|minutes| self.in_minutes(minutes));
                let reason = "reason".to_owned();
                let ban = AccountChange::Ban(Ban { reason, until });
                Call::SetAccount(self.user(*who), ban, self.now())
            }
            Step::Unban { who } => {
                Call::SetAccount(self.user(*who), AccountChange::Unban, self.now())
            }
            Step::Activate { who, active } => {
                let change = if *active {
                    AccountChange::Reactivate
                } else {
                    AccountChange::Deactivate
                };
                Call::SetAccount(self.user(*who), change, self.now())
            }
            _ => return None,
        })
    }

    fn read_call(&self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::ReadThread { thread, viewer } => {
                Call::LookupThread(self.thread(*thread), self.user(*viewer))
            }
            Step::ReadThreadForAll { thread } => {
                Call::LookupThreadFor(self.thread(*thread), self.users.clone())
            }
            Step::ListThreads {
                viewer,
                filter: (archived, tag, unread),
                after,
                size,
            } => {
                let filter = ThreadFilter {
                    archived: *archived,
                    tag: tag.map(|tag| self.tag(tag)),
                    unread: *unread,
                };
                let after = after.map(|(pinned, offset)| ThreadKey {
                    pinned,
                    activity: self.position(offset),
                });
                Call::ListThreads(self.user(*viewer), filter, after, page(*size))
            }
            Step::ReadMessage { message, viewer } => {
                Call::LookupMessageFor(self.message(*message), self.user(*viewer))
            }
            Step::ListMessages {
                thread,
                viewer,
                forward,
                bound,
                size,
            } => {
                let bound = bound.map(Seq::new);
                let range = if *forward {
                    SeqRange::After(bound.unwrap_or(Seq::ZERO))
                } else {
                    SeqRange::Before(bound)
                };
                Call::ListMessages(self.thread(*thread), self.user(*viewer), range, page(*size))
            }
            Step::ListTags { owner, after, size } => {
                let after = after.map(|tag| self.tag(tag));
                Call::ListTags(self.user(*owner), after, page(*size))
            }
            Step::ListBlocks { by, after, size } => {
                let after = after.map(|who| self.user(who));
                Call::ListBlocks(self.user(*by), after, page(*size))
            }
            Step::ReadLogFor {
                viewer,
                after,
                until,
                limit,
            } => {
                // The port asks for stretches within the log: the end is cut when it is played.
                let (after, until) = (self.position(*after), self.position(*until));
                Call::ReadLogFor(
                    self.user(*viewer),
                    after.min(until),
                    until.max(after),
                    *limit,
                )
            }
            _ => return None,
        })
    }

    /// Calls that read everything there is to read of this history.
    pub(super) fn read_everything(&self, head: Position) -> Vec<Call> {
        let mut calls = vec![
            Call::LogBounds,
            Call::ReadLog(self.start, usize::from(u16::MAX)),
        ];
        calls.extend(self.messages.iter().map(|id| Call::LookupMessage(*id)));
        for viewer in &self.users {
            self.read_everything_of(viewer, head, &mut calls);
        }
        calls
    }

    fn read_everything_of(&self, viewer: &UserId, head: Position, calls: &mut Vec<Call>) {
        let size = PageSize::MAX;
        calls.push(Call::LookupAccount(viewer.clone()));
        calls.push(Call::ListBlocks(viewer.clone(), None, size));
        calls.push(Call::ListTags(viewer.clone(), None, size));
        let limit = usize::from(u16::MAX);
        calls.push(Call::ReadLogFor(
            viewer.clone(),
            self.start.min(head),
            head,
            limit,
        ));
        for id in &self.threads {
            let all = SeqRange::After(Seq::ZERO);
            calls.push(Call::LookupThread(*id, viewer.clone()));
            calls.push(Call::ListMessages(*id, viewer.clone(), all, size));
        }
        for id in &self.messages {
            calls.push(Call::LookupMessageFor(*id, viewer.clone()));
        }
        let tags = self.tags.iter().copied().map(Some).chain([None]);
        for tag in tags {
            for archived in [None, Some(true), Some(false)] {
                for unread in [false, true] {
                    let filter = ThreadFilter {
                        archived,
                        tag,
                        unread,
                    };
                    calls.push(Call::ListThreads(viewer.clone(), filter, None, size));
                }
            }
        }
    }
}

/// A small JSON object.
fn object(number: u8) -> Metadata {
    Metadata::from_iter([("number".to_owned(), number.into())])
}
