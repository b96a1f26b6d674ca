//! Deactivated users: their threads go away and come back, delivery stops and goes on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Database, Person, SOON, Server, Session, id, open, say, text, until};

on_each_database! {
    a_deactivation_puts_threads_away_and_its_undoing_brings_them_back,
    nothing_reaches_a_deactivated_user_and_all_of_it_does_afterwards,
    a_sweep_outlives_crashes,
    one_deactivated_by_hand_is_swept_by_whatever_node_runs,
}

/// Tells what became of a user, as the platform does.
async fn tell(server: &Server, kind: &str, number: u8, user: &Person) {
    let event = json!({
        "specversion": "1.0", "id": number.to_string(), "source": "/profile",
        "type": format!("profile.user.{kind}"), "time": format!("2026-01-01T00:00:{number:02}Z"),
        "data": { "user_id": user.id },
    });
    let profile = server.service("profile");
    let answer = profile.post("/api/events", event).await;
    assert_eq!(answer.expect(202)["status"], "applied");
}

/// The next frame must tell that this thread is archived, or no longer is.
async fn hear(session: &mut Session, thread: &str, archived: bool) {
    let frame = session.expect("thread.updated").await;
    let told = &frame["data"]["thread"];
    assert_eq!((id(told), &told["archived"]), (thread, &json!(archived)));
}

/// The person's threads that are archived, or those that are not.
async fn listed(person: &Person, archived: bool) -> BTreeSet<String> {
    let path = format!("/api/threads?archived={archived}");
    let threads = person.all(&path).await;
    threads.iter().map(|thread| id(thread).to_owned()).collect()
}

fn set<const N: usize>(threads: [&String; N]) -> BTreeSet<String> {
    threads.into_iter().cloned().collect()
}

async fn group(person: &Person, others: &[&Person]) -> String {
    let others: Vec<_> = others.iter().map(|other| &other.id).collect();
    let wish = json!({ "participants": others, "kind": "group" });
    let thread: Value = person.post("/api/threads", wish).await.expect(201);
    id(&thread).to_owned()
}

async fn a_deactivation_puts_threads_away_and_its_undoing_brings_them_back(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, cid) = (
        server.client("ann"),
        server.creator("bob"),
        server.creator("cid"),
    );
    let direct = open(&ann, &[&bob]).await;
    let settled = open(&ann, &[&cid]).await;
    let group = group(&bob, &[&ann, &cid]).await;
    let mut session = bob.connect().await;
    tell(&server, "deactivated", 1, &ann).await;
    hear(&mut session, &direct, true).await;
    let own = until(SOON, "the end of the sweep", async || {
        let own = listed(&ann, true).await;
        (own.len() == 3).then_some(own)
    });
    assert_eq!(own.await, set([&direct, &settled, &group]));
    assert_eq!(listed(&bob, false).await, set([&group]));
    assert_eq!(listed(&cid, true).await, set([&settled]));

    let back = json!({ "archived": false });
    let path = format!("/api/threads/{settled}");
    cid.put(&path, back).await.expect(200);
    cid.delete(&path).await.expect_no_content();
    tell(&server, "reactivated", 2, &ann).await;
    hear(&mut session, &direct, false).await;
    until(SOON, "the end of the sweep", async || {
        listed(&ann, true).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(listed(&bob, false).await, set([&direct, &group]));
    assert_eq!(listed(&cid, true).await, set([&settled]), "cid's own wish");
}

async fn nothing_reaches_a_deactivated_user_and_all_of_it_does_afterwards(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let direct = open(&ann, &[&bob]).await;
    let group = group(&bob, &[&ann]).await;
    let mut session = ann.connect().await;
    let cursor = session.cursor();
    tell(&server, "deactivated", 1, &ann).await;
    assert_eq!(session.closed().await, 4403);
    let refused = Session::try_open(ann.address, &ann.token, None).await;
    assert!(refused.is_err());
    let wish =
        |thread: &str| json!({ "thread_id": thread, "client_id": "1", "content": text("?") });
    let answer = bob.post("/api/messages", wish(&direct)).await;
    answer.expect_problem(403, "recipient_unavailable");
    for thread in [&direct, &group] {
        let answer = ann.post("/api/messages", wish(thread)).await;
        answer.expect_problem(403, "user_disabled");
    }
    say(&bob, &group, "meanwhile").await;

    tell(&server, "reactivated", 2, &ann).await;
    let mut session = ann.resume(&cursor).await;
    say(&bob, &direct, "welcome back").await;
    say(&ann, &direct, "thanks").await;
    let mut words = Vec::new();
    while words.len() < 3 {
        let frame = session.next().await;
        if frame["type"] == "message.new" {
            words.push(frame["data"]["message"]["content"]["text"].clone());
        }
    }
    assert_eq!(words, ["meanwhile", "welcome back", "thanks"]);
    until(SOON, "both threads in both inboxes", async || {
        let both = set([&direct, &group]);
        (listed(&ann, false).await == both && listed(&bob, false).await == both).then_some(())
    })
    .await;
}

async fn a_sweep_outlives_crashes(database: Database) {
    const GROUPS: usize = 250;
    let mut server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    // The one whose turn comes last.
    let direct = open(&bob, &[&ann]).await;
    let others = [&ann];
    let opening = (0..GROUPS).map(|_| group(&bob, &others));
    futures_util::future::join_all(opening).await;
    let mut cursor = bob.connect().await.cursor();
    for (number, kind, archived) in [(1, "deactivated", true), (2, "reactivated", false)] {
        tell(&server, kind, number, &ann).await;
        server.crash_and_restart().await;
        server.crash_and_restart().await;
        let bob = server.creator("bob");
        let mut session = bob.resume(&cursor).await;
        hear(&mut session, &direct, archived).await;
        let ann = server.client("ann");
        let all = until(SOON, "the end of the sweep", async || {
            let swept = listed(&ann, archived).await;
            (swept.len() == GROUPS + 1).then_some(swept)
        });
        assert!(all.await.contains(&direct));
        assert!(session.drain().await.is_empty(), "told once");
        cursor = bob.connect().await.cursor();
    }
}

async fn one_deactivated_by_hand_is_swept_by_whatever_node_runs(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let direct = open(&ann, &[&bob]).await;
    let other = server.second_node().await;
    let mut sessions = [
        bob.connect().await,
        Person::new(other.address, "bob", "creator").connect().await,
    ];
    for (command, archived) in [("deactivate", true), ("reactivate", false)] {
        server.command(&["user", command, "ann"]).await;
        for session in &mut sessions {
            hear(session, &direct, archived).await;
        }
    }
    for session in &mut sessions {
        assert!(session.drain().await.is_empty(), "told once");
    }
}
