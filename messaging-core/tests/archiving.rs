//! The task that puts the threads of deactivated users away.

use messaging_core::{
    Messaging,
    account::{AccountChange, AccountStore},
    caller::{Caller, Role},
    clock::{Clock, SystemClock},
    id::{IdGenerator, ThreadId},
    log::Change,
    memory::MemoryStore,
    testkit::{SeqIds, user},
    thread::{ArchiveReason, CreateThread, Invitee, NewThread, ThreadKind, ThreadStore},
};
use tokio::time::{Duration, Instant};

async fn open(messaging: &Messaging, other: &str) -> ThreadId {
    let wish = CreateThread {
        participants: vec![Invitee {
            user_id: user(other),
            role: None,
        }],
        kind: None,
        title: None,
        metadata: serde_json::Map::new(),
        message: None,
    };
    let ann = Caller::new(user("ann"), Role::Client);
    let opened = messaging.threads().create(&ann, wish).await;
    opened.expect("the thread opens").thread.id
}

/// A user of several steps is swept as soon as they are deactivated, without a wait.
#[tokio::test(start_paused = true)]
async fn what_a_deactivation_leaves_is_archived_at_once() {
    const THREADS: usize = 450;
    let messaging = Messaging::builder(MemoryStore::new()).build();
    for number in 0..THREADS {
        open(&messaging, &format!("user{number}")).await;
    }
    let mut events = messaging.events().subscribe();
    let began = Instant::now();
    for (change, archived) in [
        (AccountChange::Deactivate, true),
        (AccountChange::Reactivate, false),
    ] {
        let accounts = messaging.accounts();
        accounts.set(&user("ann"), change).await.unwrap();
        let mut told = 0;
        while told < 2 * THREADS {
            match events.next().await.unwrap().change {
                Change::ThreadArchived { reason, .. } => {
                    assert!(archived && reason == ArchiveReason::Deactivated);
                    told += 1;
                }
                Change::ThreadSettings { .. } => {
                    assert!(!archived);
                    told += 1;
                }
                _ => {}
            }
        }
    }
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

/// What was left undone is done by whoever starts next.
#[tokio::test(start_paused = true)]
async fn what_was_left_undone_is_done_at_the_start() {
    let memory = MemoryStore::new();
    let at = SystemClock.now();
    let thread_id = ThreadId::from_uuid(SeqIds::default().next_uuid());
    let thread = NewThread {
        id: thread_id,
        kind: ThreadKind::Direct,
        title: None,
        metadata: serde_json::Map::new(),
        created_by: user("ann"),
        participants: vec![(user("ann"), Role::Client), (user("ben"), Role::Creator)],
        at,
    };
    memory.open_thread(thread).await.unwrap();
    let change = AccountChange::Deactivate;
    let changed = memory.set_account(&user("ann"), change, at).await.unwrap();
    let messaging = Messaging::builder(memory).build();
    let mut events = messaging
        .events()
        .subscribe_after(changed.position.unwrap());
    for name in ["ann", "ben"] {
        let entry = events.next().await.unwrap();
        let gone = Change::ThreadArchived {
            thread_id,
            user_id: user(name),
            reason: ArchiveReason::Deactivated,
        };
        assert_eq!(entry.change, gone);
    }
}
