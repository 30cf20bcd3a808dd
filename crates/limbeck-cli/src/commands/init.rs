//! `alembic init`

use std::path::Path;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::script::template_dir::Templates;

use crate::arguments::Init;

/// Makes a script directory.
pub fn run(config: &Config, arguments: &Init) -> Result<()> {
    command::init(
        config,
        Path::new(&arguments.directory),
        &arguments.template,
        arguments.package,
        &Templates::BuiltIn,
    )
}
