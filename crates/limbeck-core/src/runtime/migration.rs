//! The context of one database: what it holds now, and how a run changes it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use indexmap::IndexMap;
use limbeck_sql::dialect::Dialect;
use limbeck_sql::engine::{Connection, Transaction, Url, Value};
use limbeck_sql::expression::{Select, Statement};
use limbeck_sql::reflection::Inspector;
use limbeck_sql::schema::{Identifier, NamingConvention, Table};

use super::heads::HeadMaintainer;
use super::options::ContextOptions;
use super::run::Progress;
use super::scope::{AutocommitBlock, Entered, TransactionScope};
use super::{EnvironmentContext, version_table};
use crate::config::Config;
use crate::ddl::{self, Executor, Impl};
use crate::error::{Error, Result};
use crate::operations::SchemaObjects;
use crate::script::{RevisionArgument, ScriptDirectory};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.runtime.migration";

/// The database that a context is for: the reference looks at them in this order.
#[derive(Clone, Debug, Default)]
pub enum DatabaseTarget {
    /// Nothing was named.
    #[default]
    None,
    /// `connection`
    Connection(Connection),
    /// `url`
    Url(Url),
    /// `dialect_name`
    DialectName(String),
    /// `dialect`
    Dialect(Arc<dyn Dialect>),
}

/// A database, or an output for SQL in its place, from the engine's point of view.
pub struct MigrationContext {
    executor: Executor,
    implementation: Arc<dyn Impl>,
    options: ContextOptions,
    environment: Option<Weak<EnvironmentContext>>,
    in_external_transaction: bool,
    transaction: Mutex<Option<Transaction>>,
    version: Table,
    pub(super) progress: Mutex<Progress>,
}

impl MigrationContext {
    /// Makes a context, and logs what it is.
    ///
    /// # Errors
    /// No database is named, its dialect is not known, or options that do not go together.
    pub fn configure(
        target: DatabaseTarget,
        dialect_opts: &IndexMap<String, Value>,
        options: ContextOptions,
        environment: Option<&Arc<EnvironmentContext>>,
    ) -> Result<Arc<Self>> {
        let (dialect, connection) = match target {
            DatabaseTarget::Connection(connection) => (Arc::clone(connection.dialect()), Some(connection)),
            DatabaseTarget::Url(url) => (ddl::dialect_of_url(&url, dialect_opts)?, None),
            DatabaseTarget::DialectName(name) => {
                (ddl::dialect_of_url(&Url::parse(&format!("{name}://"))?, dialect_opts)?, None)
            }
            DatabaseTarget::Dialect(dialect) => (dialect, None),
            DatabaseTarget::None => {
                return Err(Error::exception("Connection, url, or dialect_name is required."));
            }
        };
        let implementation = ddl::by_dialect_name(dialect.name())?;
        let in_external_transaction =
            !options.as_sql && connection.as_ref().is_some_and(Connection::in_transaction);
        let environment = environment.map(Arc::downgrade);
        let executor = Executor::new(
            dialect,
            connection,
            &options,
            implementation.as_ref(),
            naming_convention(&options)?,
        )?;
        if let (Some(transactional), Some(connection), false) =
            (options.transactional_ddl, executor.connection(), options.as_sql)
        {
            connection.set_transactional_ddl(transactional)?;
        }
        let version = implementation.version_table_impl(&options.version_table);
        let context = Self {
            executor,
            implementation,
            options,
            environment,
            in_external_transaction,
            transaction: Mutex::new(None),
            version,
            progress: Mutex::default(),
        };
        log::info!(target: LOG, "Context impl {}.", context.implementation.class_name());
        if context.as_sql() {
            log::info!(target: LOG, "Generating static SQL");
        }
        let kind = if context.transactional_ddl() { "transactional" } else { "non-transactional" };
        log::info!(target: LOG, "Will assume {kind} DDL.");
        Ok(Arc::new(context))
    }

    /// Tells whether SQL is written rather than executed.
    pub fn as_sql(&self) -> bool {
        self.options.as_sql
    }

    /// Gives the options.
    pub fn options(&self) -> &ContextOptions {
        &self.options
    }

    /// Gives the dialect.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        self.executor.dialect()
    }

    /// Gives the connection; `None` offline.
    pub fn bind(&self) -> Option<&Connection> {
        if self.as_sql() { None } else { self.executor.connection() }
    }

    /// Gives the connection; `None` offline.
    pub fn connection(&self) -> Option<&Connection> {
        self.bind()
    }

    /// Gives the DDL implementation of the database.
    pub fn implementation(&self) -> &Arc<dyn Impl> {
        &self.implementation
    }

    /// Gives what executes or writes statements.
    pub fn executor(&self) -> &Executor {
        &self.executor
    }

    /// Gives the script directory, when there is one.
    pub fn script(&self) -> Option<&Arc<ScriptDirectory>> {
        self.options.script.as_ref()
    }

    /// Gives the environment, while it exists.
    pub fn environment_context(&self) -> Option<Arc<EnvironmentContext>> {
        self.environment.as_ref().and_then(Weak::upgrade)
    }

    /// Gives the configuration of the environment, when there is one.
    pub fn config(&self) -> Option<Arc<Config>> {
        self.environment_context().map(|environment| Arc::clone(environment.config()))
    }

    /// Tells whether the database's DDL is taken to be transactional.
    ///
    /// This is what the reference says; on SQLite it says no, although a run of Limbeck is one transaction there.
    pub fn transactional_ddl(&self) -> bool {
        self.options.transactional_ddl.unwrap_or_else(|| self.dialect().transactional_ddl())
    }

    /// Tells whether a run rolls back as a whole.
    pub(super) fn runs_in_transaction(&self) -> bool {
        if self.as_sql() {
            return self.transactional_ddl();
        }
        self.options.transactional_ddl.unwrap_or_else(|| self.dialect().runs_ddl_in_transactions())
    }

    /// Gives the maker of schema objects, with the naming convention of the target metadata.
    pub fn schema_objects(&self) -> SchemaObjects {
        SchemaObjects {
            naming_convention: self.executor.naming_convention().clone(),
            dialect: Some(Arc::clone(self.dialect())),
        }
    }

    /// Opens the transaction of a run.
    ///
    /// # Errors
    /// The connection is closed.
    pub fn begin_transaction(self: &Arc<Self>) -> Result<TransactionScope> {
        self.begin(false)
    }

    /// Opens the transaction of one revision, where the context has one for each.
    ///
    /// # Errors
    /// The connection is closed.
    pub fn begin_migration_transaction(self: &Arc<Self>) -> Result<TransactionScope> {
        self.begin(true)
    }

    /// Opens the transaction of a run, or that of one revision.
    fn begin(self: &Arc<Self>, per_migration: bool) -> Result<TransactionScope> {
        let nothing = || Ok(TransactionScope::nothing(Arc::clone(self)));
        if self.in_external_transaction {
            return nothing();
        }
        let transactional = self.runs_in_transaction();
        let now = if transactional {
            per_migration == self.options.transaction_per_migration
        } else {
            per_migration
        };
        if self.as_sql() {
            return if transactional && now {
                Ok(TransactionScope::written(Arc::clone(self)))
            } else {
                nothing()
            };
        }
        if !now {
            // Where the reference commits each revision, an env.py without `begin_transaction` works, and has to.
            let alone = per_migration && !self.transactional_ddl() && !self.has_transaction();
            if !alone {
                return nothing();
            }
        } else if !transactional && self.has_transaction() {
            return nothing();
        }
        let Some(connection) = self.executor.connection() else { return nothing() };
        self.put_transaction(begin_safely(connection)?);
        Ok(TransactionScope::begun(Arc::clone(self)))
    }

    /// Gives a block in which each statement is committed by itself.
    pub fn autocommit_block(self: &Arc<Self>) -> AutocommitBlock {
        AutocommitBlock::new(Arc::clone(self))
    }

    pub(super) fn enter_autocommit(&self) -> Result<Entered> {
        if self.as_sql() {
            if self.transactional_ddl() {
                self.emit_commit()?;
            }
            return Ok(Entered { had_transaction: false, isolation_level: None });
        }
        let Some(connection) = self.executor.connection() else {
            return Ok(Entered { had_transaction: false, isolation_level: None });
        };
        let had_transaction = connection.in_transaction();
        if had_transaction {
            let Some(transaction) = self.take_transaction() else {
                return Err(Error::assertion(
                    "an autocommit_block() cannot end a transaction that env.py began by itself",
                ));
            };
            transaction.commit()?;
            self.note_commit();
        }
        let level = connection.get_isolation_level()?;
        connection.set_isolation_level("AUTOCOMMIT")?;
        connection.begin()?;
        Ok(Entered { had_transaction, isolation_level: Some(level) })
    }

    pub(super) fn exit_autocommit(&self, entered: &Entered) -> Result<()> {
        if let (Some(connection), Some(level)) = (self.executor.connection(), &entered.isolation_level) {
            connection.commit()?;
            self.note_commit();
            connection.set_isolation_level(level)?;
            if entered.had_transaction {
                self.put_transaction(connection.begin()?);
            }
        } else if self.as_sql() && self.transactional_ddl() {
            self.emit_begin()?;
        }
        Ok(())
    }

    pub(super) fn take_transaction(&self) -> Option<Transaction> {
        self.transaction.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put_transaction(&self, transaction: Transaction) {
        *self.transaction.lock().unwrap_or_else(PoisonError::into_inner) = Some(transaction);
    }

    pub(super) fn has_transaction(&self) -> bool {
        self.transaction.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells whether env.py has begun a transaction before it made this context.
    pub(super) fn is_in_external_transaction(&self) -> bool {
        self.in_external_transaction
    }

    /// Tells whether all steps share a transaction that is begun: the run's own, or one of env.py.
    pub(super) fn is_one_transaction(&self) -> bool {
        self.in_external_transaction || self.has_transaction()
    }

    pub(super) fn emit_begin(&self) -> Result<()> {
        self.implementation.emit_begin(&self.executor)
    }

    pub(super) fn emit_commit(&self) -> Result<()> {
        self.implementation.emit_commit(&self.executor)
    }

    /// Gives the revision that the database is at.
    ///
    /// # Errors
    /// It is at several.
    pub fn get_current_revision(&self) -> Result<Option<String>> {
        let mut heads = self.get_current_heads()?;
        if heads.len() > 1 {
            return Err(Error::command(format!(
                "Version table '{}' has more than one head present; please use get_current_heads()",
                self.options.version_table.name
            )));
        }
        Ok(heads.pop())
    }

    /// Gives the revisions that the database is at; offline, the one that the run starts from.
    ///
    /// # Errors
    /// A starting revision was given, and there is a database to ask.
    pub fn get_current_heads(&self) -> Result<Vec<String>> {
        let starting = self.options.starting_rev.revisions();
        if self.as_sql() {
            let starting = starting.iter().filter(|revision| *revision != "base");
            return match self.script() {
                None => Ok(starting.cloned().collect()),
                Some(script) => starting
                    .map(|revision| {
                        let found = script.get_revision(Some(revision))?.ok_or_else(|| {
                            Error::assertion(format!("the starting revision '{revision}' names no revision"))
                        })?;
                        Ok(found.revision().id().to_string())
                    })
                    .collect(),
            };
        }
        if starting.iter().any(|revision| !revision.is_empty()) {
            return Err(Error::command(
                "Can't specify current_rev to context when using a database connection",
            ));
        }
        self.heads_on(self.require_connection()?)
    }

    /// Reads the revisions that the version table holds on any connection to its database.
    pub(super) fn heads_on(&self, connection: &Connection) -> Result<Vec<String>> {
        let table = &self.options.version_table;
        let schema = table.schema.as_ref().map(Identifier::as_str);
        if !Inspector::new(connection)?.has_table(table.name.as_str(), schema)? {
            return Ok(Vec::new());
        }
        let select = Statement::Select(Box::new(Select {
            columns: vec![version_table::column_expression(&self.version)],
            ..Select::default()
        }));
        let rows = connection.execute(&select, &[])?.rows;
        Ok(rows
            .into_iter()
            .filter_map(|row| row.into_iter().next())
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect())
    }

    /// Tells whether the version table exists.
    pub fn has_version_table(&self) -> Result<bool> {
        let table = &self.options.version_table;
        let mut inspector = Inspector::new(self.require_connection()?)?;
        Ok(inspector.has_table(table.name.as_str(), table.schema.as_ref().map(Identifier::as_str))?)
    }

    /// Makes the version table where there is none; with `purge`, empties it. Offline it writes the statements.
    pub fn ensure_version_table(&self, purge: bool) -> Result<()> {
        if self.as_sql() {
            self.create_version_table()?;
            if purge {
                self.executor.execute_statement(&version_table::delete_all(&self.version))?;
            }
            return Ok(());
        }
        let connection = self.require_connection()?;
        let transaction = if connection.in_transaction() { None } else { Some(connection.begin_guarded()?) };
        self.ensure_version_table_in_transaction(purge)?;
        if let Some(transaction) = transaction {
            transaction.commit()?;
        }
        Ok(())
    }

    fn ensure_version_table_in_transaction(&self, purge: bool) -> Result<()> {
        if !self.has_version_table()? {
            self.create_version_table()?;
        }
        if purge {
            self.executor.execute_statement(&version_table::delete_all(&self.version))?;
        }
        Ok(())
    }

    pub(super) fn create_version_table(&self) -> Result<()> {
        self.executor.execute_ddl(version_table::create(&self.version)).map(drop)
    }

    /// Writes revisions into the version table without running them.
    ///
    /// # Errors
    /// Revisions that the script directory does not have.
    pub fn stamp(self: &Arc<Self>, script: &ScriptDirectory, revision: &RevisionArgument) -> Result<()> {
        let heads = self.get_current_heads()?;
        if !self.as_sql() && heads.is_empty() {
            self.ensure_version_table(false)?;
        }
        let mut maintainer = HeadMaintainer::new(&heads);
        for step in script.stamp_revs(revision, &RevisionArgument::Several(heads))? {
            maintainer.update_to_step(self, &step, script.revision_map(), false)?;
        }
        Ok(())
    }

    /// Executes a statement, or writes it offline.
    pub fn execute(&self, statement: &Statement, execution_options: &IndexMap<String, Value>) -> Result<()> {
        self.executor.execute_with_options(statement, execution_options).map(drop)
    }

    /// Writes a text and an empty line to the offline output.
    pub fn static_output(&self, text: &str) -> Result<()> {
        self.executor.static_output(text)
    }

    /// Gives the version table.
    pub fn version_table(&self) -> &Table {
        &self.version
    }

    pub(super) fn require_script(&self) -> Result<&Arc<ScriptDirectory>> {
        self.script().ok_or_else(|| {
            Error::exception("this MigrationContext has no script directory whose revisions it could run")
        })
    }

    pub(super) fn require_connection(&self) -> Result<&Connection> {
        self.executor.connection().ok_or_else(|| {
            Error::assertion("This MigrationContext has no connection, and is not in offline mode")
        })
    }
}

impl fmt::Debug for MigrationContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationContext")
            .field("dialect", &self.dialect().name())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Gives the naming convention of the target metadata, or SQLAlchemy's default.
fn naming_convention(options: &ContextOptions) -> Result<NamingConvention> {
    match &options.target_metadata {
        Some(metadata) => Ok(metadata.naming_convention()?.unwrap_or_default()),
        None => Ok(NamingConvention::default()),
    }
}

/// Gives the transaction that a statement began by itself, or begins one.
fn begin_safely(connection: &Connection) -> Result<Transaction> {
    match connection.get_transaction() {
        Some(transaction) => Ok(transaction),
        None => Ok(connection.begin()?),
    }
}
