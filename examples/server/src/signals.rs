//! How the process is asked to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Completes at the first SIGINT or SIGTERM. From then on a second one ends the process at once.
pub(crate) async fn shutdown() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        // Without handlers the system's own take effect: both signals end the process.
        return std::future::pending().await;
    };
    either(&mut interrupt, &mut terminate).await;
    tracing::info!("stopping; once more ends it at once");
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        // What a shell answers for a process that SIGINT has ended.
        std::process::exit(130);
    });
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
