//! The seam between the engine and the language that migrations are written in.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::error::Result;
use crate::script::RevisionHeader;

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
    /// A point in time, shown as Python's `datetime` shows itself.
    DateTime(jiff::civil::DateTime, Option<jiff::tz::Offset>),
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

    /// Finds the directory of an installed Python package, for locations written as `package:directory`.
    ///
    /// Asked when the package is neither on `prepend_sys_path` nor in the working directory. A host that knows no
    /// installed packages keeps the answer `None`.
    fn package_directory(&self, package: &str) -> Result<Option<PathBuf>> {
        let _ = package;
        Ok(None)
    }
}
