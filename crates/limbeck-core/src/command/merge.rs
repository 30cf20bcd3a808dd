//! `merge`: a new revision that comes after several others.

use std::sync::Arc;

use super::revision::{WrittenRevisions, write};
use super::revision_environment;
use crate::autogenerate::run_revision_environment;
use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{GenerateRevision, RevisionArgument, ScriptDirectory, naming};

/// The arguments of `merge`.
#[derive(Clone, Debug, Default)]
pub struct MergeOptions {
    /// The revisions to merge, by identifier or symbol.
    pub revisions: Vec<String>,
    /// What the revision does, in a sentence.
    pub message: Option<String>,
    /// The label or labels of the branch that starts with it.
    pub branch_label: RevisionArgument,
    /// Its identifier; a new one when absent.
    pub rev_id: Option<String>,
    /// It may come after revisions that are no heads.
    pub splice: bool,
}

/// Writes the revision file of a merge.
///
/// With `revision_environment`, env.py runs first, with no request to change.
///
/// # Errors
/// As [`ScriptDirectory::generate_revision`], and what `env.py` says.
pub fn merge(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    options: &MergeOptions,
) -> Result<WrittenRevisions> {
    let mut script = ScriptDirectory::from_config(config, host)?;
    if revision_environment(config)? {
        run_revision_environment(config, host, Vec::new(), false, false)?;
    }
    let request = GenerateRevision {
        rev_id: options.rev_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(naming::rev_id),
        message: options.message.clone(),
        head: RevisionArgument::Several(options.revisions.clone()),
        splice: options.splice,
        branch_label: options.branch_label.clone(),
        ..GenerateRevision::default()
    };
    let revisions = vec![write(&mut script, host, &request)?];
    Ok(WrittenRevisions { script, revisions })
}
