//! From the name of a type, as `format_type` writes it, to a SQL type.

use crate::types::{
    DialectType, FloatType, GenericType, NumericType, SqlType, StandardType, StringType, TypeArgument,
    UuidType,
};

/// Gives the type for a name, without arrays around it; `None` for a name that SQLAlchemy does not know either.
pub(super) fn resolve(name: &str, collation: Option<&str>) -> Option<SqlType> {
    let (base, arguments) = split(name);
    let length = || arguments.first().copied();
    let string = || StringType { length: length(), collation: collation.map(str::to_owned) };
    let moment = |class: &str, timezone: bool| {
        let type_ = own(class)?.with("timezone", TypeArgument::Bool(timezone));
        Some(SqlType::from(type_.with("precision", number(length()))))
    };
    Some(match base.as_str() {
        "integer" => StandardType::Integer.into(),
        "bigint" => StandardType::BigInt.into(),
        "smallint" => StandardType::SmallInt.into(),
        "boolean" => StandardType::Boolean.into(),
        "numeric" => StandardType::Numeric(NumericType {
            precision: length(),
            scale: arguments.get(1).and_then(|scale| i32::try_from(*scale).ok()),
            asdecimal: true,
        })
        .into(),
        "real" => StandardType::Real(FloatType::default()).into(),
        "double precision" => {
            StandardType::DoublePrecision(FloatType { precision: Some(53), asdecimal: false }).into()
        }
        "character varying" => StandardType::Varchar(string()).into(),
        "character" => StandardType::Char(string()).into(),
        "text" => StandardType::Text(string()).into(),
        "name" | "\"char\"" => {
            let collation = collation.map(str::to_owned);
            GenericType::String(StringType { length: None, collation }).into()
        }
        "date" => StandardType::Date.into(),
        "uuid" => StandardType::Uuid(UuidType::default()).into(),
        "time without time zone" => return moment("TIME", false),
        "time with time zone" => return moment("TIME", true),
        "timestamp without time zone" => return moment("TIMESTAMP", false),
        "timestamp with time zone" => return moment("TIMESTAMP", true),
        "bit" => own("BIT")?.with("length", number(length())).into(),
        "bit varying" => {
            own("BIT")?.with("length", number(length())).with("varying", TypeArgument::Bool(true)).into()
        }
        "citext" => {
            let collation = collation.map_or(TypeArgument::None, |name| TypeArgument::Text(name.to_owned()));
            own("CITEXT")?.with("collation", collation).into()
        }
        _ => match base.strip_prefix("interval") {
            Some("") => own("INTERVAL")?.with("precision", number(length())).into(),
            Some(fields) if fields.starts_with(' ') => own("INTERVAL")?
                .with("precision", number(length()))
                .with("fields", TypeArgument::Text(fields.trim().to_owned()))
                .into(),
            _ if is_plain(&base) => own(&base.to_uppercase())?.into(),
            _ => return None,
        },
    })
}

/// The types whose class is called like the type itself.
fn is_plain(name: &str) -> bool {
    [
        "bytea",
        "cidr",
        "hstore",
        "inet",
        "json",
        "jsonb",
        "macaddr",
        "macaddr8",
        "money",
        "oid",
        "regclass",
        "regconfig",
        "tsquery",
        "tsvector",
        "int4range",
        "int8range",
        "numrange",
        "daterange",
        "tsrange",
        "tstzrange",
        "int4multirange",
        "int8multirange",
        "nummultirange",
        "datemultirange",
        "tsmultirange",
        "tstzmultirange",
    ]
    .contains(&name)
}

fn own(class: &str) -> Option<DialectType> {
    DialectType::plain("postgresql", class)
}

fn number(value: Option<u32>) -> TypeArgument {
    value.map_or(TypeArgument::None, |value| TypeArgument::Int(i64::from(value)))
}

/// Takes the numbers in parentheses out of a name: `timestamp(3) with time zone`.
fn split(name: &str) -> (String, Vec<u32>) {
    match (name.find('('), name.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            let arguments = name[open + 1..close].split(',').filter_map(|part| part.trim().parse().ok());
            (format!("{}{}", &name[..open], &name[close + 1..]), arguments.collect())
        }
        _ => (name.to_owned(), Vec::new()),
    }
}

/// Gives the name without its arguments, which warnings show.
pub(super) fn bare_name(name: &str) -> String {
    split(name).0
}
