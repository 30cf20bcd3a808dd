//! Statement objects to [`Statement`].

use std::cell::Cell;
use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::dialect::{CompilerKind, DdlElement};
use limbeck_sql::expression::{
    BindParameter, ColumnSequence, CompoundSelect, Correlation, Cte, CteBody, Delete, Expression, Fetch,
    ForUpdate, FromClause, FunctionTable, Insert, InsertValues, Join, LockTarget, OnConflict, RowLimit,
    Select, Statement, StatementWords, Subquery, TableClause, TableHint, TableSample, Update, ValuesClause,
};
use limbeck_sql::schema::{Identifier, IndexExpression};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::custom::PythonElement;
use super::expression::bind_expression;
use super::{expression, identifier, opt_identifier, sql_type, text_clause, value_for};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::ext::has_compiler;
use crate::modules::sqlalchemy::object::{
    get, get_bool, get_some, get_text, is_a, is_list, items, own, repr, state, text_of,
};
use crate::modules::sqlalchemy::schema::ddl;
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::dml::{DmlState, WordsState, column_values};
use crate::modules::sqlalchemy::sql::elements::{Bind, clause_element, is_clause, is_select};
use crate::modules::sqlalchemy::sql::from_elements::{self, ValuesState};
use crate::modules::sqlalchemy::sql::select::{
    CompoundState, CorrelationState, FetchState, LockState, SelectState, implied_froms,
};
use crate::modules::sqlalchemy::sql::selectable::{is_derived, tables_of};

/// Lowers what a connection can execute: `text()`, a query, DML, or an expression by itself.
///
/// # Errors
/// `ObjectNotExecutableError` for anything else.
pub fn statement(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Statement> {
    let obj = clause_element(obj, vm)?;
    if has_compiler(&obj, vm)? {
        return Ok(custom(&obj, vm));
    }
    plain_statement(&obj, vm)
}

/// Makes the statement of an element that user code compiles.
fn custom(obj: &PyObject, vm: &VirtualMachine) -> Statement {
    let kind = if is_a(obj, "BaseDDLElement") { CompilerKind::Ddl } else { CompilerKind::Statement };
    Statement::Custom(Arc::new(PythonElement::new(obj, kind, vm)))
}

/// Lowers a statement as [`statement`] does, whatever user code has registered for its class.
pub(crate) fn plain_statement(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Statement> {
    let obj = clause_element(obj, vm)?;
    if let Some(text) = text_clause(&obj, vm)? {
        return Ok(Statement::Text(text));
    }
    if is_select(&obj) {
        return select(&obj, vm).map(|select| Statement::Select(Box::new(select)));
    }
    if let Some(parts) = state::<DmlState>(&obj) {
        return if is_a(&obj, "Insert") {
            insert(&parts, vm).map(|insert| Statement::Insert(Box::new(insert)))
        } else if is_a(&obj, "Update") {
            update(&parts, vm).map(|update| Statement::Update(Box::new(update)))
        } else {
            delete(&parts, vm).map(|delete| Statement::Delete(Box::new(delete)))
        };
    }
    if let Some(element) = ddl::lower(&obj, vm)? {
        return Ok(Statement::Ddl(Box::new(element)));
    }
    if is_a(&obj, "DDL") {
        return Ok(Statement::Ddl(Box::new(DdlElement::Custom(ddl::filled_in(&obj, None, vm)?))));
    }
    if is_a(&obj, "BaseDDLElement") {
        return Ok(custom(&obj, vm));
    }
    if is_a(&obj, "ColumnElement") {
        return expression(&obj, vm).map(|expression| Statement::Expression(Box::new(expression)));
    }
    let shown = repr(&obj, vm)?;
    Err(exc::error("ObjectNotExecutableError", format!("Not an executable object: {shown}"), vm))
}

fn all(objects: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<Expression>> {
    objects.iter().map(|obj| expression(obj, vm)).collect()
}

/// Lowers a query.
pub(crate) fn select(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Select> {
    let Some(parts) = state::<SelectState>(obj) else {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("a SELECT is expected, got {shown}"), vm));
    };
    let mut from = parts.from.clone();
    if parts.compound.is_none() {
        from.extend(implied_froms(&parts, vm)?);
    }
    let compound = parts.compound.as_ref().map(|given| compound(given, vm)).transpose()?;
    Ok(Select {
        columns: all(&parts.columns, vm)?,
        from: from.iter().map(|from| from_clause(from, vm)).collect::<PyResult<_>>()?,
        where_: all(&parts.where_, vm)?,
        group_by: all(&parts.group_by, vm)?,
        having: all(&parts.having, vm)?,
        order_by: all(&parts.order_by, vm)?,
        limit: parts.limit.as_ref().map(|limit| expression(limit, vm)).transpose()?,
        offset: parts.offset.as_ref().map(|offset| expression(offset, vm)).transpose()?,
        fetch: parts.fetch.as_ref().map(|given| fetch(given, vm)).transpose()?,
        distinct: parts.distinct,
        distinct_on: all(&parts.distinct_on, vm)?,
        for_update: parts.for_update.as_ref().map(|lock| for_update(lock, vm)).transpose()?,
        compound,
        words: words(&parts.words, vm)?,
        ctes: parts.ctes.iter().map(|given| cte(given, vm)).collect::<PyResult<_>>()?,
        correlation: correlation(&parts.correlation, vm)?,
    })
}

fn compound(given: &CompoundState, vm: &VirtualMachine) -> PyResult<Box<CompoundSelect>> {
    let others = given.others.iter().map(|(keyword, query)| Ok((keyword.clone(), select(query, vm)?)));
    let others = others.collect::<PyResult<_>>()?;
    Ok(Box::new(CompoundSelect { first: select(&given.first, vm)?, others }))
}

fn fetch(given: &FetchState, vm: &VirtualMachine) -> PyResult<Fetch> {
    Ok(Fetch {
        count: expression(&given.count, vm)?,
        percent: given.percent,
        with_ties: given.with_ties,
        approximate: given.approximate,
    })
}

fn correlation(given: &CorrelationState, vm: &VirtualMachine) -> PyResult<Correlation> {
    let elements =
        |given: &[PyObjectRef]| given.iter().map(|from| from_clause(from, vm)).collect::<PyResult<Vec<_>>>();
    Ok(Correlation {
        is_explicit: given.is_explicit,
        only: elements(&given.only)?,
        except: given.except.as_deref().map(elements).transpose()?,
    })
}

fn for_update(lock: &LockState, vm: &VirtualMachine) -> PyResult<ForUpdate> {
    let of = lock.of.iter().map(|target| {
        let target = coerced_lock_target(target, vm)?;
        match from_clause(&target, vm) {
            Ok(FromClause::Table(table)) => Ok(LockTarget::Table(table)),
            _ => match expression(&target, vm)? {
                Expression::Column(column) => Ok(LockTarget::Column(column)),
                _ => Err(exc::argument("FOR UPDATE OF takes tables and columns", vm)),
            },
        }
    });
    Ok(ForUpdate {
        nowait: lock.nowait,
        skip_locked: lock.skip_locked,
        read: lock.read,
        key_share: lock.key_share,
        of: of.collect::<PyResult<_>>()?,
    })
}

/// Gives a table or a column; a mapped class stands for its table.
fn coerced_lock_target(target: &PyObject, vm: &VirtualMachine) -> PyResult {
    match vm.get_attribute_opt(target.to_owned(), vm.ctx.intern_str("__table__"))? {
        Some(table) if !is_clause(target, vm) => Ok(table),
        _ => clause_element(target, vm),
    }
}

/// Lowers something in a FROM list.
pub(crate) fn from_clause(obj: &PyObject, vm: &VirtualMachine) -> PyResult<FromClause> {
    if let Some(text) = text_clause(obj, vm)? {
        return Ok(FromClause::Text(text));
    }
    if is_a(obj, "Join") {
        return Ok(FromClause::Join(Box::new(Join {
            left: from_clause(&*get(obj, "left", vm)?, vm)?,
            right: from_clause(&*get(obj, "right", vm)?, vm)?,
            condition: get_some(obj, "onclause", vm)?.map(|on| expression(&on, vm)).transpose()?,
            outer: get_bool(obj, "isouter", vm)?,
            full: get_bool(obj, "full", vm)?,
        })));
    }
    if is_a(obj, "CTE") {
        return cte(obj, vm).map(|cte| FromClause::Cte(Box::new(cte)));
    }
    if is_a(obj, "Values") {
        return values_clause(obj, vm).map(|values| FromClause::Values(Box::new(values)));
    }
    if is_a(obj, "TableValuedAlias") {
        return function_table(obj, vm).map(|table| FromClause::Function(Box::new(table)));
    }
    if is_a(obj, "AliasedReturnsRows") {
        let element = get(obj, "element", vm)?;
        let alias = opt_identifier(get_some(obj, "name", vm)?.as_deref(), vm)?;
        if is_select(&element) {
            return Ok(FromClause::Subquery(Box::new(Subquery {
                select: select(&element, vm)?,
                alias,
                lateral: is_a(obj, "Lateral"),
            })));
        }
        let mut table = table_clause(&element, vm)?;
        table.alias = alias;
        if is_a(obj, "TableSample") {
            return Ok(FromClause::Sample(Box::new(TableSample {
                table,
                method: expression(&*get(obj, "sampling", vm)?, vm)?,
                seed: get_some(obj, "seed", vm)?.map(|seed| expression(&seed, vm)).transpose()?,
            })));
        }
        return Ok(FromClause::Table(table));
    }
    table_clause(obj, vm).map(FromClause::Table)
}

/// Lowers a common table expression.
fn cte(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Cte> {
    let element = get(obj, "element", vm)?;
    let own_name = get_some(obj, "name", vm)?;
    let first_name = own(obj, "cte_name", vm);
    let (name, alias) = match &first_name {
        Some(first) => (Some(first), own_name.as_ref()),
        None => (own_name.as_ref(), None),
    };
    let body = if is_a(&element, "Values") {
        CteBody::Values(values_clause(&element, vm)?)
    } else {
        CteBody::Statement(plain_statement(&element, vm)?)
    };
    let columns = from_elements::column_names(obj, vm)?;
    Ok(Cte {
        name: opt_identifier(name.map(AsRef::as_ref), vm)?.unwrap_or_else(|| Identifier::new("anon_1")),
        alias: opt_identifier(alias.map(AsRef::as_ref), vm)?,
        body,
        columns: columns.iter().map(|name| identifier(name, vm)).collect::<PyResult<_>>()?,
        recursive: get_bool(obj, "recursive", vm)?,
        nesting: get_bool(obj, "nesting", vm)?,
        words: match state::<WordsState>(obj) {
            Some(given) => words(&given, vm)?,
            None => StatementWords::default(),
        },
    })
}

/// Lowers `values(...)`.
pub(super) fn values_clause(obj: &PyObject, vm: &VirtualMachine) -> PyResult<ValuesClause> {
    let values = state::<ValuesState>(obj).as_deref().cloned().unwrap_or_default();
    let columns = from_elements::column_names(obj, vm)?;
    Ok(ValuesClause {
        columns: columns.iter().map(|name| identifier(name, vm)).collect::<PyResult<_>>()?,
        types: values
            .columns
            .iter()
            .map(|column| match own(column, "type", vm) {
                Some(type_) => sql_type(&type_, vm),
                None => Ok(limbeck_sql::types::SqlType::Null),
            })
            .collect::<PyResult<_>>()?,
        rows: values.rows.iter().map(|row| all(row, vm)).collect::<PyResult<_>>()?,
        alias: opt_identifier(get_some(obj, "name", vm)?.as_deref(), vm)?,
        lateral: values.lateral,
        literal_binds: values.literal_binds,
    })
}

/// Lowers a function in the place of a table.
fn function_table(obj: &PyObject, vm: &VirtualMachine) -> PyResult<FunctionTable> {
    let flag = |name: &'static str| own(obj, name, vm).map_or(Ok(false), |flag| flag.try_to_bool(vm));
    let mut derived = Vec::new();
    if flag("derived")? {
        let with_types = flag("derived_types")?;
        for column in collection::columns(&*get(obj, "c", vm)?) {
            let type_ = own(&column, "type", vm).filter(|_| with_types);
            let type_ = type_.map(|type_| sql_type(&type_, vm)).transpose()?;
            derived.push((identifier(&*get(&column, "name", vm)?, vm)?, type_));
        }
    }
    Ok(FunctionTable {
        function: expression(&*get(obj, "element", vm)?, vm)?,
        alias: identifier(&*get(obj, "name", vm)?, vm)?,
        ordinality: flag("ordinality")?,
        derived,
        lateral: flag("is_lateral")?,
    })
}

/// Gives what an UPDATE or DELETE reads beside tables by themselves.
fn further(table: &PyObject, expressions: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<FromClause>> {
    tables_of(expressions, vm)?
        .iter()
        .filter(|element| is_derived(element) && !element.is(table))
        .map(|element| from_clause(element, vm))
        .collect()
}

/// Lowers a `Table` or a `table()` to what statements need of it.
pub(crate) fn table_clause(obj: &PyObject, vm: &VirtualMachine) -> PyResult<TableClause> {
    if !is_a(obj, "TableClause") {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("a table is expected, got {shown}"), vm));
    }
    let mut columns = IndexMap::new();
    let mut primary_key = Vec::new();
    let mut sequences = Vec::new();
    for column in collection::columns(&*get(obj, "c", vm)?) {
        let name = get_text(&column, "name", vm)?.unwrap_or_default();
        let type_ = match own(&column, "type", vm) {
            Some(type_) => sql_type(&type_, vm)?,
            None => limbeck_sql::types::SqlType::Null,
        };
        if get_bool(&column, "primary_key", vm)? {
            primary_key.push(name.clone());
        }
        if let Some(default) = own(&column, "default", vm).filter(|default| is_a(default, "Sequence")) {
            let sequence = super::schema::sequence(&default, vm)?;
            sequences.push(ColumnSequence {
                column: name.clone(),
                schema: sequence.schema,
                name: sequence.name,
                optional: sequence.optional,
            });
        }
        columns.insert(name, type_);
    }
    Ok(TableClause {
        schema: opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
        name: identifier(&*get(obj, "name", vm)?, vm)?,
        alias: None,
        columns,
        primary_key,
        sequences,
    })
}

/// Gives the column of a statement's table by its key.
fn column_of(table: &PyObject, key: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    Ok(collection::find(&*get(table, "c", vm)?, key))
}

/// Lowers `column = value`: an expression stays, a plain value becomes a parameter of the column's type.
fn assignment(
    table: &PyObject,
    key: &str,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<(String, Expression)> {
    let column = column_of(table, key, vm)?;
    let name = match &column {
        Some(column) => get_text(column, "name", vm)?.unwrap_or_else(|| key.to_owned()),
        None => key.to_owned(),
    };
    if is_clause(value, vm) {
        return Ok((name, expression(value, vm)?));
    }
    let type_ = column.and_then(|column| own(&column, "type", vm));
    let bind = Bind {
        key: Some(key.to_owned()),
        value: Some(value.to_owned()),
        type_: type_.clone(),
        ..Bind::default()
    };
    if let Some(made) = bind_expression(&bind, vm)? {
        return Ok((name, expression(&made, vm)?));
    }
    let bind = BindParameter {
        key: Some(key.to_owned()),
        value: Some(value_for(value, type_.as_deref(), vm)?),
        type_: type_.map(|type_| sql_type(&type_, vm)).transpose()?,
        unique: false,
        expanding: false,
        literal_execute: false,
    };
    Ok((name, Expression::Bind(bind)))
}

fn assignments(
    table: &PyObject,
    values: &[(String, PyObjectRef)],
    vm: &VirtualMachine,
) -> PyResult<IndexMap<String, Expression>> {
    let known = collection::entries(&*get(table, "c", vm)?);
    let mut unknown: Vec<_> = values
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| !known.iter().any(|(k, _)| k == key))
        .collect();
    if !unknown.is_empty() && !known.is_empty() {
        unknown.sort_unstable();
        let names = unknown.join(", ");
        return Err(exc::error("CompileError", format!("Unconsumed column names: {names}"), vm));
    }
    values.iter().map(|(key, value)| assignment(table, key, value, vm)).collect()
}

thread_local! {
    static WITHOUT_DATABASE: Cell<bool> = const { Cell::new(false) };
}

/// Lowers for SQL that is only written: there the reference leaves values of Python-side defaults to the execution that
/// never comes, so that they are `NULL`.
pub(crate) fn without_database<T>(as_sql: bool, work: impl FnOnce() -> T) -> T {
    let before = WITHOUT_DATABASE.replace(as_sql);
    let done = work();
    WITHOUT_DATABASE.set(before);
    done
}

/// Gives the Python-side defaults (`default=`, or `onupdate=`) of columns that a statement does not set.
///
/// A callable is called; one that takes an argument gets `None` for SQLAlchemy's execution context.
pub(crate) fn python_defaults(
    table: &PyObject,
    set: &[String],
    attribute: &'static str,
    vm: &VirtualMachine,
) -> PyResult<Vec<(String, PyObjectRef)>> {
    let mut defaults = Vec::new();
    for (key, column) in collection::entries(&*get(table, "c", vm)?) {
        if set.contains(&key) {
            continue;
        }
        let Some(default) = own(&column, attribute, vm) else { continue };
        let Some(argument) = own(&default, "arg", vm) else { continue };
        let value = if is_clause(&argument, vm) {
            argument
        } else if WITHOUT_DATABASE.get() {
            vm.ctx.none()
        } else if !argument.is_callable() {
            argument
        } else {
            argument.call((), vm).or_else(|_| argument.call((vm.ctx.none(),), vm))?
        };
        defaults.push((key, value));
    }
    Ok(defaults)
}

fn insert(parts: &DmlState, vm: &VirtualMachine) -> PyResult<Insert> {
    let values = if let Some((names, query)) = &parts.select {
        InsertValues::Select(names.clone(), Box::new(select(query, vm)?))
    } else if let Some(rows) = &parts.rows {
        let rows = rows.iter().map(|row| insert_row(&parts.table, row, vm));
        InsertValues::Multiple(rows.collect::<PyResult<_>>()?)
    } else if parts.values.is_empty() {
        InsertValues::Parameters
    } else {
        let set: Vec<_> = parts.values.iter().map(|(key, _)| key.clone()).collect();
        let mut all = parts.values.clone();
        all.extend(python_defaults(&parts.table, &set, "default", vm)?);
        InsertValues::Single(assignments(&parts.table, &all, vm)?)
    };
    let on_conflict = parts
        .on_conflict
        .as_ref()
        .map(|on_conflict| {
            Ok(OnConflict {
                index_elements: on_conflict
                    .index_elements
                    .iter()
                    .map(|element| match text_of(element) {
                        Some(_) => identifier(element, vm).map(IndexExpression::Column),
                        None => expression(element, vm).map(IndexExpression::Expression),
                    })
                    .collect::<PyResult<_>>()?,
                index_where: on_conflict
                    .index_where
                    .as_ref()
                    .map(|condition| expression(condition, vm))
                    .transpose()?,
                constraint: on_conflict.constraint.clone().map(Identifier::new),
                set: assignments(&parts.table, &on_conflict.set, vm)?,
                where_: on_conflict.where_.as_ref().map(|where_| expression(where_, vm)).transpose()?,
            })
        })
        .transpose()?;
    Ok(Insert {
        table: table_clause(&parts.table, vm)?,
        values,
        returning: all(&parts.returning, vm)?,
        on_conflict,
        inline: parts.inline,
        words: words(&parts.words, vm)?,
    })
}

fn insert_row(
    table: &PyObject,
    row: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<IndexMap<String, Expression>> {
    let mut entries = if is_list(row, vm) {
        let names = collection::entries(&*get(table, "c", vm)?).into_iter().map(|(key, _)| key);
        names.zip(items(row, vm)?).collect()
    } else {
        column_values(row, vm)?
    };
    let set: Vec<_> = entries.iter().map(|(key, _)| key.clone()).collect();
    entries.extend(python_defaults(table, &set, "default", vm)?);
    entries
        .into_iter()
        .map(|(key, value)| {
            let column = column_of(table, &key, vm)?;
            let type_ = column.as_ref().and_then(|column| own(column, "type", vm));
            let name = match &column {
                Some(column) => get_some(column, "name", vm)?.and_then(|name| text_of(&name)).unwrap_or(key),
                None => key,
            };
            if is_clause(&value, vm) {
                return Ok((name, expression(&value, vm)?));
            }
            let value = value_for(&value, type_.as_deref(), vm)?;
            Ok((name, Expression::Bind(BindParameter::literal(value, None))))
        })
        .collect()
}

/// Lowers the table that an UPDATE or DELETE changes, which may go by an alias.
fn written_table(obj: &PyObject, vm: &VirtualMachine) -> PyResult<TableClause> {
    match from_clause(obj, vm)? {
        FromClause::Table(table) => Ok(table),
        _ => table_clause(obj, vm),
    }
}

fn update(parts: &DmlState, vm: &VirtualMachine) -> PyResult<Update> {
    let mut values = parts.values.clone();
    if !values.is_empty() {
        let set: Vec<_> = values.iter().map(|(key, _)| key.clone()).collect();
        values.extend(python_defaults(&parts.table, &set, "onupdate", vm)?);
    }
    let read: Vec<_> =
        values.iter().map(|(_, value)| value.clone()).chain(parts.where_.iter().cloned()).collect();
    Ok(Update {
        further: further(&parts.table, &read, vm)?,
        table: written_table(&parts.table, vm)?,
        values: assignments(&parts.table, &values, vm)?,
        where_: all(&parts.where_, vm)?,
        returning: all(&parts.returning, vm)?,
        keeps_order: parts.keeps_order,
        words: words(&parts.words, vm)?,
        row_limit: row_limit(parts, vm)?,
    })
}

/// Lowers the limits of an UPDATE or DELETE; a number is made of what is given as Python's `int` does.
fn row_limit(parts: &DmlState, vm: &VirtualMachine) -> PyResult<RowLimit> {
    let mut for_dialects = IndexMap::new();
    for (name, given) in &parts.dialect_options {
        let Some(dialect) = name.strip_suffix("_limit").filter(|_| !vm.is_none(given)) else { continue };
        let number: PyObjectRef = vm.ctx.types.int_type.to_owned().into();
        for_dialects.insert(dialect.to_owned(), number.call((given.clone(),), vm)?.try_into_value(vm)?);
    }
    let limit = parts.limit.as_ref().map(|limit| expression(limit, vm)).transpose()?;
    Ok(RowLimit { for_dialects, limit })
}

fn delete(parts: &DmlState, vm: &VirtualMachine) -> PyResult<Delete> {
    Ok(Delete {
        further: further(&parts.table, &parts.where_, vm)?,
        table: written_table(&parts.table, vm)?,
        where_: all(&parts.where_, vm)?,
        returning: all(&parts.returning, vm)?,
        words: words(&parts.words, vm)?,
        row_limit: row_limit(parts, vm)?,
    })
}

/// Lowers the words of `prefix_with` and `suffix_with`.
fn words(given: &WordsState, vm: &VirtualMachine) -> PyResult<StatementWords> {
    let lowered = |words: &[(PyObjectRef, Option<String>)]| {
        words
            .iter()
            .map(|(word, dialect)| Ok((expression(word, vm)?, dialect.clone())))
            .collect::<PyResult<_>>()
    };
    let hints = given.hints.iter().map(|hint| {
        let table = hint.table.as_ref().map(|table| from_clause(table, vm)).transpose()?;
        Ok(TableHint { table, text: hint.text.clone(), dialect: hint.dialect.clone() })
    });
    Ok(StatementWords {
        prefixes: lowered(&given.prefixes)?,
        suffixes: lowered(&given.suffixes)?,
        hints: hints.collect::<PyResult<_>>()?,
    })
}
