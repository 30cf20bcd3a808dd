//! Running the programs of post-write hooks.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limbeck_core::script::write_hooks::{HookCommand, HookProgram};
use limbeck_core::{Error, Result};

use crate::host::HostOptions;

/// A Python program that ends with 0 when the module that it is given can be found.
const FIND_MODULE: &str = "import importlib.util, sys\ntry: found = importlib.util.find_spec(sys.argv[1])\nexcept ImportError: \
     found = None\nsys.exit(found is None)";

/// Runs the program of a hook on the revision file at `path` and waits for its end, however it ends. What it prints
/// goes where Limbeck's own output goes, unless it is to be ignored.
///
/// # Errors
/// A program that cannot be found or started, and options that cannot be split into words.
pub(crate) fn run(
    command: &HookCommand,
    path: &Path,
    ignore_output: bool,
    options: &HostOptions,
) -> Result<()> {
    let (program, first): (PathBuf, Vec<&str>) = match &command.program {
        HookProgram::Executable(program) => (PathBuf::from(program), Vec::new()),
        HookProgram::ConsoleScript(name) => (console_script(name, options)?, Vec::new()),
        HookProgram::Module(name) => (interpreter_with(name, options)?, vec!["-m", name]),
    };
    let mut process = Command::new(&program);
    process.args(first).args(command.arguments(path)?);
    if let Some(directory) = &command.cwd {
        // The system's own error would not say that it is about the directory.
        std::fs::read_dir(directory).map_err(|error| Error::io(directory, error))?;
        process.current_dir(directory);
    }
    if ignore_output {
        process.stdout(Stdio::null()).stderr(Stdio::null());
    }
    // What was printed until now comes first; that nobody reads it is no failure of the hook.
    let _ = crate::output::stdout().flush();
    process.status().map(drop).map_err(|error| Error::io(program, error))
}

/// Finds the program that a Python package has installed as `name`.
fn console_script(name: &str, options: &HostOptions) -> Result<PathBuf> {
    find(&[name], options).ok_or_else(|| {
        Error::command(format!("Could not find entrypoint console_scripts.{name}")).with_hint(format!(
            "Limbeck looks for a program called '{name}' in the active virtual environment and on PATH"
        ))
    })
}

/// Finds the Python interpreter, which must have the module.
fn interpreter_with(module: &str, options: &HostOptions) -> Result<PathBuf> {
    let missing = |hint: &str| Error::command(format!("Could not find module {module}")).with_hint(hint);
    let Some(interpreter) = find(&["python3", "python"], options) else {
        return Err(missing(
            "a hook of type module needs a Python interpreter, and there is none in the active virtual environment \
             or on PATH; use type = exec for a program that needs none",
        ));
    };
    let found = Command::new(&interpreter)
        .args(["-c", FIND_MODULE, module])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Error::io(&interpreter, error))?;
    if found.success() {
        return Ok(interpreter);
    }
    Err(missing(&format!("the Python interpreter {} does not have it", interpreter.display())))
}

/// Finds the first of some programs: in the active virtual environment, then on the search path.
fn find(names: &[&str], options: &HostOptions) -> Option<PathBuf> {
    let (scripts, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
    let environment = options.virtual_environment.iter().map(|environment| environment.join(scripts));
    environment.chain(options.search_path.iter().cloned()).find_map(|directory| {
        names
            .iter()
            .map(|name| directory.join(format!("{name}{suffix}")))
            .find(|program| is_executable(program))
    })
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    program.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(program: &Path) -> bool {
    program.is_file()
}
