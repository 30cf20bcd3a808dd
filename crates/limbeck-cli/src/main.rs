//! The `alembic` binary: arguments in, exit code and terminal output.

use std::process::ExitCode;

use clap::CommandFactory as _;

mod argparse;
mod arguments;
mod commands;
mod completion;
mod error;
mod graph;
mod json;
mod output;
mod progress;
#[cfg(test)]
mod tests;
mod usage;

use argparse::Request;
use arguments::Arguments;
use error::CommandError;

/// A run makes and drops some hundred small objects for each operation; a quarter of its time went into the system's
/// allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Arguments that are not Unicode are names of nothing that the program could find.
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if let [completion::HIDDEN_COMMAND, rest @ ..] =
        words.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
    {
        output::write_stdout(&completion::answer(rest));
        return ExitCode::SUCCESS;
    }
    match argparse::parse(&words, output::usage_width()) {
        Ok(Request::Run(arguments)) => ExitCode::from(commands::run(&arguments)),
        Ok(Request::Help(command)) => {
            print_help(command.as_deref());
            ExitCode::SUCCESS
        }
        Ok(Request::Version) => {
            output::write_stdout(&Arguments::command().render_version());
            ExitCode::SUCCESS
        }
        Err(error) if json::is_asked_for(&words) => {
            ExitCode::from(CommandError::from(error).report_as_json(None))
        }
        Err(error) => ExitCode::from(CommandError::from(error).report(None)),
    }
}

/// Prints the help of the program or, if named, of a command.
fn print_help(command: Option<&str>) {
    let mut program = Arguments::command();
    program.build();
    let help = match command.and_then(|name| program.find_subcommand_mut(name)) {
        Some(command) => command.render_help(),
        None => program.render_help(),
    };
    output::help(&help);
}
