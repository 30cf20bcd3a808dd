//! `alembic.operations.Operations`, and the calls behind its methods: Python arguments become operations.

mod constraints;

use limbeck_core::operations::{
    AddColumnOp, AlterColumnOp, Argument, BulkInsertOp, BulkValue, CreateIndexOp, CreateTableCommentOp,
    CreateTableOp, DropColumnOp, DropIndexOp, DropTableCommentOp, DropTableOp, ExecuteSQLOp,
    MigrateOperation, Operations, RenameTableOp, SchemaItem,
};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{Expression, Statement};
use limbeck_sql::schema::{ConstraintName, DialectOptions, Identifier, IndexExpression, ServerDefault};
use rustpython_vm::builtins::{PyDict, PyStr};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use constraints::{
    create_check_constraint, create_exclude_constraint, create_foreign_key, create_primary_key,
    create_unique_constraint, drop_constraint,
};

use super::errors::to_python;
use super::{batch, migration, plugins};
use crate::arguments::Arguments;
use crate::arguments::Parameter::{self, KeywordOnly, Keywords, Optional, Required, Rest};
use crate::interpreter::frames::drops_result;
use crate::lower;
use crate::modules::sqlalchemy::object::own;
use crate::modules::sqlalchemy::schema::check_dialect_keyword;
use crate::modules::third_party::spatial;
pub(super) use native::{batch_block, module_def, object};

/// A method of `Operations`, as a function of the operations and the call's arguments.
pub(super) type Function = fn(&Operations, FuncArgs, &VirtualMachine) -> PyResult;

/// The methods of `Operations`, by name.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("add_column", add_column),
    ("alter_column", alter_column),
    ("batch_alter_table", batch::batch_alter_table),
    ("bulk_insert", bulk_insert),
    ("create_check_constraint", create_check_constraint),
    ("create_exclude_constraint", create_exclude_constraint),
    ("create_foreign_key", create_foreign_key),
    ("create_index", create_index),
    ("create_primary_key", create_primary_key),
    ("create_table", create_table),
    ("create_table_comment", create_table_comment),
    ("create_unique_constraint", create_unique_constraint),
    ("drop_column", drop_column),
    ("drop_constraint", drop_constraint),
    ("drop_index", drop_index),
    ("drop_table", drop_table),
    ("drop_table_comment", drop_table_comment),
    ("execute", execute),
    ("f", f),
    ("get_bind", get_bind),
    ("get_context", get_context),
    ("inline_literal", inline_literal),
    ("invoke", plugins::invoke),
    ("rename_table", rename_table),
    ("run_async", run_async),
];

/// Carries an operation out.
fn invoke(operations: &Operations, operation: impl Into<MigrateOperation>, vm: &VirtualMachine) -> PyResult {
    operations.invoke(&operation.into()).map_err(|error| to_python(error, vm))?;
    Ok(vm.ctx.none())
}

/// Gives a name from an argument that must be there.
fn required_name(arguments: &Arguments, name: &str, vm: &VirtualMachine) -> PyResult<Identifier> {
    lower::identifier(&*arguments.required(name, vm)?, vm)
}

/// Gives a name from an argument, unless it is missing or `None`.
fn name(arguments: &Arguments, name: &str, vm: &VirtualMachine) -> PyResult<Option<Identifier>> {
    arguments.object(name, vm).map(|value| lower::identifier(&value, vm)).transpose()
}

/// Gives names from a sequence argument that must be there.
fn required_names(arguments: &Arguments, name: &str, vm: &VirtualMachine) -> PyResult<Vec<Identifier>> {
    let value = arguments.required(name, vm)?;
    let items: Vec<PyObjectRef> = vm.extract_elements_with(&value, Ok)?;
    items.iter().map(|item| lower::identifier(item, vm)).collect()
}

/// Gives the name of a constraint or index; `None` is no name.
fn constraint_name(arguments: &Arguments, name: &str, vm: &VirtualMachine) -> PyResult<ConstraintName> {
    match arguments.object(name, vm) {
        Some(value) => lower::constraint_name(Some(&value), vm),
        None => Ok(ConstraintName::Unnamed),
    }
}

/// Gives the keyword arguments that a function has no parameter for: options of dialects.
fn dialect_options(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<DialectOptions> {
    let mut options = DialectOptions::default();
    for (name, value) in arguments.keywords() {
        options.insert(name.clone(), lower::option_value(value, vm)?);
    }
    Ok(options)
}

/// Holds what is left of the keyword arguments against what the dialects accept for an object of a class.
fn check_options(options: &DialectOptions, class: &str, vm: &VirtualMachine) -> PyResult<()> {
    let path = format!("sqlalchemy.sql.schema.{class}");
    let classes: &[&str] = if class.ends_with("Constraint") { &[class, "Constraint"] } else { &[class] };
    options.keys().try_for_each(|name| check_dialect_keyword(name, classes, &path, vm))
}

/// Gives the options of a constraint, checked.
fn constraint_options(
    mut options: DialectOptions,
    class: &str,
    vm: &VirtualMachine,
) -> PyResult<DialectOptions> {
    for ignored in ["info", "comment"] {
        options.shift_remove(ignored);
    }
    check_options(&options, class, vm)?;
    Ok(options)
}

/// Gives a name with the wish about quoting that the keyword `quote` is.
fn with_quote(
    arguments: &Arguments,
    options: &mut DialectOptions,
    name: ConstraintName,
    vm: &VirtualMachine,
) -> PyResult<ConstraintName> {
    let Some(quote) = take_boolean(arguments, options, "quote", vm)? else { return Ok(name) };
    let quoted = |name: Identifier| Identifier::quoted(name.as_str().to_owned(), Some(quote));
    Ok(match name {
        ConstraintName::Unnamed => ConstraintName::Unnamed,
        ConstraintName::Given(name) => ConstraintName::Given(quoted(name)),
        ConstraintName::Conv(name) => ConstraintName::Conv(quoted(name)),
    })
}

/// Takes what only Python's `Table` understands out of its keyword arguments, and gives the table's name.
fn table_name(
    arguments: &Arguments,
    options: &mut DialectOptions,
    vm: &VirtualMachine,
) -> PyResult<Identifier> {
    let name = required_name(arguments, "table_name", vm)?;
    let quote = take_boolean(arguments, options, "quote", vm)?;
    for ignored in
        ["comment", "prefixes", "info", "listeners", "implicit_returning", "extend_existing", "keep_existing"]
    {
        options.shift_remove(ignored);
    }
    check_options(options, "Table", vm)?;
    Ok(if quote.is_some() { Identifier::quoted(name.as_str().to_owned(), quote) } else { name })
}

/// Takes an option with a meaning of its own out of the options of dialects.
fn take_option(
    arguments: &Arguments,
    options: &mut DialectOptions,
    name: &str,
    vm: &VirtualMachine,
) -> Option<PyObjectRef> {
    options.shift_remove(name)?;
    let value = arguments.keywords().iter().find(|(keyword, _)| keyword == name)?.1.clone();
    (!vm.is_none(&value)).then_some(value)
}

fn take_name(
    arguments: &Arguments,
    options: &mut DialectOptions,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<Option<Identifier>> {
    take_option(arguments, options, name, vm).map(|value| lower::identifier(&value, vm)).transpose()
}

fn take_string(
    arguments: &Arguments,
    options: &mut DialectOptions,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    take_option(arguments, options, name, vm).map(|value| Ok(value.str(vm)?.to_string())).transpose()
}

fn take_boolean(
    arguments: &Arguments,
    options: &mut DialectOptions,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<Option<bool>> {
    take_option(arguments, options, name, vm).map(|value| value.is_true(vm)).transpose()
}

fn create_table(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("table_name"), Rest("columns"), KeywordOnly("if_not_exists"), Keywords];
    let count = arguments.args.len() + arguments.kwargs.len();
    let arguments = Arguments::bind("create_table", &parameters, arguments, vm)?;
    let columns =
        arguments.rest().iter().map(|item| schema_item(item, vm)).collect::<PyResult<Vec<SchemaItem>>>()?;
    let mut kw = dialect_options(&arguments, vm)?;
    let prefixes = match take_option(&arguments, &mut kw, "prefixes", vm) {
        Some(prefixes) => vm.extract_elements_with(&prefixes, |prefix| Ok(prefix.str(vm)?.to_string()))?,
        None => Vec::new(),
    };
    let schema =
        arguments.keywords().iter().find(|(name, _)| name == "schema").map(|(_, schema)| schema.clone());
    let operation = CreateTableOp {
        columns,
        schema: take_name(&arguments, &mut kw, "schema", vm)?,
        if_not_exists: arguments.boolean("if_not_exists", vm)?,
        comment: take_string(&arguments, &mut kw, "comment", vm)?,
        prefixes,
        constraints_included: take_boolean(&arguments, &mut kw, "_constraints_included", vm)?
            .unwrap_or(false),
        table_name: table_name(&arguments, &mut kw, vm)?,
        kw,
    };
    invoke(operations, operation, vm)?;
    let table = arguments.required("table_name", vm)?;
    spatial::after_columns(operations, &table, schema.clone(), arguments.rest(), true, vm)?;
    if drops_result(count, vm) && arguments.rest().iter().all(|item| is_temporary(item, vm)) {
        // Nobody can see the table, nor the columns that it would take.
        return Ok(vm.ctx.none());
    }
    crate::raise::created_table(&arguments.required("table_name", vm)?, arguments.rest(), schema, vm)
}

/// Tells whether an argument of the call that is being carried out has been made for it, so that nobody sees it later.
fn is_temporary(argument: &PyObject, vm: &VirtualMachine) -> bool {
    // by the arguments of this function, and by those that the interpreter has made it from
    const HELD_BY_CALL: usize = 2;
    let of_itself = own(argument, "foreign_keys", vm).and_then(|keys| keys.length(vm).ok()).unwrap_or(0);
    argument.strong_count() <= HELD_BY_CALL + of_itself
}

/// Gives the engine's form of what a table is made of.
fn schema_item(item: &PyObject, vm: &VirtualMachine) -> PyResult<SchemaItem> {
    lower::schema_item(item, vm)
}

fn drop_table(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("table_name"), KeywordOnly("schema"), KeywordOnly("if_exists"), Keywords];
    let arguments = Arguments::bind("drop_table", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    for ignored in ["comment", "prefixes"] {
        kw.shift_remove(ignored);
    }
    let operation = DropTableOp {
        table_name: table_name(&arguments, &mut kw, vm)?,
        schema: name(&arguments, "schema", vm)?,
        if_exists: arguments.boolean("if_exists", vm)?,
        table_kw: kw,
        ..DropTableOp::default()
    };
    invoke(operations, operation, vm)
}

fn rename_table(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("old_table_name"), Required("new_table_name"), KeywordOnly("schema")];
    let arguments = Arguments::bind("rename_table", &parameters, arguments, vm)?;
    let operation = RenameTableOp {
        table_name: required_name(&arguments, "old_table_name", vm)?,
        new_table_name: required_name(&arguments, "new_table_name", vm)?,
        schema: name(&arguments, "schema", vm)?,
    };
    invoke(operations, operation, vm)
}

fn create_table_comment(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters =
        [Required("table_name"), Required("comment"), KeywordOnly("existing_comment"), KeywordOnly("schema")];
    let arguments = Arguments::bind("create_table_comment", &parameters, arguments, vm)?;
    let operation = CreateTableCommentOp {
        table_name: required_name(&arguments, "table_name", vm)?,
        comment: arguments.string("comment", vm)?,
        schema: name(&arguments, "schema", vm)?,
        existing_comment: arguments.string("existing_comment", vm)?,
    };
    invoke(operations, operation, vm)
}

fn drop_table_comment(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("table_name"), KeywordOnly("existing_comment"), KeywordOnly("schema")];
    let arguments = Arguments::bind("drop_table_comment", &parameters, arguments, vm)?;
    let operation = DropTableCommentOp {
        table_name: required_name(&arguments, "table_name", vm)?,
        schema: name(&arguments, "schema", vm)?,
        existing_comment: arguments.string("existing_comment", vm)?,
    };
    invoke(operations, operation, vm)
}

fn add_column(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [
        Required("table_name"),
        Required("column"),
        KeywordOnly("schema"),
        KeywordOnly("if_not_exists"),
        KeywordOnly("inline_references"),
        KeywordOnly("inline_primary_key"),
    ];
    let arguments = Arguments::bind("add_column", &parameters, arguments, vm)?;
    let given = arguments.required("column", vm)?;
    let no_column =
        || vm.new_attribute_error(format!("'{}' object has no attribute 'table'", given.class().name()));
    if !lower::is_schema_item(&given, vm)? {
        return Err(no_column());
    }
    let SchemaItem::Column { column, constraints } = schema_item(&given, vm)? else {
        return Err(no_column());
    };
    let operation = AddColumnOp {
        constraints,
        if_not_exists: arguments.boolean("if_not_exists", vm)?,
        inline_references: arguments.boolean("inline_references", vm)?,
        inline_primary_key: arguments.boolean("inline_primary_key", vm)?,
        ..AddColumnOp::new(
            name(&arguments, "schema", vm)?,
            required_name(&arguments, "table_name", vm)?,
            *column,
        )
    };
    invoke(operations, operation, vm)?;
    let table = arguments.required("table_name", vm)?;
    let schema = arguments.given("schema").map(ToOwned::to_owned);
    spatial::after_columns(operations, &table, schema, &[given], false, vm)?;
    Ok(vm.ctx.none())
}

fn drop_column(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("table_name"), Required("column_name"), KeywordOnly("schema"), Keywords];
    let arguments = Arguments::bind("drop_column", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let operation = DropColumnOp {
        table_name: required_name(&arguments, "table_name", vm)?,
        column_name: required_name(&arguments, "column_name", vm)?,
        schema: name(&arguments, "schema", vm)?,
        if_exists: take_boolean(&arguments, &mut kw, "if_exists", vm)?,
        kw,
        reverse: None,
    };
    invoke(operations, operation, vm)
}

/// Reads a server default of which `False` says nothing and `None` says that there is none.
fn server_default(
    arguments: &Arguments,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<Argument<ServerDefault>> {
    match arguments.given(name) {
        None => Ok(Argument::NotGiven),
        Some(value) if value.is(&vm.ctx.false_value) => Ok(Argument::NotGiven),
        Some(value) if vm.is_none(value) => Ok(Argument::None),
        Some(value) => lower::server_default(value, vm).map(Argument::from),
    }
}

fn alter_column(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [
        Required("table_name"),
        Required("column_name"),
        KeywordOnly("nullable"),
        KeywordOnly("comment"),
        KeywordOnly("server_default"),
        KeywordOnly("new_column_name"),
        KeywordOnly("type_"),
        KeywordOnly("existing_type"),
        KeywordOnly("existing_server_default"),
        KeywordOnly("existing_nullable"),
        KeywordOnly("existing_comment"),
        KeywordOnly("schema"),
        Keywords,
    ];
    let arguments = Arguments::bind("alter_column", &parameters, arguments, vm)?;
    let type_ = |name: &str| arguments.object(name, vm).map(|value| lower::sql_type(&value, vm)).transpose();
    let modify_comment = match arguments.given("comment") {
        None => Argument::NotGiven,
        Some(value) if value.is(&vm.ctx.false_value) => Argument::NotGiven,
        Some(_) => arguments.string("comment", vm)?.into(),
    };
    let operation = AlterColumnOp {
        table_name: required_name(&arguments, "table_name", vm)?,
        column_name: required_name(&arguments, "column_name", vm)?,
        schema: name(&arguments, "schema", vm)?,
        existing_type: type_("existing_type")?,
        existing_server_default: server_default(&arguments, "existing_server_default", vm)?,
        existing_nullable: arguments.boolean("existing_nullable", vm)?,
        existing_comment: arguments.string("existing_comment", vm)?,
        modify_nullable: arguments.boolean("nullable", vm)?,
        modify_comment,
        modify_server_default: server_default(&arguments, "server_default", vm)?,
        modify_name: name(&arguments, "new_column_name", vm)?,
        modify_type: type_("type_")?,
        kw: dialect_options(&arguments, vm)?,
    };
    invoke(operations, operation, vm)
}

fn create_index(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [
        Required("index_name"),
        Required("table_name"),
        Required("columns"),
        KeywordOnly("schema"),
        KeywordOnly("unique"),
        KeywordOnly("if_not_exists"),
        Keywords,
    ];
    let arguments = Arguments::bind("create_index", &parameters, arguments, vm)?;
    let columns: Vec<PyObjectRef> = vm.extract_elements_with(&*arguments.required("columns", vm)?, Ok)?;
    let columns = columns
        .iter()
        .map(|column| {
            if column.downcast_ref::<PyStr>().is_some() {
                return lower::identifier(column, vm).map(IndexExpression::Column);
            }
            lower::expression(column, vm).map(IndexExpression::Expression)
        })
        .collect::<PyResult<_>>()?;
    let mut kw = dialect_options(&arguments, vm)?;
    let index_name = constraint_name(&arguments, "index_name", vm)?;
    let index_name = with_quote(&arguments, &mut kw, index_name, vm)?;
    kw.shift_remove("info");
    check_options(&kw, "Index", vm)?;
    let operation = CreateIndexOp {
        index_name,
        table_name: required_name(&arguments, "table_name", vm)?,
        columns,
        schema: name(&arguments, "schema", vm)?,
        unique: arguments.flag("unique", vm)?,
        if_not_exists: arguments.boolean("if_not_exists", vm)?,
        kw,
    };
    invoke(operations, operation, vm)
}

fn drop_index(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [
        Required("index_name"),
        Optional("table_name"),
        KeywordOnly("schema"),
        KeywordOnly("if_exists"),
        Keywords,
    ];
    let arguments = Arguments::bind("drop_index", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let index_name = constraint_name(&arguments, "index_name", vm)?;
    let index_name = with_quote(&arguments, &mut kw, index_name, vm)?;
    kw.shift_remove("info");
    check_options(&kw, "Index", vm)?;
    let operation = DropIndexOp {
        index_name,
        table_name: name(&arguments, "table_name", vm)?,
        schema: name(&arguments, "schema", vm)?,
        if_exists: arguments.boolean("if_exists", vm)?,
        kw,
        ..DropIndexOp::default()
    };
    invoke(operations, operation, vm)
}

fn bulk_insert(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("table"), Required("rows"), KeywordOnly("multiinsert")];
    let arguments = Arguments::bind("bulk_insert", &parameters, arguments, vm)?;
    let table = arguments.required("table", vm)?;
    let rows = arguments.required("rows", vm)?;
    let as_sql = operations.get_context().as_sql();
    if rows.downcast_ref::<rustpython_vm::builtins::PyList>().is_none() {
        return Err(vm.new_type_error("List expected"));
    }
    let rows: Vec<PyObjectRef> = vm.extract_elements_with(&rows, Ok)?;
    let together = !as_sql && arguments.boolean("multiinsert", vm)?.unwrap_or(true);
    let mut first: Option<Vec<String>> = None;
    let mut lowered = Vec::with_capacity(rows.len());
    for row in rows {
        let Ok(row) = row.downcast::<PyDict>() else {
            return Err(vm.new_type_error("List of dictionaries expected"));
        };
        let mut values = indexmap::IndexMap::new();
        for (column, value) in row {
            let key = column.str(vm)?.to_string();
            let name = lower::column_name(&table, &key, vm)?;
            values.insert(name, bulk_value(&value, &table, &column, as_sql, vm)?);
        }
        // Several rows at once are what the first of them is: its columns, and the defaults of the others.
        let given = match (&first, together) {
            (Some(first), true) => first.clone(),
            _ => values.keys().cloned().collect(),
        };
        if together {
            values.retain(|name, _| given.contains(name));
        }
        first.get_or_insert_with(|| given.clone());
        let defaults =
            lower::without_database(as_sql, || lower::python_defaults(&table, &given, "default", vm))?;
        for (column, value) in defaults {
            let name = vm.ctx.new_str(column.as_str());
            values.insert(column, bulk_value(&value, &table, name.as_object(), false, vm)?);
        }
        lowered.push(values);
    }
    let operation = BulkInsertOp {
        table: lower::table_clause(&table, vm)?,
        rows: lowered,
        multiinsert: arguments.boolean("multiinsert", vm)?.unwrap_or(true),
    };
    invoke(operations, operation, vm)
}

/// Lowers a value of a row: a SQL expression as such, anything else by the type of its column.
fn bulk_value(
    value: &PyObject,
    table: &PyObject,
    column: &PyObject,
    as_literal: bool,
    vm: &VirtualMachine,
) -> PyResult<BulkValue> {
    let type_ = lower::column_type(table, column, vm);
    if lower::is_expression(value, vm) {
        let expression = lower::expression(value, vm)?;
        let inline = matches!(&expression, Expression::Bind(bind) if bind.literal_execute);
        if as_literal && !inline {
            return Err(lower::no_literal(value, type_.as_deref(), vm));
        }
        return Ok(BulkValue::Expression(expression));
    }
    lower::value_for(value, type_.as_deref(), vm).map(BulkValue::Value)
}

fn execute(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Required("sqltext"), KeywordOnly("execution_options")];
    let arguments = Arguments::bind("execute", &parameters, arguments, vm)?;
    let sqltext = arguments.required("sqltext", vm)?;
    if operations.get_context().as_sql()
        && sqltext.downcast_ref::<PyStr>().is_none()
        && !lower::is_executable(&sqltext, vm)
    {
        let message = format!("'{}' object has no attribute 'compile'", sqltext.class().name());
        return Err(vm.new_attribute_error(message));
    }
    let as_sql = operations.get_context().as_sql();
    let operation = ExecuteSQLOp {
        sqltext: lower::without_database(as_sql, || executable(&sqltext, vm))?,
        execution_options: execution_options(&arguments, vm)?,
    };
    invoke(operations, operation, vm)
}

/// Gives the statement of an `execute` argument: a string is `text(...)`.
pub(super) fn executable(object: &PyObject, vm: &VirtualMachine) -> PyResult<Statement> {
    match object.downcast_ref::<PyStr>() {
        Some(text) => Ok(limbeck_core::operations::text_statement(text.as_wtf8().to_string())),
        None => lower::statement(object, vm),
    }
}

/// Reads the argument `execution_options`.
pub(super) fn execution_options(
    arguments: &Arguments,
    vm: &VirtualMachine,
) -> PyResult<indexmap::IndexMap<String, Value>> {
    let mut options = indexmap::IndexMap::new();
    if let Some(given) = arguments.object("execution_options", vm) {
        let given: PyRef<PyDict> = given.try_into_value(vm)?;
        for (name, value) in given {
            options.insert(name.str(vm)?.to_string(), lower::value(&value, vm)?);
        }
    }
    Ok(options)
}

fn f(_operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let arguments = Arguments::bind("f", &[Required("name")], arguments, vm)?;
    crate::raise::conv(&arguments.required_string("name", vm)?, vm)
}

fn inline_literal(_operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let arguments =
        Arguments::bind("inline_literal", &[Required("value"), Optional("type_")], arguments, vm)?;
    let type_ = arguments.object("type_", vm);
    crate::raise::inline_literal(arguments.required("value", vm)?, type_, vm)
}

fn get_bind(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    Arguments::bind("get_bind", &[], arguments, vm)?;
    migration::bind_of(operations.get_context(), vm)
}

fn get_context(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    Arguments::bind("get_context", &[], arguments, vm)?;
    Ok(migration::object(operations.get_context(), vm))
}

/// `run_async(async_function, *args, **kw)`: waits for what an async function gives, online.
fn run_async(operations: &Operations, mut arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(function) = arguments.take_positional() else {
        let message = "run_async() missing 1 required positional argument: 'async_function'";
        return Err(vm.new_type_error(message));
    };
    if operations.get_context().as_sql() {
        return Err(vm.new_value_error("Cannot call run_async with a sync engine"));
    }
    let _ = function;
    not_yet("run_async", vm)
}

/// Refuses an operation that this version does not have.
fn not_yet(operation: &str, vm: &VirtualMachine) -> PyResult {
    Err(vm.new_not_implemented_error(format!("op.{operation}() is not provided by Limbeck yet")))
}

/// Makes the classes of what operations give, which scripts meet without importing them.
pub(super) fn make_classes() {
    use rustpython_vm::class::PyClassImpl;

    native::PyOperations::make_static_type();
    native::PyBatchOperations::make_static_type();
    native::PyBatchBlock::make_static_type();
    native::PyOperationsBlock::make_static_type();
}

#[rustpython_vm::pymodule(name = "alembic.operations")]
mod native {
    use limbeck_core::operations::Operations;
    use rustpython_vm::builtins::{PyModule, PyStr, PyTypeRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::types::GetAttr;
    use rustpython_vm::{AsObject, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

    use super::{FUNCTIONS, Parameter};
    use crate::arguments::Arguments;
    use crate::modules::alembic::batch::BatchTarget;
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::plugins::{self, Owner};
    use crate::modules::alembic::{migration, state};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let operations = module.get_attr("Operations", vm)?;
        module.set_attr("AbstractOperations", operations, vm)?;
        let missing = |name: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            match name.str(vm)?.to_string().as_str() {
                "MigrateOperation" => plugins::class("MigrateOperation", vm),
                "ops" => plugins::classes(vm),
                name => {
                    let message = format!("module 'alembic.operations' has no attribute '{name}'");
                    Err(vm.new_attribute_error(message))
                }
            }
        };
        module.set_attr("__getattr__", vm.new_function("__getattr__", missing), vm)?;
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }

    /// Makes the object for operations: of a batch, or of none.
    pub fn object(operations: Operations, vm: &VirtualMachine) -> PyObjectRef {
        PyOperations { operations }.into_pyobject(vm)
    }

    /// Makes what a `with` block of a batch enters.
    pub fn batch_block(target: BatchTarget, vm: &VirtualMachine) -> PyObjectRef {
        PyBatchBlock { target }.into_pyobject(vm)
    }

    /// Operations on a migration context of one's own, as programs use them.
    #[pyattr]
    #[pyclass(module = "alembic.operations.base", name = "Operations")]
    #[derive(Debug, PyPayload)]
    pub struct PyOperations {
        operations: Operations,
    }

    #[pyclass(with(GetAttr))]
    impl PyOperations {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("migration_context"), Parameter::Optional("impl")];
            let arguments = Arguments::bind("Operations", &parameters, arguments, vm)?;
            let context = migration::context_of(&arguments.required("migration_context", vm)?, vm)?;
            Self { operations: Operations::new(context) }.into_ref_with_type(vm, class).map(Into::into)
        }

        /// Makes `alembic.op` stand for operations on a context, in a `with` block.
        #[pystaticmethod]
        fn context(migration_context: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyOperationsBlock> {
            let context = migration::context_of(&migration_context, vm)?;
            Ok(PyOperationsBlock { operations: Operations::new(context) })
        }

        #[pygetset]
        fn migration_context(&self, vm: &VirtualMachine) -> PyObjectRef {
            migration::object(self.operations.get_context(), vm)
        }

        #[pygetset(name = "impl")]
        fn implementation(&self, vm: &VirtualMachine) -> PyResult {
            migration::object(self.operations.get_context(), vm).get_attr("impl", vm)
        }

        /// Makes user code's class an operation, by a name of its choice.
        #[pystaticmethod]
        fn register_operation(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            plugins::register_operation(Owner::Operations, arguments, vm)
        }

        /// Makes a function carry out the operations of a class.
        #[pystaticmethod]
        fn implementation_for(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            plugins::implementation_for(arguments, vm)
        }
    }

    /// The operations of a batch.
    #[pyattr]
    #[pyclass(module = "alembic.operations.base", name = "BatchOperations")]
    #[derive(Debug, PyPayload)]
    pub struct PyBatchOperations {
        target: BatchTarget,
    }

    #[pyclass(with(GetAttr))]
    impl PyBatchOperations {
        #[pygetset]
        fn migration_context(&self, vm: &VirtualMachine) -> PyObjectRef {
            migration::object(self.target.operations.get_context(), vm)
        }

        #[pygetset(name = "impl")]
        fn implementation(&self, vm: &VirtualMachine) -> PyResult {
            migration::object(self.target.operations.get_context(), vm).get_attr("impl", vm)
        }

        /// Makes user code's class an operation of batches.
        #[pystaticmethod]
        fn register_operation(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            plugins::register_operation(Owner::Batch, arguments, vm)
        }

        /// Makes a function carry out the operations of a class.
        #[pystaticmethod]
        fn implementation_for(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            plugins::implementation_for(arguments, vm)
        }
    }

    /// What `batch_alter_table()` gives.
    #[pyattr]
    #[pyclass(module = "alembic.operations.base", name = "_BatchBlock")]
    #[derive(Debug, PyPayload)]
    pub struct PyBatchBlock {
        target: BatchTarget,
    }

    #[pyclass]
    impl PyBatchBlock {
        #[pymethod]
        fn __enter__(&self) -> PyBatchOperations {
            PyBatchOperations { target: self.target.clone() }
        }

        /// Carries the batch out, unless its block failed.
        #[pymethod]
        fn __exit__(
            &self,
            _class: PyObjectRef,
            exception: PyObjectRef,
            _traceback: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let operations = &self.target.operations;
            match operations.batch() {
                Some(batch) if vm.is_none(&exception) => {
                    batch.flush(operations).map_err(|error| to_python(error, vm))
                }
                _ => Ok(()),
            }
        }
    }

    impl GetAttr for PyBatchOperations {
        fn getattro(zelf: &Py<Self>, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
            let text = name.as_wtf8().to_string();
            if let Some(function) = plugins::registered(Owner::Batch, &text) {
                return Ok(bound(function, zelf.as_object().to_owned(), vm));
            }
            match zelf.target.method(&text, vm) {
                Some(method) => Ok(method),
                None => zelf.as_object().generic_getattr(name, vm),
            }
        }
    }

    /// Makes a registered operation a method: its function gets the operations first.
    fn bound(function: PyObjectRef, operations: PyObjectRef, vm: &VirtualMachine) -> PyObjectRef {
        let call = move |mut arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
            arguments.prepend_arg(operations.clone());
            function.call(arguments, vm)
        };
        vm.new_function("registered", call).into()
    }

    /// What `Operations.context()` gives.
    #[pyattr]
    #[pyclass(module = "alembic.operations.base", name = "_OperationsBlock")]
    #[derive(Debug, PyPayload)]
    pub struct PyOperationsBlock {
        operations: Operations,
    }

    #[pyclass]
    impl PyOperationsBlock {
        #[pymethod]
        fn __enter__(&self) -> PyOperations {
            state::push_operations(self.operations.clone());
            PyOperations { operations: self.operations.clone() }
        }

        #[pymethod]
        fn __exit__(&self, _arguments: FuncArgs) {
            state::pop_operations();
        }
    }

    impl GetAttr for PyOperations {
        fn getattro(zelf: &Py<Self>, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
            let text = name.as_wtf8().to_string();
            if let Some(function) = plugins::registered(Owner::Operations, &text) {
                return Ok(bound(function, zelf.as_object().to_owned(), vm));
            }
            let Some((name, function)) = FUNCTIONS.iter().find(|(known, _)| *known == text) else {
                return zelf.as_object().generic_getattr(name, vm);
            };
            let operations = zelf.operations.clone();
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                plugins::call(name, *function, &operations, arguments, vm)
            });
            Ok(native.into())
        }
    }
}
