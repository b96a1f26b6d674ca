//! The conformance suite, on both databases.

use messaging_store_sea::{SeaStore, testkit::TestDatabase};

/// A store on a database of its own.
async fn on(database: TestDatabase) -> (SeaStore, TestDatabase) {
    let store = SeaStore::connect(database.url())
        .await
        .expect("the store opens");
    (store, database)
}

mod sqlite {
    use super::*;

    async fn open() -> (SeaStore, TestDatabase) {
        on(TestDatabase::sqlite()).await
    }

    messaging_core::conformance_suite!(open);
}

mod postgres {
    use super::*;

    async fn open() -> (SeaStore, TestDatabase) {
        on(TestDatabase::postgres().await).await
    }

    messaging_core::conformance_suite!(open);
}
