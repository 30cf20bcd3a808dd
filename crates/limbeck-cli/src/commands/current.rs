//! `alembic current`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::{Current, Format};
use crate::json;

/// Shows which revisions the database is at.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Current) -> Result<()> {
    if arguments.format == Format::Json {
        json::print(&json::current(&command::current_entries(config, host, arguments.check_heads)?));
        return Ok(());
    }
    command::current(config, host, arguments.verbose, arguments.check_heads)
}
