//! Mako templates, as `script.py.mako` uses them: text to tree, tree to Python source, and a native
//! renderer for simple templates. It executes no Python.
//!
//! The subset: `${expression | filters}`, `%` control lines, `##` comments, `<%doc>`, `<% %>`, `<%! %>`,
//! `<%text>` and `\` line joins, each as Mako 1.4.3 treats it. Other tags are errors that name them.

mod evaluate;
mod identifiers;
mod parse;
mod python;
mod translate;
mod value;

#[cfg(test)]
mod recorded;

pub use evaluate::{Evaluation, Unsupported, evaluate};
pub use identifiers::Names;
pub use parse::{Clause, Node, Template};
pub use translate::{Translation, translate};
pub use value::repr_of_string as python_repr;

/// A template that cannot be parsed or rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} in file '{file}' at line: {line}")]
pub struct TemplateError {
    /// The name that the template was parsed under, normally its path.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, in Mako's wording where it has one.
    pub message: String,
}

impl From<TemplateError> for crate::Error {
    fn from(error: TemplateError) -> Self {
        Self::command(format!("Template rendering failed; {error}"))
    }
}
