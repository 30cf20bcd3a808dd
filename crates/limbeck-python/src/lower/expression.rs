//! Expression objects to [`Expression`].

use std::sync::Arc;

use limbeck_sql::dialect::CompilerKind;
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{
    BindParameter, ColumnReference, ElementForm, ElementIndex, Expression, FunctionCall, InList, Select,
    TextClause,
};
use limbeck_sql::schema::Identifier;
use limbeck_sql::types::SqlType;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::custom::PythonElement;
use super::statement::values_clause;
use super::{identifier, opt_identifier, select, sql_type, value_for};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::ext::has_compiler;
use crate::modules::sqlalchemy::object::{get, get_some, is_a, is_list, items, own};
use crate::modules::sqlalchemy::sql::elements::{
    Bind, Form, Node, Place, clause_element, compared_type, element, is_clause, is_select, node, type_of,
};
use crate::modules::sqlalchemy::types::to_instance;

/// Lowers an expression object; a plain value becomes a parameter with that value.
///
/// # Errors
/// `ArgumentError` for what is neither.
pub fn expression(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Expression> {
    let obj = clause_element(obj, vm)?;
    if has_compiler(&obj, vm)? {
        let element = PythonElement::new(&obj, CompilerKind::Statement, vm);
        return Ok(Expression::Custom(Arc::new(element)));
    }
    plain_expression(&obj, vm)
}

/// Lowers an expression object as [`expression`] does, whatever user code has registered for its class.
pub(crate) fn plain_expression(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Expression> {
    let obj = clause_element(obj, vm)?;
    if let Some(node) = node(&obj) {
        return lower_node(&node, vm);
    }
    if is_a(&obj, "FunctionElement") {
        let element = PythonElement::new(&obj, CompilerKind::Statement, vm);
        return Ok(Expression::Custom(Arc::new(element)));
    }
    if is_a(&obj, "TableValuedColumn") {
        let type_ = sql_type(&*get(&obj, "type", vm)?, vm)?;
        return Ok(Expression::RowValue { name: identifier(&*get(&obj, "name", vm)?, vm)?, type_ });
    }
    if is_a(&obj, "ColumnClause") {
        return column_reference(&obj, vm).map(Expression::Column);
    }
    if is_select(&obj) {
        return select(&obj, vm).map(|select| Expression::ScalarSelect(Box::new(select)));
    }
    if is_a(&obj, "DefaultClause") {
        return expression(&*get(&obj, "arg", vm)?, vm);
    }
    if vm.is_none(&obj) {
        return Ok(Expression::Null);
    }
    Ok(Expression::Bind(BindParameter::literal(super::value(&obj, vm)?, None)))
}

fn boxed(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Box<Expression>> {
    expression(obj, vm).map(Box::new)
}

fn all(objects: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<Expression>> {
    objects.iter().map(|obj| expression(obj, vm)).collect()
}

fn opt_type(type_: Option<&PyObjectRef>, vm: &VirtualMachine) -> PyResult<Option<SqlType>> {
    type_.map(|type_| sql_type(type_, vm)).transpose()
}

fn lower_node(node: &Node, vm: &VirtualMachine) -> PyResult<Expression> {
    Ok(match node {
        Node::Text { text, binds } => Expression::Text(lower_text(text, binds, vm)?),
        Node::LiteralColumn { text, type_ } => {
            Expression::LiteralColumn { text: text.clone(), type_: opt_type(type_.as_ref(), vm)? }
        }
        Node::Bind(bind) => match bind_expression(bind, vm)? {
            Some(made) => expression(&made, vm)?,
            None => Expression::Bind(lower_bind(bind, vm)?),
        },
        Node::Null => Expression::Null,
        Node::True => Expression::True,
        Node::False => Expression::False,
        Node::Function { name, arguments, type_ } => Expression::Function(FunctionCall {
            name: name.clone(),
            arguments: all(arguments, vm)?,
            type_: opt_type(type_.as_ref(), vm)?,
        }),
        Node::Unary { operator, operand } => {
            Expression::Unary { operator: *operator, operand: boxed(operand, vm)? }
        }
        Node::Binary { left, operator, right, escape } => Expression::Binary {
            left: boxed(left, vm)?,
            operator: operator.clone(),
            right: boxed(right, vm)?,
            escape: escape.clone(),
        },
        Node::BooleanList { conjunction, clauses } => {
            Expression::BooleanList { conjunction: *conjunction, clauses: all(clauses, vm)? }
        }
        Node::Between { operand, low, high, negated } => Expression::Between {
            operand: boxed(operand, vm)?,
            low: boxed(low, vm)?,
            high: boxed(high, vm)?,
            negated: *negated,
        },
        Node::In { operand, list, negated } => Expression::In {
            list: in_list(operand, list, vm)?,
            operand: boxed(operand, vm)?,
            negated: *negated,
        },
        Node::Cast { operand, type_ } => {
            Expression::Cast { operand: boxed(operand, vm)?, type_: sql_type(type_, vm)? }
        }
        Node::TypeCoerce { operand, type_ } => {
            Expression::TypeCoerce { operand: boxed(operand, vm)?, type_: sql_type(type_, vm)? }
        }
        Node::Case { value, whens, else_ } => Expression::Case {
            value: value.as_ref().map(|value| boxed(value, vm)).transpose()?,
            whens: whens
                .iter()
                .map(|(when, then)| Ok((expression(when, vm)?, expression(then, vm)?)))
                .collect::<PyResult<_>>()?,
            else_: else_.as_ref().map(|value| boxed(value, vm)).transpose()?,
        },
        Node::Collate { operand, collation } => Expression::Collate {
            operand: boxed(operand, vm)?,
            collation: Identifier::new(collation.clone()),
        },
        Node::Label { name, operand } => {
            Expression::Label { name: identifier(name, vm)?, operand: boxed(operand, vm)? }
        }
        Node::Extract { field, operand } => {
            Expression::Extract { field: field.clone(), operand: boxed(operand, vm)? }
        }
        Node::Tuple(parts) => Expression::Tuple(all(parts, vm)?),
        Node::ScalarSelect(query) => Expression::ScalarSelect(lower_query(query, vm)?),
        Node::Exists(query) => Expression::Exists(lower_query(query, vm)?),
        Node::TryCast { operand, type_ } => {
            Expression::TryCast { operand: boxed(operand, vm)?, type_: sql_type(type_, vm)? }
        }
        Node::WithinGroup { function, order_by, inside } => Expression::WithinGroup {
            function: boxed(function, vm)?,
            order_by: all(order_by, vm)?,
            inside: *inside,
        },
        Node::Over { function, partition_by, order_by, frame } => Expression::Over {
            frame: frame.clone(),
            function: boxed(function, vm)?,
            partition_by: all(partition_by, vm)?,
            order_by: all(order_by, vm)?,
        },
        Node::Filter { function, condition } => {
            Expression::Filter { function: boxed(function, vm)?, condition: boxed(condition, vm)? }
        }
        Node::Element { operand, place, form } => Expression::Element {
            operand: boxed(operand, vm)?,
            index: match place {
                Place::Key(key) => ElementIndex::Key(boxed(key, vm)?),
                Place::Path(path) => ElementIndex::Path(
                    path.iter().map(|part| super::value(part, vm)).collect::<PyResult<_>>()?,
                ),
                Place::Slice(start, stop) => ElementIndex::Slice(boxed(start, vm)?, boxed(stop, vm)?),
            },
            form: match form {
                Form::Own => ElementForm::Own,
                Form::Text => ElementForm::Text,
                Form::Typed(type_) => ElementForm::Typed(sql_type(type_, vm)?),
            },
        },
        Node::Array { items, type_ } => {
            Expression::Array { items: all(items, vm)?, type_: opt_type(type_.as_ref(), vm)? }
        }
        Node::AggregateOrderBy { operand, order_by } => {
            Expression::AggregateOrderBy { operand: boxed(operand, vm)?, order_by: all(order_by, vm)? }
        }
        Node::ScalarValues(values) => Expression::ScalarValues(Box::new(values_clause(values, vm)?)),
        Node::RowField { function, name, type_ } => Expression::RowField {
            function: boxed(function, vm)?,
            name: identifier(name, vm)?,
            type_: opt_type(type_.as_ref(), vm)?.unwrap_or(SqlType::Null),
        },
        Node::NextValue(sequence) => Expression::NextValue {
            schema: opt_identifier(get_some(sequence, "schema", vm)?.as_deref(), vm)?,
            name: identifier(&*get(sequence, "name", vm)?, vm)?,
        },
    })
}

fn lower_query(query: &PyObject, vm: &VirtualMachine) -> PyResult<Box<Select>> {
    select(query, vm).map(Box::new)
}

/// Lowers `text(...)` to its own kind of value; `None` for another object.
pub(crate) fn text_clause(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<TextClause>> {
    match node(obj).as_deref() {
        Some(Node::Text { text, binds }) => lower_text(text, binds, vm).map(Some),
        _ => Ok(None),
    }
}

fn lower_text(text: &str, binds: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<TextClause> {
    let mut lowered = Vec::new();
    for bind in binds {
        if let Some(Node::Bind(bind)) = node(bind).as_deref() {
            lowered.push(lower_bind(bind, vm)?);
        }
    }
    Ok(TextClause { text: text.to_owned(), binds: lowered })
}

/// Gives what a type of user code makes of a parameter in SQL (`bind_expression`), such as a call of a function.
pub(crate) fn bind_expression(bind: &Bind, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let Some(type_) = bind.type_.as_ref().filter(|_| !bind.in_expression && !bind.literal_execute) else {
        return Ok(None);
    };
    if !is_a(type_, "ExternalType") {
        return Ok(None);
    }
    let Some(method) = vm.get_attribute_opt(type_.clone(), vm.ctx.intern_str("bind_expression"))? else {
        return Ok(None);
    };
    let bind = element(Node::Bind(Bind { in_expression: true, ..bind.clone() }), vm)?;
    let made = method.call((bind,), vm)?;
    Ok(Some(made).filter(|made| !vm.is_none(made)))
}

fn lower_bind(bind: &Bind, vm: &VirtualMachine) -> PyResult<BindParameter> {
    let type_ = bind.type_.as_ref().map(|type_| to_instance(type_, vm)).transpose()?;
    let value = match &bind.value {
        // The values of an expanding parameter stay a list.
        Some(value) if bind.expanding && is_list(value, vm) => {
            let values = items(value, vm)?;
            let values = values.iter().map(|value| value_for(value, type_.as_deref(), vm));
            Some(Value::Array(values.collect::<PyResult<_>>()?))
        }
        Some(value) => Some(value_for(value, type_.as_deref(), vm)?),
        None => None,
    };
    Ok(BindParameter {
        key: bind.key.clone(),
        value,
        type_: opt_type(type_.as_ref(), vm)?,
        unique: bind.unique,
        expanding: bind.expanding,
        literal_execute: bind.literal_execute,
    })
}

fn in_list(operand: &PyObject, list: &PyObject, vm: &VirtualMachine) -> PyResult<InList> {
    if is_select(list) {
        return select(list, vm).map(|select| InList::Select(Box::new(select)));
    }
    if is_a(list, "AliasedReturnsRows") {
        return in_list(operand, &*get(list, "element", vm)?, vm);
    }
    if is_a(list, "Values") {
        return values_clause(list, vm).map(|rows| InList::Rows(Box::new(rows)));
    }
    if let Some(node) = node(list) {
        return match &*node {
            Node::Bind(bind) => Ok(InList::Parameter(lower_bind(bind, vm)?)),
            Node::ScalarSelect(query) => select(query, vm).map(|select| InList::Select(Box::new(select))),
            Node::ScalarValues(values) => values_clause(values, vm).map(|rows| InList::Rows(Box::new(rows))),
            _ => Ok(InList::Expressions(vec![expression(list, vm)?])),
        };
    }
    let values = items(list, vm)?;
    let has_expressions = values.iter().any(|value| is_clause(value, vm));
    let tuples = values.iter().any(|value| is_list(value, vm));
    if tuples {
        let rows = values.iter().map(|row| {
            items(row, vm)?
                .iter()
                .map(|value| expression(value, vm))
                .collect::<PyResult<_>>()
                .map(Expression::Tuple)
        });
        return Ok(InList::Expressions(rows.collect::<PyResult<_>>()?));
    }
    let type_ = match values.iter().find(|value| !is_clause(value, vm)) {
        Some(first) => compared_type(type_of(operand, vm)?, first, vm)?,
        None => type_of(operand, vm)?,
    };
    if has_expressions {
        let lowered = values.iter().map(|value| {
            if is_clause(value, vm) {
                expression(value, vm)
            } else {
                let type_sql = opt_type(type_.as_ref(), vm)?;
                Ok(Expression::Bind(BindParameter::literal(
                    value_for(value, type_.as_deref(), vm)?,
                    type_sql,
                )))
            }
        });
        return Ok(InList::Expressions(lowered.collect::<PyResult<_>>()?));
    }
    let bind_of = |value: &PyObjectRef| Bind {
        value: Some(value.clone()),
        type_: type_.clone(),
        unique: true,
        ..Bind::default()
    };
    if let Some(first) = values.first()
        && bind_expression(&bind_of(first), vm)?.is_some()
    {
        let made = values.iter().map(|value| lower_node(&Node::Bind(bind_of(value)), vm));
        return Ok(InList::Expressions(made.collect::<PyResult<_>>()?));
    }
    let lowered =
        values.iter().map(|value| value_for(value, type_.as_deref(), vm)).collect::<PyResult<_>>()?;
    Ok(InList::Values(lowered, opt_type(type_.as_ref(), vm)?))
}

fn column_reference(obj: &PyObject, vm: &VirtualMachine) -> PyResult<ColumnReference> {
    let Some(name) = get_some(obj, "name", vm)? else {
        return Err(exc::error(
            "CompileError",
            "Cannot compile Column object until its 'name' is assigned.",
            vm,
        ));
    };
    let type_ = match own(obj, "type", vm) {
        Some(type_) => sql_type(&type_, vm)?,
        None => SqlType::Null,
    };
    let (schema, table) = match own(obj, "table", vm) {
        Some(table) => {
            let schema = if is_a(&table, "TableClause") { get_some(&table, "schema", vm)? } else { None };
            (
                opt_identifier(schema.as_deref(), vm)?,
                opt_identifier(get_some(&table, "name", vm)?.as_deref(), vm)?,
            )
        }
        None => (None, None),
    };
    Ok(ColumnReference { schema, table, name: identifier(&name, vm)?, type_ })
}
