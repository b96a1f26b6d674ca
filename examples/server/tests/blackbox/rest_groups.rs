//! Groups: who is in, who may say so, and what stays with those who left.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, open, say, shape, text};

on_each_database! {
    a_group_is_opened_with_everyone_in_it,
    who_opened_a_group_adds_changes_and_removes,
    others_may_not_manage_a_group_but_an_admin_may,
    the_pair_of_a_direct_thread_is_for_ever,
    who_leaves_keeps_what_came_before_and_sees_nothing_after,
    who_comes_back_sees_everything_and_nothing_is_unread,
}

struct Group {
    server: Server,
    ann: Person,
    bob: Person,
    eve: Person,
    thread: String,
}

async fn group(database: Database) -> Group {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let eve = server.client("eve");
    let thread = open(&ann, &[&bob, &eve]).await;
    Group {
        server,
        ann,
        bob,
        eve,
        thread,
    }
}

impl Group {
    fn path(&self) -> String {
        format!("/api/threads/{}", self.thread)
    }

    fn participant(&self, id: &str) -> String {
        format!("/api/threads/{}/participants/{id}", self.thread)
    }

    async fn history(&self, person: &Person) -> Vec<Value> {
        person
            .all(&format!("/api/messages?thread_id={}", self.thread))
            .await
    }
}

async fn a_group_is_opened_with_everyone_in_it(database: Database) {
    let group = group(database).await;
    let shown = group.eve.get(&group.path()).await.expect(200)["thread"].take();
    shape::assert_thread(&shown);
    assert_eq!(shown["kind"], "group");
    assert_eq!(members(&shown), ["ann", "bob", "eve"]);
    let another = open(&group.ann, &[&group.bob, &group.eve]).await;
    assert_ne!(another, group.thread, "a group is not one a set of people");
    let wish = json!({ "participants": ["bob"], "kind": "group" });
    let small = group.ann.post("/api/threads", wish).await.expect(201);
    assert_eq!(small["kind"], "group");
}

async fn who_opened_a_group_adds_changes_and_removes(database: Database) {
    let group = group(database).await;
    say(&group.bob, &group.thread, "before").await;
    let dan = group.server.client("dan");
    dan.get(&group.path())
        .await
        .expect_problem(404, "not_found");
    let added = group
        .ann
        .put(&group.participant("dan"), json!({ "role": "client" }))
        .await;
    assert!(added.status.is_success(), "{}", added.text());
    let shown = dan.get(&group.path()).await.expect(200);
    assert_eq!(members(&shown["thread"]), ["ann", "bob", "dan", "eve"]);
    assert_eq!(
        shown["thread"]["unread_count"], 0,
        "what came before is not waiting"
    );
    assert_eq!(shown["messages"][0]["content"], text("before"));

    let changed = group
        .ann
        .put(&group.participant("dan"), json!({ "role": "creator" }))
        .await;
    assert!(changed.status.is_success(), "{}", changed.text());
    let shown = dan.get(&group.path()).await.expect(200)["thread"].take();
    assert_eq!(shown["participants"][2]["role"], "creator");

    let path = group.participant("dan");
    assert!(group.ann.delete(&path).await.status.is_success());
    dan.get(&group.path())
        .await
        .expect_problem(404, "not_found");
    group
        .ann
        .delete(&path)
        .await
        .expect_problem(404, "not_found");
    let service = group.ann.put(&path, json!({ "role": "service" })).await;
    service.expect_problem(400, "invalid_request");
    // A client that makes itself a creator would let everyone in its group write for nothing.
    let own = group.participant("ann");
    let raised = group.ann.put(&own, json!({ "role": "creator" })).await;
    let problem = raised.expect_problem(400, "invalid_request");
    assert_eq!(problem["errors"][0]["field"], "role");
}

async fn others_may_not_manage_a_group_but_an_admin_may(database: Database) {
    let group = group(database).await;
    let role = json!({ "role": "client" });
    let refused = group.bob.put(&group.participant("dan"), role.clone()).await;
    refused.expect_problem(403, "forbidden");
    let refused = group.bob.delete(&group.participant("eve")).await;
    refused.expect_problem(403, "forbidden");
    let refused = group
        .bob
        .put(&group.path(), json!({ "title": "Mine" }))
        .await;
    refused.expect_problem(403, "forbidden");
    let own = group.bob.put(&group.path(), json!({ "muted": true })).await;
    assert_eq!(own.expect(200)["muted"], true);

    let root = group.server.admin("root");
    assert!(
        root.put(&group.participant("dan"), role)
            .await
            .status
            .is_success()
    );
    assert!(
        root.delete(&group.participant("eve"))
            .await
            .status
            .is_success()
    );
    let shown = group.ann.get(&group.path()).await.expect(200)["thread"].take();
    assert_eq!(members(&shown), ["ann", "bob", "dan"]);
}

async fn the_pair_of_a_direct_thread_is_for_ever(database: Database) {
    let group = group(database).await;
    let direct = open(&group.ann, &[&group.bob]).await;
    let path = |id| format!("/api/threads/{direct}/participants/{id}");
    let added = group
        .ann
        .put(&path("eve"), json!({ "role": "client" }))
        .await;
    added.expect_problem(403, "forbidden");
    for id in ["ann", "bob"] {
        group
            .ann
            .delete(&path(id))
            .await
            .expect_problem(403, "forbidden");
    }
}

async fn who_leaves_keeps_what_came_before_and_sees_nothing_after(database: Database) {
    let group = group(database).await;
    let before = say(&group.ann, &group.thread, "before").await;
    assert!(
        group
            .eve
            .delete(&group.participant("eve"))
            .await
            .status
            .is_success()
    );
    let after = say(&group.ann, &group.thread, "after").await;

    let kept = group.history(&group.eve).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["content"], text("before"));
    assert_eq!(group.eve.all("/api/threads?archived=all").await.len(), 0);
    group
        .eve
        .get(&group.path())
        .await
        .expect_problem(404, "not_found");
    let wish = json!({ "thread_id": group.thread, "client_id": "late", "content": text("late") });
    group
        .eve
        .post("/api/messages", wish)
        .await
        .expect_problem(404, "not_found");
    for message in [&before, &after] {
        let reaction = format!(
            "/api/messages/{}/reactions/x",
            message["id"].as_str().unwrap()
        );
        group
            .eve
            .set(&reaction)
            .await
            .expect_problem(404, "not_found");
    }
    let again = group.eve.delete(&group.participant("eve")).await;
    again.expect_problem(404, "not_found");
}

async fn who_comes_back_sees_everything_and_nothing_is_unread(database: Database) {
    let group = group(database).await;
    assert!(
        group
            .eve
            .delete(&group.participant("eve"))
            .await
            .status
            .is_success()
    );
    say(&group.ann, &group.thread, "meanwhile").await;
    let added = group
        .ann
        .put(&group.participant("eve"), json!({ "role": "client" }))
        .await;
    assert!(added.status.is_success(), "{}", added.text());
    let shown = group.eve.get(&group.path()).await.expect(200);
    assert_eq!(shown["messages"][0]["content"], text("meanwhile"));
    assert_eq!(shown["thread"]["unread_count"], 0);
    say(&group.ann, &group.thread, "now").await;
    let shown = group.eve.get(&group.path()).await.expect(200);
    assert_eq!(shown["thread"]["unread_count"], 1);
}

fn members(thread: &Value) -> Vec<&str> {
    let participants = thread["participants"].as_array().unwrap().iter();
    participants
        .map(|p| p["user_id"].as_str().unwrap())
        .collect()
}
