//! INSERT, UPDATE and DELETE.

use crate::dialect::{no_literal_renderer, push_args};
use indexmap::IndexMap;

use super::select::table_key;
use super::{Bind, StatementCompiler, select};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::{
    BindParameter, Delete, Expression, FromClause, Insert, InsertValues, RowLimit, TableClause, Update,
};
use crate::schema::{Identifier, IndexExpression};
use crate::types::{Affinity, SqlType};

/// A column that a statement sets, and the SQL of its value.
struct Assignment {
    column: String,
    sql: String,
    /// Whether the value is SQL of its own rather than a parameter.
    is_expression: bool,
}

impl StatementCompiler<'_> {
    /// Writes an INSERT.
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<String> {
        self.omit_table_names = self.options.omit_table_names;
        let table = &insert.table;
        let outer_hints = self.take_hints(&insert.words, Some(table));
        let name = TableClause { alias: None, ..table.clone() };
        let mut sql = format!("INSERT {}INTO {}", self.prefixes(&insert.words)?, self.table(&name)?);
        self.hints = outer_hints;
        let mut assigned: Vec<Assignment> = Vec::new();
        let (columns, values) = match &insert.values {
            InsertValues::Select(columns, query) => {
                for column in columns {
                    column_type(table, column)?;
                }
                let mut names: Vec<String> =
                    columns.iter().map(|name| self.quote(&Identifier::new(name.as_str()))).collect();
                let mut query = query.as_ref().clone();
                if query.compound.is_none() {
                    for (column, next) in
                        self.next_values(table, |name| columns.iter().any(|set| set == name))
                    {
                        names.push(self.quote(&Identifier::new(column)));
                        query.columns.push(next);
                    }
                }
                let mut query = self.select(&query, select::SelectContext::Member)?;
                if self.dialect.cte_follows_insert() {
                    query = self.with_ctes(query);
                }
                (format!(" ({})", names.join(", ")), format!(" {query}"))
            }
            InsertValues::Multiple(rows) => {
                let mut rows = rows.clone();
                for row in &mut rows {
                    let next = self.next_values(table, |name| row.contains_key(name));
                    row.extend(next);
                }
                self.rows(&rows, table)?
            }
            InsertValues::Parameters | InsertValues::Single(_) => {
                let empty = IndexMap::new();
                let values = match &insert.values {
                    InsertValues::Single(values) => values,
                    _ => &empty,
                };
                let mut values = values.clone();
                if !values.is_empty() || self.options.column_keys.is_some() {
                    let keys = self.options.column_keys.iter().flatten();
                    let is_set =
                        |name: &str| keys.clone().any(|key| key == name) || values.contains_key(name);
                    let next = self.next_values(table, is_set);
                    values.extend(next);
                }
                assigned = self.values(&values, table)?;
                if assigned.is_empty() && self.dialect.supports_default_values() {
                    default_values()
                } else {
                    let names: Vec<String> = assigned
                        .iter()
                        .map(|value| self.quote(&Identifier::new(value.column.as_str())))
                        .collect();
                    let values: Vec<&str> = assigned.iter().map(|value| value.sql.as_str()).collect();
                    (format!(" ({})", names.join(", ")), format!(" VALUES ({})", values.join(", ")))
                }
            }
        };
        let returning = if insert.returning.is_empty() {
            self.implicit_returning(insert, &assigned)
        } else {
            insert.returning.clone()
        };
        sql.push_str(&columns);
        sql.push_str(&self.output(&returning, false)?);
        sql.push_str(&values);
        if let Some(on_conflict) = &insert.on_conflict {
            let dialect = self.dialect;
            sql.push(' ');
            sql.push_str(&dialect.on_conflict_sql(on_conflict, table, self)?);
        }
        sql.push_str(&self.returning(&returning)?);
        Ok(self.with_ctes(sql))
    }

    /// Gives the next values of the sequences that stand behind columns which an INSERT does not set.
    fn next_values(&self, table: &TableClause, is_set: impl Fn(&str) -> bool) -> Vec<(String, Expression)> {
        if !self.dialect.supports_sequences() {
            return Vec::new();
        }
        let optional_ones_count = !self.dialect.sequences_optional();
        table
            .sequences
            .iter()
            .filter(|sequence| !is_set(&sequence.column) && (optional_ones_count || !sequence.optional))
            .map(|sequence| {
                let next =
                    Expression::NextValue { schema: sequence.schema.clone(), name: sequence.name.clone() };
                (sequence.column.clone(), next)
            })
            .collect()
    }

    /// Writes the columns and the rows of an INSERT with several of them.
    fn rows(
        &mut self,
        rows: &[IndexMap<String, Expression>],
        table: &TableClause,
    ) -> Result<(String, String)> {
        let Some(first) = rows.first() else { return Ok(default_values()) };
        if !self.dialect.supports_multivalues_insert() {
            return Err(Error::Compile(format!(
                "The '{}' dialect with current database version settings does not support in-place multirow \
                 inserts.",
                self.dialect.name()
            )));
        }
        let columns = in_table_order(table, first.keys().map(String::as_str))?;
        let names: Vec<String> =
            columns.iter().map(|(name, _)| self.quote(&Identifier::new(name.as_str()))).collect();
        let mut out = Vec::with_capacity(rows.len());
        for (number, row) in rows.iter().enumerate() {
            let mut values = Vec::with_capacity(columns.len());
            for (name, type_) in &columns {
                let Some(value) = row.get(name) else {
                    return Err(Error::Compile(format!(
                        "INSERT value for column {}.{name} is explicitly rendered as a boundparameter in the \
                         VALUES clause; a Python-side value or SQL expression is required",
                        table.name
                    )));
                };
                let value = match value {
                    Expression::Bind(BindParameter {
                        value: Some(value), literal_execute: false, ..
                    }) => value,
                    expression => {
                        values.push(self.grouped(expression, &super::precedence::Operator::Any)?);
                        continue;
                    }
                };
                if self.literal_binds && matches!(type_, SqlType::Null) && !value.is_null() {
                    return Err(no_literal_renderer(self.dialect, value));
                }
                values.push(self.value_parameter(
                    &format!("{name}_m{number}"),
                    Some(value.clone()),
                    type_,
                )?);
            }
            out.push(format!("({})", values.join(", ")));
        }
        Ok((format!(" ({})", names.join(", ")), format!(" VALUES {}", out.join(", "))))
    }

    /// Writes the values of an INSERT or of SET, in the order of the table's columns.
    ///
    /// Without values of its own, the statement gets a parameter for each of the columns that it is executed with, or
    /// for all columns of the table when that is not known.
    fn values(
        &mut self,
        values: &IndexMap<String, Expression>,
        table: &TableClause,
    ) -> Result<Vec<Assignment>> {
        let executed_with: Vec<String> = match &self.options.column_keys {
            // the others are parameters that the statement names itself, or of no meaning
            Some(keys) => {
                let is_set = |key: &&String| table.columns.contains_key(*key) && !values.contains_key(*key);
                keys.iter().filter(is_set).cloned().collect()
            }
            None if values.is_empty() => table.columns.keys().cloned().collect(),
            None => Vec::new(),
        };
        let names = values.keys().map(String::as_str).chain(executed_with.iter().map(String::as_str));
        let columns = in_table_order(table, names)?;
        columns
            .into_iter()
            .map(|(name, type_)| {
                let (sql, is_expression) = match values.get(&name) {
                    Some(Expression::Bind(bind)) if bind.literal_execute => (self.bind(bind, None)?, false),
                    Some(Expression::Bind(bind)) => {
                        let key = bind.key.as_deref().filter(|_| !bind.unique);
                        let type_ = bind.type_.clone().unwrap_or(type_);
                        match key {
                            // a parameter that the user named keeps its name
                            Some(_) => {
                                let parameter = BindParameter { type_: Some(type_), ..bind.clone() };
                                (self.bind(&parameter, None)?, false)
                            }
                            None => (self.value_parameter(&name, bind.value.clone(), &type_)?, false),
                        }
                    }
                    Some(expression) => (self.grouped(expression, &super::precedence::Operator::Any)?, true),
                    None => (self.value_parameter(&name, None, &type_)?, false),
                };
                Ok(Assignment { column: name, sql, is_expression })
            })
            .collect()
    }

    /// Writes a parameter of VALUES or SET, which is called as its column is.
    fn value_parameter(&mut self, name: &str, value: Option<Value>, type_: &SqlType) -> Result<String> {
        // a column whose value comes with the execution has a placeholder even among literals
        if self.literal_binds
            && let Some(value) = self.given_value(Some(name)).or(value.clone())
        {
            return match value {
                Value::Null => Ok("NULL".to_owned()),
                value => self.dialect.literal(&value, type_),
            };
        }
        let bind = Bind {
            key: name.to_owned(),
            value,
            type_: type_.clone(),
            unique: false,
            expanding: false,
            of_values: true,
            is_postponed: false,
        };
        self.placeholder(name, bind)
    }

    /// Writes the columns and expressions that name the constraint of ON CONFLICT.
    pub fn conflict_target(&mut self, elements: &[IndexExpression]) -> Result<String> {
        let elements: Result<Vec<String>> = elements
            .iter()
            .map(|element| match element {
                IndexExpression::Column(name) => Ok(self.quote(name)),
                IndexExpression::Expression(expression) => self.expression_without_tables(expression),
            })
            .collect();
        Ok(elements?.join(", "))
    }

    /// Writes assignments, each with `sign` between the column and its value.
    pub fn assignments(
        &mut self,
        values: &IndexMap<String, Expression>,
        table: &TableClause,
        sign: &str,
    ) -> Result<String> {
        let columns = in_table_order(table, values.keys().map(String::as_str))?;
        let mut out = Vec::with_capacity(columns.len());
        for (name, type_) in columns {
            let Some(value) = values.get(&name) else { continue };
            let hint = ("param".to_owned(), type_);
            let value = self.hinted(value, &super::precedence::Operator::Any, Some(&hint))?;
            out.push(format!("{}{sign}{value}", self.quote(&Identifier::new(name))));
        }
        Ok(out.join(", "))
    }

    /// Writes a value that an assignment gives to a column of a type.
    pub fn assigned_value(&mut self, value: &Expression, type_: SqlType) -> Result<String> {
        self.hinted(value, &super::precedence::Operator::Any, Some(&("param".to_owned(), type_)))
    }

    /// Writes what `write` does, with the columns of the row that goes by `alias` in a form of their own.
    pub fn with_row_form<T>(
        &mut self,
        alias: &'static str,
        form: super::ColumnForm,
        write: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let form = self.row_form.replace((alias, form));
        let result = write(self);
        self.row_form = form;
        result
    }

    /// Writes what `write` does with parameters as placeholders, even among literals.
    pub fn with_placeholders<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let literal_binds = std::mem::replace(&mut self.literal_binds, false);
        let result = write(self);
        self.literal_binds = literal_binds;
        result
    }

    /// Gives the columns of the primary key that the database must give back because only it knows them.
    ///
    /// As in the reference: the dialect has RETURNING and is not told by the driver, and the statement inserts one row
    /// of known columns; a key that the statement gives by an SQL expression is asked back.
    fn implicit_returning(&self, insert: &Insert, assigned: &[Assignment]) -> Vec<Expression> {
        let table = &insert.table;
        let one_row = match &insert.values {
            InsertValues::Single(_) => true,
            InsertValues::Parameters => self.options.column_keys.is_some(),
            InsertValues::Multiple(_) | InsertValues::Select(..) => false,
        };
        if insert.inline
            || self.options.for_executemany
            || !one_row
            || insert.on_conflict.is_some()
            || !self.dialect.insert_returning()
        {
            return Vec::new();
        }
        let counting = counting_column(table);
        if counting.is_some() && self.dialect.postfetch_lastrowid() {
            return Vec::new();
        }
        table
            .columns
            .keys()
            .filter(|name| table.primary_key.contains(*name))
            .filter(|name| match assigned.iter().find(|value| value.column == **name) {
                Some(value) => value.is_expression,
                None => counting == Some(name.as_str()),
            })
            .map(|name| {
                Expression::Column(crate::expression::ColumnReference {
                    schema: table.schema.clone(),
                    table: Some(table.name.clone()),
                    name: Identifier::new(name.as_str()),
                    type_: SqlType::Null,
                })
            })
            .collect()
    }

    /// Writes what a statement gives back at its end.
    fn returning(&mut self, columns: &[Expression]) -> Result<String> {
        let dialect = self.dialect;
        if columns.is_empty() || dialect.output_row(false).is_some() {
            return Ok(String::new());
        }
        dialect.returning_sql(columns, self)
    }

    /// Writes what a statement gives back before its values or conditions, where the dialect has it there.
    fn output(&mut self, columns: &[Expression], deletes: bool) -> Result<String> {
        let Some(row) = self.dialect.output_row(deletes).filter(|_| !columns.is_empty()) else {
            return Ok(String::new());
        };
        self.output_row = Some(row);
        let columns = self.selected_columns(columns, false);
        self.output_row = None;
        Ok(format!(" OUTPUT {}", columns?.join(", ")))
    }

    /// Writes RETURNING by the general rules.
    pub(in crate::dialect) fn returning_sql(&mut self, columns: &[Expression]) -> Result<String> {
        let omit = self.omit_table_names || !self.dialect.returning_names_table();
        let omitted = std::mem::replace(&mut self.omit_table_names, omit);
        let columns = self.selected_columns(columns, false);
        self.omit_table_names = omitted;
        Ok(format!(" RETURNING {}", columns?.join(", ")))
    }

    /// Writes an UPDATE.
    pub(super) fn update(&mut self, update: &Update) -> Result<String> {
        self.enclosing.push(std::iter::once(table_key(&update.table)).collect());
        let outer_hints = self.take_hints(&update.words, Some(&update.table));
        let sql = self.update_body(update);
        self.hints = outer_hints;
        self.enclosing.pop();
        Ok(self.with_ctes(sql?))
    }

    fn update_body(&mut self, update: &Update) -> Result<String> {
        let table = self.table(&update.table)?;
        let target = self.target(&update.table)?;
        let mut assigned = self.values(&update.values, &update.table)?;
        if update.keeps_order {
            assigned.sort_by_key(|value| update.values.get_index_of(&value.column));
        }
        let others = other_elements(&update.table, &update.where_, &update.further);
        let together = !others.is_empty() && self.dialect.updates_tables_together();
        let assigned: Vec<String> = assigned
            .iter()
            .map(|value| {
                let column = self.quote(&Identifier::new(value.column.as_str()));
                if together {
                    format!("{target}.{column}={}", value.sql)
                } else {
                    format!("{column}={}", value.sql)
                }
            })
            .collect();
        let mut sql = format!("UPDATE {}{table}", self.prefixes(&update.words)?);
        if together {
            push_args(&mut sql, format_args!(", {}", self.further_tables(None, others.clone())?));
        }
        push_args(&mut sql, format_args!(" SET {}", assigned.join(", ")));
        sql.push_str(&self.output(&update.returning, false)?);
        if !others.is_empty() && !together {
            if !self.dialect.supports_update_from() {
                return Err(Error::NotImplemented(
                    "This backend does not support multiple-table criteria within UPDATE".to_owned(),
                ));
            }
            push_args(&mut sql, format_args!(" FROM {}", self.further_tables(Some(&update.table), others)?));
        }
        self.push_where(&mut sql, &update.where_)?;
        sql.push_str(&self.row_limit(&update.row_limit)?);
        sql.push_str(&self.returning(&update.returning)?);
        Ok(sql)
    }

    /// Writes a DELETE.
    pub(super) fn delete(&mut self, delete: &Delete) -> Result<String> {
        let others = other_elements(&delete.table, &delete.where_, &delete.further);
        let keyword = self.dialect.delete_from_others_keyword();
        if !others.is_empty() && keyword.is_none() {
            return Err(Error::NotImplemented(
                "This backend does not support multiple-table criteria within DELETE".to_owned(),
            ));
        }
        self.enclosing.push(std::iter::once(table_key(&delete.table)).collect());
        let outer_hints = self.take_hints(&delete.words, Some(&delete.table));
        let repeated = !others.is_empty() && self.dialect.repeats_table_in_from();
        let table = if repeated { self.target(&delete.table)? } else { self.table(&delete.table)? };
        let mut sql = format!("DELETE {}FROM {table}", self.prefixes(&delete.words)?);
        self.hints = outer_hints;
        sql.push_str(&self.output(&delete.returning, true)?);
        if let Some(keyword) = keyword.filter(|_| !others.is_empty()) {
            push_args(
                &mut sql,
                format_args!(" {keyword} {}", self.further_tables(Some(&delete.table), others)?),
            );
        }
        let result = self.push_where(&mut sql, &delete.where_);
        self.enclosing.pop();
        result?;
        sql.push_str(&self.row_limit(&delete.row_limit)?);
        sql.push_str(&self.returning(&delete.returning)?);
        Ok(self.with_ctes(sql))
    }

    /// Writes the name that a statement's table goes by.
    fn target(&self, table: &TableClause) -> Result<String> {
        match &table.alias {
            Some(alias) => Ok(self.quote(alias)),
            None => self.table(table),
        }
    }

    /// Writes the tables that an UPDATE or DELETE reads beside its own, and that one where the dialect repeats it.
    fn further_tables(&mut self, own: Option<&TableClause>, others: Vec<FromClause>) -> Result<String> {
        let repeated = own.filter(|_| self.dialect.repeats_table_in_from()).cloned();
        let tables: Result<Vec<String>> = repeated
            .map(FromClause::Table)
            .into_iter()
            .chain(others)
            .map(|element| self.element(&element))
            .collect();
        Ok(tables?.join(", "))
    }

    fn row_limit(&mut self, limit: &RowLimit) -> Result<String> {
        let dialect = self.dialect;
        dialect.row_limit_sql(limit, self)
    }

    fn push_where(&mut self, sql: &mut String, clauses: &[Expression]) -> Result<()> {
        if !clauses.is_empty() {
            let conditions = self.conditions(clauses)?;
            if !conditions.is_empty() {
                sql.push_str(" WHERE ");
                sql.push_str(&conditions);
            }
        }
        Ok(())
    }
}

/// Gives the columns and the rows of an INSERT that sets nothing.
fn default_values() -> (String, String) {
    (String::new(), " DEFAULT VALUES".to_owned())
}

/// Gives what a statement reads beside its own table: the tables that conditions name, and further elements.
fn other_elements(own: &TableClause, clauses: &[Expression], further: &[FromClause]) -> Vec<FromClause> {
    let mut known = Vec::new();
    for element in further {
        select::collect_keys(element, &mut known);
    }
    let tables = other_tables(own, clauses).into_iter().filter(|table| !known.contains(&table_key(table)));
    tables.map(FromClause::Table).chain(further.iter().cloned()).collect()
}

/// Gives the tables that conditions name beside the statement's own.
fn other_tables(own: &TableClause, clauses: &[Expression]) -> Vec<TableClause> {
    let own = table_key(own);
    let mut others: Vec<TableClause> = Vec::new();
    for clause in clauses {
        clause.visit(&mut |part| {
            let Expression::Column(column) = part else { return };
            let Some(name) = &column.table else { return };
            let other = TableClause {
                schema: column.schema.clone(),
                name: name.clone(),
                alias: None,
                columns: IndexMap::new(),
                primary_key: Vec::new(),
                sequences: Vec::new(),
            };
            let key = table_key(&other);
            if key != own && !others.iter().any(|known| table_key(known) == key) {
                others.push(other);
            }
        });
    }
    others
}

/// Gives the integer column that alone makes the primary key and therefore counts up.
fn counting_column(table: &TableClause) -> Option<&str> {
    let [name] = table.primary_key.as_slice() else { return None };
    let type_ = table.columns.get(name)?;
    (type_.affinity() == Affinity::Integer).then_some(name)
}

fn column_type(table: &TableClause, name: &str) -> Result<SqlType> {
    table.columns.get(name).cloned().ok_or_else(|| unconsumed(&[name]))
}

fn unconsumed(names: &[&str]) -> Error {
    Error::Compile(format!("Unconsumed column names: {}", names.join(", ")))
}

/// Puts columns in the order that the table has them in.
fn in_table_order<'n>(
    table: &TableClause,
    names: impl Iterator<Item = &'n str>,
) -> Result<Vec<(String, SqlType)>> {
    let names: Vec<&str> = names.collect();
    let unknown: Vec<&str> =
        names.iter().copied().filter(|name| !table.columns.contains_key(*name)).collect();
    if !unknown.is_empty() {
        return Err(unconsumed(&unknown));
    }
    Ok(table
        .columns
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, type_)| (name.clone(), type_.clone()))
        .collect())
}
