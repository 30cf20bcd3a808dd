//! `alembic stamp`

use std::sync::Arc;

use super::run::{run_env, split_range};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::runtime::{ContextOptions, StartingRevision};
use crate::script::{RevisionArgument, ScriptDirectory};

/// Writes `revisions` into the version table without running them; with `sql`, writes the statements instead, from a
/// starting revision in `from:to`; with `purge`, empties the version table first.
///
/// # Errors
/// Several starting revisions, revisions that are not there, and all that the database can say.
pub fn stamp(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    revisions: &[String],
    sql: bool,
    tag: Option<&str>,
    purge: bool,
) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config_before_env(config, host)?);
    let mut starting: Option<String> = None;
    let mut destinations = Vec::new();
    for revision in revisions {
        if !sql || !revision.contains(':') {
            destinations.push(revision.clone());
            continue;
        }
        let (from, to) = split_range(revision)?;
        if starting.as_ref().is_some_and(|starting| *starting != from) {
            return Err(Error::command(
                "Stamp operation with --sql only supports a single starting revision at a time",
            ));
        }
        starting = Some(from);
        destinations.push(to);
    }
    let destination = RevisionArgument::Several(destinations);
    let options = ContextOptions {
        migrations_fn: Some(Arc::new({
            let script = Arc::clone(&script);
            let destination = destination.clone();
            move |heads, _| script.stamp_revs(&destination, &RevisionArgument::from(heads))
        })),
        as_sql: sql,
        starting_rev: StartingRevision::from(starting),
        destination_rev: Some(destination),
        tag: tag.map(str::to_owned),
        purge,
        ..ContextOptions::default()
    };
    run_env(config, &script, host, options)
}
