//! The real server binary, driven from outside over real sockets, once on SQLite and once on
//! PostgreSQL. What is asked of it is the public contract alone.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests fail a test by panicking, as tests do"
)]

#[macro_use]
mod support;

mod bad_bodies;
mod bad_frames;
mod bad_tokens;
mod gateway_auth;
mod gateway_commands;
mod gateway_fleeting;
mod gateway_limits;
mod gateway_live;
mod gateway_resume;
mod gateway_shutdown;
mod health;
mod history;
mod quota_kills;
mod rest_access;
mod rest_archive;
mod rest_blocks;
mod rest_changes;
mod rest_events;
mod rest_groups;
mod rest_inbox;
mod rest_market;
mod rest_messages;
mod rest_moderation;
mod rest_quota;
mod rest_sync;
mod rest_tags;
mod rest_threads;
mod startup;
mod storage_away;
mod webhooks;
