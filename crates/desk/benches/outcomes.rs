//! What 100,000 evaluations cost: a page of 100 of them, a search through all, and the outcomes of their year. The
//! database is encrypted and on a real disk, in `target/tmp`; it is filled once.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use desk::bench::outcomes::EvaluationsDatabase;
use tokio::runtime::Runtime;

const EVALUATIONS: u32 = 100_000;

fn outcomes(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let database = runtime
        .block_on(EvaluationsDatabase::open(folder, EVALUATIONS))
        .expect("a database");

    criterion.bench_function("activity/first_page", |bencher| {
        bencher.iter(|| {
            let found = runtime.block_on(database.first_page(""));
            assert_eq!(found.expect("a page"), EVALUATIONS);
        });
    });
    criterion.bench_function("activity/middle_page", |bencher| {
        bencher.iter(|| {
            let rows = runtime.block_on(database.middle_page()).expect("a page");
            assert_eq!(rows, 100);
        });
    });
    // The words stand in few rows, so all are looked through.
    criterion.bench_function("activity/search", |bencher| {
        bencher.iter(|| {
            let found = runtime.block_on(database.first_page("rent 699 person 1999"));
            assert!(found.expect("a page") < EVALUATIONS / 10);
        });
    });
    criterion.bench_function("outcomes/year", |bencher| {
        bencher.iter(|| {
            let counted = runtime.block_on(database.year()).expect("a year");
            assert_eq!(counted, EVALUATIONS);
        });
    });
}

criterion_group!(benches, outcomes);
criterion_main!(benches);
