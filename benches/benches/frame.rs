//! JSON: a command's values in, an event out.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use messaging_workload::Workload;

fn frame(criterion: &mut Criterion) {
    support::time(criterion, "frame", &[Workload::Decode, Workload::Encode]);
}

criterion_group!(benches, frame);
criterion_main!(benches);
