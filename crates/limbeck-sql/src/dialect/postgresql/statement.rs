//! PostgreSQL's statements: operators, elements of JSON and arrays, LIMIT, ON CONFLICT.

use crate::dialect::statement::lock_targets;
use crate::dialect::{Dialect, StatementCompiler, push_args};
use crate::engine::{Value, float_repr};
use crate::error::Result;
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, ForUpdate, FunctionCall, OnConflict, Select,
    TableClause,
};
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
    let type_ = operand.result_type();
    let is_path = matches!(index, ElementIndex::Path(_));
    let is_text = !matches!(form, ElementForm::Own);
    // only JSONB, arrays and HSTORE have subscripts
    let is_json = type_.affinity() == Affinity::Json;
    let has_subscripts = !is_json || is_class(&type_, "JSONB");
    if has_subscripts && !is_path && !is_text {
        return subscript(operand, index, is_json, compiler);
    }
    let sign = match (is_path, is_text) {
        (false, false) => "->",
        (false, true) => "->>",
        (true, false) => "#>",
        (true, true) => "#>>",
    };
    let within = compiler.is_within_operator();
    let sql = compiler.within_operator(|compiler| {
        let subject = match operand {
            Expression::Element { form: ElementForm::Own, .. } if matches!(form, ElementForm::Text) => {
                format!("({})", compiler.expression(operand)?)
            }
            Expression::Element { .. } => compiler.expression(operand)?,
            _ => compiler.element_operand(operand)?,
        };
        let index = index_sql(dialect, operand, index, compiler)?;
        Ok(format!("{subject} {sign} {index}"))
    })?;
    let sql = if within { format!("({sql})") } else { sql };
    Ok(match form {
        ElementForm::Typed(type_) => format!("CAST({sql} AS {})", dialect.type_sql(type_)?),
        ElementForm::Own | ElementForm::Text => sql,
    })
}

/// Writes `subject[index]`.
fn subscript(
    operand: &Expression,
    index: &ElementIndex,
    is_json: bool,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let subject = match operand {
        Expression::Element { .. } => compiler.expression(operand)?,
        Expression::Function(_) | Expression::Array { .. } => format!("({})", compiler.expression(operand)?),
        Expression::Cast { .. } if is_json => format!("({})", compiler.expression(operand)?),
        _ => compiler.element_operand(operand)?,
    };
    Ok(match index {
        ElementIndex::Slice(start, stop) => {
            format!("{subject}[{}:{}]", compiler.expression(start)?, compiler.expression(stop)?)
        }
        ElementIndex::Key(key) => {
            let cast = if is_json { key_cast(key) } else { None };
            format!("{subject}[{}]", key_sql(operand, key, cast, compiler)?)
        }
        ElementIndex::Path(_) => subject,
    })
}

/// Writes a key or a path of a JSON document.
fn index_sql(
    dialect: &dyn Dialect,
    operand: &Expression,
    index: &ElementIndex,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    match index {
        ElementIndex::Key(key) => key_sql(operand, key, key_cast(key), compiler),
        ElementIndex::Slice(start, _) => compiler.expression(start),
        ElementIndex::Path(path) => {
            let parts: Vec<String> = path.iter().map(path_part).collect();
            dialect.literal(&Value::Text(format!("{{{}}}", parts.join(", "))), &SqlType::string(None))
        }
    }
}

/// Gives the type that a key is cast to, which tells the server a name from a position.
fn key_cast(key: &Expression) -> Option<&'static str> {
    match key {
        Expression::Bind(bind) => match &bind.value {
            Some(Value::Text(_)) => Some("TEXT"),
            Some(Value::Int(_)) => Some("INT"),
            _ => None,
        },
        _ => None,
    }
}

fn key_sql(
    operand: &Expression,
    key: &Expression,
    cast: Option<&str>,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let Expression::Bind(bind) = key else { return compiler.expression(key) };
    let sql = compiler.parameter_beside(bind, operand)?;
    // a placeholder has its cast already; a literal has none
    Ok(match (cast, sql.strip_suffix("::VARCHAR").or_else(|| sql.strip_suffix("::INTEGER"))) {
        (Some(cast), Some(placeholder)) => format!("{placeholder}::{cast}"),
        _ => sql,
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
        let elements = compiler.conflict_target(&on_conflict.index_elements)?;
        push_args(&mut target, format_args!("({elements}) "));
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

/// Writes DISTINCT, or DISTINCT ON when expressions are given.
pub(super) fn distinct(on: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
    if on.is_empty() {
        return Ok("DISTINCT ".to_owned());
    }
    let on: Result<Vec<String>> = on.iter().map(|expression| compiler.expression(expression)).collect();
    Ok(format!("DISTINCT ON ({}) ", on?.join(", ")))
}

/// Writes FOR UPDATE and its kin.
pub(super) fn for_update(lock: &ForUpdate, compiler: &StatementCompiler<'_>) -> String {
    let words = match (lock.read, lock.key_share) {
        (true, true) => "KEY SHARE",
        (true, false) => "SHARE",
        (false, true) => "NO KEY UPDATE",
        (false, false) => "UPDATE",
    };
    let of = lock_targets(compiler, lock);
    format!(" FOR {words}{of}{}", lock.wait_words())
}
