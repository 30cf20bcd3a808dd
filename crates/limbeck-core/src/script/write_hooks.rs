//! Post-write hooks: what is to be run on a new revision file, as values. The host runs it.

use std::path::{Path, PathBuf};

use super::python_text::shell_words;
use crate::config::{Messaging, PostWriteHook, text};
use crate::error::{Error, Result};
use crate::host::ScriptHost;

/// What stands for the revision file in a hook's options.
pub const REVISION_SCRIPT_TOKEN: &str = "REVISION_SCRIPT_FILENAME";

/// The program of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookProgram {
    /// `console_scripts`: the command that an installed Python package has.
    ConsoleScript(String),
    /// `exec`: a program by its path, or by its name on the search path.
    Executable(String),
    /// `module`: a Python module, run as `python -m` does.
    Module(String),
}

/// A program to run on a revision file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookCommand {
    /// What is run.
    pub program: HookProgram,
    /// The hook's `options` as written.
    pub options: String,
    /// The directory to run it in; the present one when absent.
    pub cwd: Option<PathBuf>,
}

impl HookCommand {
    /// Reads the command of a hook whose type is `kind`.
    ///
    /// # Errors
    /// A type that is not one of the three, and a hook without the key that names its program.
    pub fn of(hook: &PostWriteHook, kind: &str) -> Result<Self> {
        let required = |key: &str| match hook.options.get(key) {
            Some(value) => Ok(value.clone()),
            None => Err(Error::command(format!(
                "Key {}.{key} is required for post write hook {}",
                hook.name,
                text::repr(&hook.name)
            ))),
        };
        let program = match kind {
            "console_scripts" => HookProgram::ConsoleScript(required("entrypoint")?),
            "exec" => HookProgram::Executable(required("executable")?),
            "module" => HookProgram::Module(required("module")?),
            _ => return Err(unknown_type(kind)),
        };
        Ok(Self {
            program,
            options: hook.options.get("options").cloned().unwrap_or_default(),
            cwd: hook.options.get("cwd").map(PathBuf::from),
        })
    }

    /// Gives the program's arguments for the revision file at `path`: the words of the options, which name the file
    /// where they want it; it comes first when they do not.
    ///
    /// # Errors
    /// Options with an open quote.
    pub fn arguments(&self, path: &Path) -> Result<Vec<String>> {
        let path = path.to_string_lossy();
        let mut words = Vec::new();
        if !self.options.contains(REVISION_SCRIPT_TOKEN) {
            words.push(REVISION_SCRIPT_TOKEN.to_owned());
        }
        words.extend(shell_words(&self.options).map_err(Error::value)?);
        Ok(words.into_iter().map(|word| word.replace(REVISION_SCRIPT_TOKEN, &path)).collect())
    }
}

/// The error for a type that nobody has registered.
fn unknown_type(kind: &str) -> Error {
    Error::command(format!("No formatter with name '{kind}' registered")).with_hint(
        "the types are console_scripts, exec, module, and those that env.py registers, which runs for new revisions \
         only with revision_environment = true or --autogenerate",
    )
}

/// Has the host run the hooks, one after another, on the revision file at `path`.
///
/// # Errors
/// A hook without a type, and what the host says.
pub(super) fn run(
    hooks: &[PostWriteHook],
    path: &Path,
    messaging: &Messaging,
    host: &dyn ScriptHost,
) -> Result<()> {
    for hook in hooks {
        let name = &hook.name;
        let shown = text::repr(name);
        let Some(kind) = hook.options.get("type") else {
            return Err(Error::command(format!(
                "Key '{name}.type' (or 'type' in toml) is required for post write hook {shown}"
            )));
        };
        messaging.status_over_lines(&format!("Running post write hook {shown}"), || {
            host.run_post_write_hook(hook, kind, path)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(options: &[(&str, &str)]) -> PostWriteHook {
        let options = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        PostWriteHook { name: "a".to_owned(), options: options.collect() }
    }

    // What the reference passes to a program for the same options.
    #[test]
    fn the_file_stands_where_the_options_name_it_or_first() {
        for (options, expected) in [
            ("", &["v/r.py"][..]),
            ("--fix", &["v/r.py", "--fix"]),
            (
                "-l 79 REVISION_SCRIPT_FILENAME \"two words\" x=REVISION_SCRIPT_FILENAME",
                &["-l", "79", "v/r.py", "two words", "x=v/r.py"],
            ),
            ("x=REVISION_SCRIPT_FILENAME", &["x=v/r.py"]),
            ("b \"\" c  #d", &["v/r.py", "b", "", "c", "#d"]),
            ("\\REVISION_SCRIPT_FILENAME a\\ b $HOME", &["v/r.py", "a b", "$HOME"]),
        ] {
            let command =
                HookCommand::of(&hook(&[("executable", "x"), ("options", options)]), "exec").unwrap();
            assert_eq!(command.arguments(Path::new("v/r.py")).unwrap(), expected, "{options}");
        }
    }

    #[test]
    fn each_type_has_a_key_that_it_requires() {
        for (kind, key) in [("console_scripts", "entrypoint"), ("exec", "executable"), ("module", "module")] {
            let error = HookCommand::of(&hook(&[]), kind).unwrap_err().to_string();
            assert_eq!(error, format!("Key a.{key} is required for post write hook 'a'"));
        }
        let command = HookCommand::of(&hook(&[("module", "black"), ("cwd", "src")]), "module").unwrap();
        assert_eq!(command.program, HookProgram::Module("black".to_owned()));
        assert_eq!(command.cwd, Some(PathBuf::from("src")));
        let error = HookCommand::of(&hook(&[]), "nosuch").unwrap_err().to_string();
        assert_eq!(error, "No formatter with name 'nosuch' registered");
    }
}
