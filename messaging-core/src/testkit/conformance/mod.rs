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

pub mod account;
pub mod archive;
pub mod block;
pub mod charge;
pub mod commits;
pub mod history;
pub mod lease;
pub mod leaver;
pub mod lifecycle;
pub mod log;
pub mod message;
pub mod message_change;
pub mod moderation;
pub mod participant;
pub mod platform;
pub mod prune;
pub mod quota;
pub mod reaction;
pub mod receipt;
pub mod refusal;
pub mod repeat;
pub mod tag;
pub mod thread;
pub mod thread_change;
pub mod thread_list;
pub mod view;
pub mod webhook;

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
            thread {
                a_new_thread_is_as_it_was_asked_for,
                opening_is_the_first_activity,
                a_pair_has_one_direct_thread,
                both_sides_opening_at_once_get_one_thread,
                pairs_that_look_alike_are_different,
                groups_are_not_unique,
                finding_asks_neither_accounts_nor_blocks,
                a_disabled_user_opens_nothing,
                nothing_is_opened_with_one_who_is_unavailable,
                a_refused_opening_leaves_no_trace,
            }
            view {
                users_are_ordered_by_the_bytes_of_their_ids,
                a_stranger_sees_no_thread,
                several_viewers_each_get_their_own_view,
            }
            thread_list {
                a_list_is_newest_activity_first,
                pinned_threads_stand_above,
                pages_of_every_size_give_each_thread_once,
                paging_goes_on_while_threads_move_up,
                a_page_goes_on_after_a_key_that_is_gone,
                a_list_can_be_of_archived_threads,
                a_list_can_be_of_unread_threads,
                a_list_can_be_of_tagged_threads,
                filters_hold_together_and_for_every_page,
            }
            thread_change {
                title_and_metadata_change_each_by_itself,
                a_change_of_the_thread_is_told_and_moves_nothing,
                strangers_and_disabled_users_change_no_thread,
                settings_are_each_participants_own,
                a_change_of_settings_is_told_to_its_user_alone,
                putting_a_thread_away_is_told_with_its_reason,
                settings_that_are_so_already_append_nothing,
                settings_are_for_those_who_take_part,
                muted_and_pinned_stay_through_messages,
            }
            archive {
                a_deactivation_puts_threads_away_and_its_undoing_brings_them_back,
                a_step_is_bounded_and_the_steps_reach_every_thread,
                a_ban_puts_nothing_away,
                sweeps_are_listed_by_user,
                what_a_participant_has_settled_stays_so,
                a_message_brings_a_group_back,
                a_message_does_not_keep_a_thread_from_coming_back,
                a_direct_thread_waits_for_both_sides,
                a_banned_side_keeps_no_thread_away,
                a_change_of_mind_takes_the_sweeps_place,
                leaving_ends_what_a_deactivation_did,
                many_may_sweep_at_once,
            }
            platform {
                an_event_counts_once,
                an_event_counts_once_when_it_comes_many_times_at_once,
                what_happened_later_holds,
                an_event_that_changes_nothing_is_noted,
            }
            quota {
                an_unknown_user_holds_nothing,
                a_grant_is_good_for_its_scope_and_its_time,
                unlimited_grants_last_until_the_last_ends,
                a_change_of_quotas_is_told,
                a_grant_and_a_purchase_count_once,
                the_same_grant_at_once_counts_once,
                a_price_is_replaced,
                a_halt_holds_until_something_new_is_granted,
                halts_and_renewals_hold_by_when_they_happened,
                grants_are_listed_by_their_ends,
                a_user_has_so_many_open_grants,
                a_refused_change_of_quotas_leaves_no_trace,
            }
            charge {
                an_uncovered_message_is_refused,
                an_unlimited_grant_takes_nothing,
                counted_grants_go_before_credits_the_soonest_to_end_first,
                a_grant_covers_within_its_time_and_scope,
                a_charge_is_told_behind_its_message,
                a_repeated_call_is_charged_once,
                a_refused_message_is_charged_nothing,
                who_is_not_to_pay_writes_freely,
                a_clients_group_is_paid_by_what_is_good_for_all,
                a_price_of_nothing_moves_no_money,
                a_halt_stops_every_message,
                the_ledger_keeps_what_was_paid,
                senders_at_once_spend_what_there_is,
            }
            webhook {
                a_webhook_is_kept_as_it_was_added,
                a_change_of_a_webhook_makes_it_another_epoch,
                progress_is_noted_for_its_epoch_alone,
                pending_events_are_replaced_and_settled,
                a_resume_is_due_and_a_replay_begins_anew,
                attempts_are_numbered_and_the_newest_kept,
                a_removed_webhook_leaves_nothing,
            }
            lease {
                a_lease_is_one_holders_while_it_lasts,
                a_holder_prolongs_its_lease,
                a_lease_is_given_back_by_its_holder_alone,
                one_of_many_gets_a_lease,
            }
            participant {
                one_who_comes_in_sees_the_whole_history,
                coming_in_is_told_to_all_and_moves_only_the_new_ones_list,
                adding_one_who_is_in_sets_the_role,
                who_adds_or_removes_need_not_take_part,
                refusals_to_add_come_in_the_order_of_the_port,
                one_who_is_unavailable_is_not_added,
                a_full_group_takes_nobody_more,
            }
            leaver {
                one_who_has_left_reads_up_to_then,
                one_who_left_an_empty_group_reads_nothing,
                for_one_who_has_left_the_thread_is_gone,
                leaving_is_the_last_that_the_leaver_is_told,
                the_leavers_tags_come_off,
                one_who_comes_back_begins_anew,
                refusals_to_remove_come_in_the_order_of_the_port,
                leaving_asks_no_account,
                an_empty_group_can_be_come_into_again,
            }
            message {
                a_sent_message_is_as_it_was_written,
                seq_counts_in_each_thread_by_itself,
                every_content_comes_back_as_it_went_in,
                sending_moves_the_senders_own_markers,
                a_message_moves_its_thread_up_for_everyone,
                a_message_brings_an_archived_thread_back_for_the_others,
                the_preview_is_the_newest_message_cut_short,
                writers_at_once_get_every_seq_once,
                unread_are_others_messages_after_the_read_marker,
            }
            repeat {
                the_same_call_again_answers_with_the_first_message,
                another_content_under_the_same_client_id_is_a_conflict,
                a_client_id_is_its_senders_in_its_thread,
                an_edited_message_is_recognised_by_its_first_content,
                a_deleted_message_answers_any_content,
                a_repeated_call_is_answered_whatever_has_happened_since,
                the_same_call_at_once_makes_one_message,
                a_dropped_append_has_happened_wholly_or_not,
            }
            refusal {
                strangers_and_leavers_write_nothing,
                a_disabled_sender_is_refused_while_it_lasts,
                a_block_stops_a_direct_thread_both_ways,
                a_disabled_recipient_is_not_written_to,
                a_group_goes_on_whoever_is_blocked_or_banned,
                refusals_come_in_the_order_of_the_port,
                a_refused_append_uses_up_no_seq,
                a_reply_is_to_a_message_of_the_thread,
                a_refused_append_fails_no_other,
            }
            message_change {
                an_edit_replaces_the_content_alone,
                an_edit_is_told_and_moves_nothing,
                an_edit_to_the_same_content_changes_nothing,
                refusals_to_edit_come_in_the_order_of_the_port,
                blocks_stop_no_edit,
                a_tombstone_keeps_its_place_and_says_nothing,
                a_deletion_is_told_and_moves_nothing,
                deleted_words_are_gone_from_the_log,
                a_deleted_message_is_not_unread,
                deleting_again_changes_nothing,
                who_deletes_need_not_take_part,
            }
            moderation {
                a_verdict_is_kept_with_its_message,
                a_flagged_message_is_told_behind_it,
                a_flag_is_told_behind_the_charge,
                a_rejected_message_leaves_no_trace,
                a_repeated_call_is_answered_however_it_is_judged,
                moderations_refusal_has_its_place,
                an_edit_replaces_the_verdict,
                an_edit_to_the_same_content_keeps_the_verdict,
                a_rejected_edit_leaves_the_message,
                a_deletion_takes_the_verdict_and_not_what_was_told,
                a_reaction_leaves_the_verdict,
            }
            reaction {
                reactions_stand_in_the_order_they_were_put,
                a_reaction_that_comes_again_is_the_newest,
                emoji_are_told_apart_by_their_bytes,
                a_reaction_is_told_and_moves_nothing,
                repeating_a_reaction_changes_nothing,
                refusals_to_react_come_in_the_order_of_the_port,
                a_message_bears_so_many_different_emoji,
            }
            history {
                backwards_the_nearest_come_first,
                forwards_the_nearest_come_first,
                listed_messages_are_as_they_are_now,
                paging_back_is_not_disturbed_by_new_messages,
                a_history_is_for_those_who_took_part,
                a_message_is_seen_by_those_who_take_part,
                a_newcomer_sees_single_messages_of_before,
            }
            receipt {
                a_marker_moves_forward,
                a_move_is_told_and_moves_no_thread,
                a_marker_never_moves_back,
                reading_delivers,
                a_marker_does_not_go_beyond_the_end,
                markers_are_for_those_who_take_part,
                moves_at_once_end_at_the_furthest,
            }
            tag {
                a_new_tag_is_as_it_was_asked_for,
                an_owners_tags_have_different_names,
                the_same_name_at_once_makes_one_tag,
                a_user_has_so_many_tags,
                an_update_changes_what_it_names,
                an_update_does_not_take_anothers_name,
                anothers_tag_does_not_exist,
                a_deleted_tag_comes_off_every_thread,
                a_tag_is_seen_by_its_owner_alone,
                applying_is_told_to_the_owner_once,
                a_tag_goes_on_the_owners_threads_only,
                tags_are_listed_by_id_in_pages,
            }
            block {
                a_block_is_one_way_and_in_no_log,
                the_first_time_of_a_block_stands,
                lifting_no_block_changes_nothing,
                blocks_are_listed_by_bytes_in_pages,
            }
            account {
                an_unknown_user_is_active,
                a_ban_and_a_deactivation_stand_beside_each_other,
                a_ban_is_replaced_by_the_next,
                a_change_is_told_to_nobody,
                a_change_that_changes_nothing_appends_nothing,
            }
            log {
                a_log_begins_empty,
                positions_count_over_everything,
                the_log_is_read_after_a_place_up_to_a_limit,
                entries_are_told_with_the_rows_as_they_are_now,
                a_users_log_is_what_they_were_told,
                a_stretch_says_how_far_it_reaches,
                a_read_sees_what_was_acknowledged_before,
                an_audience_is_of_its_position,
            }
            commits {
                writers_at_once_leave_no_gap,
                the_log_follows_the_order_of_seq,
                a_follower_never_skips_while_others_write,
                commits_are_told_in_order,
                what_is_told_is_in_the_log,
                what_is_not_appended_is_not_told,
            }
            prune {
                what_was_made_before_a_moment_is_forgotten,
                no_more_is_forgotten_than_the_limit,
                the_newest_entry_stays,
                forgetting_stops_at_the_first_that_stays,
                only_the_log_forgets,
            }
            lifecycle {
                an_open_store_is_well,
                a_closed_store_refuses_changes,
                a_closed_store_refuses_reads,
                closing_again_does_nothing,
                closing_finishes_what_was_accepted,
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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    #[test]
    fn every_check_is_in_the_suite() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testkit/conformance");
        let suite = fs::read_to_string(format!("{folder}/mod.rs")).unwrap();
        let named: BTreeSet<&str> = suite
            .lines()
            .map(|line| line.trim().trim_end_matches(','))
            .collect();
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for after in text.split("\npub async fn ").skip(1) {
                let check = after.split('(').next().unwrap();
                assert!(named.contains(check), "the suite does not run {check}");
            }
        }
    }
}
