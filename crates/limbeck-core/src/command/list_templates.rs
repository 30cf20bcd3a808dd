//! `list_templates`: what `init --template` can take.

use crate::config::Config;
use crate::error::Result;
use crate::script::template_dir::Templates;

/// Prints the names of the templates and what each is for.
///
/// They come in alphabetical order; the reference lists them as the file system happens to.
///
/// # Errors
/// A directory of templates that cannot be read.
pub fn list_templates(config: &Config, templates: &Templates) -> Result<()> {
    config.print_stdout("Available templates:\n");
    for (name, synopsis) in templates.list()? {
        config.print_stdout(&format!("{name} - {synopsis}"));
    }
    config.print_stdout("\nTemplates are used via the 'init' command, e.g.:");
    config.print_stdout("\n  alembic init --template generic ./scripts");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Templates, list_templates};
    use crate::config::tests::captured;

    /// The lines are the reference's, put in order.
    #[test]
    fn the_templates_are_listed_with_their_purpose() {
        let (config, output) = captured(None, false);
        list_templates(&config, &Templates::BuiltIn).unwrap();
        assert_eq!(
            output.text(),
            "Available templates:\n\n\
             async - Generic single-database configuration with an async dbapi.\n\
             generic - Generic single-database configuration.\n\
             multidb - Rudimentary multi-database configuration.\n\
             pyproject - pyproject configuration, based on the generic configuration.\n\
             pyproject_async - pyproject configuration, with an async dbapi.\n\n\
             Templates are used via the 'init' command, e.g.:\n\n  \
             alembic init --template generic ./scripts\n"
        );
    }
}
