//! The commands, a module each: from parsed arguments to a call of the engine.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::config::{Config, ConfigFiles, ConfigOptions, LockTimeout, Messaging};
use limbeck_core::host::ScriptHost;
use limbeck_core::runtime::RunObserver;
use limbeck_python::interpreter::interrupts;
use limbeck_python::{HostOptions, PythonHost};

use crate::arguments::{Arguments, Command, Format};
use crate::error::CommandError;
use crate::output;
use crate::progress::Progress;

mod branches;
mod check;
mod completion;
mod current;
mod downgrade;
mod edit;
mod ensure_version;
mod exec;
mod heads;
mod history;
mod init;
mod list_templates;
mod merge;
mod revision;
mod show;
mod stamp;
mod table;
mod upgrade;

/// Runs the command that `arguments` name and returns the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    if let Command::Exec(own) = &arguments.command {
        return exec::run(arguments, own);
    }
    let is_json = arguments.command.format() == Format::Json;
    let report = |error: CommandError, messaging: Option<&Messaging>| {
        if is_json { error.report_as_json(messaging) } else { error.report(messaging) }
    };
    let progress = Arc::new(Progress::new(arguments));
    let config = match configuration(arguments, std::env::var_os("ALEMBIC_CONFIG").as_deref(), &progress) {
        Ok(config) => Arc::new(config),
        Err(error) => return report(CommandError::Startup(error), None),
    };
    if is_json {
        // What env.py prints is not part of the document.
        limbeck_python::output::divert_to_stderr();
    }
    let host = PythonHost::new(Arc::clone(&config), host_options());
    let result = dispatch(&config, &*host, &arguments.command);
    // What Python code has registered for the end may still write.
    drop(host);
    progress.end();
    output::warnings(config.messaging());
    match result {
        Ok(()) => {
            // A reader that has gone away is no failure of the command.
            let _ = config.messaging().flush();
            0
        }
        Err(error) => {
            let error = match interrupts::received() {
                Some(signal) => CommandError::Interrupted { signal },
                None => CommandError::Command { error, raise: arguments.raiseerr },
            };
            let exit_code = report(error, Some(config.messaging()));
            if !config.messaging().is_quiet() {
                progress.hints().iter().for_each(|hint| output::hint(hint));
            }
            exit_code
        }
    }
}

fn dispatch(config: &Arc<Config>, host: &dyn ScriptHost, command: &Command) -> Result<()> {
    match command {
        Command::Branches(own) => branches::run(config, host, own),
        Command::Check => check::run(config, host),
        Command::Completion(own) => completion::run(config, own),
        Command::Current(own) => current::run(config, host, own),
        Command::Downgrade(own) => downgrade::run(config, host, own),
        Command::Edit(own) => edit::run(config, host, own),
        Command::EnsureVersion(own) => ensure_version::run(config, host, own),
        // It makes no configuration of its own, and was seen to before this.
        Command::Exec(_) => Ok(()),
        Command::Heads(own) => heads::run(config, host, own),
        Command::History(own) => history::run(config, host, own),
        Command::Init(own) => init::run(config, own),
        Command::ListTemplates => list_templates::run(config),
        Command::Merge(own) => merge::run(config, host, own),
        Command::Revision(own) => revision::run(config, host, own),
        Command::Show(own) => show::run(config, host, own),
        Command::Stamp(own) => stamp::run(config, host, own),
        Command::Upgrade(own) => upgrade::run(config, host, own),
    }
}

/// Reads what the Python host needs to know of the machine: where code is kept between runs
/// (`LIMBECK_CACHE_DIR`, else the user's cache directory) and which virtual environment is active.
fn host_options() -> HostOptions {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache_directory = variable("LIMBECK_CACHE_DIR").or_else(|| {
        let user = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        let user = user.or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
        Some(user.join("limbeck"))
    });
    HostOptions {
        cache_directory,
        virtual_environment: variable("VIRTUAL_ENV"),
        search_path: std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect(),
        arguments: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        program: None,
        command_table: table::command_table(),
        open_in_editor: Some(edit::open_in_editor),
    }
}

/// Gives whether and how long a command waits for other runs, where its arguments say so.
fn lock_timeout(command: &Command) -> Option<LockTimeout> {
    let run = command.run_options()?;
    if run.no_lock { Some(LockTimeout::Off) } else { run.lock_timeout }
}

/// Makes the configuration of a run of its arguments and the value of `ALEMBIC_CONFIG`.
fn configuration(
    arguments: &Arguments,
    alembic_config: Option<&OsStr>,
    progress: &Arc<Progress>,
) -> Result<Config> {
    let named: Vec<PathBuf> = arguments.config.iter().map(PathBuf::from).collect();
    let files = ConfigFiles::choose(&named, alembic_config)?;
    let options = ConfigOptions {
        toml_file: Some(files.toml),
        x_arguments: arguments.x.clone(),
        cmd_opts: Some(arguments.cmd_opts()),
        url: arguments.url.clone(),
        lock_timeout: lock_timeout(&arguments.command),
        run_observer: Some(Arc::clone(progress) as Arc<dyn RunObserver>),
        quiet: arguments.quiet,
        stdout: Some(output::stdout()),
        terminal_width: output::message_width(),
        ..ConfigOptions::default()
    };
    Ok(Config::open(Some(&files.ini), &arguments.name, options))
}
