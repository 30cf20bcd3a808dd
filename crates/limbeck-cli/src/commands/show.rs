//! `alembic show`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command;
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::{Format, Show};
use crate::json;

/// Shows one or more revisions.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Show) -> Result<()> {
    if arguments.format == Format::Json {
        json::print(&json::revisions(&command::show_entries(config, host, &arguments.rev)?));
        return Ok(());
    }
    command::show(config, host, &arguments.rev)
}
