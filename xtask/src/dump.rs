//! A readable dump of a SQLite file: its schema as SQLite stores it, and its rows.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// Returns every object of the file's `sqlite_master` in the order of type and name with the SQL that made it,
/// then the rows of each table in the order SQLite gives them.
///
/// Fails when the file does not exist or is no database.
pub fn dump_database(path: &Path) -> Result<String, String> {
    dump(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns all rows of all tables as `table (1, 'a')`; none of a file that is not there.
pub fn rows(path: &Path) -> Result<Vec<String>, String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut statement =
            connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
        let tables = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        let mut rows = Vec::new();
        for table in tables {
            rows.extend(rows_of(&connection, &table)?.into_iter().map(|row| format!("{table} {row}")));
        }
        Ok(rows)
    };
    if path.exists() {
        read().map_err(|error| format!("{}: {error}", path.display()))
    } else {
        Ok(Vec::new())
    }
}

/// Returns the values of a query's first column as text, for tests that ask a database one thing.
pub fn query_texts(path: &Path, query: &str) -> Result<Vec<String>, String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut statement = connection.prepare(query)?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    read().map_err(|error| format!("{}: {error}", path.display()))
}

/// Runs SQL statements against the file, which is created when it does not exist.
pub fn run_statements(path: &Path, statements: &str) -> Result<(), String> {
    Connection::open(path)
        .and_then(|connection| connection.execute_batch(statements))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn dump(path: &Path) -> rusqlite::Result<String> {
    // Read and write: a hot journal that a killed process left must be rolled back before reading.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut text = String::new();
    let mut tables: Vec<String> = Vec::new();
    let mut objects = connection
        .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")?;
    let mut rows = objects.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, sql): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let _ = writeln!(text, "{kind} {name}:\n{sql}");
        if kind == "table" {
            tables.push(name);
        }
    }
    for table in &tables {
        let rows = rows_of(&connection, table)?;
        if !rows.is_empty() {
            let _ = writeln!(text, "rows of {table}:");
        }
        for row in rows {
            let _ = writeln!(text, "{row}");
        }
    }
    if text.is_empty() {
        text.push_str("nothing\n");
    }
    Ok(text)
}

/// The rows of a table as `(1, 'a')`, in the order in which SQLite gives them.
fn rows_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        let values =
            (0..width).map(|index| row.get_ref(index).map(literal)).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(format!("({})", values.join(", ")))
    })?;
    rows.collect()
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(bytes) => format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', "''")),
        ValueRef::Blob(bytes) => {
            bytes.iter().fold("X'".to_owned(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02X}");
                hex
            }) + "'"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_shows_objects_by_type_and_name_and_every_kind_of_value() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.db");
        run_statements(
            &path,
            "CREATE TABLE b (x);\nCREATE TABLE a (x, y);\nCREATE INDEX i ON a (x);\n\
             INSERT INTO a VALUES (1, 'it''s'), (NULL, 1.0), (X'0AFF', 'x')",
        )
        .expect("the statements run");
        assert_eq!(
            dump_database(&path).expect("the file is a database"),
            "index i:\nCREATE INDEX i ON a (x)\ntable a:\nCREATE TABLE a (x, y)\ntable b:\nCREATE TABLE b (x)\n\
             rows of a:\n(1, 'it''s')\n(NULL, 1.0)\n(X'0AFF', 'x')\n"
        );
    }

    #[test]
    fn a_file_that_does_not_exist_is_an_error_and_is_not_created() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("missing.db");
        assert!(dump_database(&path).is_err());
        assert!(!path.exists());
    }
}
