//! Events as they come: CloudEvents 1.0 in JSON.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    EventKey, PlatformChange, PlatformEvent,
    data::{
        CreditsPurchased, PlanKind, PriceSet, QuotaDepleted, SubscriptionCreated, User, UserBanned,
    },
};
use crate::{
    account::{AccountChange, Ban},
    clock::Timestamp,
    error::{FieldError, Invalid},
    id::UserId,
    json,
    limits::check_chars,
    quota::{Allowance, Grant, Money, Purchase, QuotaChange, Scope},
};

/// The longest id and source, in characters.
const MAX_NAME: usize = 256;
/// The longest reason of a ban, in characters.
const MAX_REASON: usize = 500;

/// An event as it comes. Other attributes, and extensions, are passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct CloudEvent {
    /// The version of CloudEvents: 1.0.
    pub specversion: String,
    /// Names the event at its source.
    pub id: String,
    /// Who sends it.
    pub source: String,
    /// What it tells.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened; when it comes, unless told.
    #[serde(default)]
    pub time: Option<Timestamp>,
    /// What `data` is: JSON, told or not.
    #[serde(default)]
    pub datacontenttype: Option<String>,
    /// What it tells, in full.
    #[serde(default)]
    pub data: Option<Box<RawValue>>,
}

/// Reads an event in structured mode: one JSON object with the attributes and `data`. `now` is when
/// it happened unless it tells.
///
/// # Errors
/// Names the attribute, or the field of `data`.
pub fn read_event(bytes: &[u8], now: Timestamp) -> Result<PlatformEvent, Invalid> {
    let event: CloudEvent = json::decode("body", bytes)?;
    event.read(now)
}

impl CloudEvent {
    /// What it means here. `now` is when it happened unless it tells.
    ///
    /// # Errors
    /// Names the attribute, or the field of `data`.
    pub fn read(self, now: Timestamp) -> Result<PlatformEvent, Invalid> {
        self.check()?;
        let data = self.data.as_deref().map_or("null", RawValue::get);
        Ok(PlatformEvent {
            change: change(&self.kind, data.as_bytes())?,
            happened_at: self.time.unwrap_or(now),
            key: EventKey {
                source: self.source,
                id: self.id,
            },
        })
    }

    fn check(&self) -> Result<(), Invalid> {
        let mut faults = Vec::new();
        if self.specversion != "1.0" {
            faults.push(fault("specversion", "must be 1.0"));
        }
        check_chars("id", &self.id, 1, MAX_NAME, &mut faults);
        check_chars("source", &self.source, 1, MAX_NAME, &mut faults);
        if !self.datacontenttype.as_deref().is_none_or(is_json) {
            faults.push(fault("datacontenttype", "must be application/json"));
        }
        Invalid::check(faults)
    }
}

fn fault(field: &'static str, message: &'static str) -> FieldError {
    FieldError {
        field: field.into(),
        message: message.into(),
    }
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn change(kind: &str, data: &[u8]) -> Result<PlatformChange, Invalid> {
    let account = |user_id, change| Ok(PlatformChange::Account { user_id, change });
    match kind {
        "safety.user.banned" => {
            let UserBanned {
                user_id,
                reason,
                until,
            } = read(data)?;
            let mut faults = Vec::new();
            check_chars("data.reason", &reason, 1, MAX_REASON, &mut faults);
            Invalid::check(faults)?;
            account(user_id, AccountChange::Ban(Ban { reason, until }))
        }
        "safety.user.unbanned" => account(user(data)?, AccountChange::Unban),
        "profile.user.deactivated" => account(user(data)?, AccountChange::Deactivate),
        "profile.user.reactivated" => account(user(data)?, AccountChange::Reactivate),
        "marketplace.subscription.created" => quota(QuotaChange::Grant(grant(read(data)?)?)),
        "marketplace.credits.purchased" => {
            let CreditsPurchased {
                purchase_id: id,
                user_id,
                amount,
                currency,
            } = read(data)?;
            let amount = Money::new(amount, currency);
            quota(QuotaChange::Purchase(Purchase {
                id,
                user_id,
                amount,
            }))
        }
        "marketplace.price.set" => {
            let PriceSet {
                creator_id,
                amount,
                currency,
            } = read(data)?;
            let price = Money::new(amount, currency);
            quota(QuotaChange::Price { creator_id, price })
        }
        "marketplace.quota.depleted" => {
            let QuotaDepleted {
                user_id,
                creator_id,
            } = read(data)?;
            let scope = Scope::of(creator_id);
            quota(QuotaChange::Halt { user_id, scope })
        }
        _ => Err(Invalid::field("type", "is no event that is known here")),
    }
}

fn quota(change: QuotaChange) -> Result<PlatformChange, Invalid> {
    change.check().map_err(|invalid| invalid.within("data"))?;
    Ok(PlatformChange::Quota(change))
}

fn grant(data: SubscriptionCreated) -> Result<Grant, Invalid> {
    let allowance = match (data.plan.kind, data.plan.messages) {
        (PlanKind::Unlimited, _) => Allowance::Unlimited,
        (PlanKind::Messages, Some(messages)) => Allowance::Messages(messages),
        (PlanKind::Messages, None) => {
            return Err(Invalid::field("data.plan.messages", "is required"));
        }
    };
    Ok(Grant {
        id: data.subscription_id,
        user_id: data.user_id,
        scope: Scope::of(data.creator_id),
        allowance,
        starts_at: data.starts_at,
        ends_at: data.ends_at,
    })
}

fn user(data: &[u8]) -> Result<UserId, Invalid> {
    let User { user_id } = read(data)?;
    Ok(user_id)
}

fn read<T: DeserializeOwned>(data: &[u8]) -> Result<T, Invalid> {
    json::decode("data", data).map_err(|invalid| invalid.within("data"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_000).unwrap()
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event(kind: &str, data: &Value) -> Value {
        json!({
            "specversion": "1.0", "id": "e-1", "source": "/safety", "type": kind,
            "time": "2026-01-02T03:04:05Z", "data": data, "subject": "x", "traceparent": "y",
        })
    }

    fn read(event: &Value) -> Result<PlatformEvent, String> {
        read_event(event.to_string().as_bytes(), now()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_type_is_read() {
        let ann = json!({ "user_id": "ann" });
        let until = "2027-01-01T00:00:00Z";
        let ban = json!({ "user_id": "ann", "reason": "fraud", "until": until });
        let expected = [
            (
                event("safety.user.banned", &ban),
                AccountChange::Ban(Ban {
                    reason: "fraud".into(),
                    until: Some(time(until)),
                }),
            ),
            (event("safety.user.unbanned", &ann), AccountChange::Unban),
            (
                event("profile.user.deactivated", &ann),
                AccountChange::Deactivate,
            ),
            (
                event("profile.user.reactivated", &ann),
                AccountChange::Reactivate,
            ),
        ];
        for (event, change) in expected {
            let read = read(&event).unwrap();
            assert_eq!((&*read.key.source, &*read.key.id), ("/safety", "e-1"));
            assert_eq!(read.happened_at, time("2026-01-02T03:04:05Z"));
            let user_id = "ann".parse().unwrap();
            assert_eq!(read.change, PlatformChange::Account { user_id, change });
        }
    }

    #[test]
    fn an_event_without_a_time_happens_when_it_comes() {
        let mut event = event("safety.user.unbanned", &json!({ "user_id": "ann" }));
        event.as_object_mut().unwrap().remove("time");
        assert_eq!(read(&event).unwrap().happened_at, now());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = event(
            "safety.user.banned",
            &json!({ "user_id": "ann", "reason": "fraud" }),
        );
        let wrong = |path: &str, value: Value| {
            let mut event = good.clone();
            match value {
                Value::Null => drop(event.pointer_mut(path).map(Value::take)),
                value => *event.pointer_mut(path).unwrap() = value,
            }
            read(&event).unwrap_err()
        };
        assert_eq!(
            wrong("/specversion", json!("0.3")),
            "specversion must be 1.0"
        );
        assert_eq!(wrong("/id", json!("")), "id must be 1 to 256 characters");
        assert_eq!(wrong("/id", json!(7)), "id must be a string");
        assert_eq!(
            wrong("/source", json!("x".repeat(257))),
            "source must be 1 to 256 characters"
        );
        assert_eq!(
            wrong("/type", json!("x")),
            "type is no event that is known here"
        );
        assert_eq!(
            wrong("/time", json!("yesterday")),
            "time must be a time of RFC 3339"
        );
        assert_eq!(wrong("/data", Value::Null), "data must be a JSON object");
        assert_eq!(
            wrong("/data", json!({ "reason": "x" })),
            "data.user_id is required"
        );
        assert!(wrong("/data/user_id", json!("a b")).starts_with("data.user_id must be"));
        assert_eq!(
            wrong("/data/reason", json!("")),
            "data.reason must be 1 to 500 characters"
        );
    }
}
