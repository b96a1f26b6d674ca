//! What the two databases call differently.

/// Ids of threads begin with this.
pub(super) const THREADS: u128 = 0x01a2_07d9_0000_7000_8000_0000_0000_0000;
/// Ids of messages begin with this.
pub(super) const MESSAGES: u128 = 0x01a2_07d9_0001_7000_8000_0000_0000_0000;

/// The words of one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) is_postgres: bool,
    /// 32 bytes.
    pub(super) fingerprint: &'static str,
    pub(super) analyze: &'static str,
}

impl Words {
    pub(super) fn of(url: &str) -> Self {
        if url.starts_with("postgres") {
            Self {
                is_postgres: true,
                fingerprint: "sha256(position::text::bytea)",
                analyze: "VACUUM ANALYZE",
            }
        } else {
            Self {
                is_postgres: false,
                fingerprint: "randomblob(32)",
                // The server's own files are never analysed, either.
                analyze: "PRAGMA wal_checkpoint(TRUNCATE)",
            }
        }
    }

    /// The numbers from zero to `count`, which is not among them, as `i`.
    pub(super) fn series(self, count: u64) -> String {
        if self.is_postgres {
            format!("generate_series(0::bigint, {count}::bigint - 1) AS s (i)")
        } else {
            format!(
                "(WITH RECURSIVE s (i) AS (SELECT 0 WHERE {count} > 0 UNION ALL
                    SELECT i + 1 FROM s WHERE i + 1 < {count}) SELECT i FROM s) AS s"
            )
        }
    }

    /// The UUID that begins with `base` and ends with the number that `expression` gives.
    pub(super) fn uuid(self, base: u128, expression: &str) -> String {
        let front = &uuid::Uuid::from_u128(base).simple().to_string()[..20];
        if self.is_postgres {
            format!("('{front}' || lpad(to_hex({expression}), 12, '0'))::uuid")
        } else {
            format!("unhex('{front}' || printf('%012x', {expression}))")
        }
    }
}
