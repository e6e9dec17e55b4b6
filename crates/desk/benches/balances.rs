//! What a long history costs: the list of 10,000 accounts, a year of one account out of 10,000,000 readings, and
//! storing 1,000 readings more. The database is encrypted and on a real disk, in `target/tmp`; filling it takes some
//! minutes and is done once. `BALANCE_DESK_BENCH_READINGS` makes it smaller.
#![allow(
    clippy::print_stderr,
    reason = "who waits for the database is told when it is ready"
)]

use std::{path::Path, time::Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use desk::bench::BenchDatabase;
use tokio::runtime::Runtime;

const ACCOUNTS: u32 = 10_000;

/// Readings that are stored in one transaction.
const TOGETHER: u32 = 1_000;

/// Far from each other, so that no account finds the pages of the one before.
const STRIDE: u32 = 3_571;

fn readings() -> u32 {
    let asked = std::env::var("BALANCE_DESK_BENCH_READINGS");
    asked
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000_000)
}

fn balances(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let began = Instant::now();
    let database = runtime
        .block_on(BenchDatabase::open(folder, ACCOUNTS, readings()))
        .expect("a database");
    eprintln!("The database is ready after {:?}.", began.elapsed());

    let mut account = 0_u32;
    criterion.bench_function("history/year_of_one_account", |bencher| {
        bencher.iter(|| {
            account = account.wrapping_add(STRIDE);
            let points = runtime.block_on(database.year(account)).expect("a year");
            assert!(points > 0);
        });
    });
    criterion.bench_function("accounts/list", |bencher| {
        bencher.iter(|| {
            let rows = runtime.block_on(database.list()).expect("a list");
            assert_eq!(rows, ACCOUNTS as usize);
        });
    });
    let mut first = 0_u32;
    let mut group = criterion.benchmark_group("readings");
    group.sample_size(20);
    group.bench_function("insert_1000", |bencher| {
        bencher.iter(|| {
            first = (first + TOGETHER) % ACCOUNTS;
            let stored = database.insert(first, TOGETHER);
            runtime.block_on(stored).expect("readings are stored");
        });
    });
    group.finish();
}

criterion_group!(benches, balances);
criterion_main!(benches);
