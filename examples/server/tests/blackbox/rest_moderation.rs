//! Moderation as users and operators see it, by the engine itself.
//!
//! What the rules find is certain, so it is what these tests speak of; that the shipped model judges
//! too is asked once.

use serde_json::{Value, json};

use crate::support::{
    Answer, Database, Pair, Server, id,
    market::{Paid, counted, paid_with, standing, subscription},
    open, pair_with, text,
};

on_each_database! {
    what_the_policy_blocks_is_refused_with_its_places_and_leaves_no_trace,
    a_blocked_message_costs_nothing,
    a_flagged_message_arrives_and_its_sender_sees_why,
    in_flag_mode_nothing_is_refused,
    an_edit_is_judged_too,
    the_shipped_model_judges,
    a_wrong_policy_or_model_stops_the_start_and_is_named,
}

/// An address is critical, a link is worth a look, a hidden word a warning.
const POLICY: &str = "[severity]\nemail_address = \"critical\"\nexternal_link = \"high\"\n\
                      obfuscation = \"medium\"\n";

/// Settings under which the rules judge by [`POLICY`].
fn by_rules(database: &Database, mode: &str) -> Vec<(&'static str, String)> {
    let policy = database.file("policy.toml", POLICY);
    vec![
        ("MESSAGING_MODERATION", mode.to_owned()),
        ("MESSAGING_MODERATION_MODEL", "rules".to_owned()),
        ("MESSAGING_MODERATION_POLICY", policy.display().to_string()),
        // A debug build on a busy machine is no server.
        ("MESSAGING_MODERATION_DEADLINE", "9s".to_owned()),
    ]
}

async fn judged(database: Database, settings: &[(&'static str, String)]) -> Pair {
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pair_with(database, &settings).await
}

async fn send(pair: &Pair, name: &str, words: &str) -> Answer {
    pair.ann
        .post("/api/messages", pair.wish(name, &text(words)))
        .await
}

async fn what_the_policy_blocks_is_refused_with_its_places_and_leaves_no_trace(database: Database) {
    let settings = by_rules(&database, "enforce");
    let pair = judged(database, &settings).await;
    let problem = send(&pair, "one", "é mail joe@example.com").await;
    let problem = problem.expect_problem(422, "message_rejected");
    let [flag] = problem["flags"].as_array().unwrap().as_slice() else {
        panic!("{problem}")
    };
    assert_eq!(flag["flag"], "email_address");
    assert_eq!(flag["severity"], "critical");
    assert_eq!(flag["span"], json!({ "start": 7, "end": 22 }));
    assert!(flag["score"].as_f64().unwrap() > 0.9);
    assert_eq!(pair.page("").await["items"], json!([]));
    // The same through the gateway, and the same name may be used for what is allowed.
    let mut session = pair.ann.connect().await;
    let wish = pair.wish("one", &text("é mail joe@example.com"));
    let problem = session.refused("message.send", wish).await;
    assert_eq!(problem["code"], "message_rejected");
    assert_eq!(problem["flags"][0]["flag"], "email_address");
    let sent = send(&pair, "one", "hello").await.expect(201);
    assert_eq!(sent["moderation"], Value::Null);
}

async fn a_blocked_message_costs_nothing(database: Database) {
    let settings = by_rules(&database, "enforce");
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let Paid {
        ann, maya, market, ..
    } = &paid_with(database, &settings).await;
    let thread = open(ann, &[maya]).await;
    assert_eq!(market.told(subscription("1", &counted(5))).await, "applied");
    let wish =
        |words: &str| json!({ "thread_id": thread, "client_id": "one", "content": text(words) });
    let refused = ann.post("/api/messages", wish("joe@example.com")).await;
    refused.expect_problem(422, "message_rejected");
    assert_eq!(standing(ann).await["remaining"], 5);
    ann.post("/api/messages", wish("hello")).await.expect(201);
    assert_eq!(standing(ann).await["remaining"], 4);
}

async fn a_flagged_message_arrives_and_its_sender_sees_why(database: Database) {
    let settings = by_rules(&database, "enforce");
    let pair = judged(database, &settings).await;
    let mut session = pair.bob.connect().await;
    let sent = send(&pair, "one", "see example.com").await.expect(201);
    let verdict = &sent["moderation"];
    assert_eq!(verdict["action"], "flag");
    assert_eq!(verdict["flags"][0]["flag"], "external_link");
    assert_eq!(
        verdict["flags"][0]["span"],
        json!({ "start": 4, "end": 15 })
    );
    let told = session.expect("message.new").await;
    assert_eq!(
        told["data"]["message"]["moderation"],
        Value::Null,
        "not the reader's business"
    );
    let again = send(&pair, "one", "see example.com").await.expect(200);
    assert_eq!((id(&again), &again["moderation"]), (id(&sent), verdict));
    let warned = send(&pair, "two", "s3nd it").await.expect(201);
    assert_eq!(warned["moderation"]["action"], "warn");
    assert_eq!(pair.page("").await["items"][0]["moderation"], Value::Null);
}

async fn in_flag_mode_nothing_is_refused(database: Database) {
    let settings = by_rules(&database, "flag");
    let pair = judged(database, &settings).await;
    let sent = send(&pair, "one", "mail joe@example.com").await.expect(201);
    assert_eq!(sent["moderation"]["action"], "flag");
    assert_eq!(sent["moderation"]["flags"][0]["severity"], "critical");
}

async fn an_edit_is_judged_too(database: Database) {
    let settings = by_rules(&database, "enforce");
    let pair = judged(database, &settings).await;
    let sent = send(&pair, "one", "see example.com").await.expect(201);
    let path = format!("/api/messages/{}", id(&sent));
    let edit = |words: &str| json!({ "content": text(words) });
    let change = pair
        .ann
        .ask(
            http::Method::PUT,
            &path,
            Some(&edit("mail joe@example.com")),
        )
        .await;
    change.expect_problem(422, "message_rejected");
    assert_eq!(
        pair.page("").await["items"][0]["content"],
        text("see example.com")
    );
    let change = pair
        .ann
        .ask(http::Method::PUT, &path, Some(&edit("see you")))
        .await
        .expect(200);
    assert_eq!(change["moderation"], Value::Null);
}

async fn the_shipped_model_judges(database: Database) {
    let settings = [
        ("MESSAGING_MODERATION", "enforce"),
        ("MESSAGING_MODERATION_DEADLINE", "9s"),
    ];
    let pair = pair_with(database, &settings).await;
    let fine = send(&pair, "one", "thank you, see you at the lesson on Friday!")
        .await
        .expect(201);
    assert_eq!(fine["moderation"], Value::Null);
    let sent = send(&pair, "two", "you are a fucking idiot and i hope you die")
        .await
        .expect(201);
    let flags = sent["moderation"]["flags"].as_array().unwrap();
    assert!(
        flags.iter().any(|flag| flag["flag"] == "profanity"),
        "{flags:?}"
    );
    assert!(
        flags
            .iter()
            .all(|flag| flag["score"].as_f64().unwrap() <= 1.0)
    );
}

async fn a_wrong_policy_or_model_stops_the_start_and_is_named(database: Database) {
    let policy = database.file("wrong.toml", "[severity]\n\nspam = \"dire\"\n");
    let policy = policy.display().to_string();
    for (name, value, said) in [
        ("MESSAGING_MODERATION", "maybe", "MESSAGING_MODERATION"),
        (
            "MESSAGING_MODERATION_AUDIENCE",
            "cats",
            "MESSAGING_MODERATION_AUDIENCE",
        ),
        (
            "MESSAGING_MODERATION_POLICY",
            &policy,
            "line 3: unknown variant `dire`",
        ),
        (
            "MESSAGING_MODERATION_POLICY",
            "/nowhere/policy.toml",
            "MESSAGING_MODERATION_POLICY",
        ),
        ("MESSAGING_MODERATION_MODEL", "/nowhere", "model.toml"),
        (
            "ORT_DYLIB_PATH",
            "/nowhere/libonnxruntime.so",
            "ONNX Runtime",
        ),
    ] {
        let settings = [("MESSAGING_MODERATION", "flag"), (name, value)];
        let output = Server::output(&database, &["serve"], &settings).await;
        assert!(!output.status.success(), "{name}={value}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(said), "{name}={value}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
}
