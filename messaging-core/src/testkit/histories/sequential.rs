//! One call after another, on both stores.

use std::{cell::RefCell, fmt::Write as _};

use proptest::collection::vec;

use super::{
    call::{Call, Outcome},
    cast::Cast,
    run,
    step::{Step, opening},
    strategy::any_step,
};
use crate::{
    Store,
    id::Position,
    memory::MemoryStore,
    testkit::{ManualClock, SeqIds, runtime},
};

/// How many steps a history has at most.
const STEPS: usize = 90;
/// How many histories are played on one store: what came before must not matter, and the model,
/// which looks at everything, must not grow slow.
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
    let runtime = runtime();
    let kept: RefCell<Option<Pair<S, G>>> = RefCell::new(None);
    run(&vec(any_step(), 1..STEPS), histories, |history| {
        runtime.block_on(async {
            let taken = kept.take();
            let mut pair = match taken {
                Some(pair) => pair,
                None => Pair::new(open().await),
            };
            let played = pair.play(&history).await;
            if played.is_ok() && pair.histories < ON_ONE_STORE {
                kept.replace(Some(pair));
            } else {
                pair.store.close().await;
            }
            played
        })
    });
    runtime.block_on(async {
        if let Some(pair) = kept.take() {
            pair.store.close().await;
        }
    });
}

/// The model and the store under test, in step with each other.
struct Pair<S, G> {
    model: MemoryStore,
    store: S,
    _guard: G,
    clock: ManualClock,
    ids: SeqIds,
    histories: u32,
}

impl<S: Store, G> Pair<S, G> {
    fn new((store, guard): (S, G)) -> Self {
        Self {
            model: MemoryStore::new(),
            store,
            _guard: guard,
            clock: ManualClock::default(),
            ids: SeqIds::default(),
            histories: 0,
        }
    }

    async fn play(&mut self, history: &[Step]) -> Result<(), String> {
        self.histories += 1;
        let start = head(&self.model).await;
        let mut cast = Cast::new(self.histories, start, self.clock.clone(), self.ids.clone());
        let mut made = Vec::new();
        for step in opening().iter().chain(history) {
            let Some(mut call) = cast.call(step) else {
                continue;
            };
            self.keep_within_the_log(&mut call).await;
            made.push(call.clone());
            let outcome = compare(&self.model, &self.store, &call).await;
            let outcome = outcome.map_err(|difference| told(&made, &difference))?;
            cast.learn(&call, &outcome);
        }
        for call in cast.read_everything(head(&self.model).await) {
            compare(&self.model, &self.store, &call)
                .await
                .map_err(|difference| {
                    told(&made, &format!("afterwards {call:#?}\n{difference}"))
                })?;
        }
        Ok(())
    }

    /// The port takes stretches that end within the log.
    async fn keep_within_the_log(&self, call: &mut Call) {
        if let Call::ReadLogFor(_, after, until, _) = call {
            *until = head(&self.model).await.min(*until);
            *after = (*until).min(*after);
        }
    }
}

/// Makes a call on both stores and answers what it came to, or how the outcomes differ.
pub(super) async fn compare(
    model: &dyn Store,
    store: &dyn Store,
    call: &Call,
) -> Result<Outcome, String> {
    let expected = call.perform(model).await;
    let found = call.perform(store).await;
    if expected == found {
        return Ok(found);
    }
    Err(format!(
        "the model: {}\nthe store: {}",
        expected.answer, found.answer
    ))
}

/// Where the model's log ends.
pub(super) async fn head(model: &MemoryStore) -> Position {
    use crate::log::LogStore;
    model.log_bounds().await.expect("the model answers").head
}

/// A history and how it ended.
pub(super) fn told(calls: &[Call], end: &str) -> String {
    let mut text = "the store differs from the model\n".to_owned();
    for (number, call) in calls.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{number:3}. {call:?}");
    }
    text.push_str(end);
    text
}
