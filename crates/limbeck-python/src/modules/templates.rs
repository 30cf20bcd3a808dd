//! Mako templates: rendered natively where that is enough, in the interpreter otherwise.

use std::path::Path;

use limbeck_core::Result;
use limbeck_core::host::TemplateArguments;
use limbeck_core::mako::{Rendering, render_file};

/// The arguments that only the host has; a template that reads one needs the interpreter.
const HOST_NAMES: &[&str] = &["config"];

/// Renders the template at `path`; `in_python` runs the Python form of those that the native renderer leaves.
///
/// # Errors
/// A template that cannot be read, parsed or evaluated.
pub(crate) fn render(
    path: &Path,
    arguments: &TemplateArguments,
    in_python: impl FnOnce(&str, &Path, &TemplateArguments) -> Result<String>,
) -> Result<String> {
    match render_file(path, arguments, HOST_NAMES)? {
        Rendering::Text(text) => Ok(text),
        Rendering::Python(translation, _) => in_python(&translation.source, path, arguments),
    }
}
