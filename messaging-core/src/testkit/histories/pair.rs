//! The model and the store under test, in step with each other.

use std::{cell::RefCell, fmt, fmt::Write as _, sync::Arc};

use proptest::strategy::Strategy;

use super::{
    call::{Call, Outcome},
    cast::Cast,
    run,
};
use crate::{
    Store,
    id::Position,
    log::LogStore,
    memory::MemoryStore,
    testkit::{ManualClock, SeqIds, runtime},
};

/// Both stores, and what their histories are made with.
#[derive(Debug)]
pub(super) struct Pair<G> {
    pub(super) model: MemoryStore,
    pub(super) store: Arc<dyn Store>,
    _guard: G,
    clock: ManualClock,
    ids: SeqIds,
    histories: u32,
}

impl<G> Pair<G> {
    fn new((store, guard): (impl Store, G)) -> Self {
        Self {
            model: MemoryStore::new(),
            store: Arc::new(store),
            _guard: guard,
            clock: ManualClock::default(),
            ids: SeqIds::default(),
            histories: 0,
        }
    }

    /// A cast for the next history.
    async fn cast(&mut self) -> Cast {
        self.histories += 1;
        let start = self.head().await;
        Cast::new(self.histories, start, self.clock.clone(), self.ids.clone())
    }

    /// Where the model's log ends.
    pub(super) async fn head(&self) -> Position {
        let bounds = self.model.log_bounds().await;
        bounds.expect("the model answers").head
    }

    /// Makes a call on both stores and answers what it came to, or how the outcomes differ.
    pub(super) async fn compare(&self, call: &Call) -> Result<Outcome, String> {
        let expected = call.perform(&self.model).await;
        let found = call.perform(&*self.store).await;
        if expected == found {
            return Ok(found);
        }
        Err(format!(
            "the model: {}\nthe store: {}",
            expected.answer, found.answer
        ))
    }

    /// Compares everything that can be read after a history; `made` is told when it differs.
    pub(super) async fn compare_everything(
        &self,
        cast: &Cast,
        made: &[Call],
    ) -> Result<(), String> {
        for call in cast.read_everything(self.head().await) {
            let compared = self.compare(&call).await;
            compared
                .map_err(|difference| told(made, &format!("afterwards {call:#?}\n{difference}")))?;
        }
        Ok(())
    }
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

/// Plays random histories, `on_one_store` of them at most one after another on the same pair: what
/// came before must not matter, and the model, which looks at everything, must not grow slow. A
/// pair that has failed is left for a fresh one.
pub(super) fn play_on_pairs<S, G, Open, Opened, T>(
    open: Open,
    on_one_store: u32,
    histories: u32,
    strategy: &impl Strategy<Value = T>,
    play: &impl AsyncFn(&Pair<G>, Cast, T) -> Result<(), String>,
) where
    S: Store,
    Open: Fn() -> Opened,
    Opened: Future<Output = (S, G)>,
    T: fmt::Debug,
{
    let runtime = runtime();
    let kept: RefCell<Option<Pair<G>>> = RefCell::new(None);
    run(strategy, histories, |history| {
        runtime.block_on(async {
            let taken = kept.take();
            let mut pair = match taken {
                Some(pair) => pair,
                None => Pair::new(open().await),
            };
            let cast = pair.cast().await;
            let played = play(&pair, cast, history).await;
            if played.is_ok() && pair.histories < on_one_store {
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
