//! Who takes part: tokens, sessions and threads.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use messaging_core::{
    caller::{Caller, Role},
    id::{IdGenerator, RandomIds},
};
use messaging_warp::JwtIssuer;
use serde::Deserialize;

use super::{Rest, Socket, files};
use crate::target::Target;

/// How many connect, or ask, at once while a scenario is prepared.
const AT_ONCE: usize = 64;

/// Makes users of one server; their names are new in each run, so that a server with a history does.
#[derive(Debug, Clone)]
pub(crate) struct People {
    address: Arc<str>,
    issuer: Arc<JwtIssuer>,
    run: String,
}

impl People {
    pub(crate) fn new(target: &Target) -> anyhow::Result<Self> {
        let mut run = RandomIds.next_uuid().simple().to_string();
        // The end is random; the front is the time.
        let run = run.split_off(run.len() - 8);
        Ok(Self {
            address: target.address().into(),
            issuer: Arc::new(JwtIssuer::hs256(target.secret())?),
            run,
        })
    }

    /// The id of the user of this kind and number.
    pub(crate) fn name(&self, kind: &str, number: usize) -> String {
        format!("{kind}-{number}-{}", self.run)
    }

    /// A token for a user, good for a day.
    pub(crate) fn token(&self, user: &str, role: Role) -> anyhow::Result<String> {
        let caller = Caller::new(user.parse()?, role);
        Ok(self.issuer.sign(&caller, Duration::from_hours(24))?)
    }

    pub(crate) async fn connect(&self, user: &str, role: Role) -> anyhow::Result<Socket> {
        Socket::connect(&self.address, &self.token(user, role)?, None).await
    }

    /// A session for each, in their order; there is room for as many, or an error says so.
    pub(crate) async fn connect_all(
        &self,
        users: &[(String, Role)],
    ) -> anyhow::Result<Vec<Socket>> {
        files::make_room(users.len())?;
        stream::iter(users)
            .map(|(user, role)| self.connect(user, *role))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// A REST connection of one user.
    pub(crate) async fn rest(&self, user: &str, role: Role) -> anyhow::Result<Rest> {
        Rest::connect(&self.address, &self.token(user, role)?).await
    }

    /// Opens a direct thread of a client with a creator; its id.
    pub(crate) async fn open_direct(&self, client: &str, creator: &str) -> anyhow::Result<String> {
        let wish = serde_json::json!({"participants": [creator]});
        self.open(client, Role::Client, &wish).await
    }

    /// Opens a direct thread for each pair of a client and a creator, in their order.
    pub(crate) async fn open_all(&self, pairs: &[(String, String)]) -> anyhow::Result<Vec<String>> {
        stream::iter(pairs)
            .map(|(client, creator)| self.open_direct(client, creator))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Opens a group with others, all clients; its id.
    pub(crate) async fn open_group(
        &self,
        owner: &str,
        others: &[String],
    ) -> anyhow::Result<String> {
        let wish = serde_json::json!({"kind": "group", "participants": others});
        self.open(owner, Role::Client, &wish).await
    }

    async fn open(
        &self,
        owner: &str,
        role: Role,
        wish: &serde_json::Value,
    ) -> anyhow::Result<String> {
        #[derive(Deserialize)]
        struct Thread {
            id: String,
        }
        let mut rest = self.rest(owner, role).await?;
        let body = Bytes::from(wish.to_string());
        let answer = rest
            .post("/api/threads", body)
            .await
            .context("cannot open a thread")?;
        Ok(serde_json::from_slice::<Thread>(&answer)?.id)
    }
}
