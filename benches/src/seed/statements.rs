//! What a world consists of, in SQL.

use super::{
    ANN, TEXT, World,
    words::{self, Words},
};

impl World {
    pub(super) fn add_threads(self, words: Words, at: i64) -> String {
        let Self {
            threads,
            first,
            others,
        } = self;
        let (id, threads) = (words.uuid(words::THREADS, "i"), words.series(threads));
        format!(
            "INSERT INTO messaging_thread (id, kind, pair_key, title, metadata, created_by,
                created_at, updated_at, last_seq)
            SELECT {id}, 'direct', '{ANN} creator-' || i, NULL, '{{}}', '{ANN}', {at}, {at},
                CASE i WHEN 0 THEN {first} ELSE {others} END
            FROM {threads}"
        )
    }

    pub(super) fn add_participants(self, words: Words, at: i64) -> String {
        let Self {
            threads,
            first,
            others,
        } = self;
        let (id, series) = (words.uuid(words::THREADS, "i"), words.series(threads));
        // The last message's position, or the thread's own.
        let of_first = if first == 0 { 1 } else { threads + first };
        let of_others = match others {
            0 => "i + 1".to_owned(),
            _ => format!("i + {}", threads + first + (others - 1) * (threads - 1)),
        };
        format!(
            "INSERT INTO messaging_participant (thread_id, user_id, role, joined_at,
                joined_position, left_position, left_seq, delivered_seq, read_seq, deleted_unread,
                archived, muted, pinned, activity)
            SELECT {id}, CASE who WHEN 0 THEN '{ANN}' ELSE 'creator-' || i END,
                CASE who WHEN 0 THEN 'client' ELSE 'creator' END, {at}, i + 1, NULL, NULL,
                CASE i WHEN 0 THEN {first} ELSE {others} END,
                CASE i WHEN 0 THEN {first} ELSE {others} END,
                0, FALSE, FALSE, FALSE, CASE i WHEN 0 THEN {of_first} ELSE {of_others} END
            FROM {series} CROSS JOIN (SELECT 0 AS who UNION ALL SELECT 1) AS w"
        )
    }

    pub(super) fn add_messages(self, words: Words, at: i64) -> String {
        let (id, thread) = (
            words.uuid(words::MESSAGES, "position"),
            words.uuid(words::THREADS, "thread"),
        );
        let (rows, fingerprint) = (self.rows(words), words.fingerprint);
        format!(
            "INSERT INTO messaging_message (id, thread_id, seq, sender_id, client_id, fingerprint,
                content, reply_to, created_at, edited_at, deleted_at)
            SELECT {id}, {thread}, seq,
                CASE seq % 2 WHEN 1 THEN '{ANN}' ELSE 'creator-' || thread END,
                'seed-' || position, {fingerprint}, '{{\"type\":\"text\",\"text\":\"{TEXT}\"}}',
                NULL, {at} + i, NULL, NULL
            FROM {rows} ORDER BY position"
        )
    }

    pub(super) fn add_log(self, words: Words, at: i64) -> String {
        let (message, thread) = (
            words.uuid(words::MESSAGES, "position"),
            words.uuid(words::THREADS, "thread"),
        );
        let created = words.uuid(words::THREADS, "i");
        let (rows, threads) = (self.rows(words), words.series(self.threads));
        format!(
            "INSERT INTO messaging_log (position, at, kind, actor_id, thread_id, message_id,
                user_id, audience_id, seq)
            SELECT i + 1, {at}, 'thread.created', '{ANN}', {created}, NULL, NULL, NULL,
                    CAST(NULL AS BIGINT)
                FROM {threads}
            UNION ALL
            SELECT position, {at} + i, 'message.sent',
                CASE seq % 2 WHEN 1 THEN '{ANN}' ELSE 'creator-' || thread END,
                {thread}, {message}, NULL, NULL, NULL
                FROM {rows}"
        )
    }

    /// All messages: which thread, which place in it, which position of the log, and a number from
    /// zero. Those of the first thread come first, then one of each other thread after the other.
    fn rows(self, words: Words) -> String {
        let Self { threads, first, .. } = self;
        let others = threads.saturating_sub(1).max(1);
        let all = words.series(self.messages());
        format!(
            "(SELECT i, {threads} + i + 1 AS position,
                CASE WHEN i < {first} THEN 0 ELSE 1 + (i - {first}) % {others} END AS thread,
                CASE WHEN i < {first} THEN i + 1 ELSE 1 + (i - {first}) / {others} END AS seq
            FROM {all}) AS x"
        )
    }
}
