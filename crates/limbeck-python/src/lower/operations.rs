//! What migration operations are given, as the values of `limbeck_core::operations`.

use limbeck_core::operations::SchemaItem;
use limbeck_sql::dialect::Dialect as _;
use limbeck_sql::engine::{Connection, Url};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Constraint, ExcludeElement, ForeignKeyConstraint, IndexExpression, NamingConvention,
};
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::schema::{
    column, constraint, constraint_name, dialect_options, in_creation_order, index, naming_convention,
};
use limbeck_sql::types::SqlType;

use crate::modules::sqlalchemy::engine::{connection_of, url as url_module};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    get, get_bool, get_opt_bool, get_some, get_text, is_a, own, repr, text_of,
};
use crate::modules::sqlalchemy::schema::{exclude, foreign_key};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::elements::{clause_element, is_clause, is_select};

/// Lowers a column with the constraints given to it, a constraint, or an index.
///
/// # Errors
/// `ArgumentError` for anything else, and what the parts raise.
pub fn schema_item(obj: &PyObject, vm: &VirtualMachine) -> PyResult<SchemaItem> {
    let obj = clause_element(obj, vm)?;
    if is_a(&obj, "Column") {
        return Ok(SchemaItem::Column {
            column: Box::new(column(&obj, vm)?),
            constraints: own_constraints(&obj, vm)?,
        });
    }
    if is_a(&obj, "Index") {
        return index(&obj, vm).map(SchemaItem::Index);
    }
    if is_a(&obj, "Constraint") {
        return constraint(&obj, vm).map(SchemaItem::Constraint);
    }
    let shown = repr(&obj, vm)?;
    Err(exc::argument(
        format!("'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {shown}"),
        vm,
    ))
}

/// Lowers the `ForeignKey` and `CheckConstraint` objects among a column's arguments, in their order.
fn own_constraints(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<Constraint>> {
    let mut found = in_creation_order(&*get(obj, "foreign_keys", vm)?, vm)?;
    let constraints = in_creation_order(&*get(obj, "constraints", vm)?, vm)?;
    found.extend(constraints.into_iter().filter(|item| own(item, "_column_flag", vm).is_none()));
    found
        .iter()
        .map(|item| {
            if is_a(item, "ForeignKey") {
                foreign_key_constraint(item, obj, vm)
            } else {
                constraint(item, vm)
            }
        })
        .collect()
}

/// Makes the constraint that a `ForeignKey` of a column without a table stands for.
fn foreign_key_constraint(key: &PyObject, parent: &PyObject, vm: &VirtualMachine) -> PyResult<Constraint> {
    let (referred_schema, referred_table, referred_column) = foreign_key::reference(key, vm)?;
    Ok(Constraint::ForeignKey(ForeignKeyConstraint {
        name: constraint_name(get_some(key, "name", vm)?.as_deref(), vm)?,
        columns: vec![super::identifier(&*get(parent, "name", vm)?, vm)?],
        referred_schema,
        referred_table,
        referred_columns: referred_column.into_iter().collect(),
        onupdate: get_text(key, "onupdate", vm)?,
        ondelete: get_text(key, "ondelete", vm)?,
        deferrable: get_opt_bool(key, "deferrable", vm)?,
        initially: get_text(key, "initially", vm)?,
        match_: get_text(key, "match", vm)?,
        use_alter: get_bool(key, "use_alter", vm)?,
        comment: get_text(key, "comment", vm)?,
        dialect_options: dialect_options(key, vm)?,
    }))
}

/// Lowers what an `op.create_exclude_constraint` compares.
///
/// # Errors
/// What is no pair; text without a name, which the reference refuses as well.
pub fn exclude_elements(
    given: &[PyObjectRef],
    classes: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<Vec<ExcludeElement>> {
    if given.is_empty() {
        return Err(vm.new_value_error("not enough values to unpack (expected 2, got 0)"));
    }
    let elements = exclude::elements(given, classes, vm)?;
    if elements
        .iter()
        .any(|element| matches!(element.expression, IndexExpression::Expression(Expression::Text(_))))
    {
        return Err(exc::argument(
            "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
            vm,
        ));
    }
    Ok(elements)
}

/// Lowers SQL that may be given as a string.
pub fn sql_text(given: &PyObject, vm: &VirtualMachine) -> PyResult<Expression> {
    super::expression(&*exclude::sql(given, vm)?, vm)
}

/// Takes the connection out of a `Connection` object, or out of the one that an `AsyncConnection` stands on.
///
/// # Errors
/// `ArgumentError` for another object.
pub fn connection(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Connection> {
    if let Some(exception) = crate::interpreter::unavailable::needed(obj, vm) {
        return Err(exception);
    }
    if let Some(connection) = connection_of(obj) {
        return Ok(connection);
    }
    let shown = repr(obj, vm)?;
    Err(crate::modules::alembic::to_python(
        limbeck_core::Error::command(format!(
            "'connection' argument to configure() is expected to be a sqlalchemy.engine.Connection instance, got {shown}"
        )),
        vm,
    ))
}

/// Reads a URL from a string or takes it from a `URL` object.
pub fn url(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Url> {
    url_module::parse(obj, vm)
}

/// Tells whether an object is a SQL expression rather than a plain value.
pub fn is_expression(obj: &PyObject, vm: &VirtualMachine) -> bool {
    is_clause(obj, vm) || is_select(obj)
}

/// Tells whether an object is something that a connection executes: a statement, an expression, a DDL element.
pub fn is_executable(obj: &PyObject, vm: &VirtualMachine) -> bool {
    is_expression(obj, vm) || is_a(obj, "Executable") || is_a(obj, "BaseDDLElement")
}

/// Gives the error for an expression where only a value can be a literal.
pub fn no_literal(value: &PyObject, type_: Option<&PyObject>, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let shown = repr(value, vm).unwrap_or_default();
    let lowered = type_.map_or(Ok(SqlType::Null), |type_| super::sql_type(type_, vm));
    let message = match lowered {
        Ok(SqlType::Null) => {
            format!("No literal value renderer is available for literal value \"{shown}\" with datatype NULL")
        }
        lowered => {
            let datatype = lowered
                .ok()
                .and_then(|type_| limbeck_sql::dialect::DefaultDialect::default().type_sql(&type_).ok());
            format!(
                "Could not render literal value \"{shown}\" with datatype {}; see parent stack trace for more detail.",
                datatype.unwrap_or_default()
            )
        }
    };
    exc::error("CompileError", message, vm)
}

/// Tells whether an object is a column, a constraint, an index, or something that stands for one.
pub fn is_schema_item(obj: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if vm.is_none(obj) {
        return Ok(false);
    }
    let element = clause_element(obj, vm)?;
    Ok(is_a(&element, "SchemaItem"))
}

/// Tells whether an object is a `MetaData`.
pub fn is_metadata(obj: &PyObject) -> bool {
    is_a(obj, "MetaData")
}

/// Gives the name of a table's column by its key; what is no key stays, and is refused where names are looked up.
pub fn column_name(table: &PyObject, key: &str, vm: &VirtualMachine) -> PyResult<String> {
    let columns = get(table, "c", vm)?;
    if let Some(column) = collection::find(&columns, key) {
        return Ok(get_text(&column, "name", vm)?.unwrap_or_else(|| key.to_owned()));
    }
    let is_keyed = collection::entries(&columns).iter().any(|(known, column)| {
        known != key && get_text(column, "name", vm).ok().flatten().as_deref() == Some(key)
    });
    if is_keyed { Err(vm.new_key_error(vm.ctx.new_str(key).into())) } else { Ok(key.to_owned()) }
}

/// Gives the type object of a table's column.
pub fn column_type(table: &PyObject, column: &PyObject, vm: &VirtualMachine) -> Option<PyObjectRef> {
    let columns = get(table, "c", vm).ok()?;
    let column = collection::find(&columns, &text_of(column)?)?;
    get(&column, "type", vm).ok()
}

/// Lowers the naming convention of a `MetaData`; `None` for anything else, such as a list of several.
pub fn target_naming_convention(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<NamingConvention>> {
    if is_metadata(obj) { naming_convention(obj, vm).map(Some) } else { Ok(None) }
}
