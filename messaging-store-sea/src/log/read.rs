//! Reading the log, whole or as one user may see it.

use messaging_core::{
    error::StoreError,
    id::{Position, UserId},
    log::{LogBounds, LogEntry, UserLog},
};
use sea_orm::FromQueryResult;

use crate::{entity::log::Model, reader::Reader};

const BOUNDS: &str = "SELECT position, pruned FROM {log_head} WHERE id = 1";

const AFTER: &str = "SELECT l.* FROM {log} l WHERE l.position > $1 ORDER BY l.position LIMIT +$2";

/// What was told to the user alone, and what happened in a thread while they took part.
///
/// For each stay the index gives the next position. From the soonest of all on, a stretch is read,
/// and only of the stays whose turn comes first: no more of them than rows are wanted. So the cost
/// is a look at each of the user's threads, and then follows what is found, however long the log is
/// and whatever lies between.
const FOR: &str = "WITH stay AS (
        SELECT p.thread_id,
                CASE WHEN p.joined_position > $2 THEN p.joined_position - 1 ELSE $2 END AS above,
                CASE WHEN p.left_position < $3 THEN p.left_position ELSE $3 END AS until
            FROM {participant} p
            WHERE p.user_id = $1 AND (p.left_position IS NULL OR p.left_position > $2)
        UNION ALL
        SELECT f.thread_id,
                CASE WHEN f.joined_position > $2 THEN f.joined_position - 1 ELSE $2 END,
                CASE WHEN f.left_position < $3 THEN f.left_position ELSE $3 END
            FROM {former_stay} f WHERE f.user_id = $1 AND f.left_position > $2
    ), turn AS (
        SELECT s.thread_id, s.until, (SELECT x.position FROM {log} x
                WHERE x.thread_id = s.thread_id AND x.audience_id IS NULL
                    AND x.position > s.above AND x.position <= s.until
                ORDER BY x.position LIMIT 1) AS next
            FROM stay s ORDER BY next NULLS LAST LIMIT +$4
    ), own AS (
        SELECT x.position FROM {log} x
            WHERE x.audience_id = $1 AND x.position > $2 AND x.position <= $3
            ORDER BY x.position LIMIT 1
    ), edge AS (
        SELECT CASE WHEN MIN(n.next) + $5 < $3 THEN MIN(n.next) + $5 ELSE $3 END AS position
            FROM (SELECT t.next FROM turn t UNION ALL SELECT o.position FROM own o) AS n
    )
    SELECT * FROM (SELECT x.* FROM {log} x
        WHERE x.audience_id = $1 AND x.position >= (SELECT position FROM own)
            AND x.position <= (SELECT position FROM edge)
        ORDER BY x.position LIMIT +$4) AS o
    UNION ALL
    SELECT l.* FROM (SELECT t.thread_id, t.next,
            CASE WHEN t.until < e.position THEN t.until ELSE e.position END AS until
        FROM turn t CROSS JOIN edge e) AS s {log_of_stay}
    ORDER BY position LIMIT +$4";

/// How many positions are looked at, from the user's next entry on. Where a user finds much, the
/// stretch bounds what has to be sorted; where they find little, the next one is far longer.
const STRETCH: i64 = 4096;
const LONGER: i64 = 16;

#[derive(FromQueryResult)]
struct Bounds {
    position: i64,
    pruned: i64,
}

impl Reader {
    /// What is kept of the log.
    pub(super) async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        let row: Option<Bounds> = self.one(self.schema.statement(BOUNDS, [])).await?;
        let row = row.ok_or_else(|| crate::failure::corrupt("log_head", 1))?;
        Ok(LogBounds {
            pruned: Position::new(row.pruned),
            head: Position::new(row.position),
        })
    }

    /// Entries after a position.
    pub(super) async fn log(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let values = [after.get().into(), rows(limit).into()];
        let rows: Vec<Model> = self.all(self.schema.statement(AFTER, values)).await?;
        self.tell(rows).await
    }

    /// A user's entries in a stretch.
    pub(super) async fn log_for(
        &self,
        user_id: &UserId,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<UserLog, StoreError> {
        let wanted = limit.saturating_add(1);
        let mut found: Vec<Model> = Vec::new();
        let (mut from, mut stretch) = (after.get(), STRETCH);
        while from < until.get() && found.len() < wanted {
            let missing = wanted - found.len();
            let values = [
                user_id.as_str().into(),
                from.into(),
                until.get().into(),
                rows(missing).into(),
                stretch.into(),
            ];
            let rows: Vec<Model> = self.all(self.schema.statement(FOR, values)).await?;
            // Nothing follows, or all that begins up to the stretch's end is there.
            from = rows.first().map_or(until.get(), |first| {
                first.position.saturating_add(stretch).min(until.get())
            });
            found.extend(rows);
            stretch = stretch.saturating_mul(LONGER);
        }
        let left_out = found.len() > limit;
        found.truncate(limit);
        let through = match found.last() {
            Some(last) if left_out => Position::new(last.position),
            None if left_out => after,
            _ => until,
        };
        let entries = self.tell_to(user_id, found).await?;
        Ok(UserLog { entries, through })
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
