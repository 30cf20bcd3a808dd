//! `Row` and `RowMapping`.

use rustpython_vm::builtins::PyTuple;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class, get, instance, items, method, new_bool, new_list, new_text, new_tuple, set, text_of,
};
use crate::modules::sqlalchemy::sql::dml::column_key;

const MODULE: &str = "sqlalchemy.engine.row";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Row",
        module: MODULE,
        bases: &["tuple"],
        members: &[
            ("__getattr__", method(getattr)),
            ("_asdict", method(|this, _, vm| as_dict(&this, vm))),
            ("_mapping", Member::Get(|this, vm| mapping(&this, vm))),
            ("_tuple", method(|this, _, vm| plain(&this, vm))),
            ("tuple", method(|this, _, vm| plain(&this, vm))),
            ("_t", Member::Get(|this, vm| plain(&this, vm))),
            ("t", Member::Get(|this, vm| plain(&this, vm))),
        ],
    },
    ClassDef {
        name: "RowMapping",
        module: MODULE,
        bases: &[],
        members: &[
            ("__getitem__", method(mapping_getitem)),
            ("__contains__", method(mapping_contains)),
            ("__iter__", method(|this, _, vm| dict(&this, vm)?.get_iter(vm).map(Into::into))),
            ("__len__", method(|this, _, vm| Ok(vm.ctx.new_int(dict(&this, vm)?.length(vm)?).into()))),
            ("__repr__", method(|this, _, vm| Ok(new_text(object::repr(&*dict(&this, vm)?, vm)?, vm)))),
            ("__eq__", method(mapping_eq)),
            ("keys", method(|this, _, vm| vm.call_method(&*dict(&this, vm)?, "keys", ()))),
            ("values", method(|this, _, vm| vm.call_method(&*dict(&this, vm)?, "values", ()))),
            ("items", method(|this, _, vm| vm.call_method(&*dict(&this, vm)?, "items", ()))),
            ("get", method(|this, args, vm| vm.call_method(&*dict(&this, vm)?, "get", args))),
        ],
    },
];

/// Makes a row; `fields` is the tuple of keys that all rows of a result share.
pub(crate) fn new(values: Vec<PyObjectRef>, fields: &PyObject, vm: &VirtualMachine) -> PyResult {
    let tuple = PyTuple::new_unchecked(values.into_boxed_slice());
    let row: PyObjectRef = tuple.into_ref_with_type(vm, class("Row"))?.into();
    set(&row, "_fields", fields.to_owned(), vm)?;
    Ok(row)
}

fn plain(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    Ok(new_tuple(items(this, vm)?, vm))
}

fn entries(this: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<(PyObjectRef, PyObjectRef)>> {
    let fields = items(&*get(this, "_fields", vm)?, vm)?;
    Ok(fields.into_iter().zip(items(this, vm)?).collect())
}

fn getattr(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    if !name.starts_with("__") {
        for (field, value) in entries(&this, vm)? {
            if text_of(&field).as_deref() == Some(&name) {
                return Ok(value);
            }
        }
    }
    Err(vm.new_attribute_error(format!("Could not locate column in row for column '{name}'")))
}

fn as_dict(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (field, value) in entries(this, vm)? {
        dict.set_item(&*field, value, vm)?;
    }
    Ok(dict.into())
}

/// Makes the mapping of a row.
pub(crate) fn mapping(row: &PyObject, vm: &VirtualMachine) -> PyResult {
    let mapping = instance("RowMapping", vm)?;
    set(&mapping, "_dict", as_dict(row, vm)?, vm)?;
    Ok(mapping)
}

fn dict(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    get(this, "_dict", vm)
}

fn mapping_getitem(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(key) = args.args.first() else { return object::none(vm) };
    let name = column_key(key, vm)?;
    dict(&this, vm)?.get_item(name.as_str(), vm).map_err(|_| {
        exc::error("NoSuchColumnError", format!("Could not locate column in row for column '{name}'"), vm)
    })
}

fn mapping_contains(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(key) = args.args.first() else { return Ok(new_bool(false, vm)) };
    let name = column_key(key, vm)?;
    Ok(new_bool(dict(&this, vm)?.get_item(name.as_str(), vm).is_ok(), vm))
}

fn mapping_eq(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(other) = args.args.first() else { return Ok(new_bool(false, vm)) };
    let other = if object::is_a(other, "RowMapping") { dict(other, vm)? } else { other.clone() };
    Ok(new_bool(vm.bool_eq(&*dict(&this, vm)?, &other)?, vm))
}

/// Makes the tuple of a result's keys.
pub(crate) fn fields(names: &[String], vm: &VirtualMachine) -> PyObjectRef {
    new_tuple(names.iter().map(|name| new_text(name, vm)).collect(), vm)
}

/// Makes the list that `keys()` gives.
pub(crate) fn keys(names: &[String], vm: &VirtualMachine) -> PyObjectRef {
    new_list(names.iter().map(|name| new_text(name, vm)).collect(), vm)
}
