//! `alembic edit`

use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;

use limbeck_core::config::Config;
use limbeck_core::error::os_error_text;
use limbeck_core::host::ScriptHost;
use limbeck_core::mako::python_repr;
use limbeck_core::{Error, Result, command};

use crate::arguments::Edit;

/// The variables that may name the editor.
const VARIABLES: [&str; 2] = ["EDITOR", "VISUAL"];
/// The editors that are tried after those that the variables name.
const EDITORS: [&str; 5] = ["sensible-editor", "editor", "nano", "vim", "code"];

/// Opens revision files in the user's editor.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Edit) -> Result<()> {
    for path in command::edit(config, host, &arguments.rev)? {
        open_in_editor(&path)?;
    }
    Ok(())
}

/// Opens a file in the user's editor.
pub fn open_in_editor(path: &Path) -> Result<()> {
    let failed = |reason: String| Error::command(format!("Error executing editor ({reason})"));
    let named = VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    let mut candidates = named.chain(EDITORS.iter().map(|name| (*name).to_owned()));
    let Some(editor) = candidates.find_map(|name| find_program(&name)) else {
        let reason =
            "No suitable editor found. Please set the \"EDITOR\" or \"VISUAL\" environment variables";
        return Err(failed(reason.to_owned()));
    };
    match process::Command::new(&editor).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!(
            "Command '[{}, {}]' {}",
            python_repr(&editor.display().to_string()),
            python_repr(&path.display().to_string()),
            outcome(status)
        ))),
        Err(error) => Err(failed(format!(
            "{}{}: {}",
            error.raw_os_error().map(|number| format!("[Errno {number}] ")).unwrap_or_default(),
            os_error_text(&error),
            python_repr(&editor.display().to_string())
        ))),
    }
}

/// Says how a program ended, as Python's `CalledProcessError` does.
fn outcome(status: process::ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("died with signal {signal}.");
    }
    format!("returned non-zero exit status {}.", status.code().unwrap_or_default())
}

/// Finds a program by its name on the search path, or by its path.
fn find_program(name: &str) -> Option<PathBuf> {
    if name.is_empty() {
        return None;
    }
    if Path::new(name).is_file() {
        return Some(PathBuf::from(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|program| program.is_file())
}
