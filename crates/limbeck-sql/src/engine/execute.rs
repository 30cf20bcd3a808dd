//! Execution of statements of the expression tree: compiled by the dialect, then sent to the driver.

use std::time::Instant;

use indexmap::IndexMap;

use super::{Connection, Parameters, QueryResult, StatementOrigin, Value};
use crate::dialect::{CompileOptions, Compiled};
use crate::error::{Error, Result, background};
use crate::expression::Statement;

impl Connection {
    /// Executes a statement with parameters by name, as `Connection.execute`.
    ///
    /// Fails with `CompileError` when the dialect has no SQL for it, and as [`execute_sql`](Self::execute_sql).
    pub fn execute(&self, statement: &Statement, parameters: &[(String, Value)]) -> Result<QueryResult> {
        self.execute_with(statement, parameters, &CompileOptions::default())
    }

    /// Executes a statement as [`execute`](Self::execute), with compile options such as a schema translate map.
    pub fn execute_with(
        &self,
        statement: &Statement,
        parameters: &[(String, Value)],
        options: &CompileOptions,
    ) -> Result<QueryResult> {
        if let Statement::Driver(sql) = statement {
            return self.perform(sql, &[by_name(parameters)], false, StatementOrigin::Ddl);
        }
        let started = Instant::now();
        let compiled = self.compile(statement, parameters, options)?;
        let origin = StatementOrigin::Compiled(started.elapsed());
        self.perform(&compiled.sql, &[self.in_style(compiled.parameters)], false, origin)
    }

    /// Sends a statement of the open transaction that must change `rows` rows, without waiting for its answer where the
    /// driver can do so; the answer comes with [`take_ahead`](Self::take_ahead). Gives the result where it had to wait.
    ///
    /// What follows in the transaction waits for that answer, and is refused when the statement has failed or changed
    /// another number of rows.
    ///
    /// Fails as [`execute_with`](Self::execute_with).
    pub fn execute_ahead(
        &self,
        statement: &Statement,
        options: &CompileOptions,
        rows: i64,
    ) -> Result<Option<QueryResult>> {
        let started = Instant::now();
        let compiled = self.compile(statement, &[], options)?;
        let origin = StatementOrigin::Compiled(started.elapsed());
        self.perform_ahead(&compiled.sql, self.in_style(compiled.parameters), rows, origin)
    }

    /// Executes a statement once for each set of parameters; all sets have the keys of the first.
    pub fn execute_many(
        &self,
        statement: &Statement,
        parameter_sets: &[Vec<(String, Value)>],
    ) -> Result<QueryResult> {
        self.execute_many_with(statement, parameter_sets, &CompileOptions::default())
    }

    /// Executes a statement as [`execute_many`](Self::execute_many), with compile options.
    pub fn execute_many_with(
        &self,
        statement: &Statement,
        parameter_sets: &[Vec<(String, Value)>],
        options: &CompileOptions,
    ) -> Result<QueryResult> {
        let Some(first) = parameter_sets.first() else { return self.execute_with(statement, &[], options) };
        if let Statement::Driver(sql) = statement {
            let sets: Vec<_> = parameter_sets.iter().map(|set| by_name(set)).collect();
            return self.execute_many_sql(sql, &sets);
        }
        let started = Instant::now();
        let options = CompileOptions { for_executemany: true, ..options.clone() };
        let compiled = self.compile(statement, first, &options)?;
        if compiled.holds_values {
            let message = "'literal_execute' or 'expanding' parameters can't be used with executemany()";
            return Err(describe(Error::InvalidRequest(message.to_owned()), "", &compiled.sql));
        }
        let dialect = self.dialect();
        let sets: Vec<Parameters> = parameter_sets
            .iter()
            .enumerate()
            .map(|(group, set)| {
                let values = set.iter().cloned().collect();
                let parameters = compiled.parameters_for(&**dialect, &values).map_err(|error| {
                    describe(error, &format!(", in parameter group {group}"), &compiled.sql)
                })?;
                Ok(self.in_style(parameters))
            })
            .collect::<Result<_>>()?;
        self.perform(&compiled.sql, &sets, true, StatementOrigin::Compiled(started.elapsed()))
    }

    /// Compiles a statement with the values of one execution.
    fn compile(
        &self,
        statement: &Statement,
        parameters: &[(String, Value)],
        options: &CompileOptions,
    ) -> Result<Compiled> {
        let values: IndexMap<String, Value> = parameters.iter().cloned().collect();
        let options = self.with_own_options(options);
        let options = CompileOptions {
            column_keys: Some(values.keys().cloned().collect()),
            parameters: Some(values),
            ..options.into_owned()
        };
        self.dialect().compile_statement(statement, &options).map_err(|error| {
            if !matches!(error, Error::InvalidRequest(_)) {
                return error;
            }
            let without_values = CompileOptions { parameters: None, ..options };
            match self.dialect().compile_statement(statement, &without_values) {
                Ok(compiled) => describe(error, "", &compiled.sql),
                Err(_) => error,
            }
        })
    }

    /// Gives compiled parameters as the dialect's placeholders want them.
    pub(super) fn in_style(&self, parameters: Vec<(String, Value)>) -> Parameters {
        if self.dialect().paramstyle().is_positional() {
            Parameters::Positional(parameters.into_iter().map(|(_, value)| value).collect())
        } else {
            Parameters::Named(parameters)
        }
    }
}

/// Gives parameters for SQL in the driver's own words; none at all is not the same as an empty dictionary.
fn by_name(parameters: &[(String, Value)]) -> Parameters {
    if parameters.is_empty() { Parameters::none() } else { Parameters::Named(parameters.to_vec()) }
}

/// Turns the error about a missing value into SQLAlchemy's `StatementError`.
fn describe(error: Error, group: &str, sql: &str) -> Error {
    match error {
        Error::InvalidRequest(message) => Error::Statement(format!(
            "(sqlalchemy.exc.InvalidRequestError) {message}{group}\n[SQL: {sql}]\n{}",
            background("cd3x")
        )),
        other => other,
    }
}
