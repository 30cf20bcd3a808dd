//! What types of geoalchemy2 bring to their columns and tables: NOT NULL, and spatial indexes.
//!
//! Nothing is asked of columns until a script imports that package.

use std::cell::Cell;

use limbeck_core::operations::Operations;
use rustpython_vm::builtins::PyType;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::alembic::operations_object;
use crate::modules::sqlalchemy::object::{get, get_bool, get_some, is_a, new_bool};

thread_local! {
    static IN_USE: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a script has imported the package.
pub(super) fn use_from_now_on() {
    IN_USE.set(true);
}

/// Gives the type of a column when it is one of the package's.
fn spatial_type(column: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if !IN_USE.get() || !is_a(column, "Column") {
        return Ok(None);
    }
    let type_ = get(column, "type", vm)?;
    let is_spatial = type_.downcast_ref::<PyType>().is_none()
        && vm.get_attribute_opt(type_.clone(), "_is_spatial")?.is_some();
    Ok(is_spatial.then_some(type_))
}

/// Tells whether the type of a column makes it NOT NULL, whatever the column says.
pub(crate) fn forbids_null(column: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    match spatial_type(column, vm)? {
        Some(type_) => Ok(!get_bool(&type_, "nullable", vm)?),
        None => Ok(false),
    }
}

/// Lets the types of columns that were made with their table, or added to one, make their indexes.
pub(crate) fn after_columns(
    operations: &Operations,
    table: &PyObject,
    schema: Option<PyObjectRef>,
    columns: &[PyObjectRef],
    is_new_table: bool,
    vm: &VirtualMachine,
) -> PyResult<()> {
    for column in columns {
        let Some(type_) = spatial_type(column, vm)? else { continue };
        let name = get_some(column, "name", vm)?.unwrap_or_else(|| vm.ctx.none());
        let schema = schema.clone().unwrap_or_else(|| vm.ctx.none());
        let arguments = (
            operations_object(operations.clone(), vm),
            table.to_owned(),
            name,
            schema,
            new_bool(is_new_table, vm),
        );
        vm.call_method(&type_, "_after_column", arguments)?;
    }
    Ok(())
}
