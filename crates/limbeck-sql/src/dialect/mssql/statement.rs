//! The statements of SQL Server: TOP, rows by their numbers, functions and operators under its own names.

use crate::dialect::statement::json::{self, JsonElement};
use crate::dialect::{Dialect, SelectContext, StatementCompiler};
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, BindParameter, ElementForm, ElementIndex, Expression, Fetch, FromClause, FunctionCall,
    Select, Subquery, TableClause,
};
use crate::schema::Identifier;
use crate::types::Affinity;

/// The column that numbers the rows of a query that skips some of them.
const ROW_NUMBER: &str = "mssql_rn";

/// Tells whether TOP can say how many rows a query gives: a plain number, and no row is skipped. A FETCH without words
/// of its own is written by numbers, as the reference does.
pub(super) fn has_top(query: &Select) -> bool {
    let count = match &query.fetch {
        Some(fetch) => Some(&fetch.count).filter(|_| needs_top(fetch)),
        None => query.limit.as_ref(),
    };
    query.compound.is_none()
        && query.offset.is_none()
        && matches!(count, Some(Expression::Bind(bind)) if bind.value.is_some())
}

/// Tells whether a FETCH asks for what only TOP has.
fn needs_top(fetch: &Fetch) -> bool {
    fetch.percent || fetch.with_ties
}

/// Writes TOP, with a space behind it.
pub(super) fn top_sql(query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    if !has_top(query) {
        return Ok(String::new());
    }
    let (count, percent, ties) = match (&query.fetch, &query.limit) {
        (Some(fetch), _) => (
            &fetch.count,
            if fetch.percent { "PERCENT " } else { "" },
            if fetch.with_ties { "WITH TIES " } else { "" },
        ),
        (None, Some(limit)) => (limit, "", ""),
        (None, None) => return Ok(String::new()),
    };
    Ok(format!("TOP {} {percent}{ties}", compiler.inline_value(count)?))
}

/// Writes a query that skips rows as one over numbered rows.
pub(super) fn numbered_select(
    query: &Select,
    context: SelectContext,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let is_limited = query.limit.is_some() || query.offset.is_some() || query.fetch.is_some();
    if !is_limited || query.compound.is_some() || has_top(query) {
        return None;
    }
    if query.fetch.as_ref().is_some_and(needs_top) {
        return Some(Err(Error::Compile(
            "MSSQL needs TOP to use PERCENT and/or WITH TIES. Only simple fetch without offset can be used."
                .to_owned(),
        )));
    }
    if query.order_by.is_empty() {
        return Some(Err(Error::Compile(
            "MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause".to_owned(),
        )));
    }
    let numbered = numbered(query, compiler);
    Some(compiler.select(&numbered, context))
}

/// Gives the query over the numbered rows of another.
fn numbered(query: &Select, compiler: &mut StatementCompiler<'_>) -> Select {
    let alias = Identifier::new(compiler.anonymous_name("anon"));
    let outer = TableClause::new(None, alias.clone());
    let mut columns = Vec::with_capacity(query.columns.len());
    let mut inner = Vec::with_capacity(query.columns.len() + 1);
    for column in &query.columns {
        let (name, column) = match column {
            Expression::Label { name, .. } => (name.clone(), column.clone()),
            Expression::Column(reference) => (reference.name.clone(), column.clone()),
            other => {
                let name = Identifier::new(compiler.anonymous_name("anon"));
                (name.clone(), Expression::Label { name, operand: Box::new(other.clone()) })
            }
        };
        columns.push(outer.column(name.as_str()));
        inner.push(column);
    }
    inner.push(Expression::Label {
        name: Identifier::new(ROW_NUMBER),
        operand: Box::new(Expression::Over {
            function: Box::new(Expression::function("ROW_NUMBER", Vec::new())),
            partition_by: Vec::new(),
            order_by: query.order_by.clone(),
            frame: None,
        }),
    });
    let select = Select {
        columns: inner,
        order_by: Vec::new(),
        limit: None,
        offset: None,
        fetch: None,
        for_update: None,
        ..query.clone()
    };
    Select {
        columns,
        from: vec![FromClause::Subquery(Box::new(Subquery { select, alias: Some(alias), lateral: false }))],
        where_: bounds(query, compiler),
        ..Select::default()
    }
}

/// Gives the conditions on the numbers of the rows that a query gives.
fn bounds(query: &Select, compiler: &StatementCompiler<'_>) -> Vec<Expression> {
    // the offset stands there twice, as one parameter
    let named = |value: Option<&Expression>| {
        value.map(|value| match value {
            Expression::Bind(bind) if bind.key.is_none() => {
                let key = Some(compiler.anonymous_name("param"));
                Expression::Bind(BindParameter { key, unique: false, ..bind.clone() })
            }
            other => other.clone(),
        })
    };
    let offset = named(query.offset.as_ref());
    let limit = named(query.fetch.as_ref().map(|fetch| &fetch.count).or(query.limit.as_ref()));
    let compared = |operator, right: &Expression| Expression::Binary {
        left: Box::new(Expression::column(ROW_NUMBER)),
        operator,
        right: Box::new(right.clone()),
        escape: None,
    };
    let mut bounds = Vec::new();
    if let Some(offset) = &offset {
        bounds.push(compared(BinaryOperator::Greater, offset));
    }
    if let Some(limit) = &limit {
        let last = match &offset {
            Some(offset) => Expression::Binary {
                left: Box::new(limit.clone()),
                operator: BinaryOperator::Add,
                right: Box::new(offset.clone()),
                escape: None,
            },
            None => limit.clone(),
        };
        bounds.push(compared(BinaryOperator::LessOrEqual, &last));
    }
    bounds
}

/// Writes a function that SQL Server calls otherwise.
pub(super) fn function_sql(
    function: &FunctionCall,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let name = function.name.last()?.to_lowercase();
    let called = match (name.as_str(), function.arguments.is_empty()) {
        ("now", _) => return Some(Ok("CURRENT_TIMESTAMP".to_owned())),
        ("current_date", _) => return Some(Ok("GETDATE()".to_owned())),
        ("char_length" | "length", _) => "LEN",
        ("aggregate_strings", _) => "string_agg",
        ("pow", _) => "POWER",
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

/// Writes an operator that SQL Server has in another form.
pub(super) fn binary_sql(
    left: &Expression,
    operator: &BinaryOperator,
    right: &Expression,
    compiler: &mut StatementCompiler<'_>,
) -> Option<Result<String>> {
    let form: fn(&str, &str) -> String = match operator {
        BinaryOperator::Divide => |left, right| format!("{left} / ({right} + 0.0)"),
        BinaryOperator::IsDistinctFrom => {
            |left, right| format!("NOT EXISTS (SELECT {left} INTERSECT SELECT {right})")
        }
        BinaryOperator::IsNotDistinctFrom => {
            |left, right| format!("EXISTS (SELECT {left} INTERSECT SELECT {right})")
        }
        BinaryOperator::RegexpMatch | BinaryOperator::NotRegexpMatch => {
            return Some(Err(Error::Compile(
                "mssql dialect does not support regular expressions".to_owned(),
            )));
        }
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

/// Writes DATEPART, which has other names for some fields.
pub(super) fn extract_sql(
    field: &str,
    operand: &Expression,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let part = match field {
        "doy" => "dayofyear",
        "dow" => "weekday",
        "milliseconds" => "millisecond",
        "microseconds" => "microsecond",
        other => other,
    };
    Ok(format!("DATEPART({part}, {})", compiler.expression(operand)?))
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
    let value = format!("JSON_VALUE({subject}, {path})");
    let (whens, result) = match type_.affinity() {
        Affinity::String => ("", value.clone()),
        Affinity::Boolean => (" WHEN 'true' THEN 1 WHEN 'false' THEN 0", format!("CAST({value} AS BIT)")),
        _ => ("", format!("CAST({value} AS {})", dialect.type_sql(type_)?)),
    };
    Ok(format!("CASE {value} WHEN NULL THEN NULL{whens} ELSE {result} END"))
}
