//! The types of Oracle: generic and standard ones by its own names.

use crate::dialect::Dialect;
use crate::dialect::types::length_text;
use crate::error::{Error, Result};
use crate::types::{FloatType, GenericType, IntervalType, SqlType, StandardType, StringType};

/// The length that CAST gives to a string without one.
const LONGEST_STRING: u32 = 4000;

/// Gives the SQL of a type that Oracle writes in its own way.
pub(super) fn type_sql(type_: &SqlType) -> Option<Result<String>> {
    Some(Ok(match type_.for_dialect("oracle") {
        SqlType::Generic(kind) => match kind {
            GenericType::String(string) | GenericType::Unicode(string) => {
                in_characters("VARCHAR2", length_of(string))
            }
            GenericType::Text(_) | GenericType::UnicodeText(_) => "CLOB".to_owned(),
            GenericType::Enum(enumeration) => in_characters("VARCHAR", Some(enumeration.varchar_length())),
            GenericType::BigInteger => "NUMBER(19)".to_owned(),
            GenericType::Float(float) => return Some(float_sql("Float", float)),
            GenericType::Double(double) => double_sql(double),
            GenericType::Interval(interval) if interval.native => interval_sql(interval),
            // a DATE has the time of day too
            GenericType::DateTime { .. } | GenericType::Interval(_) => "DATE".to_owned(),
            _ => return None,
        },
        SqlType::Standard(kind) => match kind {
            StandardType::Varchar(string) => in_characters("VARCHAR", length_of(string)),
            StandardType::NVarchar(string) => match length_of(string) {
                Some(length) => format!("NVARCHAR2({})", length_text(length)),
                None => "NVARCHAR2".to_owned(),
            },
            StandardType::Float(float) => return Some(float_sql("FLOAT", float)),
            StandardType::DoublePrecision(double) => double_sql(double),
            StandardType::Timestamp { timezone: true } => "TIMESTAMP WITH TIME ZONE".to_owned(),
            _ => return None,
        },
        _ => return None,
    }))
}

/// Gives the SQL of a type in CAST, where a string has a length in any case.
pub(super) fn cast_type_sql(dialect: &dyn Dialect, type_: &SqlType) -> Result<String> {
    let length = match type_.for_dialect("oracle") {
        SqlType::Generic(GenericType::String(string) | GenericType::Unicode(string))
        | SqlType::Standard(
            StandardType::Char(string)
            | StandardType::NChar(string)
            | StandardType::Varchar(string)
            | StandardType::NVarchar(string),
        ) => length_of(string),
        SqlType::Generic(GenericType::Enum(enumeration)) => Some(enumeration.varchar_length()),
        _ => return dialect.type_sql(type_),
    };
    Ok(in_characters("VARCHAR2", Some(length.unwrap_or(LONGEST_STRING))))
}

fn length_of(string: &StringType) -> Option<u32> {
    string.length.filter(|length| *length > 0)
}

/// Writes a string type; lengths count characters rather than bytes.
fn in_characters(name: &str, length: Option<u32>) -> String {
    match length {
        Some(length) => format!("{name}({} CHAR)", length_text(length)),
        None => name.to_owned(),
    }
}

fn double_sql(double: &FloatType) -> String {
    match double.precision.filter(|precision| *precision > 0) {
        Some(precision) => format!("DOUBLE PRECISION({precision})"),
        None => "DOUBLE PRECISION".to_owned(),
    }
}

/// Writes `INTERVAL DAY TO SECOND` with the digits of both fields.
fn interval_sql(interval: &IntervalType) -> String {
    let digits = |digits: Option<u32>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    format!("INTERVAL DAY{} TO SECOND{}", digits(interval.day_precision), digits(interval.second_precision))
}

/// Writes FLOAT.
///
/// # Errors
/// A precision: Oracle counts binary digits, the generic type decimal ones.
fn float_sql(class: &str, float: &FloatType) -> Result<String> {
    let Some(precision) = float.precision.filter(|precision| *precision > 0) else {
        return Ok("FLOAT".to_owned());
    };
    // a decimal digit takes log2(10) binary ones, by the quotient that the reference suggests
    let binary = u64::from(precision) * 100_000 / 30_103;
    Err(Error::Argument(format!(
        "Oracle Database FLOAT types use 'binary precision', which does not convert cleanly from decimal 'precision'.  \
         Please specify this type with a separate Oracle Database variant, such as \
         {class}(precision={precision}).with_variant(oracle.FLOAT(binary_precision={binary}), 'oracle'), so that the \
         Oracle Database specific 'binary_precision' may be specified accurately."
    )))
}

#[cfg(test)]
mod tests {
    use crate::dialect::{Dialect, DialectArguments, OracleDialect};
    use crate::types::{DialectType, GenericType, SqlType, StandardType, StringType, TypeArgument};

    fn oracle() -> OracleDialect {
        OracleDialect::new(None, DialectArguments::default()).unwrap()
    }

    /// The SQL is that of the reference's `type.compile(dialect=oracle.dialect())`.
    #[test]
    fn types_of_the_dialect_are_written_with_their_arguments() {
        let own = |name: &str, arguments: &[(&str, i64)]| {
            let type_ = DialectType::plain("oracle", name).unwrap();
            let type_ = arguments
                .iter()
                .fold(type_, |type_, (name, value)| type_.with(name, TypeArgument::Int(*value)));
            oracle().type_sql(&SqlType::from(type_)).unwrap()
        };
        assert_eq!(own("NUMBER", &[("precision", 0)]), "NUMBER(0)");
        assert_eq!(own("NUMBER", &[("precision", 10), ("scale", 0)]), "NUMBER(10, 0)");
        assert_eq!(own("NUMBER", &[("scale", 3)]), "NUMBER");
        assert_eq!(own("RAW", &[("length", 0)]), "RAW");
        assert_eq!(own("FLOAT", &[("binary_precision", 0)]), "FLOAT(0)");
        assert_eq!(own("BINARY_DOUBLE", &[("precision", 5)]), "BINARY_DOUBLE(5)");
        assert_eq!(
            own("INTERVAL", &[("day_precision", 0), ("second_precision", 0)]),
            "INTERVAL DAY(0) TO SECOND(0)"
        );
        assert_eq!(own("VARCHAR2", &[]), "VARCHAR2");
        assert_eq!(own("VARCHAR2", &[("length", 5)]), "VARCHAR2(5 CHAR)");
    }

    #[test]
    fn strings_have_a_length_when_something_is_cast_to_them() {
        let cast = |type_: SqlType| oracle().cast_type_sql(&type_).unwrap().unwrap();
        let string = |length| StringType { length, collation: None };
        assert_eq!(cast(GenericType::String(string(None)).into()), "VARCHAR2(4000 CHAR)");
        assert_eq!(cast(StandardType::NVarchar(string(Some(5))).into()), "VARCHAR2(5 CHAR)");
        assert_eq!(cast(GenericType::Text(string(None)).into()), "CLOB");
    }
}
