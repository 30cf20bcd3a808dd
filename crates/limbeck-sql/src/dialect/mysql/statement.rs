//! Functions, operators and clauses that MySQL writes in its own way.

use crate::dialect::StatementCompiler;
use crate::error::Result;
use crate::expression::{
    BinaryOperator, BindParameter, Expression, FunctionCall, OnConflict, Select, TableClause,
};
use crate::schema::Identifier;
use crate::types::SqlType;

/// Stands for "no limit": MySQL has no OFFSET without a LIMIT.
const NO_LIMIT: &str = "18446744073709551615";

pub(super) fn function_sql(
    function: &FunctionCall,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let arguments = match function.name.last()?.to_lowercase().as_str() {
        "sysdate" => return Some(Ok("SYSDATE()".to_owned())),
        name @ ("random" | "rollup" | "aggregate_strings") => {
            compiler.function_argument_list(function).map(|arguments| (name.to_owned(), arguments))
        }
        _ => return None,
    };
    Some(arguments.map(|(name, arguments)| match (name.as_str(), arguments.as_slice()) {
        ("random", arguments) => format!("rand({})", arguments.join(", ")),
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
        BinaryOperator::IsDistinctFrom => |left, right| format!("NOT ({left} <=> {right})"),
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
        (None, Some(limit)) => format!("\n LIMIT {limit}"),
        (Some(offset), Some(limit)) => format!("\n LIMIT {offset}, {limit}"),
        (Some(offset), None) => format!("\n LIMIT {offset}, {NO_LIMIT}"),
        (None, None) => String::new(),
    })
}

/// Writes ON DUPLICATE KEY UPDATE, in the order of the assignments.
///
/// The reference leaves parameters in there as placeholders, under `literal_binds` too.
pub(super) fn on_duplicate_key_sql(
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
    let assignments = compiler.with_row_form("inserted", |name| format!("VALUES({name})"), write)?;
    Ok(format!("ON DUPLICATE KEY UPDATE {assignments}"))
}
