//! What a client that was away has missed, over a plain request.

use super::UserLog;
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, StoreError},
    id::Position,
    messaging::Events,
    page::{Cursor, InvalidCursor, PageSize},
    realtime::{Frame, Framer},
};

/// The scope of cursors into the log.
const SCOPE: &str = "log";

impl Cursor {
    /// A place in the log.
    pub fn of_position(position: Position) -> Self {
        Self::encode(SCOPE, &position)
    }

    /// The place in the log that this stands for.
    ///
    /// # Errors
    /// [`InvalidCursor`] when it stands for none.
    pub fn to_position(&self) -> Result<Position, InvalidCursor> {
        let position: Position = self.decode(SCOPE)?;
        if position < Position::ZERO {
            return Err(InvalidCursor);
        }
        Ok(position)
    }
}

/// A stretch of what the caller has missed.
#[derive(Debug, Clone)]
pub struct SyncPage {
    /// The frames, as a session would have had them.
    pub events: Vec<Frame>,
    /// Where to go on.
    pub cursor: Cursor,
    /// Whether there is more already.
    pub more: bool,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Not a cursor of the log, or one from the future.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The log is no longer kept that far back: read the lists, and sync without a cursor.
    #[error("the cursor is older than the log; read the lists again")]
    TooOld,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for SyncError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Cursor(_) | Self::TooOld => ErrorKind::InvalidCursor,
            Self::Store(error) => error.kind(),
        }
    }
}

impl Events<'_> {
    /// What the caller has missed since `cursor`; without one, nothing, and the present place.
    pub async fn sync(
        self,
        caller: &Caller,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<SyncPage, SyncError> {
        let store = self.messaging.store();
        let bounds = store.log_bounds().await?;
        let Some(cursor) = cursor else {
            return Ok(SyncPage {
                events: Vec::new(),
                cursor: Cursor::of_position(bounds.head),
                more: false,
            });
        };
        let after = cursor.to_position()?;
        if after > bounds.head {
            return Err(InvalidCursor.into());
        }
        if after < bounds.pruned {
            return Err(SyncError::TooOld);
        }
        let UserLog { entries, through } = store
            .read_log_for(&caller.user_id, after, bounds.head, size.get())
            .await?;
        let framer = Framer::new(store.clone(), self.messaging.features());
        let events = framer
            .frames_for(caller, &entries, self.messaging.clock().now())
            .await?;
        Ok(SyncPage {
            events,
            cursor: Cursor::of_position(through),
            more: through < bounds.head,
        })
    }
}
