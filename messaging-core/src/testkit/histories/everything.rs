//! Reading all that a history has left behind.

use super::{call::Call, cast::Cast};
use crate::{
    id::{Position, Seq, UserId},
    message::SeqRange,
    page::PageSize,
    testkit::page,
    thread::{ThreadFilter, ThreadKey},
};

impl Cast {
    /// Calls that read everything there is to read of this history.
    pub(super) fn read_everything(&self, head: Position) -> Vec<Call> {
        let mut calls = vec![
            Call::LogBounds,
            Call::ListSweeps(None, usize::from(u16::MAX)),
            Call::ReadLog(self.start, usize::from(u16::MAX)),
        ];
        calls.extend(self.messages.iter().map(|new| Call::LookupMessage(new.id)));
        for viewer in &self.users {
            self.read_everything_of(viewer, head, &mut calls);
            self.read_in_pieces(viewer, head, &mut calls);
        }
        calls
    }

    fn read_everything_of(&self, viewer: &UserId, head: Position, calls: &mut Vec<Call>) {
        let size = PageSize::MAX;
        calls.push(Call::LookupAccount(viewer.clone()));
        self.read_quotas_of(viewer, calls);
        calls.push(Call::ListBlocks(viewer.clone(), None, size));
        calls.push(Call::ListTags(viewer.clone(), None, size));
        let limit = usize::from(u16::MAX);
        calls.push(Call::ReadLogFor(
            viewer.clone(),
            self.start.min(head),
            head,
            limit,
        ));
        for id in self.threads.iter().map(|new| new.id) {
            let all = SeqRange::After(Seq::ZERO);
            calls.push(Call::LookupThread(id, viewer.clone()));
            calls.push(Call::ListMessages(id, viewer.clone(), all, size));
        }
        for id in self.messages.iter().map(|new| new.id) {
            calls.push(Call::LookupMessageFor(id, viewer.clone()));
        }
        for archived in [None, Some(true), Some(false)] {
            for unread in [false, true] {
                let filter = ThreadFilter {
                    archived,
                    tag: None,
                    unread,
                };
                calls.push(Call::ListThreads(viewer.clone(), filter, None, size));
            }
        }
        for (tag, _) in &self.tags {
            let filter = ThreadFilter {
                tag: Some(*tag),
                ..ThreadFilter::default()
            };
            calls.push(Call::ListThreads(viewer.clone(), filter, None, size));
        }
    }

    /// Short stretches all along the log, and short pages all along the lists.
    fn read_in_pieces(&self, viewer: &UserId, head: Position, calls: &mut Vec<Call>) {
        for offset in (0..head.get() - self.start.get()).step_by(7) {
            let (after, until) = (self.position(offset), self.position(offset + 5).min(head));
            for limit in 1..=2 {
                calls.push(Call::ReadLogFor(viewer.clone(), after, until, limit));
            }
            for pinned in [true, false] {
                let after = ThreadKey {
                    pinned,
                    activity: after,
                };
                let filter = ThreadFilter::default();
                calls.push(Call::ListThreads(
                    viewer.clone(),
                    filter,
                    Some(after),
                    page(1),
                ));
            }
        }
    }
}
