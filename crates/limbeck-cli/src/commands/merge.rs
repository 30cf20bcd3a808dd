//! `alembic merge`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command::{self, MergeOptions};
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;
use limbeck_core::script::RevisionArgument;

use crate::arguments::Merge;

/// Makes a revision that joins several others.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Merge) -> Result<()> {
    let options = MergeOptions {
        revisions: arguments.revisions.clone(),
        message: arguments.message.clone(),
        branch_label: RevisionArgument::from(arguments.branch_label.as_deref()),
        rev_id: arguments.rev_id.clone(),
        splice: arguments.splice,
    };
    command::merge(config, host, &options)?;
    Ok(())
}
