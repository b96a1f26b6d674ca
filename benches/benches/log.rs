//! The log: appending, following, and what a client has missed.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use messaging_workload::Workload;

fn log(criterion: &mut Criterion) {
    support::time(
        criterion,
        "log",
        &[
            Workload::Append,
            Workload::Follow,
            Workload::ResumeMemory,
            Workload::ResumeSqlite,
        ],
    );
}

criterion_group!(benches, log);
criterion_main!(benches);
