//! What is there at the end, held against what everyone saw and was promised.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{
    cast::Cast,
    device::Device,
    memory::{Known, Memory, Sent, text_of},
};
use crate::support::{Person, text};

/// A thread's messages as one of its members reads them, by seq.
type History = BTreeMap<u64, Value>;

pub(super) async fn everything(cast: &Cast, mut devices: Vec<Device>) {
    for device in &mut devices {
        let mut people = cast.people.iter();
        let person = people.find(|person| person.id == device.person.id).unwrap();
        same_stream_as_the_log(device, &log_of(person, &cast.start).await).await;
    }
    let histories = histories(cast).await;
    let mut sent = 0;
    for device in &devices {
        sent += device.memory.sent.len();
        saw_what_is_there(&device.memory, &histories);
        for message in &device.memory.sent {
            own_message_is_there(device, message, &histories);
        }
        reactions_are_there(device, &histories);
    }
    let kept: usize = histories.values().map(BTreeMap::len).sum();
    assert_eq!(kept, sent, "every message was sent by someone, once");
    for person in &cast.people {
        markers_are_there(person, &devices).await;
    }
    let events: usize = devices
        .iter()
        .map(|device| device.memory.stream.len())
        .sum();
    eprintln!(
        "{kept} messages, {events} events seen by {} devices",
        devices.len()
    );
}

/// Every event of the user since the start: its cursor and type.
async fn log_of(person: &Person, start: &str) -> Vec<(String, String)> {
    let mut log = Vec::new();
    let mut cursor = start.to_owned();
    loop {
        let path = format!("/api/sync?limit=200&cursor={cursor}");
        let page = person.get(&path).await.expect(200);
        let events = page["events"].as_array().unwrap().iter();
        log.extend(events.map(|event| (text_of(&event["cursor"]), text_of(&event["type"]))));
        cursor = text_of(&page["cursor"]);
        if page["more"] == false {
            return log;
        }
    }
}

/// Nothing missed, nothing repeated, nothing out of order, over all reconnects.
async fn same_stream_as_the_log(device: &mut Device, log: &[(String, String)]) {
    let mut session = device.session.take().unwrap();
    while device.memory.stream.len() < log.len() {
        let frame = session.next().await;
        device.hear(&frame);
    }
    let stream = &device.memory.stream;
    let differs = stream.iter().zip(log).position(|(seen, kept)| seen != kept);
    assert_eq!(differs, None, "{}: the streams part there", device.name);
    assert_eq!(stream.len(), log.len(), "{}", device.name);
    let cursors: HashSet<_> = stream.iter().map(|(cursor, _)| cursor).collect();
    assert_eq!(
        cursors.len(),
        stream.len(),
        "{}: a cursor twice",
        device.name
    );
}

/// The messages of every thread: dense, and the same for each of its members.
async fn histories(cast: &Cast) -> HashMap<String, History> {
    let mut histories = HashMap::new();
    for thread in &cast.threads {
        let path = format!("/api/messages?limit=200&thread_id={}", thread.id);
        let members = cast.people.iter().filter(|person| thread.has(&person.id));
        for person in members {
            let messages = person.all(&path).await;
            let count = messages.len();
            let history: History = messages.into_iter().map(without_client_id).collect();
            assert_eq!(history.len(), count, "a seq twice in {}", thread.id);
            assert!(
                history.keys().copied().eq(1..=count as u64),
                "a gap in {}",
                thread.id
            );
            let first = histories
                .entry(thread.id.clone())
                .or_insert_with(|| history.clone());
            assert_eq!(*first, history, "{} of {}", thread.id, person.id);
        }
    }
    histories
}

/// A message by its seq, without what only its sender sees.
fn without_client_id(mut message: Value) -> (u64, Value) {
    message.as_object_mut().unwrap().remove("client_id");
    (message["seq"].as_u64().unwrap(), message)
}

fn saw_what_is_there(memory: &Memory, histories: &HashMap<String, History>) {
    for ((thread, seq), id) in &memory.places {
        assert_eq!(histories[thread][seq]["id"], id.as_str());
    }
}

fn own_message_is_there(device: &Device, sent: &Sent, histories: &HashMap<String, History>) {
    let (id, seq) = sent.place.as_ref().unwrap();
    let message = &histories[&sent.thread][seq];
    assert_eq!(message["id"], id.as_str(), "{}: {sent:?}", device.name);
    assert_eq!(message["sender_id"], device.person.id.as_str());
    let content = &message["content"];
    match sent.deleted {
        Known::Yes => assert!(content.is_null(), "back from the dead: {message}"),
        Known::Maybe if content.is_null() => {}
        Known::Maybe | Known::No => {
            let mut possible = sent.unsettled.iter().chain([&sent.settled]);
            let known = possible.any(|words| *content == text(words));
            assert!(known, "{}: {sent:?} became {message}", device.name);
        }
    }
}

fn reactions_are_there(device: &Device, histories: &HashMap<String, History>) {
    let messages = histories.values().flat_map(BTreeMap::values);
    let messages: HashMap<_, _> = messages
        .map(|message| (text_of(&message["id"]), message))
        .collect();
    for (id, reaction) in &device.memory.reactions {
        let message = messages[id];
        let users = message["reactions"][&device.name].as_array();
        let there = users.is_some_and(|users| users.contains(&device.person.id.as_str().into()));
        let right = reaction.unsettled || there == reaction.settled;
        let gone = !message["deleted_at"].is_null();
        assert!(right || gone, "{}: {reaction:?} on {message}", device.name);
    }
}

async fn markers_are_there(person: &Person, devices: &[Device]) {
    let threads = person.all("/api/threads?limit=200&archived=all").await;
    let own = devices
        .iter()
        .filter(|device| device.person.id == person.id);
    for (thread, seq) in own.flat_map(|device| &device.memory.read) {
        let thread = threads
            .iter()
            .find(|it| it["id"] == thread.as_str())
            .unwrap();
        let participants = thread["participants"].as_array().unwrap();
        let own = participants
            .iter()
            .find(|it| it["user_id"] == person.id.as_str())
            .unwrap();
        assert!(own["read_seq"].as_u64().unwrap() >= *seq, "{thread}");
    }
}
