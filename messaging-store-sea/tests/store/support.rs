//! What several tests need.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use messaging_core::testkit::Scene;
use messaging_store_sea::{SeaOptions, SeaStore, testkit::TestDatabase};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// A store on this database.
pub(crate) async fn open(database: &TestDatabase, options: SeaOptions) -> SeaStore {
    let store = options.connect(database.url()).await;
    store.expect("the store opens")
}

/// A scene on a store with these options.
pub(crate) async fn scene(database: &TestDatabase, options: SeaOptions) -> Scene {
    Scene::new(Arc::new(open(database, options).await))
}

/// A plain connection to the database, beside the store's own.
pub(crate) async fn connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await;
    connection.expect("the database answers")
}

/// Holds the lock that every writer needs, until it is dropped or rolled back.
pub(crate) async fn hold_writers(database: &TestDatabase) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let connection = connection(database.url()).await;
    let transaction = connection.begin_with_options(options).await;
    let transaction = transaction.expect("a transaction begins");
    let lock = "UPDATE messaging_log_head SET position = position";
    let locked = transaction.execute_unprepared(lock).await;
    locked.expect("the log's head is locked");
    transaction
}

/// Lets a call run until it waits: a change is in the queue then.
pub(crate) async fn start<F: Future>(call: F) -> Pin<Box<F>> {
    let mut call = Box::pin(call);
    poll_fn(|context| {
        let polled = call.as_mut().poll(context);
        assert!(polled.is_pending(), "the call waits");
        Poll::Ready(())
    })
    .await;
    call
}
