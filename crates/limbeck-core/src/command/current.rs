//! `alembic current`

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::run::run_env;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::runtime::{ContextOptions, MigrationContext};
use crate::script::{CommandFormat, RevisionArgument, RevisionEntry, Script, ScriptDirectory};

/// Prints the revisions that the database is at; with `check_heads`, fails when these are not all heads.
///
/// # Errors
/// The database is not at its heads, or is at a revision that is not there.
pub fn current(config: &Arc<Config>, host: &dyn ScriptHost, verbose: bool, check_heads: bool) -> Result<()> {
    let own = Arc::clone(config);
    for_each_database(config, host, move |script, heads, context| {
        if verbose && let Some(connection) = context.connection() {
            own.print_stdout(&format!("Current revision(s) for {}:", connection.engine().url()));
        }
        for revision in select(script, heads, context, check_heads)? {
            own.print_stdout(&revision.cmd_format(CommandFormat { verbose, ..CommandFormat::default() }));
        }
        Ok(())
    })
}

/// The revisions that one database is at, as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentRevisions {
    /// The URL of the database, without its password; `None` where nothing is connected.
    pub url: Option<String>,
    /// Its revisions.
    pub revisions: Vec<RevisionEntry>,
}

/// The revisions that each database is at, as data.
///
/// # Errors
/// As [`current`].
pub fn current_entries(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    check_heads: bool,
) -> Result<Vec<CurrentRevisions>> {
    let found = Arc::new(Mutex::new(Vec::new()));
    for_each_database(config, host, {
        let found = Arc::clone(&found);
        move |script, heads, context| {
            let revisions = select(script, heads, context, check_heads)?;
            let database = CurrentRevisions {
                url: context.connection().map(|connection| connection.engine().url().to_string()),
                revisions: revisions.iter().map(|own| RevisionEntry::of(own, Some(true))).collect(),
            };
            found.lock().unwrap_or_else(PoisonError::into_inner).push(database);
            Ok(())
        }
    })?;
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(found)
}

/// Runs env.py, which does `work` with the rows of each database's version table.
fn for_each_database(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    work: impl Fn(&ScriptDirectory, &[String], &MigrationContext) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config_before_env(config, host)?);
    let options = ContextOptions {
        migrations_fn: Some(Arc::new({
            let script = Arc::clone(&script);
            move |heads, context| {
                work(&script, heads, context)?;
                Ok(Vec::new())
            }
        })),
        dont_mutate: true,
        ..ContextOptions::default()
    };
    run_env(config, &script, host, options)
}

fn select<'a>(
    script: &'a ScriptDirectory,
    heads: &[String],
    context: &MigrationContext,
    check_heads: bool,
) -> Result<Vec<Script<'a>>> {
    if check_heads {
        let present: BTreeSet<String> = context.get_current_heads()?.into_iter().collect();
        let wanted: BTreeSet<String> = script.get_heads(false).iter().map(ToString::to_string).collect();
        if present != wanted {
            return Err(Error::DatabaseNotAtHead);
        }
    }
    script.get_all_current(&RevisionArgument::from(heads))
}
