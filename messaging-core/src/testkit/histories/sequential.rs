//! One call after another, on both stores.

use proptest::collection::vec;

use super::{
    call::Call,
    cast::Cast,
    pair::{Pair, play_on_pairs, told},
    step::{Step, opening},
    strategy::any_step,
};
use crate::Store;

/// How many steps a history has at most.
const STEPS: usize = 90;
/// How many histories are played on one store.
const ON_ONE_STORE: u32 = 50;

/// Plays random histories on the store and on the model, and compares every outcome and, after
/// each history, everything that can be read.
///
/// Some fifty histories are played one after another on the same store, each with users of its own;
/// a store that has failed is left for a fresh one.
///
/// # Panics
/// When an outcome differs, with the shortest history that was found to fail, and a seed.
pub fn check<S, G, Open, Opened>(open: Open, histories: u32)
where
    S: Store,
    Open: Fn() -> Opened,
    Opened: Future<Output = (S, G)>,
{
    let steps = vec(any_step(), 1..STEPS);
    play_on_pairs(open, ON_ONE_STORE, histories, &steps, &play);
}

async fn play<G>(pair: &Pair<G>, mut cast: Cast, steps: Vec<Step>) -> Result<(), String> {
    let mut made = Vec::new();
    for step in opening().iter().chain(&steps) {
        let Some(mut call) = cast.call(step) else {
            continue;
        };
        keep_within_the_log(pair, &mut call).await;
        made.push(call.clone());
        let outcome = pair.compare(&call).await;
        let outcome = outcome.map_err(|difference| told(&made, &difference))?;
        cast.learn(&call, &outcome);
    }
    pair.compare_everything(&cast, &made).await
}

/// The port takes stretches that end within the log.
async fn keep_within_the_log<G>(pair: &Pair<G>, call: &mut Call) {
    if let Call::ReadLogFor(_, after, until, _) = call {
        *until = pair.head().await.min(*until);
        *after = (*until).min(*after);
    }
}
