//! Several tasks at once on the store; afterwards the log tells in which order it happened.

use std::sync::Arc;

use futures_util::future::join_all;
use proptest::{collection::vec, strategy::Strategy};
use tokio::sync::Barrier;

use super::{
    call::{Call, Outcome},
    cast::Cast,
    pair::{Pair, play_on_pairs, told},
    step::{Step, opening},
    strategy::{beginning, logged},
};
use crate::{Store, error::StoreError, id::Position};

/// How many tasks there are.
const TASKS: usize = 6;
/// How many steps each takes at most.
const STEPS: usize = 14;
/// How many steps are taken before, one after another.
const BEFORE: usize = 20;
/// How many histories are played on one store: few, since the model is copied at every step.
const ON_ONE_STORE: u32 = 10;

/// A beginning, and what each task does after it.
#[derive(Debug)]
struct History {
    before: Vec<Step>,
    tasks: Vec<Vec<Step>>,
}

/// A call that a task made.
#[derive(Debug)]
struct Made {
    call: Call,
    outcome: Outcome,
    /// Where the log ended before the call was made.
    from: Position,
    /// Where the log ended after it was answered.
    until: Position,
}

/// Lets several tasks make random changes at once, and checks that it was as if they had been made
/// one after another in the order of the log:
///
/// - every position after the beginning is that of exactly one acknowledged call;
/// - played on the model in that order, each call has the same outcome, to the last field;
/// - a call that appended nothing (refused, or nothing to change) has the outcome that the model
///   gives at some point between the call and its answer;
/// - in the end everything that can be read is what the model has.
///
/// Some ten histories are played one after another on the same store, each with users of its own;
/// a store that has failed is left for a fresh one.
///
/// # Panics
/// When one of these does not hold, with a short history that fails, and a seed.
pub fn check_concurrent<S, G, Open, Opened>(open: Open, histories: u32)
where
    S: Store,
    Open: Fn() -> Opened,
    Opened: Future<Output = (S, G)>,
{
    let tasks = vec(vec(logged(), 1..STEPS), 2..=TASKS);
    let strategy =
        (vec(beginning(), 0..BEFORE), tasks).prop_map(|(before, tasks)| History { before, tasks });
    play_on_pairs(open, ON_ONE_STORE, histories, &strategy, &play);
}

async fn play<G>(pair: &Pair<G>, mut cast: Cast, history: History) -> Result<(), String> {
    let mut calls = Vec::new();
    for step in opening().iter().chain(&history.before) {
        if let Some(call) = cast.call(step) {
            calls.push(call.clone());
            let outcome = pair.compare(&call).await;
            let outcome = outcome.map_err(|difference| told(&calls, &difference))?;
            cast.learn(&call, &outcome);
        }
    }
    let tasks = calls_of(&mut cast, &history.tasks);
    let made = make_at_once(&pair.store, tasks).await;
    let made = made.map_err(|error| error.to_string())?;
    let opened = made
        .iter()
        .filter(|made| matches!(made.call, Call::OpenThread(_)));
    opened.for_each(|made| cast.learn(&made.call, &made.outcome));
    retrace(pair, made)
        .await
        .map_err(|difference| told(&calls, &difference))?;
    pair.compare_everything(&cast, &calls).await
}

/// Each task's calls. They are also about messages of each other that may not be there yet.
fn calls_of(cast: &mut Cast, tasks: &[Vec<Step>]) -> Vec<Vec<Call>> {
    let longest = tasks.iter().map(Vec::len).max().unwrap_or(0);
    let mut calls = vec![Vec::new(); tasks.len()];
    for turn in 0..longest {
        for (task, steps) in tasks.iter().enumerate() {
            let Some(call) = steps.get(turn).and_then(|step| cast.call(step)) else {
                continue;
            };
            if let Call::Append(new) = &call {
                cast.messages.push(new.clone());
            }
            calls[task].push(call);
        }
    }
    calls
}

/// Makes every task's calls in order, all tasks at once.
async fn make_at_once(
    store: &Arc<dyn Store>,
    tasks: Vec<Vec<Call>>,
) -> Result<Vec<Made>, StoreError> {
    let barrier = Arc::new(Barrier::new(tasks.len()));
    let tasks = tasks.into_iter().map(|calls| {
        let (store, barrier) = (store.clone(), barrier.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            let mut made = Vec::new();
            for call in calls {
                let from = store.log_bounds().await?.head;
                let outcome = call.perform(&*store).await;
                let until = store.log_bounds().await?.head;
                made.push(Made {
                    call,
                    outcome,
                    from,
                    until,
                });
            }
            Ok(made)
        })
    });
    let mut all = Vec::new();
    for made in join_all(tasks).await {
        all.extend(made.expect("a task ends")?);
    }
    Ok(all)
}

/// Plays on the model what was made, in the order of the log.
async fn retrace<G>(pair: &Pair<G>, made: Vec<Made>) -> Result<(), String> {
    let Pair { model, store, .. } = pair;
    let end = store
        .log_bounds()
        .await
        .map_err(|error| error.to_string())?
        .head;
    let (mut appended, mut others): (Vec<Made>, Vec<Made>) = made
        .into_iter()
        .partition(|made| made.outcome.position.is_some());
    appended.sort_by_key(|made| made.outcome.position);
    explain(pair, &mut others).await;
    for made in &appended {
        let expected = made.call.perform(model).await;
        if expected != made.outcome {
            return Err(format!(
                "at its place in the log {:#?}\nthe model: {}\nthe store: {}\nthe log: {}",
                made.call,
                expected.answer,
                made.outcome.answer,
                listed(&appended),
            ));
        }
        explain(pair, &mut others).await;
    }
    let reached = pair.head().await;
    if reached != end {
        return Err(format!(
            "the acknowledged calls reach {reached}, the log {end}"
        ));
    }
    match others.first() {
        None => Ok(()),
        Some(made) => Err(format!(
            "at no place in the log the model answers as the store did: {made:#?}\nthe log: {}",
            listed(&appended),
        )),
    }
}

/// Takes away the calls that appended nothing and that the model, as it is now, answers the same.
async fn explain<G>(pair: &Pair<G>, others: &mut Vec<Made>) {
    let now = pair.head().await;
    let mut open = Vec::new();
    for made in others.drain(..) {
        let possible = made.from <= now && now <= made.until;
        // On a copy: at another place the call might change something.
        if !possible || made.call.perform(&pair.model.fork()).await != made.outcome {
            open.push(made);
        }
    }
    *others = open;
}

fn listed(appended: &[Made]) -> String {
    let lines = appended.iter().map(|made| {
        let position = made.outcome.position.unwrap_or_default();
        format!("\n{position:3}. {:?}", made.call)
    });
    lines.collect()
}
