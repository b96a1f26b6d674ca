//! Paid messages as users see them: standings, refusals, what they are told of changes.

use serde_json::{Value, json};

use crate::support::{
    Answer, Database, Person, Server, id,
    market::{
        FAR_OFF, NEW_YEAR, Paid, counted, eur, paid, price, purchase, standing, subscription,
    },
    open, text,
};

on_each_database! {
    a_standing_is_told_for_one_creator_and_for_all,
    a_message_that_nothing_covers_is_refused_with_what_there_is,
    a_changed_standing_is_told_at_once_and_on_resume,
    without_quotas_there_is_nothing_of_them,
    a_first_message_is_paid_for_too,
}

async fn send(person: &Person, thread: &str, name: &str) -> Answer {
    let wish = json!({ "thread_id": thread, "client_id": name, "content": text(name) });
    person.post("/api/messages", wish).await
}

async fn a_standing_is_told_for_one_creator_and_for_all(database: Database) {
    let Paid { ann, market, .. } = &paid(database).await;
    let nothing = json!({
        "creator_id": null, "unlimited_until": null, "remaining": 0, "balance": null,
        "balances": [], "price": null, "halted": false,
    });
    assert_eq!(ann.get("/api/quota").await.expect(200), nothing);
    for event in [
        price("p", NEW_YEAR, 20),
        purchase("1", 250),
        subscription("1", &counted(5)),
        subscription("2", &json!({ "kind": "unlimited" })),
    ] {
        assert_eq!(market.told(event).await, "applied");
    }
    let expected = json!({
        "creator_id": "maya", "unlimited_until": FAR_OFF, "remaining": 5, "balance": eur(250),
        "balances": [eur(250)], "price": eur(20), "halted": false,
    });
    assert_eq!(standing(ann).await, expected);
    let for_all = json!({
        "creator_id": null, "unlimited_until": null, "remaining": 0, "balance": eur(250),
        "balances": [eur(250)], "price": null, "halted": false,
    });
    assert_eq!(ann.get("/api/quota").await.expect(200), for_all);
    let bad = ann.get("/api/quota?creator_id=a%20b").await;
    let problem = bad.expect_problem(400, "invalid_request");
    assert_eq!(problem["errors"][0]["field"], "creator_id");
}

async fn a_message_that_nothing_covers_is_refused_with_what_there_is(database: Database) {
    let Paid {
        ann, maya, market, ..
    } = &paid(database).await;
    let thread = open(ann, &[maya]).await;
    let told = |problem: &Value| {
        let names = ["remaining", "price", "currency", "creator_id", "balance"];
        json!(names.map(|name| problem[name].clone()))
    };
    let problem = send(ann, &thread, "one")
        .await
        .expect_problem(402, "quota_exhausted");
    assert_eq!(told(&problem), json!([0, null, null, "maya", null]));
    assert_eq!(market.told(price("p", NEW_YEAR, 20)).await, "applied");
    assert_eq!(market.told(purchase("1", 19)).await, "applied");
    let problem = send(ann, &thread, "one")
        .await
        .expect_problem(402, "quota_exhausted");
    assert_eq!(told(&problem), json!([0, 20, "EUR", "maya", 19]));
    let wish = json!({ "thread_id": thread, "client_id": "one", "content": text("one") });
    let mut session = ann.connect().await;
    let problem = session.refused("message.send", wish.clone()).await;
    assert_eq!(problem["code"], "quota_exhausted");
    assert_eq!(told(&problem), json!([0, 20, "EUR", "maya", 19]));
    let listed = format!("/api/messages?thread_id={thread}");
    assert!(maya.all(&listed).await.is_empty(), "nothing was written");

    send(maya, &thread, "creators-write-freely")
        .await
        .expect(201);
    assert_eq!(market.told(purchase("2", 1)).await, "applied");
    let first = send(ann, &thread, "one").await.expect(201);
    let again = send(ann, &thread, "one").await.expect(200);
    assert_eq!(id(&again), id(&first), "paid once");
    assert_eq!(standing(ann).await["balance"], eur(0));
}

async fn a_changed_standing_is_told_at_once_and_on_resume(database: Database) {
    let Paid {
        ann, maya, market, ..
    } = &paid(database).await;
    let thread = open(ann, &[maya]).await;
    let mut session = ann.connect().await;
    let mut of_maya = maya.connect().await;
    let cursor = session.cursor();
    assert_eq!(market.told(price("p", NEW_YEAR, 20)).await, "applied");
    let mut live = Vec::new();
    assert_eq!(market.told(purchase("1", 50)).await, "applied");
    live.push(session.expect("quota.updated").await);
    assert_eq!(live[0]["data"]["balance"], eur(50));
    assert_eq!(market.told(subscription("1", &counted(1))).await, "applied");
    live.push(session.expect("quota.updated").await);
    assert_eq!(live[1]["data"], standing(ann).await);
    for name in ["by-subscription", "by-credits"] {
        send(ann, &thread, name).await.expect(201);
        live.push(session.expect("message.new").await);
        live.push(session.expect("quota.updated").await);
        assert_eq!(live.last().unwrap()["data"], standing(ann).await);
    }
    let wish = json!({ "thread_id": thread, "client_id": "socket", "content": text("hi") });
    let ack = session.call("message.send", wish).await;
    let last = session.expect("quota.updated").await;
    assert_eq!(last["data"]["balance"], eur(10));
    let cursors: Vec<&Value> = live.iter().map(|frame| &frame["cursor"]).collect();
    assert!(cursors.iter().all(|cursor| cursor.is_string()), "{live:?}");

    let mut back = ann.resume(&cursor).await;
    assert_eq!(back.ready["data"]["resumed"], true);
    let for_all = ann.get("/api/quota").await.expect(200);
    for frame in &live {
        let told = back.next().await;
        for name in ["type", "cursor"] {
            assert_eq!(told[name], frame[name], "{told}");
        }
        // Of what happened before, a client is told as things are now.
        if told["type"] == "quota.updated" {
            let now = if told["data"]["creator_id"].is_null() {
                &for_all
            } else {
                &last["data"]
            };
            assert_eq!(&told["data"], now);
        }
    }
    assert_eq!(back.expect("message.new").await["cursor"], ack["cursor"]);
    assert_eq!(back.next().await, last);
    assert_eq!(back.drain().await, [Value::Null; 0]);
    let missed = ann.get(&format!("/api/sync?cursor={cursor}")).await;
    let missed = missed.expect(200);
    assert_eq!(missed["events"].as_array().unwrap().last(), Some(&last));
    let others = of_maya.drain().await;
    let is_new = |frame: &Value| frame["type"] == "message.new";
    assert_eq!(others.len(), 3, "{others:?}");
    assert!(others.iter().all(is_new), "a standing is its user's alone");
}

async fn without_quotas_there_is_nothing_of_them(database: Database) {
    let server = Server::start(database).await;
    let (ann, maya) = (server.client("ann"), server.creator("maya"));
    let thread = open(&ann, &[&maya]).await;
    let mut session = ann.connect().await;
    ann.get("/api/quota").await.expect_problem(404, "not_found");
    // Taken in all the same: they count once quotas are on.
    let market = server.service("market");
    assert_eq!(market.told(price("p", NEW_YEAR, 20)).await, "applied");
    assert_eq!(market.told(purchase("1", 30)).await, "applied");
    send(&ann, &thread, "free").await.expect(201);
    session.expect("message.new").await;
    assert_eq!(session.drain().await, [Value::Null; 0]);
}

async fn a_first_message_is_paid_for_too(database: Database) {
    let Paid {
        server,
        ann,
        market,
        ..
    } = &paid(database).await;
    let wish = json!({
        "participants": ["maya"], "message": { "client_id": "first", "content": text("hello") },
    });
    let answer = ann.post("/api/threads", wish.clone()).await;
    let problem = answer.expect_problem(402, "quota_exhausted");
    assert_eq!(problem["creator_id"], "maya");
    assert_eq!(market.told(price("p", NEW_YEAR, 20)).await, "applied");
    assert_eq!(market.told(purchase("1", 30)).await, "applied");
    // The thread stands since the first try.
    for _ in 0..2 {
        let thread = ann.post("/api/threads", wish.clone()).await.expect(200);
        assert_eq!(thread["last_seq"], 1);
        assert_eq!(standing(ann).await["balance"], eur(10), "paid once");
    }
    let charges = "SELECT count(*) FROM messaging_quota_charge";
    assert_eq!(server.number(charges).await, 1);
}
