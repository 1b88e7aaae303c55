//! Runs one layer's operation a number of times: `layer NAME TIMES`. Without arguments it lists the
//! names. `benches/instructions` counts what it does.

#![allow(clippy::print_stdout)]

#[path = "../benches/layers/workload.rs"]
mod workload;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => workload::OPERATIONS
            .iter()
            .for_each(|name| println!("{name}")),
        [name, times] => {
            let mut operation = workload::operation(name).ok_or("no operation of that name")?;
            for _ in 0..times.parse::<u32>()? {
                operation();
            }
        }
        _ => return Err("usage: layer [NAME TIMES]".into()),
    }
    Ok(())
}
