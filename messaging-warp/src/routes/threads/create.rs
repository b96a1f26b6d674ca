//! `POST /api/threads`

use std::fmt;

use messaging_core::{
    caller::Role,
    id::UserId,
    message::Content,
    thread::{CreateThread, FirstMessage, Invitee, Metadata, ThreadKind},
};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use warp::Filter;

use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

#[derive(Deserialize)]
struct CreateThreadIn {
    participants: Vec<InviteeIn>,
    #[serde(default)]
    kind: Option<ThreadKind>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    message: Option<FirstMessageIn>,
}

#[derive(Deserialize)]
struct FirstMessageIn {
    client_id: String,
    content: Content,
}

/// `"ann"` or `{"user_id": "ann", "role": "creator"}`.
struct InviteeIn(Invitee);

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "threads")
        .and(warp::post())
        .and(request(api))
        .then(|request: Request| request.answer(create))
        .boxed()
}

async fn create(mut call: Call) -> Answer {
    let wish: CreateThreadIn = call.json().await?;
    let threads = call.messaging.threads();
    let opened = threads.create(&call.caller, wish.into()).await?;
    Ok(reply::created(opened.created, &opened.thread))
}

impl From<CreateThreadIn> for CreateThread {
    fn from(wish: CreateThreadIn) -> Self {
        Self {
            participants: wish.participants.into_iter().map(|i| i.0).collect(),
            kind: wish.kind,
            title: wish.title,
            metadata: wish.metadata.unwrap_or_default(),
            message: wish.message.map(|message| FirstMessage {
                client_id: message.client_id,
                content: message.content,
            }),
        }
    }
}

impl<'de> Deserialize<'de> for InviteeIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InviteeVisitor)
    }
}

struct InviteeVisitor;

impl<'de> Visitor<'de> for InviteeVisitor {
    type Value = InviteeIn;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user id or {user_id, role}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let user_id = text.parse().map_err(E::custom)?;
        Ok(InviteeIn(Invitee {
            user_id,
            role: None,
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        struct Named {
            user_id: UserId,
            #[serde(default)]
            role: Option<Role>,
        }
        let named = Named::deserialize(MapAccessDeserializer::new(map))?;
        Ok(InviteeIn(Invitee {
            user_id: named.user_id,
            role: named.role,
        }))
    }
}
