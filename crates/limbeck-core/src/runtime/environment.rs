//! What env.py talks to: the reference's `EnvironmentContext`, known to user code as `alembic.context`.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use limbeck_sql::engine::{Connection, Value};
use limbeck_sql::expression::Statement;

use super::options::{ConfigureOptions, ContextOptions, StartingRevision};
use super::{MigrationContext, TransactionScope};
use crate::config::Config;
use crate::ddl::MessagingOutput;
use crate::error::{BuiltinError, Error, Result};
use crate::host::{ScriptHost, TemplateArguments};
use crate::script::{RevisionArgument, ScriptDirectory};

/// What the reference says when a context is needed and there is none.
const NOT_CONFIGURED: &str = "No context has been configured yet.";

/// The environment of one command, while env.py runs.
pub struct EnvironmentContext {
    config: Arc<Config>,
    script: Arc<ScriptDirectory>,
    options: Mutex<ContextOptions>,
    migration_context: Mutex<Option<Arc<MigrationContext>>>,
}

impl EnvironmentContext {
    /// Makes the environment of a command; offline SQL goes where the command's output goes, unless something else is
    /// said.
    pub fn new(config: Arc<Config>, script: Arc<ScriptDirectory>, mut options: ContextOptions) -> Arc<Self> {
        options.script = Some(Arc::clone(&script));
        options.output_buffer.get_or_insert_with(|| match config.output_buffer() {
            Some(buffer) => Arc::clone(buffer),
            None => Arc::new(MessagingOutput(Arc::clone(config.messaging()))),
        });
        Arc::new(Self { config, script, options: Mutex::new(options), migration_context: Mutex::new(None) })
    }

    /// Gives the configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Gives the script directory.
    pub fn script(&self) -> &Arc<ScriptDirectory> {
        &self.script
    }

    /// Gives a copy of the options as they now are.
    pub fn options(&self) -> ContextOptions {
        self.lock_options().clone()
    }

    /// Tells whether SQL is written rather than executed.
    pub fn is_offline_mode(&self) -> bool {
        self.lock_options().as_sql
    }

    /// Tells whether env.py has to bring a connection.
    pub fn requires_connection(&self) -> bool {
        !self.is_offline_mode()
    }

    /// Tells whether the database's DDL is taken to be transactional; on SQLite the reference says no.
    ///
    /// # Errors
    /// `configure` was not called.
    pub fn is_transactional_ddl(&self) -> Result<bool> {
        Ok(self.get_context()?.transactional_ddl())
    }

    /// Gives the head revision; nothing when there are no revisions.
    ///
    /// # Errors
    /// Several heads.
    pub fn get_head_revision(&self) -> Result<RevisionArgument> {
        self.script.as_revision_number(Some("head"))
    }

    /// Gives the head revisions.
    pub fn get_head_revisions(&self) -> Result<RevisionArgument> {
        self.script.as_revision_number(Some("heads"))
    }

    /// Gives the revision that an offline run starts from.
    ///
    /// # Errors
    /// The command knows no such thing.
    pub fn get_starting_revision_argument(&self) -> Result<RevisionArgument> {
        let starting = match self.context() {
            Some(context) => context.options().starting_rev.clone(),
            None => match self.lock_options().starting_rev.clone() {
                StartingRevision::NotApplicable => {
                    return Err(Error::command("No starting revision argument is available."));
                }
                starting => starting,
            },
        };
        if let StartingRevision::Revisions(several) = &starting {
            let given = several.join(", ");
            return Err(Error::command(format!(
                "The run starts from several revisions ({given}), not from one"
            )));
        }
        self.script.as_revision_number(starting.revision())
    }

    /// Gives the revision that the command goes to, several for `heads`. Of several revisions given to `stamp` it is the
    /// first, unresolved, as in the reference.
    ///
    /// # Errors
    /// The command goes nowhere; the reference raises `KeyError`.
    pub fn get_revision_argument(&self) -> Result<RevisionArgument> {
        let destination = self.lock_options().destination_rev.clone();
        match destination {
            None => Err(Error::key("destination_rev")),
            Some(RevisionArgument::Nothing) => Ok(RevisionArgument::Nothing),
            Some(RevisionArgument::Symbol(symbol)) => self.script.as_revision_number(Some(&symbol)),
            Some(RevisionArgument::Several(symbols)) => {
                Ok(symbols.into_iter().next().map_or(RevisionArgument::Nothing, RevisionArgument::Symbol))
            }
        }
    }

    /// Gives the `--tag`.
    pub fn get_tag_argument(&self) -> Option<String> {
        self.lock_options().tag.clone()
    }

    /// Gives the arguments of `-x`, as they were given.
    pub fn get_x_argument(&self) -> Vec<String> {
        self.config.x_arguments().to_vec()
    }

    /// Gives the arguments of `-x` as a dictionary: `name=value`, and an empty value where there is no `=`.
    pub fn get_x_argument_as_dictionary(&self) -> IndexMap<String, String> {
        self.config
            .x_arguments()
            .iter()
            .map(|argument| {
                let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }

    /// Gives the arguments for templates, with what env.py added to them.
    pub fn get_template_args(&self) -> TemplateArguments {
        self.lock_options().template_args.clone().unwrap_or_default()
    }

    /// Makes the [`MigrationContext`] of a database; a second call makes another, for a second database.
    ///
    /// # Errors
    /// No database is named, its dialect is not known, or options that do not go together.
    pub fn configure(self: &Arc<Self>, options: ConfigureOptions) -> Result<Arc<MigrationContext>> {
        let target = options.target.clone();
        let dialect_opts = options.dialect_opts.clone();
        let options = {
            let mut current = self.lock_options();
            current.apply(options);
            current.clone()
        };
        let context = MigrationContext::configure(target, &dialect_opts, options, Some(self))?;
        *self.migration_context.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&context));
        Ok(context)
    }

    /// Gives the context that `configure` made.
    ///
    /// # Errors
    /// `configure` was not called.
    pub fn get_context(&self) -> Result<Arc<MigrationContext>> {
        self.context().ok_or_else(|| Error::exception(NOT_CONFIGURED))
    }

    /// Gives the connection; `None` offline.
    ///
    /// # Errors
    /// `configure` was not called.
    pub fn get_bind(&self) -> Result<Option<Connection>> {
        Ok(self.get_context()?.bind().cloned())
    }

    /// Runs the migrations that the command asks for.
    ///
    /// Keyword arguments for `upgrade()` and `downgrade()` are the host's own affair: it knows them when it calls this.
    ///
    /// # Errors
    /// `configure` was not called, and all that a run can meet.
    pub fn run_migrations(&self, host: &dyn ScriptHost) -> Result<()> {
        let context = self
            .context()
            .ok_or_else(|| Error::Builtin { kind: BuiltinError::Assertion, message: String::new() })?;
        context.run_migrations(host)
    }

    /// Executes a statement, or writes it offline.
    ///
    /// # Errors
    /// `configure` was not called, or the database refuses the statement.
    pub fn execute(&self, statement: &Statement, execution_options: &IndexMap<String, Value>) -> Result<()> {
        self.get_context()?.execute(statement, execution_options)
    }

    /// Writes a text to the offline output.
    ///
    /// # Errors
    /// `configure` was not called.
    pub fn static_output(&self, text: &str) -> Result<()> {
        self.get_context()?.static_output(text)
    }

    /// Opens the transaction of a run.
    ///
    /// # Errors
    /// `configure` was not called.
    pub fn begin_transaction(&self) -> Result<TransactionScope> {
        self.get_context()?.begin_transaction()
    }

    /// Gives the context that was configured last.
    pub(crate) fn context(&self) -> Option<Arc<MigrationContext>> {
        self.migration_context.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock_options(&self) -> MutexGuard<'_, ContextOptions> {
        self.options.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for EnvironmentContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentContext").field("options", &*self.lock_options()).finish_non_exhaustive()
    }
}
