//! `POST /api/events`: what the platform tells, as CloudEvents 1.0 over HTTP: one event in structured
//! or binary mode, or a batch.

use http::HeaderMap;
use messaging_core::{
    clock::{ParseTimestampError, Timestamp},
    error::{ErrorKind, Invalid},
    json,
    platform::{CloudEvent, PlatformEvent, Reception, read_event},
    realtime::Failure,
};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::value::RawValue;
use warp::Filter;

use super::Route;
use crate::{
    Api,
    problem::{ApiError, Problem},
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
    status: StatusOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum StatusOut {
    Taken(Reception),
    Refused(&'static str),
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
    let taken = take_in(&call, event.clone()).await;
    let status = taken.map_err(ApiError::Failed)?;
    Ok(reply::accepted(&received(&event, &Ok(status))))
}

/// All of them are read before the first is taken in. One that is refused for what it says keeps no
/// other from being taken; when storage fails in between, the same batch again goes on where it
/// stopped.
async fn receive_batch(call: &Call, body: &[u8], now: Timestamp) -> Answer {
    let events = read_batch(body, now)?;
    let mut outcomes = Vec::with_capacity(events.len());
    for event in &events {
        let outcome = match take_in(call, event.clone()).await {
            Err(failure) if failure.kind != ErrorKind::Conflict => {
                return Err(ApiError::Failed(failure));
            }
            outcome => outcome,
        };
        outcomes.push(outcome);
    }
    let events = events.iter().zip(&outcomes);
    let events = events.map(|(event, outcome)| received(event, outcome));
    Ok(reply::accepted(&BatchOut {
        events: events.collect(),
    }))
}

async fn take_in(call: &Call, event: PlatformEvent) -> Result<Reception, Failure> {
    Ok(call.messaging.platform().receive(event).await?)
}

fn received<'a>(
    event: &'a PlatformEvent,
    outcome: &'a Result<Reception, Failure>,
) -> ReceivedOut<'a> {
    ReceivedOut {
        source: &event.key.source,
        id: &event.key.id,
        status: match outcome {
            Ok(reception) => StatusOut::Taken(*reception),
            Err(_) => StatusOut::Refused("refused"),
        },
        error: outcome.as_ref().err().map(Problem::of),
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
