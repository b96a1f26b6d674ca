//! Timing a workload.

use std::time::Instant;

use clap::ValueEnum;
use criterion::Criterion;
use messaging_workload::Workload;
use tokio::runtime::Builder;

/// Times these, each from a fresh start in every sample: what a store holds by then is the same
/// whatever ran before.
pub(crate) fn time(criterion: &mut Criterion, group: &str, workloads: &[Workload]) {
    let mut group = criterion.benchmark_group(group);
    for workload in workloads {
        let value = workload.to_possible_value().expect("none is hidden");
        group.bench_function(value.get_name(), |bencher| {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime");
            bencher.iter_custom(|times| {
                runtime.block_on(async {
                    let mut operation = workload.open().await.expect("it can be set up");
                    let began = Instant::now();
                    operation.run(times).await.expect("it can be done");
                    began.elapsed()
                })
            });
        });
    }
    group.finish();
}
