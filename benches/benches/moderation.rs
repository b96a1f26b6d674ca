//! What a verdict costs: the rules alone, the whole engine through its model, and the model's part.
//!
//! The model runs on the embedded backend, or on the ONNX Runtime that `ORT_DYLIB_PATH` names: one run
//! has one backend. Verdicts a second on a core are the inverse of a time here.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use messaging_moderation::{Backend, Context, Engine, Model, Policy, Reading};

/// Of 120 characters each.
const TEXTS: [&str; 4] = [
    "Hey! The sourdough class on Saturday was lovely, could you send me the timings for the second rise again please? Thanks!",
    "if you keep asking me for a refund on the guitar lesson i will ask support, we agreed on four hours and i gave you four.",
    "text me on 212 555 0142 or mail lea.brandt@example.com and we skip the fees, i give you the whole set for half the price",
    "Morning all, new video is up tonight at eight: how I glaze the big blue bowls, with all the mistakes I made on the way..",
];

/// What people write all day: half of it is shorter than thirty characters.
const EVERYDAY: [&str; 8] = [
    "thanks!",
    "ok see you at 5",
    "haha love it 😂",
    "is the class still on for tomorrow?",
    "sorry i was at work, just saw this",
    "which flour do you use for the crust, bread or plain?",
    "that was so good, i watched it twice",
    "yes please, size M, and could you sign it for my sister?",
];

fn verdicts(criterion: &mut Criterion) {
    let context = Context::default();
    let model = Model::shipped(&Backend::from_env(), 1).expect("the backend can be used");
    let backend = model.backend().to_owned();
    let engine = Engine::new(Policy::builtin(), model);
    let rules = Engine::rules(Policy::builtin());

    let mut group = criterion.benchmark_group("verdict");
    group.throughput(Throughput::Elements(TEXTS.len() as u64));
    group.bench_function(BenchmarkId::new("rules", "120 characters"), |bencher| {
        bencher.iter(|| TEXTS.map(|text| rules.moderate(black_box(text), context)));
    });
    group.bench_function(BenchmarkId::new(&backend, "120 characters"), |bencher| {
        bencher.iter(|| TEXTS.map(|text| engine.moderate(black_box(text), context)));
    });
    group.throughput(Throughput::Elements(EVERYDAY.len() as u64));
    group.bench_function(BenchmarkId::new(&backend, "everyday"), |bencher| {
        bencher.iter(|| EVERYDAY.map(|text| engine.moderate(black_box(text), context)));
    });
    group.throughput(Throughput::Elements(1));
    let long = TEXTS.join(" ").repeat(21);
    group.bench_function(BenchmarkId::new("rules", "10,000 characters"), |bencher| {
        bencher.iter(|| Reading::new(black_box(&long), context));
    });
    group.finish();
}

criterion_group!(benches, verdicts);
criterion_main!(benches);
