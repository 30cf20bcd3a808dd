//! `Column`.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::defaults::{column_default, server_default};
use super::{MODULE, is_item, new_set, not_an_item, number, quoted, set_dialect_keywords};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_name, get, get_bool, get_some, get_text, is_a, items, method, new_bool,
    new_list, new_text, own, repr, set, text_of,
};
use crate::modules::sqlalchemy::types::{is_type, null_type, to_instance};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "Column",
    module: MODULE,
    bases: &["SchemaItem", "ColumnClause"],
    members: &[
        ("__init__", method(init)),
        ("__repr__", method(column_repr)),
        ("copy", method(|this, _, vm| copy(&this, vm))),
        ("_copy", method(|this, _, vm| copy(&this, vm))),
        ("references", method(references)),
        ("append_foreign_key", method(append_foreign_key)),
        ("foreign_keys", Member::Get(|_, vm| new_set(vm))),
        ("type", Member::Get(|_, vm| null_type(vm))),
        ("key", Member::Get(|this, vm| get(&this, "name", vm))),
        ("description", Member::Get(|this, vm| get(&this, "name", vm))),
        ("name", Member::Value(|vm| vm.ctx.none())),
        ("__class_getitem__", Member::Class(|this, _, _| Ok(this))),
        ("inherit_cache", Member::Value(|vm| new_bool(true, vm))),
        // What most columns leave alone stands here once instead of in every column.
        ("table", Member::Value(|vm| vm.ctx.none())),
        ("doc", Member::Value(|vm| vm.ctx.none())),
        ("index", Member::Value(|vm| vm.ctx.none())),
        ("unique", Member::Value(|vm| vm.ctx.none())),
        ("comment", Member::Value(|vm| vm.ctx.none())),
        ("default", Member::Value(|vm| vm.ctx.none())),
        ("onupdate", Member::Value(|vm| vm.ctx.none())),
        ("server_default", Member::Value(|vm| vm.ctx.none())),
        ("server_onupdate", Member::Value(|vm| vm.ctx.none())),
        ("autoincrement", Member::Value(|vm| new_text("auto", vm))),
        ("system", Member::Value(|vm| new_bool(false, vm))),
        ("is_literal", Member::Value(|vm| new_bool(false, vm))),
    ],
}];

fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Column.__init__", args, vm);
    let mut given = arguments.rest();
    let mut name = arguments.keyword("name");
    let mut type_ = arguments.keyword("type_");
    if let Some(first) = given.first() {
        if text_of(first).is_some() {
            if name.is_some() {
                return Err(exc::argument("May not pass name positionally and as a keyword.", vm));
            }
            name = Some(given.remove(0));
        } else if vm.is_none(first) {
            given.remove(0);
        }
    }
    if let Some(first) = given.first() {
        let is_null = vm.is_none(first);
        if is_null || is_type(first) {
            if type_.is_some() {
                return Err(exc::argument("May not pass type_ positionally and as a keyword.", vm));
            }
            let first = given.remove(0);
            type_ = (!is_null).then_some(first);
        }
    }
    let type_ = match type_ {
        Some(type_) => to_instance(&type_, vm)?,
        None => null_type(vm)?,
    };
    let primary_key = arguments.flag("primary_key", false)?;
    let nullable = arguments.keyword_value("nullable");
    let quote = arguments.keyword("quote");
    let name = match (name, quote) {
        (Some(name), quote) => Some(quoted(name, quote, vm)?),
        (None, Some(_)) => {
            return Err(exc::argument("Explicit 'name' is required when sending 'quote' argument", vm));
        }
        (None, None) => None,
    };
    number(&this, vm)?;
    set(&this, "name", name.clone().unwrap_or_else(|| vm.ctx.none()), vm)?;
    let key = arguments.keyword("key").or(name);
    set(&this, "key", key.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(&this, "type", type_, vm)?;
    set(&this, "primary_key", new_bool(primary_key, vm), vm)?;
    set(&this, "_user_defined_nullable_given", new_bool(nullable.is_some(), vm), vm)?;
    let nullable = match nullable {
        Some(nullable) => nullable.try_to_bool(vm)?,
        None => !primary_key,
    };
    set(&this, "nullable", new_bool(nullable, vm), vm)?;
    if arguments.flag("system", false)? {
        set(&this, "system", new_bool(true, vm), vm)?;
    }
    for attribute in ["doc", "index", "unique", "comment", "info"] {
        set_given(&this, attribute, arguments.keyword(attribute), vm)?;
    }
    // `None` is not the same as nothing given.
    set_given(&this, "autoincrement", arguments.keyword_value("autoincrement"), vm)?;
    let insert_default = arguments.keyword("insert_default");
    let default = arguments.keyword("default").or(insert_default);
    let default = default.map(|default| column_default(&default, false, vm)).transpose()?;
    set_given(&this, "default", default, vm)?;
    let onupdate = arguments.keyword("onupdate").map(|value| column_default(&value, true, vm)).transpose()?;
    set_given(&this, "onupdate", onupdate, vm)?;
    let given_default = arguments.keyword("server_default");
    let given_onupdate = arguments.keyword("server_onupdate");
    let has_server_side = given_default.is_some() || given_onupdate.is_some();
    let default = given_default.map(|default| server_default(&default, vm)).transpose()?;
    if let Some(default) = &default {
        note_generated(&this, default, vm)?;
    }
    set_given(&this, "server_default", default, vm)?;
    let onupdate = given_onupdate.map(|value| server_default(&value, vm)).transpose()?;
    set_given(&this, "server_onupdate", onupdate, vm)?;
    for ignored in ["insert_sentinel", "_omit_from_statements", "_proxies"] {
        arguments.keyword_value(ignored);
    }
    set(&this, "constraints", new_set(vm)?, vm)?;
    set(&this, "foreign_keys", new_set(vm)?, vm)?;
    set(&this, "_pending", new_list(Vec::new(), vm), vm)?;
    for item in given {
        if !is_item(&item) || is_a(&item, "Column") || is_a(&item, "Table") {
            return Err(not_an_item(&item, vm));
        }
        if (is_a(&item, "Computed") || is_a(&item, "Identity"))
            && (has_server_side || get_some(&this, "server_default", vm)?.is_some())
        {
            let generated = if is_a(&item, "Computed") {
                "A generated column"
            } else {
                "A column with an Identity object"
            };
            return Err(exc::argument(
                format!("{generated} cannot specify a server_default or a server_onupdate argument"),
                vm,
            ));
        }
        attach_item(&this, &item, vm)?;
    }
    set_dialect_keywords(&this, arguments.rest_keywords(), vm)?;
    arguments.finish()?;
    object::none(vm)
}

/// Sets an attribute whose default the class has.
fn set_given(
    this: &PyObject,
    name: &'static str,
    value: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    value.map_or(Ok(()), |value| set(this, name, value, vm))
}

/// Keeps `column.computed` and `column.identity` true to the server default.
fn note_generated(this: &PyObject, default: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    for (class, attribute) in [("Computed", "computed"), ("Identity", "identity")] {
        if is_a(default, class) {
            set(this, attribute, default.to_owned(), vm)?;
            set(default, "column", this.to_owned(), vm)?;
        }
    }
    Ok(())
}

/// Takes an item of a column's arguments.
pub(crate) fn attach_item(this: &PyObject, item: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if is_a(item, "ForeignKey") {
        set(item, "parent", this.to_owned(), vm)?;
        vm.call_method(&*get(this, "foreign_keys", vm)?, "add", (item.to_owned(),))?;
        if let Some(table) = own(this, "table", vm) {
            super::foreign_key::attach(item, &table, vm)?;
        }
    } else if is_a(item, "Constraint") {
        set(item, "_column", this.to_owned(), vm)?;
        vm.call_method(&*get(this, "constraints", vm)?, "add", (item.to_owned(),))?;
        if let Some(table) = own(this, "table", vm) {
            super::constraint::attach(item, &table, vm)?;
        }
    } else if is_a(item, "Sequence")
        && own(this, "server_default", vm).is_some_and(|default| is_a(&default, "Identity"))
    {
        return Err(exc::argument("An column cannot specify both Identity and Sequence.", vm));
    } else if is_a(item, "Sequence") || is_a(item, "ColumnDefault") {
        set(this, "default", item.to_owned(), vm)?;
        set(item, "column", this.to_owned(), vm)?;
    } else if is_a(item, "Identity") {
        let autoincrement = own(this, "autoincrement", vm);
        if autoincrement.is_some_and(|value| value.is(&vm.ctx.false_value)) {
            return Err(exc::argument(
                "A column with an Identity object cannot specify autoincrement=False",
                vm,
            ));
        }
        if own(this, "default", vm).is_some_and(|default| is_a(&default, "Sequence")) {
            return Err(exc::argument("An column cannot specify both Identity and Sequence.", vm));
        }
        set(this, "server_default", item.to_owned(), vm)?;
        note_generated(this, item, vm)?;
        // Identity columns are NOT NULL unless the user says otherwise.
        if !get_bool(this, "_user_defined_nullable_given", vm)? {
            set(this, "nullable", new_bool(false, vm), vm)?;
        }
    } else if is_a(item, "FetchedValue") {
        set(this, "server_default", item.to_owned(), vm)?;
        note_generated(this, item, vm)?;
    } else {
        return Err(not_an_item(item, vm));
    }
    Ok(())
}

fn append_foreign_key(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(item) = args.args.first() {
        attach_item(&this, item, vm)?;
    }
    object::none(vm)
}

fn references(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(column) = args.args.first() else { return Ok(new_bool(false, vm)) };
    for foreign_key in items(&*get(&this, "foreign_keys", vm)?, vm)? {
        if super::foreign_key::resolve(&foreign_key, vm)?.is_some_and(|found| found.is(column)) {
            return Ok(new_bool(true, vm));
        }
    }
    Ok(new_bool(false, vm))
}

/// Makes a copy without a table, for another table; foreign keys and constraints are copied too.
pub(crate) fn copy(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    set(&copy, "table", vm.ctx.none(), vm)?;
    set(&copy, "constraints", new_set(vm)?, vm)?;
    set(&copy, "foreign_keys", new_set(vm)?, vm)?;
    set(&copy, "_pending", new_list(Vec::new(), vm), vm)?;
    number(&copy, vm)?;
    for attribute in ["foreign_keys", "constraints"] {
        for item in items(&*get(this, attribute, vm)?, vm)? {
            // A constraint that the column's own flags make is made again when the copy meets its table.
            if own(&item, "_column_flag", vm).is_some() {
                continue;
            }
            let fresh = object::shallow_copy(&item, vm)?;
            for link in ["parent", "constraint", "table", "_column"] {
                set(&fresh, link, vm.ctx.none(), vm)?;
            }
            attach_item(&copy, &fresh, vm)?;
        }
    }
    Ok(copy)
}

fn column_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "name", vm)?, vm)?, repr(&*get(&this, "type", vm)?, vm)?];
    for attribute in ["foreign_keys", "constraints"] {
        for item in items(&*get(&this, attribute, vm)?, vm)? {
            parts.push(repr(&item, vm)?);
        }
    }
    parts.push(match own(&this, "table", vm) {
        Some(table) => {
            let name = get_text(&table, "name", vm)?.unwrap_or_default();
            format!("table=<{name}>")
        }
        None => "table=None".to_owned(),
    });
    let key = get_text(&this, "key", vm)?;
    if key != get_text(&this, "name", vm)? {
        parts.push(format!("key={}", repr(&*get(&this, "key", vm)?, vm)?));
    }
    if get_bool(&this, "primary_key", vm)? {
        parts.push("primary_key=True".to_owned());
    }
    if !get_bool(&this, "nullable", vm)? {
        parts.push("nullable=False".to_owned());
    }
    for attribute in ["onupdate", "default", "server_default", "comment"] {
        if let Some(value) = own(&this, attribute, vm) {
            parts.push(format!("{attribute}={}", repr(&value, vm)?));
        }
    }
    Ok(new_text(format!("{}({})", class_name(&this), parts.join(", ")), vm))
}
