//! The statements of Oracle: functions that stand for operators, FETCH FIRST, RETURNING INTO.

use crate::dialect::statement::json::{self, JsonElement};
use crate::dialect::{Dialect, StatementCompiler, push_args};
use crate::error::Result;
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, Fetch, ForUpdate, FunctionCall, LockTarget, Select,
};
use crate::types::Affinity;

/// Writes a function that Oracle calls otherwise.
pub(super) fn function_sql(
    function: &FunctionCall,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let called = match function.name.last()?.to_lowercase().as_str() {
        "now" => return Some(Ok("CURRENT_TIMESTAMP".to_owned())),
        "char_length" => "LENGTH",
        "pow" => "POWER",
        "aggregate_strings" => "LISTAGG",
        _ => return None,
    };
    let arguments = if called == "POWER" {
        // as placeholders, under `literal_binds` too, as in the reference
        compiler.with_placeholders(|compiler| compiler.function_arguments(function))
    } else {
        compiler.function_arguments(function)
    };
    Some(arguments.map(|arguments| format!("{called}({arguments})")))
}

/// Writes an operator that Oracle has in another form, mostly as a function.
pub(super) fn binary_sql(
    left: &Expression,
    operator: &BinaryOperator,
    right: &Expression,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let form: fn(&str, &str) -> String = match operator {
        BinaryOperator::Modulo => |left, right| format!("mod({left}, {right})"),
        BinaryOperator::BitwiseAnd => |left, right| format!("BITAND({left}, {right})"),
        BinaryOperator::BitwiseOr => |left, right| format!("BITOR({left}, {right})"),
        BinaryOperator::BitwiseXor => |left, right| format!("BITXOR({left}, {right})"),
        BinaryOperator::Divide => |left, right| format!("{left} / {right}"),
        BinaryOperator::FloorDivide => |left, right| format!("FLOOR({left} / {right})"),
        BinaryOperator::IsDistinctFrom => |left, right| format!("DECODE({left}, {right}, 0, 1) = 1"),
        BinaryOperator::IsNotDistinctFrom => |left, right| format!("DECODE({left}, {right}, 0, 1) = 0"),
        BinaryOperator::RegexpMatch => |left, right| format!("REGEXP_LIKE({left}, {right})"),
        BinaryOperator::NotRegexpMatch => |left, right| format!("NOT REGEXP_LIKE({left}, {right})"),
        _ => return None,
    };
    let distinguishes =
        matches!(operator, BinaryOperator::IsDistinctFrom | BinaryOperator::IsNotDistinctFrom);
    let operands = if distinguishes {
        // the reference writes a value in there as a placeholder, under `literal_binds` too
        compiler.with_placeholders(|compiler| compiler.operands(left, operator, right))
    } else {
        compiler.operands(left, operator, right)
    };
    Some(operands.map(|(left, right)| form(&left, &right)))
}

/// Writes OFFSET and FETCH FIRST.
pub(super) fn limit_sql(query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    let mut sql = String::new();
    if let Some(offset) = &query.offset {
        push_args(&mut sql, format_args!("\n OFFSET {} ROWS", compiler.inline_value(offset)?));
    }
    if let Some(limit) = &query.limit {
        push_args(&mut sql, format_args!("\n FETCH FIRST {} ROWS ONLY", compiler.inline_value(limit)?));
    }
    Ok(sql)
}

/// Writes OFFSET and FETCH FIRST with the words of `fetch()`.
pub(super) fn fetch_sql(
    query: &Select,
    fetch: &Fetch,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let sql = crate::dialect::statement::fetch_sql(query, fetch, compiler, &mut |compiler, value| {
        compiler.inline_value(value)
    })?;
    Ok(if fetch.approximate { sql.replacen("FETCH FIRST", "FETCH APPROX FIRST", 1) } else { sql })
}

/// Writes RETURNING with a variable of the caller for each column.
pub(super) fn returning_sql(columns: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
    let unlabelled: Result<Vec<String>> = columns
        .iter()
        .map(|column| match column {
            Expression::Label { operand, .. } => compiler.expression(operand),
            column => compiler.expression(column),
        })
        .collect();
    let variables: Result<Vec<String>> =
        (0..columns.len()).map(|number| compiler.output_parameter(&format!("ret_{number}"))).collect();
    Ok(format!(" RETURNING {} INTO {}", unlabelled?.join(", "), variables?.join(", ")))
}

/// Writes FOR UPDATE; only columns can be named.
pub(super) fn for_update(lock: &ForUpdate, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    let mut sql = " FOR UPDATE".to_owned();
    if !lock.of.is_empty() {
        let names: Result<Vec<String>> = lock
            .of
            .iter()
            .map(|target| match target {
                LockTarget::Column(column) => compiler.expression(&Expression::Column(column.clone())),
                LockTarget::Table(_) => Ok(String::new()),
            })
            .collect();
        push_args(&mut sql, format_args!(" OF {}", names?.join(", ")));
    }
    sql.push_str(lock.wait_words());
    Ok(sql)
}

/// Writes an element of a JSON document: JSON by `JSON_QUERY`, a value of a type by `JSON_VALUE`.
pub(super) fn element_sql(
    dialect: &dyn Dialect,
    operand: &Expression,
    index: &ElementIndex,
    form: &ElementForm,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let (subject, path, type_) = match json::query_or_value(dialect, operand, index, form, compiler)? {
        JsonElement::Document(sql) => return Ok(sql),
        JsonElement::Value { subject, path, type_ } => (subject, path, type_),
    };
    let returned = match type_.affinity() {
        Affinity::Boolean => {
            let value = format!("JSON_VALUE({subject}, {path})");
            return Ok(format!(
                "CASE {value} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST({value} AS NUMBER(1)) END"
            ));
        }
        Affinity::String => "VARCHAR2(4000)".to_owned(),
        Affinity::Float => "FLOAT".to_owned(),
        // what casts call NUMERIC has its own name here
        _ => dialect.type_sql(type_)?.replacen("NUMERIC", "NUMBER", 1),
    };
    Ok(format!("JSON_VALUE({subject}, {path} RETURNING {returned} ERROR ON ERROR)"))
}
