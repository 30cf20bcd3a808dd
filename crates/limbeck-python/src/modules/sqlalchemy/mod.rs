//! The embedded `sqlalchemy` package: Limbeck's own classes under SQLAlchemy's names.
//!
//! Classes are built from tables when a module of the package is first imported; submodules fill themselves when
//! they are. Only declarative models, hybrids and the async engine are Python, frozen in.

// The signature of native methods and functions is fixed by their tables.
#![allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]

pub(crate) mod arguments;
pub mod engine;
pub(crate) mod event;
pub(crate) mod exc;
pub(crate) mod ext;
pub(crate) mod immutable;
pub(crate) mod mysql;
pub(crate) mod object;
pub(crate) mod postgresql;
pub(crate) mod schema;
pub(crate) mod sql;
pub(crate) mod types;

#[cfg(test)]
mod tests;

use rustpython_vm::builtins::{PyDict, PyModule, PyModuleDef};
use rustpython_vm::frozen::FrozenModule;
use rustpython_vm::{AsObject, InterpreterBuilder, Py, PyObjectRef, PyResult, VirtualMachine, py_freeze};

use object::{Function, class_object, function, new_text};

/// The modules that Rust fills, and whether each is a package.
const MODULES: &[(&str, bool)] = &[
    ("sqlalchemy", true),
    ("sqlalchemy.dialects", true),
    ("sqlalchemy.dialects.mariadb", true),
    ("sqlalchemy.dialects.mssql", true),
    ("sqlalchemy.dialects.mssql.base", false),
    ("sqlalchemy.dialects.mssql.json", false),
    ("sqlalchemy.dialects.mysql", true),
    ("sqlalchemy.dialects.mysql.aiomysql", false),
    ("sqlalchemy.dialects.mysql.asyncmy", false),
    ("sqlalchemy.dialects.mysql.base", false),
    ("sqlalchemy.dialects.mysql.cymysql", false),
    ("sqlalchemy.dialects.mysql.dml", false),
    ("sqlalchemy.dialects.mysql.enumerated", false),
    ("sqlalchemy.dialects.mysql.expression", false),
    ("sqlalchemy.dialects.mysql.json", false),
    ("sqlalchemy.dialects.mysql.mariadb", false),
    ("sqlalchemy.dialects.mysql.mariadbconnector", false),
    ("sqlalchemy.dialects.mysql.mysqlconnector", false),
    ("sqlalchemy.dialects.mysql.mysqldb", false),
    ("sqlalchemy.dialects.mysql.pymysql", false),
    ("sqlalchemy.dialects.mysql.pyodbc", false),
    ("sqlalchemy.dialects.mysql.types", false),
    ("sqlalchemy.dialects.oracle", true),
    ("sqlalchemy.dialects.oracle.base", false),
    ("sqlalchemy.dialects.oracle.json", false),
    ("sqlalchemy.dialects.oracle.types", false),
    ("sqlalchemy.dialects.postgresql", true),
    ("sqlalchemy.dialects.postgresql.base", false),
    ("sqlalchemy.dialects.postgresql.dml", false),
    ("sqlalchemy.dialects.postgresql.ext", false),
    ("sqlalchemy.dialects.postgresql.json", false),
    ("sqlalchemy.dialects.postgresql.named_types", false),
    ("sqlalchemy.dialects.postgresql.ranges", false),
    ("sqlalchemy.dialects.postgresql.types", false),
    ("sqlalchemy.dialects.sqlite", true),
    ("sqlalchemy.dialects.sqlite.base", false),
    ("sqlalchemy.engine", true),
    ("sqlalchemy.engine.base", false),
    ("sqlalchemy.engine.create", false),
    ("sqlalchemy.engine.cursor", false),
    ("sqlalchemy.engine.default", false),
    ("sqlalchemy.engine.interfaces", false),
    ("sqlalchemy.engine.reflection", false),
    ("sqlalchemy.engine.result", false),
    ("sqlalchemy.engine.row", false),
    ("sqlalchemy.engine.url", false),
    ("sqlalchemy.event", true),
    ("sqlalchemy.exc", false),
    ("sqlalchemy.ext", true),
    ("sqlalchemy.ext.compiler", false),
    ("sqlalchemy.ext.declarative", true),
    ("sqlalchemy.ext.mutable", false),
    ("sqlalchemy.future", true),
    ("sqlalchemy.inspection", false),
    ("sqlalchemy.orm.attributes", false),
    ("sqlalchemy.orm.decl_api", false),
    ("sqlalchemy.orm.exc", false),
    ("sqlalchemy.orm.relationships", false),
    ("sqlalchemy.orm.session", false),
    ("sqlalchemy.pool", true),
    ("sqlalchemy.pool.impl", false),
    ("sqlalchemy.schema", false),
    ("sqlalchemy.sql", true),
    ("sqlalchemy.sql.base", false),
    ("sqlalchemy.sql.compiler", false),
    ("sqlalchemy.sql.ddl", false),
    ("sqlalchemy.sql.dml", false),
    ("sqlalchemy.sql.elements", false),
    ("sqlalchemy.sql.expression", false),
    ("sqlalchemy.sql.functions", false),
    ("sqlalchemy.sql.operators", false),
    ("sqlalchemy.sql.schema", false),
    ("sqlalchemy.sql.selectable", false),
    ("sqlalchemy.sql.sqltypes", false),
    ("sqlalchemy.sql.type_api", false),
    ("sqlalchemy.types", false),
    ("sqlalchemy.util", true),
    ("sqlite3", true),
    ("sqlite3.dbapi2", false),
];

/// Adds the package to an interpreter.
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    let defs: Vec<&'static PyModuleDef> = MODULES
        .iter()
        .map(|(name, _)| {
            let slots = rustpython_vm::builtins::PyModuleSlots { create: None, exec: Some(exec) };
            let def = PyModuleDef { name: builder.ctx.intern_str(*name), doc: None, methods: &[], slots };
            &*Box::leak(Box::new(def))
        })
        .collect();
    builder.add_native_modules(&defs).add_frozen_modules(frozen())
}

// Cargo rebuilds when these change; the freezing macro alone does not tell it to.
const _: [&str; 5] = [
    include_str!("python/sqlalchemy/dialects/oracle/vector.py"),
    include_str!("python/sqlalchemy/dialects/postgresql/bitstring.py"),
    include_str!("python/sqlalchemy/orm/__init__.py"),
    include_str!("python/sqlalchemy/ext/asyncio.py"),
    include_str!("python/sqlalchemy/ext/hybrid.py"),
];

/// The directories of `python` that Rust fills the modules of.
const DIRECTORIES: [&str; 5] = [
    "sqlalchemy",
    "sqlalchemy.dialects",
    "sqlalchemy.dialects.oracle",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.ext",
];

/// What Oracle's module exports of its Python module `vector`.
const VECTOR_NAMES: [&str; 6] = [
    "SparseVector",
    "VectorDistanceType",
    "VectorIndexConfig",
    "VectorIndexType",
    "VectorStorageFormat",
    "VectorStorageType",
];

/// Gives the modules of the package that are written in Python.
fn frozen() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    py_freeze!(dir = "python", crate_name = "rustpython_compiler_core")
        .into_iter()
        // The directories that only lead to modules are no modules themselves.
        .filter(|(name, _)| !DIRECTORIES.contains(name))
}

/// Builds all classes, once for the process.
fn build(vm: &VirtualMachine) -> PyResult<()> {
    object::init();
    if object::has_class("MetaData") {
        return Ok(());
    }
    exc::build(vm)?;
    object::build(immutable::CLASSES, vm)?;
    types::build(vm)?;
    object::build(sql::collection::CLASSES, vm)?;
    object::build(sql::compiled::CLASSES, vm)?;
    sql::clauses::build(vm)?;
    object::build(postgresql::CLASSES, vm)?;
    mysql::build(vm)?;
    object::build(ext::CLASSES, vm)?;
    engine::build(vm)?;
    schema::build(vm)
}

/// What `sqlalchemy.sql.operators` takes over from `operator`.
const PYTHON_OPERATORS: &[&str] = &[
    "add", "and_", "contains", "eq", "floordiv", "ge", "getitem", "gt", "inv", "le", "lshift", "lt", "mod",
    "mul", "ne", "neg", "or_", "rshift", "sub", "truediv",
];

/// Fills a module when it is imported.
fn exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    build(vm)?;
    let name = module.name.map_or("", |name| name.as_str());
    if MODULES.iter().any(|(known, package)| *known == name && *package) {
        set(module, "__path__", object::new_list(Vec::new(), vm), vm)?;
    }
    set(module, "__getattr__", missing(name, vm), vm)?;
    match name {
        "sqlalchemy" => root(module, vm),
        "sqlalchemy.types" | "sqlalchemy.sql.sqltypes" | "sqlalchemy.sql.type_api" => type_names(module, vm),
        "sqlalchemy.exc" => classes(module, exc::names(), vm),
        "sqlalchemy.schema" | "sqlalchemy.sql.schema" | "sqlalchemy.sql.ddl" => {
            classes(module, schema::names(), vm)?;
            classes(module, ["conv", "quoted_name"].into_iter(), vm)?;
            set(module, "DDLElement", class_object("ExecutableDDLElement"), vm)?;
            constants(module, vm)
        }
        "sqlalchemy.sql.functions" => {
            set(module, "func", sql::functions::generator(vm)?, vm)?;
            classes(module, sql::clauses::names(), vm)
        }
        "sqlalchemy.sql"
        | "sqlalchemy.sql.expression"
        | "sqlalchemy.sql.elements"
        | "sqlalchemy.sql.selectable"
        | "sqlalchemy.sql.dml"
        | "sqlalchemy.sql.base"
        | "sqlalchemy.future"
        | "sqlalchemy.sql.compiler" => expressions(module, vm),
        "sqlalchemy.sql.operators" => {
            expressions(module, vm)?;
            // comparisons are Python's own functions
            let operators = vm.import("operator", 0)?;
            for name in PYTHON_OPERATORS {
                set(module, name, operators.get_attr(vm.ctx.intern_str(*name), vm)?, vm)?;
            }
            Ok(())
        }
        "sqlalchemy.engine"
        | "sqlalchemy.engine.base"
        | "sqlalchemy.engine.reflection"
        | "sqlalchemy.engine.url"
        | "sqlalchemy.engine.create"
        | "sqlalchemy.engine.cursor"
        | "sqlalchemy.engine.default"
        | "sqlalchemy.engine.interfaces"
        | "sqlalchemy.engine.result"
        | "sqlalchemy.engine.row"
        | "sqlalchemy.pool"
        | "sqlalchemy.pool.impl" => engines(module, vm),
        "sqlalchemy.util" => classes(module, ["immutabledict"].into_iter(), vm),
        "sqlite3" | "sqlite3.dbapi2" => {
            for (name, value) in engine::dbapi::module_members(vm)? {
                set(module, name, value, vm)?;
            }
            functions(module, engine::dbapi::FUNCTIONS, vm)
        }
        "sqlalchemy.inspection" => functions(module, &[("inspect", inspect)], vm),
        "sqlalchemy.event" => functions(module, event::FUNCTIONS, vm),
        "sqlalchemy.ext.compiler" => functions(module, ext::FUNCTIONS, vm),
        "sqlalchemy.ext.mutable" => classes(
            module,
            ["Mutable", "MutableDict", "MutableList", "MutableSet", "MutableComposite"].into_iter(),
            vm,
        ),
        "sqlalchemy.orm.exc" => {
            classes(module, ["NoResultFound", "MultipleResultsFound"].into_iter(), vm)?;
            from_orm(module, vm)
        }
        "sqlalchemy.ext.declarative" => {
            from_orm(module, vm)?;
            let moved = module.dict().get_item("_limbeck_moved", vm)?;
            for (name, function) in
                moved.downcast_ref::<PyDict>().map(|moved| moved.items_vec()).unwrap_or_default()
            {
                module.dict().set_item(&*name, function, vm)?;
            }
            Ok(())
        }
        "sqlalchemy.orm.session"
        | "sqlalchemy.orm.attributes"
        | "sqlalchemy.orm.decl_api"
        | "sqlalchemy.orm.relationships" => from_orm(module, vm),
        _ => match name.strip_prefix("sqlalchemy.dialects.") {
            Some(dialect) => dialect_module(dialect, module, vm),
            None => Ok(()),
        },
    }
}

fn set(module: &Py<PyModule>, name: &str, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    module.dict().set_item(vm.ctx.intern_str(name), value, vm)
}

fn classes(
    module: &Py<PyModule>,
    names: impl Iterator<Item = &'static str>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    for name in names {
        set(module, name, class_object(name), vm)?;
    }
    Ok(())
}

fn functions(module: &Py<PyModule>, table: &[(&'static str, Function)], vm: &VirtualMachine) -> PyResult<()> {
    for (name, native) in table {
        set(module, name, function(name, *native, vm), vm)?;
    }
    Ok(())
}

fn type_names(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    classes(module, types::names(), vm)?;
    set(module, "INT", class_object("INTEGER"), vm)?;
    for (name, kind) in [
        ("NULLTYPE", "NullType"),
        ("STRINGTYPE", "String"),
        ("BOOLEANTYPE", "Boolean"),
        ("INTEGERTYPE", "Integer"),
    ] {
        set(module, name, types::new_type(kind, vm)?, vm)?;
    }
    functions(module, &[("to_instance", to_instance), ("adapt_type", to_instance)], vm)
}

fn to_instance(args: rustpython_vm::function::FuncArgs, vm: &VirtualMachine) -> PyResult {
    let given = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
    types::to_instance(&given, vm)
}

fn inspect(args: rustpython_vm::function::FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = arguments::Arguments::new("inspect", args, vm);
    let subject = arguments.required("subject")?;
    let must_answer = arguments.optional("raiseerr").map_or(Ok(true), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    match engine::inspector::inspect(&subject, vm) {
        Err(raised) if !must_answer && object::is_a(raised.as_object(), "NoInspectionAvailable") => {
            Ok(vm.ctx.none())
        }
        other => other,
    }
}

fn expressions(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    classes(module, sql::clauses::names(), vm)?;
    classes(
        module,
        ["ClauseList", "ColumnCollection", "ReadOnlyColumnCollection", "SQLCompiler", "Compiled", "conv"]
            .into_iter(),
        vm,
    )?;
    functions(module, sql::constructors::FUNCTIONS, vm)?;
    set(module, "func", sql::functions::generator(vm)?, vm)
}

/// The marks `BLANK_SCHEMA` and `RETAIN_SCHEMA`, made once.
fn constants(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    const MARKS: &[object::ClassDef] = &[
        object::ClassDef { name: "BLANK_SCHEMA", module: schema::MODULE, bases: &[], members: &[] },
        object::ClassDef { name: "RETAIN_SCHEMA", module: schema::MODULE, bases: &[], members: &[] },
    ];
    object::build(MARKS, vm)?;
    classes(module, ["BLANK_SCHEMA", "RETAIN_SCHEMA"].into_iter(), vm)
}

fn engines(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    const FUNCTIONS: &[(&str, Function)] = &[
        ("create_engine", engine::create::create_engine),
        ("engine_from_config", engine::create::engine_from_config),
        ("make_url", engine::url::make_url),
        ("create_mock_engine", engine::mock::create_mock_engine),
    ];
    classes(module, engine::names(), vm)?;
    functions(module, FUNCTIONS, vm)
}

/// Fills the package itself: everything that `import sqlalchemy as sa` gives.
fn root(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    set(module, "__version__", new_text("2.1.9", vm), vm)?;
    expressions(module, vm)?;
    type_names(module, vm)?;
    classes(module, schema::names(), vm)?;
    set(module, "DDLElement", class_object("ExecutableDDLElement"), vm)?;
    constants(module, vm)?;
    engines(module, vm)?;
    functions(module, &[("inspect", inspect)], vm)
}

/// Takes over the names of the Python module `sqlalchemy.orm`.
fn from_orm(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    vm.import("sqlalchemy.orm", 0)?;
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let orm = modules.get_item("sqlalchemy.orm", vm)?;
    if let Some(dict) = orm.dict() {
        for (name, value) in dict.items_vec() {
            if let Some(name) = object::text_of(&name)
                && !name.starts_with("__")
                && !module.dict().contains_key(name.as_str(), vm)
            {
                set(module, &name, value, vm)?;
            }
        }
    }
    Ok(())
}

/// The types of the SQL standard that a dialect's module exports as its own.
const SHARED_TYPES: &[(&str, &[&str])] = &[
    (
        "sqlite",
        &[
            "BLOB",
            "BOOLEAN",
            "CHAR",
            "DECIMAL",
            "FLOAT",
            "INTEGER",
            "NUMERIC",
            "REAL",
            "SMALLINT",
            "TEXT",
            "TIMESTAMP",
            "VARCHAR",
        ],
    ),
    (
        "postgresql",
        &[
            "BIGINT",
            "BOOLEAN",
            "CHAR",
            "DATE",
            "DOUBLE_PRECISION",
            "FLOAT",
            "INTEGER",
            "NUMERIC",
            "REAL",
            "SMALLINT",
            "TEXT",
            "UUID",
            "VARCHAR",
        ],
    ),
    ("mysql", &["BINARY", "BLOB", "BOOLEAN", "DATE", "VARBINARY"]),
    ("mariadb", &["BINARY", "BLOB", "BOOLEAN", "DATE", "VARBINARY"]),
    (
        "mssql",
        &[
            "BIGINT", "BINARY", "CHAR", "DATE", "DATETIME", "DECIMAL", "FLOAT", "INTEGER", "NCHAR",
            "NUMERIC", "NVARCHAR", "SMALLINT", "TEXT", "VARCHAR",
        ],
    ),
    (
        "oracle",
        &["BLOB", "BOOLEAN", "CHAR", "CLOB", "DOUBLE_PRECISION", "NCHAR", "NVARCHAR", "REAL", "VARCHAR"],
    ),
];

/// Further names of types: dialect, name, and the class by its key.
const TYPE_ALIASES: &[(&str, &str, &str)] = &[
    ("oracle", "NVARCHAR2", "NVARCHAR"),
    ("oracle", "OracleRaw", "oracle.RAW"),
    ("mssql", "MSBinary", "BINARY"),
    ("mssql", "MSBit", "mssql.BIT"),
    ("mssql", "MSChar", "CHAR"),
    ("mssql", "MSDateTime2", "mssql.DATETIME2"),
    ("mssql", "MSDateTimeOffset", "mssql.DATETIMEOFFSET"),
    ("mssql", "MSImage", "mssql.IMAGE"),
    ("mssql", "MSMoney", "mssql.MONEY"),
    ("mssql", "MSNChar", "NCHAR"),
    ("mssql", "MSNText", "mssql.NTEXT"),
    ("mssql", "MSNVarchar", "NVARCHAR"),
    ("mssql", "MSReal", "mssql.REAL"),
    ("mssql", "MSSmallDateTime", "mssql.SMALLDATETIME"),
    ("mssql", "MSSmallMoney", "mssql.SMALLMONEY"),
    ("mssql", "MSString", "VARCHAR"),
    ("mssql", "MSText", "TEXT"),
    ("mssql", "MSTime", "mssql.TIME"),
    ("mssql", "MSTinyInteger", "mssql.TINYINT"),
    ("mssql", "MSUniqueIdentifier", "mssql.UNIQUEIDENTIFIER"),
    ("mssql", "MSVarBinary", "mssql.VARBINARY"),
    ("mssql", "MSVariant", "mssql.SQL_VARIANT"),
];

/// What PostgreSQL's module exports of the classes that are made elsewhere.
const POSTGRESQL_CLASSES: &[&str] = &[
    "AbstractMultiRange",
    "AbstractRange",
    "AbstractSingleRange",
    "CreateDomainType",
    "CreateEnumType",
    "DropDomainType",
    "DropEnumType",
    "ExcludeConstraint",
    "NamedType",
];

/// Old names of PostgreSQL's types, and the class of each.
const POSTGRESQL_ALIASES: &[(&str, &str)] = &[
    ("PGBit", "postgresql.BIT"),
    ("PGCidr", "postgresql.CIDR"),
    ("PGInet", "postgresql.INET"),
    ("PGInterval", "postgresql.INTERVAL"),
    ("PGMacAddr", "postgresql.MACADDR"),
    ("PGMacAddr8", "postgresql.MACADDR8"),
    ("PGUuid", "UUID"),
];

fn dialect_module(path: &str, module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    let name = path.split('.').next().unwrap_or(path);
    if let Some((_, shared)) = SHARED_TYPES.iter().find(|(dialect, _)| *dialect == name) {
        classes(module, shared.iter().copied(), vm)?;
    }
    // MariaDB's module takes over MySQL's types.
    let types_of = if name == "mariadb" { "mysql" } else { name };
    for class in limbeck_sql::types::dialect_type_classes(types_of) {
        set(module, class.name, class_object(&types::dialect_key(class)), vm)?;
    }
    let upsert: &[(&str, Function)] = match name {
        "sqlite" | "postgresql" => &[("insert", insert)],
        "mysql" | "mariadb" => &[("insert", mysql::insert), ("limit", mysql::limit)],
        _ => &[],
    };
    functions(module, upsert, vm)?;
    if !upsert.is_empty() {
        let class = if types_of == "mysql" { mysql::INSERT } else { "Insert" };
        set(module, "Insert", class_object(class), vm)?;
    }
    if name == "postgresql" {
        classes(module, postgresql::CLASSES.iter().map(|def| def.name), vm)?;
        functions(module, postgresql::FUNCTIONS, vm)?;
        classes(module, POSTGRESQL_CLASSES.iter().copied(), vm)?;
        let any_and_all = [("Any", "any"), ("All", "all")];
        for (name, operator) in any_and_all {
            set(module, name, postgresql::array_comparison(name, operator, vm), vm)?;
        }
        for (alias, class) in POSTGRESQL_ALIASES {
            set(module, alias, class_object(class), vm)?;
        }
        if path == name {
            // These modules have the name of a class: importing one must not put the module in the class's place.
            let modules = vm.sys_module.get_attr("modules", vm)?;
            for same in ["array", "hstore"] {
                let module: PyObjectRef = module.to_owned().into();
                modules.set_item(format!("sqlalchemy.dialects.postgresql.{same}").as_str(), module, vm)?;
            }
        }
    }
    for (dialect, alias, class) in TYPE_ALIASES {
        if *dialect == name {
            set(module, alias, class_object(class), vm)?;
        }
    }
    if types_of == "mysql" {
        for (old, class) in mysql::OLD_NAMES.iter().filter(|_| path == "mysql.base") {
            set(module, old, class_object(class), vm)?;
        }
        set(module, "match", class_object(mysql::MATCH), vm)?;
        set(module, "DMLLimitClause", class_object(mysql::LIMIT), vm)?;
    }
    // `isinstance(bind.dialect, SQLiteDialect)` and `isinstance(bind.dialect, postgresql.dialect)` are how scripts of
    // old tell databases apart.
    let class = engine::dialect::class_key(if path == "mysql.mariadb" { "mariadb" } else { name });
    set(module, "dialect", class_object(class), vm)?;
    set(module, class, class_object(class), vm)
}

fn insert(args: rustpython_vm::function::FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = arguments::Arguments::new("insert", args, vm);
    let table = arguments.required("table")?;
    arguments.finish()?;
    sql::dml::new("Insert", &table, vm)
}

/// Makes the `__getattr__` of a module: submodules are imported when they are named, and what is missing says so.
fn missing(module: &'static str, vm: &VirtualMachine) -> PyObjectRef {
    let getattr = move |name: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let name = object::text_of(&name).unwrap_or_default();
        let path = format!("{module}.{name}");
        let is_module = MODULES.iter().any(|(known, _)| *known == path)
            || matches!(path.as_str(), "sqlalchemy.orm" | "sqlalchemy.ext.asyncio" | "sqlalchemy.ext.hybrid");
        if is_module && path != "sqlalchemy.orm" {
            vm.import(vm.ctx.intern_str(path.as_str()), 0)?;
            return vm.sys_module.get_attr("modules", vm)?.get_item(path.as_str(), vm);
        }
        if module.starts_with("sqlalchemy.dialects.oracle") && VECTOR_NAMES.contains(&name.as_str()) {
            const VECTOR: &str = "sqlalchemy.dialects.oracle.vector";
            vm.import(VECTOR, 0)?;
            let vector = vm.sys_module.get_attr("modules", vm)?.get_item(VECTOR, vm)?;
            return vector.get_attr(vm.ctx.intern_str(name), vm);
        }
        if module == "sqlalchemy.sql.functions"
            && let Some(class) = sql::functions::function_class(&name, vm)?
        {
            return Ok(class);
        }
        if name == "BitString" && module.starts_with("sqlalchemy.dialects.postgresql") {
            // in Python, and seldom needed
            vm.import("sqlalchemy.dialects.postgresql.bitstring", 0)?;
            let modules = vm.sys_module.get_attr("modules", vm)?;
            let module = modules.get_item("sqlalchemy.dialects.postgresql.bitstring", vm)?;
            return module.get_attr("BitString", vm);
        }
        let is_dunder = name.starts_with("__");
        let own_name = module.starts_with("sqlalchemy.dialects.")
            && name.chars().next().is_some_and(char::is_uppercase)
            && name.len() > 1;
        if own_name && !is_dunder {
            let message = format!("{path}: Limbeck does not provide it yet");
            return Err(vm.new_import_error(message, vm.ctx.new_str(module)));
        }
        let note = if is_dunder { "" } else { " (Limbeck does not provide it)" };
        Err(vm.new_attribute_error(format!("module '{module}' has no attribute '{name}'{note}")))
    };
    vm.new_function("__getattr__", getattr).into()
}
