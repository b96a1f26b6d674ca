//! Reading threads as their participants see them: each view is one statement, so it shows one
//! moment.

use messaging_core::{
    error::StoreError,
    id::{MessageId, Position, Seq, TagId, ThreadId, UserId},
    message::Content,
    page::PageSize,
    thread::{MessagePreview, Participant, Thread, ThreadFilter, ThreadKey},
};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::row;
use crate::{
    convert,
    failure::corrupt,
    reader::Reader,
    rows::{Kind, Rows, SetStatement},
};

/// The columns of [`RawView`], of a thread named `t` and a participant of it named `p`.
pub(crate) const COLUMNS: &str = "t.id, t.kind, t.title, t.metadata, t.created_by, t.created_at,
    t.updated_at, t.last_seq, p.user_id AS viewer, p.read_seq, p.deleted_unread, p.archived,
    p.muted, p.pinned, p.activity, m.id AS last_id, m.sender_id AS last_sender,
    m.content AS last_content, m.created_at AS last_at,
    (SELECT {json_agg}({json_array}(x.user_id, x.role, x.joined_at, x.delivered_seq, x.read_seq)
            ORDER BY x.user_id){as_text}
        FROM {participant} x WHERE x.thread_id = t.id AND x.left_position IS NULL) AS participants,
    (SELECT {json_agg}({uuid_text}(x.tag_id) ORDER BY x.tag_id){as_text}
        FROM {thread_tag} x WHERE x.user_id = p.user_id AND x.thread_id = t.id) AS tags";

const FOR: SetStatement = SetStatement {
    sql: "SELECT {thread_columns} FROM {rows}
        JOIN {participant} p ON p.thread_id = r.thread_id AND p.user_id = r.user_id
        JOIN {thread} t ON t.id = p.thread_id
        LEFT JOIN {message} m ON m.thread_id = t.id AND m.seq = t.last_seq
        WHERE p.left_position IS NULL",
    columns: &[("thread_id", Kind::Uuid), ("user_id", Kind::Text)],
};

/// A user's list on one side of `archived`: a range of one index, read backwards from a place.
const STRETCH: &str = "SELECT * FROM (SELECT p.* FROM {participant} p
    WHERE p.user_id = $1 AND p.archived = <archived> AND p.left_position IS NULL
        AND (p.pinned, p.activity) < ($2, $3) <filter>
    ORDER BY p.pinned DESC, p.activity DESC LIMIT +$4) AS <name>";

const LIST: &str = "SELECT {thread_columns} FROM (<stretches>) AS p
    JOIN {thread} t ON t.id = p.thread_id
    LEFT JOIN {message} m ON m.thread_id = t.id AND m.seq = t.last_seq
    ORDER BY p.pinned DESC, p.activity DESC LIMIT +$4";

/// Conditions are values of subqueries, so that no database makes a join of them, and then sorts what
/// it has joined: the index is read in order until the page is full.
const UNREAD: &str = " AND (SELECT x.last_seq FROM {thread} x WHERE x.id = p.thread_id)
    > p.read_seq + p.deleted_unread";

/// A tag of another user is on no thread of this one's.
const TAGGED: &str = " AND (SELECT x.tag_id FROM {thread_tag} x WHERE x.user_id = p.user_id
    AND x.thread_id = p.thread_id AND x.tag_id = $5) IS NOT NULL";

/// A thread as one query gives it.
#[derive(Debug, FromQueryResult)]
struct RawView {
    id: Uuid,
    kind: String,
    title: Option<String>,
    metadata: String,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    last_seq: i64,
    viewer: String,
    read_seq: i64,
    deleted_unread: i64,
    archived: bool,
    muted: bool,
    pinned: bool,
    activity: i64,
    last_id: Option<Uuid>,
    last_sender: Option<String>,
    last_content: Option<String>,
    last_at: Option<i64>,
    /// `[[user id, role, joined at, delivered, read], …]` by user id.
    participants: Option<String>,
    /// `[tag id, …]` in order.
    tags: Option<String>,
}

impl Reader {
    /// The thread as one who takes part sees it.
    pub(super) async fn thread(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
    ) -> Result<Option<Thread>, StoreError> {
        let found = self.thread_for(thread_id, std::slice::from_ref(viewer));
        Ok(found.await?.pop().map(|(_, thread)| thread))
    }

    /// The thread as each of these sees it, those who do not take part left out.
    pub(super) async fn thread_for(
        &self,
        thread_id: ThreadId,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Thread)>, StoreError> {
        let rows = viewers.iter();
        let rows = rows.map(|user_id| [thread_id.as_uuid().into(), user_id.as_str().into()]);
        let rows = Rows::collect(rows);
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let raw: Vec<RawView> = self.set(&FOR, rows).await?;
        raw.into_iter().map(RawView::read).collect()
    }

    /// A page of a user's list.
    pub(super) async fn threads(
        &self,
        viewer: &UserId,
        filter: ThreadFilter,
        after: Option<ThreadKey>,
        size: PageSize,
    ) -> Result<Vec<Thread>, StoreError> {
        let after = after.unwrap_or(ThreadKey {
            pinned: true,
            activity: Position::new(i64::MAX),
        });
        let mut values: Vec<Value> = vec![
            viewer.as_str().into(),
            after.pinned.into(),
            after.activity.get().into(),
            convert::limit(size).into(),
        ];
        values.extend(filter.tag.map(|tag| Value::from(tag.as_uuid())));
        let statement = self.schema.statement(&list(filter), values);
        let raw: Vec<RawView> = self.all(statement).await?;
        let threads = raw.into_iter().map(|raw| Ok(raw.read()?.1));
        threads.collect()
    }
}

/// The list's statement for a filter.
fn list(filter: ThreadFilter) -> String {
    let mut conditions = String::new();
    if filter.unread {
        conditions.push_str(UNREAD);
    }
    if filter.tag.is_some() {
        conditions.push_str(TAGGED);
    }
    let stretch = |archived: bool| {
        let (value, name) = if archived {
            ("TRUE", "away")
        } else {
            ("FALSE", "here")
        };
        let stretch = STRETCH.replace("<archived>", value);
        stretch
            .replace("<name>", name)
            .replace("<filter>", &conditions)
    };
    let stretches = match filter.archived {
        Some(archived) => stretch(archived),
        None => format!("{} UNION ALL {}", stretch(false), stretch(true)),
    };
    LIST.replace("<stretches>", &stretches)
}

impl RawView {
    /// Who sees it, and what.
    fn read(self) -> Result<(UserId, Thread), StoreError> {
        let id = ThreadId::from_uuid(self.id);
        let last_message = self.preview(id)?;
        let thread = Thread {
            id,
            kind: row::kind(&self.kind, id)?,
            metadata: convert::json(&self.metadata, "thread.metadata", id)?,
            created_by: convert::user_id(&self.created_by, "thread.created_by", id)?,
            participants: self.read_participants(id)?,
            created_at: convert::timestamp(self.created_at, "thread.created_at", id)?,
            updated_at: convert::timestamp(self.updated_at, "thread.updated_at", id)?,
            last_seq: Seq::new(self.last_seq),
            last_message,
            unread_count: self.last_seq - self.read_seq - self.deleted_unread,
            archived: self.archived,
            muted: self.muted,
            pinned: self.pinned,
            tags: self.read_tags(id)?,
            activity: Position::new(self.activity),
            title: self.title,
        };
        let viewer = convert::user_id(&self.viewer, "participant.user_id", id)?;
        Ok((viewer, thread))
    }

    fn preview(&self, id: ThreadId) -> Result<Option<MessagePreview>, StoreError> {
        let (Some(last_id), Some(sender), Some(at)) =
            (self.last_id, self.last_sender.as_deref(), self.last_at)
        else {
            return match self.last_seq {
                0 => Ok(None),
                _ => Err(corrupt("thread.last_seq", id)),
            };
        };
        let content: Option<Content> = self
            .last_content
            .as_deref()
            .map(|json| convert::json(json, "message.content", last_id))
            .transpose()?;
        Ok(Some(MessagePreview::new(
            MessageId::from_uuid(last_id),
            Seq::new(self.last_seq),
            convert::user_id(sender, "message.sender_id", last_id)?,
            content.as_ref(),
            convert::timestamp(at, "message.created_at", last_id)?,
        )))
    }

    fn read_participants(&self, id: ThreadId) -> Result<Vec<Participant>, StoreError> {
        let json = self.participants.as_deref().unwrap_or("[]");
        let rows: Vec<(UserId, String, i64, i64, i64)> = convert::json(json, "participant", id)?;
        let participants = rows.into_iter();
        let participants = participants.map(|(user_id, role, joined_at, delivered, read)| {
            Ok(Participant {
                role: convert::role(&role, "participant.role", id)?,
                joined_at: convert::timestamp(joined_at, "participant.joined_at", id)?,
                delivered_seq: Seq::new(delivered),
                read_seq: Seq::new(read),
                user_id,
            })
        });
        participants.collect()
    }

    fn read_tags(&self, id: ThreadId) -> Result<Vec<TagId>, StoreError> {
        let json = self.tags.as_deref().unwrap_or("[]");
        let tags: Vec<Uuid> = convert::json(json, "thread_tag.tag_id", id)?;
        Ok(tags.into_iter().map(TagId::from_uuid).collect())
    }
}
