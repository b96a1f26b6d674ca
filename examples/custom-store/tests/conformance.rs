//! The store keeps every contract of the ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use messaging_core::conformance_suite;
use messaging_example_custom_store::JournalStore;

/// A folder of one test's own.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("messaging-journal-{}-{next}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn open() -> (JournalStore, Folder) {
    let folder = Folder::new();
    let store = JournalStore::open(folder.0.join("journal")).await.unwrap();
    (store, folder)
}

conformance_suite!(open);
