//! The SQL of types where a dialect has nothing of its own to say.

use super::Dialect;
use crate::dialect::push_args;
use crate::error::{Error, Result};
use crate::schema::{Column, Identifier};
use crate::types::{
    CAPITAL_MAX_LENGTH, GenericType, MAX_LENGTH, NumericType, SqlType, SqliteType, StandardType, StringType,
};

/// Gives the SQL of a type, asking the dialect for what it renders in its own way.
pub(super) fn type_sql(dialect: &dyn Dialect, type_: &SqlType) -> Result<String> {
    if let Some(sql) = dialect.own_type_sql(type_) {
        return sql;
    }
    match type_.for_dialect(dialect.name()) {
        SqlType::Null => dialect.null_type_sql(),
        SqlType::Generic(kind) => generic_sql(dialect, kind),
        SqlType::Standard(kind) => standard_sql(dialect, kind),
        SqlType::Sqlite(kind) => Ok(match kind {
            SqliteType::Date(_) => "DATE".to_owned(),
            SqliteType::DateTime(_) => "DATETIME".to_owned(),
            SqliteType::Time(_) => "TIME".to_owned(),
            SqliteType::Json(_) => return json_sql(dialect),
            SqliteType::Jsonb(_) => return Err(cannot_render(dialect, "JSONB")),
        }),
        SqlType::Dialect(type_) if dialect.has_types_of(type_.class().dialect) => {
            (type_.class().sql)(type_, dialect)
        }
        SqlType::Dialect(type_) => match (type_.in_dialect(dialect.name()), type_.class().standard) {
            (Some(same), _) => (same.class().sql)(&same, dialect),
            (None, Some(standard)) => dialect.type_sql(&standard(type_)),
            (None, None) => Err(cannot_render(dialect, type_.class().name)),
        },
        SqlType::Variant { base, .. } => dialect.type_sql(base),
        SqlType::Custom(custom) => {
            if let Some(sql) = custom.column_specification(dialect.name())? {
                return Ok(sql);
            }
            match custom.dialect_type(dialect.name())? {
                Some(type_) => dialect.type_sql(&type_),
                None => Err(cannot_render(dialect, custom.class_name())),
            }
        }
    }
}

/// Gives the SQL of a column's type; a type of user code may ask for the column.
pub(super) fn column_type_sql(dialect: &dyn Dialect, column: &Column) -> Result<String> {
    if let SqlType::Custom(custom) = column.type_.for_dialect(dialect.name())
        && let Some(sql) = custom.specification_of_column(dialect.name(), column)?
    {
        return Ok(sql);
    }
    dialect.type_sql(&column.type_)
}

/// Gives the error for a type that the dialect has no SQL for.
pub(crate) fn cannot_render(dialect: &dyn Dialect, class_name: &str) -> Error {
    unsupported_compilation(dialect, CompilerKind::Type, class_name)
}

/// The compilers that a dialect has in SQLAlchemy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompilerKind {
    /// Of types.
    Type,
    /// Of DDL.
    Ddl,
    /// Of statements and expressions.
    Statement,
}

/// Gives the error for an element that the dialect's compiler does not know; `element` says what it is.
pub fn unsupported_compilation(
    dialect: &dyn Dialect,
    kind: CompilerKind,
    element: impl Into<String>,
) -> Error {
    let type_compiler = dialect.type_compiler_name();
    let compiler = match kind {
        CompilerKind::Type => type_compiler.to_owned(),
        CompilerKind::Ddl => {
            type_compiler.replace("GenericTypeCompiler", "DDLCompiler").replace("TypeCompiler", "DDLCompiler")
        }
        CompilerKind::Statement => {
            type_compiler.replace("GenericTypeCompiler", "StrSQLCompiler").replace("TypeCompiler", "Compiler")
        }
    };
    // Python shows the compiler's address, which says nothing.
    let compiler = compiler.replace(" object>", " object at 0x000000000000>");
    Error::UnsupportedCompilation { compiler, element: element.into() }
}

/// Gives the error for a type that would have to be created by a name, on a dialect that has no such types.
pub(super) fn no_named_types(dialect: &dyn Dialect, type_: &SqlType) -> Error {
    let class = if type_.python_class_name() == "DOMAIN" { "CreateDomainType" } else { "CreateEnumType" };
    let element = format!("<class 'sqlalchemy.dialects.postgresql.named_types.{class}'>");
    unsupported_compilation(dialect, CompilerKind::Ddl, element)
}

fn generic_sql(dialect: &dyn Dialect, kind: &GenericType) -> Result<String> {
    Ok(match kind {
        GenericType::String(string) | GenericType::Unicode(string) => string_sql(dialect, "VARCHAR", string),
        GenericType::Text(string) | GenericType::UnicodeText(string) => string_sql(dialect, "TEXT", string),
        GenericType::Integer => "INTEGER".to_owned(),
        GenericType::SmallInteger => "SMALLINT".to_owned(),
        GenericType::BigInteger => "BIGINT".to_owned(),
        GenericType::Numeric(numeric) => numeric_sql("NUMERIC", numeric),
        GenericType::Float(_) => "FLOAT".to_owned(),
        GenericType::Double(_) => "DOUBLE".to_owned(),
        GenericType::Boolean(_) => "BOOLEAN".to_owned(),
        GenericType::Date => "DATE".to_owned(),
        // an Interval is kept as a moment after the epoch where the database has no INTERVAL
        GenericType::DateTime { .. } | GenericType::Interval(_) => "DATETIME".to_owned(),
        GenericType::Time { .. } => "TIME".to_owned(),
        GenericType::LargeBinary { .. } | GenericType::PickleType => "BLOB".to_owned(),
        GenericType::Enum(enumeration) => {
            let length = Some(enumeration.varchar_length()).filter(|length| *length > 0);
            string_sql(dialect, "VARCHAR", &StringType { length, collation: None })
        }
        GenericType::Json(_) => return json_sql(dialect),
        GenericType::Uuid(uuid) => {
            if uuid.native_uuid && dialect.supports_native_uuid() {
                "UUID".to_owned()
            } else {
                "CHAR(32)".to_owned()
            }
        }
        GenericType::Array(_) => return dialect.array_type_sql(),
    })
}

fn standard_sql(dialect: &dyn Dialect, kind: &StandardType) -> Result<String> {
    Ok(match kind {
        StandardType::Char(string)
        | StandardType::Varchar(string)
        | StandardType::NChar(string)
        | StandardType::NVarchar(string)
        | StandardType::Text(string) => string_sql(dialect, kind.name(), string),
        StandardType::Binary { length: Some(length) } | StandardType::Varbinary { length: Some(length) }
            if *length > 0 =>
        {
            format!("{}({})", kind.name(), length_text(*length))
        }
        StandardType::Numeric(numeric) | StandardType::Decimal(numeric) => numeric_sql(kind.name(), numeric),
        StandardType::DoublePrecision(_) => "DOUBLE PRECISION".to_owned(),
        StandardType::Json(_) => return json_sql(dialect),
        _ => kind.name().to_owned(),
    })
}

fn json_sql(dialect: &dyn Dialect) -> Result<String> {
    if dialect.supports_json() { Ok("JSON".to_owned()) } else { Err(cannot_render(dialect, "JSON")) }
}

/// Writes a string type with its length and collation.
pub(super) fn string_sql(dialect: &dyn Dialect, name: &str, string: &StringType) -> String {
    let mut sql = name.to_owned();
    if let Some(length) = string.length.filter(|length| *length > 0) {
        push_args(&mut sql, format_args!("({})", length_text(length)));
    }
    if let Some(collation) = string.collation.as_deref().filter(|collation| !collation.is_empty()) {
        sql.push_str(" COLLATE ");
        sql.push_str(&dialect.quote(&Identifier::new(collation)));
    }
    sql
}

/// Writes a string type; collations are names that some databases take only without quotes.
pub(crate) fn unquoted_string_sql(name: &str, string: &StringType, without_length: &str) -> String {
    let mut sql = name.to_owned();
    match string.length.filter(|length| *length > 0) {
        Some(length) => {
            sql.push('(');
            sql.push_str(&length_text(length));
            sql.push(')');
        }
        None => sql.push_str(without_length),
    }
    if let Some(collation) = string.collation.as_deref().filter(|collation| !collation.is_empty()) {
        sql.push_str(" COLLATE ");
        sql.push_str(collation);
    }
    sql
}

/// Writes a length: a number, or SQL Server's `max`.
pub(super) fn length_text(length: u32) -> String {
    match length {
        MAX_LENGTH => "max".to_owned(),
        CAPITAL_MAX_LENGTH => "MAX".to_owned(),
        length => length.to_string(),
    }
}

fn numeric_sql(name: &str, numeric: &NumericType) -> String {
    match (numeric.precision, numeric.scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}
