//! Functions: those that SQLAlchemy knows, and any other.

use super::StatementCompiler;
use super::precedence::Operator;
use crate::dialect::identifier;
use crate::error::{Error, Result};
use crate::expression::FunctionCall;
use crate::schema::Identifier;
use crate::types::SqlType;

/// Functions that the SQL standard calls without parentheses, and how they are written.
const ANSI_FUNCTIONS: [(&str, &str); 9] = [
    ("current_date", "CURRENT_DATE"),
    ("current_time", "CURRENT_TIME"),
    ("current_timestamp", "CURRENT_TIMESTAMP"),
    ("current_user", "CURRENT_USER"),
    ("localtime", "LOCALTIME"),
    ("localtimestamp", "LOCALTIMESTAMP"),
    ("session_user", "SESSION_USER"),
    ("sysdate", "sysdate"),
    ("user", "USER"),
];

/// Functions that SQLAlchemy knows and therefore writes in one way, whatever the case they are called in.
const KNOWN_FUNCTIONS: [&str; 24] = [
    "aggregate_strings",
    "all",
    "any",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cume_dist",
    "dense_rank",
    "max",
    "min",
    "mode",
    "now",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "pow",
    "random",
    "rank",
    "some",
    "sum",
    "sysdate",
    "user",
];

/// Functions that SQLAlchemy writes in capitals.
const CAPITAL_FUNCTIONS: [(&str, &str); 3] =
    [("cube", "CUBE"), ("rollup", "ROLLUP"), ("grouping_sets", "GROUPING SETS")];

impl StatementCompiler<'_> {
    /// Writes the arguments of a function, without parentheses; values are called after the function.
    pub fn function_arguments(&mut self, function: &FunctionCall) -> Result<String> {
        Ok(self.function_argument_list(function)?.join(", "))
    }

    /// Writes the arguments of a function, each by itself.
    pub fn function_argument_list(&mut self, function: &FunctionCall) -> Result<Vec<String>> {
        let name = function.name.last().map_or("param", String::as_str);
        let hint = (name.to_owned(), SqlType::Null);
        function
            .arguments
            .iter()
            .map(|argument| self.hinted(argument, &Operator::Comma, Some(&hint)))
            .collect()
    }

    pub(super) fn function(&mut self, call: &FunctionCall) -> Result<String> {
        let dialect = self.dialect;
        let Some((name, packages)) = call.name.split_last() else {
            return Err(Error::Argument("a function needs a name".to_owned()));
        };
        if packages.is_empty()
            && let Some(sql) = dialect.own_function_sql(call, self)
        {
            return sql;
        }
        let lower = name.to_lowercase();
        let arguments = self.function_arguments(call)?;
        if packages.is_empty() {
            let ansi = ANSI_FUNCTIONS.iter().find(|(known, _)| *known == lower);
            if let Some((_, sql)) = ansi {
                return Ok(if arguments.is_empty() {
                    (*sql).to_owned()
                } else {
                    format!("{sql}({arguments})")
                });
            }
            if let Some((_, sql)) = CAPITAL_FUNCTIONS.iter().find(|(known, _)| *known == lower) {
                return Ok(format!("{sql}({arguments})"));
            }
            if lower == "count" && arguments.is_empty() {
                return Ok("count(*)".to_owned());
            }
            if lower == "random" && arguments.is_empty() {
                return Ok("random()".to_owned());
            }
            if KNOWN_FUNCTIONS.contains(&lower.as_str()) {
                return Ok(format!("{lower}({arguments})"));
            }
        }
        let parts: Vec<String> = call
            .name
            .iter()
            .map(|part| {
                if identifier::has_illegal_characters(part) {
                    dialect.quote(&Identifier::new(part.as_str()))
                } else {
                    part.clone()
                }
            })
            .collect();
        Ok(format!("{}({arguments})", parts.join(".")))
    }
}
