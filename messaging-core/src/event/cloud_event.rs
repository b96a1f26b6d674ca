//! Events as they go out: CloudEvents 1.0 in JSON, structured mode
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>).

use serde::Serialize;

use super::{DomainEvent, EventData};
use crate::{
    clock::Timestamp,
    id::{Position, ThreadId},
};

/// The `source` of events unless the application has another.
pub const DEFAULT_SOURCE: &str = "/messaging";

/// A domain event in its envelope.
#[derive(Debug, Clone, Serialize)]
pub struct CloudEventOut<'a> {
    specversion: &'static str,
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    datacontenttype: &'static str,
    dataschema: String,
    /// The position, in digits that sort as texts, too: the extension "sequence".
    sequence: String,
    /// The extension "partitioning": events of one key are in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    partitionkey: Option<ThreadId>,
    data: &'a EventData,
}

impl<'a> CloudEventOut<'a> {
    pub(super) fn new(event: &'a DomainEvent, source: &'a str) -> Self {
        let kind = event.kind();
        let thread_id = event.thread_id();
        Self {
            specversion: "1.0",
            id: event.position.to_string(),
            source,
            kind,
            time: event.at,
            subject: thread_id.map(|id| format!("threads/{id}")),
            datacontenttype: "application/json",
            dataschema: schema_id(kind),
            sequence: sequence(event.position),
            partitionkey: thread_id,
            data: &event.data,
        }
    }
}

fn sequence(position: Position) -> String {
    format!("{:020}", position.get())
}

/// What names the schema of a type.
pub(super) fn schema_id(kind: &str) -> String {
    format!("urn:messaging:schema:{kind}:1")
}
