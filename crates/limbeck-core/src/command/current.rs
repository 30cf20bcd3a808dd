//! `alembic current`

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::run_env;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::runtime::{ContextOptions, MigrationContext};
use crate::script::{CommandFormat, RevisionArgument, ScriptDirectory};

/// Prints the revisions that the database is at; with `check_heads`, fails when these are not all heads.
///
/// # Errors
/// The database is not at its heads, or is at a revision that is not there.
pub fn current(config: &Arc<Config>, host: &dyn ScriptHost, verbose: bool, check_heads: bool) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    let options = ContextOptions {
        migrations_fn: Some(Arc::new({
            let config = Arc::clone(config);
            let script = Arc::clone(&script);
            move |heads, context| {
                print_current(&config, &script, heads, context, verbose, check_heads)?;
                Ok(Vec::new())
            }
        })),
        dont_mutate: true,
        ..ContextOptions::default()
    };
    run_env(config, &script, host, options)
}

fn print_current(
    config: &Config,
    script: &ScriptDirectory,
    heads: &[String],
    context: &MigrationContext,
    verbose: bool,
    check_heads: bool,
) -> Result<()> {
    if verbose && let Some(connection) = context.connection() {
        config.print_stdout(&format!("Current revision(s) for {}:", connection.engine().url()));
    }
    if check_heads {
        let present: BTreeSet<String> = context.get_current_heads()?.into_iter().collect();
        let wanted: BTreeSet<String> = script.get_heads(false).iter().map(ToString::to_string).collect();
        if present != wanted {
            return Err(Error::DatabaseNotAtHead);
        }
    }
    for revision in script.get_all_current(&RevisionArgument::from(heads))? {
        config.print_stdout(&revision.cmd_format(CommandFormat { verbose, ..CommandFormat::default() }));
    }
    Ok(())
}
