//! Execution of statements of the expression tree: compiled by the dialect, then sent to the driver.

use super::{Connection, Parameters, QueryResult, Value};
use crate::dialect::{CompileOptions, Compiled, ParamStyle};
use crate::error::{Error, Result, background};
use crate::expression::{BindParameter, Expression, InsertValues, Statement, TextClause};
use crate::types::SqlType;

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
            let parameters = if parameters.is_empty() {
                Parameters::none()
            } else {
                Parameters::Named(parameters.to_vec())
            };
            return self.execute_sql(sql, &parameters);
        }
        let compiled = self.compile(statement, parameters, options)?;
        self.execute_sql(&compiled.sql, &in_style(self.dialect().paramstyle(), compiled.parameters))
    }

    /// Compiles a statement with the values of one execution.
    fn compile(
        &self,
        statement: &Statement,
        parameters: &[(String, Value)],
        options: &CompileOptions,
    ) -> Result<Compiled> {
        let (statement, embedded) = with_parameters(statement, parameters);
        let mut compiled = self.dialect().compile_statement(&statement, options)?;
        if let Statement::Text(text) = &statement {
            check_values(text, &compiled)?;
        }
        if !embedded {
            compiled.parameters = given(compiled.parameters, parameters);
        }
        Ok(compiled)
    }

    /// Executes a statement once for each set of parameters; all sets have the keys of the first.
    pub fn execute_many(
        &self,
        statement: &Statement,
        parameter_sets: &[Vec<(String, Value)>],
    ) -> Result<QueryResult> {
        let Some(first) = parameter_sets.first() else { return self.execute(statement, &[]) };
        let style = self.dialect().paramstyle();
        if let Statement::Driver(sql) = statement {
            let sets: Vec<_> = parameter_sets.iter().cloned().map(Parameters::Named).collect();
            return self.execute_many_sql(sql, &sets);
        }
        let options = CompileOptions::default();
        let compiled = self.compile(statement, first, &options)?;
        // Types of user code turn values into others while compiling, so each set has to go through them.
        let converts = has_custom_type(statement);
        let mut sets = vec![in_style(style, compiled.parameters.clone())];
        for set in &parameter_sets[1..] {
            check_keys(first, set, sets.len())?;
            let values = if converts {
                self.compile(statement, set, &options)?.parameters
            } else {
                given(compiled.parameters.clone(), set)
            };
            sets.push(in_style(style, values));
        }
        let sql = compiled.sql;
        self.execute_many_sql(&sql, &sets)
    }
}

/// Tells whether a type of user code stands in the way between a statement's parameters and the driver.
fn has_custom_type(statement: &Statement) -> bool {
    let is_custom = |type_: &SqlType| matches!(type_, SqlType::Custom(_) | SqlType::Variant { .. });
    match statement {
        Statement::Insert(insert) => insert.table.columns.values().any(is_custom),
        Statement::Update(update) => update.table.columns.values().any(is_custom),
        Statement::Text(text) => text.binds.iter().any(|bind| bind.type_.as_ref().is_some_and(is_custom)),
        _ => false,
    }
}

/// Puts the parameters of an execution into the statement where its SQL depends on them, and tells whether it did.
fn with_parameters(statement: &Statement, parameters: &[(String, Value)]) -> (Statement, bool) {
    let mut statement = statement.clone();
    let mut embedded = true;
    match &mut statement {
        Statement::Text(text) => {
            for (name, value) in parameters {
                match text.binds.iter_mut().find(|bind| bind.key.as_deref() == Some(name)) {
                    Some(bind) => bind.value = Some(value.clone()),
                    None => text.binds.push(bind(name, value)),
                }
            }
        }
        Statement::Insert(insert) if matches!(insert.values, InsertValues::Parameters) => {
            if !parameters.is_empty() {
                let values = parameters
                    .iter()
                    .map(|(name, value)| (name.clone(), Expression::Bind(bind(name, value))))
                    .collect();
                insert.values = InsertValues::Single(values);
            }
        }
        Statement::Update(update) if update.values.is_empty() => {
            update.values = parameters
                .iter()
                .filter(|(name, _)| update.table.columns.contains_key(name))
                .map(|(name, value)| (name.clone(), Expression::Bind(bind(name, value))))
                .collect();
            embedded = false;
        }
        _ => embedded = false,
    }
    (statement, embedded)
}

fn bind(name: &str, value: &Value) -> BindParameter {
    BindParameter {
        key: Some(name.to_owned()),
        value: Some(value.clone()),
        type_: None,
        unique: false,
        expanding: false,
        literal_execute: false,
    }
}

/// Replaces compiled values by those given for the execution under the same names.
fn given(mut compiled: Vec<(String, Value)>, parameters: &[(String, Value)]) -> Vec<(String, Value)> {
    for (name, value) in &mut compiled {
        if let Some((_, replacement)) = parameters.iter().find(|(key, _)| key == name) {
            *value = replacement.clone();
        }
    }
    compiled
}

fn in_style(style: ParamStyle, parameters: Vec<(String, Value)>) -> Parameters {
    match style {
        ParamStyle::Named | ParamStyle::PyFormat => Parameters::Named(parameters),
        ParamStyle::QuestionMark | ParamStyle::Numeric | ParamStyle::NumericDollar | ParamStyle::Format => {
            Parameters::Positional(parameters.into_iter().map(|(_, value)| value).collect())
        }
    }
}

/// Checks that every `:name` of a text has a value.
fn check_values(text: &TextClause, compiled: &Compiled) -> Result<()> {
    for (name, _) in &compiled.parameters {
        let has_value = text
            .binds
            .iter()
            .any(|bind| bind.value.is_some() && bind.key.as_deref().is_some_and(|key| is_for(name, key)));
        if !has_value {
            return Err(Error::Statement(format!(
                "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter '{name}'\n[SQL: {}]\n{}",
                compiled.sql,
                background("cd3x")
            )));
        }
    }
    Ok(())
}

/// Tells whether a compiled parameter stands for the bind called `key`; an expanding one has several, `key_1`, ...
fn is_for(name: &str, key: &str) -> bool {
    name == key
        || name
            .strip_prefix(key)
            .and_then(|rest| rest.strip_prefix('_'))
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_'))
}

/// Checks that the set of parameters at `group` has the keys of the first.
fn check_keys(first: &[(String, Value)], set: &[(String, Value)], group: usize) -> Result<()> {
    for (name, _) in first {
        if !set.iter().any(|(key, _)| key == name) {
            return Err(Error::Statement(format!(
                "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter '{name}', in parameter \
                 group {group} {}",
                background("cd3x")
            )));
        }
    }
    Ok(())
}
