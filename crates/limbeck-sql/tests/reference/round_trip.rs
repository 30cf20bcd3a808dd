//! Whatever the names and values are, SQLite reads them as they were meant.

use limbeck_sql::dialect::{CompileOptions, DdlElement, Dialect, SqliteDialect};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{Expression, Select, Statement};
use limbeck_sql::schema::{Column, Identifier, ServerDefault, Table};
use limbeck_sql::types::SqlType;
use proptest::prelude::*;
use rusqlite::Connection;

/// Any text but one with NUL, at which SQLite stops reading SQL.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\u{0}]{1,12}",
        "[a-zA-Z_$0-9]{1,8}",
        "['\"`\\[\\]%:?;\\\\ -]{1,8}",
        prop_oneof![Just("select"), Just("Order"), Just("temp"), Just("x"), Just("\u{fdd0}0\u{fdd1}")]
            .prop_map(ToOwned::to_owned),
    ]
}

fn create_table(table: &Table) -> String {
    let element = DdlElement::CreateTable { table: Box::new(table.clone()), if_not_exists: false };
    SqliteDialect::default().compile_ddl(&element, &CompileOptions::default()).expect("compiles")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_name_and_default_come_back_from_sqlite(name in any_text(), column in any_text(), default in any_text()) {
        // SQLite keeps these names for itself
        prop_assume!(!name.to_lowercase().starts_with("sqlite_"));
        let mut made = Table::new(None, name.as_str());
        made.columns.push(Column {
            server_default: Some(ServerDefault::Literal(default.clone())),
            ..Column::new(column.as_str(), SqlType::string(None))
        });
        let connection = Connection::open_in_memory().expect("opens");
        let sql = create_table(&made);
        connection.execute_batch(&sql).map_err(|error| TestCaseError::fail(format!("{error}: {sql}")))?;

        let stored: String = connection
            .query_row("SELECT name FROM sqlite_master WHERE type = 'table'", [], |row| row.get(0))
            .expect("the table is there");
        prop_assert_eq!(&stored, &name);
        let columns: String = connection
            .query_row("SELECT name FROM pragma_table_info(?1)", [&name], |row| row.get(0))
            .expect("the column is there");
        prop_assert_eq!(&columns, &column);

        let quoted = SqliteDialect::default().quote(&Identifier::new(name.as_str()));
        connection.execute_batch(&format!("INSERT INTO {quoted} DEFAULT VALUES")).expect("inserts");
        let value: String = connection
            .query_row(&format!("SELECT * FROM {quoted}"), [], |row| row.get(0))
            .expect("a row");
        prop_assert_eq!(value, default);
    }

    #[test]
    fn any_text_comes_back_as_a_literal_and_as_a_parameter(text in any_text(), other in any_text()) {
        let dialect = SqliteDialect::default();
        let query = Select {
            columns: vec![Expression::literal(text.as_str()), Expression::literal(other.as_str())],
            ..Select::default()
        };
        let statement = Statement::Select(Box::new(query));
        let connection = Connection::open_in_memory().expect("opens");

        let literal = dialect.compile_statement(&statement, &CompileOptions::literal()).expect("compiles");
        let read: (String, String) = connection
            .query_row(&literal.sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|error| TestCaseError::fail(format!("{error}: {}", literal.sql)))?;
        prop_assert_eq!(read, (text.clone(), other.clone()));

        let compiled = dialect.compile_statement(&statement, &CompileOptions::default()).expect("compiles");
        let sent: Vec<String> = compiled
            .parameters
            .iter()
            .map(|(_, value)| match value {
                Value::Text(text) => text.clone(),
                other => panic!("not text: {other:?}"),
            })
            .collect();
        let read: (String, String) = connection
            .query_row(&compiled.sql, rusqlite::params_from_iter(sent), |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("runs");
        prop_assert_eq!(read, (text, other));
    }
}
