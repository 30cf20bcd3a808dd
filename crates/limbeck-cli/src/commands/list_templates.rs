//! `alembic list_templates`

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::script::template_dir::Templates;

/// Lists what `init` can make a script directory of.
pub fn run(config: &Config) -> Result<()> {
    command::list_templates(config, &Templates::BuiltIn)
}
