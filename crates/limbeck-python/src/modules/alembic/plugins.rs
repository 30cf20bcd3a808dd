//! Operations that user code registers, and `invoke` of operation objects.

use limbeck_core::operations::Operations;
use rustpython_vm::builtins::{PyTuple, PyType};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::operations::{self, FUNCTIONS};
use super::shared::Shared;
use super::{ddl_hooks, overrides};
use crate::arguments::{Arguments, Parameter};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::pairs;

/// The module of the operations' classes.
const CLASSES: &str = "alembic.operations.ops";

/// Which class has a registered operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// `Operations`, and with it `alembic.op`.
    Operations,
    /// `BatchOperations`
    Batch,
}

/// An operation that user code registered: its name, and what it calls.
struct Registered {
    owner: Owner,
    name: String,
    function: PyObjectRef,
}

/// What carries out the operations of a class.
struct Implementation {
    class: PyObjectRef,
    function: PyObjectRef,
}

static REGISTERED: Shared<Registered> = Shared::new();
static IMPLEMENTATIONS: Shared<Implementation> = Shared::new();

/// Lets go of what was registered, before the interpreter ends.
pub(super) fn forget() {
    drop(REGISTERED.take());
    drop(IMPLEMENTATIONS.take());
}

/// Gives what a registered operation calls.
pub(super) fn registered(owner: Owner, name: &str) -> Option<PyObjectRef> {
    REGISTERED.with_borrow(|known| {
        let found = known.iter().rev().find(|one| one.owner == owner && one.name == name);
        found.map(|one| one.function.clone())
    })
}

/// Gives the names of the registered operations.
pub(super) fn registered_names(owner: Owner) -> Vec<String> {
    REGISTERED.with_borrow(|known| {
        known.iter().filter(|one| one.owner == owner).map(|one| one.name.clone()).collect()
    })
}

/// `register_operation(name, sourcename=None)`: a decorator of the operation's class.
pub(super) fn register_operation(owner: Owner, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Parameter::Required("name"), Parameter::Optional("sourcename")];
    let arguments = Arguments::bind("register_operation", &parameters, arguments, vm)?;
    let name = arguments.required_string("name", vm)?;
    let source = arguments.string("sourcename", vm)?.unwrap_or_else(|| name.clone());
    let register = move |class: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let function = class.get_attr(vm.ctx.intern_str(source.as_str()), vm)?;
        REGISTERED.with_borrow_mut(|known| known.push(Registered { owner, name: name.clone(), function }));
        if owner == Owner::Operations {
            super::op::add(&name, vm)?;
        }
        Ok(class)
    };
    Ok(vm.new_function("register", register).into())
}

/// `implementation_for(op_cls, replace=False)`: a decorator of the function that carries the class's operations out.
pub(super) fn implementation_for(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Parameter::Required("op_cls"), Parameter::Optional("replace")];
    let arguments = Arguments::bind("implementation_for", &parameters, arguments, vm)?;
    let class = arguments.required("op_cls", vm)?;
    let replace = arguments.flag("replace", vm)?;
    let register = move |function: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let known = IMPLEMENTATIONS.with_borrow(|known| known.iter().any(|one| one.class.is(&class)));
        if !replace && (known || is_native(&class, vm)) {
            let shown = class.repr(vm)?;
            return Err(vm.new_value_error(format!(
                "Can not set dispatch function for object {shown}: key already exists. To replace existing function, \
                 use replace=True."
            )));
        }
        IMPLEMENTATIONS.with_borrow_mut(|known| {
            known.retain(|one| !one.class.is(&class));
            known.push(Implementation { class: class.clone(), function: function.clone() });
        });
        Ok(function)
    };
    Ok(vm.new_function("register", register).into())
}

/// Tells whether the engine itself carries out the operations of a class.
fn is_native(class: &PyObject, vm: &VirtualMachine) -> bool {
    class
        .downcast_ref::<PyType>()
        .is_some_and(|class| class.get_direct_attr(vm.ctx.intern_str("_call")).is_some())
}

/// Finds user code's implementation for the operations of a class or of the nearest of its bases.
fn implementation(class: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let bases = class.get_attr("__mro__", vm)?;
    for base in vm.extract_elements_with(&bases, Ok)? {
        let found = IMPLEMENTATIONS.with_borrow(|known| {
            known.iter().find(|one| one.class.is(&base)).map(|one| one.function.clone())
        });
        if found.is_some() {
            return Ok(found);
        }
        // What the engine does for a class comes before what is said of its bases.
        if is_native(&base, vm) {
            return Ok(None);
        }
    }
    Ok(None)
}

/// `invoke(operation)`
pub(super) fn invoke(operations: &Operations, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let arguments = Arguments::bind("invoke", &[Parameter::Required("operation")], arguments, vm)?;
    invoke_object(operations, &*arguments.required("operation", vm)?, vm)
}

/// Carries out an operation object: by user code's implementation, or as the engine's operation that it stands for.
pub(super) fn invoke_object(operations: &Operations, operation: &PyObject, vm: &VirtualMachine) -> PyResult {
    if let Some(function) = implementation(operation.class().as_object(), vm)? {
        let target = operations::object(operations.clone(), vm);
        return function.call((target, operation.to_owned()), vm);
    }
    if !is_operation(operation, vm)? {
        let shown = operation.repr(vm)?;
        return Err(vm.new_value_error(format!("no dispatch function for object: {shown}")));
    }
    let call = vm.call_method(operation, "_call", ())?;
    let parts = call.downcast_ref::<PyTuple>().map(|call| call.as_slice().to_vec()).unwrap_or_default();
    let [name, positional, keywords] = parts.as_slice() else {
        return Err(vm.new_type_error("an operation's _call() gives a name, arguments and keywords"));
    };
    let name = name.str(vm)?.to_string();
    let function = FUNCTIONS.iter().find(|(known, _)| *known == name);
    let Some((_, function)) = function else {
        return Err(vm.new_value_error(format!("no dispatch function for object: {name}")));
    };
    let positional: Vec<PyObjectRef> = vm.extract_elements_with(positional, Ok)?;
    let keywords = KwArgs::new(pairs(keywords, vm)?.into_iter().collect());
    function(operations, FuncArgs::new(positional, keywords), vm)
}

/// Tells whether an object is one of the engine's operations, or of a class made from theirs.
fn is_operation(object: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    let has_call = object.class().get_attr(vm.ctx.intern_str("_call")).is_some();
    Ok(has_call && object.is_instance(&*class("MigrateOperation", vm)?, vm)?)
}

/// Gives a class of the module of operations.
pub(super) fn class(name: &str, vm: &VirtualMachine) -> PyResult {
    classes(vm)?.get_attr(vm.ctx.intern_str(name), vm)
}

/// Gives the module of the operations' classes.
pub(super) fn classes(vm: &VirtualMachine) -> PyResult {
    vm.import(CLASSES, 0)?;
    vm.sys_module.get_attr("modules", vm)?.get_item(CLASSES, vm)
}

/// Calls a function of `alembic.op`: what user code has put in its place, or the engine's.
pub(super) fn call(
    name: &str,
    function: operations::Function,
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let replaced = IMPLEMENTATIONS.with_borrow(|known| known.iter().any(|one| is_native(&one.class, vm)));
    if replaced {
        let classes = classes(vm)?;
        let of_functions = classes.get_attr("_OF_FUNCTIONS", vm)?;
        if let Ok(class) = of_functions.get_item(name, vm)
            && IMPLEMENTATIONS.with_borrow(|known| known.iter().any(|one| one.class.is(&class)))
        {
            let operation = operation_of_call(name, arguments, vm)?;
            return invoke_object(operations, &operation, vm);
        }
    }
    if let Some(caller) = overrides::caller(name, operations.get_context().dialect().name(), vm)? {
        if operations.batch().is_some() {
            let what = format!("{name}() of user code's implementation class in batch_alter_table()");
            return Err(exc::not_provided(&what, vm));
        }
        let given = arguments.clone();
        let work = || overrides::call(&caller, name, operations, &arguments, vm);
        return if HOOKED.contains(&name) {
            ddl_hooks::during(name, &given, operations.get_context(), work, vm)
        } else {
            work()
        };
    }
    if !ddl_hooks::any() || !HOOKED.contains(&name) || operations.batch().is_some() {
        return function(operations, arguments, vm);
    }
    let given = arguments.clone();
    ddl_hooks::during(name, &given, operations.get_context(), || function(operations, arguments, vm), vm)
}

/// The functions whose DDL user code may listen to or write.
const HOOKED: &[&str] = &[
    "add_column",
    "alter_column",
    "create_index",
    "create_table",
    "drop_column",
    "drop_index",
    "drop_table",
    "rename_table",
];

/// Makes the operation object for a call of a function of `alembic.op`.
pub(super) fn operation_of_call(name: &str, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let keywords = vm.ctx.new_dict();
    for (name, value) in arguments.kwargs {
        keywords.set_item(name.as_str(), value, vm)?;
    }
    let positional = vm.ctx.new_tuple(arguments.args);
    vm.call_method(&*classes(vm)?, "_of_call", (vm.ctx.new_str(name), positional, keywords))
}
