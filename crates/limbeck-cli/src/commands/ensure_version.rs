//! `alembic ensure_version`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::EnsureVersion;

/// Creates the version table unless it is there.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &EnsureVersion) -> Result<()> {
    command::ensure_version(config, host, arguments.sql)
}
