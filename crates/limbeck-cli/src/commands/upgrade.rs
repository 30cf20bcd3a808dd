//! `alembic upgrade`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::Upgrade;

/// Applies migrations.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Upgrade) -> Result<()> {
    command::upgrade(config, host, &arguments.revision, arguments.sql, arguments.tag.as_deref())
}
