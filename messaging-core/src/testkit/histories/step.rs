//! Steps of a history, before they know which ids they are about.

use proptest::{collection::vec, option, prelude::*};

/// One of the few users.
pub(super) type Who = u8;
/// One of the threads, messages or tags so far.
pub(super) type Pick = u8;

/// The pick of what no store has ever heard of.
pub(super) const UNKNOWN: Pick = 23;
/// How many users there are.
pub(super) const USERS: u8 = 4;
/// How many different words, names and keys there are.
const FEW: u8 = 4;

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

fn who() -> impl Strategy<Value = Who> {
    0..USERS
}

/// The first few are met most often.
fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![0..3_u8, 0..UNKNOWN, 0..=UNKNOWN]
}

/// Mostly the one whose it is.
fn anyone() -> impl Strategy<Value = Option<Who>> {
    option::weighted(0.2, who())
}

fn few() -> impl Strategy<Value = u8> {
    0..FEW
}

fn on() -> impl Strategy<Value = bool> {
    any::<bool>()
}

fn maybe<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    option::of(strategy)
}

fn threads() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (who(), who()).prop_map(|(opener, other)| Step::OpenDirect { opener, other }),
        1 => (who(), vec(who(), 0..4), maybe(few()))
            .prop_map(|(opener, others, title)| Step::OpenGroup { opener, others, title }),
        2 => (pick(), who(), maybe(maybe(few())), maybe(few()))
            .prop_map(|(thread, by, title, metadata)| Step::Update { thread, by, title, metadata }),
        4 => (pick(), who(), maybe(on()), maybe(on()), maybe(on())).prop_map(
            |(thread, by, archived, muted, pinned)| Step::Keep { thread, by, archived, muted, pinned }
        ),
        5 => (pick(), who(), who(), 0..3_u8)
            .prop_map(|(thread, by, who, role)| Step::Add { thread, by, who, role }),
        3 => (pick(), who(), who()).prop_map(|(thread, by, who)| Step::Remove { thread, by, who }),
        3 => (pick(), who()).prop_map(|(thread, who)| Step::Remove { thread, by: who, who }),
    ]
}

fn messages() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (pick(), who(), 0..40_u8, 0..2_u8, option::weighted(0.2, pick())).prop_map(
            |(thread, by, key, words, reply_to)| Step::Send { thread, by, key, words, reply_to }
        ),
        2 => (pick(), anyone(), few())
            .prop_map(|(message, by, words)| Step::Edit { message, by, words }),
        2 => (pick(), maybe(0..2_u8), option::weighted(0.2, pick())).prop_map(
            |(message, words, reply_to)| Step::Resend { message, words, reply_to }
        ),
        2 => (pick(), anyone()).prop_map(|(message, by)| Step::Delete { message, by }),
        5 => (pick(), who(), few(), on())
            .prop_map(|(message, by, emoji, on)| Step::React { message, by, emoji, on }),
        4 => (pick(), who(), on(), -1..12_i64)
            .prop_map(|(thread, by, read, seq)| Step::Mark { thread, by, read, seq }),
    ]
}

fn apply_tag() -> impl Strategy<Value = Step> {
    (anyone(), pick(), pick(), on()).prop_map(|(owner, tag, thread, applied)| Step::ApplyTag {
        owner,
        tag,
        thread,
        applied,
    })
}

fn create_tag() -> impl Strategy<Value = Step> {
    (who(), few()).prop_map(|(owner, name)| Step::CreateTag { owner, name })
}

fn block() -> impl Strategy<Value = Step> {
    let on = proptest::bool::weighted(0.3);
    (who(), who(), on).prop_map(|(by, other, on)| Step::Block { by, other, on })
}

fn tags() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => create_tag(),
        5 => apply_tag(),
        2 => (anyone(), pick(), maybe(few()), maybe(maybe(few())))
            .prop_map(|(owner, tag, name, color)| Step::UpdateTag { owner, tag, name, color }),
        1 => (anyone(), pick()).prop_map(|(owner, tag)| Step::DeleteTag { owner, tag }),
    ]
}

fn accounts() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (who(), option::weighted(0.9, -5..30_i64))
            .prop_map(|(who, minutes)| Step::Ban { who, minutes }),
        3 => who().prop_map(|who| Step::Unban { who }),
        3 => (who(), proptest::bool::weighted(0.85))
            .prop_map(|(who, active)| Step::Activate { who, active }),
    ]
}

fn time() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (-2..20_i64).prop_map(|minutes| Step::Wait { minutes }),
        1 => (0..60_i64, 0..20_usize).prop_map(|(minutes, limit)| Step::Prune { minutes, limit }),
    ]
}

fn thread_reads() -> impl Strategy<Value = Step> {
    let filter = (maybe(on()), option::weighted(0.3, pick()), on());
    let after = maybe((on(), -2..80_i64));
    prop_oneof![
        1 => (pick(), who()).prop_map(|(thread, viewer)| Step::ReadThread { thread, viewer }),
        1 => pick().prop_map(|thread| Step::ReadThreadForAll { thread }),
        3 => (who(), filter, after, 1..4_u32).prop_map(
            |(viewer, filter, after, size)| Step::ListThreads { viewer, filter, after, size }
        ),
    ]
}

fn other_reads() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (pick(), who()).prop_map(|(message, viewer)| Step::ReadMessage { message, viewer }),
        3 => (pick(), who(), on(), maybe(-1..12_i64), 1..4_u32).prop_map(
            |(thread, viewer, forward, bound, size)| {
                Step::ListMessages { thread, viewer, forward, bound, size }
            }
        ),
        1 => (who(), maybe(pick()), 1..3_u32)
            .prop_map(|(owner, after, size)| Step::ListTags { owner, after, size }),
        1 => (who(), maybe(who()), 1..3_u32)
            .prop_map(|(by, after, size)| Step::ListBlocks { by, after, size }),
        1 => (-2..80_i64, 1..20_usize).prop_map(|(after, limit)| Step::ReadLog { after, limit }),
        2 => (who(), 0..60_i64, 0..60_i64, 1..8_usize).prop_map(
            |(viewer, after, until, limit)| Step::ReadLogFor { viewer, after, until, limit }
        ),
    ]
}

/// A step that the log holds when it changes something.
pub(super) fn logged() -> impl Strategy<Value = Step> {
    prop_oneof![5 => messages(), 3 => threads(), 1 => accounts(), 1 => apply_tag()]
}

/// A step to begin with, before tasks meet: whatever the log does not hold happens here.
pub(super) fn beginning() -> impl Strategy<Value = Step> {
    prop_oneof![6 => logged(), 2 => create_tag(), 1 => block()]
}

/// Any step.
pub(super) fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => messages(),
        8 => threads(),
        3 => tags(),
        1 => block(),
        2 => accounts(),
        2 => time(),
        3 => thread_reads(),
        4 => other_reads(),
    ]
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
