//! The types of SQL Server: generic ones by its own names.

use crate::dialect::types::{length_text, unquoted_string_sql as string_sql};
use crate::types::{FloatType, GenericType, MAX_LENGTH, SqlType, StandardType, StringType};

/// Gives the SQL of a type that SQL Server writes in its own way.
///
/// `large` says that the types without a limit are those of the server's newer versions.
pub(super) fn type_sql(type_: &SqlType, large: bool) -> Option<String> {
    Some(match type_.for_dialect("mssql") {
        SqlType::Generic(kind) => match kind {
            GenericType::String(string) => string_sql("VARCHAR", string, "(max)"),
            GenericType::Unicode(string) => string_sql("NVARCHAR", string, "(max)"),
            GenericType::Text(string) if large => string_sql("VARCHAR", string, "(max)"),
            GenericType::UnicodeText(string) if large => string_sql("NVARCHAR", string, "(max)"),
            GenericType::LargeBinary { length } if large => binary_sql("VARBINARY", *length),
            GenericType::PickleType if large => binary_sql("VARBINARY", None),
            GenericType::Text(string) => string_sql("TEXT", string, ""),
            GenericType::UnicodeText(string) => string_sql("NTEXT", string, ""),
            GenericType::Enum(enumeration) => {
                let length = Some(enumeration.varchar_length());
                string_sql("VARCHAR", &StringType { length, collation: None }, "(max)")
            }
            GenericType::Float(float) => float_sql(float),
            GenericType::Double(_) => "DOUBLE PRECISION".to_owned(),
            GenericType::Boolean(_) => "BIT".to_owned(),
            GenericType::DateTime { timezone: true } => "DATETIMEOFFSET".to_owned(),
            // the types of SQL Server 2005, which the reference takes until it has asked the server
            GenericType::Date
            | GenericType::Time { .. }
            | GenericType::DateTime { timezone: false }
            | GenericType::Interval(_) => "DATETIME".to_owned(),
            GenericType::LargeBinary { .. } | GenericType::PickleType => "IMAGE".to_owned(),
            GenericType::Json(_) => "NVARCHAR(max)".to_owned(),
            GenericType::Uuid(uuid) => {
                if uuid.native_uuid { "UNIQUEIDENTIFIER" } else { "CHAR(32)" }.to_owned()
            }
            _ => return None,
        },
        SqlType::Standard(kind) => match kind {
            StandardType::Varchar(string) | StandardType::NVarchar(string) => {
                string_sql(kind.name(), string, "(max)")
            }
            StandardType::Char(string) | StandardType::NChar(string) | StandardType::Text(string) => {
                string_sql(kind.name(), string, "")
            }
            StandardType::Varbinary { length } => binary_sql("VARBINARY", *length),
            StandardType::Float(float) => float_sql(float),
            StandardType::Json(_) => "NVARCHAR(max)".to_owned(),
            _ => return None,
        },
        SqlType::Sqlite(crate::types::SqliteType::Json(_)) => "NVARCHAR(max)".to_owned(),
        _ => return None,
    })
}

fn binary_sql(name: &str, length: Option<u32>) -> String {
    format!("{name}({})", length_text(length.filter(|length| *length > 0).unwrap_or(MAX_LENGTH)))
}

fn float_sql(float: &FloatType) -> String {
    match float.precision {
        Some(precision) => format!("FLOAT({precision})"),
        None => "FLOAT".to_owned(),
    }
}

/// Tells whether literals of a type are written as national strings, `N'...'`.
pub(super) fn is_national(type_: &SqlType) -> bool {
    match type_.for_dialect("mssql") {
        SqlType::Generic(kind) => matches!(kind, GenericType::Unicode(_) | GenericType::UnicodeText(_)),
        SqlType::Standard(kind) => matches!(kind, StandardType::NVarchar(_) | StandardType::NChar(_)),
        SqlType::Dialect(type_) => matches!((type_.class().dialect, type_.class().name), ("mssql", "NTEXT")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::{Dialect, MssqlDialect};
    use crate::types::{DialectType, MAX_LENGTH, SqlType, StandardType, StringType, TypeArgument};

    /// The SQL is that of the reference's `type.compile(dialect=mssql.dialect())`.
    #[test]
    fn types_of_the_dialect_are_written_with_their_arguments() {
        let dialect = MssqlDialect::new(None, crate::dialect::DialectArguments::default()).unwrap();
        let own = |name: &str, arguments: &[(&str, TypeArgument)]| {
            let type_ = DialectType::plain("mssql", name).unwrap();
            let type_ = arguments.iter().cloned().fold(type_, |type_, (name, value)| type_.with(name, value));
            dialect.type_sql(&SqlType::from(type_)).unwrap()
        };
        let text = |text: &str| TypeArgument::Text(text.to_owned());
        assert_eq!(own("DATETIME2", &[]), "DATETIME2");
        assert_eq!(own("DATETIME2", &[("precision", TypeArgument::Int(0))]), "DATETIME2(0)");
        assert_eq!(own("DATETIMEOFFSET", &[("precision", TypeArgument::Int(4))]), "DATETIMEOFFSET(4)");
        assert_eq!(own("TIME", &[("precision", TypeArgument::Int(4))]), "TIME(4)");
        assert_eq!(
            own("NTEXT", &[("length", TypeArgument::Int(5)), ("collation", text("x y"))]),
            "NTEXT(5) COLLATE x y"
        );
        assert_eq!(own("VARBINARY", &[]), "VARBINARY(max)");
        assert_eq!(own("VARBINARY", &[("length", TypeArgument::Int(5))]), "VARBINARY(5)");
        assert_eq!(
            own("VARBINARY", &[("length", text("max")), ("filestream", TypeArgument::Bool(true))]),
            "VARBINARY(max) FILESTREAM"
        );
        assert_eq!(own("JSON", &[]), "NVARCHAR(max)");
        assert_eq!(own("XML", &[("length", TypeArgument::Int(5))]), "XML");
        for name in
            ["MONEY", "SMALLMONEY", "SQL_VARIANT", "ROWVERSION", "TIMESTAMP", "UNIQUEIDENTIFIER", "BIT"]
        {
            assert_eq!(own(name, &[]), name);
        }
        let max = StringType { length: Some(MAX_LENGTH), collation: None };
        assert_eq!(dialect.type_sql(&StandardType::NVarchar(max).into()).unwrap(), "NVARCHAR(max)");
    }
}
