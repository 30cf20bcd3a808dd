//! How types and values look in Python source, which is how migration scripts and messages show them.

use super::{
    FloatType, GenericType, JsonType, NumericType, SqlType, SqliteType, StandardType, StringType, UuidType,
};
use crate::engine::text_repr;
use crate::error::Result;
use crate::schema::ConstraintName;

impl SqlType {
    /// Gives the name of the type's Python class, such as `String`.
    pub fn python_class_name(&self) -> &str {
        match self {
            Self::Null => "NullType",
            Self::Generic(kind) => match kind {
                GenericType::String(_) => "String",
                GenericType::Text(_) => "Text",
                GenericType::Unicode(_) => "Unicode",
                GenericType::UnicodeText(_) => "UnicodeText",
                GenericType::Integer => "Integer",
                GenericType::SmallInteger => "SmallInteger",
                GenericType::BigInteger => "BigInteger",
                GenericType::Numeric(_) => "Numeric",
                GenericType::Float(_) => "Float",
                GenericType::Double(_) => "Double",
                GenericType::Boolean(_) => "Boolean",
                GenericType::Date => "Date",
                GenericType::DateTime { .. } => "DateTime",
                GenericType::Time { .. } => "Time",
                GenericType::Interval(_) => "Interval",
                GenericType::LargeBinary { .. } => "LargeBinary",
                GenericType::PickleType => "PickleType",
                GenericType::Enum(_) => "Enum",
                GenericType::Json(_) => "JSON",
                GenericType::Uuid(_) => "Uuid",
                GenericType::Array(_) => "ARRAY",
            },
            Self::Standard(kind) => kind.name(),
            Self::Sqlite(kind) => match kind {
                SqliteType::Date(_) => "DATE",
                SqliteType::DateTime(_) => "DATETIME",
                SqliteType::Time(_) => "TIME",
                SqliteType::Json(_) => "JSON",
                SqliteType::Jsonb(_) => "JSONB",
            },
            Self::Dialect(type_) => type_.class().name,
            Self::Variant { base, .. } => base.python_class_name(),
            Self::Custom(custom) => custom.class_name(),
        }
    }

    /// Gives the module of the type's Python class as SQLAlchemy's classes report it (`__module__`).
    pub fn module(&self) -> &str {
        match self {
            Self::Null | Self::Generic(_) | Self::Standard(_) => "sqlalchemy.sql.sqltypes",
            Self::Sqlite(SqliteType::Json(_) | SqliteType::Jsonb(_)) => "sqlalchemy.dialects.sqlite.json",
            Self::Sqlite(_) => "sqlalchemy.dialects.sqlite.base",
            Self::Dialect(type_) => type_.class().module,
            Self::Variant { base, .. } => base.module(),
            Self::Custom(custom) => custom.module_path().rsplit_once('.').map_or("", |(module, _)| module),
        }
    }

    /// Gives Python's `repr` of the type, such as `String(length=50)`; that of the base for a variant.
    ///
    /// # Errors
    /// What the `repr` of a type of user code raises.
    pub fn python_repr(&self) -> Result<String> {
        let arguments = match self {
            Self::Null => String::new(),
            Self::Variant { base, .. } => return base.python_repr(),
            Self::Custom(custom) => return custom.python_repr(),
            Self::Dialect(type_) => type_.python_arguments()?,
            Self::Generic(kind) => generic_arguments(kind)?,
            Self::Standard(kind) => standard_arguments(kind),
            Self::Sqlite(kind) => match kind {
                SqliteType::Json(json) | SqliteType::Jsonb(json) => json_arguments(*json),
                SqliteType::Date(_) | SqliteType::DateTime(_) | SqliteType::Time(_) => String::new(),
            },
        };
        Ok(format!("{}({arguments})", self.python_class_name()))
    }
}

impl StandardType {
    /// Gives the type's name, such as `DOUBLE_PRECISION`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Char(_) => "CHAR",
            Self::Varchar(_) => "VARCHAR",
            Self::NChar(_) => "NCHAR",
            Self::NVarchar(_) => "NVARCHAR",
            Self::Text(_) => "TEXT",
            Self::Clob(_) => "CLOB",
            Self::Blob { .. } => "BLOB",
            Self::Binary { .. } => "BINARY",
            Self::Varbinary { .. } => "VARBINARY",
            Self::Boolean => "BOOLEAN",
            Self::Integer => "INTEGER",
            Self::SmallInt => "SMALLINT",
            Self::BigInt => "BIGINT",
            Self::Numeric(_) => "NUMERIC",
            Self::Decimal(_) => "DECIMAL",
            Self::Float(_) => "FLOAT",
            Self::Real(_) => "REAL",
            Self::Double(_) => "DOUBLE",
            Self::DoublePrecision(_) => "DOUBLE_PRECISION",
            Self::Date => "DATE",
            Self::DateTime { .. } => "DATETIME",
            Self::Time { .. } => "TIME",
            Self::Timestamp { .. } => "TIMESTAMP",
            Self::Json(_) => "JSON",
            Self::Uuid(_) => "UUID",
        }
    }
}

/// Collects keyword arguments that differ from their defaults.
#[derive(Default)]
struct Arguments(Vec<String>);

impl Arguments {
    fn keyword(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.0.push(format!("{name}={value}"));
        }
        self
    }

    fn flag(self, name: &str, value: bool, default: bool) -> Self {
        self.keyword(name, (value != default).then(|| python_bool(value).to_owned()))
    }

    fn finish(self) -> String {
        self.0.join(", ")
    }
}

fn python_bool(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

fn string_arguments(string: &StringType) -> String {
    Arguments::default()
        .keyword("length", string.length.map(length_repr))
        .keyword("collation", string.collation.as_deref().map(text_repr))
        .finish()
}

fn numeric_arguments(numeric: &NumericType) -> String {
    Arguments::default()
        .keyword("precision", numeric.precision.map(|precision| precision.to_string()))
        .keyword("scale", numeric.scale.map(|scale| scale.to_string()))
        .flag("asdecimal", numeric.asdecimal, true)
        .finish()
}

fn float_arguments(float: &FloatType) -> String {
    Arguments::default()
        .keyword("precision", float.precision.map(|precision| precision.to_string()))
        .flag("asdecimal", float.asdecimal, false)
        .finish()
}

fn length_argument(length: Option<u32>) -> String {
    Arguments::default().keyword("length", length.map(length_repr)).finish()
}

fn length_repr(length: u32) -> String {
    match length {
        super::MAX_LENGTH => "'max'".to_owned(),
        super::CAPITAL_MAX_LENGTH => "'MAX'".to_owned(),
        length => length.to_string(),
    }
}

fn timezone_argument(timezone: bool) -> String {
    Arguments::default().flag("timezone", timezone, false).finish()
}

fn json_arguments(json: JsonType) -> String {
    Arguments::default().flag("none_as_null", json.none_as_null, false).finish()
}

fn uuid_arguments(uuid: UuidType) -> Arguments {
    Arguments::default().flag("as_uuid", uuid.as_uuid, true)
}

fn generic_arguments(kind: &GenericType) -> Result<String> {
    Ok(match kind {
        GenericType::String(string)
        | GenericType::Text(string)
        | GenericType::Unicode(string)
        | GenericType::UnicodeText(string) => string_arguments(string),
        GenericType::Numeric(numeric) => numeric_arguments(numeric),
        GenericType::Float(float) | GenericType::Double(float) => float_arguments(float),
        GenericType::Boolean(boolean) => Arguments::default()
            .flag("create_constraint", boolean.create_constraint, false)
            .keyword("name", constraint_name(&boolean.name))
            .finish(),
        GenericType::DateTime { timezone } | GenericType::Time { timezone } => timezone_argument(*timezone),
        GenericType::LargeBinary { length } => length_argument(*length),
        GenericType::Integer
        | GenericType::SmallInteger
        | GenericType::BigInteger
        | GenericType::Date
        | GenericType::Interval(_)
        | GenericType::PickleType => String::new(),
        GenericType::Enum(enumeration) => {
            let mut arguments: Vec<String> =
                enumeration.values.iter().map(|label| text_repr(label)).collect();
            let longest =
                enumeration.values.iter().map(|label| label.chars().count()).max().unwrap_or_default();
            let keywords = Arguments::default()
                .keyword("name", enumeration.name.as_ref().map(|name| text_repr(name.as_str())))
                .keyword("schema", enumeration.schema.as_ref().map(|schema| text_repr(schema.as_str())))
                .flag("native_enum", enumeration.native_enum, true)
                .flag("create_constraint", enumeration.create_constraint, false)
                .keyword(
                    "length",
                    enumeration
                        .length
                        .filter(|length| usize::try_from(*length).ok() != Some(longest))
                        .map(|length| length.to_string()),
                );
            arguments.extend(keywords.0);
            arguments.join(", ")
        }
        GenericType::Json(json) => json_arguments(*json),
        GenericType::Uuid(uuid) => uuid_arguments(*uuid).flag("native_uuid", uuid.native_uuid, true).finish(),
        GenericType::Array(array) => {
            let mut arguments = vec![array.item_type.python_repr()?];
            arguments.extend(
                Arguments::default()
                    .flag("as_tuple", array.as_tuple, false)
                    .keyword("dimensions", array.dimensions.map(|dimensions| dimensions.to_string()))
                    .flag("zero_indexes", array.zero_indexes, false)
                    .0,
            );
            arguments.join(", ")
        }
    })
}

fn standard_arguments(kind: &StandardType) -> String {
    match kind {
        StandardType::Char(string)
        | StandardType::Varchar(string)
        | StandardType::NChar(string)
        | StandardType::NVarchar(string)
        | StandardType::Text(string)
        | StandardType::Clob(string) => string_arguments(string),
        StandardType::Blob { length }
        | StandardType::Binary { length }
        | StandardType::Varbinary { length } => length_argument(*length),
        StandardType::Numeric(numeric) | StandardType::Decimal(numeric) => numeric_arguments(numeric),
        StandardType::Float(float)
        | StandardType::Real(float)
        | StandardType::Double(float)
        | StandardType::DoublePrecision(float) => float_arguments(float),
        StandardType::DateTime { timezone }
        | StandardType::Time { timezone }
        | StandardType::Timestamp { timezone } => timezone_argument(*timezone),
        StandardType::Json(json) => json_arguments(*json),
        StandardType::Uuid(uuid) => uuid_arguments(*uuid).finish(),
        StandardType::Boolean
        | StandardType::Integer
        | StandardType::SmallInt
        | StandardType::BigInt
        | StandardType::Date => String::new(),
    }
}

fn constraint_name(name: &ConstraintName) -> Option<String> {
    name.as_str().map(text_repr)
}
