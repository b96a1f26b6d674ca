//! Migrations: both directions, their state, and the host's own beside them.

use crate::support::{connection, open, scene};
use messaging_core::Store;
use messaging_store_sea::{
    MigrationState, Migrations, SeaOptions, SeaStore, testkit::TestDatabase,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

async fn databases() -> [TestDatabase; 2] {
    [TestDatabase::sqlite(), TestDatabase::postgres().await]
}

#[derive(FromQueryResult)]
struct Name {
    name: String,
}

/// The tables of the database, by name.
async fn tables(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             ORDER BY name"
        }
        _ => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'
             ORDER BY tablename"
        }
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, sql));
    let rows = rows.await.expect("the tables are listed");
    rows.iter()
        .map(|row| Name::from_query_result(row, "").expect("a name").name)
        .collect()
}

fn is_applied(states: &[MigrationState]) -> Vec<bool> {
    states.iter().map(|state| state.applied).collect()
}

#[tokio::test]
async fn migrations_go_up_and_down_and_tell_their_state() {
    for database in databases().await {
        let options = SeaOptions::default();
        let migrations = Migrations::connect(database.url(), &options).await.unwrap();
        let connection = connection(database.url()).await;
        assert_eq!(is_applied(&migrations.status().await.unwrap()), [false]);
        assert_eq!(
            tables(&connection).await,
            Vec::<String>::new(),
            "status changes nothing"
        );
        migrations.up().await.unwrap();
        migrations.up().await.unwrap();
        assert_eq!(is_applied(&migrations.status().await.unwrap()), [true]);
        let made = tables(&connection).await;
        assert!(
            made.iter().all(|name| name.starts_with("messaging_")),
            "{made:?}"
        );
        assert_eq!(made.len(), 25);
        migrations.down(1).await.unwrap();
        assert_eq!(is_applied(&migrations.status().await.unwrap()), [false]);
        assert_eq!(tables(&connection).await, ["messaging_migration"]);
        migrations.up().await.unwrap();
        open(&database, options).await.close().await;
    }
}

#[tokio::test]
async fn a_store_opened_without_migrating_changes_no_tables() {
    for database in databases().await {
        let store = open(&database, SeaStore::options().migrate(false)).await;
        store.check_health().await.unwrap_err();
        store.close().await;
        let connection = connection(database.url()).await;
        assert_eq!(tables(&connection).await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_opened_at_once_migrate_once() {
    for database in databases().await {
        let [one, two, three] = [0, 1, 2].map(|_| SeaStore::connect(database.url()));
        let (one, two, three) = tokio::join!(one, two, three);
        for store in [one, two, three] {
            let store = store.unwrap();
            store.check_health().await.unwrap();
            store.close().await;
        }
    }
}

#[tokio::test]
async fn two_prefixes_are_two_stores_in_one_database() {
    for database in databases().await {
        let named = SeaStore::options().prefix("chat_".parse().unwrap());
        let one = scene(&database, SeaStore::options()).await;
        let two = scene(&database, named.clone()).await;
        let thread = one.direct("ann", "bob").await;
        one.send(thread, "ann", "hello").await;
        assert_eq!(two.store().log_bounds().await.unwrap().head.get(), 0);
        let migrations = Migrations::connect(database.url(), &named).await.unwrap();
        two.store().close().await;
        migrations.down(1).await.unwrap();
        assert_eq!(one.thread(thread, "bob").await.unread_count, 1);
        one.store().close().await;
    }
}

/// A host's own migrations, in SeaORM's usual table.
struct Host;

impl MigratorTrait for Host {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(HostTable)]
    }
}

struct HostTable;

impl MigrationName for HostTable {
    fn name(&self) -> &'static str {
        "m20200101_000001_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for HostTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "DROP TABLE orders";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_hosts_migrations_and_ours_do_not_see_each_other() {
    for database in databases().await {
        let host = connection(database.url()).await;
        let ours = Migrations::connect(database.url(), &SeaOptions::default())
            .await
            .unwrap();
        Host::up(&host, None).await.unwrap();
        ours.up().await.unwrap();
        Host::up(&host, None).await.unwrap();
        Host::down(&host, None).await.unwrap();
        assert_eq!(is_applied(&ours.status().await.unwrap()), [true]);
        let store = open(&database, SeaStore::options()).await;
        store.check_health().await.unwrap();
        store.close().await;
        Host::up(&host, None).await.unwrap();
        ours.down(1).await.unwrap();
        let left = tables(&host).await;
        assert_eq!(left, ["messaging_migration", "orders", "seaql_migrations"]);
        Host::status(&host).await.unwrap();
        Host::down(&host, None).await.unwrap();
    }
}
