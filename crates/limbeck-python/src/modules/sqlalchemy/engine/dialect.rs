//! Dialect objects, as user code sees them on connections and in hooks of its types.

use std::sync::Arc;

use limbeck_sql::dialect::{Dialect, ParamStyle, by_name, default_dialect};
use limbeck_sql::schema::Identifier;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    ClassDef, Member, class, class_object, get, get_text, instance_with, is_a, method, new_bool,
    new_opt_text, new_text, own, set, state, text_of,
};
use crate::modules::sqlalchemy::types::{kind, to_instance};

/// A dialect in an object; `None` for one that Limbeck has only the name of.
struct DialectState(Option<Arc<dyn Dialect>>);

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Dialect",
        module: "sqlalchemy.engine.interfaces",
        bases: &[],
        members: &[
            (
                "type_descriptor",
                method(|this, args, vm| {
                    let type_ = args.args.first().cloned().unwrap_or_else(|| vm.ctx.none());
                    adapted(&this, to_instance(&type_, vm)?, vm)
                }),
            ),
            (
                "identifier_preparer",
                Member::Get(|this, vm| {
                    let preparer = instance_with("IdentifierPreparer", (), vm)?;
                    set(&preparer, "dialect", this, vm)?;
                    Ok(preparer)
                }),
            ),
            ("dbapi", Member::Value(|vm| vm.ctx.none())),
            ("server_version_info", Member::Value(|vm| vm.ctx.none())),
            ("supports_sane_rowcount", Member::Value(|vm| new_bool(true, vm))),
            ("supports_sane_multi_rowcount", Member::Value(|vm| new_bool(true, vm))),
            ("is_async", Member::Value(|vm| new_bool(false, vm))),
            ("has_table", method(has_table)),
        ],
    },
    ClassDef {
        name: "SQLiteDialect",
        module: "sqlalchemy.dialects.sqlite.base",
        bases: &["Dialect"],
        members: &[],
    },
    ClassDef {
        name: "PGDialect",
        module: "sqlalchemy.dialects.postgresql.base",
        bases: &["Dialect"],
        members: &[],
    },
    ClassDef {
        name: "MySQLDialect",
        module: "sqlalchemy.dialects.mysql.base",
        bases: &["Dialect"],
        members: &[],
    },
    ClassDef {
        name: "MSDialect",
        module: "sqlalchemy.dialects.mssql.base",
        bases: &["Dialect"],
        members: &[],
    },
    ClassDef {
        name: "OracleDialect",
        module: "sqlalchemy.dialects.oracle.base",
        bases: &["Dialect"],
        members: &[],
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
fn has_table(_this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(connection) = args.take_positional() else { return Ok(new_bool(false, vm)) };
    let inspector = super::inspector::inspect(&connection, vm)?;
    vm.call_method(&inspector, "has_table", args)
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
fn class_key(name: &str) -> &'static str {
    match name {
        "sqlite" => "SQLiteDialect",
        "postgresql" => "PGDialect",
        "mysql" | "mariadb" => "MySQLDialect",
        "mssql" => "MSDialect",
        "oracle" => "OracleDialect",
        _ => "Dialect",
    }
}

/// Makes the object for a dialect.
pub(crate) fn new_dialect(dialect: &Arc<dyn Dialect>, vm: &VirtualMachine) -> PyResult {
    let obj = instance_with(class_key(dialect.name()), DialectState(Some(Arc::clone(dialect))), vm)?;
    set(&obj, "name", new_text(dialect.name(), vm), vm)?;
    set(&obj, "driver", new_text(dialect.driver(), vm), vm)?;
    set(&obj, "paramstyle", new_text(paramstyle(dialect.paramstyle()), vm), vm)?;
    set(&obj, "max_identifier_length", vm.ctx.new_int(dialect.max_identifier_length()), vm)?;
    set(&obj, "default_schema_name", new_opt_text(dialect.default_schema_name(), vm), vm)?;
    set(&obj, "supports_native_boolean", new_bool(dialect.supports_native_boolean(), vm), vm)?;
    set(&obj, "supports_native_enum", new_bool(dialect.supports_native_enum(), vm), vm)?;
    set(&obj, "supports_sequences", new_bool(dialect.supports_sequences(), vm), vm)?;
    set(&obj, "supports_comments", new_bool(dialect.supports_comments(), vm), vm)?;
    set(&obj, "supports_alter", new_bool(dialect.supports_alter(), vm), vm)?;
    set(&obj, "insert_returning", new_bool(dialect.insert_returning(), vm), vm)?;
    Ok(obj)
}

/// What a dialect takes for built-in types that it has an implementation of its own for: by dialect the classes whose
/// kin it takes over, nearest first, and the class in their place.
const ADAPTED: &[(&str, &[(&str, &str)])] = &[
    ("sqlite", &[("DateTime", "DateTime"), ("Date", "Date"), ("Time", "Time")]),
    (
        "postgresql",
        &[
            ("Enum", "Enum"),
            ("String", "String"),
            ("DateTime", "postgresql.TIMESTAMP"),
            ("Float", "Float"),
            ("Numeric", "Numeric"),
        ],
    ),
    ("mysql", &[("Double", "Double"), ("Float", "Float"), ("Numeric", "Numeric")]),
    ("mariadb", &[("Double", "Double"), ("Float", "Float"), ("Numeric", "Numeric")]),
    (
        "oracle",
        &[
            ("Enum", "Enum"),
            ("CHAR", "CHAR"),
            ("NCHAR", "NCHAR"),
            ("NVARCHAR", "NVARCHAR"),
            ("CLOB", "CLOB"),
            ("UnicodeText", "UnicodeText"),
            ("Text", "Text"),
            ("Unicode", "Unicode"),
            ("String", "String"),
            ("TIMESTAMP", "TIMESTAMP"),
            ("DateTime", "DATE"),
            ("Float", "Float"),
            ("Numeric", "Numeric"),
            ("Integer", "Integer"),
            ("Uuid", "Uuid"),
        ],
    ),
    (
        "mssql",
        &[
            ("Enum", "Enum"),
            ("UnicodeText", "UnicodeText"),
            ("Unicode", "Unicode"),
            ("String", "String"),
            ("DateTime", "DateTime"),
            ("Date", "DateTime"),
            ("BINARY", "BINARY"),
            ("VARBINARY", "VARBINARY"),
            ("LargeBinary", "mssql.VARBINARY"),
            ("Float", "Float"),
            ("Numeric", "Numeric"),
            ("Uuid", "Uuid"),
        ],
    ),
];

/// `dialect.type_descriptor(type)`: what the dialect takes for a built-in type.
fn adapted(dialect: &PyObject, type_: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let name = get_text(dialect, "name", vm)?.unwrap_or_default();
    let Some(kind) = kind(&type_, vm) else { return Ok(type_) };
    // Types of single dialects stay, and so do classes of user code.
    if kind.contains('.') || !type_.class().is(&class(&kind)) {
        return Ok(type_);
    }
    let table = ADAPTED.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, table)| table);
    let Some((_, target)) = table.iter().find(|(base, _)| is_a(&type_, base)) else { return Ok(type_) };
    if is_a(&type_, "Enum") || type_.class().is(&class(target)) {
        return Ok(type_);
    }
    let made = class_object(target).call((), vm)?;
    for attribute in ["length", "collation", "timezone", "precision", "scale", "asdecimal"] {
        if let Some(value) = own(&type_, attribute, vm) {
            set(&made, attribute, value, vm)?;
        }
    }
    if *target == "mssql.VARBINARY" && own(&type_, "length", vm).is_none() {
        set(&made, "length", new_text("max", vm), vm)?;
    }
    Ok(made)
}

/// Makes the object for the dialect of a name, for hooks of user types.
pub(crate) fn dialect_object(name: &str, vm: &VirtualMachine) -> PyResult {
    match by_name(name, None) {
        Ok(dialect) => new_dialect(&dialect, vm),
        Err(_) => {
            let obj = instance_with(class_key(name), DialectState(None), vm)?;
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
