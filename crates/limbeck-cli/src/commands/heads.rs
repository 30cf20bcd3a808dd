//! `alembic heads`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::{Format, Heads};
use crate::json;

/// Lists the revisions that nothing follows.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Heads) -> Result<()> {
    if arguments.format == Format::Json {
        json::print(&json::revisions(&command::heads_entries(config, host, arguments.resolve_dependencies)?));
        return Ok(());
    }
    command::heads(config, host, arguments.verbose, arguments.resolve_dependencies)
}
