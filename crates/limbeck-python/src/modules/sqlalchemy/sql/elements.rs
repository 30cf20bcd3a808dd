//! Expression objects: what each of them is made of.

use limbeck_sql::expression::{BinaryOperator, UnaryOperator, WindowFrame};
use rustpython_vm::builtins::PyType;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::select::SelectState;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, class_name, get_some, instance_with, is_a, own, repr, state, text_of,
};
use crate::modules::sqlalchemy::types::{new_type, null_type};

/// What an expression object is; children are Python objects, lowered when they are needed.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// `text(...)`, with the parameters that `bindparams` gave.
    Text { text: String, binds: Vec<PyObjectRef> },
    /// `literal_column(...)`
    LiteralColumn { text: String, type_: Option<PyObjectRef> },
    /// `bindparam(...)` and literals.
    Bind(Bind),
    /// `null()`
    Null,
    /// `true()`
    True,
    /// `false()`
    False,
    /// `func.name(...)`
    Function { name: Vec<String>, arguments: Vec<PyObjectRef>, type_: Option<PyObjectRef> },
    /// A prefix or postfix operator.
    Unary { operator: UnaryOperator, operand: PyObjectRef },
    /// An infix operator.
    Binary { left: PyObjectRef, operator: BinaryOperator, right: PyObjectRef, escape: Option<String> },
    /// `and_` and `or_`
    BooleanList { conjunction: bool, clauses: Vec<PyObjectRef> },
    /// `between`
    Between { operand: PyObjectRef, low: PyObjectRef, high: PyObjectRef, negated: bool },
    /// `in_`; `list` is a list object, a query, or an expanding parameter.
    In { operand: PyObjectRef, list: PyObjectRef, negated: bool },
    /// `cast`
    Cast { operand: PyObjectRef, type_: PyObjectRef },
    /// `type_coerce`
    TypeCoerce { operand: PyObjectRef, type_: PyObjectRef },
    /// `case`
    Case { value: Option<PyObjectRef>, whens: Vec<(PyObjectRef, PyObjectRef)>, else_: Option<PyObjectRef> },
    /// `collate`
    Collate { operand: PyObjectRef, collation: String },
    /// `label`
    Label { name: PyObjectRef, operand: PyObjectRef },
    /// `extract`
    Extract { field: String, operand: PyObjectRef },
    /// `tuple_`
    Tuple(Vec<PyObjectRef>),
    /// `select(...).scalar_subquery()`
    ScalarSelect(PyObjectRef),
    /// `exists(...)`
    Exists(PyObjectRef),
    /// `over`
    Over {
        function: PyObjectRef,
        partition_by: Vec<PyObjectRef>,
        order_by: Vec<PyObjectRef>,
        frame: Option<Box<WindowFrame>>,
    },
    /// `within_group`, and `aggregate_order_by` of a function
    WithinGroup { function: PyObjectRef, order_by: Vec<PyObjectRef>, inside: bool },
    /// `try_cast`
    TryCast { operand: PyObjectRef, type_: PyObjectRef },
    /// `filter` of a function.
    Filter { function: PyObjectRef, condition: PyObjectRef },
    /// `values(...).scalar_values()`
    ScalarValues(PyObjectRef),
    /// `function.scalar_table_valued(name, type)`
    RowField { function: PyObjectRef, name: PyObjectRef, type_: Option<PyObjectRef> },
    /// `sequence.next_value()`
    NextValue(PyObjectRef),
    /// `column["key"]`
    Element { operand: PyObjectRef, place: Place, form: Form },
    /// PostgreSQL's `array([...])`
    Array { items: Vec<PyObjectRef>, type_: Option<PyObjectRef> },
    /// PostgreSQL's `aggregate_order_by(...)`
    AggregateOrderBy { operand: PyObjectRef, order_by: Vec<PyObjectRef> },
}

/// Which element of a JSON document or an array is meant.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A key or a position.
    Key(PyObjectRef),
    /// A path of plain keys and positions.
    Path(Vec<PyObjectRef>),
    /// From and to.
    Slice(PyObjectRef, PyObjectRef),
}

/// As what an element is taken.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// As what it is.
    Own,
    /// As text.
    Text,
    /// As a value of a type.
    Typed(PyObjectRef),
}

/// A parameter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bind {
    pub key: Option<String>,
    pub value: Option<PyObjectRef>,
    pub type_: Option<PyObjectRef>,
    pub unique: bool,
    pub expanding: bool,
    pub literal_execute: bool,
    /// Whether the parameter stands in what its type's `bind_expression` makes of it.
    pub in_expression: bool,
}

impl Node {
    /// Gives the key of the class whose instances are such nodes.
    fn class_key(&self) -> &'static str {
        match self {
            Self::Text { .. } => "TextClause",
            Self::LiteralColumn { .. } => "ColumnClause",
            Self::Bind(_) => "BindParameter",
            Self::Null => "Null",
            Self::True => "True_",
            Self::False => "False_",
            Self::Function { .. } | Self::NextValue(_) => "Function",
            Self::Unary { .. } => "UnaryExpression",
            Self::Binary { .. } | Self::In { .. } | Self::Between { .. } | Self::Element { .. } => {
                "BinaryExpression"
            }
            Self::BooleanList { .. } => "BooleanClauseList",
            Self::Cast { .. } => "Cast",
            Self::TypeCoerce { .. } => "TypeCoerce",
            Self::Case { .. } => "Case",
            Self::Collate { .. } => "CollationClause",
            Self::Label { .. } => "Label",
            Self::Extract { .. } => "Extract",
            Self::Tuple(_) => "Tuple",
            Self::ScalarSelect(_) => "ScalarSelect",
            Self::Exists(_) => "Exists",
            Self::ScalarValues(_) => "ScalarValues",
            Self::RowField { .. } => "ScalarFunctionColumn",
            Self::Over { .. } => "Over",
            Self::WithinGroup { inside: false, .. } => "WithinGroup",
            Self::WithinGroup { inside: true, .. } => "AggregateOrderBy",
            Self::TryCast { .. } => "TryCast",
            Self::Filter { .. } => "FunctionFilter",
            Self::Array { .. } => "array",
            Self::AggregateOrderBy { .. } => "aggregate_order_by",
        }
    }

    /// Gives the expression objects inside.
    pub(crate) fn children(&self) -> Vec<PyObjectRef> {
        match self {
            Self::Text { .. }
            | Self::LiteralColumn { .. }
            | Self::Bind(_)
            | Self::Null
            | Self::True
            | Self::False
            | Self::ScalarSelect(_)
            | Self::Exists(_)
            | Self::ScalarValues(_)
            | Self::RowField { .. }
            | Self::NextValue(_) => Vec::new(),
            Self::Function { arguments, .. } => arguments.clone(),
            Self::Unary { operand, .. }
            | Self::Cast { operand, .. }
            | Self::TryCast { operand, .. }
            | Self::TypeCoerce { operand, .. }
            | Self::Collate { operand, .. }
            | Self::Label { operand, .. }
            | Self::Extract { operand, .. }
            | Self::In { operand, .. } => vec![operand.clone()],
            Self::Binary { left, right, .. } => vec![left.clone(), right.clone()],
            Self::BooleanList { clauses, .. } | Self::Tuple(clauses) => clauses.clone(),
            Self::Between { operand, low, high, .. } => vec![operand.clone(), low.clone(), high.clone()],
            Self::Case { value, whens, else_ } => value
                .iter()
                .cloned()
                .chain(whens.iter().flat_map(|(when, then)| [when.clone(), then.clone()]))
                .chain(else_.iter().cloned())
                .collect(),
            Self::WithinGroup { function, order_by, .. } => {
                let mut all = vec![function.clone()];
                all.extend(order_by.iter().cloned());
                all
            }
            Self::Over { function, partition_by, order_by, .. } => {
                let mut all = vec![function.clone()];
                all.extend(partition_by.iter().chain(order_by).cloned());
                all
            }
            Self::Element { operand, place, .. } => {
                let mut all = vec![operand.clone()];
                match place {
                    Place::Key(key) => all.push(key.clone()),
                    Place::Slice(start, stop) => all.extend([start.clone(), stop.clone()]),
                    Place::Path(_) => {}
                }
                all
            }
            Self::Array { items, .. } => items.clone(),
            Self::AggregateOrderBy { operand, order_by } => {
                let mut all = vec![operand.clone()];
                all.extend(order_by.iter().cloned());
                all
            }
            Self::Filter { function, condition } => vec![function.clone(), condition.clone()],
        }
    }
}

/// Makes the expression object for a node.
pub(crate) fn element(node: Node, vm: &VirtualMachine) -> PyResult {
    let key = node.class_key();
    let literal = matches!(&node, Node::LiteralColumn { .. });
    let name = match &node {
        Node::Label { name, .. } | Node::RowField { name, .. } => Some(name.clone()),
        Node::LiteralColumn { text, .. } => Some(object::new_text(text, vm)),
        Node::Function { name, .. } => name.last().map(|name| object::new_text(name, vm)),
        _ => None,
    };
    let obj = instance_with(key, node, vm)?;
    if let Some(name) = name {
        object::set(&obj, "name", name.clone(), vm)?;
        if literal {
            object::set(&obj, "key", name, vm)?;
            object::set(&obj, "table", vm.ctx.none(), vm)?;
            object::set(&obj, "is_literal", object::new_bool(true, vm), vm)?;
        }
    }
    Ok(obj)
}

/// Gives the node of an expression object.
pub(crate) fn node(obj: &PyObject) -> Option<std::sync::Arc<Node>> {
    state::<Node>(obj)
}

/// Gives the expression that an object stands for: itself, or what `__clause_element__` says.
pub(crate) fn clause_element(obj: &PyObject, vm: &VirtualMachine) -> PyResult {
    let mut obj = obj.to_owned();
    // An attribute of a mapped class may take two steps to its column.
    for _ in 0..4 {
        if is_a(&obj, "ClauseElement") || obj.downcast_ref::<PyType>().is_some() {
            break;
        }
        let Some(method) = object::get_opt(&obj, "__clause_element__", vm)? else {
            break;
        };
        obj = method.call((), vm)?;
    }
    Ok(obj)
}

/// Tells whether an object is an expression, a query, or stands for one.
pub(crate) fn is_clause(obj: &PyObject, vm: &VirtualMachine) -> bool {
    is_a(obj, "ClauseElement")
        || (obj.downcast_ref::<PyType>().is_none()
            && object::get_opt(obj, "__clause_element__", vm).is_ok_and(|found| found.is_some()))
}

/// Tells whether an object is a query.
pub(crate) fn is_select(obj: &PyObject) -> bool {
    state::<SelectState>(obj).is_some()
}

/// Makes a nameless parameter for a value, of the type of what it meets.
pub(crate) fn literal(value: &PyObject, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let bind = Bind { value: Some(value.to_owned()), type_, unique: true, ..Bind::default() };
    element(Node::Bind(bind), vm)
}

/// Turns an operand into an expression: an expression stays, `None` is NULL, another value becomes a parameter.
pub(crate) fn coerce(value: &PyObject, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let value = clause_element(value, vm)?;
    if is_select(&value) {
        return element(Node::ScalarSelect(value), vm);
    }
    if is_a(&value, "ClauseElement") {
        return Ok(value);
    }
    if vm.is_none(&value) {
        return element(Node::Null, vm);
    }
    if value.downcast_ref::<PyType>().is_some() || is_a(&value, "SchemaItem") {
        let shown = repr(&value, vm)?;
        return Err(exc::argument(
            format!("SQL expression element or literal value expected, got {shown}."),
            vm,
        ));
    }
    literal(&value, type_, vm)
}

/// Turns an argument of `and_`, `where` and their kin into an expression.
pub(crate) fn coerce_condition(value: &PyObject, vm: &VirtualMachine) -> PyResult {
    if value.class().is(vm.ctx.types.bool_type) {
        let node = if value.to_owned().try_to_bool(vm)? { Node::True } else { Node::False };
        return element(node, vm);
    }
    let value = clause_element(value, vm)?;
    if text_of(&value).is_some() {
        return Err(textual("SQL expression", &value, vm));
    }
    if !is_a(&value, "ClauseElement") && !vm.is_none(&value) {
        let shown = repr(&value, vm)?;
        return Err(exc::argument(
            format!("SQL expression for WHERE/HAVING role expected, got {shown}."),
            vm,
        ));
    }
    coerce(&value, None, vm)
}

/// The error for a plain string where SQL must be marked as such.
pub(crate) fn textual(
    role: &str,
    value: &PyObject,
    vm: &VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    let shown = repr(value, vm).unwrap_or_default();
    let hint = if role == "column expression" {
        let name = text_of(value).unwrap_or_default();
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ');
        if plain { format!(", or use column({shown}) for more specificity") } else { String::new() }
    } else {
        String::new()
    };
    exc::argument(
        format!(
            "Textual {role} {shown} should be explicitly declared {}text({shown}){hint}",
            if hint.is_empty() && role != "column expression" { "as " } else { "with " }
        ),
        vm,
    )
}

/// Gives the type object of an expression, when one is known.
pub(crate) fn type_of(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let Some(node) = node(obj) else {
        if is_a(obj, "ColumnClause") {
            return Ok(own(obj, "type", vm).filter(|type_| !is_a(type_, "NullType")));
        }
        return Ok(None);
    };
    Ok(match &*node {
        Node::LiteralColumn { type_, .. } | Node::RowField { type_, .. } => type_.clone(),
        Node::ScalarValues(values) => super::from_elements::first_type(values, vm),
        Node::Bind(bind) => match (&bind.type_, &bind.value) {
            (Some(type_), _) => Some(type_.clone()),
            (None, Some(value)) => type_of_value(value, vm)?,
            (None, None) => None,
        },
        Node::Function { name, arguments, type_: None } => {
            let known = match name.last().map(|name| name.to_lowercase()).unwrap_or_default().as_str() {
                "count" | "char_length" => Some("Integer"),
                "now" | "current_timestamp" | "localtimestamp" | "sysdate" => Some("DateTime"),
                "current_date" => Some("Date"),
                "concat" => Some("String"),
                _ => None,
            };
            match (known, arguments.first()) {
                (Some(known), _) => Some(new_type(known, vm)?),
                (None, Some(first))
                    if name.last().is_some_and(|name| {
                        matches!(name.to_lowercase().as_str(), "max" | "min" | "sum" | "coalesce")
                    }) =>
                {
                    type_of(first, vm)?
                }
                _ => None,
            }
        }
        Node::Function { type_: Some(type_), .. }
        | Node::Array { type_: Some(type_), .. }
        | Node::Cast { type_, .. }
        | Node::TryCast { type_, .. }
        | Node::TypeCoerce { type_, .. } => Some(type_.clone()),
        Node::Unary { operator: UnaryOperator::Not, .. }
        | Node::BooleanList { .. }
        | Node::Between { .. }
        | Node::In { .. }
        | Node::Exists(_)
        | Node::True
        | Node::False => Some(new_type("Boolean", vm)?),
        Node::Binary { operator, left, right, .. } => match operator {
            BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::FloorDivide
            | BinaryOperator::Modulo
            | BinaryOperator::Concat
            | BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseOr
            | BinaryOperator::BitwiseXor
            | BinaryOperator::RegexpReplace
            | BinaryOperator::Custom { is_comparison: false, .. } => match type_of(left, vm)? {
                Some(type_) => Some(type_),
                None => type_of(right, vm)?,
            },
            _ => Some(new_type("Boolean", vm)?),
        },
        Node::Unary { operand, .. } | Node::Collate { operand, .. } | Node::Label { operand, .. } => {
            type_of(operand, vm)?
        }
        Node::Extract { .. } => Some(new_type("Integer", vm)?),
        Node::Case { whens, .. } => match whens.first() {
            Some((_, then)) => type_of(then, vm)?,
            None => None,
        },
        Node::Over { function, .. } | Node::WithinGroup { function, .. } | Node::Filter { function, .. } => {
            type_of(function, vm)?
        }
        Node::ScalarSelect(select) => {
            match state::<SelectState>(select).and_then(|s| s.columns.first().cloned()) {
                Some(column) => type_of(&column, vm)?,
                None => None,
            }
        }
        Node::Element { operand, place, form } => match form {
            Form::Typed(type_) => Some(type_.clone()),
            Form::Text => Some(new_type("Text", vm)?),
            Form::Own => {
                let whole = type_of(operand, vm)?;
                match (place, whole) {
                    (Place::Key(_), Some(whole)) if is_a(&whole, "ARRAY") => {
                        match object::get_int(&whole, "dimensions", vm)? {
                            // one dimension less is an array still
                            Some(dimensions) if dimensions > 1 => {
                                let copy = object::shallow_copy(&whole, vm)?;
                                object::set(&copy, "dimensions", vm.ctx.new_int(dimensions - 1), vm)?;
                                Some(copy)
                            }
                            _ => own(&whole, "item_type", vm),
                        }
                    }
                    (Place::Key(_), Some(whole)) if !is_a(&whole, "JSON") => Some(new_type("Text", vm)?),
                    (_, whole) => whole,
                }
            }
        },
        Node::Array { items, type_: None } => match items.first() {
            Some(first) => {
                let item_type = match type_of(first, vm)? {
                    Some(item_type) if !is_a(&item_type, "ARRAY") => item_type,
                    Some(nested) => return Ok(Some(nested)),
                    None => null_type(vm)?,
                };
                Some(object::class_object("postgresql.ARRAY").call((item_type,), vm)?)
            }
            None => None,
        },
        Node::AggregateOrderBy { operand, .. } => type_of(operand, vm)?,
        Node::Text { .. } | Node::Null | Node::Tuple(_) | Node::NextValue(_) => None,
    })
}

/// Gives the type that a plain value has by itself.
pub(crate) fn type_of_value(value: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let module = get_some(value.class().as_object(), "__module__", vm)?.and_then(|module| text_of(&module));
    let known = ["builtins", "datetime", "_pydatetime", "decimal", "_pydecimal", "uuid"];
    // a class of the user's may have the name of a built-in one
    if !module.is_some_and(|module| known.contains(&module.as_str())) {
        return Ok(None);
    }
    let name = match class_name(value).as_str() {
        "str" => "String",
        "int" => "Integer",
        "float" => "Double",
        "bool" => "Boolean",
        "Decimal" => "Numeric",
        "datetime" => "DateTime",
        "date" => "Date",
        "time" => "Time",
        "timedelta" => "Interval",
        "bytes" => "LargeBinary",
        "UUID" => "Uuid",
        _ => return Ok(None),
    };
    new_type(name, vm).map(Some)
}

/// Gives the type of a plain value beside an expression of a type (`coerce_compared_value`): the expression's, unless the
/// value is of another family by itself.
pub(crate) fn compared_type(
    type_: Option<PyObjectRef>,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Option<PyObjectRef>> {
    let Some(type_) = type_ else { return Ok(None) };
    if is_a(&type_, "ExternalType") && !is_a(&type_, "Interval") && !is_a(&type_, "PickleType") {
        return vm.call_method(&type_, "coerce_compared_value", (vm.ctx.none(), value.to_owned())).map(Some);
    }
    // a string may stand for bytes
    if text_of(value).is_some() && is_a(&type_, "_Binary") {
        return Ok(Some(type_));
    }
    let Some(natural) = type_of_value(value, vm)? else { return Ok(Some(type_)) };
    let family = |type_: &PyObject| object::get(type_, "_type_affinity", vm);
    Ok(Some(if family(&type_)?.is(&family(&natural)?) { type_ } else { natural }))
}

/// Turns a plain value beside an expression of a type into a parameter; an expression stays.
pub(crate) fn coerce_compared(value: &PyObject, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    coerce(value, compared_type(type_, value, vm)?, vm)
}

/// The getter of `ColumnElement.type`.
pub(crate) fn type_getter(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    match type_of(&this, vm)? {
        Some(type_) => Ok(type_),
        None => null_type(vm),
    }
}

/// Gives the name under which an expression shows in a result or a subquery; `None` when it has none of its own.
pub(crate) fn result_name(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<String>> {
    let Some(node) = node(obj) else {
        return Ok(get_some(obj, "name", vm)?.and_then(|name| text_of(&name)));
    };
    match &*node {
        Node::Label { name, .. } | Node::RowField { name, .. } => Ok(text_of(name)),
        Node::LiteralColumn { text, .. } => Ok(Some(text.clone())),
        Node::Cast { operand, .. } | Node::TryCast { operand, .. } | Node::TypeCoerce { operand, .. } => {
            result_name(operand, vm)
        }
        _ => Ok(None),
    }
}

/// Gives what the label of an expression without a name is made of.
pub(crate) fn label_base(obj: &PyObject) -> String {
    match node(obj).as_deref() {
        Some(Node::Function { name, .. }) => name.last().cloned().unwrap_or_else(|| "anon".to_owned()),
        Some(Node::WithinGroup { function, .. }) => label_base(function),
        Some(Node::NextValue(_)) => "next_value".to_owned(),
        _ => "anon".to_owned(),
    }
}

/// Collects the column objects inside an expression, without entering subqueries.
pub(crate) fn columns_in(obj: &PyObject, found: &mut Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let obj = clause_element(obj, vm)?;
    match node(&obj) {
        Some(node) => {
            for child in node.children() {
                columns_in(&child, found, vm)?;
            }
        }
        None if is_a(&obj, "ColumnClause") => found.push(obj),
        None => {}
    }
    Ok(())
}
