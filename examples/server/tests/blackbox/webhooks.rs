//! Webhooks: what endpoints are sent, through crashes too.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::support::{Database, Received, Receiver, SOON, Server, id, open, say, text, until};

on_each_database! {
    events_are_signed_and_in_order_whoever_else_is_slow_or_dead,
    every_event_arrives_though_the_server_is_killed_again_and_again,
    an_endpoint_is_paused_resumed_rotated_and_told_again,
    private_addresses_are_refused_unless_allowed,
}

const PRIVATE: (&str, &str) = ("MESSAGING_WEBHOOKS_ALLOW_PRIVATE", "true");
const SENT: &str = "messaging.message.sent";

/// Adds an endpoint and gives its id and its secret.
async fn add(server: &Server, url: &str, kinds: &[&str]) -> (String, String) {
    let mut arguments = vec!["webhooks", "add", url];
    for kind in kinds {
        arguments.extend(["--type", kind]);
    }
    let said = server.command(&arguments).await;
    (field(&said, "id:"), field(&said, "secret:"))
}

fn field(said: &str, name: &str) -> String {
    let mut lines = said.lines();
    let line = lines.find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {said}"))
        .trim()
        .to_owned()
}

/// The message ids of the events, in the order of each thread.
fn by_thread(received: &[Received]) -> BTreeMap<String, Vec<String>> {
    let mut threads: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in received {
        let event = one.event();
        let message = event["data"]["message_id"].as_str().unwrap().to_owned();
        let thread = event["partitionkey"].as_str().unwrap().to_owned();
        let messages = threads.entry(thread).or_default();
        // At least once: one may come again.
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    threads
}

fn is_signed(received: &Received, secret: &str) -> bool {
    let webhook = Webhook::new(secret).unwrap();
    webhook.verify(&received.body, &received.headers).is_ok()
}

async fn events_are_signed_and_in_order_whoever_else_is_slow_or_dead(database: Database) {
    let server = Server::start_with(database, &[PRIVATE]).await;
    let endpoint = Receiver::start().await;
    let (_, secret) = add(&server, &endpoint.url("/good"), &[SENT]).await;
    // Nobody listens there.
    add(&server, "http://127.0.0.1:1/dead", &[]).await;
    add(&server, &endpoint.url("/slow"), &[SENT]).await;
    add(&server, &endpoint.url("/moved"), &[SENT]).await;
    let ann = server.client("ann");
    let mut expected = BTreeMap::new();
    for creator in ["maya", "lea"] {
        let thread = open(&ann, &[&server.creator(creator)]).await;
        expected.insert(thread, Vec::new());
    }
    for number in 0..10 {
        for (thread, messages) in &mut expected {
            let message = say(&ann, thread, &format!("number {number}")).await;
            messages.push(id(&message).to_owned());
        }
    }
    until(SOON, "all events", async || {
        (endpoint.received("/good").len() >= 20).then_some(())
    })
    .await;
    let received = endpoint.received("/good");
    assert_eq!(by_thread(&received), expected);
    for one in &received {
        assert!(is_signed(one, &secret));
        let content = one.headers["content-type"].to_str().unwrap();
        assert_eq!(content, "application/cloudevents+json");
        let event = one.event();
        assert_eq!(event["type"], SENT);
        assert_eq!(one.headers["webhook-id"].to_str().unwrap(), event["id"]);
        assert!(!event.to_string().contains("number"), "words: {event}");
    }
    // Redirects are not followed: nothing more comes to the good one.
    until(SOON, "the redirect", async || {
        (!endpoint.received("/moved").is_empty()).then_some(())
    })
    .await;
    assert_eq!(endpoint.received("/good").len(), 20);
    until(SOON, "the slow one's events", async || {
        (by_thread(&endpoint.received("/slow")) == expected).then_some(())
    })
    .await;
    let listed = until(SOON, "the dead one's failure", async || {
        let listed = server.command(&["webhooks", "list"]).await;
        listed.contains("failing since").then_some(listed)
    })
    .await;
    assert!(!listed.contains("whsec_"), "{listed}");
}

async fn every_event_arrives_though_the_server_is_killed_again_and_again(database: Database) {
    let mut server = Server::start_with(database, &[PRIVATE]).await;
    let endpoint = Receiver::start().await;
    add(&server, &endpoint.url("/good"), &[SENT]).await;
    add(&server, &endpoint.url("/broken"), &[SENT]).await;
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for creator in ["maya", "lea"] {
        let thread = open(&server.client("ann"), &[&server.creator(creator)]).await;
        expected.insert(thread, Vec::new());
    }
    for round in 0..4 {
        let ann = server.client("ann");
        for (thread, messages) in &mut expected {
            for number in 0..8 {
                let message = say(&ann, thread, &format!("{round} {number}")).await;
                messages.push(id(&message).to_owned());
            }
        }
        // In the middle of it: some are told, some are not.
        server.crash_and_restart().await;
    }
    // The dead process's turn has to run out first.
    let limit = Duration::from_mins(1);
    until(limit, "all events", async || {
        (by_thread(&endpoint.received("/good")) == expected).then_some(())
    })
    .await;
}

/// How often an event has come.
fn times(endpoint: &Receiver, event: &Value) -> usize {
    let received = endpoint.received("/good");
    let same = received
        .iter()
        .filter(|one| one.event()["id"] == event["id"]);
    same.count()
}

async fn an_endpoint_is_paused_resumed_rotated_and_told_again(database: Database) {
    let server = Server::start_with(database, &[PRIVATE]).await;
    let endpoint = Receiver::start().await;
    let (hook, first_secret) = add(&server, &endpoint.url("/good"), &[SENT]).await;
    let thread = open(&server.client("ann"), &[&server.creator("maya")]).await;
    let ann = server.client("ann");
    say(&ann, &thread, "one").await;
    let first = until(SOON, "an event", async || endpoint.received("/good").pop()).await;
    let paused = server
        .command(&["webhooks", "pause", &hook, "--reason", "holidays"])
        .await;
    assert!(paused.contains("holidays"), "{paused}");
    let listed = server.command(&["webhooks", "list"]).await;
    assert!(
        listed.contains("paused since") && listed.contains("holidays"),
        "{listed}"
    );
    let said = server.command(&["webhooks", "rotate", &hook]).await;
    let second_secret = field(&said, "secret:");
    server.command(&["webhooks", "resume", &hook]).await;
    assert!(is_signed(&first, &first_secret) && !is_signed(&first, &second_secret));
    // The server takes up the changes within a moment, and signs with both from then on.
    let mut words = 0;
    let newest = until(SOON, "both signatures", async || {
        words += 1;
        say(&ann, &thread, &format!("another {words}")).await;
        let received = endpoint.received("/good");
        received
            .into_iter()
            .find(|one| is_signed(one, &second_secret))
    });
    let newest = newest.await;
    assert!(is_signed(&newest, &first_secret));

    let events = server
        .command(&["events", "list", "--type", SENT, "--json"])
        .await;
    let events = events
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let events: Vec<Value> = events.collect();
    assert_eq!(events[0]["data"], first.event()["data"]);
    let last = events.last().unwrap();
    until(SOON, "the last event", async || {
        (times(&endpoint, last) > 0).then_some(())
    })
    .await;
    let before = times(&endpoint, last);
    let after = events[0]["id"].as_str().unwrap();
    server
        .command(&["events", "replay", "--webhook", &hook, "--after", after])
        .await;
    until(SOON, "the replay", async || {
        (times(&endpoint, last) > before).then_some(())
    })
    .await;
    until(SOON, "the attempts", async || {
        let attempts = server.command(&["webhooks", "attempts", &hook]).await;
        // Those of the replay, at least: what was under way at a change is not noted.
        (attempts.matches("delivered").count() >= events.len() - 1).then_some(())
    })
    .await;
    server.command(&["webhooks", "remove", &hook]).await;
    let listed = server.command(&["webhooks", "list"]).await;
    assert!(listed.contains("no webhooks"), "{listed}");
}

async fn private_addresses_are_refused_unless_allowed(database: Database) {
    let server = Server::start(database).await;
    let endpoint = Receiver::start().await;
    let (url, secret) = (endpoint.url("/good"), "MESSAGING_WEBHOOKS_ALLOW_PRIVATE");
    // It cannot even be added, and one that was added where it is allowed is not sent to.
    let said = server.command_fails(&["webhooks", "add", &url]).await;
    assert!(said.contains("url must be of https"), "{said}");
    let https = "https://127.0.0.1:9/hook";
    let (hook, _) = add(&server, https, &[SENT]).await;
    let (ann, maya) = (server.client("ann"), server.creator("maya"));
    let thread = open(&ann, &[&maya]).await;
    let sent = json!({ "thread_id": thread, "client_id": "1", "content": text("hello") });
    ann.post("/api/messages", sent).await.expect(201);
    let attempts = until(SOON, "the refusal", async || {
        let attempts = server.command(&["webhooks", "attempts", &hook]).await;
        attempts
            .contains("the address is refused")
            .then_some(attempts)
    })
    .await;
    assert!(!attempts.contains(secret) && endpoint.received("/good").is_empty());
}
