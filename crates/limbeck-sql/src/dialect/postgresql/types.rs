//! PostgreSQL's types: their SQL, and the types that have names of their own in the database.

use crate::dialect::{CompileOptions, Dialect, ddl, literal, push_args};
use crate::error::{Error, Result};
use crate::schema::{Column, Identifier, Table};
use crate::types::{DialectType, EnumType, GenericType, SqlType, StandardType, TypeArgument, generic_enum};

const NAME: &str = "postgresql";

/// A type that has a name in the database, and has to be created there: an ENUM or a DOMAIN.
#[derive(Clone, Debug)]
pub struct NamedType {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The name.
    pub name: Identifier,
    /// Whether it is created with the tables that use it.
    pub create_type: bool,
    /// The type itself.
    pub type_: SqlType,
}

/// Writes the types that PostgreSQL has in its own way.
pub(super) fn own_type_sql(dialect: &dyn Dialect, type_: &SqlType) -> Option<Result<String>> {
    let sql = match type_.for_dialect(NAME) {
        SqlType::Generic(kind) => match kind {
            GenericType::Float(float) => float_sql(float.precision),
            GenericType::Double(_) => "DOUBLE PRECISION".to_owned(),
            GenericType::DateTime { timezone } => moment_sql("TIMESTAMP", None, *timezone),
            GenericType::Time { timezone } => moment_sql("TIME", None, *timezone),
            GenericType::LargeBinary { .. } | GenericType::PickleType => "BYTEA".to_owned(),
            GenericType::Interval(interval) if interval.native => {
                interval_sql(None, interval.second_precision)
            }
            GenericType::Interval(_) => moment_sql("TIMESTAMP", None, false),
            GenericType::Enum(enumeration) if enumeration.native_enum => {
                return Some(enum_name(dialect, enumeration, "Enum"));
            }
            GenericType::Array(array) => {
                return Some(array_sql(dialect, &array.item_type, array.dimensions));
            }
            _ => return None,
        },
        SqlType::Standard(kind) => match kind {
            StandardType::Float(float) => float_sql(float.precision),
            StandardType::Timestamp { timezone } => moment_sql("TIMESTAMP", None, *timezone),
            StandardType::Time { timezone } => moment_sql("TIME", None, *timezone),
            _ => return None,
        },
        _ => return None,
    };
    Some(Ok(sql))
}

fn float_sql(precision: Option<u32>) -> String {
    precision.map_or_else(|| "FLOAT".to_owned(), |precision| format!("FLOAT({precision})"))
}

/// Writes a type of dates or times.
pub(super) fn moment_sql(name: &str, precision: Option<i64>, timezone: bool) -> String {
    let precision = precision.map_or_else(String::new, |precision| format!("({precision})"));
    format!("{name}{precision} {} TIME ZONE", if timezone { "WITH" } else { "WITHOUT" })
}

fn interval_sql(fields: Option<&str>, precision: Option<u32>) -> String {
    let mut sql = "INTERVAL".to_owned();
    if let Some(fields) = fields {
        sql.push(' ');
        sql.push_str(fields);
    }
    if let Some(precision) = precision {
        push_args(&mut sql, format_args!(" ({precision})"));
    }
    sql
}

/// Writes an array: brackets after the item's type, before its collation.
fn array_sql(dialect: &dyn Dialect, item_type: &SqlType, dimensions: Option<u32>) -> Result<String> {
    let item = dialect.type_sql(item_type)?;
    let brackets = "[]".repeat(dimensions.map_or(1, |dimensions| dimensions as usize));
    Ok(match item.find(" COLLATE ") {
        Some(position) => format!("{}{brackets}{}", &item[..position], &item[position..]),
        None => format!("{item}{brackets}"),
    })
}

fn enum_name(dialect: &dyn Dialect, enumeration: &EnumType, class: &str) -> Result<String> {
    let Some(name) = &enumeration.name else { return Err(nameless_enum(class)) };
    qualified(dialect, enumeration.schema.as_ref(), name)
}

fn nameless_enum(class: &str) -> Error {
    Error::Compile(format!("PostgreSQL {class} type requires a name."))
}

fn qualified(dialect: &dyn Dialect, schema: Option<&Identifier>, name: &Identifier) -> Result<String> {
    dialect.format_table(schema, name, &CompileOptions::default())
}

// What the table of classes refers to.

/// Writes `BIT` and `BIT VARYING`.
#[expect(clippy::unnecessary_wraps, reason = "the table of classes has one signature")]
pub(crate) fn bit(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let length = type_.number("length");
    Ok(if type_.flag("varying") {
        length.map_or_else(|| "BIT VARYING".to_owned(), |length| format!("BIT VARYING({length})"))
    } else {
        format!("BIT({})", length.unwrap_or(1))
    })
}

/// Writes `INTERVAL`.
#[expect(clippy::unnecessary_wraps, reason = "the table of classes has one signature")]
pub(crate) fn interval(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(interval_sql(type_.text("fields"), type_.length("precision")))
}

/// Writes `TIME` and `TIMESTAMP`.
#[expect(clippy::unnecessary_wraps, reason = "the table of classes has one signature")]
pub(crate) fn moment(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(moment_sql(type_.class().name, type_.number("precision"), type_.flag("timezone")))
}

/// Writes `ARRAY`.
pub(crate) fn array(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    match type_.argument("item_type") {
        TypeArgument::Type(item_type) => array_sql(dialect, item_type, type_.length("dimensions")),
        _ => Err(Error::Argument("an ARRAY needs the type of its items".to_owned())),
    }
}

/// Writes `ENUM` and `DOMAIN` by the names that they have in the database.
pub(crate) fn named(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    if type_.class().name == "ENUM" {
        return enum_name(dialect, &generic_enum(type_), "ENUM");
    }
    let name = type_.identifier("name").unwrap_or_else(|| Identifier::new(""));
    qualified(dialect, type_.identifier("schema").as_ref(), &name)
}

// Named types.

/// Finds the named type that a column's type is, or that an array of it has.
///
///
/// # Errors
/// An enum without a name that should be created.
pub(super) fn named_type(type_: &SqlType) -> Result<Option<NamedType>> {
    Ok(match type_.for_dialect(NAME) {
        SqlType::Generic(GenericType::Enum(enumeration)) if enumeration.native_enum => {
            named_enum(enumeration, type_)?
        }
        SqlType::Generic(GenericType::Array(array)) => named_type(&array.item_type)?,
        SqlType::Dialect(own) if own.class().dialect == NAME => match own.class().name {
            "ENUM" => named_enum(&generic_enum(own), type_)?,
            "DOMAIN" => Some(NamedType {
                schema: own.identifier("schema"),
                name: own.identifier("name").unwrap_or_else(|| Identifier::new("")),
                create_type: own.flag("create_type"),
                type_: type_.clone(),
            }),
            "ARRAY" => match own.argument("item_type") {
                TypeArgument::Type(item_type) => named_type(item_type)?,
                _ => None,
            },
            _ => None,
        },
        SqlType::Custom(custom) => match custom.decorated_type(NAME)? {
            Some(decorated) => named_type(&decorated)?,
            None => None,
        },
        _ => None,
    })
}

fn named_enum(enumeration: &EnumType, type_: &SqlType) -> Result<Option<NamedType>> {
    let Some(name) = enumeration.name.clone() else {
        return if enumeration.create_type { Err(nameless_enum("ENUM")) } else { Ok(None) };
    };
    Ok(Some(NamedType {
        schema: enumeration.schema.clone(),
        name,
        create_type: enumeration.create_type,
        type_: type_.for_dialect(NAME).clone(),
    }))
}

/// Gives the named types of a table's columns that are created with it, in the columns' order, each once.
pub(super) fn named_types(table: &Table) -> Result<Vec<NamedType>> {
    let mut found: Vec<NamedType> = Vec::new();
    for column in &table.columns {
        let type_ = inherited(&column.type_, table).unwrap_or_else(|| column.type_.clone());
        let Some(named) = named_type(&type_)?.filter(|named| named.create_type) else { continue };
        if !found.iter().any(|known| known.name == named.name && known.schema == named.schema) {
            found.push(named);
        }
    }
    Ok(found)
}

/// Gives a column as the table's schema makes it: an enum may take its schema from the table.
pub(super) fn with_schema_of(column: &Column, table: &Table) -> Option<Column> {
    Some(Column { type_: inherited(&column.type_, table)?, ..column.clone() })
}

fn inherited(type_: &SqlType, table: &Table) -> Option<SqlType> {
    let schema = table.schema.as_ref()?;
    match type_.for_dialect(NAME) {
        SqlType::Generic(GenericType::Enum(enumeration)) if enumeration.inherit_schema => {
            let enumeration = EnumType { schema: Some(schema.clone()), ..enumeration.as_ref().clone() };
            Some(GenericType::Enum(Box::new(enumeration)).into())
        }
        SqlType::Dialect(own) if own.flag("inherit_schema") => {
            Some(own.as_ref().clone().with("schema", TypeArgument::Name(schema.clone())).into())
        }
        _ => None,
    }
}

/// Writes CREATE TYPE or CREATE DOMAIN.
pub(super) fn create_type_sql(
    dialect: &dyn Dialect,
    type_: &SqlType,
    options: &CompileOptions,
) -> Result<String> {
    let type_ = type_.for_dialect(NAME);
    let name = dialect.type_sql(type_)?;
    let domain = match type_ {
        SqlType::Generic(GenericType::Enum(enumeration)) => {
            return Ok(enum_sql(dialect, &name, &enumeration.values));
        }
        SqlType::Dialect(own) if own.class().name == "ENUM" => {
            return Ok(enum_sql(dialect, &name, &generic_enum(own).values));
        }
        SqlType::Dialect(own) if own.class().name == "DOMAIN" => own,
        _ => return Err(not_named(type_)),
    };
    let TypeArgument::Type(data_type) = domain.argument("data_type") else { return Err(not_named(type_)) };
    let mut sql = format!("CREATE DOMAIN {name} AS {}", dialect.type_sql(data_type)?);
    if let Some(collation) = domain.text("collation") {
        sql.push_str(" COLLATE ");
        sql.push_str(&dialect.quote(&Identifier::new(collation)));
    }
    let expression = |name: &str| match domain.argument(name) {
        TypeArgument::Expression(expression) => ddl::ddl_expression(dialect, expression, options).map(Some),
        TypeArgument::Text(text) => Ok(Some(literal::text_literal(dialect, text))),
        _ => Ok(None),
    };
    if let Some(default) = expression("default")? {
        sql.push_str(" DEFAULT ");
        sql.push_str(&default);
    }
    if let Some(constraint) = domain.text("constraint_name") {
        sql.push_str(" CONSTRAINT ");
        sql.push_str(&dialect.quote(&Identifier::new(constraint)));
    }
    if domain.flag("not_null") {
        sql.push_str(" NOT NULL");
    }
    if let Some(check) = expression("check")? {
        sql.push_str(" CHECK (");
        sql.push_str(&check);
        sql.push(')');
    }
    Ok(sql)
}

fn enum_sql(dialect: &dyn Dialect, name: &str, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| literal::text_literal(dialect, label)).collect();
    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
}

/// Writes DROP TYPE or DROP DOMAIN.
pub(super) fn drop_type_sql(dialect: &dyn Dialect, type_: &SqlType) -> Result<String> {
    let type_ = type_.for_dialect(NAME);
    let word = if type_.python_class_name() == "DOMAIN" { "DOMAIN" } else { "TYPE" };
    Ok(format!("DROP {word} {}", dialect.type_sql(type_)?))
}

fn not_named(type_: &SqlType) -> Error {
    Error::Compile(format!("the type {} has no name to be created by", type_.python_class_name()))
}
