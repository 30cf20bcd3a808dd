//! Whatever the names, defaults and comments are, PostgreSQL and MariaDB read them as they were meant.
//!
//! The servers' own clients run the SQL, which is how a script written by `--sql` reaches a database.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use limbeck_sql::dialect::{self, CompileOptions, DdlElement, Dialect, DialectArguments, ParamStyle};
use limbeck_sql::schema::{Column, Identifier, ServerDefault, Table};
use limbeck_sql::types::SqlType;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use xtask::databases::{MARIADB_URL, POSTGRESQL_URL, query, url};

/// How many tables one call of a client makes.
const TABLES: usize = 8;

/// What a table is made with, and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Texts {
    table: String,
    column: String,
    default: String,
    table_comment: String,
    column_comment: String,
}

/// What a server can keep.
#[derive(Clone, Copy)]
struct Limits {
    name: fn(&str) -> bool,
    comment: fn(&str) -> bool,
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\u{0}]{1,12}",
        "[a-zA-Z_$0-9]{1,8}",
        "['\"`\\[\\]%:?;\\\\\n\r\t/*#-]{1,8}",
        // ends a literal where a backslash escapes, or where it does not
        prop_oneof![
            Just("\\'"),
            Just("'; DROP TABLE x; --"),
            Just("\\"),
            Just("''"),
            Just("$$"),
            Just("\\'; --"),
            Just("/*! x */"),
            Just("E'\\n'"),
            Just("select"),
            Just("Order"),
            Just("%s %(x)s :x ?"),
            Just("\\. \\q"),
            Just("\u{fdd0}0\u{fdd1}"),
        ]
        .prop_map(ToOwned::to_owned),
    ]
}

fn texts(limits: Limits) -> impl Strategy<Value = Texts> {
    let name =
        move || any_text().prop_filter("a name that the server takes", move |text| (limits.name)(text));
    let comment =
        move || any_text().prop_filter("a comment that it keeps", move |text| (limits.comment)(text));
    (name(), name(), any_text(), comment(), comment()).prop_map(
        |(table, column, default, table_comment, column_comment)| Texts {
            table,
            column,
            default,
            table_comment,
            column_comment,
        },
    )
}

/// Gives the statements that make a table, each with a semicolon.
fn statements(dialect: &dyn Dialect, texts: &Texts) -> String {
    let mut table = Table::new(None, texts.table.as_str());
    table.comment = Some(texts.table_comment.clone());
    table.columns.push(Column {
        server_default: Some(ServerDefault::Literal(texts.default.clone())),
        comment: Some(texts.column_comment.clone()),
        ..Column::new(texts.column.as_str(), SqlType::string(Some(100)))
    });
    let mut elements = vec![DdlElement::CreateTable { table: Box::new(table.clone()), if_not_exists: false }];
    if !dialect.inline_comments() {
        elements.push(DdlElement::SetTableComment {
            schema: None,
            name: table.name.clone(),
            comment: table.comment.clone(),
        });
        elements.push(DdlElement::SetColumnComment {
            schema: None,
            table: table.name.clone(),
            column: table.columns[0].name.clone(),
            comment: table.columns[0].comment.clone(),
        });
    }
    elements
        .iter()
        .map(|element| dialect.compile_ddl(element, &CompileOptions::default()).expect("compiles") + ";\n")
        .collect()
}

fn dialect(name: &str) -> Arc<dyn Dialect> {
    let arguments = DialectArguments { paramstyle: Some(ParamStyle::Named), ..DialectArguments::default() };
    dialect::by_name_with(name, None, arguments).expect("the dialect is there")
}

fn quoted(dialect: &dyn Dialect, name: &str) -> String {
    dialect.quote(&Identifier::new(name))
}

/// Reads lines of hexadecimal values.
fn decode(output: &str) -> Vec<Texts> {
    let text = |field: &str| {
        let bytes = (0..field.len()).step_by(2).map(|at| {
            field.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok()).expect("hexadecimal")
        });
        String::from_utf8(bytes.collect()).expect("UTF-8")
    };
    let row = |line: &str| match *line.split('\t').collect::<Vec<_>>() {
        [table, column, default, table_comment, column_comment] => Texts {
            table: text(table),
            column: text(column),
            default: text(default),
            table_comment: text(table_comment),
            column_comment: text(column_comment),
        },
        _ => panic!("not five values: {line}"),
    };
    output.lines().map(row).collect()
}

/// Makes tables of any texts, `script` making the SQL for one, and holds what the server has against them.
fn check(server: &str, limits: Limits, script: impl Fn(&Texts) -> String) {
    let url = url(server).expect("a server");
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() });
    let several = proptest::collection::vec(texts(limits), 1..TABLES);
    let outcome = runner.run(&several, |wanted| {
        let sql: String = wanted.iter().map(&script).collect();
        let output = query(&url, &sql).map_err(|error| TestCaseError::fail(format!("{error}\n{sql}")))?;
        prop_assert_eq!(decode(&output), wanted, "{}", sql);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn any_name_default_and_comment_come_back_from_postgresql() {
    let dialect = dialect("postgresql");
    // a name has at most 63 bytes
    let limits = Limits { name: |name| name.len() <= 63, comment: |_| true };
    check(POSTGRESQL_URL, limits, |texts| {
        let (table, column) = (quoted(&*dialect, &texts.table), quoted(&*dialect, &texts.column));
        let fields = [
            "c.relname::text",
            "a.attname::text",
            &format!("(SELECT {column}::text FROM {table})"),
            "obj_description(c.oid, 'pg_class')",
            "col_description(c.oid, a.attnum)",
        ]
        .map(|field| format!("encode(convert_to({field}, 'UTF8'), 'hex')"));
        format!(
            "BEGIN;\n{}INSERT INTO {table} DEFAULT VALUES;\nSELECT {} FROM pg_class c JOIN pg_attribute a \
             ON a.attrelid = c.oid AND a.attnum = 1 JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = 'public' AND c.relkind = 'r';\nROLLBACK;\n",
            statements(&*dialect, texts),
            fields.join(", ")
        )
    });
}

#[test]
fn any_name_default_and_comment_come_back_from_mariadb() {
    let dialect = dialect("mariadb");
    // names and comments have no characters beyond the Basic Multilingual Plane; a name has no white space at its end
    let limits = Limits {
        name: |name| {
            name.chars().all(|c| c <= '\u{ffff}')
                && !name.ends_with([' ', '\t', '\n', '\u{b}', '\u{c}', '\r'])
        },
        comment: |comment| comment.chars().all(|c| c <= '\u{ffff}'),
    };
    check(MARIADB_URL, limits, |texts| {
        let (table, column) = (quoted(&*dialect, &texts.table), quoted(&*dialect, &texts.column));
        let fields = [
            "t.TABLE_NAME",
            "c.COLUMN_NAME",
            &format!("(SELECT {column} FROM {table})"),
            "t.TABLE_COMMENT",
            "c.COLUMN_COMMENT",
        ]
        .map(|field| format!("HEX(CONVERT({field} USING utf8mb4))"));
        format!(
            "DROP DATABASE IF EXISTS limbeck_quoting;\nCREATE DATABASE limbeck_quoting CHARACTER SET utf8mb4;\nUSE limbeck_quoting;\n{}INSERT INTO {table} () \
             VALUES ();\nSELECT {} FROM information_schema.TABLES t JOIN information_schema.COLUMNS c \
             ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME \
             WHERE t.TABLE_SCHEMA = 'limbeck_quoting';\nDROP DATABASE limbeck_quoting;\n",
            statements(&*dialect, texts),
            fields.join(", ")
        )
    });
}
