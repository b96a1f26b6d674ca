//! Turns steps into calls.

use std::collections::BTreeSet;

use super::{
    call::Call,
    cast::{Cast, picked},
    step::{Judged, Step, Who},
};
use crate::{
    account::{AccountChange, Ban},
    caller::Role,
    id::{MessageId, Seq, TagId, ThreadId},
    message::{Edit, NewMessage, Removal, SeqRange, SetReaction},
    moderation::{Action, Judgement, Refused},
    quota::QuotaMode,
    receipt::{Advance, Marker},
    tag::{NewTag, TagUpdate},
    testkit::{page, text, verdict},
    thread::{
        Metadata, NewThread, ThreadChange, ThreadFilter, ThreadKey, ThreadKind, ThreadSettings,
    },
};

const ROLES: [Role; 3] = [Role::Client, Role::Creator, Role::Admin];

impl Cast {
    /// The call that a step stands for; `None` when it is for the clock alone.
    pub(super) fn call(&self, step: &Step) -> Option<Call> {
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
                .or_else(|| self.quota_call(step))
                .or_else(|| self.read_call(step))?,
        };
        Some(call)
    }

    fn open(&self, opener: Who, others: &[Who], kind: ThreadKind) -> NewThread {
        let id = ThreadId::from_uuid(self.next_uuid());
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

    fn thread_call(&self, step: &Step) -> Option<Call> {
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
                self.group(*thread),
                self.user(*by),
                self.user(*who),
                ROLES[usize::from(*role) % ROLES.len()],
                self.now(),
            ),
            Step::Remove { thread, by, who } => {
                let (by, who) = (self.user(*by), self.user(*who));
                Call::RemoveParticipant(self.group(*thread), by, who, self.now())
            }
            _ => return None,
        })
    }

    fn message_call(&self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::Send {
                thread,
                by,
                key,
                words,
                reply_to,
                paid,
                judged,
            } => {
                let reply_to = reply_to.map(|pick| self.message(pick));
                let id = MessageId::from_uuid(self.next_uuid());
                Call::Append(NewMessage {
                    id,
                    thread_id: self.thread(*thread),
                    sender_id: self.user(*by),
                    sender_role: Role::Client,
                    client_id: format!("key-{key}"),
                    content: text(&format!("words {words}")),
                    reply_to,
                    quota: if *paid {
                        QuotaMode::Enforce
                    } else {
                        QuotaMode::Off
                    },
                    judgement: judgement(*judged),
                    at: self.now(),
                })
            }
            Step::Resend {
                message,
                words,
                reply_to,
            } => {
                let first = picked(&self.messages, *message)?.clone();
                let content = words.map(|words| text(&format!("words {words}")));
                Call::Append(NewMessage {
                    id: MessageId::from_uuid(self.next_uuid()),
                    content: content.unwrap_or(first.content),
                    reply_to: reply_to.map_or(first.reply_to, |pick| Some(self.message(pick))),
                    at: self.now(),
                    ..first
                })
            }
            Step::Edit {
                message,
                by,
                words,
                judged,
            } => Call::EditMessage(Edit {
                message_id: self.message(*message),
                user_id: self.author(*message, *by),
                content: text(&format!("words {words}")),
                judgement: judgement(*judged),
                at: self.now(),
            }),
            Step::Delete { message, by } => Call::DeleteMessage(Removal {
                message_id: self.message(*message),
                user_id: self.author(*message, *by),
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

    fn user_call(&self, step: &Step) -> Option<Call> {
        Some(match step {
            Step::CreateTag { owner, name } => {
                let id = TagId::from_uuid(self.next_uuid());
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
                Call::UpdateTag(self.owner(*tag, *owner), self.tag(*tag), update)
            }
            Step::DeleteTag { owner, tag } => {
                Call::DeleteTag(self.owner(*tag, *owner), self.tag(*tag))
            }
            Step::ApplyTag {
                owner,
                tag,
                thread,
                applied,
            } => {
                let owner = self.owner(*tag, *owner);
                let (tag, thread) = (self.tag(*tag), self.thread(*thread));
                Call::ApplyTag(owner, tag, thread, *applied, self.now())
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
            Step::Sweep { who, limit } => Call::SweepThreads(self.user(*who), *limit, self.now()),
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
}

/// What judging came to.
fn judgement(judged: Judged) -> Judgement {
    match judged {
        0 => Judgement::Deliver(Some(verdict(Action::Warn, &["spam"]))),
        1 => Judgement::Deliver(Some(verdict(Action::Flag, &["scam", "spam"]))),
        2 => {
            let flags = verdict(Action::Block, &["scam"]).flags;
            Judgement::Refuse(Refused::Rejected { flags })
        }
        3 => Judgement::Refuse(Refused::Unavailable),
        _ => Judgement::default(),
    }
}

/// A small JSON object.
fn object(number: u8) -> Metadata {
    Metadata::from_iter([("number".to_owned(), number.into())])
}
