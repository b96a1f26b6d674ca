//! Steps of a history, before they know which ids they are about.

use super::quota::{QuotaRead, QuotaStep};

/// One of the few users.
pub(super) type Who = u8;
/// One of the threads, messages or tags so far.
pub(super) type Pick = u8;

/// What judging a message came to: the first few say something.
pub(super) type Judged = u8;

/// The pick of what no store has ever heard of.
pub(super) const UNKNOWN: Pick = 23;
/// How many users there are.
pub(super) const USERS: u8 = 4;

/// One step. Where `by` or `owner` is none, it is the message's author or the tag's owner.
#[derive(Debug, Clone)]
#[expect(clippy::option_option, reason = "leave it, take it away, or set it")]
pub(super) enum Step {
    /// Time moves on, or the clock is set back a little.
    Wait {
        minutes: i64,
    },
    OpenDirect {
        opener: Who,
        other: Who,
    },
    OpenGroup {
        opener: Who,
        others: Vec<Who>,
        title: Option<u8>,
    },
    Update {
        thread: Pick,
        by: Who,
        title: Option<Option<u8>>,
        metadata: Option<u8>,
    },
    Keep {
        thread: Pick,
        by: Who,
        archived: Option<bool>,
        muted: Option<bool>,
        pinned: Option<bool>,
    },
    Add {
        thread: Pick,
        by: Who,
        who: Who,
        role: u8,
    },
    Remove {
        thread: Pick,
        by: Who,
        who: Who,
    },
    Send {
        thread: Pick,
        by: Who,
        key: u8,
        words: u8,
        reply_to: Option<Pick>,
        /// Whether it is to be paid for.
        paid: bool,
        judged: Judged,
    },
    /// The same call again, or one that differs in what is given.
    Resend {
        message: Pick,
        words: Option<u8>,
        reply_to: Option<Pick>,
    },
    Edit {
        message: Pick,
        by: Option<Who>,
        words: u8,
        judged: Judged,
    },
    Delete {
        message: Pick,
        by: Option<Who>,
    },
    React {
        message: Pick,
        by: Who,
        emoji: u8,
        on: bool,
    },
    Mark {
        thread: Pick,
        by: Who,
        read: bool,
        seq: i64,
    },
    ApplyTag {
        owner: Option<Who>,
        tag: Pick,
        thread: Pick,
        applied: bool,
    },
    CreateTag {
        owner: Who,
        name: u8,
    },
    UpdateTag {
        owner: Option<Who>,
        tag: Pick,
        name: Option<u8>,
        color: Option<Option<u8>>,
    },
    DeleteTag {
        owner: Option<Who>,
        tag: Pick,
    },
    Block {
        by: Who,
        other: Who,
        on: bool,
    },
    Ban {
        who: Who,
        minutes: Option<i64>,
    },
    Unban {
        who: Who,
    },
    Activate {
        who: Who,
        active: bool,
    },
    Quota {
        change: QuotaStep,
        minutes: i64,
    },
    /// The same, told by an event of the platform.
    Receive {
        key: u8,
        minutes: i64,
        change: QuotaStep,
    },
    ReceiveActivation {
        key: u8,
        minutes: i64,
        who: Who,
        active: bool,
    },
    ReadQuota(QuotaRead),
    /// A step of a sweep, if there is one.
    Sweep {
        who: Who,
        limit: usize,
    },
    Prune {
        minutes: i64,
        limit: usize,
    },
    ReadThread {
        thread: Pick,
        viewer: Who,
    },
    ReadThreadForAll {
        thread: Pick,
    },
    ListThreads {
        viewer: Who,
        filter: (Option<bool>, Option<Pick>, bool),
        after: Option<(bool, i64)>,
        size: u32,
    },
    ReadMessage {
        message: Pick,
        viewer: Who,
    },
    ListMessages {
        thread: Pick,
        viewer: Who,
        forward: bool,
        bound: Option<i64>,
        size: u32,
    },
    ListTags {
        owner: Who,
        after: Option<Pick>,
        size: u32,
    },
    ListBlocks {
        by: Who,
        after: Option<Who>,
        size: u32,
    },
    ReadLog {
        after: i64,
        limit: usize,
    },
    ReadLogFor {
        viewer: Who,
        after: i64,
        until: i64,
        limit: usize,
    },
}

/// Steps that every history begins with, so that there is something to collide on.
pub(super) fn opening() -> Vec<Step> {
    vec![
        Step::OpenDirect {
            opener: 0,
            other: 1,
        },
        Step::OpenGroup {
            opener: 1,
            others: vec![0, 2],
            title: None,
        },
        Step::CreateTag { owner: 0, name: 0 },
    ]
}
