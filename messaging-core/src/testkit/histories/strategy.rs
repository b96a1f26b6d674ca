//! How random steps are made.

use proptest::{collection::vec, option, prelude::*};

use super::{
    quota::{events, quota_reads, quotas},
    step::{Judged, Pick, Step, UNKNOWN, USERS, Who},
};

/// How many different words, names and keys there are.
const FEW: u8 = 4;

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

/// Mostly nothing.
fn judged() -> impl Strategy<Value = Judged> {
    prop_oneof![3 => Just(u8::MAX), 1 => 0..4_u8]
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
        8 => (pick(), who(), 0..40_u8, 0..2_u8, option::weighted(0.2, pick()), on(), judged())
            .prop_map(|(thread, by, key, words, reply_to, paid, judged)| {
                Step::Send { thread, by, key, words, reply_to, paid, judged }
            }),
        2 => (pick(), anyone(), few(), judged())
            .prop_map(|(message, by, words, judged)| Step::Edit { message, by, words, judged }),
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

/// Mostly less than a user's threads.
fn sweep() -> impl Strategy<Value = Step> {
    (who(), 1..4_usize).prop_map(|(who, limit)| Step::Sweep { who, limit })
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
    prop_oneof![
        5 => messages(),
        3 => threads(),
        2 => quotas(),
        1 => accounts(),
        1 => apply_tag(),
    ]
}

/// A step to begin with, before tasks meet: whatever the log does not hold happens here, and sweeps,
/// of which a step may do less when it meets others.
pub(super) fn beginning() -> impl Strategy<Value = Step> {
    prop_oneof![12 => logged(), 4 => create_tag(), 2 => block(), 1 => events(), 2 => sweep()]
}

/// Any step.
pub(super) fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => messages(),
        8 => threads(),
        3 => tags(),
        1 => block(),
        2 => accounts(),
        4 => quotas(),
        1 => events(),
        2 => sweep(),
        2 => time(),
        3 => thread_reads(),
        4 => other_reads(),
        1 => quota_reads(),
    ]
}
