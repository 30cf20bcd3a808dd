//! `alembic list_templates`

use limbeck_core::command;
use limbeck_core::config::Config;

/// Lists what `init` can make a script directory of.
pub fn run(config: &Config) {
    command::list_templates(config);
}
