//! `alembic branches`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::{Branches, Format};
use crate::json;

/// Lists the revisions where the history branches.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Branches) -> Result<()> {
    if arguments.format == Format::Json {
        json::print(&json::revisions(&command::branches_entries(config, host)?));
        return Ok(());
    }
    command::branches(config, host, arguments.verbose)
}
