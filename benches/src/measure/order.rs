//! Whether messages came as they should.

use std::hash::{DefaultHasher, Hasher};

use anyhow::{bail, ensure};

/// Checks the messages of one thread as one session is told of them: each once, in the order of
/// their `seq`, and none left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    last: u64,
    ids: DefaultHasher,
}

impl Order {
    /// The next message that the session was told of.
    pub(crate) fn take(&mut self, seq: u64, id: &str) -> anyhow::Result<()> {
        let due = self.last + 1;
        if seq < due {
            bail!(
                "message {seq} came twice or late: message {} was there already",
                self.last
            );
        }
        ensure!(
            seq == due,
            "message {due} is lost or late: message {seq} came in its place"
        );
        self.last = seq;
        self.ids.write(id.as_bytes());
        Ok(())
    }

    /// The newest message that came.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Complains unless both were told of the same messages.
    pub(crate) fn ensure_same(&self, other: &Self) -> anyhow::Result<()> {
        let (own, others) = (self.last, other.last);
        ensure!(
            own == others,
            "one was told of {own} messages and the other of {others}"
        );
        ensure!(
            self.ids.finish() == other.ids.finish(),
            "among the first {own} messages is one whose id two were told differently"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The complaint about messages that come with these places, if there is one.
    fn complaint(seqs: &[u64]) -> Option<String> {
        let mut order = Order::default();
        let mut taken = seqs.iter().map(|seq| order.take(*seq, "id"));
        taken.find_map(Result::err).map(|error| error.to_string())
    }

    #[test]
    fn messages_in_order_are_well() {
        assert_eq!(complaint(&[1, 2, 3]), None);
    }

    #[test]
    fn a_lost_message_is_noticed() {
        let text = complaint(&[1, 3]).unwrap();
        assert!(text.starts_with("message 2 is lost"), "{text}");
    }

    #[test]
    fn a_doubled_message_is_noticed() {
        let text = complaint(&[1, 2, 2]).unwrap();
        assert!(text.starts_with("message 2 came twice"), "{text}");
    }

    #[test]
    fn swapped_messages_are_noticed() {
        assert!(complaint(&[1, 3, 2]).is_some());
        assert!(complaint(&[2, 1]).is_some());
    }

    #[test]
    fn a_message_that_never_came_is_noticed_at_the_end() {
        let (mut sender, mut receiver) = (Order::default(), Order::default());
        sender.take(1, "a").unwrap();
        receiver.take(1, "a").unwrap();
        sender.ensure_same(&receiver).unwrap();
        sender.take(2, "b").unwrap();
        assert!(sender.ensure_same(&receiver).is_err());
    }

    #[test]
    fn another_message_in_the_place_of_one_is_noticed() {
        let (mut sender, mut receiver) = (Order::default(), Order::default());
        sender.take(1, "a").unwrap();
        receiver.take(1, "b").unwrap();
        assert!(sender.ensure_same(&receiver).is_err());
    }
}
