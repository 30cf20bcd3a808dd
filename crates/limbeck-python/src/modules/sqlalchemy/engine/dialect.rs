//! Dialect objects, as user code sees them on connections and in hooks of its types.

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::dialect::{Dialect, ParamStyle, by_name, default_dialect};
use limbeck_sql::engine::{DriverArguments, Engine};
use limbeck_sql::reflection::Inspector;
use limbeck_sql::schema::Identifier;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::dbapi;
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    ClassDef, Member, class, get, get_text, instance_with, method, new_bool, new_list, new_opt_text,
    new_text, set, set_state, state, text_of,
};
use crate::modules::sqlalchemy::types::{kind, new_type, to_instance};

/// A dialect in an object; `None` for one that Limbeck has only the name of. An engine's dialect knows the engine.
struct DialectState(Option<Arc<dyn Dialect>>, Option<Engine>);

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Dialect",
        module: "sqlalchemy.engine.interfaces",
        bases: &[],
        members: &[
            ("__init__", method(init)),
            ("type_descriptor", method(type_descriptor)),
            (
                "identifier_preparer",
                Member::Get(|this, vm| {
                    let preparer = instance_with("IdentifierPreparer", (), vm)?;
                    set(&preparer, "dialect", this, vm)?;
                    Ok(preparer)
                }),
            ),
            (
                "dialect_description",
                Member::Get(|this, vm| {
                    let name = get_text(&this, "name", vm)?.unwrap_or_default();
                    let driver = get_text(&this, "driver", vm)?.unwrap_or_default();
                    Ok(new_text(format!("{name}+{driver}"), vm))
                }),
            ),
            ("dbapi", Member::Value(|vm| vm.ctx.none())),
            ("server_version_info", Member::Value(|vm| vm.ctx.none())),
            ("supports_sane_rowcount", Member::Value(|vm| new_bool(true, vm))),
            ("supports_sane_multi_rowcount", Member::Value(|vm| new_bool(true, vm))),
            ("is_async", Member::Value(|vm| new_bool(false, vm))),
            ("has_table", method(has_table)),
            ("has_sequence", method(|_, args, vm| ask_inspector("has_sequence", args, vm))),
            ("has_type", method(|_, args, vm| ask_inspector("_has_type", args, vm))),
            ("default_schema_name", Member::Get(default_schema_name)),
            ("create_connect_args", method(create_connect_args)),
            ("connect", method(connect)),
        ],
    },
    ClassDef {
        name: "SQLiteDialect",
        module: "sqlalchemy.dialects.sqlite.base",
        bases: &["Dialect"],
        members: &[("name", Member::Value(|vm| new_text("sqlite", vm)))],
    },
    ClassDef {
        name: "PGDialect",
        module: "sqlalchemy.dialects.postgresql.base",
        bases: &["Dialect"],
        members: &[("name", Member::Value(|vm| new_text("postgresql", vm)))],
    },
    ClassDef {
        name: "MySQLDialect",
        module: "sqlalchemy.dialects.mysql.base",
        bases: &["Dialect"],
        members: &[("name", Member::Value(|vm| new_text("mysql", vm)))],
    },
    ClassDef {
        name: "MariaDBDialect",
        module: "sqlalchemy.dialects.mysql.mariadb",
        bases: &["MySQLDialect"],
        members: &[("name", Member::Value(|vm| new_text("mariadb", vm)))],
    },
    ClassDef {
        name: "MSDialect",
        module: "sqlalchemy.dialects.mssql.base",
        bases: &["Dialect"],
        members: &[("name", Member::Value(|vm| new_text("mssql", vm)))],
    },
    ClassDef {
        name: "OracleDialect",
        module: "sqlalchemy.dialects.oracle.base",
        bases: &["Dialect"],
        members: &[("name", Member::Value(|vm| new_text("oracle", vm)))],
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
        ],
    },
];

/// Which types a dialect takes for its version of a plainer one, so that `type_descriptor()` gives that one.
///
/// The dialects' own default drivers decide: the class that a driver has for strings stands for every kind of string.
const ADAPTED: &[(&str, &[&str], &str)] = &[
    ("postgresql", &["Text", "UnicodeText", "CHAR", "NCHAR", "NVARCHAR", "TEXT", "CLOB"], "String"),
    ("postgresql", &["DECIMAL"], "Numeric"),
    ("postgresql", &["Double", "REAL", "DOUBLE", "DOUBLE_PRECISION"], "Float"),
    ("postgresql", &["DATETIME"], "DateTime"),
    ("mysql", &["DECIMAL"], "Numeric"),
    ("mysql", &["REAL"], "Float"),
    ("mysql", &["DOUBLE_PRECISION"], "DOUBLE"),
    ("sqlite", &["TIMESTAMP"], "DateTime"),
    ("mssql", &["Text", "CHAR", "TEXT", "CLOB"], "String"),
    ("mssql", &["NCHAR"], "Unicode"),
    ("mssql", &["DECIMAL"], "Numeric"),
    ("mssql", &["Double", "REAL", "DOUBLE", "DOUBLE_PRECISION"], "Float"),
    ("mssql", &["DATE"], "Date"),
    ("mssql", &["TIMESTAMP"], "DateTime"),
    ("mssql", &["TIME"], "Time"),
    ("mssql", &["LargeBinary", "BLOB"], "mssql.VARBINARY"),
    ("mssql", &["UUID"], "Uuid"),
    ("oracle", &["VARCHAR"], "String"),
    ("oracle", &["TEXT"], "Text"),
    ("oracle", &["SmallInteger", "BigInteger", "SMALLINT", "BIGINT"], "Integer"),
    ("oracle", &["DECIMAL"], "Numeric"),
    ("oracle", &["Double", "REAL", "DOUBLE", "DOUBLE_PRECISION"], "Float"),
    ("oracle", &["DATETIME"], "DateTime"),
    ("oracle", &["UUID"], "Uuid"),
];

/// `dialect.type_descriptor(type)`: the type as the dialect has it.
fn type_descriptor(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let type_ = to_instance(&args.args.first().cloned().unwrap_or_else(|| vm.ctx.none()), vm)?;
    let name = get_text(&this, "name", vm)?.unwrap_or_default();
    let name = if name == "mariadb" { "mysql" } else { name.as_str() };
    let Some(own_kind) = kind(&type_, vm).filter(|kind| type_.class().is(&class(kind))) else {
        return Ok(type_);
    };
    let adapted =
        ADAPTED.iter().find(|(dialect, from, _)| *dialect == name && from.contains(&own_kind.as_str()));
    let Some((_, _, target)) = adapted else { return Ok(type_) };
    let made = new_type(target, vm)?;
    if let (Some(from), Some(to)) = (type_.dict(), made.dict()) {
        for (key, value) in from.items_vec() {
            if to.contains_key(&*key, vm) {
                to.set_item(&*key, value, vm)?;
            }
        }
    }
    Ok(made)
}

fn quote(this: &PyObject, args: &FuncArgs, always: bool, vm: &VirtualMachine) -> PyResult {
    let dialect = dialect_value(Some(&*get(this, "dialect", vm)?), vm)?;
    let name = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
    let text = text_of(&name).unwrap_or_default();
    let name =
        if always { Identifier::quoted(text, Some(true)) } else { crate::lower::identifier(&name, vm)? };
    Ok(new_text(dialect.quote(&name), vm))
}

fn format_table(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let dialect = dialect_value(Some(&*get(&this, "dialect", vm)?), vm)?;
    let table = crate::lower::table_clause(&args.args.first().cloned().unwrap_or_else(|| vm.ctx.none()), vm)?;
    let sql = dialect.format_table(
        table.schema.as_ref(),
        &table.name,
        &limbeck_sql::dialect::CompileOptions::default(),
    );
    sql.map(|sql| new_text(sql, vm)).map_err(|error| exc::from_sql(&error, vm))
}

/// `dialect.has_table(connection, table_name, schema=None)`
fn has_table(_this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    ask_inspector("has_table", args, vm)
}

/// Asks an inspector of the connection that is the first argument.
fn ask_inspector(question: &str, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let connection = if args.args.is_empty() { vm.ctx.none() } else { args.args.remove(0) };
    let inspector = super::inspector::inspect(&connection, vm)?;
    vm.call_method(&inspector, question, args)
}

/// `dialect.default_schema_name`: what a new connection says, before anybody has changed it.
fn default_schema_name(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let engine = state::<DialectState>(&this).and_then(|state| state.1.clone());
    let name = match engine {
        None => vm.ctx.none(),
        Some(engine) => {
            let ask = || {
                let connection = engine.connect()?;
                let name = Inspector::new(&connection)?.default_schema_name()?;
                connection.close()?;
                Ok(name)
            };
            new_opt_text(ask().map_err(|error| exc::from_sql(&error, vm))?, vm)
        }
    };
    set(&this, "default_schema_name", name.clone(), vm)?;
    Ok(name)
}

fn paramstyle(style: ParamStyle) -> &'static str {
    match style {
        ParamStyle::QuestionMark => "qmark",
        ParamStyle::Numeric => "numeric",
        ParamStyle::NumericDollar => "numeric_dollar",
        ParamStyle::Named => "named",
        ParamStyle::Format => "format",
        ParamStyle::PyFormat => "pyformat",
    }
}

/// Gives the key of the class whose instances are dialects of a name.
pub(crate) fn class_key(name: &str) -> &'static str {
    match name {
        "sqlite" => "SQLiteDialect",
        "postgresql" => "PGDialect",
        "mysql" => "MySQLDialect",
        "mariadb" => "MariaDBDialect",
        "mssql" => "MSDialect",
        "oracle" => "OracleDialect",
        _ => "Dialect",
    }
}

/// Makes the object for a dialect.
pub(crate) fn new_dialect(dialect: &Arc<dyn Dialect>, vm: &VirtualMachine) -> PyResult {
    let obj = instance_with(class_key(dialect.name()), DialectState(Some(Arc::clone(dialect)), None), vm)?;
    describe(&obj, dialect.as_ref(), vm)?;
    Ok(obj)
}

/// Makes the object for the dialect of an engine.
pub(crate) fn new_dialect_of_engine(engine: &Engine, vm: &VirtualMachine) -> PyResult {
    let obj = new_dialect(engine.dialect(), vm)?;
    set_state(&obj, DialectState(Some(Arc::clone(engine.dialect())), Some(engine.clone())));
    Ok(obj)
}

/// Makes an engine's dialect object know what the first connection has told of the server.
pub(crate) fn learn(obj: &PyObject, dialect: &Arc<dyn Dialect>, vm: &VirtualMachine) -> PyResult<()> {
    if dialect.server_version().is_none() {
        return Ok(());
    }
    let state = state::<DialectState>(obj);
    let known = state.as_ref().and_then(|state| state.0.as_ref());
    if known.is_some_and(|known| Arc::ptr_eq(known, dialect)) {
        return Ok(());
    }
    let engine = state.as_ref().and_then(|state| state.1.clone());
    set_state(obj, DialectState(Some(Arc::clone(dialect)), engine));
    describe(obj, dialect.as_ref(), vm)
}

/// `PGDialect()` and its kin: the dialect with its default driver.
fn init(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = get_text(&this, "name", vm)?.unwrap_or_default();
    if let Ok(dialect) = by_name(&name, None) {
        describe(&this, dialect.as_ref(), vm)?;
        set_state(&this, DialectState(Some(dialect), None));
    }
    Ok(vm.ctx.none())
}

/// Sets the attributes that tell what a dialect is.
fn describe(obj: &PyObject, dialect: &dyn Dialect, vm: &VirtualMachine) -> PyResult<()> {
    set(obj, "name", new_text(dialect.name(), vm), vm)?;
    set(obj, "driver", new_text(dialect.driver(), vm), vm)?;
    set(obj, "paramstyle", new_text(paramstyle(dialect.paramstyle()), vm), vm)?;
    set(obj, "max_identifier_length", vm.ctx.new_int(dialect.max_identifier_length()), vm)?;
    if let Some(schema) = dialect.default_schema_name() {
        set(obj, "default_schema_name", new_text(schema, vm), vm)?;
    }
    set(obj, "supports_native_boolean", new_bool(dialect.supports_native_boolean(), vm), vm)?;
    set(obj, "supports_native_enum", new_bool(dialect.supports_native_enum(), vm), vm)?;
    set(obj, "supports_sequences", new_bool(dialect.supports_sequences(), vm), vm)?;
    set(obj, "supports_comments", new_bool(dialect.supports_comments(), vm), vm)?;
    set(obj, "supports_alter", new_bool(dialect.supports_alter(), vm), vm)?;
    set(obj, "is_mariadb", new_bool(dialect.is_mariadb(), vm), vm)?;
    if let Some(version) = dialect.server_version() {
        let numbers = version.iter().map(|number| vm.ctx.new_int(*number).into()).collect();
        set(obj, "server_version_info", vm.ctx.new_tuple(numbers), vm)?;
    }
    set(obj, "insert_returning", new_bool(dialect.insert_returning(), vm), vm)?;
    Ok(())
}

/// Makes the object for the dialect of a name, for hooks of user types.
pub(crate) fn dialect_object(name: &str, vm: &VirtualMachine) -> PyResult {
    match by_name(name, None) {
        Ok(dialect) => new_dialect(&dialect, vm),
        Err(_) => {
            let obj = instance_with(class_key(name), DialectState(None, None), vm)?;
            set(&obj, "name", new_text(name, vm), vm)?;
            Ok(obj)
        }
    }
}

/// Gives the dialect behind an object; without one, the default dialect.
pub(crate) fn dialect_value(obj: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<Arc<dyn Dialect>> {
    let Some(obj) = obj.filter(|obj| !vm.is_none(obj)) else { return Ok(default_dialect()) };
    if let Some(state) = state::<DialectState>(obj)
        && let Some(dialect) = &state.0
    {
        return Ok(Arc::clone(dialect));
    }
    let name = get_text(obj, "name", vm)?.unwrap_or_default();
    if name == "default" {
        return Ok(default_dialect());
    }
    by_name(&name, None).map_err(|error| exc::from_sql(&error, vm))
}

/// `dialect.create_connect_args(url)`
fn create_connect_args(_this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create_connect_args", args, vm);
    let url = super::url::parse(&*arguments.required("url")?, vm)?;
    arguments.finish()?;
    let arguments =
        DriverArguments::of(&url, &IndexMap::default()).map_err(|error| exc::from_sql(&error, vm))?;
    let (positional, named) = raised_arguments(&arguments, vm)?;
    Ok(new_list(vec![positional, named], vm))
}

/// Gives the arguments of a driver as a list and a dictionary.
pub(crate) fn raised_arguments(
    arguments: &DriverArguments,
    vm: &VirtualMachine,
) -> PyResult<(PyObjectRef, PyObjectRef)> {
    let positional = arguments.positional.iter().map(|value| crate::raise::value(value, vm));
    let positional = new_list(positional.collect::<PyResult<_>>()?, vm);
    let named = vm.ctx.new_dict();
    for (name, value) in &arguments.named {
        named.set_item(name.as_str(), crate::raise::value(value, vm)?, vm)?;
    }
    Ok((positional, named.into()))
}

/// Reads the arguments of a driver.
pub(crate) fn lowered_arguments(
    positional: &[PyObjectRef],
    named: impl IntoIterator<Item = (String, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult<DriverArguments> {
    let positional =
        positional.iter().map(|value| crate::lower::value(value, vm)).collect::<PyResult<_>>()?;
    let named = named.into_iter().map(|(name, value)| Ok((name, crate::lower::value(&value, vm)?)));
    Ok(DriverArguments { positional, named: named.collect::<PyResult<_>>()? })
}

/// `dialect.connect(*cargs, **cparams)`
fn connect(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let engine = state::<DialectState>(&this).and_then(|state| state.1.clone());
    let Some(engine) = engine else {
        return Err(exc::not_provided("Dialect.connect() of a dialect that belongs to no engine", vm));
    };
    let arguments = lowered_arguments(&args.args, args.kwargs, vm)?;
    let opened = engine.open_with(arguments).map_err(|error| exc::driver_error(&error, vm))?;
    dbapi::connection(&opened, vm)
}
