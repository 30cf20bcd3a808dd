//! `alembic history`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command::{self, HistoryOptions};
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;

use crate::arguments::History;

/// Lists the revisions, newest first.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &History) -> Result<()> {
    let options = HistoryOptions {
        rev_range: arguments.rev_range.clone(),
        verbose: arguments.verbose,
        indicate_current: arguments.indicate_current,
    };
    command::history(config, host, &options)
}
