//! Random histories, held against the memory store.

use messaging_core::testkit::histories;
use messaging_store_sea::{SeaStore, testkit::TestDatabase};

async fn sqlite() -> (SeaStore, TestDatabase) {
    let database = TestDatabase::sqlite();
    (
        SeaStore::connect(database.url())
            .await
            .expect("the store opens"),
        database,
    )
}

async fn postgres() -> (SeaStore, TestDatabase) {
    let database = TestDatabase::postgres().await;
    (
        SeaStore::connect(database.url())
            .await
            .expect("the store opens"),
        database,
    )
}

#[test]
fn random_histories_on_sqlite_come_out_as_in_memory() {
    histories::check(sqlite, 300);
}

#[test]
fn random_histories_on_postgres_come_out_as_in_memory() {
    histories::check(postgres, 40);
}

#[test]
fn concurrent_histories_on_sqlite_come_out_as_in_memory() {
    histories::check_concurrent(sqlite, 200);
}

#[test]
fn concurrent_histories_on_postgres_come_out_as_in_memory() {
    histories::check_concurrent(postgres, 30);
}
