//! `alembic check`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

/// Fails if the models and the database differ.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost) -> Result<()> {
    command::check(config, host)
}
