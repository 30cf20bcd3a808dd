//! Types that user code defines, and the choice of dialects.

use std::sync::Arc;

use limbeck_sql::Result;
use limbeck_sql::dialect::{self, DialectArguments, ParamStyle};
use limbeck_sql::engine::Value;
use limbeck_sql::types::{Affinity, CustomType, GenericType, SqlType, UuidType};

/// A decorator that stores text in upper case.
#[derive(Debug)]
struct Upper;

impl CustomType for Upper {
    fn class_name(&self) -> &'static str {
        "Upper"
    }

    fn module_path(&self) -> &'static str {
        "shop.types.Upper"
    }

    fn python_repr(&self) -> Result<String> {
        Ok("Upper()".to_owned())
    }

    fn dialect_type(&self, _dialect_name: &str) -> Result<Option<SqlType>> {
        Ok(Some(SqlType::string(20)))
    }

    fn column_specification(&self, _dialect_name: &str) -> Result<Option<String>> {
        Ok(None)
    }

    fn bind_value(&self, value: Value, _dialect_name: &str) -> Result<Value> {
        Ok(value.as_str().map_or(Value::Null, |text| Value::from(text.to_uppercase())))
    }
}

#[test]
fn a_type_of_user_code_is_written_as_the_type_that_it_stands_on() {
    let sqlite = dialect::by_name("sqlite", None).expect("a dialect");
    let type_ = SqlType::Custom(Arc::new(Upper));
    assert_eq!(sqlite.type_sql(&type_).expect("a type"), "VARCHAR(20)");
    assert_eq!(sqlite.literal(&Value::from("it's"), &type_).expect("a literal"), "'IT''S'");
    assert_eq!(sqlite.bind_value(Value::from("a"), &type_).expect("a value"), Value::from("A"));
    assert_eq!(type_.python_repr().expect("a repr"), "Upper()");
    assert_eq!((type_.module(), type_.python_class_name()), ("shop.types", "Upper"));
    assert_eq!(type_.affinity(), Affinity::String);
}

#[test]
fn values_reach_the_sqlite_driver_as_it_stores_them() {
    let sqlite = dialect::by_name("sqlite", Some("aiosqlite")).expect("a dialect");
    let sent = |value, type_: GenericType| sqlite.bind_value(value, &type_.into()).expect("a value");
    let uuid = "12345678-1234-5678-1234-567812345678".parse().map(Value::Uuid).expect("a UUID");
    assert_eq!(
        sent(uuid, GenericType::Uuid(UuidType::default())),
        Value::from("12345678123456781234567812345678")
    );
    let day = jiff::civil::date(2020, 1, 2);
    assert_eq!(sent(Value::Date(day), GenericType::Date), Value::from("2020-01-02"));
    assert_eq!(
        sent(Value::Date(day), GenericType::DateTime { timezone: false }),
        Value::from("2020-01-02 00:00:00.000000")
    );
    let hours = jiff::SignedDuration::from_hours(26);
    assert_eq!(
        sent(Value::Interval(hours), GenericType::Interval(limbeck_sql::types::IntervalType::default())),
        Value::from("1970-01-02 02:00:00.000000")
    );
    let refused = sqlite.bind_value(Value::from("2020"), &GenericType::Date.into()).expect_err("no date");
    assert!(refused.to_string().starts_with("SQLite Date type only accepts Python date objects as input"));
}

#[test]
fn dialects_are_found_by_name_and_driver() {
    let message = |name, driver| dialect::by_name(name, driver).expect_err("unknown").to_string();
    assert_eq!(message("xyz", None), "Can't load plugin: sqlalchemy.dialects:xyz");
    assert_eq!(message("xyz", Some("abc")), "Can't load plugin: sqlalchemy.dialects:xyz.abc");
    assert_eq!(message("sqlite", Some("foo")), "Can't load plugin: sqlalchemy.dialects:sqlite.foo");
    for (name, driver) in [
        ("postgresql", "psycopg"),
        ("mysql", "mysqldb"),
        ("mariadb", "mysqldb"),
        ("mssql", "pyodbc"),
        ("oracle", "oracledb"),
    ] {
        let dialect = dialect::by_name(name, None).expect(name);
        assert_eq!((dialect.name(), dialect.driver()), (name, driver));
    }
    let arguments = DialectArguments { paramstyle: Some(ParamStyle::Named), ..DialectArguments::default() };
    let named = dialect::by_name_with("sqlite", None, arguments).expect("a dialect");
    assert_eq!((named.name(), named.driver(), named.paramstyle()), ("sqlite", "pysqlite", ParamStyle::Named));
}
