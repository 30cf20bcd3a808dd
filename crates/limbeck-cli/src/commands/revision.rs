//! `alembic revision`

use std::sync::Arc;

use limbeck_core::Result;
use limbeck_core::command::{self, RevisionOptions};
use limbeck_core::config::Config;
use limbeck_core::host::ScriptHost;
use limbeck_core::script::RevisionArgument;

use crate::arguments::Revision;

/// Makes a revision file.
pub fn run(config: &Arc<Config>, host: &dyn ScriptHost, arguments: &Revision) -> Result<()> {
    let options = RevisionOptions {
        message: arguments.message.clone(),
        autogenerate: arguments.autogenerate,
        sql: arguments.sql,
        head: arguments.head.as_deref().unwrap_or("head").into(),
        splice: arguments.splice,
        branch_label: RevisionArgument::from(arguments.branch_label.as_deref()),
        version_path: arguments.version_path.clone().map(Into::into),
        rev_id: arguments.rev_id.clone(),
        depends_on: arguments.depends_on.clone(),
    };
    command::revision(config, host, &options)?;
    Ok(())
}
