//! Schema objects and what belongs to the engine, as Python objects.

use std::sync::Arc;

use limbeck_sql::dialect::Dialect;
use limbeck_sql::engine::Connection;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::engine;
use crate::modules::sqlalchemy::object::{class_object, is_a, new_text, own};
use crate::modules::sqlalchemy::sql::elements::{Bind, Node, element};

/// Makes the `Table` that `op.create_table` gives back: the columns that it was called with, in a `MetaData` of its own.
///
/// As in the reference the table takes the very objects, unless they belong to another table already.
pub fn created_table(
    name: &PyObjectRef,
    items: &[PyObjectRef],
    schema: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let mut arguments = vec![name.clone(), class_object("MetaData").call((), vm)?];
    for item in items.iter().filter(|item| is_a(item, "Column")) {
        arguments.push(match own(item, "table", vm) {
            Some(_) => vm.call_method(item, "_copy", ())?,
            None => item.clone(),
        });
    }
    let keywords = schema.map(|schema| ("schema".to_owned(), schema)).into_iter().collect();
    class_object("Table").call_with_args(FuncArgs::new(arguments, KwArgs::new(keywords)), vm)
}

/// Makes a `conv`: a name that no naming convention touches.
pub fn conv(name: &str, vm: &VirtualMachine) -> PyResult {
    class_object("conv").call((new_text(name, vm),), vm)
}

/// Makes a value that is written into statements as a literal.
pub fn inline_literal(value: PyObjectRef, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let bind = Bind { value: Some(value), type_, unique: true, literal_execute: true, ..Bind::default() };
    element(Node::Bind(bind), vm)
}

/// Makes the object for a connection.
pub fn connection(connection: &Connection, vm: &VirtualMachine) -> PyResult {
    engine::connection_object(connection, vm)
}

/// Makes the object for a dialect.
pub fn dialect(dialect: &Arc<dyn Dialect>, vm: &VirtualMachine) -> PyResult {
    engine::new_dialect(dialect, vm)
}
