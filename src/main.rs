//! The program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    wangxun::cli::main(std::env::args_os())
}
