//! `op.impl`: the methods of the DDL implementation that programs call, by way of operations.

use limbeck_core::operations::Operations;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{operations, plugins};

/// A method of the implementation, and the operation it stands for.
pub(super) struct ImplMethod {
    /// The method's name.
    pub name: &'static str,
    kind: Kind,
}

/// What the method is given.
enum Kind {
    /// What the function of `alembic.op` with the same name is given.
    Function,
    /// A table, constraint or index, of which a class's method makes the operation.
    Object(&'static str, &'static str),
}

const fn function(name: &'static str) -> ImplMethod {
    ImplMethod { name, kind: Kind::Function }
}

const fn of_object(name: &'static str, class: &'static str, constructor: &'static str) -> ImplMethod {
    ImplMethod { name, kind: Kind::Object(class, constructor) }
}

/// The methods.
pub(super) const METHODS: &[ImplMethod] = &[
    function("add_column"),
    function("alter_column"),
    function("bulk_insert"),
    function("rename_table"),
    of_object("create_table", "CreateTableOp", "from_table"),
    of_object("drop_table", "DropTableOp", "from_table"),
    of_object("add_constraint", "AddConstraintOp", "from_constraint"),
    of_object("drop_constraint", "DropConstraintOp", "from_constraint"),
    of_object("create_index", "CreateIndexOp", "from_index"),
    of_object("drop_index", "DropIndexOp", "from_index"),
    ImplMethod { name: "drop_column", kind: Kind::Function },
];

/// Calls a method.
pub(super) fn call(
    method: &ImplMethod,
    operations: &Operations,
    mut arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let Kind::Object(class, constructor) = method.kind else {
        if method.name == "drop_column"
            && let Some(column) = arguments.args.get_mut(1)
        {
            *column = name_of(column, vm)?;
        }
        let Some((_, function)) = operations::FUNCTIONS.iter().find(|(name, _)| *name == method.name) else {
            return Err(vm.new_attribute_error(method.name.to_owned()));
        };
        return function(operations, arguments, vm);
    };
    let Some(subject) = arguments.take_positional() else {
        let message = format!("{}() missing 1 required positional argument", method.name);
        return Err(vm.new_type_error(message));
    };
    let class = plugins::class(class, vm)?;
    let operation = vm.call_method(&class, constructor, (subject,))?;
    for (name, value) in arguments.kwargs {
        operation.set_attr(vm.ctx.intern_str(name), value, vm)?;
    }
    plugins::invoke_object(operations, &operation, vm)
}

/// Gives the name of a column; a name is its own.
fn name_of(column: &PyObject, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    Ok(vm
        .get_attribute_opt(column.to_owned(), vm.ctx.intern_str("name"))?
        .unwrap_or_else(|| column.to_owned()))
}
