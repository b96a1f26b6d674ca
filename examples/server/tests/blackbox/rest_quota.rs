//! Paid messages as users and the marketplace see them: standings, refusals, what is told of them.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Database, Person, Server, id, market_event, open, request, text, wish,
};

on_each_database! {
    a_standing_is_told_for_one_creator_and_for_all,
    a_message_that_nothing_covers_is_refused_with_what_there_is,
    a_changed_standing_is_told_at_once_and_on_resume,
    without_quotas_there_is_nothing_of_them,
    every_event_of_the_marketplace_counts_once,
    what_happened_later_holds_whatever_comes_first,
    what_is_wrong_with_an_event_is_named,
    another_event_of_the_same_purchase_is_a_conflict,
    an_event_that_is_refused_keeps_no_other_of_its_batch,
    a_first_message_is_paid_for_too,
}

const NEW_YEAR: &str = "2026-01-01T00:00:00Z";
const LATER: &str = "2026-02-01T00:00:00Z";
const FAR_OFF: &str = "2100-01-01T00:00:00.000Z";

/// A server where messages are paid for, a client, a creator and the marketplace.
#[derive(Debug)]
struct Paid {
    server: Server,
    ann: Person,
    maya: Person,
    market: Person,
}

async fn paid(database: Database) -> Paid {
    let server = Server::start_with(database, &[("MESSAGING_QUOTA", "enforce")]).await;
    Paid {
        ann: server.client("ann"),
        maya: server.creator("maya"),
        market: server.service("market"),
        server,
    }
}

fn price(name: &str, time: &str, amount: i64) -> Value {
    let data = json!({ "creator_id": "maya", "amount": amount, "currency": "EUR" });
    market_event("price.set", name, time, &data)
}

fn purchase(name: &str, amount: i64) -> Value {
    let data = json!({
        "purchase_id": name, "user_id": "ann", "amount": amount, "currency": "EUR",
    });
    market_event("credits.purchased", name, NEW_YEAR, &data)
}

/// A subscription for messages to Maya.
fn subscription(name: &str, plan: &Value) -> Value {
    let data = json!({
        "subscription_id": name, "user_id": "ann", "creator_id": "maya", "plan": plan,
        "starts_at": NEW_YEAR, "ends_at": FAR_OFF,
    });
    market_event("subscription.created", name, NEW_YEAR, &data)
}

fn counted(messages: i64) -> Value {
    json!({ "kind": "messages", "messages": messages })
}

fn halt(name: &str, time: &str) -> Value {
    let data = json!({ "user_id": "ann", "creator_id": "maya" });
    market_event("quota.depleted", name, time, &data)
}

fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

async fn standing(person: &Person) -> Value {
    person.get("/api/quota?creator_id=maya").await.expect(200)
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

async fn every_event_of_the_marketplace_counts_once(database: Database) {
    let Paid { ann, market, .. } = &paid(database).await;
    let events = [
        price("p", NEW_YEAR, 20),
        halt("h", NEW_YEAR),
        purchase("1", 100),
        subscription("1", &counted(5)),
    ];
    for event in &events {
        let told = join_all((0..4).map(|_| market.told(event.clone()))).await;
        let count = |status| told.iter().filter(|told| **told == status).count();
        assert_eq!((count("applied"), count("repeated")), (1, 3), "{event}");
    }
    // A purchase or subscription has an id of its own: another event that tells of it is none.
    for mut event in [purchase("1", 100), subscription("1", &counted(5))] {
        event["source"] = json!("/market/told-again");
        assert_eq!(market.told(event).await, "repeated");
    }
    let quota = standing(ann).await;
    assert_eq!(
        (&quota["balance"], &quota["remaining"]),
        (&eur(100), &json!(5))
    );
}

async fn what_happened_later_holds_whatever_comes_first(database: Database) {
    let Paid {
        ann, maya, market, ..
    } = &paid(database).await;
    let thread = open(ann, &[maya]).await;
    assert_eq!(market.told(price("2", LATER, 20)).await, "applied");
    assert_eq!(market.told(price("1", NEW_YEAR, 90)).await, "outdated");
    assert_eq!(standing(ann).await["price"], eur(20));
    let mut bought = purchase("1", 100);
    bought["time"] = json!(LATER);
    assert_eq!(market.told(bought).await, "applied");
    // That what was depleted before something was bought is no halt.
    assert_eq!(market.told(halt("1", NEW_YEAR)).await, "applied");
    assert_eq!(standing(ann).await["halted"], false);
    let halted = halt("3", "2026-03-01T00:00:00Z");
    assert_eq!(market.told(halted).await, "applied");
    assert_eq!(market.told(halt("2", LATER)).await, "outdated");
    assert_eq!(standing(ann).await["halted"], true);
    send(ann, &thread, "halted")
        .await
        .expect_problem(402, "quota_exhausted");
    let mut renewed = subscription("1", &counted(1));
    renewed["time"] = json!("2026-03-02T00:00:00Z");
    assert_eq!(market.told(renewed).await, "applied");
    assert_eq!(standing(ann).await["halted"], false);
    send(ann, &thread, "renewed").await.expect(201);
}

async fn what_is_wrong_with_an_event_is_named(database: Database) {
    let Paid { market, .. } = &paid(database).await;
    let with = |mut event: Value, name: &str, value: Value| {
        event["data"][name] = value;
        event
    };
    let subscribed = || subscription("1", &counted(5));
    let bought = || purchase("1", 100);
    let priced = || price("1", NEW_YEAR, 20);
    for (event, field) in [
        (
            with(subscribed(), "ends_at", json!(NEW_YEAR)),
            "data.ends_at",
        ),
        (
            with(subscribed(), "ends_at", json!("never")),
            "data.ends_at",
        ),
        (with(subscribed(), "plan", counted(0)), "data.plan.messages"),
        (
            with(subscribed(), "plan", json!({ "kind": "messages" })),
            "data.plan.messages",
        ),
        (
            with(subscribed(), "plan", json!({ "kind": "some" })),
            "data.plan.kind",
        ),
        (
            with(subscribed(), "subscription_id", json!("")),
            "data.subscription_id",
        ),
        (with(bought(), "amount", json!(0)), "data.amount"),
        (with(bought(), "amount", json!(1.5)), "data.amount"),
        (with(bought(), "currency", json!("euro")), "data.currency"),
        (with(bought(), "purchase_id", json!("")), "data.purchase_id"),
        (with(priced(), "amount", json!(-1)), "data.amount"),
        (with(priced(), "creator_id", json!("")), "data.creator_id"),
        (
            with(halt("1", NEW_YEAR), "user_id", json!(7)),
            "data.user_id",
        ),
    ] {
        let answer = market.tell(event.clone()).await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], field, "{event}");
    }
    for event in [subscribed(), bought(), priced(), halt("1", NEW_YEAR)] {
        let event = with(event, "other", json!("passed over"));
        let status = market.told(event.clone()).await;
        assert_eq!(status, "applied", "nothing was half done: {event}");
    }
}

async fn another_event_of_the_same_purchase_is_a_conflict(database: Database) {
    let Paid { ann, market, .. } = &paid(database).await;
    for event in [purchase("1", 100), subscription("1", &counted(5))] {
        assert_eq!(market.told(event).await, "applied");
    }
    for mut event in [purchase("1", 101), subscription("1", &counted(6))] {
        event["id"] = json!("another");
        market.tell(event).await.expect_problem(409, "conflict");
    }
    let quota = standing(ann).await;
    assert_eq!(
        (&quota["balance"], &quota["remaining"]),
        (&eur(100), &json!(5))
    );
    // The refused event was not taken for told: set right, it is taken in.
    let mut right = purchase("2", 101);
    right["id"] = json!("another");
    assert_eq!(market.told(right).await, "applied");
}

async fn an_event_that_is_refused_keeps_no_other_of_its_batch(database: Database) {
    let Paid { ann, market, .. } = &paid(database).await;
    let mut conflict = purchase("1", 7);
    conflict["id"] = json!("conflict");
    let batch = json!([
        purchase("1", 100),
        conflict,
        purchase("2", 20),
        purchase("1", 100)
    ]);
    for statuses in [
        ["applied", "refused", "applied", "repeated"],
        ["repeated", "refused", "repeated", "repeated"],
    ] {
        let told = tell_batch(market, &batch).await.expect(202);
        let events = told["events"].as_array().unwrap();
        let told: Vec<&Value> = events.iter().map(|event| &event["status"]).collect();
        assert_eq!(told, statuses);
        assert_eq!(events[1]["id"], "conflict");
        assert_eq!(events[1]["error"]["code"], "conflict", "{told:?}");
        assert_eq!(events[0].get("error"), None);
    }
    assert_eq!(ann.get("/api/quota").await.expect(200)["balance"], eur(120));
}

async fn tell_batch(market: &Person, batch: &Value) -> Answer {
    let token = Some(&*market.token);
    let mut wish = wish(
        market.address,
        Method::POST,
        "/api/events",
        token,
        Some(batch),
    );
    let kind = "application/cloudevents-batch+json".parse().unwrap();
    wish.headers_mut().insert("content-type", kind);
    request(market.address, wish).await
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
