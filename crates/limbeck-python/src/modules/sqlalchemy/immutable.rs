//! `sqlalchemy.util.immutabledict`: a dictionary that nobody changes.

use rustpython_vm::builtins::PyDict;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::object::{self, ClassDef, class_object, method, new_text};

fn refused(_this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    refuse(vm)
}

fn refuse(vm: &VirtualMachine) -> PyResult {
    Err(vm.new_type_error("immutabledict object is immutable"))
}

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "immutabledict",
    module: "sqlalchemy.util._immutabledict_cy",
    bases: &["dict"],
    members: &[
        ("__repr__", method(show)),
        ("__setitem__", method(refused)),
        ("__delitem__", method(refused)),
        ("clear", method(refused)),
        ("pop", method(refused)),
        ("popitem", method(refused)),
        ("setdefault", method(refused)),
        ("update", method(refused)),
        ("union", method(|this, args, vm| joined(&this, &args, vm))),
        ("merge_with", method(|this, args, vm| joined(&this, &args, vm))),
    ],
}];

fn entries(this: &PyObject, vm: &VirtualMachine) -> PyResult<rustpython_vm::PyRef<PyDict>> {
    let copy = vm.ctx.new_dict();
    if let Some(dict) = this.downcast_ref::<PyDict>() {
        for (key, value) in dict.items_vec() {
            copy.set_item(&*key, value, vm)?;
        }
    }
    Ok(copy)
}

fn show(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let entries: PyObjectRef = entries(&this, vm)?.into();
    Ok(new_text(format!("immutabledict({})", object::repr(&entries, vm)?), vm))
}

fn joined(this: &PyObject, args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    let all = entries(this, vm)?;
    for other in &args.args {
        if vm.is_none(other) {
            continue;
        }
        for (name, value) in object::pairs(other, vm)? {
            all.set_item(name.as_str(), value, vm)?;
        }
    }
    for (name, value) in &args.kwargs {
        all.set_item(name.as_str(), value.clone(), vm)?;
    }
    class_object("immutabledict").call((all,), vm)
}
