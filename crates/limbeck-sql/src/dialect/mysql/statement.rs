//! Functions, operators and clauses that MySQL writes in its own way.

use super::MysqlDialect;
use crate::dialect::statement::json;
use crate::dialect::{Dialect, StatementCompiler, text_literal};
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, BindParameter, ElementForm, ElementIndex, Expression, FunctionCall, OnConflict, Select,
    TableClause,
};
use crate::schema::Identifier;
use crate::types::{Affinity, SqlType};

/// Stands for "no limit": MySQL has no OFFSET without a LIMIT.
const NO_LIMIT: &str = "18446744073709551615";

pub(super) fn function_sql(
    function: &FunctionCall,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let arguments = match function.name.last()?.to_lowercase().as_str() {
        "sysdate" => return Some(Ok("SYSDATE()".to_owned())),
        // the reference writes its arguments as placeholders, under `literal_binds` too
        "random" => {
            return Some(compiler.with_placeholders(|compiler| {
                let arguments = compiler.function_argument_list(function)?;
                Ok(format!("rand({})", arguments.join(", ")))
            }));
        }
        name @ ("rollup" | "aggregate_strings") => {
            compiler.function_argument_list(function).map(|arguments| (name.to_owned(), arguments))
        }
        _ => return None,
    };
    Some(arguments.map(|(name, arguments)| match (name.as_str(), arguments.as_slice()) {
        ("rollup", arguments) => format!("{} WITH ROLLUP", arguments.join(", ")),
        (_, [text, separator]) => format!("group_concat({text} SEPARATOR {separator})"),
        (_, arguments) => format!("group_concat({})", arguments.join(", ")),
    }))
}

pub(super) fn binary_sql(
    left: &Expression,
    operator: &BinaryOperator,
    right: &Expression,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let form: fn(&str, &str) -> String = match operator {
        BinaryOperator::IsDistinctFrom => {
            // the reference writes a value in there as a placeholder, under `literal_binds` too
            let operands = compiler.with_placeholders(|compiler| compiler.operands(left, operator, right));
            return Some(operands.map(|(left, right)| format!("NOT ({left} <=> {right})")));
        }
        BinaryOperator::IsNotDistinctFrom => |left, right| format!("{left} <=> {right}"),
        BinaryOperator::Divide => |left, right| format!("{left} / {right}"),
        BinaryOperator::FloorDivide => |left, right| format!("FLOOR({left} / {right})"),
        BinaryOperator::RegexpMatch => |left, right| format!("{left} REGEXP {right}"),
        BinaryOperator::NotRegexpMatch => |left, right| format!("{left} NOT REGEXP {right}"),
        BinaryOperator::Concat => {
            let mut parts = Vec::new();
            let result = push_concatenated(left, right, compiler, &mut parts);
            return Some(result.map(|()| format!("concat({})", parts.join(", "))));
        }
        _ => return None,
    };
    Some(compiler.operands(left, operator, right).map(|(left, right)| form(&left, &right)))
}

/// Gathers the operands of `||`, those of concatenations among them included.
fn push_concatenated(
    left: &Expression,
    right: &Expression,
    compiler: &mut StatementCompiler<'_>,
    parts: &mut Vec<String>,
) -> Result<()> {
    for (operand, other) in [(left, right), (right, left)] {
        match operand {
            Expression::Binary { left, operator: BinaryOperator::Concat, right, .. } => {
                push_concatenated(left, right, compiler, parts)?;
            }
            operand => parts.push(compiler.function_operand(operand, other)?),
        }
    }
    Ok(())
}

pub(super) fn limit_sql(select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    // the offset comes first, in the order of the placeholders too
    let offset = select.offset.as_ref().map(|offset| compiler.expression(offset)).transpose()?;
    let limit = select.limit.as_ref().map(|limit| compiler.expression(limit)).transpose()?;
    Ok(match (offset, limit) {
        (None, Some(limit)) => format!(" \n LIMIT {limit}"),
        (Some(offset), Some(limit)) => format!(" \n LIMIT {offset}, {limit}"),
        (Some(offset), None) => format!(" \n LIMIT {offset}, {NO_LIMIT}"),
        (None, None) => String::new(),
    })
}

/// Writes ON DUPLICATE KEY UPDATE, in the order of the assignments.
///
/// The reference leaves parameters in there as placeholders, under `literal_binds` too.
pub(super) fn on_duplicate_key_sql(
    dialect: &MysqlDialect,
    on_conflict: &OnConflict,
    table: &TableClause,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let write = |compiler: &mut StatementCompiler<'_>| {
        let mut assignments = Vec::with_capacity(on_conflict.set.len());
        for (name, value) in &on_conflict.set {
            let type_ = table.columns.get(name).cloned().unwrap_or(SqlType::Null);
            let value = match value {
                // VALUES has parameters that are called as the columns are
                Expression::Bind(bind) if bind.key.as_ref() == Some(name) => {
                    Expression::Bind(BindParameter { key: None, unique: true, ..bind.clone() })
                }
                value => value.clone(),
            };
            let value = compiler.assigned_value(&value, type_)?;
            let name = compiler.dialect().quote(&Identifier::new(name.as_str()));
            assignments.push(format!("{name} = {value}"));
        }
        Ok(assignments.join(", "))
    };
    let named = dialect.names_inserted_row();
    let form: fn(&str) -> String =
        if named { |name| format!("new.{name}") } else { |name| format!("VALUES({name})") };
    let assignments =
        compiler.with_row_form("inserted", form, |compiler| compiler.with_placeholders(write))?;
    let alias = if named { "AS new " } else { "" };
    Ok(format!("{alias}ON DUPLICATE KEY UPDATE {assignments}"))
}

/// Writes MATCH ... AGAINST; `match()` of a column searches in boolean mode.
pub(super) fn match_sql(
    left: &Expression,
    right: &Expression,
    modifier: Option<&str>,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    if let Some(modifier) = modifier
        && modifier.contains(" IN BOOLEAN MODE")
        && modifier.trim() != "IN BOOLEAN MODE"
    {
        let has = |words: &str| if modifier.contains(words) { "True" } else { "False" };
        return Err(Error::Compile(format!(
            "Invalid MySQL match flags: in_boolean_mode=True, in_natural_language_mode={}, with_query_expansion={}",
            has("NATURAL LANGUAGE"),
            has("QUERY EXPANSION")
        )));
    }
    let columns: &[Expression] = match left {
        Expression::Tuple(columns) => columns,
        column => std::slice::from_ref(column),
    };
    let columns: Result<Vec<String>> = columns.iter().map(|column| compiler.expression(column)).collect();
    let columns = columns?.join(", ");
    let (_, against) = compiler.operands(left, &BinaryOperator::Match, right)?;
    let modifier = modifier.unwrap_or(" IN BOOLEAN MODE");
    Ok(format!("MATCH ({columns}) AGAINST ({against}{modifier})"))
}

/// Writes the pattern of a regular expression with its flags before it, as MariaDB has it.
///
/// The reference leaves a value in there as a placeholder, under `literal_binds` too.
fn flagged_pattern(
    left: &Expression,
    operator: &BinaryOperator,
    pattern: &Expression,
    flags: &str,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let (_, pattern) = compiler.with_placeholders(|compiler| compiler.operands(left, operator, pattern))?;
    Ok(format!("CONCAT('(?', {}, ')', {pattern})", text_literal(compiler.dialect(), flags)))
}

pub(super) fn regexp_with_flags_sql(
    dialect: &MysqlDialect,
    left: &Expression,
    pattern: &Expression,
    flags: &str,
    negated: bool,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let operator = BinaryOperator::RegexpMatch;
    let not = if negated { "NOT " } else { "" };
    let (subject, pattern_sql) = compiler.operands(left, &operator, pattern)?;
    if dialect.is_mariadb() {
        let pattern = flagged_pattern(left, &operator, pattern, flags, compiler)?;
        return Ok(format!("{subject} {not}REGEXP {pattern}"));
    }
    Ok(format!("{not}REGEXP_LIKE({subject}, {pattern_sql}, {})", text_literal(dialect, flags)))
}

pub(super) fn regexp_replace_sql(
    dialect: &MysqlDialect,
    left: &Expression,
    pattern: &Expression,
    replacement: &Expression,
    flags: Option<&str>,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let Some(flags) = flags.filter(|_| dialect.is_mariadb()) else {
        return compiler.regexp_replace_function(left, pattern, replacement, flags);
    };
    let operator = BinaryOperator::RegexpReplace;
    let (subject, replacement) = compiler.operands(left, &operator, replacement)?;
    let pattern = flagged_pattern(left, &operator, pattern, flags, compiler)?;
    Ok(format!("REGEXP_REPLACE({subject}, {pattern}, {replacement})"))
}

/// Writes an element of a JSON document: `JSON_EXTRACT`, and what makes a value of a type out of it.
pub(super) fn element_sql(
    dialect: &MysqlDialect,
    operand: &Expression,
    index: &ElementIndex,
    form: &ElementForm,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    if matches!(form, ElementForm::Text) {
        return json::text_element(dialect, operand, index, compiler);
    }
    let subject = compiler.expression(operand)?;
    let path = json::path(dialect, index, compiler)?;
    let extract = format!("JSON_EXTRACT({subject}, {path})");
    let ElementForm::Typed(type_) = form else { return Ok(extract) };
    let value = match type_.affinity() {
        Affinity::Json => return Ok(extract),
        Affinity::Boolean => {
            return Ok(format!("CASE {extract} WHEN 'null' THEN NULL WHEN true THEN true ELSE false END"));
        }
        Affinity::Integer => format!("CAST({extract} AS SIGNED INTEGER)"),
        Affinity::Numeric => {
            let type_ = dialect.cast_type_sql(type_)?.unwrap_or_else(|| "DECIMAL".to_owned());
            format!("CAST({extract} AS {type_})")
        }
        // an addition makes a number of it, with as many digits as there are
        Affinity::Float => format!("{extract}+0.0000000000000000000000"),
        _ => format!("JSON_UNQUOTE({extract})"),
    };
    Ok(format!("CASE {extract} WHEN 'null' THEN NULL ELSE {value} END"))
}
