//! `/api/tags`: a user's own labels on threads.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, id, open, shape};

on_each_database! {
    a_tag_is_made_changed_listed_and_deleted,
    a_name_is_unique_for_its_owner,
    a_tag_on_threads_counts_and_filters_them,
    tags_are_listed_page_by_page,
    a_tag_that_cannot_be_taken_names_its_fields,
}

async fn a_tag_is_made_changed_listed_and_deleted(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let wish = json!({ "name": "Große Fische", "color": "#A0b1C2" });
    let tag = ann.post("/api/tags", wish).await.expect(201);
    shape::assert_tag(&tag);
    assert_eq!(tag["name"], "Große Fische");
    assert_eq!(tag["color"], "#a0b1c2");
    assert_eq!(tag["thread_count"], 0);

    let path = format!("/api/tags/{}", id(&tag));
    let renamed = ann.put(&path, json!({ "name": "Small" })).await.expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["color"]),
        (&json!("Small"), &json!("#a0b1c2"))
    );
    let plain = ann.put(&path, json!({ "color": null })).await.expect(200);
    assert_eq!(
        (&plain["name"], &plain["color"]),
        (&json!("Small"), &Value::Null)
    );
    assert_eq!(ann.all("/api/tags").await, [plain]);
    assert_eq!(
        server.creator("bob").all("/api/tags").await,
        [Value::Null; 0]
    );

    ann.delete(&path).await.expect_no_content();
    ann.delete(&path).await.expect_problem(404, "not_found");
    assert_eq!(ann.all("/api/tags").await, [Value::Null; 0]);
}

async fn a_name_is_unique_for_its_owner(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    make(&ann, "hot").await;
    let other = make(&ann, "cold").await;
    let twice = ann.post("/api/tags", json!({ "name": "hot" })).await;
    twice.expect_problem(409, "conflict");
    let renamed = ann
        .put(&format!("/api/tags/{other}"), json!({ "name": "hot" }))
        .await;
    renamed.expect_problem(409, "conflict");
    let same = ann
        .put(&format!("/api/tags/{other}"), json!({ "name": "cold" }))
        .await;
    same.expect(200);
    make(&bob, "hot").await;
}

async fn a_tag_on_threads_counts_and_filters_them(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, eve) = (
        server.client("ann"),
        server.creator("bob"),
        server.creator("eve"),
    );
    let with_bob = open(&ann, &[&bob]).await;
    open(&ann, &[&eve]).await;
    let tag = make(&ann, "hot").await;
    let apply = format!("/api/tags/{tag}/apply");
    for _ in 0..2 {
        let applied = ann
            .put(&apply, json!({ "thread_id": with_bob }))
            .await
            .expect(200);
        shape::assert_tag(&applied);
        assert_eq!(applied["thread_count"], 1);
    }
    let tagged = ann.all(&format!("/api/threads?tag={tag}")).await;
    assert_eq!(tagged.len(), 1);
    assert_eq!(tagged[0]["id"], with_bob.as_str());
    assert_eq!(tagged[0]["tags"], json!([tag]));
    let seen = bob
        .get(&format!("/api/threads/{with_bob}"))
        .await
        .expect(200);
    assert_eq!(seen["thread"]["tags"], json!([]), "nobody else sees a tag");
    assert_eq!(bob.all(&format!("/api/threads?tag={tag}")).await.len(), 0);

    let taken_off = json!({ "thread_id": with_bob, "applied": false });
    let off = ann.put(&apply, taken_off).await.expect(200);
    assert_eq!(off["thread_count"], 0);
    ann.put(&apply, json!({ "thread_id": with_bob }))
        .await
        .expect(200);
    ann.delete(&format!("/api/tags/{tag}"))
        .await
        .expect_no_content();
    let shown = ann
        .get(&format!("/api/threads/{with_bob}"))
        .await
        .expect(200);
    assert_eq!(shown["thread"]["tags"], json!([]));
}

async fn tags_are_listed_page_by_page(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(make(&ann, &format!("tag {n}")).await);
    }
    let page = ann.get("/api/tags?limit=2").await.expect(200);
    ann.delete(&format!("/api/tags/{}", made[0]))
        .await
        .expect_no_content();
    make(&ann, "late").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ann
        .all(&format!("/api/tags?limit=200&cursor={cursor}"))
        .await;
    let names: Vec<_> = rest
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["tag 2", "tag 3", "tag 4", "late"]);
}

async fn a_tag_that_cannot_be_taken_names_its_fields(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let long = "x".repeat(65);
    for (wish, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": long }), "name"),
        (json!({ "name": "a", "color": "red" }), "color"),
        (json!({ "name": "a", "color": "#12345" }), "color"),
        (json!({ "name": "a", "color": "#12345g" }), "color"),
    ] {
        let problem = ann
            .post("/api/tags", wish)
            .await
            .expect_problem(400, "invalid_request");
        assert_eq!(shape::fields_at_fault(&problem), [field], "{problem}");
    }
    for wish in [json!({}), json!({ "name": 7 }), json!({ "name": null })] {
        ann.post("/api/tags", wish)
            .await
            .expect_problem(400, "invalid_request");
    }
    let tag = make(&ann, "hot").await;
    for wish in [
        json!({}),
        json!({ "thread_id": "x" }),
        json!({ "thread_id": 7 }),
    ] {
        let answer = ann.put(&format!("/api/tags/{tag}/apply"), wish).await;
        answer.expect_problem(400, "invalid_request");
    }
}

async fn make(person: &Person, name: &str) -> String {
    let tag = person
        .post("/api/tags", json!({ "name": name }))
        .await
        .expect(201);
    id(&tag).to_owned()
}
