//! A connection without a network.

use anyhow::{Context as _, Result, bail};
use messaging_core::{
    page::Cursor,
    realtime::{CommandIn, Gateway, Incoming, Opening, Outgoing},
    testkit,
};
use serde_json::value::RawValue;

/// How much may be on its way.
const ROOM: usize = 1024;

/// The client's end.
pub(crate) struct Line(testkit::Line);

impl Line {
    /// Connects as the user of this name, and is greeted.
    pub(crate) async fn connect(
        gateway: &Gateway,
        name: &str,
        cursor: Option<Cursor>,
    ) -> Result<Self> {
        let opening = Opening {
            token: Some(name.to_owned()),
            cursor,
        };
        let mut line = Self(testkit::Line::open(gateway, opening, ROOM));
        line.event("session.ready").await?;
        Ok(line)
    }

    /// Says a command.
    pub(crate) async fn say(&self, kind: &str, reference: String, data: String) -> Result<()> {
        let command = CommandIn {
            kind: kind.to_owned(),
            reference: Some(reference),
            data: RawValue::from_string(data)?,
        };
        Ok(self.0.say.send(Incoming::Command(command)).await?)
    }

    /// Hears an event of this kind, as the text that a transport would write.
    pub(crate) async fn event(&mut self, kind: &str) -> Result<usize> {
        match self.0.hear.recv().await.context("the session has ended")? {
            Outgoing::Frame(frame) if frame.kind() == kind => Ok(frame.text().len()),
            other => bail!("expected {kind}, got {other:?}"),
        }
    }

    /// Hears that a command was carried out.
    pub(crate) async fn acknowledged(&mut self) -> Result<()> {
        match self.0.hear.recv().await.context("the session has ended")? {
            Outgoing::Reply(reply) if reply.outcome.is_ok() => Ok(()),
            other => bail!("expected an acknowledgement, got {other:?}"),
        }
    }

    /// Hangs up, and waits until the session has ended.
    pub(crate) async fn hang_up(self) -> Result<()> {
        let testkit::Line { say, hear, session } = self.0;
        drop((say, hear));
        Ok(session.await?)
    }
}
