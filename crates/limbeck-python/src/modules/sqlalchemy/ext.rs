//! `sqlalchemy.ext.compiler`, `sqlalchemy.event` and `sqlalchemy.ext.mutable`: what decorates user code.

use std::sync::atomic::{AtomicBool, Ordering};

use limbeck_sql::dialect::CompileOptions;
use rustpython_vm::builtins::{PyDict, PyType};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::arguments::Arguments;
use super::engine::dialect_value;
use super::exc;
use super::object::{
    self, ClassDef, Function, Member, get, get_text, instance, instance_with, method, new_text, set, state,
    text_of,
};
use super::types::{has_own_visit_name, is_type};

/// Whether user code has registered any function, so that nothing is looked up while there is none.
static ANY: AtomicBool = AtomicBool::new(false);

/// The attribute of a class that `@compiles` fills: functions by dialect name.
const REGISTRY: &str = "_compiler_dispatch_registry";

pub(crate) const FUNCTIONS: &[(&str, Function)] = &[("compiles", compiles), ("deregister", deregister)];

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "SQLCompiler",
        module: "sqlalchemy.sql.compiler",
        bases: &[],
        members: &[
            ("process", method(process)),
            ("preparer", Member::Get(preparer)),
            ("type_compiler", Member::Get(|this, _| Ok(this))),
            ("type_compiler_instance", Member::Get(|this, _| Ok(this))),
            ("sql_compiler", Member::Get(|this, _| Ok(this))),
            ("__getattr__", method(visit)),
        ],
    },
    ClassDef {
        name: "IdentifierPreparer",
        module: "sqlalchemy.sql.compiler",
        bases: &[],
        members: &[
            ("quote", method(|this, args, vm| quote(&this, &args, false, vm))),
            ("quote_schema", method(|this, args, vm| quote(&this, &args, false, vm))),
            ("quote_identifier", method(|this, args, vm| quote(&this, &args, true, vm))),
            ("format_table", method(format_table)),
            ("format_column", method(format_name)),
            ("format_index", method(format_name)),
            ("format_constraint", method(format_name)),
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

/// `@compiles(Class, *dialects)`
fn compiles(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("compiles", args, vm);
    let class = arguments.required("class_")?;
    let names: Vec<String> = arguments.rest().iter().filter_map(|name| text_of(name)).collect();
    arguments.finish()?;
    ANY.store(true, Ordering::Relaxed);
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

/// Tells whether user code has registered any function that compiles something.
pub(crate) fn any_compiler() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Tells whether user code has a function that compiles a class.
fn compiles_class(key: &str, vm: &VirtualMachine) -> PyResult<bool> {
    Ok(any_compiler()
        && vm.get_attribute_opt(object::class_object(key), vm.ctx.intern_str(REGISTRY))?.is_some())
}

/// Tells whether user code has a function that compiles a class for a dialect: one for the dialect, or one for all
/// where these count.
pub(crate) fn compiles_for(
    class: &PyObject,
    dialect: &str,
    general_ones_count: bool,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    let registry =
        class.downcast_ref::<PyType>().and_then(|class| class.get_direct_attr(vm.ctx.intern_str(REGISTRY)));
    let Some(registry) = registry else { return Ok(false) };
    let Some(registry) = registry.downcast_ref::<PyDict>() else { return Ok(false) };
    let general = general_ones_count && registry.get_item_opt("default", vm)?.is_some();
    Ok(general || registry.get_item_opt(dialect, vm)?.is_some())
}

/// Tells whether user code has a function that compiles objects of a class.
pub(crate) fn has_compiler(obj: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if !any_compiler() {
        return Ok(false);
    }
    Ok(registry_of(obj, vm).is_some()
        || (object::is_a(obj, "CreateTable") && compiles_class("CreateColumn", vm)?))
}

/// Gives the functions that write objects of a class, registered for it or for a base.
///
/// A class that names itself to compilers (`__visit_name__`, which every built-in type has) is not written as its
/// bases are.
fn registry_of(obj: &PyObject, vm: &VirtualMachine) -> Option<PyObjectRef> {
    for class in obj.class().mro_map_collect(ToOwned::to_owned) {
        let registry = class.get_direct_attr(vm.ctx.intern_str(REGISTRY));
        if registry.is_some() {
            return registry;
        }
        let visited = class.get_direct_attr(vm.ctx.intern_str("__visit_name__")).is_some();
        if visited || has_own_visit_name(&class, vm) {
            return None;
        }
    }
    None
}

/// How values and columns are written while user code compiles an element.
struct Options(CompileOptions);

/// Gives the SQL that a function registered with `@compiles` writes for an object; `None` without such a function.
pub(crate) fn compiled_text(
    obj: &PyObject,
    dialect: &PyObject,
    options: &CompileOptions,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    if !has_compiler(obj, vm)? {
        return Ok(None);
    }
    let compiler = instance_with("SQLCompiler", Options(options.clone()), vm)?;
    set(&compiler, "dialect", dialect.to_owned(), vm)?;
    call_compiler(obj, &compiler, KwArgs::default(), vm)
}

/// Calls the function registered for an object's class and the compiler's dialect.
fn call_compiler(
    obj: &PyObject,
    compiler: &PyObject,
    keywords: KwArgs,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    let Some(registry) = registry_of(obj, vm) else {
        return if is_own(obj) && !is_type(obj) {
            native_text(obj, compiler, vm).map(Some)
        } else {
            Ok(None)
        };
    };
    let Some(registry) = registry.downcast_ref::<PyDict>() else { return Ok(None) };
    let name = get_text(&*get(compiler, "dialect", vm)?, "name", vm)?.unwrap_or_default();
    let function = match registry.get_item_opt(name.as_str(), vm)? {
        Some(function) => Some(function),
        None => registry.get_item_opt("default", vm)?,
    };
    let Some(function) = function else {
        // Without a function for the dialect a built-in is written as it always is; types ask for that themselves.
        let native = is_own(obj) && !is_type(obj);
        return if native { native_text(obj, compiler, vm).map(Some) } else { Ok(None) };
    };
    let args = FuncArgs::new(vec![obj.to_owned(), compiler.to_owned()], keywords);
    let sql = function.call(args, vm)?;
    Ok(text_of(&sql))
}

/// Tells whether an object's class is Limbeck's, not user code's.
fn is_own(obj: &PyObject) -> bool {
    object::is_a(obj, "SqlObject") && obj.class().is(&object::class(&object::class_name(obj)))
}

/// `compiler.process(element, **kw)`
fn process(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(element) = args.args.first().cloned() else {
        return Err(vm.new_type_error("process() takes an element"));
    };
    if has_compiler(&element, vm)? {
        let keywords = KwArgs::new(args.kwargs);
        if let Some(sql) = call_compiler(&element, &this, keywords, vm)? {
            return Ok(new_text(sql, vm));
        }
    }
    native_text(&element, &this, vm).map(|sql| new_text(sql, vm))
}

/// Writes an element as it is written without functions of user code for its class.
fn native_text(element: &PyObject, compiler: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    let dialect = dialect_value(Some(&*get(compiler, "dialect", vm)?), vm)?;
    let from_sql = |error| exc::from_sql(&error, vm);
    if is_type(element) {
        return dialect.type_sql(&crate::lower::sql_type(element, vm)?).map_err(from_sql);
    }
    let options = state::<Options>(compiler).map_or_else(CompileOptions::literal, |options| CompileOptions {
        literal_binds: true,
        ..options.0.clone()
    });
    if object::is_a(element, "ClauseList") {
        let parts = object::items(&*get(element, "clauses", vm)?, vm)?;
        let parts = parts.iter().map(|part| {
            dialect
                .compile_expression(&crate::lower::expression(part, vm)?, &options)
                .map(|compiled| compiled.sql)
                .map_err(from_sql)
        });
        return parts.collect::<PyResult<Vec<_>>>().map(|parts| parts.join(", "));
    }
    if object::is_a(element, "ColumnElement") || object::is_a(element, "TextClause") {
        let expression = crate::lower::plain_expression(element, vm)?;
        return dialect
            .compile_expression(&expression, &options)
            .map(|compiled| compiled.sql)
            .map_err(from_sql);
    }
    if object::is_a(element, "TableClause") {
        let table = crate::lower::table_clause(element, vm)?;
        return dialect.format_table(table.schema.as_ref(), &table.name, &options).map_err(from_sql);
    }
    if object::is_a(element, "Executable") || object::is_a(element, "BaseDDLElement") {
        let statement = crate::lower::plain_statement(element, vm)?;
        let sql = dialect.compile_statement(&statement, &options).map_err(from_sql)?.sql;
        if object::is_a(element, "CreateTable") && compiles_class("CreateColumn", vm)? {
            return with_own_columns(sql, element, compiler, vm);
        }
        return Ok(sql);
    }
    let expression = crate::lower::plain_expression(element, vm)?;
    Ok(dialect.compile_expression(&expression, &options).map_err(from_sql)?.sql)
}

/// Puts what user code writes for columns in the place of what CREATE TABLE has for them; a column without any text is
/// left out.
fn with_own_columns(
    sql: String,
    element: &PyObject,
    compiler: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<String> {
    let mut sql = sql;
    let table = get(element, "element", vm)?;
    for column in super::sql::collection::columns(&*get(&table, "c", vm)?) {
        let create = object::class_object("CreateColumn").call((column,), vm)?;
        let native = format!("\n\t{}", native_text(&create, compiler, vm)?);
        let Some(start) = sql.find(&native) else { continue };
        let end = start + native.len();
        match call_compiler(&create, compiler, KwArgs::default(), vm)? {
            Some(own) => sql.replace_range(start..end, &format!("\n\t{own}")),
            None if sql[end..].starts_with(", ") => sql.replace_range(start..end + 2, ""),
            None => {
                let from = if sql[..start].ends_with(", ") { start - 2 } else { start };
                sql.replace_range(from..end, "");
            }
        }
    }
    Ok(sql)
}

/// `compiler.visit_VARCHAR(type)`, `compiler.visit_create_table(element)` and their kin write what they are given as it
/// is written without functions of user code: a type as the built-in of that name.
fn visit(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    let Some(visited) = name.strip_prefix("visit_").map(ToOwned::to_owned) else {
        return Err(vm.new_attribute_error(format!("'SQLCompiler' object has no attribute '{name}'")));
    };
    let function = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let Some(element) = args.args.first() else {
            return Err(vm.new_type_error("visit takes an element"));
        };
        if !is_type(element) {
            return native_text(element, &this, vm).map(|sql| new_text(sql, vm));
        }
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

/// `compiler.preparer`: what quotes names.
fn preparer(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let preparer = instance("IdentifierPreparer", vm)?;
    set(&preparer, "dialect", get(&this, "dialect", vm)?, vm)?;
    Ok(preparer)
}

/// Quotes a name: always, or where it needs it.
fn quote(this: &PyObject, args: &FuncArgs, always: bool, vm: &VirtualMachine) -> PyResult {
    let Some(name) = args.args.first() else {
        return Err(vm.new_type_error("quote() takes a name"));
    };
    let dialect = dialect_value(Some(&*get(this, "dialect", vm)?), vm)?;
    let name = crate::lower::identifier(name, vm)?;
    let quoted = if always { dialect.quote_identifier(name.as_str()) } else { dialect.quote(&name) };
    Ok(new_text(quoted, vm))
}

/// `preparer.format_table(table)`
fn format_table(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(table) = args.args.first() else {
        return Err(vm.new_type_error("format_table() takes a table"));
    };
    let dialect = dialect_value(Some(&*get(&this, "dialect", vm)?), vm)?;
    let table = crate::lower::table_clause(table, vm)?;
    let text = dialect.format_table(table.schema.as_ref(), &table.name, &CompileOptions::literal());
    text.map(|text| new_text(text, vm)).map_err(|error| exc::from_sql(&error, vm))
}

/// `preparer.format_column(column)` and `preparer.format_index(index)`: the name alone.
fn format_name(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let named = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
    quote(&this, &FuncArgs::new(vec![get(&named, "name", vm)?], KwArgs::default()), false, vm)
}
