//! `GET /api/threads`: the list, its order, its filters, its counts.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, id, open, say, shape};

on_each_database! {
    threads_are_listed_by_activity_with_pinned_ones_above,
    threads_are_filtered_by_archived_and_unread,
    pages_neither_repeat_nor_lose_a_thread_while_others_move,
    an_archived_thread_comes_back_with_a_message_of_another,
    unread_counts_follow_sending_reading_and_deleting,
    a_list_refuses_bad_limits_cursors_and_filters,
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

fn ids(items: &Value) -> Vec<String> {
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| id(item).to_owned())
        .collect()
}

async fn listed(person: &Person, query: &str) -> Vec<String> {
    let items = person.all(&format!("/api/threads{query}")).await;
    ids(&Value::Array(items))
}
