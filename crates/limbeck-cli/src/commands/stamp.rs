//! `alembic stamp`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::Stamp;

/// Records that the database is at a revision.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Stamp) -> Result<()> {
    let tag = arguments.tag.as_deref();
    command::stamp(config, host, &arguments.revisions, arguments.sql, tag, arguments.purge)
}
