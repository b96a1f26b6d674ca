//! The ports' contracts, a check a sentence.
//!
//! Each check is an async function of a [`Scene`] on a fresh store, named for what it says. It
//! panics when the store says otherwise. [`conformance_suite!`](crate::conformance_suite) makes
//! tests of all of them; one alone runs with [`run`].

#![expect(
    clippy::unwrap_used,
    reason = "these are tests, though they are compiled as a library"
)]

/// Expects a refusal of this kind.
macro_rules! assert_refused {
    ($call:expr, $error:pat) => {
        match $call {
            Err($error) => {}
            other => panic!("expected {}, got {other:?}", stringify!($error)),
        }
    };
}

pub mod message;

use std::sync::Arc;

use super::Scene;
use crate::Store;

/// Runs one check on a store of its own, on a tokio runtime of its own.
///
/// # Panics
/// When the check fails, or no runtime can be had.
pub fn run<S, G, Open, Opened, Check, Checked>(open: Open, check: Check)
where
    S: Store,
    Open: FnOnce() -> Opened,
    Opened: Future<Output = (S, G)>,
    Check: FnOnce(Scene) -> Checked,
    Checked: Future<Output = ()>,
{
    super::runtime().block_on(async {
        let (store, guard) = open().await;
        let scene = Scene::new(Arc::new(store));
        check(scene.clone()).await;
        scene.store().close().await;
        drop(guard);
    });
}

/// Makes a test of every check of the conformance suite, in a module a noun.
///
/// Takes an async function of no arguments that opens a fresh store and gives it together with a
/// guard, which is dropped after the store was closed. See [`testkit`](crate::testkit) for an
/// example.
#[macro_export]
macro_rules! conformance_suite {
    ($open:expr) => {
        $crate::conformance_suite! { $open;
            message {
                a_sent_message_is_as_it_was_written,
                seq_counts_in_each_thread_by_itself,
                every_content_comes_back_as_it_went_in,
                the_same_call_again_answers_with_the_first_message,
                another_content_under_the_same_client_id_is_a_conflict,
                a_client_id_is_its_senders_in_its_thread,
                an_edited_message_is_recognised_by_its_first_content,
                a_deleted_message_answers_any_content,
                a_repeated_call_is_answered_whatever_has_happened_since,
                strangers_and_leavers_write_nothing,
                a_disabled_sender_is_refused_while_it_lasts,
                a_block_stops_a_direct_thread_both_ways,
                a_disabled_recipient_is_not_written_to,
                a_group_goes_on_whoever_is_blocked_or_banned,
                refusals_come_in_the_order_of_the_port,
                a_refused_append_uses_up_no_seq,
                a_reply_is_to_a_message_of_the_thread,
                sending_moves_the_senders_own_markers,
                a_message_moves_its_thread_up_for_everyone,
                a_message_brings_an_archived_thread_back_for_the_others,
                the_preview_is_the_newest_message_cut_short,
                writers_at_once_get_every_seq_once,
                the_same_call_at_once_makes_one_message,
                a_refused_append_fails_no_other,
                a_dropped_append_has_happened_wholly_or_not,
                unread_are_others_messages_after_the_read_marker,
            }
        }
    };
    ($open:expr; $($noun:ident { $($check:ident,)* })*) => {$(
        mod $noun {
            use super::*;

            $(
                #[test]
                fn $check() {
                    $crate::testkit::conformance::run(
                        $open,
                        $crate::testkit::conformance::$noun::$check,
                    );
                }
            )*
        }
    )*};
}
