//! What commands that run env.py share.

use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::runtime::{ContextOptions, EnvironmentContext};
use crate::script::{RevisionArgument, ScriptDirectory};

/// Runs env.py with the options of a command.
pub(super) fn run_env(
    config: &Arc<Config>,
    script: &Arc<ScriptDirectory>,
    host: &dyn ScriptHost,
    options: ContextOptions,
) -> Result<()> {
    let environment = EnvironmentContext::new(Arc::clone(config), Arc::clone(script), options);
    let outcome = host.run_env(&environment);
    if let (Err(_), Some(context)) = (&outcome, environment.context()) {
        context.settle_for_environment();
    }
    outcome
}

/// Runs env.py, which does `work` with the revisions that the database is at where it calls `run_migrations()`.
pub(super) fn with_current_heads(
    config: &Arc<Config>,
    script: &Arc<ScriptDirectory>,
    host: &dyn ScriptHost,
    work: impl Fn(&RevisionArgument) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let options = ContextOptions {
        migrations_fn: Some(Arc::new(move |heads, _context| {
            work(&RevisionArgument::Several(heads.to_vec()))?;
            Ok(Vec::new())
        })),
        ..ContextOptions::default()
    };
    run_env(config, script, host, options)
}

/// Runs env.py as [`with_current_heads`] does and returns what `work` made, once for each database.
pub(super) fn collect_with_current_heads<T: Send + 'static>(
    config: &Arc<Config>,
    script: &Arc<ScriptDirectory>,
    host: &dyn ScriptHost,
    work: impl Fn(&RevisionArgument) -> Result<T> + Send + Sync + 'static,
) -> Result<Vec<T>> {
    let made = Arc::new(Mutex::new(Vec::new()));
    with_current_heads(config, script, host, {
        let made = Arc::clone(&made);
        move |heads| {
            let value = work(heads)?;
            made.lock().unwrap_or_else(PoisonError::into_inner).push(value);
            Ok(())
        }
    })?;
    let made = std::mem::take(&mut *made.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(made)
}

/// Runs env.py for the revisions that the database is at.
pub(super) fn current_heads(
    config: &Arc<Config>,
    script: &Arc<ScriptDirectory>,
    host: &dyn ScriptHost,
) -> Result<RevisionArgument> {
    let found: Arc<Mutex<RevisionArgument>> = Arc::new(Mutex::new(RevisionArgument::Several(Vec::new())));
    with_current_heads(config, script, host, {
        let found = Arc::clone(&found);
        move |heads| {
            *found.lock().unwrap_or_else(PoisonError::into_inner) = heads.clone();
            Ok(())
        }
    })?;
    let heads = found.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(heads)
}

/// Splits `from:to`; the reference splits off two parts at most, and fails on a third.
pub(super) fn split_range(revision: &str) -> Result<(String, String)> {
    let mut parts = revision.splitn(3, ':');
    let from = parts.next().unwrap_or_default().to_owned();
    let to = parts.next().unwrap_or_default().to_owned();
    match parts.next() {
        None => Ok((from, to)),
        Some(_) => Err(crate::error::Error::value("too many values to unpack (expected 2)")),
    }
}
