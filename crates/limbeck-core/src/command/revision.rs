//! `revision`: a new revision file.

use std::path::PathBuf;
use std::sync::Arc;

use super::revision_environment;
use crate::autogenerate::run_revision_environment;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::script::{GenerateRevision, Node, RevisionArgument, ScriptDirectory, naming};

/// The arguments of `revision`.
#[derive(Clone, Debug)]
pub struct RevisionOptions {
    /// What the revision does, in a sentence.
    pub message: Option<String>,
    /// The operations are found by comparing models and database.
    pub autogenerate: bool,
    /// `env.py` runs in offline mode.
    pub sql: bool,
    /// The revision it comes after, by identifier or symbol.
    pub head: RevisionArgument,
    /// It may come after a revision that is no head.
    pub splice: bool,
    /// The label or labels of the branch that starts with it.
    pub branch_label: RevisionArgument,
    /// The version location that its file goes to.
    pub version_path: Option<PathBuf>,
    /// Its identifier; a new one when absent.
    pub rev_id: Option<String>,
    /// The revisions it depends on.
    pub depends_on: Vec<String>,
}

impl Default for RevisionOptions {
    fn default() -> Self {
        Self {
            message: None,
            autogenerate: false,
            sql: false,
            head: RevisionArgument::from("head"),
            splice: false,
            branch_label: RevisionArgument::Nothing,
            version_path: None,
            rev_id: None,
            depends_on: Vec::new(),
        }
    }
}

/// The revisions whose files a command wrote.
#[derive(Debug)]
pub struct WrittenRevisions {
    /// The script directory with the new revisions in it.
    pub script: ScriptDirectory,
    /// Their places in its graph; `None` for a file whose name is no revision file's.
    pub revisions: Vec<Option<Node>>,
}

/// Writes the file of a new revision, or of several when `env.py` makes several of it.
///
/// # Errors
/// As [`ScriptDirectory::generate_revision`], what `env.py` says, and options that do not go together.
pub fn revision(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    options: &RevisionOptions,
) -> Result<WrittenRevisions> {
    let mut script = ScriptDirectory::from_config(config, host)?;
    let mut requests = vec![GenerateRevision {
        rev_id: options.rev_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(naming::rev_id),
        message: options.message.clone(),
        head: options.head.clone(),
        splice: options.splice,
        branch_label: options.branch_label.clone(),
        version_path: options.version_path.clone(),
        depends_on: options.depends_on.clone(),
        ..GenerateRevision::default()
    }];
    let environment = revision_environment(config)?;
    if options.autogenerate && options.sql {
        return Err(Error::command("Using --sql with --autogenerate does not make any sense"));
    }
    if options.sql && !environment {
        return Err(Error::command(
            "Using --sql with the revision command when revision_environment is not configured does not make any \
             sense",
        ));
    }
    if options.autogenerate || environment {
        requests = run_revision_environment(config, host, requests, options.autogenerate, options.sql)?;
    }
    let revisions =
        requests.iter().map(|request| write(&mut script, host, request)).collect::<Result<_>>()?;
    Ok(WrittenRevisions { script, revisions })
}

/// Writes one revision file.
pub(super) fn write(
    script: &mut ScriptDirectory,
    host: &dyn ScriptHost,
    request: &GenerateRevision,
) -> Result<Option<Node>> {
    script.generate_revision(host, request)
}
