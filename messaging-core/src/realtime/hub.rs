//! The hub: the sessions of this node, and what each of them is told.
//!
//! One task, the log's follower, applies entries in order; everything it tells goes into the
//! sessions' bounded queues and never waits for any of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, watch};

use super::{
    CloseReason,
    frame::{EntryFrames, Frame, Framer, Told},
    presence::{Presence, PresenceUpdate},
    room::Rooms,
    roster::{Delivery, Handle, Registration, Roster},
};
use crate::{
    Store,
    account::AccountState,
    caller::Caller,
    clock::Clock,
    error::StoreError,
    id::{Position, SessionId, ThreadId, UserId},
    limits::{Features, Limits},
    log::{Change, LogEntry},
};

/// How long shutting down waits for sessions to take their leave.
const DRAIN: Duration = Duration::from_secs(10);
/// How long telling a thread waits before it asks an unavailable store again.
const RETRY: Duration = Duration::from_millis(200);

/// The sessions of this node. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    framer: Framer,
    clock: Arc<dyn Clock>,
    features: Features,
    queue: usize,
    state: Mutex<State>,
    /// The last entry of which every session has been told; `None` before the log is followed.
    applied: watch::Sender<Option<Position>>,
    /// How many sessions there are.
    count: watch::Sender<usize>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) roster: Roster,
    pub(super) rooms: Rooms,
    pub(super) presence: Presence,
    /// The last entry that changed somebody's account, or where following began.
    accounts_changed: Position,
    draining: bool,
}

/// Why a session was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The node is shutting down.
    Draining,
    /// The user has as many sessions as one may have.
    TooMany,
}

impl Hub {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: &Limits,
        features: Features,
    ) -> Self {
        let state = State {
            roster: Roster::new(limits.sessions_per_user),
            rooms: Rooms::default(),
            presence: Presence::default(),
            accounts_changed: Position::ZERO,
            draining: false,
        };
        Self {
            inner: Arc::new(Inner {
                framer: Framer::new(store, features),
                clock,
                features,
                queue: limits.session_queue,
                state: Mutex::new(state),
                applied: watch::Sender::new(None),
                count: watch::Sender::new(0),
            }),
        }
    }

    /// How many sessions there are.
    pub fn session_count(&self) -> usize {
        *self.inner.count.borrow()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held left a map half changed at worst; sessions mend it by leaving.
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    pub(super) fn framer(&self) -> &Framer {
        &self.inner.framer
    }

    /// Takes a session in. From then on it is told every entry after [`Registration::from`].
    pub(super) async fn register(
        &self,
        session_id: SessionId,
        caller: &Caller,
    ) -> Result<Registration, Refused> {
        let user_id = &caller.user_id;
        let mut applied = self.inner.applied.subscribe();
        // Fails only when the hub is gone, and this holds it.
        let _ = applied.wait_for(Option::is_some).await;
        let (sender, queue) = mpsc::channel(self.inner.queue);
        let handle = Handle::new(session_id, caller.is_admin(), sender);
        let end = handle.end_signal();
        let from = {
            let mut state = self.state();
            if state.draining {
                return Err(Refused::Draining);
            }
            state
                .roster
                .add(user_id, handle)
                .map_err(|()| Refused::TooMany)?;
            self.inner.count.send_modify(|count| *count += 1);
            // Read under the lock: the follower moves it on under the same lock.
            self.applied()
        };
        self.came_online(user_id, session_id);
        Ok(Registration { from, queue, end })
    }

    /// From now on the session is one of an admin, or not.
    pub(super) fn set_admin(&self, user_id: &UserId, session_id: SessionId, is_admin: bool) {
        self.state().roster.set_admin(user_id, session_id, is_admin);
    }

    /// Lets a session go, with its subscriptions.
    pub(super) fn unregister(&self, session_id: SessionId, user_id: &UserId) {
        let gone = {
            let mut state = self.state();
            let State { roster, rooms, .. } = &mut *state;
            rooms.leave_all(session_id);
            roster.remove(user_id, session_id)
        };
        if gone {
            self.inner.count.send_modify(|count| *count -= 1);
            self.went(user_id, session_id);
        }
    }

    /// Subscribes a session to a thread's fleeting events. Answers how the others are.
    pub(super) fn subscribe(
        &self,
        thread_id: ThreadId,
        session_id: SessionId,
        user_id: &UserId,
        participants: impl Iterator<Item = UserId> + Clone,
    ) -> Vec<PresenceUpdate> {
        let mut state = self.state();
        state
            .rooms
            .join(thread_id, session_id, user_id, participants.clone());
        let others = participants.filter(|other| other != user_id);
        others.map(|other| state.presence.of(&other)).collect()
    }

    /// Ends a subscription.
    pub(super) fn unsubscribe(&self, thread_id: ThreadId, session_id: SessionId) {
        self.state().rooms.leave(thread_id, session_id);
    }

    pub(super) fn is_subscribed(&self, thread_id: ThreadId, session_id: SessionId) -> bool {
        self.state().rooms.is_subscribed(thread_id, session_id)
    }

    /// How many threads a session is subscribed to.
    pub(super) fn subscriptions(&self, session_id: SessionId) -> usize {
        self.state().rooms.subscriptions(session_id)
    }

    /// The last entry that every session has been told of.
    pub(super) fn applied(&self) -> Position {
        self.followed().unwrap_or(Position::ZERO)
    }

    /// Whether an account may have changed since the log's follower stood at `since`; `None` is
    /// before it stood anywhere.
    pub(super) fn accounts_changed(&self, since: Option<Position>) -> bool {
        since.is_none_or(|since| self.state().accounts_changed > since)
    }

    /// Where the log's follower stands; `None` before the log is followed.
    pub(super) fn followed(&self) -> Option<Position> {
        *self.inner.applied.borrow()
    }

    /// Waits until every session has been told of the entry at `position`.
    pub(super) async fn reached(&self, position: Position) {
        let mut applied = self.inner.applied.subscribe();
        let reached = |at: &Option<Position>| at.is_some_and(|at| at >= position);
        let _ = applied.wait_for(reached).await;
    }

    /// The follower stands at `position` and applies what comes after.
    pub(crate) fn begin(&self, position: Position) {
        let mut state = self.state();
        // Nothing is known of what came before.
        state.accounts_changed = position;
        self.inner.applied.send_replace(Some(position));
    }

    /// Tells an entry to whom it concerns. Called in log order.
    pub(crate) async fn apply(&self, entry: LogEntry) {
        self.follow_change(&entry);
        let mut threads: HashMap<UserId, Option<Frame>> = HashMap::new();
        loop {
            let Some((kind, thread_id, viewers)) = self.tell(&entry, &threads) else {
                return;
            };
            let seen = loop {
                let read = self
                    .framer()
                    .threads(kind, thread_id, entry.position, &viewers);
                match read.await {
                    Ok(seen) => break seen,
                    Err(StoreError::Unavailable(reason)) => {
                        tracing::warn!(reason, "a thread cannot be read to be told; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                    Err(error) => {
                        // One damaged row must not keep everyone else from being told.
                        tracing::error!(%error, %thread_id, "a thread is not told");
                        break Vec::new();
                    }
                }
            };
            threads.extend(viewers.into_iter().map(|user_id| (user_id, None)));
            let seen = seen.into_iter();
            threads.extend(seen.map(|(user_id, frame)| (user_id, Some(frame))));
        }
    }

    /// Tells an entry to all sessions of its audience at once and moves `applied` on; or, when some
    /// of them are to be told a thread that is not in `threads` yet, tells nobody and answers which.
    fn tell(
        &self,
        entry: &LogEntry,
        threads: &HashMap<UserId, Option<Frame>>,
    ) -> Option<(&'static str, ThreadId, Vec<UserId>)> {
        let frames = EntryFrames::new(entry, self.inner.features, self.inner.clock.now());
        let state = self.state();
        let mut ready = Vec::new();
        let mut wanted: Option<(&'static str, ThreadId, Vec<UserId>)> = None;
        for user_id in entry.audience.iter() {
            let Some(sessions) = state.roster.sessions(user_id) else {
                continue;
            };
            let delivery = |frame| Delivery::durable(entry, user_id, frame);
            let to_all = |frame| (sessions, None, delivery(frame));
            match frames.told(user_id) {
                Told::Nothing => {}
                Told::Frame(frame) => ready.push(to_all(frame)),
                Told::ByRole { admin, other } => {
                    ready.push((sessions, Some(true), delivery(admin)));
                    ready.push((sessions, Some(false), delivery(other)));
                }
                Told::Thread(kind, thread_id) => match (threads.get(user_id), &mut wanted) {
                    (Some(frame), _) => ready.extend(frame.clone().map(to_all)),
                    (None, None) => wanted = Some((kind, thread_id, vec![user_id.clone()])),
                    (None, Some((first, _, viewers))) if *first == kind => {
                        viewers.push(user_id.clone());
                    }
                    // A group's newcomer sees it created, the others updated: one kind a round.
                    (None, Some(_)) => {}
                },
            }
        }
        if wanted.is_some() {
            return wanted;
        }
        for (sessions, is_admin, delivery) in ready {
            match is_admin {
                None => sessions.deliver(delivery),
                Some(is_admin) => sessions.deliver_to_those(is_admin, &delivery),
            }
        }
        self.inner.applied.send_replace(Some(entry.position));
        None
    }

    /// What an entry changes in the hub itself.
    fn follow_change(&self, entry: &LogEntry) {
        match &entry.change {
            Change::AccountChanged { account } => {
                let mut state = self.state();
                state.accounts_changed = entry.position;
                if account.state(self.inner.clock.now()) != AccountState::Active {
                    state.roster.end(&account.user_id, CloseReason::Banned);
                }
            }
            Change::ParticipantAdded { thread_id, user_id } => {
                self.state().rooms.add_participant(*thread_id, user_id);
            }
            Change::ParticipantRemoved { thread_id, user_id } => {
                let mut state = self.state();
                let State { roster, rooms, .. } = &mut *state;
                rooms.remove_participant(*thread_id, user_id, &roster.session_ids(user_id));
            }
            Change::MessageSent { message } => {
                self.stop_typing(message.thread_id, &message.sender_id);
            }
            _ => {}
        }
    }

    /// Sends every session away to resume.
    pub(crate) fn end_all(&self) {
        self.state().roster.end_all(CloseReason::TooSlow);
    }

    /// Takes no new sessions, tells those there are that the server goes away, and waits for them
    /// to leave, up to 10 seconds.
    pub(crate) async fn drain(&self) {
        {
            let mut state = self.state();
            state.draining = true;
            state.roster.end_all(CloseReason::GoingAway);
        }
        let mut count = self.inner.count.subscribe();
        let empty = count.wait_for(|count| *count == 0);
        if tokio::time::timeout(DRAIN, empty).await.is_err() {
            tracing::warn!(
                sessions = self.session_count(),
                "sessions did not leave in time"
            );
        }
    }
}
