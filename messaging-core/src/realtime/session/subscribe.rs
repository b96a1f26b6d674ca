//! Subscribing to a thread: its fleeting events, and the messages missed there.

use futures_util::{Sink, Stream};
use serde::Serialize;

use super::{End, Session, command::SubscribeIn};
use crate::{
    error::ErrorKind,
    id::{Seq, ThreadId},
    message::{ListMessages, Message},
    page::PageSize,
    realtime::{Failure, Frame, Incoming, Outgoing, presence::PresenceUpdate},
    thread::Thread,
};

#[derive(Serialize)]
struct SubscribeOut<'a> {
    thread: &'a Thread,
    presence: Vec<PresenceUpdate>,
}

impl<T, E> Session<'_, T>
where
    T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    pub(super) async fn subscribe(
        &mut self,
        reference: Option<String>,
        data: SubscribeIn,
    ) -> Result<(), End> {
        let thread = match self.thread_to_subscribe(data.thread_id).await {
            Ok(thread) => thread,
            Err(failure) => return self.refuse(reference, failure).await,
        };
        let hub = self.gateway.messaging.hub();
        let participants = thread.participants.iter().map(|p| p.user_id.clone());
        let presence = hub.subscribe(
            data.thread_id,
            self.id,
            &self.caller().user_id,
            participants,
        );
        let out = SubscribeOut {
            thread: &thread,
            presence,
        };
        self.acknowledge(reference, &out).await?;
        match data.after_seq {
            Some(after) if after < thread.last_seq => {
                self.catch_up_thread(thread.id, after, thread.last_seq)
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn thread_to_subscribe(&mut self, thread_id: ThreadId) -> Result<Thread, Failure> {
        let messaging = &self.gateway.messaging;
        let limit = messaging.limits().subscriptions;
        let hub = messaging.hub();
        if hub.subscriptions(self.id) >= limit && !hub.is_subscribed(thread_id, self.id) {
            let detail = format!("a session may subscribe to {limit} threads at most");
            return Err(Failure::new(ErrorKind::Forbidden, detail));
        }
        Ok(messaging.threads().get(self.caller(), thread_id).await?)
    }

    /// Sends a thread's messages after `after`, up to what was its newest at the subscription.
    async fn catch_up_thread(
        &mut self,
        thread_id: ThreadId,
        after: Seq,
        through: Seq,
    ) -> Result<(), End> {
        self.order.sent_out_of_turn(thread_id, after, through);
        let mut after = after;
        while after < through {
            let wish = ListMessages {
                after_seq: Some(after),
                ..ListMessages::newest(thread_id, PageSize::MAX)
            };
            let messages = self.gateway.messaging.messages();
            let page = match messages.list(self.caller(), &wish).await {
                Ok(page) => page,
                Err(error) => return self.refuse(None, error.into()).await,
            };
            let Some(last) = page.items.last() else {
                break;
            };
            after = last.seq;
            let missed = page
                .items
                .iter()
                .take_while(|message| message.seq <= through);
            let frames: Vec<_> = missed.map(|message| self.missed(message)).collect();
            self.say(frames).await?;
        }
        Ok(())
    }

    fn missed(&self, message: &Message) -> Outgoing {
        let message = message.shown_to(self.caller());
        let data = serde_json::json!({ "message": message });
        Outgoing::Frame(Frame::fleeting("message.new", &data))
    }
}
