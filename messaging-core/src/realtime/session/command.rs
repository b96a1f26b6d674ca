//! What clients may ask of a session, and what each comes to.

use std::pin::pin;

use bytes::Bytes;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::{
    caller::Caller,
    error::Invalid,
    id::{MessageId, Position, Seq, ThreadId},
    json,
    log::Committed,
    message::{Content, Message, MessageOut, SendMessage},
    messaging::Messaging,
    moderation::Judgement,
    page::Cursor,
    realtime::{CommandIn, Failure, Frame, presence::OwnStatus},
    receipt::{MarkUpTo, Marker},
};

/// A command whose values have been read.
#[derive(Debug)]
pub(in crate::realtime) enum Command {
    Write(Write),
    Control(Control),
}

/// A command to the session itself, over when it is answered. Nothing of it is in the log.
#[derive(Debug)]
pub(in crate::realtime) enum Control {
    TypingStart(ThreadIn),
    TypingStop(ThreadIn),
    Subscribe(SubscribeIn),
    Unsubscribe(ThreadIn),
    SetPresence(PresenceIn),
    Authenticate(AuthenticateIn),
    Resume(ResumeIn),
    Ping,
}

/// A command that appends to the log, so that its acknowledgement has a place among the events.
#[derive(Debug)]
pub(in crate::realtime) enum Write {
    Send(SendIn),
    Edit(EditIn),
    Delete(MessageIn),
    React(ReactIn),
    Mark(Marker, MarkIn),
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct SendIn {
    thread_id: ThreadId,
    client_id: String,
    content: Content,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct EditIn {
    message_id: MessageId,
    content: Content,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct MessageIn {
    message_id: MessageId,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct ReactIn {
    message_id: MessageId,
    emoji: String,
    #[serde(default)]
    remove: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct MarkIn {
    #[serde(default)]
    message_id: Option<MessageId>,
    #[serde(default)]
    thread_id: Option<ThreadId>,
    #[serde(default)]
    seq: Option<Seq>,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct ThreadIn {
    pub(in crate::realtime) thread_id: ThreadId,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct SubscribeIn {
    pub(in crate::realtime) thread_id: ThreadId,
    #[serde(default)]
    pub(in crate::realtime) after_seq: Option<Seq>,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct PresenceIn {
    pub(in crate::realtime) status: OwnStatus,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct AuthenticateIn {
    pub(in crate::realtime) token: String,
    /// Where to resume, for the first command of a connection.
    #[serde(default)]
    pub(in crate::realtime) cursor: Option<Cursor>,
}

#[derive(Debug, Deserialize)]
pub(in crate::realtime) struct ResumeIn {
    pub(in crate::realtime) cursor: Cursor,
}

impl Command {
    /// Reads a command's values.
    pub(in crate::realtime) fn read(command: &CommandIn) -> Result<Self, Invalid> {
        let data = &command.data;
        Ok(match command.kind.as_str() {
            "message.send" => Self::Write(Write::Send(read(data)?)),
            "message.edit" => Self::Write(Write::Edit(read(data)?)),
            "message.delete" => Self::Write(Write::Delete(read(data)?)),
            "message.react" => Self::Write(Write::React(read(data)?)),
            "message.mark_read" => Self::Write(Write::Mark(Marker::Read, read(data)?)),
            "message.mark_delivered" => Self::Write(Write::Mark(Marker::Delivered, read(data)?)),
            "typing.start" => Self::Control(Control::TypingStart(read(data)?)),
            "typing.stop" => Self::Control(Control::TypingStop(read(data)?)),
            "thread.subscribe" => Self::Control(Control::Subscribe(read(data)?)),
            "thread.unsubscribe" => Self::Control(Control::Unsubscribe(read(data)?)),
            "presence.set" => Self::Control(Control::SetPresence(read(data)?)),
            "session.authenticate" => Self::Control(Control::Authenticate(read(data)?)),
            "session.resume" => Self::Control(Control::Resume(read(data)?)),
            "ping" => Self::Control(Control::Ping),
            _ => return Err(Invalid::field("type", "is no command of this protocol")),
        })
    }

    /// Whether this counts against the user's rate limit, as a request over REST would. What
    /// clients send by themselves (markers, typing) counts against the session's own.
    pub(in crate::realtime) fn is_limited(&self) -> bool {
        matches!(self, Self::Write(write) if !matches!(write, Write::Mark(..)))
    }
}

fn read<T: DeserializeOwned>(data: &RawValue) -> Result<T, Invalid> {
    json::decode("data", data.get().as_bytes())
}

/// What a write came to.
#[derive(Debug)]
pub(in crate::realtime) struct Written {
    /// The acknowledgement's data.
    pub(in crate::realtime) data: AckData,
    /// The log entry it stands for.
    pub(in crate::realtime) position: Option<Position>,
}

/// The data of an acknowledgement.
#[derive(Debug)]
pub(in crate::realtime) enum AckData {
    /// This JSON.
    Json(Bytes),
    /// A message, as `caller` sees it: word for word what the event of it bears, which is encoded
    /// anyway.
    Message {
        message: Box<Message>,
        caller: Caller,
    },
}

impl AckData {
    /// As JSON. `event` is the one that the acknowledgement stands for, if it is at hand.
    pub(in crate::realtime) fn encode(self, event: Option<&Frame>) -> Bytes {
        match (self, event) {
            (Self::Json(data), _) => data,
            (Self::Message { .. }, Some(event)) => event.data(),
            (Self::Message { message, caller }, None) => raw(&MessageAck {
                message: message.shown_to(&caller),
            }),
        }
    }
}

#[derive(Serialize)]
struct MessageAck<'a> {
    message: MessageOut<'a>,
}

#[derive(Serialize)]
struct MarkAck {
    thread_id: ThreadId,
    seq: Seq,
}

/// Any wire form as JSON.
pub(in crate::realtime) fn raw(data: &impl Serialize) -> Bytes {
    // Wire forms are structs of strings and numbers: they always serialise.
    serde_json::to_vec(data).unwrap_or_default().into()
}

/// Where commands of a session wait for those before them to be judged. It is fair: whoever has asked
/// first is next.
pub(in crate::realtime) type Turn = Mutex<()>;

/// Carries out a command that appends to the log. Where messages are judged, commands take turns until
/// they stand in the store's queue, so that they enter the store in the order they came, however long
/// each is judged.
pub(in crate::realtime) async fn carry_out(
    messaging: &Messaging,
    caller: &Caller,
    write: Write,
    turn: Option<&Turn>,
) -> Result<Written, Failure> {
    let turn = match turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let judgement = write.judge(messaging).await;
    let mut performing = pin!(perform(messaging, caller, write, judgement));
    if let Some(turn) = turn {
        let first = performing.as_mut().now_or_never();
        drop(turn);
        if let Some(done) = first {
            return done;
        }
    }
    performing.await
}

impl Write {
    async fn judge(&self, messaging: &Messaging) -> Judgement {
        match self {
            Self::Send(SendIn { content, .. }) | Self::Edit(EditIn { content, .. }) => {
                messaging.messages().judge(content).await
            }
            Self::Delete(_) | Self::React(_) | Self::Mark(..) => Judgement::default(),
        }
    }
}

async fn perform(
    messaging: &Messaging,
    caller: &Caller,
    write: Write,
    judgement: Judgement,
) -> Result<Written, Failure> {
    let messages = messaging.messages();
    let (message, position) = match write {
        Write::Send(data) => {
            let wish = SendMessage {
                thread_id: data.thread_id,
                client_id: data.client_id,
                content: data.content,
                reply_to: data.reply_to,
            };
            let sent = messages.send_judged(caller, wish, judgement).await?;
            (sent.message, sent.position)
        }
        Write::Edit(data) => parts(
            messages
                .edit_judged(caller, data.message_id, data.content, judgement)
                .await?,
        ),
        Write::Delete(data) => {
            let deleted = messages.delete(caller, data.message_id).await?;
            if let Some(position) = deleted.position {
                // An admin or one who has left is told nothing of it: the place in the stream is
                // reached when everyone else has been.
                messaging.hub().reached(position).await;
            }
            parts(deleted)
        }
        Write::React(data) => {
            let on = !data.remove;
            parts(
                messages
                    .react(caller, data.message_id, data.emoji, on)
                    .await?,
            )
        }
        Write::Mark(marker, data) => return mark(messaging, caller, marker, &data).await,
    };
    let data = AckData::Message {
        message: Box::new(message),
        caller: caller.clone(),
    };
    Ok(Written { data, position })
}

fn parts(committed: Committed<Message>) -> (Message, Option<Position>) {
    (committed.value, committed.position)
}

async fn mark(
    messaging: &Messaging,
    caller: &Caller,
    marker: Marker,
    data: &MarkIn,
) -> Result<Written, Failure> {
    let up_to = match (data.message_id, data.thread_id, data.seq) {
        (Some(message_id), _, _) => MarkUpTo::Message(message_id),
        (None, Some(thread_id), Some(seq)) => MarkUpTo::Seq(thread_id, seq),
        _ => {
            let message = "give message_id, or thread_id and seq";
            return Err(Invalid::field("message_id", message).into());
        }
    };
    let moved = messaging.receipts().mark(caller, marker, up_to).await?;
    let ack = MarkAck {
        thread_id: moved.thread_id,
        seq: moved.seq,
    };
    Ok(Written {
        data: AckData::Json(raw(&ack)),
        position: moved.position,
    })
}
