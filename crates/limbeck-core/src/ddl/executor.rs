//! Where statements end up: in a database, or as text in an output.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;
use limbeck_sql::dialect::{CompileOptions, DdlElement, Dialect};
use limbeck_sql::engine::{Connection, Value};
use limbeck_sql::expression::Statement;
use limbeck_sql::schema::{NamingConvention, Table};

use super::{DdlHooks, TableEvent};
use super::{Impl, SA_WARNINGS};
use crate::config::Messaging;
use crate::error::{Error, Result};
use crate::runtime::ContextOptions;

/// Where offline SQL goes.
///
/// It may be an object of user code, so it is called without any lock held.
pub trait OutputBuffer: Debug + Send + Sync {
    /// Writes a text.
    fn write(&self, text: &str) -> Result<()>;

    /// Passes on what may still be held back.
    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// An output that keeps its text.
#[derive(Debug, Default)]
pub struct TextBuffer {
    text: Mutex<String>,
}

impl TextBuffer {
    /// Gives the text so far.
    pub fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl OutputBuffer for TextBuffer {
    fn write(&self, text: &str) -> Result<()> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        Ok(())
    }
}

/// The output of commands, which `--sql` writes to unless env.py names another.
#[derive(Debug)]
pub struct MessagingOutput(pub Arc<Messaging>);

impl OutputBuffer for MessagingOutput {
    fn write(&self, text: &str) -> Result<()> {
        self.0.write_raw(text).map_err(|source| Error::io("<stdout>", source))
    }

    fn flush(&self) -> Result<()> {
        self.0.flush().map_err(|source| Error::io("<stdout>", source))
    }
}

/// Executes statements on a connection, or writes them to an output.
#[derive(Debug)]
pub struct Executor {
    dialect: Arc<dyn Dialect>,
    connection: Option<Connection>,
    as_sql: bool,
    literal_binds: bool,
    output: Option<Arc<dyn OutputBuffer>>,
    command_terminator: &'static str,
    batch_separator: String,
    naming_convention: NamingConvention,
    hooks: OnceLock<Arc<dyn DdlHooks>>,
}

impl Executor {
    /// Makes an executor for a context.
    ///
    /// # Errors
    /// `literal_binds` without `as_sql`.
    pub fn new(
        dialect: Arc<dyn Dialect>,
        connection: Option<Connection>,
        options: &ContextOptions,
        implementation: &dyn Impl,
        naming_convention: NamingConvention,
    ) -> Result<Self> {
        if options.literal_binds && !options.as_sql {
            return Err(Error::command("Can't use literal_binds setting without as_sql mode"));
        }
        let batch_separator =
            match (implementation.batch_separator(), options.batch_separators.get(dialect.name())) {
                (None, _) => "",
                (Some(_), Some(given)) => given,
                (Some(own), None) => own,
            };
        Ok(Self {
            batch_separator: batch_separator.to_owned(),
            dialect,
            connection,
            as_sql: options.as_sql,
            literal_binds: options.literal_binds,
            output: options.output_buffer.clone(),
            command_terminator: implementation.command_terminator(),
            naming_convention,
            hooks: OnceLock::new(),
        })
    }

    /// Lets a host take part in the execution of DDL; the first one that says so does.
    pub fn set_hooks(&self, hooks: Arc<dyn DdlHooks>) {
        let _ = self.hooks.set(hooks);
    }

    /// Tells the host of an event of a table.
    pub fn table_event(&self, event: TableEvent, table: &Table) -> Result<()> {
        self.hooks.get().map_or(Ok(()), |hooks| hooks.table_event(event, table))
    }

    /// Executes one of Alembic's own constructs: the SQL of user code where there is some, else what `sql` writes.
    pub fn execute_construct(
        &self,
        construct: &'static str,
        sql: impl FnOnce() -> Result<String>,
    ) -> Result<()> {
        let own = match self.hooks.get() {
            Some(hooks) => hooks.construct_sql(construct)?,
            None => None,
        };
        self.execute_sql(own.map_or_else(sql, Ok)?)
    }

    /// Gives the dialect.
    #[must_use]
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        &self.dialect
    }

    /// Gives the connection that the context was made with.
    #[must_use]
    pub fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// Tells whether SQL is written rather than executed.
    #[must_use]
    pub fn as_sql(&self) -> bool {
        self.as_sql
    }

    /// Gives the naming convention for objects without a name.
    #[must_use]
    pub fn naming_convention(&self) -> &NamingConvention {
        &self.naming_convention
    }

    /// Gives the options for compiling DDL.
    #[must_use]
    pub fn ddl_options(&self) -> CompileOptions {
        CompileOptions { naming_convention: self.naming_convention.clone(), ..CompileOptions::default() }
    }

    /// Executes a statement, or writes it; gives the number of rows that it touched, where it is known.
    pub fn execute_statement(&self, statement: &Statement) -> Result<Option<i64>> {
        self.execute_with_options(statement, &IndexMap::new())
    }

    /// Executes a statement that must change one row, without waiting for its answer where the connection need not;
    /// gives the number of rows that it changed where that is known already.
    pub fn execute_ahead(&self, statement: &Statement) -> Result<Option<i64>> {
        let sent = self.require_connection()?.execute_ahead(statement, &self.ddl_options(), 1)?;
        Ok(sent.map(|result| result.rowcount))
    }

    /// Executes a statement with `execution_options`, or writes it.
    ///
    /// `isolation_level` and `schema_translate_map` have a meaning; others pass without one, as in SQLAlchemy.
    pub fn execute_with_options(
        &self,
        statement: &Statement,
        execution_options: &IndexMap<String, Value>,
    ) -> Result<Option<i64>> {
        let mut options = self.ddl_options();
        if self.as_sql {
            options.literal_binds = self.literal_binds && !matches!(statement, Statement::Ddl(_));
            options.keep_expanding = !options.literal_binds;
            self.write_statement(statement, &options)?;
            return Ok(None);
        }
        let connection = self.require_connection()?;
        for (name, value) in execution_options {
            match (name.as_str(), value) {
                ("isolation_level", Value::Text(level)) => connection.set_isolation_level(level)?,
                // Python's `None`, the default schema, arrives as an empty name
                ("schema_translate_map", Value::Json(map)) => {
                    let entries = map.as_object().into_iter().flatten();
                    options.schema_translate_map = entries
                        .map(|(from, to)| {
                            (
                                Some(from.clone()).filter(|from| !from.is_empty()),
                                to.as_str().map(str::to_owned),
                            )
                        })
                        .collect();
                }
                _ => {}
            }
        }
        self.warn(statement);
        let result = connection.execute_with(statement, &[], &options)?;
        Ok(Some(result.rowcount))
    }

    /// Executes a statement with all its values as literals, or writes it so.
    pub fn write_with_literals(&self, statement: &Statement) -> Result<()> {
        self.write_statement(statement, &CompileOptions { literal_binds: true, ..self.ddl_options() })
    }

    /// Executes a statement once for each set of parameters.
    pub fn execute_many(&self, statement: &Statement, sets: &[Vec<(String, Value)>]) -> Result<()> {
        self.require_connection()?.execute_many(statement, sets)?;
        Ok(())
    }

    /// Executes a DDL element, or writes it.
    pub fn execute_ddl(&self, element: DdlElement) -> Result<()> {
        if let Some(hooks) = self.hooks.get()
            && let Some(sql) = hooks.element_sql(&element)?
        {
            return self.execute_sql(sql);
        }
        self.execute_statement(&Statement::Ddl(Box::new(element))).map(drop)
    }

    /// Executes SQL that is compiled already, or writes it.
    pub fn execute_sql(&self, sql: String) -> Result<()> {
        if self.as_sql {
            return self.write_sql(&sql);
        }
        self.require_connection()?.execute(&Statement::Driver(sql), &[])?;
        Ok(())
    }

    /// Writes a text and an empty line to the output.
    ///
    /// # Errors
    /// The context has no output.
    pub fn static_output(&self, text: &str) -> Result<()> {
        let Some(output) = &self.output else {
            return Err(Error::exception("this context has no output_buffer to write SQL to"));
        };
        output.write(&format!("{text}\n\n"))?;
        output.flush()
    }

    fn write_statement(&self, statement: &Statement, options: &CompileOptions) -> Result<()> {
        let compiled = match statement {
            // Nothing selects it: the reference writes an expression as it stands.
            Statement::Expression(expression) => self.dialect.compile_expression(expression, options)?,
            statement => self.dialect.compile_statement(statement, options)?,
        };
        self.warn(statement);
        self.write_sql(&compiled.sql)
    }

    /// Says what the dialect warns of.
    fn warn(&self, statement: &Statement) {
        if let Statement::Ddl(element) = statement {
            for warning in self.dialect.warnings(element.without_convention()) {
                log::warn!(target: SA_WARNINGS, "{warning}");
            }
        }
    }

    fn write_sql(&self, sql: &str) -> Result<()> {
        let sql = sql.replace('\t', "    ");
        self.static_output(&format!("{}{}", sql.trim(), self.command_terminator))?;
        self.end_batch()
    }

    /// Writes what ends a batch of statements to the output, where the dialect has it.
    pub fn end_batch(&self) -> Result<()> {
        if self.batch_separator.is_empty() { Ok(()) } else { self.static_output(&self.batch_separator) }
    }

    fn require_connection(&self) -> Result<&Connection> {
        self.connection
            .as_ref()
            .ok_or_else(|| Error::exception("this context has no connection, and is not in offline mode"))
    }
}
