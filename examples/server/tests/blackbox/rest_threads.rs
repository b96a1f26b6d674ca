//! `/api/threads`: opening, listing, showing and changing threads.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Database, Person, Server, open, say, shape, text};

on_each_database! {
    a_direct_thread_has_the_documented_shape,
    a_pair_has_one_thread_whoever_asks,
    twenty_requests_at_once_open_one_thread,
    a_first_message_comes_with_the_thread,
    a_thread_is_shown_with_its_newest_fifty_messages,
    threads_are_listed_by_activity_with_pinned_ones_above,
    threads_are_filtered_by_archived_and_unread,
    pages_neither_repeat_nor_lose_a_thread_while_others_move,
    a_thread_is_changed_for_all_and_for_oneself,
    an_archived_thread_comes_back_with_a_message_of_another,
    unread_counts_follow_sending_reading_and_deleting,
    a_wish_that_cannot_be_taken_names_its_fields,
    a_list_refuses_bad_limits_cursors_and_filters,
}

async fn a_direct_thread_has_the_documented_shape(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let wish = json!({
        "participants": ["bob"],
        "title": "About the lamp",
        "metadata": { "order": 7, "nested": { "deep": [1, 2] } },
        "a_field_nobody_knows": true,
    });
    let thread = ann.post("/api/threads", wish).await.expect(201);
    shape::assert_thread(&thread);
    assert_eq!(thread["kind"], "direct");
    assert_eq!(thread["title"], "About the lamp");
    assert_eq!(
        thread["metadata"],
        json!({ "order": 7, "nested": { "deep": [1, 2] } })
    );
    assert_eq!(thread["last_seq"], 0);
    assert_eq!(thread["last_message"], Value::Null);
    assert_eq!(thread["unread_count"], 0);
    assert_eq!(thread["tags"], json!([]));
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(thread[flag], false, "{flag}");
    }
    assert_eq!(roles(&thread), [("ann", "client"), ("bob", "creator")]);

    let path = format!("/api/threads/{}", id(&thread));
    let shown = bob.get(&path).await.expect(200);
    shape::assert_thread(&shown["thread"]);
    assert_eq!(shown["thread"]["id"], thread["id"]);
    assert_eq!(shown["messages"], json!([]));
}

async fn a_pair_has_one_thread_whoever_asks(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let first = ann
        .post("/api/threads", json!({ "participants": ["bob"] }))
        .await
        .expect(201);
    let again = ann
        .post(
            "/api/threads",
            json!({ "participants": ["bob"], "kind": "direct" }),
        )
        .await;
    assert_eq!(again.expect(200)["id"], first["id"]);
    let other = json!({ "participants": [{ "user_id": "ann", "role": "client" }] });
    let from_bob = bob.post("/api/threads", other).await;
    assert_eq!(from_bob.expect(200)["id"], first["id"]);
    assert_eq!(ann.all("/api/threads").await.len(), 1);
    assert_eq!(bob.all("/api/threads").await.len(), 1);
}

async fn twenty_requests_at_once_open_one_thread(database: Database) {
    let server = Server::start(database).await;
    let mut asked = JoinSet::new();
    for n in 0..20 {
        let (ann, bob) = (server.client("ann"), server.creator("bob"));
        let (who, other) = if n % 2 == 0 {
            (ann, "bob")
        } else {
            (bob, "ann")
        };
        asked.spawn(async move {
            who.post("/api/threads", json!({ "participants": [other] }))
                .await
        });
    }
    let answers = asked.join_all().await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1, "one request opens it, the others find it");
    let first = answers[0].expect(answers[0].status.as_u16());
    for answer in &answers {
        assert_eq!(answer.expect(answer.status.as_u16())["id"], first["id"]);
    }
    assert_eq!(server.client("ann").all("/api/threads").await.len(), 1);
}

async fn a_first_message_comes_with_the_thread(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let wish = json!({
        "participants": ["bob"],
        "message": { "client_id": "first", "content": text("Good day") },
    });
    let thread = ann.post("/api/threads", wish.clone()).await.expect(201);
    assert_eq!(thread["last_seq"], 1);
    assert_eq!(thread["last_message"]["text"], "Good day");
    assert_eq!(thread["last_message"]["type"], "text");
    assert_eq!(thread["last_message"]["sender_id"], "ann");

    let again = ann.post("/api/threads", wish).await.expect(200);
    assert_eq!(again["last_seq"], 1, "a repeated wish sends nothing twice");
    let seen = bob
        .get(&format!("/api/threads/{}", id(&thread)))
        .await
        .expect(200);
    assert_eq!(seen["thread"]["unread_count"], 1);
    assert_eq!(seen["messages"][0]["content"], text("Good day"));
}

async fn a_thread_is_shown_with_its_newest_fifty_messages(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    for n in 1..=53 {
        say(&ann, &thread, &format!("number {n}")).await;
    }
    let shown = bob.get(&format!("/api/threads/{thread}")).await.expect(200);
    let seqs: Vec<_> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["seq"])
        .collect();
    assert_eq!(seqs, (4..=53).collect::<Vec<u64>>());
    shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(shape::assert_message);
    assert_eq!(shown["thread"]["last_seq"], 53);
}

async fn threads_are_listed_by_activity_with_pinned_ones_above(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut threads = Vec::new();
    for name in ["one", "two", "three"] {
        threads.push(open(&ann, &[&server.creator(name)]).await);
    }
    let [one, two, three] = [&threads[0], &threads[1], &threads[2]];
    assert_eq!(listed(&ann, "").await, [three.as_str(), two, one]);
    say(&ann, one, "newest now").await;
    assert_eq!(listed(&ann, "").await, [one.as_str(), three, two]);
    ann.put(&format!("/api/threads/{two}"), json!({ "pinned": true }))
        .await
        .expect(200);
    assert_eq!(listed(&ann, "").await, [two.as_str(), one, three]);

    let page = ann.get("/api/threads?limit=2").await.expect(200);
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(shape::assert_thread);
    assert!(page["next_cursor"].is_string());
    assert_eq!(listed(&ann, "?limit=1").await, [two.as_str(), one, three]);
}

async fn threads_are_filtered_by_archived_and_unread(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, eve) = (
        server.client("ann"),
        server.creator("bob"),
        server.creator("eve"),
    );
    let with_bob = open(&ann, &[&bob]).await;
    let with_eve = open(&ann, &[&eve]).await;
    say(&eve, &with_eve, "hello").await;
    ann.delete(&format!("/api/threads/{with_bob}"))
        .await
        .expect_no_content();

    assert_eq!(listed(&ann, "").await, [with_eve.as_str()]);
    assert_eq!(listed(&ann, "?archived=false").await, [with_eve.as_str()]);
    assert_eq!(listed(&ann, "?archived=true").await, [with_bob.as_str()]);
    assert_eq!(
        listed(&ann, "?archived=all").await,
        [with_eve.as_str(), &with_bob]
    );
    assert_eq!(
        listed(&ann, "?archived=all&unread=true").await,
        [with_eve.as_str()]
    );
    assert_eq!(
        listed(&bob, "").await,
        [with_bob.as_str()],
        "archiving is one's own"
    );
}

async fn pages_neither_repeat_nor_lose_a_thread_while_others_move(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut threads = Vec::new();
    for n in 0..9 {
        threads.push(open(&ann, &[&server.creator(&format!("creator-{n}"))]).await);
    }
    let mut seen = Vec::new();
    let mut path = "/api/threads?limit=3".to_owned();
    for (page, mover) in [(0, Some(7)), (1, Some(1)), (2, None)] {
        let answer = ann.get(&path).await.expect(200);
        seen.extend(ids(&answer["items"]));
        // Another thread appears, and one moves to the top: after the first page one that was
        // seen, after the second one that was not.
        open(&ann, &[&server.creator(&format!("late-{page}"))]).await;
        if let Some(mover) = mover {
            say(&ann, &threads[mover], "up").await;
        }
        let Some(cursor) = answer["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/threads?limit=3&cursor={cursor}");
    }
    let expected: Vec<_> = [8, 7, 6, 5, 4, 3, 2, 0].map(|n| threads[n].clone()).into();
    assert_eq!(
        seen, expected,
        "the one that moved up unseen is found again from the start"
    );
    assert!(listed(&ann, "?limit=3").await.contains(&threads[1]));
}

async fn a_thread_is_changed_for_all_and_for_oneself(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let path = format!("/api/threads/{}", open(&ann, &[&bob]).await);
    let wish = json!({
        "title": "Lamps", "metadata": { "a": 1 }, "archived": true, "muted": true, "pinned": true,
    });
    let changed = ann.put(&path, wish).await.expect(200);
    shape::assert_thread(&changed);
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(changed[flag], true, "{flag}");
    }
    let seen = bob.get(&path).await.expect(200)["thread"].take();
    assert_eq!(seen["title"], "Lamps");
    assert_eq!(seen["metadata"], json!({ "a": 1 }));
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(seen[flag], false, "{flag} is the other's own");
    }
    let untitled = ann
        .put(&path, json!({ "title": null, "archived": false }))
        .await
        .expect(200);
    assert_eq!(untitled["title"], Value::Null);
    assert_eq!(untitled["archived"], false);
    assert_eq!(untitled["muted"], true, "what is not named stays");
    let empty = ann.put(&path, json!({})).await;
    empty.expect_problem(400, "invalid_request");
}

async fn an_archived_thread_comes_back_with_a_message_of_another(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let path = format!("/api/threads/{thread}");
    ann.delete(&path).await.expect_no_content();
    ann.delete(&path).await.expect_no_content();
    say(&ann, &thread, "one's own words leave it archived").await;
    assert_eq!(ann.get(&path).await.expect(200)["thread"]["archived"], true);
    say(&bob, &thread, "another's words bring it back").await;
    assert_eq!(
        ann.get(&path).await.expect(200)["thread"]["archived"],
        false
    );
    assert_eq!(listed(&ann, "").await, [thread]);
}

async fn unread_counts_follow_sending_reading_and_deleting(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let path = format!("/api/threads/{thread}");
    let unread = async |person: &Person| {
        person.get(&path).await.expect(200)["thread"]["unread_count"]
            .as_u64()
            .unwrap()
    };
    let first = say(&bob, &thread, "one").await;
    say(&bob, &thread, "two").await;
    say(&bob, &thread, "three").await;
    assert_eq!((unread(&ann).await, unread(&bob).await), (3, 0));
    let message = format!("/api/messages/{}", id(&first));
    bob.delete(&message).await.expect_no_content();
    assert_eq!(
        unread(&ann).await,
        2,
        "a deleted message is not waiting to be read"
    );
    bob.delete(&message).await.expect_no_content();
    assert_eq!(
        unread(&ann).await,
        2,
        "deleting it again counts nothing twice"
    );
    let mut session = ann.connect().await;
    session
        .call(
            "message.mark_read",
            json!({ "thread_id": thread, "seq": 2 }),
        )
        .await;
    assert_eq!(unread(&ann).await, 1);
    say(&ann, &thread, "an answer").await;
    assert_eq!((unread(&ann).await, unread(&bob).await), (0, 1));
}

async fn a_wish_that_cannot_be_taken_names_its_fields(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let long = "x".repeat(201);
    let heavy = json!({ "filler": "x".repeat(9000) });
    let many: Vec<_> = (0..256).map(|n| format!("user-{n}")).collect();
    let cases = [
        (json!({ "participants": [] }), "participants"),
        (json!({ "participants": many }), "participants"),
        (json!({ "participants": ["ann"] }), "participants[0]"),
        (json!({ "participants": ["bob", "bob"] }), "participants[1]"),
        (
            json!({ "participants": ["bob", "eve"], "kind": "direct" }),
            "kind",
        ),
        (
            json!({ "participants": [{ "user_id": "bob", "role": "service" }] }),
            "participants[0]",
        ),
        (
            json!({ "participants": [{ "user_id": "bob", "role": "client" }] }),
            "participants[0]",
        ),
        (json!({ "participants": ["bob"], "title": "" }), "title"),
        (json!({ "participants": ["bob"], "title": long }), "title"),
        (
            json!({ "participants": ["bob"], "metadata": heavy }),
            "metadata",
        ),
        (
            json!({ "participants": ["bob"], "message": { "client_id": "", "content": text("x") } }),
            "message.client_id",
        ),
        (
            json!({ "participants": ["bob"], "message": { "client_id": "c", "content": text("") } }),
            "message.content.text",
        ),
    ];
    for (wish, field) in cases {
        let problem = ann.post("/api/threads", wish.clone()).await;
        let problem = problem.expect_problem(400, "invalid_request");
        assert_eq!(
            shape::fields_at_fault(&problem),
            [field],
            "{wish} gave {problem}"
        );
    }
    for wish in [
        json!({}),
        json!({ "participants": "bob" }),
        json!({ "participants": ["a b"] }),
        json!({ "participants": [7] }),
        json!({ "participants": ["bob"], "kind": "crowd" }),
        json!({ "participants": ["bob"], "metadata": [] }),
        json!([]),
        json!(null),
    ] {
        let problem = ann.post("/api/threads", wish.clone()).await;
        problem.expect_problem(400, "invalid_request");
    }
    assert_eq!(ann.all("/api/threads?archived=all").await.len(), 0);
}

async fn a_list_refuses_bad_limits_cursors_and_filters(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for name in ["one", "two"] {
        open(&ann, &[&server.creator(name)]).await;
    }
    for limit in ["0", "201", "-1", "many", ""] {
        let answer = ann.get(&format!("/api/threads?limit={limit}")).await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(shape::fields_at_fault(&problem), ["limit"], "limit={limit}");
    }
    for query in ["archived=perhaps", "unread=perhaps", "tag=perhaps"] {
        let answer = ann.get(&format!("/api/threads?{query}")).await;
        answer.expect_problem(400, "invalid_request");
    }
    let page = ann.get("/api/threads?limit=1").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let changed = cursor.replace(&cursor[4..5], if &cursor[4..5] == "A" { "B" } else { "A" });
    let cut = &cursor[..cursor.len() - 2];
    for bad in ["x", "%00", &changed, cut, &"A".repeat(5000)] {
        let answer = ann.get(&format!("/api/threads?cursor={bad}")).await;
        answer.expect_problem(400, "invalid_cursor");
    }
    let elsewhere = ann.get(&format!("/api/tags?cursor={cursor}")).await;
    elsewhere.expect_problem(400, "invalid_cursor");
    let others = server
        .client("eve")
        .get(&format!("/api/threads?cursor={cursor}"))
        .await;
    others.expect_problem(400, "invalid_cursor");
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

fn ids(items: &Value) -> Vec<String> {
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| id(item).to_owned())
        .collect()
}

fn roles(thread: &Value) -> Vec<(&str, &str)> {
    let participants = thread["participants"].as_array().unwrap().iter();
    participants
        .map(|p| (p["user_id"].as_str().unwrap(), p["role"].as_str().unwrap()))
        .collect()
}

async fn listed(person: &Person, query: &str) -> Vec<String> {
    let items = person.all(&format!("/api/threads{query}")).await;
    ids(&Value::Array(items))
}
