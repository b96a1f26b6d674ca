//! Reading messages.

use messaging_core::{
    error::StoreError,
    id::{MessageId, Seq, ThreadId, UserId},
    message::{Message, SeqRange},
    page::PageSize,
};
use sea_orm::FromQueryResult;

use super::{MessageRow, RawMessage};
use crate::{
    reader::Reader,
    rows::{Kind, Rows, SetStatement},
};

/// Messages by their ids.
pub(crate) const BY_ID: SetStatement = SetStatement {
    sql: "SELECT {message_columns} FROM {rows} JOIN {message} m ON m.id = r.id",
    columns: &[("id", Kind::Uuid)],
};

/// Messages by their senders' idempotency keys.
pub(crate) const BY_CLIENT_ID: SetStatement = SetStatement {
    sql: "SELECT {message_columns} FROM {rows} JOIN {message} m ON m.thread_id = r.thread_id
            AND m.sender_id = r.sender_id AND m.client_id = r.client_id",
    columns: &[
        ("thread_id", Kind::Uuid),
        ("sender_id", Kind::Text),
        ("client_id", Kind::Text),
    ],
};

const ONE: &str = "SELECT {message_columns} FROM {message} m WHERE m.id = $1";

const ONE_FOR: &str = "SELECT {message_columns} FROM {message} m
    WHERE m.id = $1 AND EXISTS (SELECT 1 FROM {participant} p
        WHERE p.thread_id = m.thread_id AND p.user_id = $2
            AND (p.left_seq IS NULL OR m.seq <= p.left_seq))";

/// The newest that the viewer sees stands in a subquery of its own, so that the index gives the
/// rows in order and the reading stops at the limit.
const BEFORE: &str = "SELECT {message_columns} FROM {message} m
    WHERE m.thread_id = $1 AND m.seq < $3
        AND m.seq <= (SELECT COALESCE(p.left_seq, 9223372036854775807) FROM {participant} p
            WHERE p.thread_id = $1 AND p.user_id = $2)
    ORDER BY m.seq DESC LIMIT +$4";

const AFTER: &str = "SELECT {message_columns} FROM {message} m
    WHERE m.thread_id = $1 AND m.seq > $3
        AND m.seq <= (SELECT COALESCE(p.left_seq, 9223372036854775807) FROM {participant} p
            WHERE p.thread_id = $1 AND p.user_id = $2)
    ORDER BY m.seq LIMIT +$4";

const TOOK_PART: &str = "SELECT COUNT(*) AS count FROM {participant}
    WHERE thread_id = $1 AND user_id = $2";

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

impl Reader {
    /// A message, whoever asks.
    pub(super) async fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        let statement = self.schema.statement(ONE, [id.as_uuid().into()]);
        self.one::<RawMessage>(statement)
            .await?
            .map(message)
            .transpose()
    }

    /// A message that the viewer sees.
    pub(super) async fn message_for(
        &self,
        id: MessageId,
        viewer: &UserId,
    ) -> Result<Option<Message>, StoreError> {
        let values = [id.as_uuid().into(), viewer.as_str().into()];
        let statement = self.schema.statement(ONE_FOR, values);
        self.one::<RawMessage>(statement)
            .await?
            .map(message)
            .transpose()
    }

    /// Messages by their ids, in no given order.
    pub(crate) async fn messages_by_id(
        &self,
        ids: impl IntoIterator<Item = MessageId>,
    ) -> Result<Vec<Message>, StoreError> {
        let rows = Rows::collect(ids.into_iter().map(|id| [id.as_uuid().into()]));
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let raw: Vec<RawMessage> = self.set(&BY_ID, rows).await?;
        raw.into_iter().map(message).collect()
    }

    /// A stretch of a thread, nearest to the range's bound first.
    pub(super) async fn messages(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
        range: SeqRange,
        size: PageSize,
    ) -> Result<Option<Vec<Message>>, StoreError> {
        let (sql, bound) = match range {
            SeqRange::Before(bound) => (BEFORE, bound.map_or(i64::MAX, Seq::get)),
            SeqRange::After(bound) => (AFTER, bound.get()),
        };
        let limit = crate::convert::limit(size);
        let (thread, user) = (thread_id.as_uuid(), viewer.as_str());
        let values = [thread.into(), user.into(), bound.into(), limit.into()];
        let raw: Vec<RawMessage> = self.all(self.schema.statement(sql, values)).await?;
        if raw.is_empty() && !self.took_part(thread_id, viewer).await? {
            return Ok(None);
        }
        raw.into_iter()
            .map(message)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    async fn took_part(&self, thread_id: ThreadId, viewer: &UserId) -> Result<bool, StoreError> {
        let values = [thread_id.as_uuid().into(), viewer.as_str().into()];
        let counted: Option<Count> = self.one(self.schema.statement(TOOK_PART, values)).await?;
        Ok(counted.is_some_and(|row| row.count > 0))
    }
}

fn message(raw: RawMessage) -> Result<Message, StoreError> {
    Ok(MessageRow::try_from(raw)?.message)
}
