//! From a type as the server writes it to a SQL type.

use super::scanner::Scanner;
use crate::types::{DialectType, SqlType, StandardType, TypeArgument, UuidType};

/// A type as it stands in a column's definition.
#[derive(Debug, Default)]
pub(super) struct TypeParts {
    pub(super) name: String,
    /// What is in the parentheses behind the name.
    pub(super) arguments: String,
    pub(super) unsigned: bool,
    pub(super) zerofill: bool,
    pub(super) charset: Option<String>,
    pub(super) collation: Option<String>,
}

/// Gives the type; `None` for one that SQLAlchemy does not know.
pub(super) fn resolve(parts: &TypeParts) -> Option<SqlType> {
    let numbers: Vec<i64> = parts.arguments.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let number =
        |position: usize| numbers.get(position).copied().map_or(TypeArgument::None, TypeArgument::Int);
    let length = || numbers.first().and_then(|length| u32::try_from(*length).ok());
    let name = parts.name.to_lowercase();
    let class = match name.as_str() {
        "int" | "integer" => "INTEGER",
        "bigint" => "BIGINT",
        "smallint" => "SMALLINT",
        "mediumint" => "MEDIUMINT",
        "tinyint" => "TINYINT",
        "decimal" | "fixed" => "DECIMAL",
        "numeric" => "NUMERIC",
        "double" => "DOUBLE",
        "float" => "FLOAT",
        "bit" => "BIT",
        "year" => "YEAR",
        "datetime" => "DATETIME",
        "timestamp" => "TIMESTAMP",
        "time" => "TIME",
        "char" => "CHAR",
        "varchar" => "VARCHAR",
        "nchar" => "NCHAR",
        "nvarchar" => "NVARCHAR",
        "text" => "TEXT",
        "tinytext" => "TINYTEXT",
        "mediumtext" => "MEDIUMTEXT",
        "longtext" => "LONGTEXT",
        "tinyblob" => "TINYBLOB",
        "mediumblob" => "MEDIUMBLOB",
        "longblob" => "LONGBLOB",
        "enum" => "ENUM",
        "set" => "SET",
        "json" => "JSON",
        "date" => return Some(StandardType::Date.into()),
        "boolean" => return Some(StandardType::Boolean.into()),
        "blob" => return Some(StandardType::Blob { length: length() }.into()),
        "binary" => return Some(StandardType::Binary { length: length() }.into()),
        "varbinary" => return Some(StandardType::Varbinary { length: length() }.into()),
        "uuid" => return Some(StandardType::Uuid(UuidType { as_uuid: true, native_uuid: true }).into()),
        _ => return None,
    };
    let mut type_ = DialectType::plain("mysql", class)?
        .with("unsigned", TypeArgument::Bool(parts.unsigned))
        .with("zerofill", TypeArgument::Bool(parts.zerofill));
    type_ = match class {
        "ENUM" => type_.with("enums", TypeArgument::Texts(labels(&parts.arguments))),
        "SET" => type_.with("values", TypeArgument::Texts(labels(&parts.arguments))),
        "DECIMAL" | "NUMERIC" | "FLOAT" => type_.with("precision", number(0)).with("scale", number(1)),
        "DOUBLE" => type_
            .with("precision", number(0))
            .with("scale", number(1))
            .with("asdecimal", TypeArgument::Bool(true)),
        "DATETIME" | "TIMESTAMP" | "TIME" => type_.with("fsp", number(0)),
        "NCHAR" | "NVARCHAR" => type_.with("length", number(0)).with("national", TypeArgument::Bool(true)),
        // each class has one of them at most
        _ => type_.with("display_width", number(0)).with("length", number(0)),
    };
    let text = |text: &Option<String>| text.clone().map_or(TypeArgument::None, TypeArgument::Text);
    let type_ = type_.with("charset", text(&parts.charset)).with("collation", text(&parts.collation));
    Some(SqlType::Dialect(Box::new(type_)))
}

/// Reads the labels of an ENUM or a SET; as in SQLAlchemy a backslash stays as the server writes it.
fn labels(list: &str) -> Vec<String> {
    let mut scanner = Scanner::new(list, '`');
    let mut labels = Vec::new();
    while let Some(label) = scanner.string() {
        labels.push(label[1..label.len() - 1].replace("''", "'"));
        scanner.symbol(',');
    }
    labels
}
