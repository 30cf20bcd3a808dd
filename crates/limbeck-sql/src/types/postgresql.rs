//! The types of PostgreSQL's dialect.

use super::dialect::{DialectType, DialectTypeClass, ParameterDefault, TypeArgument};
use super::{Affinity, EnumType, GenericType, SqlType, StandardType};
use crate::dialect::Dialect;
use crate::dialect::postgresql_types as write;
use crate::error::Result;

use ParameterDefault::{Bool, Hidden, NewText, None as NoValue, Required, Rest};

type Parameters = &'static [(&'static str, ParameterDefault)];
type Sql = fn(&DialectType, &dyn Dialect) -> Result<String>;

const TYPES: &str = "sqlalchemy.dialects.postgresql.types";
const RANGES: &str = "sqlalchemy.dialects.postgresql.ranges";
const JSON: &str = "sqlalchemy.dialects.postgresql.json";
const NAMED: &str = "sqlalchemy.dialects.postgresql.named_types";

/// Makes the row of a class that is written by its name.
const fn plain(
    name: &'static str,
    module: &'static str,
    bases: &'static [&'static str],
    affinity: Affinity,
) -> DialectTypeClass {
    class(name, module, bases, affinity, &[], |type_, _| Ok(type_.class().name.to_owned()))
}

/// Makes the row of a class.
const fn class(
    name: &'static str,
    module: &'static str,
    bases: &'static [&'static str],
    affinity: Affinity,
    parameters: Parameters,
    sql: Sql,
) -> DialectTypeClass {
    DialectTypeClass { dialect: "postgresql", name, module, bases, affinity, parameters, sql, standard: None }
}

/// Says what other dialects take a class for.
#[expect(clippy::needless_pass_by_value, reason = "a constant is moved into the table")]
const fn elsewhere(class: DialectTypeClass, standard: fn(&DialectType) -> SqlType) -> DialectTypeClass {
    DialectTypeClass { standard: Some(standard), ..class }
}

/// The classes of `sqlalchemy.dialects.postgresql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[
    plain("CIDR", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("INET", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("MACADDR", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("MACADDR8", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("MONEY", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("OID", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("REGCLASS", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("REGCONFIG", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("TSQUERY", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("TSVECTOR", TYPES, &["TypeEngine"], Affinity::Custom),
    plain("INT4RANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("INT8RANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("NUMRANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("DATERANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("TSRANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("TSTZRANGE", RANGES, &["AbstractSingleRange"], Affinity::Custom),
    plain("INT4MULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("INT8MULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("NUMMULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("DATEMULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("TSMULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("TSTZMULTIRANGE", RANGES, &["AbstractMultiRange"], Affinity::Custom),
    plain("JSONPATH", JSON, &["TypeEngine"], Affinity::String),
    class(
        "CITEXT",
        TYPES,
        &["TEXT"],
        Affinity::String,
        &[("length", NoValue), ("collation", NoValue), ("collation_schema", NoValue)],
        |_, _| Ok("CITEXT".to_owned()),
    ),
    class("BYTEA", TYPES, &["LargeBinary"], Affinity::Binary, &[("length", NoValue)], |_, _| {
        Ok("BYTEA".to_owned())
    }),
    elsewhere(
        class(
            "BIT",
            TYPES,
            &["TypeEngine"],
            Affinity::Custom,
            &[("length", NoValue), ("varying", Bool(false))],
            write::bit,
        ),
        // only MySQL has a BIT as well
        |type_| match DialectType::plain("mysql", "BIT") {
            Some(bit) => bit.with("length", type_.argument("length").clone()).into(),
            None => SqlType::Null,
        },
    ),
    class(
        "INTERVAL",
        TYPES,
        &["NativeForEmulated", "_AbstractInterval"],
        Affinity::Interval,
        &[("precision", NoValue), ("fields", NoValue)],
        write::interval,
    ),
    elsewhere(
        class(
            "TIMESTAMP",
            TYPES,
            &["TIMESTAMP"],
            Affinity::DateTime,
            &[("timezone", Bool(false)), ("precision", NoValue)],
            write::moment,
        ),
        |type_| StandardType::Timestamp { timezone: type_.flag("timezone") }.into(),
    ),
    elsewhere(
        class(
            "TIME",
            TYPES,
            &["TIME"],
            Affinity::Time,
            &[("timezone", Bool(false)), ("precision", NoValue)],
            write::moment,
        ),
        |type_| StandardType::Time { timezone: type_.flag("timezone") }.into(),
    ),
    class(
        "HSTORE",
        "sqlalchemy.dialects.postgresql.hstore",
        &["Indexable", "Concatenable", "TypeEngine"],
        Affinity::Custom,
        &[("text_type", NewText)],
        |_, _| Ok("HSTORE".to_owned()),
    ),
    elsewhere(
        class(
            "JSON",
            JSON,
            &["JSON"],
            Affinity::Json,
            &[("none_as_null", Bool(false)), ("astext_type", NewText)],
            |_, _| Ok("JSON".to_owned()),
        ),
        |type_| GenericType::Json(super::JsonType { none_as_null: type_.flag("none_as_null") }).into(),
    ),
    class(
        "JSONB",
        JSON,
        &["postgresql.JSON"],
        Affinity::Json,
        &[("none_as_null", Bool(false)), ("astext_type", NewText)],
        |_, _| Ok("JSONB".to_owned()),
    ),
    class(
        "ARRAY",
        "sqlalchemy.dialects.postgresql.array",
        &["ARRAY"],
        Affinity::Array,
        &[
            ("item_type", Required),
            ("as_tuple", Bool(false)),
            ("dimensions", NoValue),
            ("zero_indexes", Bool(false)),
        ],
        write::array,
    ),
    elsewhere(
        class(
            "ENUM",
            NAMED,
            &["NamedType", "NativeForEmulated", "Enum"],
            Affinity::Enum,
            &[
                ("enums", Rest),
                ("name", NoValue),
                ("schema", NoValue),
                ("inherit_schema", Bool(false)),
                ("create_type", Bool(true)),
            ],
            write::named,
        ),
        |type_| GenericType::Enum(Box::new(generic_enum(type_))).into(),
    ),
    class(
        "DOMAIN",
        NAMED,
        &["NamedType", "SchemaType"],
        Affinity::Custom,
        &[
            ("name", Required),
            ("data_type", Required),
            ("collation", Hidden),
            ("default", Hidden),
            ("constraint_name", Hidden),
            ("not_null", Hidden),
            ("check", Hidden),
            ("create_type", Hidden),
            ("schema", Hidden),
            ("inherit_schema", Hidden),
        ],
        write::named,
    ),
];

/// Gives the generic type that stands for an `ENUM`.
pub(crate) fn generic_enum(type_: &DialectType) -> EnumType {
    EnumType {
        values: match type_.argument("enums") {
            TypeArgument::Texts(labels) => labels.clone(),
            _ => Vec::new(),
        },
        enum_class: None,
        name: type_.identifier("name"),
        schema: type_.identifier("schema"),
        native_enum: true,
        create_constraint: false,
        length: None,
        inherit_schema: type_.flag("inherit_schema"),
        metadata: false,
        create_type: type_.flag("create_type"),
    }
}
