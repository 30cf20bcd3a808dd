//! `alembic heads`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::Heads;

/// Lists the revisions that nothing follows.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Heads) -> Result<()> {
    command::heads(config, host, arguments.verbose, arguments.resolve_dependencies)
}
