//! `alembic check`

use std::sync::Arc;

use crate::autogenerate::{RevisionContext, run_environment};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::operations::{Diff, MigrationScript};
use crate::script::ScriptDirectory;

/// Compares models and database as `revision --autogenerate` does, and writes nothing.
///
/// # Errors
/// There are differences: the message lists them. Otherwise as `revision --autogenerate`.
pub fn check(config: &Arc<Config>, host: &dyn ScriptHost) -> Result<()> {
    let revisions = find_differences(config, host)?;
    let diffs = revisions.diffs()?;
    if diffs.is_empty() {
        config.print_stdout("No new upgrade operations detected.");
        return Ok(());
    }
    Err(Error::command(differences_message(&revisions, &diffs)?))
}

/// Gives the sentence about differences that `check` fails with.
///
/// # Errors
/// What the `repr` of a type of user code raises.
pub fn differences_message(revisions: &RevisionContext, diffs: &[Diff]) -> Result<String> {
    Ok(format!("New upgrade operations detected: {}", revisions.diffs_repr(diffs)?))
}

/// Compares models and database, and gives what came of it.
///
/// # Errors
/// As `revision --autogenerate`.
pub fn find_differences(config: &Arc<Config>, host: &dyn ScriptHost) -> Result<RevisionContext> {
    let script = Arc::new(ScriptDirectory::from_config_before_env(config, host)?);
    let revisions = RevisionContext::new(vec![MigrationScript::default()]);
    let (revisions, _) = run_environment(config, &script, host, revisions, (true, false))?;
    Ok(revisions)
}
