//! Random histories, played on a store and on the model.
//!
//! A history is a list of steps over a few users, threads, messages and tags, few enough that the
//! steps get in each other's way: the same `client_id` twice, a reaction to a message that was just
//! deleted, a cursor of a list that has moved. [`check`] plays it call by call on the store under
//! test and on [`MemoryStore`](crate::memory::MemoryStore), compares every outcome exactly, and at
//! the end everything that can be read. [`check_concurrent`] lets several tasks make changes at
//! once, and then holds the store to its word that changes happen one after another in the order
//! of the log.
//!
//! A failure prints the shortest history that was found to fail, and a seed. Two environment
//! variables change a run: `MESSAGING_HISTORIES`, how many histories to play (in place of the number
//! that the test asks for), and `MESSAGING_HISTORY_SEED`, the seed of a run to be repeated. The
//! seed gives the same histories again; of the concurrent ones each run makes its own order.

mod call;
mod cast;
mod concurrent;
mod everything;
mod pair;
mod quota;
mod resolve;
mod sequential;
mod step;
mod strategy;

use std::{
    env, fmt,
    hash::{BuildHasher, Hasher, RandomState},
};

pub use concurrent::check_concurrent;
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner},
};
pub use sequential::check;

/// How many times a failing history is made shorter at most.
const SHRINKS: u32 = 2_000;
/// For how many milliseconds at most: each try may take a database of its own.
const SHRINK_TIME: u32 = 120_000;

/// Plays histories made by `strategy` until one fails, then finds a short one.
fn run<T: fmt::Debug>(
    strategy: &impl Strategy<Value = T>,
    histories: u32,
    play: impl Fn(T) -> Result<(), String>,
) {
    let seed = setting("MESSAGING_HISTORY_SEED").unwrap_or_else(random_seed);
    let mut runner = TestRunner::new(Config {
        cases: setting("MESSAGING_HISTORIES").unwrap_or(histories),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: SHRINKS,
        max_shrink_time: SHRINK_TIME,
        ..Config::default()
    });
    let outcome = runner.run(strategy, |history| {
        play(history).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => {
            panic!("{reason}\n\nMESSAGING_HISTORY_SEED={seed} plays the same histories")
        }
        Err(TestError::Abort(reason)) => panic!("no histories could be made: {reason}"),
    }
}

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = env::var(name).ok()?;
    let value = text.parse().ok();
    assert!(value.is_some(), "{name} must be a number, not {text:?}");
    value
}

/// The standard library's hash keys are random: that is all it takes.
fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
