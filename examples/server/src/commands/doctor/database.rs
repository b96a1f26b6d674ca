//! Whether the database is there, up to date, and takes changes.

use messaging_core::{Store, clock::Timestamp, id::Position, log::LogStore};

use super::Finding;
use crate::{
    commands::migrate,
    settings::{Settings, shown},
    words::in_words,
};

/// How many migrations are still to be applied.
pub(super) async fn count_pending(settings: &Settings) -> Result<usize, String> {
    let count = async {
        let migrations = migrate::connect(&settings.database).await?;
        let states = migrations.status().await?;
        migrations.close().await?;
        anyhow::Ok(states.iter().filter(|state| !state.applied).count())
    };
    count.await.map_err(|error| {
        let error = in_words(&error);
        format!("{error}; check DATABASE_URL, and that the database runs and lets us in")
    })
}

/// The state of the schema, in words. `serve` applies what is pending, so that it is no problem.
pub(super) fn describe_schema(settings: &Settings, pending: usize) -> Finding {
    let url = settings.database.url().map_err(|error| in_words(&error))?;
    let url = shown(&url);
    Ok(match pending {
        0 => format!("{url} is up to date"),
        1 => format!("{url} lacks a migration; `serve` applies it, and so does `migrate up`"),
        _ => format!(
            "{url} lacks {pending} migrations; `serve` applies them, and so does `migrate up`"
        ),
    })
}

/// Forgets nothing, but through the same connection, in the same tables, as every change.
pub(super) async fn check_writing(store: &dyn Store) -> Finding {
    let beginning = Timestamp::from_millis(0).ok_or("the calendar has no 1970")?;
    match store.prune_log(beginning, 1).await {
        Ok(_) => Ok("changes are taken".to_owned()),
        Err(error) => Err(format!(
            "the database takes no changes ({}); its user must be allowed to write, and its disk \
             must have room",
            in_words(&error.into())
        )),
    }
}

/// When the newest log entry was made.
pub(super) async fn newest(store: &dyn LogStore) -> Option<Timestamp> {
    let head = store.log_bounds().await.ok()?.head;
    let before = Position::new(head.get() - 1);
    let entries = store.read_log(before, 1).await.ok()?;
    entries.first().map(|entry| entry.at)
}
