//! The time that each layer takes: `cargo bench`. Each result is checked inside
//! the loop, so that nothing else is measured by mistake.

mod workload;

fn main() {
    divan::main();
}

#[divan::bench(args = workload::OPERATIONS)]
fn layer(bencher: divan::Bencher<'_, '_>, name: &str) {
    let mut operation = workload::operation(name).expect("an operation of that name");
    bencher.bench_local(&mut *operation);
}
