//! Whether the database is there, up to date, and takes changes.

use messaging_core::{Store, clock::Timestamp, error::StoreError, id::Position, log::LogStore};

use super::Finding;
use crate::{
    commands::migrate,
    settings::{Settings, shown},
};

/// Whether every migration is applied.
pub(super) async fn check_schema(settings: &Settings) -> Finding {
    let look = async {
        let migrations = migrate::connect(&settings.database).await?;
        let states = migrations.status().await?;
        migrations.close().await?;
        anyhow::Ok(states)
    };
    let states = look.await.map_err(|error| {
        format!("{error:#}; check DATABASE_URL, and that the database runs and lets us in")
    })?;
    let url = settings
        .database
        .url()
        .map_err(|error| format!("{error:#}"))?;
    let pending = states.iter().filter(|state| !state.applied).count();
    match pending {
        0 => Ok(format!("{} is up to date", shown(&url))),
        _ => Err(format!(
            "{} lacks {pending} of {} migrations; `migrate up` applies them, and so does `serve`",
            shown(&url),
            states.len()
        )),
    }
}

/// Forgets nothing, but through the same connection, in the same tables, as every change.
pub(super) async fn check_writing(store: &dyn Store) -> Finding {
    let beginning = Timestamp::from_millis(0).ok_or("the calendar has no 1970")?;
    match store.prune_log(beginning, 1).await {
        Ok(_) => Ok("changes are taken".to_owned()),
        Err(error) => Err(format!(
            "the database takes no changes ({}); its user must be allowed to write, and its disk \
             must have room",
            chain(&error)
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

fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
