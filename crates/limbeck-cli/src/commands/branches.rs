//! `alembic branches`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::Branches;

/// Lists the revisions where the history branches.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Branches) -> Result<()> {
    command::branches(config, host, arguments.verbose)
}
