//! All the ports a store implements, in one name.

use async_trait::async_trait;

use crate::{
    account::AccountStore,
    archive::ArchiveStore,
    block::BlockStore,
    error::StoreError,
    lease::LeaseStore,
    log::LogStore,
    message::MessageStore,
    platform::PlatformStore,
    quota::QuotaStore,
    receipt::ReceiptStore,
    tag::TagStore,
    thread::{ParticipantStore, ThreadStore},
    webhook::WebhookStore,
};

/// Everything that is kept.
///
/// A store's method is one atomic change, or one read. Changes behave as if they were made one
/// after another, in the order of their log positions; a read sees every change that was
/// acknowledged before the read began. A refused change leaves no trace and never fails another.
/// When several of a method's errors hold, the one that its docs name first is answered.
/// The conformance suite in feature `testkit` checks all of it.
#[async_trait]
pub trait Store:
    AccountStore
    + ArchiveStore
    + BlockStore
    + LeaseStore
    + LogStore
    + MessageStore
    + ParticipantStore
    + PlatformStore
    + QuotaStore
    + ReceiptStore
    + TagStore
    + ThreadStore
    + WebhookStore
    + std::fmt::Debug
    + 'static
{
    /// Whether storage answers, by a read that goes all the way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    async fn check_health(&self) -> Result<(), StoreError>;

    /// Finishes what was accepted and releases what is held. Later calls are refused as
    /// unavailable. Calling it again does nothing.
    async fn close(&self);
}
