//! The seam between the engine and the language that migrations are written in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::engine::Connection;

use crate::config::PostWriteHook;
use crate::error::{Error, Result};
use crate::runtime::{EnvironmentContext, MigrationContext};
use crate::script::{RevisionHeader, Script};

/// The arguments of a template, by name.
pub type TemplateArguments = IndexMap<String, TemplateValue>;

/// A value that a template can show or test.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplateValue {
    /// Python's `None`.
    None,
    /// A boolean.
    Bool(bool),
    /// A string.
    String(String),
    /// A tuple of values.
    Tuple(Vec<TemplateValue>),
    /// A list of values.
    List(Vec<TemplateValue>),
    /// An integer.
    Integer(i64),
    /// An object that only the host knows, by the number that the host has given it; rendering needs the host.
    Object(usize),
    /// A point in time, shown as Python's `datetime` shows itself.
    DateTime(jiff::civil::DateTime, Option<jiff::tz::Offset>),
}

/// The two functions of a revision file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `upgrade()`
    Upgrade,
    /// `downgrade()`
    Downgrade,
}

impl Direction {
    /// Gives the name of the function.
    #[must_use]
    pub fn function_name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

/// Runs what is written in the language of the migrations.
///
/// `limbeck-python` implements it with an embedded Python runtime.
pub trait ScriptHost {
    /// Executes the revision file at `path` and reads its header from the module's variables.
    ///
    /// Called for headers that cannot be read without executing the file.
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader>;

    /// Renders the Mako template at `template`.
    ///
    /// Besides the arguments, templates of revisions see what the host alone can give them: `config`, and `comma`, the
    /// reference's function that joins strings with `, `.
    ///
    /// # Errors
    /// A template that cannot be parsed or evaluated, with its line.
    fn render_template(&self, template: &Path, arguments: &TemplateArguments) -> Result<String>;

    /// Hears that env.py will run once the revision files, which other threads are reading, are known: time to start what
    /// it needs. What fails here fails again when it runs.
    fn expect_env(&self) {}

    /// Runs env.py, which calls back into `environment`.
    ///
    /// # Errors
    /// What env.py raises, and what the engine says when env.py calls it; a host that runs no env.py says so.
    fn run_env(&self, environment: &Arc<EnvironmentContext>) -> Result<()> {
        let _ = environment;
        Err(Error::not_implemented("this host runs no env.py"))
    }

    /// Runs a function of a revision file with `op` bound to `context`.
    ///
    /// # Errors
    /// What the function raises, and what the engine says when the function calls it; a host that runs no revisions
    /// says so.
    fn run_revision(
        &self,
        script: &Script<'_>,
        direction: Direction,
        context: &Arc<MigrationContext>,
    ) -> Result<()> {
        let _ = (script, direction, context);
        Err(Error::not_implemented("this host runs no revisions"))
    }

    /// Hears which revision files will run which of their functions, in order, before the first does: time to compile
    /// them.
    ///
    /// # Errors
    /// A file that cannot be compiled or lacks the function, before anything is changed.
    fn prepare(&self, scripts: &[(Script<'_>, Direction)]) -> Result<()> {
        let _ = scripts;
        Ok(())
    }

    /// Hears of the connection that a run is about to use, so that an interrupt can stop what it executes.
    fn watch_interrupts(&self, connection: &Connection) {
        let _ = connection;
    }

    /// Fails when the user has interrupted the run; called while the engine waits, and between steps.
    fn check_interrupts(&self) -> Result<()> {
        Ok(())
    }

    /// Runs a post-write hook of the type `kind` on the revision file at `path`.
    ///
    /// [`HookCommand`](crate::script::write_hooks::HookCommand) says what the types stand for that are not user code.
    ///
    /// # Errors
    /// A type that is not known, and a program that cannot be started. That a program fails is no error.
    fn run_post_write_hook(&self, hook: &PostWriteHook, kind: &str, path: &Path) -> Result<()> {
        let _ = (kind, path);
        Err(Error::not_implemented(format!("this host runs no post-write hooks such as '{}'", hook.name)))
    }

    /// Finds the directory of an installed Python package, for locations written as `package:directory`.
    ///
    /// Asked when the package is neither on `prepend_sys_path` nor in the working directory. A host that knows no
    /// installed packages keeps the answer `None`.
    fn package_directory(&self, package: &str) -> Result<Option<PathBuf>> {
        let _ = package;
        Ok(None)
    }
}
