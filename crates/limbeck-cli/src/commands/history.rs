//! `alembic history`

use std::sync::Arc;

use limbeck_core::command::{self, HistoryOptions};
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;
use limbeck_core::{Error, Result};

use crate::arguments::{Format, History};
use crate::{graph, json};

/// Lists the revisions, newest first.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &History) -> Result<()> {
    let options = HistoryOptions {
        rev_range: arguments.rev_range.clone(),
        verbose: arguments.verbose,
        indicate_current: arguments.indicate_current,
    };
    match (arguments.format, arguments.graph) {
        (Format::Text, false) => command::history(config, host, &options)?,
        (Format::Text, true) => {
            for rows in command::history_graph(config, host, &options)? {
                if !rows.is_empty() {
                    config.print_stdout(graph::picture(&rows).trim_end_matches('\n'));
                }
            }
        }
        (Format::Json, false) => {
            json::print(&json::revisions(&command::history_entries(config, host, &options)?));
        }
        (Format::Json, true) => {
            return Err(Error::command("--graph is text; it does not go with --format json"));
        }
    }
    Ok(())
}
