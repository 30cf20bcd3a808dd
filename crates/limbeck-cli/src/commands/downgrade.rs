//! `alembic downgrade`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::Downgrade;

/// Takes migrations back.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Downgrade) -> Result<()> {
    command::downgrade(config, host, &arguments.revision, arguments.sql, arguments.tag.as_deref())
}
