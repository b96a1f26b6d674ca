//! `POST /api/events`: what the marketplace tells.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Database, Person,
    market::{
        LATER, NEW_YEAR, Paid, counted, eur, halt, paid, price, purchase, standing, subscription,
    },
    open, request, text, wish,
};

on_each_database! {
    every_event_of_the_marketplace_counts_once,
    what_happened_later_holds_whatever_comes_first,
    what_is_wrong_with_an_event_is_named,
    another_event_of_the_same_purchase_is_a_conflict,
    an_event_that_is_refused_keeps_no_other_of_its_batch,
}

async fn send(person: &Person, thread: &str, name: &str) -> Answer {
    let wish = json!({ "thread_id": thread, "client_id": name, "content": text(name) });
    person.post("/api/messages", wish).await
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
