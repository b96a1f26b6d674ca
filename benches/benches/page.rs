//! Cursors, and pages of a thread's history.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use messaging_workload::Workload;

fn page(criterion: &mut Criterion) {
    support::time(
        criterion,
        "page",
        &[Workload::Cursor, Workload::PageMemory, Workload::PageSqlite],
    );
}

criterion_group!(benches, page);
criterion_main!(benches);
