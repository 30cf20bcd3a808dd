//! `sqlalchemy.schema`: the classes of schema objects.

pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod ddl;
pub(crate) mod defaults;
pub(crate) mod exclude;
pub(crate) mod foreign_key;
pub(crate) mod metadata;
pub(crate) mod table;

use std::sync::atomic::{AtomicI64, Ordering};

use limbeck_sql::dialect::{OptionProblem, check_option};
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::exc;
use super::object::{self, ClassDef, Member, get_some, is_a, method, new_text, pairs, repr, set};

pub(crate) const MODULE: &str = "sqlalchemy.sql.schema";

const BASES: &[ClassDef] = &[ClassDef {
    name: "SchemaItem",
    module: MODULE,
    bases: &["Visitable", "SchemaEventTarget"],
    members: &[
        ("info", Member::Get(info)),
        ("dialect_kwargs", Member::Get(|_, vm| Ok(vm.ctx.new_dict().into()))),
        ("kwargs", Member::Get(|this, vm| object::get(&this, "dialect_kwargs", vm))),
        ("dialect_options", Member::Get(nested_options)),
        ("__hash__", method(|this, _, vm| Ok(vm.ctx.new_int(object::address(&this) >> 4).into()))),
    ],
}];

/// Builds the classes of schema objects.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    object::build(BASES, vm)?;
    object::build(defaults::CLASSES, vm)?;
    object::build(ddl::CLASSES, vm)?;
    object::build(column::CLASSES, vm)?;
    object::build(foreign_key::CLASSES, vm)?;
    object::build(constraint::CLASSES, vm)?;
    object::build(exclude::CLASSES, vm)?;
    object::build(table::CLASSES, vm)?;
    object::build(metadata::CLASSES, vm)
}

/// The names of the classes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    [
        BASES,
        defaults::CLASSES,
        ddl::CLASSES,
        column::CLASSES,
        foreign_key::CLASSES,
        constraint::CLASSES,
        table::CLASSES,
        metadata::CLASSES,
    ]
    .into_iter()
    .flatten()
    .map(|def| def.name)
}

fn info(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let dict: PyObjectRef = vm.ctx.new_dict().into();
    set(&this, "info", dict.clone(), vm)?;
    Ok(dict)
}

/// `obj.dialect_options["postgresql"]["where"]`
fn nested_options(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let nested = vm.ctx.new_dict();
    for dialect in ["sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"] {
        nested.set_item(dialect, vm.ctx.new_dict().into(), vm)?;
    }
    if let Some(keywords) = get_some(&this, "dialect_kwargs", vm)? {
        for (name, value) in pairs(&keywords, vm)? {
            if let Some((dialect, argument)) = name.split_once('_')
                && let Ok(options) = nested.get_item(dialect, vm)
            {
                options.set_item(argument, value, vm)?;
            }
        }
    }
    Ok(nested.into())
}

/// Numbers an object, so that a table's parts keep the order in which they were made.
pub(crate) fn number(obj: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    static LAST: AtomicI64 = AtomicI64::new(0);
    set(obj, "_creation_order", vm.ctx.new_int(LAST.fetch_add(1, Ordering::Relaxed)), vm)
}

/// Keeps the `<dialect>_<argument>` keywords of a call.
pub(crate) fn set_dialect_keywords(
    obj: &PyObject,
    keywords: Vec<(String, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let dict = vm.ctx.new_dict();
    let path = object::class_path(obj, vm);
    for (name, value) in keywords {
        let classes = obj.class().mro_map_collect(|class| class.name().to_string());
        let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
        check_dialect_keyword(&name, &classes, &path, vm)?;
        dict.set_item(name.as_str(), value, vm)?;
    }
    set(obj, "dialect_kwargs", dict, vm)
}

/// Holds a keyword argument against what the dialects accept for an object of one of `classes`; `path` names the
/// object's own.
///
/// # Errors
/// `TypeError` for a keyword that names no dialect, `ArgumentError` for one that its dialect does not have.
pub(crate) fn check_dialect_keyword(
    name: &str,
    classes: &[&str],
    path: &str,
    vm: &VirtualMachine,
) -> PyResult<()> {
    // the key of a column becomes a constraint
    let (classes, path) = if classes.contains(&"ForeignKey") {
        (["ForeignKeyConstraint", "Constraint"].as_slice(), "sqlalchemy.sql.schema.ForeignKeyConstraint")
    } else {
        (classes, path)
    };
    match check_option(name, classes) {
        Ok(()) => Ok(()),
        // it takes whatever it is given
        Err(_) if classes.contains(&"ExcludeConstraint") => Ok(()),
        Err(OptionProblem::NoDialect) => Err(vm.new_type_error(format!(
            "Additional arguments should be named <dialectname>_<argument>, got '{name}'"
        ))),
        Err(OptionProblem::UnknownDialect(dialect)) => exc::warn(
            "SAWarning",
            format!(
                "Can't validate argument '{name}'; can't locate any SQLAlchemy dialect named '{dialect}'"
            ),
            vm,
        ),
        Err(OptionProblem::NotAccepted(dialect)) => Err(exc::argument(
            format!("Argument '{name}' is not accepted by dialect '{dialect}' on behalf of <class '{path}'>"),
            vm,
        )),
    }
}

/// The error for an argument that is no schema item.
pub(crate) fn not_an_item(
    obj: &PyObject,
    vm: &VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    let shown = repr(obj, vm).unwrap_or_default();
    exc::argument(
        format!("'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {shown}"),
        vm,
    )
}

/// Makes an empty set object.
pub(crate) fn new_set(vm: &VirtualMachine) -> PyResult {
    vm.builtins.get_attr("set", vm)?.call((), vm)
}

/// Gives a name with the wish about quoting, when there is one.
pub(crate) fn quoted(name: PyObjectRef, quote: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    match quote {
        Some(quote) => object::class_object("quoted_name").call((name, quote), vm),
        None => Ok(name),
    }
}

/// Tells whether an object can be an item of a table or a column.
pub(crate) fn is_item(obj: &PyObject) -> bool {
    is_a(obj, "SchemaItem")
}

/// Gives `key=value` parts of a `repr`.
pub(crate) fn repr_text(parts: &[String], class: &str, vm: &VirtualMachine) -> PyObjectRef {
    new_text(format!("{class}({})", parts.join(", ")), vm)
}
