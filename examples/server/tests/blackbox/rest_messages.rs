//! `/api/messages`: sending and reading.

use serde_json::{Value, json};

use crate::support::{Database, id, open, pair, say, shape, text};

on_each_database! {
    a_sent_message_has_the_documented_shape,
    the_same_client_id_is_the_same_message,
    twenty_retries_at_once_send_one_message,
    history_is_read_from_the_end_and_around_a_place,
    pages_of_history_hold_while_messages_come,
    a_reply_names_a_message_of_its_own_thread,
    encrypted_content_is_kept_as_it_is,
    contents_that_cannot_be_taken_name_their_fields,
}

async fn a_sent_message_has_the_documented_shape(database: Database) {
    let pair = pair(database).await;
    let words = "Grüße, 世界 \u{1F44B} \"quoted\" \\ <b> \u{2028} end";
    let sent = pair
        .ann
        .post("/api/messages", pair.wish("c-1", &text(words)))
        .await
        .expect(201);
    shape::assert_message(&sent);
    assert_eq!(sent["thread_id"], pair.thread.as_str());
    assert_eq!(sent["seq"], 1);
    assert_eq!(sent["sender_id"], "ann");
    assert_eq!(sent["client_id"], "c-1");
    assert_eq!(sent["content"], text(words));
    for field in ["reply_to", "edited_at", "deleted_at", "moderation"] {
        assert_eq!(sent[field], Value::Null, "{field}");
    }
    assert_eq!(sent["reactions"], json!({}));

    let mut seen = pair.page("").await["items"][0].take();
    assert_eq!(
        seen.get("client_id"),
        None,
        "client_id is the sender's alone"
    );
    seen["client_id"] = sent["client_id"].clone();
    assert_eq!(seen, sent, "both see the same message");
}

async fn the_same_client_id_is_the_same_message(database: Database) {
    let pair = pair(database).await;
    let wish = pair.wish("c-1", &text("once"));
    let first = pair
        .ann
        .post("/api/messages", wish.clone())
        .await
        .expect(201);
    let again = pair
        .ann
        .post("/api/messages", wish.clone())
        .await
        .expect(200);
    assert_eq!(again, first);
    let other = pair
        .ann
        .post("/api/messages", pair.wish("c-1", &text("other")))
        .await;
    other.expect_problem(409, "conflict");
    let mut reply = wish.clone();
    reply["reply_to"] = first["id"].clone();
    pair.ann
        .post("/api/messages", reply)
        .await
        .expect_problem(409, "conflict");

    let from_bob = pair
        .bob
        .post("/api/messages", wish.clone())
        .await
        .expect(201);
    assert_eq!(
        from_bob["seq"], 2,
        "another sender's client_id is another key"
    );
    let elsewhere = open(&pair.ann, &[&pair.server.creator("eve")]).await;
    let mut there = wish.clone();
    there["thread_id"] = elsewhere.into();
    assert_eq!(
        pair.ann.post("/api/messages", there).await.expect(201)["seq"],
        1
    );

    let path = format!("/api/messages/{}", id(&first));
    pair.ann
        .put(&path, json!({ "content": text("edited") }))
        .await
        .expect(200);
    let after_edit = pair.ann.post("/api/messages", wish).await.expect(200);
    assert_eq!(
        after_edit["id"], first["id"],
        "a late retry finds its message, edited or not"
    );
    assert_eq!(pair.page("").await["items"].as_array().unwrap().len(), 2);
}

async fn twenty_retries_at_once_send_one_message(database: Database) {
    let pair = pair(database).await;
    let mut retries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (ann, wish) = (pair.ann.clone(), pair.wish("c-1", &text("once")));
        retries.spawn(async move { ann.post("/api/messages", wish).await });
    }
    let answers = retries.join_all().await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1
    );
    let first = answers[0].expect(answers[0].status.as_u16());
    for answer in &answers {
        assert_eq!(answer.expect(answer.status.as_u16()), first);
    }
    assert_eq!(pair.page("").await["items"].as_array().unwrap().len(), 1);
}

async fn history_is_read_from_the_end_and_around_a_place(database: Database) {
    let pair = pair(database).await;
    for n in 1..=9 {
        say(&pair.ann, &pair.thread, &format!("number {n}")).await;
    }
    assert_eq!(seqs(&pair.page("&limit=3").await), [7, 8, 9]);
    assert_eq!(seqs(&pair.page("&limit=3&before_seq=5").await), [2, 3, 4]);
    assert_eq!(seqs(&pair.page("&limit=3&after_seq=5").await), [6, 7, 8]);
    assert_eq!(seqs(&pair.page("&after_seq=9").await), [0_u64; 0]);
    assert_eq!(seqs(&pair.page("&before_seq=1").await), [0_u64; 0]);
    assert_eq!(pair.page("&limit=9").await["next_cursor"], Value::Null);
    let path = format!("/api/messages?thread_id={}", pair.thread);
    for query in [
        "&before_seq=5&after_seq=2",
        "&before_seq=x",
        "&after_seq=1.5",
        "&limit=0",
    ] {
        let answer = pair.bob.get(&format!("{path}{query}")).await;
        answer.expect_problem(400, "invalid_request");
    }
    pair.bob
        .get("/api/messages")
        .await
        .expect_problem(400, "invalid_request");
}

async fn pages_of_history_hold_while_messages_come(database: Database) {
    let pair = pair(database).await;
    for n in 1..=6 {
        say(&pair.ann, &pair.thread, &format!("number {n}")).await;
    }
    let next = async |page: Value, query: &str| {
        let cursor = page["next_cursor"].as_str().unwrap().to_owned();
        pair.page(&format!("{query}&cursor={cursor}")).await
    };
    let newest = pair.page("&limit=2").await;
    assert_eq!(seqs(&newest), [5, 6]);
    let first = pair.page("&limit=2&after_seq=0").await;
    assert_eq!(seqs(&first), [1, 2]);
    say(&pair.ann, &pair.thread, "number 7").await;
    let deleted = pair.page("&limit=1&before_seq=5").await["items"][0].take();
    pair.ann
        .delete(&format!("/api/messages/{}", id(&deleted)))
        .await
        .expect_no_content();

    let older = next(newest, "&limit=2").await;
    assert_eq!(
        seqs(&older),
        [3, 4],
        "backwards, a tombstone keeps its place"
    );
    let oldest = next(older, "&limit=2").await;
    assert_eq!(
        (seqs(&oldest), &oldest["next_cursor"]),
        (vec![1, 2], &Value::Null)
    );
    let second = next(first, "&limit=2").await;
    assert_eq!(seqs(&second), [3, 4]);
    let third = next(second, "&limit=2").await;
    assert_eq!(seqs(&third), [5, 6]);
    assert_eq!(
        seqs(&next(third, "&limit=2").await),
        [7],
        "forwards, what came meanwhile"
    );
}

async fn a_reply_names_a_message_of_its_own_thread(database: Database) {
    let pair = pair(database).await;
    let first = say(&pair.ann, &pair.thread, "a question").await;
    let mut wish = pair.wish("reply", &text("an answer"));
    wish["reply_to"] = first["id"].clone();
    let reply = pair.bob.post("/api/messages", wish).await.expect(201);
    assert_eq!(reply["reply_to"], first["id"]);
    assert_eq!(pair.page("").await["items"][1]["reply_to"], first["id"]);

    let elsewhere = open(&pair.ann, &[&pair.server.creator("eve")]).await;
    let foreign = say(&pair.ann, &elsewhere, "elsewhere").await;
    let unknown = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    for (n, bad) in [foreign["id"].clone(), unknown].into_iter().enumerate() {
        let mut wish = pair.wish(&format!("bad-{n}"), &text("an answer"));
        wish["reply_to"] = bad;
        let problem = pair.bob.post("/api/messages", wish).await;
        let problem = problem.expect_problem(400, "invalid_request");
        assert_eq!(shape::fields_at_fault(&problem), ["reply_to"]);
    }
    let last = say(&pair.bob, &pair.thread, "next").await;
    assert_eq!(last["seq"], 3, "a refused message uses up no seq");
}

async fn encrypted_content_is_kept_as_it_is(database: Database) {
    let pair = pair(database).await;
    let content = json!({
        "type": "encrypted",
        "scheme": "olm.v1",
        "ciphertext": "aGVsbG8gd29ybGQ=",
        "header": { "key": "abc", "n": 3 },
        "attestation": { "model": "flags@1", "flags": ["spam"] },
    });
    let sent = pair
        .ann
        .post("/api/messages", pair.wish("e-1", &content))
        .await
        .expect(201);
    assert_eq!(sent["content"], content);
    assert_eq!(pair.page("").await["items"][0]["content"], content);
    let shown = pair
        .bob
        .get(&format!("/api/threads/{}", pair.thread))
        .await
        .expect(200);
    assert_eq!(shown["thread"]["last_message"]["type"], "encrypted");
    assert_eq!(shown["thread"]["last_message"]["text"], Value::Null);
}

async fn contents_that_cannot_be_taken_name_their_fields(database: Database) {
    let pair = pair(database).await;
    let longest = "\u{1F980}".repeat(10_000);
    pair.ann
        .post("/api/messages", pair.wish("long", &text(&longest)))
        .await
        .expect(201);
    let cipher = |scheme: &str, bytes: &str| json!({ "type": "encrypted", "scheme": scheme, "ciphertext": bytes });
    let cases = [
        (text(""), "content.text"),
        (text(&"x".repeat(10_001)), "content.text"),
        (text("a\u{0}b"), "content.text"),
        (cipher("", "aaaa"), "content.scheme"),
        (cipher("s", ""), "content.ciphertext"),
        (cipher("s", "not base64!"), "content.ciphertext"),
        (cipher("s", &"a".repeat(33_000)), "content.ciphertext"),
        (
            json!({ "type": "system", "event": "joined" }),
            "content.type",
        ),
    ];
    for (content, field) in cases {
        let answer = pair
            .ann
            .post("/api/messages", pair.wish("bad", &content))
            .await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(shape::fields_at_fault(&problem), [field], "{problem}");
    }
    for content in [
        json!(null),
        json!("words"),
        json!({}),
        json!({ "type": "poem" }),
    ] {
        let answer = pair
            .ann
            .post("/api/messages", pair.wish("bad", &content))
            .await;
        answer.expect_problem(400, "invalid_request");
    }
    for client_id in ["", "two words", "\u{e4}", &"x".repeat(65)] {
        let answer = pair
            .ann
            .post("/api/messages", pair.wish(client_id, &text("x")))
            .await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(
            shape::fields_at_fault(&problem),
            ["client_id"],
            "{client_id}"
        );
    }
    assert_eq!(pair.page("").await["items"].as_array().unwrap().len(), 1);
}

fn seqs(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|message| message["seq"].as_u64().unwrap())
        .collect()
}
