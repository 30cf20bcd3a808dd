//! PostgreSQL's statements: operators, elements of JSON and arrays, LIMIT, ON CONFLICT.

use crate::dialect::{Dialect, StatementCompiler, push_args};
use crate::engine::{Value, float_repr};
use crate::error::Result;
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, FunctionCall, OnConflict, Select, TableClause,
};
use crate::schema::Identifier;
use crate::types::{Affinity, SqlType};

/// Writes an infix operator that PostgreSQL has in its own way.
pub(super) fn own_binary_sql(
    left: &Expression,
    operator: &BinaryOperator,
    right: &Expression,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let sign = match operator {
        BinaryOperator::BitwiseXor => "#",
        BinaryOperator::RegexpMatch => "~",
        BinaryOperator::NotRegexpMatch => "!~",
        _ => return None,
    };
    Some(compiler.operands(left, operator, right).map(|(left, right)| format!("{left} {sign} {right}")))
}

/// Writes `~` with flags: its own operator for the one that ignores case, else they come before the pattern.
pub(super) fn regexp_with_flags_sql(
    left: &Expression,
    pattern: &Expression,
    flags: &str,
    negated: bool,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let (left, pattern) = compiler.operands(left, &BinaryOperator::RegexpMatch, pattern)?;
    let sign = if negated { "!~" } else { "~" };
    if flags == "i" {
        return Ok(format!("{left} {sign}* {pattern}"));
    }
    let flags = crate::dialect::text_literal(compiler.dialect(), flags);
    Ok(format!("{left} {sign} CONCAT('(?', {flags}, ')', {pattern})"))
}

/// Writes a function that PostgreSQL has in its own way.
pub(super) fn own_function_sql(
    function: &FunctionCall,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    match function.name.last()?.to_lowercase().as_str() {
        "aggregate_strings" => {
            Some(compiler.function_arguments(function).map(|arguments| format!("string_agg({arguments})")))
        }
        _ => None,
    }
}

/// Writes an element of a JSON document, of an array or of an `HSTORE`.
pub(super) fn element_sql(
    dialect: &dyn Dialect,
    operand: &Expression,
    index: &ElementIndex,
    form: &ElementForm,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let subject = compiler.element_operand(operand)?;
    let type_ = operand.result_type();
    let index_sql = match index {
        ElementIndex::Slice(start, stop) => {
            return Ok(format!("{subject}[{}:{}]", compiler.expression(start)?, compiler.expression(stop)?));
        }
        ElementIndex::Key(key) => compiler.expression(key)?,
        ElementIndex::Path(path) => {
            let parts: Vec<String> = path.iter().map(path_part).collect();
            dialect.literal(&Value::Text(format!("{{{}}}", parts.join(", "))), &SqlType::string(None))?
        }
    };
    let is_path = matches!(index, ElementIndex::Path(_));
    let is_text = !matches!(form, ElementForm::Own);
    // only JSONB, arrays and HSTORE have subscripts
    let has_subscripts = type_.affinity() != Affinity::Json || is_class(&type_, "JSONB");
    if has_subscripts && !is_path && !is_text {
        return Ok(format!("{subject}[{index_sql}]"));
    }
    let sign = match (is_path, is_text) {
        (false, false) => "->",
        (false, true) => "->>",
        (true, false) => "#>",
        (true, true) => "#>>",
    };
    let sql = format!("{subject} {sign} {index_sql}");
    Ok(match form {
        ElementForm::Typed(type_) => format!("CAST({sql} AS {})", dialect.type_sql(type_)?),
        ElementForm::Own | ElementForm::Text => sql,
    })
}

fn path_part(part: &Value) -> String {
    match part {
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => crate::engine::value_repr(other),
    }
}

fn is_class(type_: &SqlType, name: &str) -> bool {
    matches!(type_.for_dialect("postgresql"), SqlType::Dialect(own) if own.class().name == name)
}

/// Writes LIMIT and OFFSET.
pub(super) fn limit_sql(select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    let mut sql = String::new();
    match &select.limit {
        Some(limit) => push_args(&mut sql, format_args!(" \n LIMIT {}", compiler.expression(limit)?)),
        None => sql.push_str("\n LIMIT ALL"),
    }
    if let Some(offset) = &select.offset {
        push_args(&mut sql, format_args!(" OFFSET {}", compiler.expression(offset)?));
    }
    Ok(sql)
}

/// Writes ON CONFLICT.
pub(super) fn on_conflict_sql(
    dialect: &dyn Dialect,
    on_conflict: &OnConflict,
    table: &TableClause,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let mut target = String::new();
    if let Some(constraint) = &on_conflict.constraint {
        push_args(&mut target, format_args!("ON CONSTRAINT {} ", dialect.quote(constraint)));
    } else if !on_conflict.index_elements.is_empty() {
        let columns: Vec<String> = on_conflict
            .index_elements
            .iter()
            .map(|name| dialect.quote(&Identifier::new(name.as_str())))
            .collect();
        push_args(&mut target, format_args!("({}) ", columns.join(", ")));
        if let Some(condition) = &on_conflict.index_where {
            let condition = compiler.expression_without_tables(condition)?;
            push_args(&mut target, format_args!("WHERE {condition} "));
        }
    }
    if on_conflict.set.is_empty() {
        return Ok(format!("ON CONFLICT {target}DO NOTHING"));
    }
    let assignments = compiler.assignments(&on_conflict.set, table, " = ")?;
    let mut sql = format!("ON CONFLICT {target}DO UPDATE SET {assignments}");
    if let Some(condition) = &on_conflict.where_ {
        sql.push_str(" WHERE ");
        sql.push_str(&compiler.expression(condition)?);
    }
    Ok(sql)
}

/// Writes an interval as a literal.
pub(super) fn interval_literal(interval: jiff::SignedDuration) -> String {
    // whole microseconds fit a float exactly up to some 285 years, and Python divides here too
    #[expect(clippy::cast_precision_loss, reason = "Python's total_seconds() loses the same digits")]
    let seconds = interval.as_micros() as f64 / 1_000_000.0;
    format!("make_interval(secs=>{})", float_repr(seconds))
}
