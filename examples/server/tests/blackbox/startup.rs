//! The binary itself: its settings, its commands, how it starts and refuses to.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Database, Person, Server, Session, anonymous, open, say, upgrade, within};

on_each_database! {
    a_setting_that_does_not_parse_stops_the_start_and_is_named,
    the_gateway_may_have_a_port_of_its_own,
    a_token_of_the_command_line_is_let_in,
    the_doctor_finds_a_good_setup_well,
    migrations_go_down_and_up_again,
    a_deactivated_user_is_shown_out_and_may_come_back,
}

async fn a_setting_that_does_not_parse_stops_the_start_and_is_named(database: Database) {
    for (name, value) in [
        ("MESSAGING_BIND", "nowhere"),
        ("MESSAGING_API_PORT", "70000"),
        ("MESSAGING_WS_PORT", "x"),
        ("MESSAGING_THROTTLE_TTL", "0"),
        ("MESSAGING_THROTTLE_LIMIT", "-1"),
        ("MESSAGING_EDIT_WINDOW", "soon"),
        ("MESSAGING_ENABLE_TYPING_INDICATORS", "perhaps"),
        ("MESSAGING_ENABLE_READ_RECEIPTS", "2"),
        ("MESSAGING_ALLOWED_ORIGINS", "app.example"),
        ("MESSAGING_QUOTA", "perhaps"),
        ("JWT_SECRET", "too short"),
        ("JWT_SECRET", ""),
        ("JWT_EXPIRATION", "x"),
        ("JWT_JWKS_FILE", "/nowhere/keys.json"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgres://nobody:s3cret@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://localhost"),
    ] {
        let output = Server::output(&database, &["serve"], &[(name, value)]).await;
        assert!(!output.status.success(), "{name}={value}");
        let said = String::from_utf8_lossy(&output.stderr);
        let named = said.contains(name) || (name == "DATABASE_URL" && said.contains("database"));
        assert!(named, "{name}={value}: {said}");
        assert!(
            !said.contains("s3cret") && !said.contains("panicked"),
            "{said}"
        );
        assert!(output.stdout.is_empty(), "{name}={value}");
    }
}

async fn the_gateway_may_have_a_port_of_its_own(database: Database) {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr();
    let port = free.unwrap().port().to_string();
    let mut server = Server::start_with(database, &[("MESSAGING_WS_PORT", &port)]).await;
    let second = within(Duration::from_secs(5), "a second line", server.next_line()).await;
    let gateway = second.strip_prefix("listening on ws://").unwrap();
    let gateway = gateway
        .strip_suffix("/ws/messaging")
        .unwrap()
        .parse()
        .unwrap();
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = Session::open(gateway, &bob.token, None).await;
    say(&ann, &thread, "hello").await;
    session.expect("message.new").await;
    let elsewhere = Person {
        address: gateway,
        ..ann
    };
    elsewhere
        .get("/api/threads")
        .await
        .expect_problem(404, "not_found");
    let request = upgrade(server.address(), "");
    assert!(Session::handshake(server.address(), request).await.is_err());
}

async fn a_token_of_the_command_line_is_let_in(database: Database) {
    let server = Server::start(database).await;
    let arguments = ["token", "--user", "ann", "--role", "client", "--ttl", "1h"];
    let token = server.command(&arguments).await;
    let ann = server.client("ann").with_token(token.trim());
    ann.get("/api/threads").await.expect(200);
}

async fn the_doctor_finds_a_good_setup_well(database: Database) {
    Server::start(database).await.command(&["doctor"]).await;
    let broken = Database::sqlite();
    let output = Server::output(&broken, &["doctor"], &[("JWT_SECRET", "short")]).await;
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    assert!(String::from_utf8_lossy(&said).contains("JWT_SECRET"));
}

async fn migrations_go_down_and_up_again(database: Database) {
    for arguments in [
        ["migrate", "up"],
        ["migrate", "status"],
        ["migrate", "down"],
        ["migrate", "up"],
    ] {
        let output = Server::output(&database, &arguments, &[]).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    say(&ann, &thread, "it works").await;
}

async fn a_deactivated_user_is_shown_out_and_may_come_back(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = ann.connect().await;
    server.command(&["user", "deactivate", "ann"]).await;
    assert_eq!(session.closed().await, 4403);
    let wish = json!({
        "thread_id": thread, "client_id": "c", "content": { "type": "text", "text": "x" },
    });
    let answer = ann.post("/api/messages", wish).await;
    answer.expect_problem(403, "user_disabled");
    let shown = server.command(&["user", "show", "ann"]).await;
    assert!(shown.contains("deactivated"), "{shown}");
    server.command(&["user", "reactivate", "ann"]).await;
    ann.connect().await;
    say(&ann, &thread, "back").await;
}

#[tokio::test]
async fn without_a_database_url_a_file_in_the_data_folder_serves() {
    let server = Server::start_with(Database::sqlite(), &[("DATABASE_URL", "")]).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    say(&ann, &thread, "hello").await;
    assert!(server.folder().join("messaging.db").exists());
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let server = Server::start(Database::sqlite()).await;
    let port = server.address().port().to_string();
    let other = Database::sqlite();
    let output = Server::output(&other, &["serve"], &[("MESSAGING_API_PORT", &port)]).await;
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains(&port));
    let live = anonymous(server.address(), Method::GET, "/health/live", None).await;
    assert_eq!(live.status, 200);
}
