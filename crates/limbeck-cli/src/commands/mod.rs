//! The commands, a module each: from parsed arguments to a call of the engine.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use limbeck_core::config::{Config, ConfigFiles, ConfigOptions};
use limbeck_core::{Error, Result};

use crate::arguments::{Arguments, Command};
use crate::error::CommandError;
use crate::output;

mod init;
mod list_templates;

/// Runs the command that `arguments` name and returns the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let config = match configuration(arguments, std::env::var_os("ALEMBIC_CONFIG").as_deref()) {
        Ok(config) => Arc::new(config),
        Err(error) => return CommandError::Startup(error).report(None),
    };
    let result = dispatch(&config, &arguments.command);
    output::warnings(config.messaging());
    match result {
        Ok(()) => 0,
        Err(error) => {
            CommandError::Command { error, raise: arguments.raiseerr }.report(Some(config.messaging()))
        }
    }
}

fn dispatch(config: &Arc<Config>, command: &Command) -> Result<()> {
    match command {
        Command::Init(own) => init::run(config, own),
        Command::ListTemplates => {
            list_templates::run(config);
            Ok(())
        }
        other => Err(Error::command(format!("The command '{}' is not part of this build", other.name()))),
    }
}

/// Makes the configuration of a run of its arguments and the value of `ALEMBIC_CONFIG`.
fn configuration(arguments: &Arguments, alembic_config: Option<&OsStr>) -> Result<Config> {
    let named: Vec<PathBuf> = arguments.config.iter().map(PathBuf::from).collect();
    let files = ConfigFiles::choose(&named, alembic_config)?;
    let options = ConfigOptions {
        toml_file: Some(files.toml),
        x_arguments: arguments.x.clone(),
        cmd_opts: Some(arguments.cmd_opts()),
        url: arguments.url.clone(),
        quiet: arguments.quiet,
        stdout: Some(output::stdout()),
        terminal_width: output::message_width(),
        ..ConfigOptions::default()
    };
    Ok(Config::open(Some(&files.ini), &arguments.name, options))
}
