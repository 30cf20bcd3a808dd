//! `alembic upgrade`

use std::sync::Arc;

use super::run::{run_env, split_range};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::runtime::{ContextOptions, StartingRevision};
use crate::script::{RevisionArgument, ScriptDirectory};

/// Goes up to `revision`; with `sql`, writes the statements instead, from a starting revision in `from:to`.
///
/// # Errors
/// A range without `sql`, revisions that are not there, and all that a run can meet.
pub fn upgrade(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    revision: &str,
    sql: bool,
    tag: Option<&str>,
) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config_before_env(config, host)?);
    let (starting, destination) = if revision.contains(':') {
        if !sql {
            return Err(Error::command("Range revision not allowed"));
        }
        let (from, to) = split_range(revision)?;
        (StartingRevision::Revision(from), to)
    } else {
        (StartingRevision::None, revision.to_owned())
    };
    let options = ContextOptions {
        migrations_fn: Some(Arc::new({
            let script = Arc::clone(&script);
            let destination = RevisionArgument::Symbol(destination.clone());
            move |heads, _| script.upgrade_revs(&destination, &RevisionArgument::from(heads))
        })),
        as_sql: sql,
        starting_rev: starting,
        destination_rev: Some(RevisionArgument::Symbol(destination)),
        tag: tag.map(str::to_owned),
        ..ContextOptions::default()
    };
    run_env(config, &script, host, options)
}
