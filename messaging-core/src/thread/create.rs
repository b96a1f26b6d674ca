//! Opening a thread.

use super::{Metadata, NewThread, Thread, ThreadKind, Threads};
use crate::{
    caller::{Caller, Role},
    error::{ErrorKind, Extensions, Fault, FieldError, Invalid, StoreError},
    id::{ThreadId, UserId},
    limits::{MAX_METADATA, MAX_PARTICIPANTS, MAX_TITLE, check_chars},
    message::{Content, SendError, SendMessage},
};

/// One who is to take part beside the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Who.
    pub user_id: UserId,
    /// As what; in a direct thread the opposite of the caller's role unless given, in a group a
    /// client.
    pub role: Option<Role>,
}

/// A message to send as soon as the thread stands.
#[derive(Debug, Clone)]
pub struct FirstMessage {
    /// Its idempotency key.
    pub client_id: String,
    /// What it says.
    pub content: Content,
}

/// A wish to open a thread.
#[derive(Debug, Clone)]
pub struct CreateThread {
    /// The others.
    pub participants: Vec<Invitee>,
    /// Direct with one other, group with more, unless given.
    pub kind: Option<ThreadKind>,
    /// What to call it.
    pub title: Option<String>,
    /// The application's own facts.
    pub metadata: Metadata,
    /// A message to begin with. The thread stands even when this is refused; sending the same wish
    /// again then finds the thread and tries the message again.
    pub message: Option<FirstMessage>,
}

/// What became of the wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedThread {
    /// The thread as the caller sees it.
    pub thread: Thread,
    /// Whether it is new; `false` when the pair had one.
    pub created: bool,
}

/// Why a thread was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateThreadError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Services take no part in threads.
    #[error("a service takes no part in threads")]
    ServiceRole,
    /// The caller is banned or deactivated.
    #[error("the caller is banned or deactivated")]
    CallerDisabled,
    /// Another has blocked the caller, or is banned or deactivated.
    #[error("a participant cannot be reached")]
    RecipientUnavailable,
    /// The thread stands, its first message was refused.
    #[error("the first message was refused: {0}")]
    Message(#[source] SendError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for CreateThreadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::ServiceRole => ErrorKind::Forbidden,
            Self::CallerDisabled => ErrorKind::UserDisabled,
            Self::RecipientUnavailable => ErrorKind::RecipientUnavailable,
            Self::Message(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            Self::Message(error) => error.fields(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Extensions {
        match self {
            Self::Message(error) => error.extensions(),
            _ => Extensions::new(),
        }
    }
}

impl Threads<'_> {
    /// Opens a thread with the caller in it, or finds the pair's.
    pub async fn create(
        &self,
        caller: &Caller,
        wish: CreateThread,
    ) -> Result<CreatedThread, CreateThreadError> {
        if caller.role == Role::Service {
            return Err(CreateThreadError::ServiceRole);
        }
        let message = wish.message.clone();
        if let Some(message) = &message {
            message.check()?;
        }
        let opened = self.open(caller, wish).await?;
        let Some(message) = message else {
            return Ok(CreatedThread {
                thread: self.shown(opened.thread, &caller.user_id),
                created: opened.created,
            });
        };
        let thread_id = opened.thread.id;
        let send = SendMessage {
            thread_id,
            client_id: message.client_id,
            content: message.content,
            reply_to: None,
        };
        let messages = self.messaging.messages();
        messages
            .send(caller, send)
            .await
            .map_err(CreateThreadError::Message)?;
        let store = self.messaging.store();
        let now = store.lookup_thread(thread_id, &caller.user_id).await?;
        Ok(CreatedThread {
            thread: self.shown(now.unwrap_or(opened.thread), &caller.user_id),
            created: opened.created,
        })
    }

    async fn open(
        &self,
        caller: &Caller,
        wish: CreateThread,
    ) -> Result<super::Opened, CreateThreadError> {
        let kind = check(caller, &wish)?;
        let mut participants = vec![(caller.user_id.clone(), caller.role)];
        participants.extend(wish.participants.into_iter().map(|invitee| {
            let usual = match kind {
                ThreadKind::Direct => caller.role.opposite(),
                ThreadKind::Group => Role::Client,
            };
            (invitee.user_id, invitee.role.unwrap_or(usual))
        }));
        let thread = NewThread {
            id: ThreadId::from_uuid(self.messaging.ids().next_uuid()),
            kind,
            title: wish.title,
            metadata: wish.metadata,
            created_by: caller.user_id.clone(),
            participants,
            at: self.messaging.clock().now(),
        };
        Ok(self.messaging.store().open_thread(thread).await?.value)
    }
}

impl FirstMessage {
    fn check(&self) -> Result<(), Invalid> {
        let mut faults = Vec::new();
        crate::message::check_client_id("message.client_id", &self.client_id, &mut faults);
        self.content.check("message.content", &mut faults);
        Invalid::check(faults)
    }
}

/// Checks every value of the wish and settles the kind.
fn check(caller: &Caller, wish: &CreateThread) -> Result<ThreadKind, Invalid> {
    let mut faults = Vec::new();
    let kind = check_kind(wish, &mut faults);
    check_participants(caller, kind, &wish.participants, &mut faults);
    if let Some(title) = &wish.title {
        check_chars("title", title, 1, MAX_TITLE, &mut faults);
    }
    check_metadata(&wish.metadata, &mut faults);
    Invalid::check(faults)?;
    Ok(kind)
}

fn check_kind(wish: &CreateThread, faults: &mut Vec<FieldError>) -> ThreadKind {
    match (wish.kind, wish.participants.len()) {
        (Some(ThreadKind::Direct), 2..) => {
            faults.push(FieldError {
                field: "kind".into(),
                message: "a direct thread has exactly one other participant".into(),
            });
            ThreadKind::Direct
        }
        (Some(kind), _) => kind,
        (None, 0 | 1) => ThreadKind::Direct,
        (None, _) => ThreadKind::Group,
    }
}

fn check_participants(
    caller: &Caller,
    kind: ThreadKind,
    invitees: &[Invitee],
    faults: &mut Vec<FieldError>,
) {
    if invitees.is_empty() || invitees.len() >= MAX_PARTICIPANTS {
        faults.push(FieldError {
            field: "participants".into(),
            message: format!("must name 1 to {} others", MAX_PARTICIPANTS - 1).into(),
        });
        return;
    }
    let mut seen = std::collections::HashSet::from([&caller.user_id]);
    for (index, invitee) in invitees.iter().enumerate() {
        let mut complain = |message: &'static str| {
            faults.push(FieldError {
                field: format!("participants[{index}]").into(),
                message: message.into(),
            });
        };
        if !seen.insert(&invitee.user_id) {
            complain("must name another user, once");
        }
        match invitee.role {
            Some(Role::Service) => complain("a service takes no part in threads"),
            Some(role) if kind == ThreadKind::Direct && !may_face(caller.role, role) => {
                complain("a direct thread is between a client and a creator");
            }
            _ => {}
        }
    }
}

/// Whether the two roles may share a direct thread: a client and a creator, or an admin and anyone.
fn may_face(one: Role, other: Role) -> bool {
    one != other || one == Role::Admin
}

pub(super) fn check_metadata(metadata: &Metadata, faults: &mut Vec<FieldError>) {
    let size = serde_json::to_string(metadata).map_or(usize::MAX, |json| json.len());
    if size > MAX_METADATA {
        faults.push(FieldError {
            field: "metadata".into(),
            message: format!("must be at most {MAX_METADATA} bytes of JSON").into(),
        });
    }
}
