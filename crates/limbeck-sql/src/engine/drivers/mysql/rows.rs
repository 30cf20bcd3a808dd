//! Many rows of one INSERT in few statements, as the drivers of Python send them.

use std::sync::LazyLock;

use regex::Regex;

use super::literal::Style;
use crate::engine::Parameters;
use crate::error::Result;

/// The longest statement that rows are added to, in bytes; `PyMySQL`'s own limit.
const LONGEST: usize = 1_024_000;

/// An INSERT that ends with one row of placeholders.
static INSERT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let placeholder = r"(?:%s|%\(\w+\)s)";
    Regex::new(&format!(
        r"(?is)^(?P<start>\s*(?:INSERT|REPLACE)\b.+\bVALUES?\s*)(?P<row>\(\s*{placeholder}(?:\s*,\s*{placeholder})*\s*\))\s*$"
    ))
    .ok()
});

/// Gives statements that insert all rows; `None` when the statement is not of that form.
pub(super) fn statements(
    style: Style,
    sql: &str,
    parameter_sets: &[Parameters],
) -> Result<Option<Vec<String>>> {
    let Some(parts) = INSERT.as_ref().and_then(|insert| insert.captures(sql)) else { return Ok(None) };
    let (start, row) = (&parts["start"], &parts["row"]);
    // A placeholder before the row would want a value of its own.
    let Ok(start) = style.statement(start, &Parameters::none()) else { return Ok(None) };
    let mut statements: Vec<String> = Vec::new();
    for parameters in parameter_sets {
        let row = style.statement(row, parameters)?;
        match statements.last_mut().filter(|statement| statement.len() + row.len() < LONGEST) {
            Some(statement) => {
                statement.push_str(", ");
                statement.push_str(&row);
            }
            None => statements.push(format!("{start}{row}")),
        }
    }
    Ok(Some(statements))
}

#[cfg(test)]
mod tests {
    use super::super::python_driver::PythonDriver;
    use super::*;
    use crate::engine::Value;

    const STYLE: Style = Style { driver: PythonDriver::PyMysql, backslash_escapes: true };

    fn sets(values: &[&str]) -> Vec<Parameters> {
        let set = |value: &&str| Parameters::Positional(vec![Value::Int(1), Value::from(*value)]);
        values.iter().map(set).collect()
    }

    #[test]
    fn rows_of_an_insert_go_together() {
        let sql = "INSERT INTO t (a, `50%%`) VALUES (%s, %s)";
        let statements = statements(STYLE, sql, &sets(&["x", "), ("])).unwrap().unwrap();
        assert_eq!(statements, ["INSERT INTO t (a, `50%`) VALUES (1, 'x'), (1, '), (')"]);
    }

    #[test]
    fn a_statement_has_its_limit() {
        let long = "x".repeat(LONGEST / 2);
        let sql = "REPLACE INTO t VALUES (%s, %s)";
        let statements = statements(STYLE, sql, &sets(&[&long, "y", &long])).unwrap().unwrap();
        assert_eq!(statements.len(), 2);
        assert!(statements[0].ends_with("), (1, 'y')"));
    }

    #[test]
    fn other_statements_go_by_themselves() {
        for sql in [
            "UPDATE t SET a = %s WHERE b = %s",
            "INSERT INTO t (a, b) VALUES (%s, lower(%s))",
            "INSERT INTO t (a, b) VALUES (%s, %s) ON DUPLICATE KEY UPDATE a = 1",
        ] {
            assert_eq!(statements(STYLE, sql, &sets(&["x"])).unwrap(), None, "{sql}");
        }
    }
}
