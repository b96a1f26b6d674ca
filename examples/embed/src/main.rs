//! The smallest application that embeds messaging: its routes beside a route of its own, on the
//! application's own server, and its events in the application's own hands.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use messaging_core::{
    Messaging,
    log::{Change, EventStream},
};
use messaging_store_sea::SeaStore;
use messaging_warp::JwtAuthenticator;
use warp::Filter;

#[tokio::main]
async fn main() -> Result<()> {
    let secret = std::env::var("JWT_SECRET").context("JWT_SECRET is not set")?;
    let store = SeaStore::connect("sqlite://messaging.db?mode=rwc").await?;
    let messaging = Messaging::builder(store).build();
    tokio::spawn(print_events(messaging.events().subscribe()));

    let conversations = messaging_warp::routes(messaging, JwtAuthenticator::hs256(secret)?);
    let shop = warp::path!("shop").map(|| "paint, paper, brushes\n");

    let address = SocketAddr::from(([127, 0, 0, 1], 8080));
    eprintln!("http://{address}/shop, http://{address}/api/threads");
    warp::serve(conversations.or(shop)).run(address).await;
    Ok(())
}

/// What an application would do with events: notify by mail, count, index.
async fn print_events(mut events: EventStream) -> Result<()> {
    loop {
        let entry = events.next().await?;
        if let Change::MessageSent { message } = entry.change {
            eprintln!(
                "{} wrote message {} of thread {}",
                message.sender_id, message.seq, message.thread_id
            );
        }
    }
}
