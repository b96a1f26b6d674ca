//! JSON Schema of every event, outgoing and incoming, made from the types that are sent and read.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use super::{
    MessageFlagged, MessageRead, MessageSent, QuotaCharged, ThreadArchived, ThreadCreated,
    cloud_event::schema_id,
};
use crate::{
    clock::Timestamp,
    id::ThreadId,
    platform::data::{
        CreditsPurchased, PriceSet, QuotaDepleted, SubscriptionCreated, User, UserBanned,
    },
};

/// The schema of one type of event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSchema {
    /// The type: `messaging.message.sent`.
    pub kind: &'static str,
    /// Whether it is sent by this system; received by it otherwise.
    pub is_sent: bool,
    /// JSON Schema, draft 2020-12, of the whole `CloudEvent` in structured mode.
    pub schema: Value,
}

/// The schemas of all types.
pub fn schemas() -> Vec<EventSchema> {
    vec![
        sent::<MessageSent>("messaging.message.sent"),
        sent::<MessageFlagged>("messaging.message.flagged"),
        sent::<MessageRead>("messaging.message.read"),
        sent::<ThreadCreated>("messaging.thread.created"),
        sent::<ThreadArchived>("messaging.thread.archived"),
        sent::<QuotaCharged>("messaging.quota.charged"),
        received::<UserBanned>("safety.user.banned"),
        received::<User>("safety.user.unbanned"),
        received::<User>("profile.user.deactivated"),
        received::<User>("profile.user.reactivated"),
        received::<SubscriptionCreated>("marketplace.subscription.created"),
        received::<CreditsPurchased>("marketplace.credits.purchased"),
        received::<PriceSet>("marketplace.price.set"),
        received::<QuotaDepleted>("marketplace.quota.depleted"),
    ]
}

fn sent<T: JsonSchema>(kind: &'static str) -> EventSchema {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let data = generator.subschema_for::<T>();
    let properties = json!({
        "specversion": { "const": "1.0" },
        "id": { "type": "string", "pattern": "^[0-9]+$" },
        "source": { "type": "string", "format": "uri-reference", "minLength": 1 },
        "type": { "const": kind },
        "time": generator.subschema_for::<Timestamp>(),
        "subject": { "type": "string", "minLength": 1 },
        "datacontenttype": { "const": "application/json" },
        "dataschema": { "const": schema_id(kind) },
        "sequence": { "type": "string", "pattern": "^[0-9]{20}$" },
        "partitionkey": generator.subschema_for::<ThreadId>(),
        "data": data,
    });
    let required = json!([
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "datacontenttype",
        "dataschema",
        "sequence",
        "data",
    ]);
    EventSchema {
        kind,
        is_sent: true,
        schema: envelope(kind, &properties, &required, generator),
    }
}

fn received<T: JsonSchema>(kind: &'static str) -> EventSchema {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let data = generator.subschema_for::<T>();
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 256 });
    let properties = json!({
        "specversion": { "const": "1.0" },
        "id": name,
        "source": name,
        "type": { "const": kind },
        "time": generator.subschema_for::<Timestamp>(),
        "datacontenttype": { "type": "string" },
        "data": data,
    });
    let required = json!(["specversion", "id", "source", "type", "data"]);
    EventSchema {
        kind,
        is_sent: false,
        schema: envelope(kind, &properties, &required, generator),
    }
}

fn envelope(
    kind: &str,
    properties: &Value,
    required: &Value,
    mut generator: SchemaGenerator,
) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(kind),
        "title": kind,
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": generator.take_definitions(true),
    })
}
