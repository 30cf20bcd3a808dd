//! New revisions whose operations come from a comparison: what `revision --autogenerate` and `check` run.

use std::sync::{Arc, Mutex, PoisonError};

use super::api::populate_migration_script;
use super::context::AutogenContext;
use super::describe::{Described, diffs_repr};
use super::render::{RenderContext, render_into_template_arguments};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::{ScriptHost, TemplateArguments};
use crate::operations::{Diff, DowngradeOps, MigrationScript, UpgradeOps};
use crate::runtime::{ContextOptions, EnvironmentContext, MigrationContext};
use crate::script::{GenerateRevision, RevisionArgument, ScriptDirectory};

/// The revisions of a command while env.py runs, as the reference's `RevisionContext`.
#[derive(Default)]
pub struct RevisionContext {
    /// The scripts: one to begin with; hooks may make more of it, or none.
    pub generated_revisions: Vec<MigrationScript>,
    needs_render: bool,
    described: Described,
    last_context: Option<Arc<MigrationContext>>,
}

impl RevisionContext {
    /// Makes the context of a command that wants the given scripts: one, or none to run env.py only.
    pub fn new(scripts: Vec<MigrationScript>) -> Self {
        let with_directions = |script| MigrationScript {
            upgrade_ops: vec![UpgradeOps::default()],
            downgrade_ops: vec![DowngradeOps::default()],
            ..script
        };
        Self { generated_revisions: scripts.into_iter().map(with_directions).collect(), ..Self::default() }
    }

    /// Compares the database of `context` with the models; called again for each further database of env.py.
    ///
    /// # Errors
    /// The database is not at the heads; no models; what the comparison and the hooks say.
    pub fn run_autogenerate(&mut self, rev: &[String], context: &Arc<MigrationContext>) -> Result<()> {
        if let Some(script) = context.script() {
            let mut current = ids(script, &RevisionArgument::Several(rev.to_vec()))?;
            let mut heads = ids(script, &RevisionArgument::from("heads"))?;
            current.sort();
            current.dedup();
            heads.sort();
            if current != heads {
                return Err(Error::command("Target database is not up to date."));
            }
        }
        self.start(context)?;
        let autogen = AutogenContext::new(Arc::clone(context))?;
        let Some(script) = self.generated_revisions.last_mut() else { return Err(no_revisions()) };
        self.described.extend(populate_migration_script(&autogen, script)?);
        self.finish(rev, context)
    }

    /// Lets the hooks of env.py fill in an empty script.
    ///
    /// # Errors
    /// What the hooks raise.
    pub fn run_no_autogenerate(&mut self, rev: &[String], context: &Arc<MigrationContext>) -> Result<()> {
        if self.generated_revisions.is_empty() {
            return Ok(());
        }
        self.start(context)?;
        self.finish(rev, context)
    }

    /// Gives the script the lists for one more database.
    fn start(&mut self, context: &Arc<MigrationContext>) -> Result<()> {
        let options = context.options();
        let upgrade_token = options.upgrade_token.clone();
        let downgrade_token = options.downgrade_token.clone();
        let Some(script) = self.generated_revisions.last_mut() else { return Err(no_revisions()) };
        if self.needs_render {
            script.upgrade_ops.push(UpgradeOps { upgrade_token, ..UpgradeOps::default() });
            script.downgrade_ops.push(DowngradeOps { downgrade_token, ..DowngradeOps::default() });
        } else {
            if let Some(ops) = script.upgrade_ops.last_mut() {
                ops.upgrade_token = upgrade_token;
            }
            if let Some(ops) = script.downgrade_ops.last_mut() {
                ops.downgrade_token = downgrade_token;
            }
        }
        Ok(())
    }

    fn finish(&mut self, rev: &[String], context: &Arc<MigrationContext>) -> Result<()> {
        self.needs_render = true;
        self.last_context = Some(Arc::clone(context));
        let hooks = Arc::clone(&context.options().hooks);
        hooks.process_revision_directives(context, rev, &mut self.generated_revisions)
    }

    /// Gives the differences that the last script stands for.
    ///
    /// # Errors
    /// Operations of hooks that are no differences.
    pub fn diffs(&self) -> Result<Vec<Diff>> {
        let mut diffs = Vec::new();
        if let Some(script) = self.generated_revisions.last() {
            for ops in &script.upgrade_ops {
                diffs.extend(ops.as_diffs()?);
            }
        }
        Ok(diffs)
    }

    /// Gives the differences as Python shows them.
    ///
    /// # Errors
    /// What the `repr` of a type of user code raises.
    pub fn diffs_repr(&self, diffs: &[Diff]) -> Result<String> {
        diffs_repr(diffs, &self.described)
    }

    /// Renders the scripts and gives what is to be written, with `arguments` for the templates.
    ///
    /// # Errors
    /// As [`RenderContext::render_body`].
    pub fn into_requests(self, arguments: &TemplateArguments) -> Result<Vec<GenerateRevision>> {
        let needs_render = self.needs_render;
        let last_context = self.last_context;
        self.generated_revisions
            .into_iter()
            .map(|script| {
                let mut template_arguments = arguments.clone();
                if let (true, Some(context)) = (needs_render, &last_context) {
                    let mut render = RenderContext::new(context)?;
                    render.add_imports(&script.imports);
                    render_into_template_arguments(&mut render, &script, &mut template_arguments)?;
                }
                Ok(request(script, template_arguments))
            })
            .collect()
    }
}

/// Runs env.py for new revisions, with or without a comparison, and gives the context with what came of it, and the
/// arguments that env.py set for templates.
///
/// # Errors
/// What env.py raises, and those of [`RevisionContext::run_autogenerate`].
pub(crate) fn run_environment(
    config: &Arc<Config>,
    script: &Arc<ScriptDirectory>,
    host: &dyn ScriptHost,
    revisions: RevisionContext,
    (autogenerate, as_sql): (bool, bool),
) -> Result<(RevisionContext, TemplateArguments)> {
    let revisions = Arc::new(Mutex::new(revisions));
    let shared = Arc::clone(&revisions);
    let options = ContextOptions {
        migrations_fn: Some(Arc::new(move |rev, context| {
            let mut revisions = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if autogenerate {
                revisions.run_autogenerate(rev, context)?;
            } else {
                revisions.run_no_autogenerate(rev, context)?;
            }
            Ok(Vec::new())
        })),
        as_sql,
        template_args: Some(TemplateArguments::new()),
        ..ContextOptions::default()
    };
    let environment = EnvironmentContext::new(Arc::clone(config), Arc::clone(script), options);
    host.run_env(&environment)?;
    let arguments = environment.get_template_args();
    let mut revisions = revisions.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((std::mem::take(&mut *revisions), arguments))
}

/// Runs env.py for new revisions, with a comparison (`revision --autogenerate`) or without one
/// (`revision_environment`): gives what is then to be written.
///
/// # Errors
/// What env.py raises, and those of [`RevisionContext::run_autogenerate`].
pub(crate) fn run_revision_environment(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    requests: Vec<GenerateRevision>,
    autogenerate: bool,
    as_sql: bool,
) -> Result<Vec<GenerateRevision>> {
    // env.py may keep the directory, while the command goes on to write into its own
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    let scripts: Vec<MigrationScript> = requests.into_iter().map(migration_script).collect();
    let revisions = RevisionContext::new(scripts);
    let (revisions, arguments) = run_environment(config, &script, host, revisions, (autogenerate, as_sql))?;
    revisions.into_requests(&arguments)
}

fn no_revisions() -> Error {
    Error::command("process_revision_directives left no revision for the next database of env.py")
}

fn ids(script: &ScriptDirectory, wanted: &RevisionArgument) -> Result<Vec<String>> {
    Ok(script.get_revisions(wanted)?.iter().map(|revision| revision.id().to_string()).collect())
}

fn strings(argument: &RevisionArgument) -> Vec<String> {
    argument.as_list().unwrap_or_default().into_iter().map(str::to_owned).collect()
}

fn migration_script(wanted: GenerateRevision) -> MigrationScript {
    MigrationScript {
        rev_id: Some(wanted.rev_id),
        message: wanted.message,
        head: wanted.head.as_list().map(|revisions| revisions.join(",")),
        splice: Some(wanted.splice),
        branch_label: strings(&wanted.branch_label),
        version_path: wanted.version_path,
        depends_on: wanted.depends_on,
        ..MigrationScript::default()
    }
}

fn request(script: MigrationScript, template_arguments: TemplateArguments) -> GenerateRevision {
    GenerateRevision {
        rev_id: script.rev_id.unwrap_or_else(crate::script::naming::rev_id),
        message: script.message,
        head: RevisionArgument::from(script.head.as_deref()),
        splice: script.splice.unwrap_or_default(),
        branch_label: match script.branch_label.as_slice() {
            [] => RevisionArgument::Nothing,
            [label] => RevisionArgument::from(label.as_str()),
            labels => RevisionArgument::Several(labels.to_vec()),
        },
        version_path: script.version_path,
        depends_on: script.depends_on,
        template_arguments,
    }
}
