//! The host's part in the execution of DDL, and `alembic.ddl`: table events, and `@compiles` on SQLAlchemy's and
//! Alembic's own constructs.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use limbeck_core::Result;
use limbeck_core::ddl::{DdlHooks, TableEvent};
use limbeck_core::runtime::MigrationContext;
use limbeck_sql::dialect::{CompileOptions, DdlElement};
use limbeck_sql::schema::Table;
pub(super) use native::{base_module_def, module_def};
use rustpython_vm::builtins::PyDict;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::hooks::in_python;
use super::{migration, plugins};
use crate::modules::sqlalchemy::object::{self, ClassDef, Member, class_object, get, get_text, method, set};
use crate::modules::sqlalchemy::{event, ext};

thread_local! {
    /// The call of `alembic.op` that is carried out: the function, and what it was given.
    static CALL: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// A call, as the operation's object and the table or index that it makes.
#[derive(Clone)]
struct Call {
    operation: PyObjectRef,
    subject: PyObjectRef,
}

/// Lets go of what is kept, before the interpreter ends.
pub(super) fn forget() {
    drop(CALL.take());
    event::forget();
}

/// Tells whether user code has to do with DDL at all.
pub(super) fn any() -> bool {
    event::any() || ext::any_compiler()
}

/// Carries out a call of `alembic.op` while its objects are at hand for user code.
pub(super) fn during<T>(
    name: &str,
    arguments: &FuncArgs,
    context: &Arc<MigrationContext>,
    work: impl FnOnce() -> PyResult<T>,
    vm: &VirtualMachine,
) -> PyResult<T> {
    if !any() {
        return work();
    }
    // Arguments that make no operation are for the function itself to complain about.
    let Ok(operation) = plugins::operation_of_call(name, arguments.clone(), vm) else { return work() };
    let object = migration::object(context, vm);
    // What makes no table or index is refused when it is carried out.
    let subject = match name {
        "create_table" | "drop_table" => vm.call_method(&operation, "to_table", (object,)),
        "create_index" | "drop_index" => vm.call_method(&operation, "to_index", (object,)),
        _ => Ok(vm.ctx.none()),
    };
    let Ok(subject) = subject else { return work() };
    CALL.with_borrow_mut(|calls| calls.push(Call { operation, subject }));
    let done = work();
    let ended = CALL.with_borrow_mut(Vec::pop);
    drop(ended);
    done
}

fn current() -> Option<Call> {
    CALL.with_borrow(|calls| calls.last().cloned())
}

/// The hooks of a context.
#[derive(Debug)]
struct PythonHooks {
    context: Weak<MigrationContext>,
}

/// Lets user code take part in the DDL of a context.
pub(super) fn attach(context: &Arc<MigrationContext>) {
    context.executor().set_hooks(Arc::new(PythonHooks { context: Arc::downgrade(context) }));
}

impl PythonHooks {
    /// Gives the SQL of an object whose class, or a class in it, user code compiles.
    fn sql_of(&self, object: &PyObject, vm: &VirtualMachine) -> PyResult<Option<String>> {
        let Some(context) = self.context.upgrade() else { return Ok(None) };
        let dialect = crate::raise::dialect(context.dialect(), vm)?;
        let options = CompileOptions {
            naming_convention: context.executor().naming_convention().clone(),
            ..CompileOptions::literal()
        };
        ext::compiled_text(object, &dialect, &options, vm)
    }
}

impl DdlHooks for PythonHooks {
    fn table_event(&self, event: TableEvent, _table: &Table) -> Result<()> {
        if !event::any() {
            return Ok(());
        }
        in_python(|vm| {
            let (Some(call), Some(context)) = (current(), self.context.upgrade()) else { return Ok(()) };
            let bind = migration::bind_of(&context, vm)?;
            event::send(&call.subject, event.name(), &bind, false, vm)
        })
    }

    fn element_sql(&self, element: &DdlElement) -> Result<Option<String>> {
        if !ext::any_compiler() {
            return Ok(None);
        }
        let (class, index) = match element {
            DdlElement::CreateTable { .. } => ("CreateTable", None),
            DdlElement::DropTable { .. } => ("DropTable", None),
            DdlElement::CreateIndex { index, .. } => ("CreateIndex", Some(index)),
            DdlElement::DropIndex { index, .. } => ("DropIndex", Some(index)),
            _ => return Ok(None),
        };
        in_python(|vm| {
            let Some(call) = current() else { return Ok(None) };
            let mut subject = call.subject;
            if vm.is_none(&subject) {
                return Ok(None);
            }
            if let Some(index) = index
                && object::is_a(&subject, "Table")
            {
                // an index that comes with its table
                let name = index.name.as_str().map(ToOwned::to_owned);
                let indexes = object::items(&*get(&subject, "indexes", vm)?, vm)?;
                let mut found = None;
                for one in indexes {
                    if get_text(&one, "name", vm)? == name {
                        found = Some(one);
                    }
                }
                let Some(found) = found else { return Ok(None) };
                subject = found;
            }
            let element = class_object(class).call((subject,), vm)?;
            self.sql_of(&element, vm)
        })
    }

    fn construct_sql(&self, construct: &'static str) -> Result<Option<String>> {
        if !ext::any_compiler() || !object::has_class(&format!("alembic.{construct}")) {
            return Ok(None);
        }
        in_python(|vm| {
            let (Some(call), Some(context)) = (current(), self.context.upgrade()) else { return Ok(None) };
            let key = format!("alembic.{construct}");
            let dialect = context.dialect().name();
            let general_ones_count = !is_written_by(construct, dialect);
            if !ext::compiles_for(&class_object(&key), dialect, general_ones_count, vm)? {
                return Ok(None);
            }
            let element = object::instance(&key, vm)?;
            fill(&element, construct, dialect, &call.operation, vm)?;
            self.sql_of(&element, vm)
        })
    }
}

/// The constructs that Alembic itself writes for single dialects: there a function that user code registers for all
/// dialects does not count.
const WRITTEN_BY_DIALECTS: &[(&str, &[&str])] = &[
    ("RenameTable", &["mssql", "oracle", "postgresql", "sqlite"]),
    ("ColumnNullable", &["mssql", "mysql", "mariadb", "oracle"]),
    ("ColumnType", &["mssql", "mysql", "mariadb", "oracle"]),
    ("ColumnName", &["mssql", "mysql", "mariadb", "oracle", "sqlite"]),
    ("ColumnDefault", &["mssql", "mysql", "mariadb", "oracle"]),
    ("IdentityColumnDefault", &["oracle", "postgresql"]),
    ("AddColumn", &["mssql", "oracle"]),
    ("ColumnComment", &["mssql", "oracle", "postgresql"]),
    ("MySQLAlterDefault", &["mysql", "mariadb"]),
    ("MySQLModifyColumn", &["mysql", "mariadb"]),
    ("MySQLChangeColumn", &["mysql", "mariadb"]),
    ("PostgresqlColumnType", &["postgresql"]),
];

/// The dialects that say the type and the nullability of a column in one: a new type is the one that is there then.
const NULLABILITY_WITH_TYPE: &[&str] = &["mssql"];

/// What constructs are not told of the column that is there: in which dialect (all without one), which ones, and what.
const LEFT_OUT: &[(Option<&str>, &[&str], &[&str])] = &[
    (None, &["ColumnName", "PostgresqlColumnType"], &["existing_comment"]),
    (
        Some("mssql"),
        &["ColumnDefault", "ColumnName"],
        &["existing_nullable", "existing_server_default", "existing_comment", "existing_type"],
    ),
    (Some("mssql"), &["ColumnNullable", "ColumnType", "ColumnComment"], &["existing_server_default"]),
];

fn is_written_by(construct: &str, dialect: &str) -> bool {
    WRITTEN_BY_DIALECTS.iter().any(|(name, dialects)| *name == construct && dialects.contains(&dialect))
}

/// Gives an element of Alembic's what it says about the operation that it is made for.
fn fill(
    element: &PyObject,
    construct: &str,
    dialect: &str,
    operation: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let given = |from: &'static str| -> PyResult<PyObjectRef> {
        let value = vm.get_attribute_opt(operation.to_owned(), vm.ctx.intern_str(from))?;
        Ok(value.unwrap_or_else(|| vm.ctx.none()))
    };
    let take =
        |name: &'static str, from: &'static str| -> PyResult<()> { set(element, name, given(from)?, vm) };
    let instance_of = |type_: PyObjectRef| -> PyResult {
        if vm.is_none(&type_) {
            Ok(type_)
        } else {
            crate::modules::sqlalchemy::types::to_instance(&type_, vm)
        }
    };
    // the first of two that is given; a default and a comment that are not given are `False`
    let first = |name: &'static str, other: &'static str| -> PyResult<PyObjectRef> {
        let value = given(name)?;
        let is_missing = vm.is_none(&value) && !matches!(name, "modify_server_default" | "modify_comment");
        if is_missing || value.is(&vm.ctx.false_value) && name != "modify_nullable" {
            given(other)
        } else {
            Ok(value)
        }
    };
    take("table_name", "table_name")?;
    take("schema", "schema")?;
    if object::is_a(element, "alembic.AlterColumn") {
        take("column_name", "column_name")?;
        if !construct.starts_with("MySQL") {
            let is_left_out = |attribute: &str| {
                LEFT_OUT.iter().any(|(only, constructs, attributes)| {
                    only.is_none_or(|only| only == dialect)
                        && constructs.contains(&construct)
                        && attributes.contains(&attribute)
                })
            };
            for name in ["existing_nullable", "existing_server_default", "existing_comment", "existing_type"]
            {
                let value = if is_left_out(name) { vm.ctx.none() } else { given(name)? };
                set(element, name, if name == "existing_type" { instance_of(value)? } else { value }, vm)?;
            }
        }
    }
    let has_new_type = NULLABILITY_WITH_TYPE.contains(&dialect)
        && matches!(construct, "ColumnNullable" | "ColumnComment")
        && !vm.is_none(&*first("modify_nullable", "existing_nullable")?);
    if has_new_type {
        set(element, "existing_type", instance_of(first("modify_type", "existing_type")?)?, vm)?;
    }
    match construct {
        "RenameTable" => take("new_table_name", "new_table_name"),
        "AddColumn" => {
            take("column", "column")?;
            for (name, option) in
                [("if_not_exists", "if_not_exists"), ("inline_references", "inline_references")]
            {
                take(name, option)?;
            }
            take("inline_primary_key", "inline_primary_key")
        }
        "DropColumn" => {
            take("if_exists", "if_exists")?;
            set(element, "column", vm.call_method(operation, "to_column", ())?, vm)
        }
        "ColumnNullable" => set(element, "nullable", first("modify_nullable", "existing_nullable")?, vm),
        "ColumnType" => set(element, "type_", instance_of(given("modify_type")?)?, vm),
        "PostgresqlColumnType" => {
            set(element, "type_", instance_of(given("modify_type")?)?, vm)?;
            set(element, "using", keyword(operation, "postgresql_using", vm)?, vm)
        }
        "ColumnName" => take("newname", "modify_name"),
        "ColumnComment" => take("comment", "modify_comment"),
        "MySQLChangeColumn" | "MySQLModifyColumn" => {
            let nullable = first("modify_nullable", "existing_nullable")?;
            let nullable = if vm.is_none(&nullable) { object::new_bool(true, vm) } else { nullable };
            set(element, "nullable", nullable, vm)?;
            set(element, "type_", instance_of(first("modify_type", "existing_type")?)?, vm)?;
            set(element, "newname", first("modify_name", "column_name")?, vm)?;
            set(element, "default", first("modify_server_default", "existing_server_default")?, vm)?;
            set(element, "comment", first("modify_comment", "existing_comment")?, vm)?;
            let counts = keyword(operation, "autoincrement", vm)?;
            let counts =
                if vm.is_none(&counts) { keyword(operation, "existing_autoincrement", vm)? } else { counts };
            set(element, "autoincrement", counts, vm)
        }
        _ => take("default", "modify_server_default"),
    }
}

/// Gives a further keyword argument of an operation; `None` without one.
fn keyword(operation: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let keywords = get(operation, "kw", vm)?;
    let found =
        keywords.downcast_ref::<PyDict>().map(|keywords| keywords.get_item_opt(name, vm)).transpose()?;
    Ok(found.flatten().unwrap_or_else(|| vm.ctx.none()))
}

const MODULE: &str = "alembic.ddl.base";

const fn element(name: &'static str, base: &'static [&'static str]) -> ClassDef {
    of(name, MODULE, base)
}

const fn of(name: &'static str, module: &'static str, base: &'static [&'static str]) -> ClassDef {
    ClassDef { name, module, bases: base, members: MEMBERS }
}

const MEMBERS: &[(&str, Member)] = &[("__init__", method(init))];

/// Alembic's DDL elements.
const CLASSES: &[ClassDef] = &[
    element("AlterTable", &["ExecutableDDLElement"]),
    element("RenameTable", &["alembic.AlterTable"]),
    element("AlterColumn", &["alembic.AlterTable"]),
    element("ColumnNullable", &["alembic.AlterColumn"]),
    element("ColumnType", &["alembic.AlterColumn"]),
    element("ColumnName", &["alembic.AlterColumn"]),
    element("ColumnDefault", &["alembic.AlterColumn"]),
    element("ComputedColumnDefault", &["alembic.AlterColumn"]),
    element("IdentityColumnDefault", &["alembic.AlterColumn"]),
    element("AddColumn", &["alembic.AlterTable"]),
    element("DropColumn", &["alembic.AlterTable"]),
    element("ColumnComment", &["alembic.AlterColumn"]),
    of("MySQLAlterDefault", "alembic.ddl.mysql", &["alembic.AlterColumn"]),
    of("MySQLChangeColumn", "alembic.ddl.mysql", &["alembic.AlterColumn"]),
    of("MySQLModifyColumn", "alembic.ddl.mysql", &["alembic.MySQLChangeColumn"]),
    of("PostgresqlColumnType", "alembic.ddl.postgresql", &["alembic.AlterColumn"]),
];

/// The constructors take positions as Alembic's do: the table's name, then what the class is about.
fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    const NAMES: &[(&str, &[&str])] = &[
        ("RenameTable", &["table_name", "new_table_name"]),
        ("ColumnNullable", &["table_name", "column_name", "nullable"]),
        ("ColumnType", &["table_name", "column_name", "type_"]),
        ("ColumnName", &["table_name", "column_name", "newname"]),
        ("ColumnComment", &["table_name", "column_name", "comment"]),
        ("AddColumn", &["table_name", "column"]),
        ("DropColumn", &["table_name", "column"]),
        ("PostgresqlColumnType", &["table_name", "column_name", "type_"]),
        ("MySQLChangeColumn", &["table_name", "column_name", "schema", "newname", "type_", "nullable"]),
        ("MySQLModifyColumn", &["table_name", "column_name", "schema", "newname", "type_", "nullable"]),
    ];
    let class = object::class_name(&this);
    let names = NAMES.iter().find(|(name, _)| *name == class);
    let names = names.map_or(&["table_name", "column_name", "default"][..], |(_, names)| names);
    set(&this, "schema", vm.ctx.none(), vm)?;
    for (name, value) in names.iter().zip(args.args) {
        set(&this, name, value, vm)?;
    }
    for (name, value) in args.kwargs {
        this.set_attr(
            vm.ctx.intern_str(if name == "name" { "table_name" } else { name.as_str() }),
            value,
            vm,
        )?;
    }
    object::none(vm)
}

fn build(vm: &VirtualMachine) -> PyResult<()> {
    vm.import("sqlalchemy", 0)?;
    for def in CLASSES {
        let key: &'static str = Box::leak(format!("alembic.{}", def.name).into_boxed_str());
        if !object::has_class(key) {
            object::build_class(key, def, vm)?;
        }
    }
    Ok(())
}

/// Calls a method of the compiler's preparer or the compiler itself.
fn preparer(
    compiler: &PyObject,
    name: &'static str,
    argument: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<String> {
    let preparer = get(compiler, "preparer", vm)?;
    object::text(&*vm.call_method(&preparer, name, (argument,))?, vm)
}

/// `format_table_name(compiler, name, schema)`
fn table_name(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<String> {
    let argument = |number: usize| args.args.get(number).cloned().unwrap_or_else(|| vm.ctx.none());
    let name = preparer(&argument(0), "quote", argument(1), vm)?;
    let schema = match args.kwargs.get("schema") {
        Some(schema) => schema.clone(),
        None => argument(2),
    };
    if vm.is_none(&schema) {
        return Ok(name);
    }
    let schema = object::text(&schema, vm)?;
    let parts = schema
        .split('.')
        .map(|part| preparer(&argument(0), "quote", object::new_text(part, vm), vm))
        .collect::<PyResult<Vec<_>>>()?;
    Ok(format!("{}.{name}", parts.join(".")))
}

/// The functions of `alembic.ddl.base` that compilers of user code call.
const FUNCTIONS: &[(&str, object::Function)] = &[
    ("alter_table", |args, vm| Ok(object::new_text(format!("ALTER TABLE {}", table_name(&args, vm)?), vm))),
    ("format_table_name", |args, vm| Ok(object::new_text(table_name(&args, vm)?, vm))),
    ("alter_column", |args, vm| {
        let name = column_name(&args, vm)?;
        Ok(object::new_text(format!("ALTER COLUMN {name}"), vm))
    }),
    ("format_column_name", |args, vm| Ok(object::new_text(column_name(&args, vm)?, vm))),
    ("drop_column", |args, vm| {
        let name = column_name(&args, vm)?;
        Ok(object::new_text(format!("DROP COLUMN {name}"), vm))
    }),
    ("add_column", |args, vm| {
        let argument = |number: usize| args.args.get(number).cloned().unwrap_or_else(|| vm.ctx.none());
        let compiler = argument(0);
        let column = vm.call_method(&argument(1), "_copy", ())?;
        // a column is written by its table
        let metadata = class_object("MetaData").call((), vm)?;
        class_object("Table").call((object::new_text("t", vm), metadata, column.clone()), vm)?;
        let element = class_object("CreateColumn").call((column,), vm)?;
        let text = object::text(&*vm.call_method(&compiler, "process", (element,))?, vm)?;
        Ok(object::new_text(format!("ADD COLUMN {text}"), vm))
    }),
    ("format_type", |args, vm| {
        let compiler = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
        let type_ = args.args.get(1).cloned().unwrap_or_else(|| vm.ctx.none());
        vm.call_method(&compiler, "process", (type_,))
    }),
    ("format_server_default", |args, vm| {
        let compiler = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
        let default = args.args.get(1).cloned().unwrap_or_else(|| vm.ctx.none());
        if let Some(text) = object::text_of(&default) {
            return Ok(object::new_text(format!("'{}'", text.replace('\'', "''")), vm));
        }
        vm.call_method(&compiler, "process", (default,))
    }),
];

/// Gives the quoted name of a column, or of what has its name.
fn column_name(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<String> {
    let argument = |number: usize| args.args.get(number).cloned().unwrap_or_else(|| vm.ctx.none());
    let name = argument(1);
    let name = match object::text_of(&name) {
        Some(_) => name,
        None => get(&name, "name", vm)?,
    };
    preparer(&argument(0), "quote", name, vm)
}

mod native {
    pub(crate) use ddl::module_def;
    pub(crate) use ddl_base::module_def as base_module_def;

    #[rustpython_vm::pymodule(name = "alembic.ddl")]
    mod ddl {
        use rustpython_vm::builtins::PyModule;
        use rustpython_vm::{Py, PyResult, VirtualMachine};

        pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
            __module_exec(vm, module);
            vm.import("alembic.migration", 0)?;
            let modules = vm.sys_module.get_attr("modules", vm)?;
            let migration = modules.get_item("alembic.migration", vm)?;
            module.set_attr("DefaultImpl", migration.get_attr("DefaultImpl", vm)?, vm)?;
            module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
        }
    }

    #[rustpython_vm::pymodule(name = "alembic.ddl.base")]
    mod ddl_base {
        use rustpython_vm::builtins::PyModule;
        use rustpython_vm::{Py, PyResult, VirtualMachine};

        use crate::modules::alembic::ddl_hooks::{CLASSES, FUNCTIONS, build};
        use crate::modules::sqlalchemy::object;

        pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
            __module_exec(vm, module);
            build(vm)?;
            // those of single databases too: their modules take them from here
            for def in CLASSES {
                let class = object::class_object(&format!("alembic.{}", def.name));
                module.set_attr(def.name, class, vm)?;
            }
            for (name, function) in FUNCTIONS {
                module.set_attr(*name, object::function(name, *function, vm), vm)?;
            }
            Ok(())
        }
    }
}
