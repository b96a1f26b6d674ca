//! Reading the log, whole or as one user may see it.

use messaging_core::{
    error::StoreError,
    id::{Position, UserId},
    log::{LogBounds, LogEntry, UserLog},
};
use sea_orm::FromQueryResult;

use crate::{entity::log::Model, reader::Reader};

const BOUNDS: &str = "SELECT position, pruned FROM {log_head} WHERE id = 1";

const AFTER: &str = "SELECT l.* FROM {log} l WHERE l.position > $1 ORDER BY l.position LIMIT $2";

/// What was told to the user alone, and what happened in a thread while they took part. Each part
/// is a range of an index, so the cost follows what is found.
const FOR: &str = "SELECT l.* FROM {log} l
        WHERE l.audience_id = $1 AND l.position > $2 AND l.position <= $3
    UNION ALL
    SELECT l.* FROM (
        SELECT p.thread_id, p.joined_position,
                COALESCE(p.left_position, 9223372036854775807) AS left_position
            FROM {participant} p WHERE p.user_id = $1
        UNION ALL
        SELECT f.thread_id, f.joined_position, f.left_position
            FROM {former_stay} f WHERE f.user_id = $1
    ) AS s {log_of_stay}
    ORDER BY position LIMIT $4";

/// How many positions are looked at first. Where a user finds little, further ones are looked at in
/// ever larger stretches; where they find much, the stretch bounds what has to be sorted.
const STRETCH: i64 = 4096;

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
            let to = from.saturating_add(stretch).min(until.get());
            let missing = wanted - found.len();
            let values = [
                user_id.as_str().into(),
                from.into(),
                to.into(),
                rows(missing).into(),
            ];
            let rows: Vec<Model> = self.all(self.schema.statement(FOR, values)).await?;
            found.extend(rows);
            from = to;
            stretch = stretch.saturating_mul(4);
        }
        let left_out = found.len() > limit;
        found.truncate(limit);
        let through = match found.last() {
            Some(last) if left_out => Position::new(last.position),
            None if left_out => after,
            _ => until,
        };
        let entries = self.tell(found).await?;
        Ok(UserLog { entries, through })
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{plan, steps};

    #[tokio::test]
    async fn a_users_log_is_read_from_ranges_of_indexes() {
        let values = ["ann".into(), 1_i64.into(), 2_i64.into(), 51_i64.into()];
        let plan = plan(FOR, values).await;
        let ranges = steps(&plan, "SEARCH l USING INDEX");
        assert_eq!(ranges.len(), 2, "{plan:?}");
        assert!(
            ranges
                .iter()
                .all(|step| step.contains("AND position>? AND position<?"))
        );
        assert!(steps(&plan, "SCAN l").is_empty(), "{plan:?}");
    }
}
