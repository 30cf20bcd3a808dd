//! Mako templates, as `script.py.mako` uses them: text to tree, tree to Python source, and a native
//! renderer for simple templates. It executes no Python.
//!
//! The subset: `${expression | filters}`, `%` control lines, `##` comments, `<%doc>`, `<% %>`, `<%! %>`,
//! `<%text>`, `<%def>`, `<%block>`, `<%page>` and `\` line joins, each as Mako 1.4.3 treats it. Other tags are errors
//! that name them.

use std::path::Path;

use crate::error::{Error, Result};
use crate::host::TemplateArguments;

mod evaluate;
mod functions;
mod identifiers;
mod parse;
mod python;
mod tags;
mod translate;
mod value;

#[cfg(test)]
mod recorded;

pub use evaluate::{Evaluation, Unsupported, evaluate};
pub use identifiers::Names;
pub use parse::{Clause, Node, Template};
pub use tags::{Def, Page};
pub use translate::{Translation, translate};
pub use value::repr_of_string as python_repr;

/// A template that cannot be parsed or rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct TemplateError {
    /// The name that the template was parsed under, normally its path.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Where on the line the piece begins, counted from 1 in characters; none where Mako says nothing.
    pub column: Option<usize>,
    /// What is wrong, in Mako's wording where it has one.
    pub message: String,
    /// Which of Mako's exceptions it is.
    pub class: TemplateErrorClass,
}

/// The exceptions that Mako has for templates that it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateErrorClass {
    /// `SyntaxException`: text or Python that cannot be parsed.
    Syntax,
    /// `CompileException`: a tag that cannot be as it is.
    Compile,
    /// `NameConflictError`: a name that is Mako's own; no line is known.
    NameConflict,
}

impl TemplateErrorClass {
    /// Gives the class's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "SyntaxException",
            Self::Compile => "CompileException",
            Self::NameConflict => "NameConflictError",
        }
    }
}

impl TemplateError {
    fn sentence(&self) -> String {
        let Self { file, line, column, message, class } = self;
        match (class, column) {
            (TemplateErrorClass::NameConflict, _) => message.clone(),
            (_, None) => format!("{message} in file '{file}' at line: {line}"),
            (_, Some(column)) => format!("{message} in file '{file}' at line: {line} char: {column}"),
        }
    }
}

/// What came of rendering a template without Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// The output.
    Text(String),
    /// The source of a Python module whose `render(arguments)` gives the output, and why that is needed.
    Python(Translation, Unsupported),
}

/// Renders the template at `path`, or translates it when it needs Python.
///
/// `host_names` are arguments that only the host has, as for [`evaluate`].
///
/// # Errors
/// A file that cannot be read or is not UTF-8, and a template that cannot be parsed.
pub fn render_file(path: &Path, arguments: &TemplateArguments, host_names: &[&str]) -> Result<Rendering> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let template = Template::parse(text, &path.display().to_string())?;
    Ok(match evaluate(&template, arguments, host_names) {
        Evaluation::Rendered(output) => Rendering::Text(output),
        Evaluation::Unsupported(reason) => Rendering::Python(translate(&template)?, reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::TemplateValue;

    fn render(text: &str) -> Result<Rendering> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("script.py.mako");
        std::fs::write(&path, text).unwrap();
        let arguments = TemplateArguments::from([("x".to_owned(), TemplateValue::String("v".to_owned()))]);
        render_file(&path, &arguments, &["config"])
    }

    #[test]
    fn a_simple_template_needs_no_python() {
        assert_eq!(render("\u{feff}a ${x}\n").unwrap(), Rendering::Text("a v\n".to_owned()));
    }

    #[test]
    fn an_argument_of_the_host_needs_python() {
        let Rendering::Python(translation, reason) = render("a\n${config.x}\n").unwrap() else { panic!() };
        assert!(translation.source.contains("__M_writer(str(config.x))"));
        assert_eq!((reason.line, reason.what.as_str()), (2, "the argument 'config'"));
    }

    #[test]
    fn a_broken_template_is_named_with_its_line() {
        let error = render("a\n% if x:\n").unwrap_err().to_string();
        assert!(error.starts_with("Unterminated control keyword: 'if' in file '"), "{error}");
        assert!(error.ends_with("script.py.mako' at line: 2 char: 1"), "{error}");
    }
}
