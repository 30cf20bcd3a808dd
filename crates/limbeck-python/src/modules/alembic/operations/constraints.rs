//! The operations on constraints.

use limbeck_core::operations::{
    AddConstraintOp, ConstraintKind, CreateCheckConstraintOp, CreateExcludeConstraintOp, CreateForeignKeyOp,
    CreatePrimaryKeyOp, CreateUniqueConstraintOp, DropConstraintOp, Operations,
};
use limbeck_sql::expression::Expression;
use rustpython_vm::builtins::PyStr;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyResult, VirtualMachine};

use super::{
    constraint_name, constraint_options, dialect_options, invoke, name, required_name, required_names,
    take_boolean, take_name, take_option, take_string,
};
use crate::arguments::Arguments;
use crate::arguments::Parameter::{KeywordOnly, Keywords, Optional, Required, Rest};
use crate::lower;
use crate::modules::alembic::errors::to_python;

pub(super) fn create_primary_key(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters =
        [Required("constraint_name"), Required("table_name"), Required("columns"), KeywordOnly("schema")];
    let arguments = Arguments::bind("create_primary_key", &parameters, arguments, vm)?;
    let operation = CreatePrimaryKeyOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        table_name: required_name(&arguments, "table_name", vm)?,
        columns: required_names(&arguments, "columns", vm)?,
        schema: name(&arguments, "schema", vm)?,
        ..CreatePrimaryKeyOp::default()
    };
    invoke(operations, AddConstraintOp::PrimaryKey(operation), vm)
}

pub(super) fn create_unique_constraint(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters = [
        Required("constraint_name"),
        Required("table_name"),
        Required("columns"),
        KeywordOnly("schema"),
        Keywords,
    ];
    let arguments = Arguments::bind("create_unique_constraint", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let operation = CreateUniqueConstraintOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        table_name: required_name(&arguments, "table_name", vm)?,
        columns: required_names(&arguments, "columns", vm)?,
        schema: name(&arguments, "schema", vm)?,
        deferrable: take_boolean(&arguments, &mut kw, "deferrable", vm)?,
        initially: take_string(&arguments, &mut kw, "initially", vm)?,
        kw: constraint_options(kw, "UniqueConstraint", vm)?,
    };
    invoke(operations, AddConstraintOp::Unique(operation), vm)
}

pub(super) fn create_foreign_key(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters = [
        Required("constraint_name"),
        Required("source_table"),
        Required("referent_table"),
        Required("local_cols"),
        Required("remote_cols"),
        KeywordOnly("onupdate"),
        KeywordOnly("ondelete"),
        KeywordOnly("deferrable"),
        KeywordOnly("initially"),
        KeywordOnly("match"),
        KeywordOnly("source_schema"),
        KeywordOnly("referent_schema"),
        Keywords,
    ];
    let arguments = Arguments::bind("create_foreign_key", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let use_alter = take_boolean(&arguments, &mut kw, "use_alter", vm)?.unwrap_or(false);
    if required_names(&arguments, "remote_cols", vm)?.is_empty() {
        return Err(vm.new_index_error("list index out of range"));
    }
    let operation = CreateForeignKeyOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        source_table: required_name(&arguments, "source_table", vm)?,
        referent_table: required_name(&arguments, "referent_table", vm)?,
        local_cols: required_names(&arguments, "local_cols", vm)?,
        remote_cols: required_names(&arguments, "remote_cols", vm)?,
        onupdate: arguments.string("onupdate", vm)?,
        ondelete: arguments.string("ondelete", vm)?,
        deferrable: arguments.boolean("deferrable", vm)?,
        initially: arguments.string("initially", vm)?,
        match_: arguments.string("match", vm)?,
        use_alter,
        source_schema: name(&arguments, "source_schema", vm)?,
        referent_schema: name(&arguments, "referent_schema", vm)?,
        kw: constraint_options(kw, "ForeignKeyConstraint", vm)?,
    };
    invoke(operations, AddConstraintOp::ForeignKey(operation), vm)
}

pub(super) fn create_check_constraint(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters = [
        Required("constraint_name"),
        Required("table_name"),
        Required("condition"),
        KeywordOnly("schema"),
        Keywords,
    ];
    let arguments = Arguments::bind("create_check_constraint", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let condition = arguments.required("condition", vm)?;
    let condition = match condition.downcast_ref::<PyStr>() {
        Some(text) => Expression::text(text.as_wtf8().to_string()),
        None => lower::expression(&condition, vm)?,
    };
    let operation = CreateCheckConstraintOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        table_name: required_name(&arguments, "table_name", vm)?,
        condition,
        schema: name(&arguments, "schema", vm)?,
        deferrable: take_boolean(&arguments, &mut kw, "deferrable", vm)?,
        initially: take_string(&arguments, &mut kw, "initially", vm)?,
        kw: constraint_options(kw, "CheckConstraint", vm)?,
    };
    invoke(operations, AddConstraintOp::Check(operation), vm)
}

pub(super) fn drop_constraint(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [
        Required("constraint_name"),
        Required("table_name"),
        Optional("type_"),
        KeywordOnly("schema"),
        KeywordOnly("if_exists"),
    ];
    let arguments = Arguments::bind("drop_constraint", &parameters, arguments, vm)?;
    let kind = match arguments.string("type_", vm)? {
        Some(kind) => Some(ConstraintKind::parse(&kind).map_err(|error| to_python(error, vm))?),
        None => None,
    };
    let operation = DropConstraintOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        table_name: required_name(&arguments, "table_name", vm)?,
        constraint_type: kind,
        schema: name(&arguments, "schema", vm)?,
        if_exists: arguments.boolean("if_exists", vm)?,
        ..DropConstraintOp::default()
    };
    invoke(operations, operation, vm)
}

pub(super) fn create_exclude_constraint(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters = [Required("constraint_name"), Required("table_name"), Rest("elements"), Keywords];
    let arguments = Arguments::bind("create_exclude_constraint", &parameters, arguments, vm)?;
    let mut kw = dialect_options(&arguments, vm)?;
    let condition = take_option(&arguments, &mut kw, "where", vm);
    let classes = take_option(&arguments, &mut kw, "ops", vm);
    let operation = CreateExcludeConstraintOp {
        constraint_name: constraint_name(&arguments, "constraint_name", vm)?,
        table_name: required_name(&arguments, "table_name", vm)?,
        elements: lower::exclude_elements(arguments.rest(), classes.as_deref(), vm)?,
        where_: condition.map(|condition| lower::sql_text(&condition, vm)).transpose()?,
        schema: take_name(&arguments, &mut kw, "schema", vm)?,
        using: take_string(&arguments, &mut kw, "using", vm)?.unwrap_or_else(|| "gist".to_owned()),
        deferrable: take_boolean(&arguments, &mut kw, "deferrable", vm)?,
        initially: take_string(&arguments, &mut kw, "initially", vm)?,
    };
    invoke(operations, AddConstraintOp::Exclude(operation), vm)
}
