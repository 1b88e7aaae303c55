//! The `peertok` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    peertok::cli::run(std::env::args_os()).into()
}
