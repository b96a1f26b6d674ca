//! `POST /api/events`: what the platform tells, as CloudEvents 1.0 over HTTP: one event in structured
//! or binary mode, or a batch.

use http::HeaderMap;
use messaging_core::{
    clock::{ParseTimestampError, Timestamp},
    error::Invalid,
    json,
    platform::{CloudEvent, PlatformEvent, Reception, read_event},
};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::value::RawValue;
use warp::Filter;

use super::Route;
use crate::{
    Api,
    problem::ApiError,
    reply::{self, Answer},
    request::{Call, Request, request},
};

const JSON: &str = "application/json";
const EVENT: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
/// The most events of a batch.
const MAX_BATCH: usize = 100;

#[derive(Serialize)]
struct ReceivedOut<'a> {
    source: &'a str,
    id: &'a str,
    status: Reception,
}

#[derive(Serialize)]
struct BatchOut<'a> {
    events: Vec<ReceivedOut<'a>>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "events")
        .and(warp::post())
        .and(request(api))
        .then(|request: Request| request.answer_service(receive))
        .boxed()
}

async fn receive(mut call: Call) -> Answer {
    let now = call.messaging.clock().now();
    let (media_type, body) = call.body_of(&[JSON, EVENT, BATCH]).await?;
    let is_binary = call.headers.contains_key("ce-specversion");
    let event = match media_type {
        BATCH => return receive_batch(&call, &body, now).await,
        JSON if is_binary => binary(&call.headers, &body)?.read(now)?,
        _ => read_event(&body, now)?,
    };
    let status = take_in(&call, event.clone()).await?;
    Ok(reply::accepted(&received(&event, status)))
}

/// All of them are read before the first is taken in. When storage fails in between, the same batch
/// again goes on where it stopped.
async fn receive_batch(call: &Call, body: &[u8], now: Timestamp) -> Answer {
    let events = read_batch(body, now)?;
    let mut batch = BatchOut {
        events: Vec::with_capacity(events.len()),
    };
    for event in &events {
        let status = take_in(call, event.clone()).await?;
        batch.events.push(received(event, status));
    }
    Ok(reply::accepted(&batch))
}

async fn take_in(call: &Call, event: PlatformEvent) -> Result<Reception, ApiError> {
    Ok(call.messaging.platform().receive(event).await?)
}

fn received(event: &PlatformEvent, status: Reception) -> ReceivedOut<'_> {
    ReceivedOut {
        source: &event.key.source,
        id: &event.key.id,
        status,
    }
}

fn read_batch(body: &[u8], now: Timestamp) -> Result<Vec<PlatformEvent>, ApiError> {
    if json::is_too_deep(body) {
        return Err(Invalid::field("body", "must not be nested so deep").into());
    }
    let events: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|_| Invalid::field("body", "must be a JSON array of events"))?;
    if events.len() > MAX_BATCH {
        let message = format!("must be at most {MAX_BATCH} events");
        return Err(Invalid::field("body", message).into());
    }
    let events = events.iter().enumerate().map(|(index, event)| {
        let read = read_event(event.get().as_bytes(), now);
        read.map_err(|invalid| ApiError::from(invalid.within(&format!("[{index}]"))))
    });
    events.collect()
}

/// An event in binary mode: attributes in headers, whose values are percent-encoded UTF-8, and its data
/// as the body.
fn binary(headers: &HeaderMap, body: &[u8]) -> Result<CloudEvent, ApiError> {
    let optional = |name: &'static str| match headers.get(format!("ce-{name}")) {
        None => Ok(None),
        Some(value) => {
            let text = value.to_str().ok();
            let text = text.and_then(|text| percent_decode_str(text).decode_utf8().ok());
            let text = text.ok_or_else(|| Invalid::field(name, "must be percent-encoded UTF-8"))?;
            Ok::<_, Invalid>(Some(text.into_owned()))
        }
    };
    let required = |name| optional(name)?.ok_or_else(|| Invalid::field(name, "is required"));
    let time = optional("time")?.map(|time| time.parse());
    let time = time.transpose();
    let time = time.map_err(|error: ParseTimestampError| Invalid::field("time", error.to_string()));
    Ok(CloudEvent {
        specversion: required("specversion")?,
        id: required("id")?,
        source: required("source")?,
        kind: required("type")?,
        time: time?,
        datacontenttype: None,
        data: Some(json::decode("data", body)?),
    })
}
