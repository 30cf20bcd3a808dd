//! `revision`: a new revision file.

use std::path::PathBuf;

use super::revision_environment;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::script::{
    GenerateRevision, PostWriteHookRunner, RevisionArgument, RevisionId, ScriptDirectory, naming,
};

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
    /// The label of the branch that starts with it.
    pub branch_label: Option<String>,
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
            branch_label: None,
            version_path: None,
            rev_id: None,
            depends_on: Vec::new(),
        }
    }
}

/// Runs `env.py` for new revisions: it may change them, add and remove some, and fill in what the template shows
/// (`upgrades`, `downgrades`, `imports`, and whatever `env.py` passes as template arguments).
pub type RevisionEnvironment<'a> =
    &'a mut dyn FnMut(&ScriptDirectory, &mut Vec<GenerateRevision>) -> Result<()>;

/// What commands that write revision files call on the way.
#[derive(Default)]
pub struct RevisionHooks<'a> {
    /// Called with `autogenerate`, and when the configuration sets `revision_environment`.
    pub environment: Option<RevisionEnvironment<'a>>,
    /// Called for each file when the configuration has post-write hooks.
    pub post_write: Option<PostWriteHookRunner<'a>>,
}

/// A revision whose file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRevision {
    /// The revision.
    pub revision: RevisionId,
    /// Its file.
    pub path: PathBuf,
}

/// Writes the file of a new revision, or of several when `env.py` makes several of it.
///
/// # Errors
/// As [`ScriptDirectory::generate_revision`], what `env.py` says, and options that do not go together.
pub fn revision(
    config: &Config,
    host: &dyn ScriptHost,
    options: &RevisionOptions,
    mut hooks: RevisionHooks<'_>,
) -> Result<Vec<Option<WrittenRevision>>> {
    let mut script = ScriptDirectory::from_config(config, host)?;
    let mut requests = vec![GenerateRevision {
        rev_id: options.rev_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(naming::rev_id),
        message: options.message.clone(),
        head: options.head.clone(),
        splice: options.splice,
        branch_label: RevisionArgument::from(options.branch_label.as_deref()),
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
        run_environment(&mut hooks.environment, &script, &mut requests)?;
    }
    requests.iter().map(|request| write(&mut script, host, &mut hooks, request)).collect()
}

/// Runs `env.py`, which the caller must have given a way to do.
pub(super) fn run_environment(
    environment: &mut Option<RevisionEnvironment<'_>>,
    script: &ScriptDirectory,
    requests: &mut Vec<GenerateRevision>,
) -> Result<()> {
    match environment {
        Some(run) => run(script, requests),
        None => Err(Error::command(format!(
            "{} has to run for this command, and nothing here can run it",
            script.env_py_location().display()
        ))),
    }
}

/// Writes one revision file.
pub(super) fn write(
    script: &mut ScriptDirectory,
    host: &dyn ScriptHost,
    hooks: &mut RevisionHooks<'_>,
    request: &GenerateRevision,
) -> Result<Option<WrittenRevision>> {
    // A closure of its own, so that the hook can be lent again for the next file.
    let mut run;
    let runner: Option<PostWriteHookRunner<'_>> = match &mut hooks.post_write {
        Some(post_write) => {
            run = |path: &std::path::Path,
                   configured: &[crate::config::PostWriteHook],
                   messaging: &crate::config::Messaging| {
                post_write(path, configured, messaging)
            };
            Some(&mut run)
        }
        None => None,
    };
    let written = script.generate_revision(host, runner, request)?;
    Ok(written.map(|node| {
        let revision = script.script(node).revision();
        WrittenRevision { revision: revision.id().clone(), path: revision.path().to_owned() }
    }))
}
