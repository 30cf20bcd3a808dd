//! `alembic exec`: runs a Python program in the embedded runtime.

use std::path::PathBuf;
use std::sync::Arc;

use limbeck_core::Error;
use limbeck_core::config::{Config, ConfigOptions, DEFAULT_INI_SECTION};
use limbeck_core::runtime::RunObserver;
use limbeck_python::interpreter::interrupts;
use limbeck_python::{HostOptions, PythonHost};

use super::host_options;
use crate::arguments::{Arguments, Exec};
use crate::error::CommandError;
use crate::output;
use crate::progress::Progress;

/// Exit code of Python for a program that is not there.
const CANNOT_OPEN: u8 = 2;

/// Runs the program and returns its exit code. Configurations are the program's own business.
pub fn run(arguments: &Arguments, own: &Exec) -> u8 {
    let Some(program) = own.program.first().map(PathBuf::from) else { return CANNOT_OPEN };
    let global = [
        ("--config", !arguments.config.is_empty()),
        ("--name", arguments.name != DEFAULT_INI_SECTION),
        ("-x", !arguments.x.is_empty()),
        ("--url", arguments.url.is_some()),
    ];
    if let Some((option, _)) = global.into_iter().find(|(_, given)| *given) {
        let message = format!("{option} means nothing to exec: the program makes its own configuration");
        return CommandError::Command { error: Error::command(message), raise: false }.report(None);
    }
    // The code cache is kept by the program's path.
    let progress = Arc::new(Progress::new(arguments));
    let options = ConfigOptions {
        stdout: Some(output::stdout()),
        run_observer: Some(Arc::clone(&progress) as Arc<dyn RunObserver>),
        ..ConfigOptions::default()
    };
    let config = Arc::new(Config::open(Some(&program), DEFAULT_INI_SECTION, options));
    let options =
        HostOptions { arguments: own.program.clone(), program: Some(program.clone()), ..host_options() };
    let host = PythonHost::new(Arc::clone(&config), options);
    let result = host.run_program();
    // What the program has registered for its end may still write.
    drop(host);
    progress.end();
    let _ = config.messaging().flush();
    match result {
        Ok(()) => 0,
        Err(Error::Io { path, source }) if path == program => {
            let error = Error::Io { path, source };
            CommandError::Command { error, raise: true }.report(Some(config.messaging()));
            CANNOT_OPEN
        }
        Err(error) => {
            let exit_code = CommandError::Command { error, raise: true }.report(Some(config.messaging()));
            progress.hints().iter().for_each(|hint| output::hint(hint));
            interrupts::received().map_or(exit_code, interrupts::exit_code)
        }
    }
}
