//! A message from its command to the store, to the acknowledgement and to those who hear of it.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use messaging_workload::Workload;

fn command(criterion: &mut Criterion) {
    support::time(
        criterion,
        "command",
        &[
            Workload::SendMemory,
            Workload::SendSqlite,
            Workload::SessionSend,
            Workload::WsSend,
            Workload::Fanout,
        ],
    );
}

criterion_group!(benches, command);
criterion_main!(benches);
