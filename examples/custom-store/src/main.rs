//! An application whose conversations are kept by a store of its own.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use messaging_core::Messaging;
use messaging_example_custom_store::JournalStore;
use messaging_warp::JwtAuthenticator;

#[tokio::main]
async fn main() -> Result<()> {
    let secret = std::env::var("JWT_SECRET").context("JWT_SECRET is not set")?;
    let store = JournalStore::open("messaging.jsonl").await?;
    let messaging = Messaging::builder(store).build();
    let routes = messaging_warp::routes(messaging, JwtAuthenticator::hs256(secret)?);

    let address = SocketAddr::from(([127, 0, 0, 1], 8080));
    eprintln!("http://{address}");
    warp::serve(routes).run(address).await;
    Ok(())
}
