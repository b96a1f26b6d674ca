//! Names to addresses. Each is checked here, and the connection goes to what was checked: a name
//! that leads somewhere else a moment later is of no use.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use hyper_util::client::legacy::connect::dns::Name;
use messaging_core::webhook::WebhookPolicy;
use tower_service::Service;

use crate::is_public;

pub(super) const REFUSED: &str = "the name leads out of the public internet";

#[derive(Debug, Clone)]
pub(super) struct Resolver {
    policy: WebhookPolicy,
}

impl Resolver {
    pub(super) fn new(policy: WebhookPolicy) -> Self {
        Self { policy }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = self.policy;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            check(policy, &addresses)?;
            Ok(addresses.into_iter())
        })
    }
}

/// One address that is not public spoils them all: it is no accident.
fn check(policy: WebhookPolicy, addresses: &[SocketAddr]) -> io::Result<()> {
    let public = |address: &SocketAddr| is_public(address.ip());
    if policy == WebhookPolicy::Public && !addresses.iter().all(public) {
        return Err(io::Error::other(REFUSED));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_one_private_address_is_refused() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let public = addresses(&["8.8.8.8:0"]);
        let mixed = addresses(&["8.8.8.8:0", "127.0.0.1:0"]);
        assert!(check(WebhookPolicy::Public, &public).is_ok());
        assert!(check(WebhookPolicy::Public, &mixed).is_err());
        assert!(check(WebhookPolicy::Private, &mixed).is_ok());
    }
}
