//! The store in memory against itself: what it shows is that the histories can be played, and that
//! its lock makes tasks one after another.

use messaging_core::{memory::MemoryStore, testkit::histories};

async fn open() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

#[test]
fn histories_can_be_played() {
    histories::check(open, 64);
}

#[test]
fn tasks_at_once_come_to_one_order() {
    histories::check_concurrent(open, 32);
}
