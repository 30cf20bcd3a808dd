//! `ColumnCollection`: the `.c` of tables and queries.

use std::sync::{Arc, PoisonError, RwLock};

use indexmap::IndexMap;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::object::{
    self, ClassDef, get, get_some, instance_with, method, new_list, new_text, new_tuple, state, text_of,
};

type Columns = RwLock<IndexMap<String, PyObjectRef>>;

const MODULE: &str = "sqlalchemy.sql.base";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "ColumnCollection",
        module: MODULE,
        bases: &[],
        members: &[
            ("__getattr__", method(getattr)),
            ("__getitem__", method(getitem)),
            ("__contains__", method(contains)),
            ("__iter__", method(|this, _, vm| list(&this, vm)?.get_iter(vm).map(Into::into))),
            ("__len__", method(|this, _, vm| Ok(vm.ctx.new_int(columns(&this).len()).into()))),
            ("__bool__", method(|this, _, vm| Ok(object::new_bool(!columns(&this).is_empty(), vm)))),
            ("__str__", method(shown)),
            ("__dir__", method(keys)),
            ("keys", method(keys)),
            ("values", method(|this, _, vm| list(&this, vm))),
            ("items", method(items)),
            ("get", method(get_column)),
            ("contains_column", method(contains_column)),
            ("as_readonly", method(|this, _, _| Ok(this))),
        ],
    },
    ClassDef { name: "ReadOnlyColumnCollection", module: MODULE, bases: &["ColumnCollection"], members: &[] },
];

/// Makes an empty collection.
pub(crate) fn new(vm: &VirtualMachine) -> PyResult {
    instance_with("ReadOnlyColumnCollection", Columns::default(), vm)
}

/// Adds a column under a key, by default its own.
pub(crate) fn add(collection: &PyObject, key: Option<String>, column: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let key = match key {
        Some(key) => key,
        None => match get_some(&column, "key", vm)? {
            Some(key) => text_of(&key).unwrap_or_default(),
            None => get(&column, "name", vm).ok().and_then(|name| text_of(&name)).unwrap_or_default(),
        },
    };
    if let Some(columns) = state::<Columns>(collection) {
        columns.write().unwrap_or_else(PoisonError::into_inner).insert(key, column);
    }
    Ok(())
}

/// Takes a column out.
pub(crate) fn remove(collection: &PyObject, column: &PyObject) {
    if let Some(columns) = state::<Columns>(collection) {
        columns.write().unwrap_or_else(PoisonError::into_inner).retain(|_, entry| !entry.is(column));
    }
}

/// Gives the columns, in order.
pub(crate) fn columns(collection: &PyObject) -> Vec<PyObjectRef> {
    entries(collection).into_iter().map(|(_, column)| column).collect()
}

/// Gives keys and columns, in order.
pub(crate) fn entries(collection: &PyObject) -> Vec<(String, PyObjectRef)> {
    state::<Columns>(collection)
        .map(|columns: Arc<Columns>| {
            let columns = columns.read().unwrap_or_else(PoisonError::into_inner);
            columns.iter().map(|(key, column)| (key.clone(), column.clone())).collect()
        })
        .unwrap_or_default()
}

/// Finds a column by key.
pub(crate) fn find(collection: &PyObject, key: &str) -> Option<PyObjectRef> {
    state::<Columns>(collection)?.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn key(args: &FuncArgs) -> String {
    args.args.first().and_then(|key| text_of(key)).unwrap_or_default()
}

fn list(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    Ok(new_list(columns(this), vm))
}

fn getattr(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = key(&args);
    find(&this, &name).ok_or_else(|| vm.new_attribute_error(name))
}

fn getitem(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(wanted) = args.args.first() else { return Err(vm.new_type_error("a key is expected")) };
    if let Some(name) = text_of(wanted) {
        return find(&this, &name).ok_or_else(|| vm.new_key_error(wanted.clone()));
    }
    if object::is_list(wanted, vm) {
        let subset = new(vm)?;
        for wanted in object::items(wanted, vm)? {
            let found = vm.call_method(&this, "__getitem__", (wanted,))?;
            add(&subset, None, found, vm)?;
        }
        return Ok(subset);
    }
    list(&this, vm)?.get_item(&**wanted, vm)
}

fn contains(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if args.args.first().is_none_or(|key| text_of(key).is_none()) {
        return Err(crate::modules::sqlalchemy::exc::argument(
            "__contains__ requires a string argument",
            vm,
        ));
    }
    Ok(object::new_bool(find(&this, &key(&args)).is_some(), vm))
}

fn contains_column(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let found = args.args.first().is_some_and(|column| columns(&this).iter().any(|entry| entry.is(column)));
    Ok(object::new_bool(found, vm))
}

fn keys(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    Ok(new_list(entries(&this).into_iter().map(|(key, _)| new_text(key, vm)).collect(), vm))
}

fn items(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let pairs = entries(&this).into_iter().map(|(key, column)| new_tuple(vec![new_text(key, vm), column], vm));
    Ok(new_list(pairs.collect(), vm))
}

fn get_column(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let found = find(&this, &key(&args)).or_else(|| args.args.get(1).cloned());
    Ok(found.unwrap_or_else(|| vm.ctx.none()))
}

fn shown(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = Vec::new();
    for column in columns(&this) {
        parts.push(object::text(&column, vm)?);
    }
    Ok(new_text(format!("{}({})", object::class_name(&this), parts.join(", ")), vm))
}
