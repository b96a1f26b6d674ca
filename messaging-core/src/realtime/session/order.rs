//! The order in which a client is told things.
//!
//! A client resumes after the last cursor it has seen. So nothing with a cursor may overtake an
//! event: the acknowledgement of a write, which stands for the write's event and bears its cursor,
//! waits for that event's place in the stream. The event may come by before the write's outcome is
//! known; then it is held back, with all that follows, until it is known whose it is.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::command::{AckData, Written};
use crate::{
    id::{Position, Seq, ThreadId},
    realtime::{Frame, Outgoing, Reply, roster::Delivery},
};

/// An acknowledgement to be.
#[derive(Debug)]
struct Ack {
    reference: String,
    data: AckData,
}

impl Ack {
    /// The answer. `event` is the one it stands for, if it is at hand.
    fn reply(self, position: Option<Position>, event: Option<&Frame>) -> Outgoing {
        Outgoing::Reply(Reply {
            reference: Some(self.reference),
            outcome: Ok(self.data.encode(event)),
            position,
        })
    }
}

/// Puts events and acknowledgements in order.
#[derive(Debug)]
pub(super) struct Order {
    /// The client has been told of every entry up to here.
    position: Position,
    /// How many writes are under way that will be acknowledged.
    writes: usize,
    /// Acknowledgements whose event has not come by yet.
    acks: BTreeMap<Position, Ack>,
    /// An own event that may turn out to be one under way, and what came after it.
    held: VecDeque<Delivery>,
    /// Threads whose messages after one place and up to another were sent out of turn.
    sent: HashMap<ThreadId, (Seq, Seq)>,
}

impl Order {
    /// Begins after `position`.
    pub(super) fn new(position: Position) -> Self {
        Self {
            position,
            writes: 0,
            acks: BTreeMap::new(),
            held: VecDeque::new(),
            sent: HashMap::new(),
        }
    }

    /// Where the stream stands.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Moves on: up to `position` the client has been told otherwise.
    pub(super) fn skip_to(&mut self, position: Position) {
        self.position = self.position.max(position);
    }

    /// Whether an event is held back. Until it is not, deliveries only pile up.
    pub(super) fn is_blocked(&self) -> bool {
        !self.held.is_empty()
    }

    /// A write that will be acknowledged is under way.
    pub(super) fn expect(&mut self) {
        self.writes += 1;
    }

    /// Messages of a thread after `after` and up to `through` are sent out of turn.
    pub(super) fn sent_out_of_turn(&mut self, thread_id: ThreadId, after: Seq, through: Seq) {
        self.sent.insert(thread_id, (after, through));
    }

    /// Lets a delivery pass: as itself, as the acknowledgement that stands for it, or not at all
    /// when the client has been told; or holds it back.
    pub(super) fn pass(&mut self, delivery: Delivery, out: &mut Vec<Outgoing>) {
        if self.is_blocked() {
            self.held.push_back(delivery);
        } else {
            self.pass_next(delivery, out);
        }
    }

    fn pass_next(&mut self, delivery: Delivery, out: &mut Vec<Outgoing>) {
        let Some(position) = delivery.frame.position() else {
            out.push(Outgoing::Frame(delivery.frame));
            return;
        };
        if position <= self.position {
            return;
        }
        if let Some(ack) = self.acks.remove(&position) {
            out.push(ack.reply(Some(position), Some(&delivery.frame)));
        } else if delivery.own && self.writes > 0 {
            self.held.push_front(delivery);
            return;
        } else if !self.is_sent(delivery.frame.message()) {
            out.push(Outgoing::Frame(delivery.frame));
        }
        self.position = position;
    }

    /// A write was carried out: answers it in its event's place, and lets pass what waited.
    pub(super) fn acknowledge(
        &mut self,
        reference: String,
        written: Written,
        out: &mut Vec<Outgoing>,
    ) {
        let position = written
            .position
            .filter(|position| *position > self.position);
        let data = written.data;
        let ack = Ack { reference, data };
        match position {
            Some(position) => {
                self.acks.insert(position, ack);
            }
            // Nothing new was written, or the client knows: there is no place to wait for.
            None => out.push(ack.reply(None, None)),
        }
        self.give_up(true, out);
    }

    /// A write was refused, or none was `expected`: lets pass what waited for it.
    pub(super) fn give_up(&mut self, expected: bool, out: &mut Vec<Outgoing>) {
        self.writes -= usize::from(expected);
        let mut waiting = std::mem::take(&mut self.held);
        while let Some(delivery) = waiting.pop_front() {
            self.pass_next(delivery, out);
            if self.is_blocked() {
                self.held.append(&mut waiting);
            }
        }
    }

    /// Answers what no event will come for, once all that was told up to `told` has passed: who
    /// deletes in a thread that they have left is not in the audience.
    pub(super) fn settle(&mut self, told: Position, out: &mut Vec<Outgoing>) {
        if self.is_blocked() {
            return;
        }
        while let Some(entry) = self.acks.first_entry() {
            let position = *entry.key();
            if position > told {
                return;
            }
            self.position = self.position.max(position);
            out.push(entry.remove().reply(Some(position), None));
        }
    }

    /// Answers all that still wait for their events, which will not come by any more. Without a
    /// cursor: the client resumes before them.
    pub(super) fn let_go(&mut self, out: &mut Vec<Outgoing>) {
        let acks = std::mem::take(&mut self.acks).into_values();
        out.extend(acks.map(|ack| ack.reply(None, None)));
    }

    /// Whether a new message was sent out of turn.
    fn is_sent(&mut self, message: Option<(ThreadId, Seq)>) -> bool {
        let Some((thread_id, seq)) = message else {
            return false;
        };
        match self.sent.get(&thread_id) {
            Some((_, through)) if seq > *through => {
                self.sent.remove(&thread_id);
                false
            }
            Some((after, _)) => seq > *after,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::realtime::session::raw;

    fn event(position: i64, own: bool) -> Delivery {
        let frame = Frame::durable("message.new", &(), Position::new(position));
        Delivery { frame, own }
    }

    fn written(position: Option<i64>) -> Written {
        Written {
            data: AckData::Json(raw(&())),
            position: position.map(Position::new),
        }
    }

    /// Events as their positions, acknowledgements as their references.
    fn told(out: &[Outgoing]) -> Vec<String> {
        out.iter()
            .map(|item| match item {
                Outgoing::Frame(frame) => frame.position().map_or("-".into(), |p| p.to_string()),
                Outgoing::Reply(reply) => reply.reference.clone().unwrap_or_default(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn an_ack_that_comes_first_waits_for_its_events_place() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        order.expect();
        order.acknowledge("a".into(), written(Some(2)), &mut out);
        order.pass(event(1, false), &mut out);
        order.pass(event(2, true), &mut out);
        order.pass(event(3, false), &mut out);
        assert_eq!(told(&out), ["1", "a", "3"]);
    }

    #[test]
    fn an_event_that_comes_first_waits_for_its_ack() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        order.expect();
        order.pass(event(1, false), &mut out);
        order.pass(event(2, true), &mut out);
        assert!(order.is_blocked());
        order.acknowledge("a".into(), written(Some(2)), &mut out);
        assert!(!order.is_blocked());
        assert_eq!(told(&out), ["1", "a"]);
    }

    #[test]
    fn an_own_event_of_another_device_is_an_event_after_all() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        order.expect();
        order.pass(event(1, true), &mut out);
        order.acknowledge("a".into(), written(Some(2)), &mut out);
        order.pass(event(2, true), &mut out);
        assert_eq!(told(&out), ["1", "a"]);
    }

    #[test]
    fn a_refusal_frees_what_waited() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        order.expect();
        order.pass(event(1, true), &mut out);
        order.give_up(true, &mut out);
        assert_eq!(told(&out), ["1"]);
    }

    #[test]
    fn a_repeated_write_is_answered_at_once() {
        let (mut order, mut out) = (Order::new(Position::new(9)), Vec::new());
        order.expect();
        order.acknowledge("a".into(), written(None), &mut out);
        order.expect();
        order.acknowledge("b".into(), written(Some(7)), &mut out);
        assert_eq!(told(&out), ["a", "b"]);
    }

    #[test]
    fn an_ack_without_an_event_comes_when_everyone_has_been_told() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        order.expect();
        order.acknowledge("a".into(), written(Some(2)), &mut out);
        order.settle(Position::new(1), &mut out);
        assert!(out.is_empty());
        order.settle(Position::new(2), &mut out);
        assert_eq!(told(&out), ["a"]);
    }

    #[test]
    fn what_was_sent_out_of_turn_is_not_sent_again() {
        let (mut order, mut out) = (Order::new(Position::ZERO), Vec::new());
        let thread_id = ThreadId::from_uuid(Uuid::nil());
        order.sent_out_of_turn(thread_id, Seq::new(1), Seq::new(3));
        for seq in 1..=4 {
            let message = (thread_id, Seq::new(seq));
            let frame = Frame::of_new_message(&(), Position::new(seq), message);
            let delivery = Delivery::fleeting(frame);
            order.pass(delivery, &mut out);
        }
        assert_eq!(told(&out), ["1", "4"]);
    }
}
