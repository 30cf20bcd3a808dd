//! `sqlalchemy.ext.compiler`, `sqlalchemy.event` and `sqlalchemy.ext.mutable`: what decorates user code.

use rustpython_vm::builtins::{PyDict, PyType};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::arguments::Arguments;
use super::engine::{dialect_object, dialect_value};
use super::exc;
use super::object::{
    self, ClassDef, Function, Member, get, get_text, instance, method, new_text, set, text_of,
};
use super::types::is_type;

/// The attribute of a class that `@compiles` fills: functions by dialect name.
const REGISTRY: &str = "_compiler_dispatch_registry";

pub(crate) const FUNCTIONS: &[(&str, Function)] = &[("compiles", compiles), ("deregister", deregister)];

/// The functions of `sqlalchemy.event`: listeners are taken; those that a run would have called bring a warning.
pub(crate) const EVENT_FUNCTIONS: &[(&str, Function)] = &[
    ("listen", |args, vm| {
        warn_of_listener(&args, vm)?;
        Ok(vm.ctx.none())
    }),
    ("remove", |_, vm| Ok(vm.ctx.none())),
    ("contains", |_, vm| Ok(vm.ctx.new_bool(false).into())),
    ("listens_for", |args, vm| {
        warn_of_listener(&args, vm)?;
        Ok(identity_decorator(vm))
    }),
];

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "SQLCompiler",
        module: "sqlalchemy.sql.compiler",
        bases: &[],
        members: &[
            ("process", method(process)),
            ("type_compiler", Member::Get(|this, _| Ok(this))),
            ("type_compiler_instance", Member::Get(|this, _| Ok(this))),
            ("sql_compiler", Member::Get(|this, _| Ok(this))),
            ("__getattr__", method(visit)),
        ],
    },
    ClassDef {
        name: "Mutable",
        module: "sqlalchemy.ext.mutable",
        bases: &["object"],
        members: &[
            (
                "as_mutable",
                Member::Class(|_, args, vm| {
                    let type_ = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
                    super::types::to_instance(&type_, vm)
                }),
            ),
            ("associate_with", Member::Class(|_, _, vm| Ok(vm.ctx.none()))),
        ],
    },
    ClassDef { name: "MutableDict", module: "sqlalchemy.ext.mutable", bases: &["Mutable"], members: &[] },
    ClassDef { name: "MutableList", module: "sqlalchemy.ext.mutable", bases: &["Mutable"], members: &[] },
    ClassDef { name: "MutableSet", module: "sqlalchemy.ext.mutable", bases: &["Mutable"], members: &[] },
    ClassDef { name: "MutableComposite", module: "sqlalchemy.ext.mutable", bases: &["object"], members: &[] },
];

/// Warns of a listener on an engine, a pool or a connection: no event of theirs is sent.
fn warn_of_listener(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let (Some(target), Some(name)) = (args.args.first(), args.args.get(1).and_then(|name| text_of(name)))
    else {
        return Ok(());
    };
    let class = target.downcast_ref::<PyType>().map_or_else(|| target.class().to_owned(), ToOwned::to_owned);
    if ["Engine", "Pool", "Connection", "Dialect"]
        .iter()
        .any(|key| class.fast_issubclass(&object::class(key)))
    {
        let message = format!(
            "Limbeck does not call listeners of {} yet: the one for the event '{name}' does nothing",
            class.name()
        );
        exc::warn("SAWarning", message, vm)?;
    }
    Ok(())
}

fn identity_decorator(vm: &VirtualMachine) -> PyObjectRef {
    vm.new_function("decorate", |function: PyObjectRef| function).into()
}

/// `@compiles(Class, *dialects)`
fn compiles(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("compiles", args, vm);
    let class = arguments.required("class_")?;
    let names: Vec<String> = arguments.rest().iter().filter_map(|name| text_of(name)).collect();
    arguments.finish()?;
    let decorate = move |function: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        // The registry of a base class stays what it is.
        let own = class
            .downcast_ref::<PyType>()
            .and_then(|class| class.get_direct_attr(vm.ctx.intern_str(REGISTRY)));
        let registry = match own {
            Some(registry) => registry,
            None => {
                let registry: PyObjectRef = vm.ctx.new_dict().into();
                class.set_attr(vm.ctx.intern_str(REGISTRY), registry.clone(), vm)?;
                registry
            }
        };
        if names.is_empty() {
            registry.set_item("default", function.clone(), vm)?;
        }
        for name in &names {
            registry.set_item(name.as_str(), function.clone(), vm)?;
        }
        Ok(function)
    };
    Ok(vm.new_function("decorate", decorate).into())
}

fn deregister(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(class) = args.args.first()
        && vm.get_attribute_opt(class.clone(), vm.ctx.intern_str(REGISTRY))?.is_some()
    {
        class.del_attr(vm.ctx.intern_str(REGISTRY), vm)?;
    }
    Ok(vm.ctx.none())
}

/// Gives the SQL that a function registered with `@compiles` writes for an object; `None` without such a function.
pub(crate) fn compiled_text(
    obj: &PyObject,
    dialect_name: &str,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    let class: PyObjectRef = obj.class().to_owned().into();
    let Some(registry) = vm.get_attribute_opt(class, vm.ctx.intern_str(REGISTRY))? else { return Ok(None) };
    let Some(registry) = registry.downcast_ref::<PyDict>() else { return Ok(None) };
    let function = match registry.get_item_opt(dialect_name, vm)? {
        Some(function) => Some(function),
        None => registry.get_item_opt("default", vm)?,
    };
    let Some(function) = function else { return Ok(None) };
    let compiler = instance("SQLCompiler", vm)?;
    set(&compiler, "dialect", dialect_object(dialect_name, vm)?, vm)?;
    let args = FuncArgs::new(vec![obj.to_owned(), compiler], KwArgs::default());
    let sql = function.call(args, vm)?;
    Ok(text_of(&sql))
}

/// `compiler.process(element)`
fn process(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(element) = args.args.first() else {
        return Err(vm.new_type_error("process() takes an element"));
    };
    let dialect = get(&this, "dialect", vm)?;
    let name = get_text(&dialect, "name", vm)?.unwrap_or_default();
    if let Some(sql) = compiled_text(element, &name, vm)? {
        return Ok(new_text(sql, vm));
    }
    let dialect = dialect_value(Some(&dialect), vm)?;
    let from_sql = |error| exc::from_sql(&error, vm);
    if is_type(element) {
        let sql = dialect.type_sql(&crate::lower::sql_type(element, vm)?).map_err(from_sql)?;
        return Ok(new_text(sql, vm));
    }
    let options = limbeck_sql::dialect::CompileOptions::literal();
    let compiled = dialect.compile_expression(&crate::lower::expression(element, vm)?, &options);
    Ok(new_text(compiled.map_err(from_sql)?.sql, vm))
}

/// `compiler.visit_VARCHAR(type)` and its kin write the type that they are given as the built-in of that name.
fn visit(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    let Some(visited) = name.strip_prefix("visit_").map(ToOwned::to_owned) else {
        return Err(vm.new_attribute_error(format!("'SQLCompiler' object has no attribute '{name}'")));
    };
    let function = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let Some(element) = args.args.first() else {
            return Err(vm.new_type_error("visit takes an element"));
        };
        let known = super::types::names().find(|name| name.eq_ignore_ascii_case(&visited));
        let Some(known) = known else {
            return Err(exc::not_provided(&format!("compiler.visit_{visited}()"), vm));
        };
        let dialect = dialect_value(Some(&*get(&this, "dialect", vm)?), vm)?;
        let type_ = crate::lower::builtin_type(element, known, vm)?;
        let sql = dialect.type_sql(&type_).map_err(|error| exc::from_sql(&error, vm))?;
        Ok(new_text(sql, vm))
    };
    Ok(vm.new_function("visit", function).into())
}
