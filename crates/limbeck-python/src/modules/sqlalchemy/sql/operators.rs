//! The operators of column expressions.

use limbeck_sql::expression::{BinaryOperator, UnaryOperator};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::elements::{
    Bind, Node, clause_element, coerce_compared, coerce_condition, compared_type, element, is_select,
    label_base, literal, node, result_name, type_of, type_of_value,
};
use super::functions;
use super::selectable::anonymous;
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, Member, class_name, is_a, is_list, items, method, new_text, text_of,
};
use crate::modules::sqlalchemy::postgresql;
use crate::modules::sqlalchemy::types::to_instance;

use BinaryOperator as Op;

/// The members of `ColumnElement`.
pub(crate) const MEMBERS: &[(&str, Member)] = &[
    ("__eq__", method(|this, args, vm| comparison(&this, Op::Equal, args, vm))),
    ("__ne__", method(|this, args, vm| comparison(&this, Op::NotEqual, args, vm))),
    ("__lt__", method(|this, args, vm| comparison(&this, Op::Less, args, vm))),
    ("__le__", method(|this, args, vm| comparison(&this, Op::LessOrEqual, args, vm))),
    ("__gt__", method(|this, args, vm| comparison(&this, Op::Greater, args, vm))),
    ("__ge__", method(|this, args, vm| comparison(&this, Op::GreaterOrEqual, args, vm))),
    ("__hash__", method(|this, _, vm| Ok(vm.ctx.new_int(object::address(&this) >> 4).into()))),
    ("__bool__", method(truth)),
    ("__add__", method(|this, args, vm| add(&this, args, false, vm))),
    ("__radd__", method(|this, args, vm| add(&this, args, true, vm))),
    ("__sub__", method(|this, args, vm| arithmetic(&this, Op::Subtract, args, false, vm))),
    ("__rsub__", method(|this, args, vm| arithmetic(&this, Op::Subtract, args, true, vm))),
    ("__mul__", method(|this, args, vm| arithmetic(&this, Op::Multiply, args, false, vm))),
    ("__rmul__", method(|this, args, vm| arithmetic(&this, Op::Multiply, args, true, vm))),
    ("__truediv__", method(|this, args, vm| arithmetic(&this, Op::Divide, args, false, vm))),
    ("__rtruediv__", method(|this, args, vm| arithmetic(&this, Op::Divide, args, true, vm))),
    ("__floordiv__", method(|this, args, vm| arithmetic(&this, Op::FloorDivide, args, false, vm))),
    ("__rfloordiv__", method(|this, args, vm| arithmetic(&this, Op::FloorDivide, args, true, vm))),
    ("__mod__", method(|this, args, vm| arithmetic(&this, Op::Modulo, args, false, vm))),
    ("__rmod__", method(|this, args, vm| arithmetic(&this, Op::Modulo, args, true, vm))),
    ("__lshift__", method(|this, args, vm| shift(&this, "<<", "lshift", args, vm))),
    ("__rshift__", method(|this, args, vm| shift(&this, ">>", "rshift", args, vm))),
    ("bitwise_lshift", method(|this, args, vm| bitwise_shift(&this, "<<", args, vm))),
    ("bitwise_rshift", method(|this, args, vm| bitwise_shift(&this, ">>", args, vm))),
    ("icontains", method(|this, args, vm| case_blind(&this, true, true, args, vm))),
    ("istartswith", method(|this, args, vm| case_blind(&this, false, true, args, vm))),
    ("iendswith", method(|this, args, vm| case_blind(&this, true, false, args, vm))),
    ("__and__", method(|this, args, vm| connect(true, this, args, vm))),
    ("__rand__", method(|this, args, vm| connect(true, this, args, vm))),
    ("__or__", method(|this, args, vm| connect(false, this, args, vm))),
    ("__ror__", method(|this, args, vm| connect(false, this, args, vm))),
    ("__invert__", method(|this, _, vm| negate(&this, vm))),
    ("__neg__", method(|this, _, vm| unary(UnaryOperator::Negative, this, vm))),
    ("__getitem__", method(|this, args, vm| index(&this, args, vm))),
    ("bitwise_and", method(|this, args, vm| arithmetic(&this, Op::BitwiseAnd, args, false, vm))),
    ("bitwise_or", method(|this, args, vm| arithmetic(&this, Op::BitwiseOr, args, false, vm))),
    ("bitwise_xor", method(|this, args, vm| arithmetic(&this, Op::BitwiseXor, args, false, vm))),
    ("bitwise_not", method(|this, _, vm| unary(UnaryOperator::BitwiseNot, this, vm))),
    ("concat", method(|this, args, vm| arithmetic(&this, Op::Concat, args, false, vm))),
    ("is_", method(|this, args, vm| comparison(&this, Op::Is, args, vm))),
    ("is_not", method(|this, args, vm| comparison(&this, Op::IsNot, args, vm))),
    ("isnot", method(|this, args, vm| comparison(&this, Op::IsNot, args, vm))),
    ("is_distinct_from", method(|this, args, vm| comparison(&this, Op::IsDistinctFrom, args, vm))),
    ("is_not_distinct_from", method(|this, args, vm| comparison(&this, Op::IsNotDistinctFrom, args, vm))),
    ("isnot_distinct_from", method(|this, args, vm| comparison(&this, Op::IsNotDistinctFrom, args, vm))),
    ("like", method(|this, args, vm| like(&this, Op::Like, args, vm))),
    ("not_like", method(|this, args, vm| like(&this, Op::NotLike, args, vm))),
    ("notlike", method(|this, args, vm| like(&this, Op::NotLike, args, vm))),
    ("ilike", method(|this, args, vm| like(&this, Op::ILike, args, vm))),
    ("not_ilike", method(|this, args, vm| like(&this, Op::NotILike, args, vm))),
    ("notilike", method(|this, args, vm| like(&this, Op::NotILike, args, vm))),
    ("startswith", method(|this, args, vm| pattern(&this, false, true, args, vm))),
    ("endswith", method(|this, args, vm| pattern(&this, true, false, args, vm))),
    (
        "contains",
        method(|this, args, vm| {
            if postgresql::has_operator(&this, "contains", vm)? {
                return postgresql::operate(&this, "contains", args, vm);
            }
            pattern(&this, true, true, args, vm)
        }),
    ),
    ("__getattr__", method(attribute)),
    ("regexp_match", method(regexp_match)),
    ("match", method(match_)),
    ("regexp_replace", method(regexp_replace)),
    ("in_", method(|this, args, vm| in_(&this, false, args, vm))),
    ("not_in", method(|this, args, vm| in_(&this, true, args, vm))),
    ("notin_", method(|this, args, vm| in_(&this, true, args, vm))),
    ("between", method(between)),
    ("op", method(|this, args, vm| op(&this, args, false, vm))),
    ("bool_op", method(|this, args, vm| op(&this, args, true, vm))),
    ("label", method(label)),
    ("cast", method(|this, args, vm| cast(&this, args, vm))),
    ("collate", method(collate)),
    ("asc", method(|this, _, vm| unary(UnaryOperator::Ascending, this, vm))),
    ("desc", method(|this, _, vm| unary(UnaryOperator::Descending, this, vm))),
    ("nulls_first", method(|this, _, vm| unary(UnaryOperator::NullsFirst, this, vm))),
    ("nullsfirst", method(|this, _, vm| unary(UnaryOperator::NullsFirst, this, vm))),
    ("nulls_last", method(|this, _, vm| unary(UnaryOperator::NullsLast, this, vm))),
    ("nullslast", method(|this, _, vm| unary(UnaryOperator::NullsLast, this, vm))),
    ("distinct", method(|this, _, vm| unary(UnaryOperator::Distinct, this, vm))),
    ("any_", method(|this, _, vm| unary(UnaryOperator::Any, this, vm))),
    ("all_", method(|this, _, vm| unary(UnaryOperator::All, this, vm))),
    ("self_group", method(|this, _, _| Ok(this))),
    ("type", Member::Get(super::elements::type_getter)),
    ("key", Member::Get(|this, vm| Ok(object::own(&this, "name", vm).unwrap_or_else(|| vm.ctx.none())))),
    (
        "anon_label",
        Member::Get(|this, vm| element(Node::Label { name: label_name(&this, vm)?, operand: this }, vm)),
    ),
    ("table", Member::Value(|vm| vm.ctx.none())),
    ("foreign_keys", Member::Get(|_, vm| vm.builtins.get_attr("set", vm)?.call((), vm))),
    ("comparator", Member::Get(|this, _| Ok(this))),
    ("expression", Member::Get(|this, _| Ok(this))),
];

/// Gives an attribute that an expression has because of its type.
pub(super) fn attribute(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    match postgresql::attribute(&this, &name, vm)? {
        Some(found) => Ok(found),
        None => Err(vm.new_attribute_error(format!(
            "Neither '{}' object nor 'Comparator' object has an attribute '{name}'",
            class_name(&this)
        ))),
    }
}

fn one(args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    args.args.first().cloned().ok_or_else(|| vm.new_type_error("an operator takes one operand"))
}

/// Makes an infix expression.
pub(crate) fn binary(left: PyObjectRef, operator: Op, right: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    element(Node::Binary { left, operator, right, escape: None }, vm)
}

/// Compares, with SQLAlchemy's rules for `None` and booleans.
fn comparison(this: &PyObject, operator: Op, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let other = one(&args, vm)?;
    let other = clause_element(&other, vm)?;
    if let Some(Node::Unary { operator: UnaryOperator::Any | UnaryOperator::All, operand }) =
        node(this).as_deref()
        && let Some(mirrored) = mirrored(&operator)
    {
        // ANY and ALL stand on the right
        let item_type = type_of(operand, vm)?.and_then(|type_| object::own(&type_, "item_type", vm));
        let left = coerce_compared(&other, item_type, vm)?;
        return binary(left, mirrored, this.to_owned(), vm);
    }
    if functions::has_subclass(this) == Some(false)
        && functions::has_subclass(&other) == Some(true)
        && let Some(mirrored) = mirrored(&operator)
    {
        // Python asks the right operand first where its class is a subclass of the left one's
        return binary(other, mirrored, this.to_owned(), vm);
    }
    let left = this.to_owned();
    let is_null = vm.is_none(&other) || node(&other).is_some_and(|node| matches!(&*node, Node::Null));
    let is_bool = other.class().is(vm.ctx.types.bool_type);
    match operator {
        Op::Equal if is_null => binary(left, Op::Is, element(Node::Null, vm)?, vm),
        Op::NotEqual if is_null => binary(left, Op::IsNot, element(Node::Null, vm)?, vm),
        Op::Equal | Op::NotEqual | Op::Is | Op::IsNot if is_bool => {
            let right = coerce_condition(&other, vm)?;
            binary(left, operator, right, vm)
        }
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual if is_null || is_bool => {
            Err(exc::argument(
                "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can \
                 be used with None/True/False",
                vm,
            ))
        }
        _ => {
            let right = coerce_compared(&other, type_of(this, vm)?, vm)?;
            binary(left, operator, right, vm)
        }
    }
}

/// Gives the comparison that means the same with its operands the other way round.
fn mirrored(operator: &Op) -> Option<Op> {
    Some(match operator {
        Op::Equal => Op::Equal,
        Op::NotEqual => Op::NotEqual,
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        _ => return None,
    })
}

fn truth(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(node) = node(&this) {
        match &*node {
            Node::Binary { left, operator: Op::Equal, right, .. } => {
                return Ok(object::new_bool(left.is(right), vm));
            }
            Node::Binary { left, operator: Op::NotEqual, right, .. } => {
                return Ok(object::new_bool(!left.is(right), vm));
            }
            Node::True => return Ok(object::new_bool(true, vm)),
            Node::False | Node::Null => return Ok(object::new_bool(false, vm)),
            _ => {}
        }
    }
    Err(vm.new_type_error("Boolean value of this clause is not defined"))
}

/// `+` joins strings, arrays and documents, and adds what is neither.
fn add(this: &PyObject, args: FuncArgs, reversed: bool, vm: &VirtualMachine) -> PyResult {
    let other = one(&args, vm)?;
    let own = type_of(this, vm)?;
    let other = if is_a(&other, "ClauseElement") {
        type_of(&other, vm)?
    } else {
        match &own {
            Some(_) => compared_type(own.clone(), &other, vm)?,
            None => type_of_value(&other, vm)?,
        }
    };
    let (left, right) = if reversed { (other, own) } else { (own, other) };
    let joins = |type_: Option<&PyObjectRef>| type_.map(|type_| is_concatenable(type_, vm)).transpose();
    let is_concat = match (joins(left.as_ref())?, joins(right.as_ref())?) {
        (None, right) => right == Some(true),
        (left, None) => left == Some(true),
        (Some(left), Some(right)) => left && right,
    };
    arithmetic(this, if is_concat { Op::Concat } else { Op::Add }, args, reversed, vm)
}

/// Tells whether values of a type are joined with `||`.
fn is_concatenable(type_: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if is_a(type_, "TypeDecorator") {
        return is_concatenable(&*object::get(type_, "impl_instance", vm)?, vm);
    }
    Ok(is_a(type_, "Concatenable") || is_a(type_, "JSON"))
}

fn arithmetic(
    this: &PyObject,
    operator: Op,
    args: FuncArgs,
    reversed: bool,
    vm: &VirtualMachine,
) -> PyResult {
    let other = one(&args, vm)?;
    let other = coerce_compared(&other, type_of(this, vm)?, vm)?;
    let this = this.to_owned();
    if reversed { binary(other, operator, this, vm) } else { binary(this, operator, other, vm) }
}

/// Makes `and_` or `or_` of conditions; nested lists of the same kind become one.
pub(crate) fn boolean_list(conjunction: bool, conditions: &[PyObjectRef], vm: &VirtualMachine) -> PyResult {
    let mut clauses = Vec::new();
    for condition in conditions {
        let condition = coerce_condition(condition, vm)?;
        match node(&condition).as_deref() {
            Some(Node::BooleanList { conjunction: inner, clauses: nested }) if *inner == conjunction => {
                clauses.extend(nested.iter().cloned());
            }
            // TRUE adds nothing to AND, nor FALSE to OR; the other way round they decide alone.
            Some(Node::True) if conjunction => {}
            Some(Node::False) if !conjunction => {}
            Some(Node::True | Node::False) => return Ok(condition),
            _ => clauses.push(condition),
        }
    }
    match clauses.len() {
        0 => element(if conjunction { Node::True } else { Node::False }, vm),
        1 => Ok(clauses.remove(0)),
        _ => element(Node::BooleanList { conjunction, clauses }, vm),
    }
}

fn connect(conjunction: bool, this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let other = one(&args, vm)?;
    boolean_list(conjunction, &[this, other], vm)
}

/// Makes NOT of a condition, turned round where the operator has an opposite.
pub(crate) fn negate(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let opposite = |operator: &Op| {
        Some(match operator {
            Op::Equal => Op::NotEqual,
            Op::NotEqual => Op::Equal,
            Op::Less => Op::GreaterOrEqual,
            Op::LessOrEqual => Op::Greater,
            Op::Greater => Op::LessOrEqual,
            Op::GreaterOrEqual => Op::Less,
            Op::Is => Op::IsNot,
            Op::IsNot => Op::Is,
            Op::IsDistinctFrom => Op::IsNotDistinctFrom,
            Op::IsNotDistinctFrom => Op::IsDistinctFrom,
            Op::Like => Op::NotLike,
            Op::NotLike => Op::Like,
            Op::LikePart { before, after, negated, ignore_case } => {
                Op::LikePart { before: *before, after: *after, negated: !negated, ignore_case: *ignore_case }
            }
            Op::ILike => Op::NotILike,
            Op::NotILike => Op::ILike,
            Op::Match => Op::NotMatch,
            Op::NotMatch => Op::Match,
            Op::RegexpMatch => Op::NotRegexpMatch,
            Op::NotRegexpMatch => Op::RegexpMatch,
            _ => return None,
        })
    };
    let negated = match node(this).as_deref() {
        // that not any of several is equal does not mean that any of them is not
        Some(Node::Binary { left, operator, right, escape }) if !is_quantified(right) => {
            match opposite(operator) {
                Some(operator) => Node::Binary {
                    left: left.clone(),
                    operator,
                    right: right.clone(),
                    escape: escape.clone(),
                },
                None => Node::Unary { operator: UnaryOperator::Not, operand: this.to_owned() },
            }
        }
        Some(Node::In { operand, list, negated }) => {
            Node::In { operand: operand.clone(), list: list.clone(), negated: !negated }
        }
        Some(Node::Between { operand, low, high, negated }) => Node::Between {
            operand: operand.clone(),
            low: low.clone(),
            high: high.clone(),
            negated: !negated,
        },
        Some(Node::True) => Node::False,
        Some(Node::False) => Node::True,
        Some(Node::Unary { operator: UnaryOperator::Not, operand }) => return Ok(operand.clone()),
        _ => Node::Unary { operator: UnaryOperator::Not, operand: this.to_owned() },
    };
    element(negated, vm)
}

/// Tells whether an expression is ANY or ALL of several values.
fn is_quantified(obj: &PyObject) -> bool {
    let quantifier = |node: &Node| match node {
        Node::Unary { operator, .. } => matches!(operator, UnaryOperator::Any | UnaryOperator::All),
        _ => false,
    };
    node(obj).is_some_and(|node| quantifier(&node))
}

/// Makes an expression with a prefix or postfix operator.
pub(crate) fn unary(operator: UnaryOperator, operand: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    element(Node::Unary { operator, operand }, vm)
}

fn index(this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let given = one(&args, vm)?;
    match type_of(this, vm)? {
        Some(type_) if is_a(&type_, "Indexable") => postgresql::index(this, &given, vm),
        _ => Err(vm.new_not_implemented_error("Operator 'getitem' is not supported on this expression")),
    }
}

fn like(this: &PyObject, operator: Op, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("like", args, vm);
    let other = arguments.required("other")?;
    let escape = arguments.text("escape");
    arguments.finish()?;
    let right = coerce_compared(&other, type_of(this, vm)?, vm)?;
    element(Node::Binary { left: this.to_owned(), operator, right, escape }, vm)
}

/// `startswith`, `endswith` and `contains`: a LIKE with percent signs joined to the operand.
fn pattern(this: &PyObject, before: bool, after: bool, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("contains", args, vm);
    let other = arguments.required("other")?;
    let mut escape = arguments.keyword("escape").and_then(|escape| text_of(&escape));
    let autoescape = arguments.flag("autoescape", false)?;
    arguments.finish()?;
    let other = match text_of(&other) {
        Some(text) if autoescape => {
            let mark = escape.get_or_insert_with(|| "/".to_owned()).clone();
            let escaped = text
                .replace(&mark, &format!("{mark}{mark}"))
                .replace('%', &format!("{mark}%"))
                .replace('_', &format!("{mark}_"));
            new_text(escaped, vm)
        }
        _ => other,
    };
    let right = coerce_compared(&other, type_of(this, vm)?, vm)?;
    let operator = Op::LikePart { before, after, negated: false, ignore_case: false };
    element(Node::Binary { left: this.to_owned(), operator, right, escape }, vm)
}

fn regexp_match(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("regexp_match", args, vm);
    let pattern = arguments.required("pattern")?;
    let escape = arguments.text("flags");
    arguments.finish()?;
    let right = coerce_compared(&pattern, type_of(&this, vm)?, vm)?;
    element(Node::Binary { left: this, operator: Op::RegexpMatch, right, escape }, vm)
}

fn regexp_replace(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("regexp_replace", args, vm);
    let pattern = arguments.required("pattern")?;
    let replacement = arguments.required("replacement")?;
    let escape = arguments.text("flags");
    arguments.finish()?;
    let type_ = type_of(&this, vm)?;
    let parts =
        vec![coerce_compared(&pattern, type_.clone(), vm)?, coerce_compared(&replacement, type_, vm)?];
    let right = element(Node::Tuple(parts), vm)?;
    element(Node::Binary { left: this, operator: Op::RegexpReplace, right, escape }, vm)
}

/// `match(other, **modifiers)`; the modifiers are for one dialect each.
fn match_(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("match", args, vm);
    let other = arguments.required("other")?;
    if let Some((name, _)) = arguments.rest_keywords().into_iter().next() {
        return Err(exc::not_provided(&format!("match({name}=...)"), vm));
    }
    arguments.finish()?;
    let right = coerce_compared(&other, type_of(&this, vm)?, vm)?;
    element(Node::Binary { left: this, operator: Op::Match, right, escape: None }, vm)
}

/// `<<` and `>>`, which only ranges have.
fn shift(this: &PyObject, text: &str, name: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let type_ = type_of(this, vm)?;
    if !type_.as_ref().is_some_and(|type_| is_a(type_, "AbstractRange")) {
        return Err(
            vm.new_not_implemented_error(format!("Operator '{name}' is not supported on this expression"))
        );
    }
    let right = coerce_compared(&*one(&args, vm)?, type_, vm)?;
    let operator = Op::Custom { text: text.to_owned(), precedence: 5, is_comparison: true, is_eager: false };
    binary(this.to_owned(), operator, right, vm)
}

/// `bitwise_lshift` and `bitwise_rshift`
fn bitwise_shift(this: &PyObject, text: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let right = coerce_compared(&*one(&args, vm)?, type_of(this, vm)?, vm)?;
    let operator = Op::Custom { text: text.to_owned(), precedence: 7, is_comparison: false, is_eager: false };
    binary(this.to_owned(), operator, right, vm)
}

/// `icontains`, `istartswith` and `iendswith`: an ILIKE of a pattern.
fn case_blind(this: &PyObject, before: bool, after: bool, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let matched = pattern(this, before, after, args, vm)?;
    match node(&matched).as_deref() {
        Some(Node::Binary { left, operator: Op::LikePart { before, after, negated, .. }, right, escape }) => {
            let operator =
                Op::LikePart { before: *before, after: *after, negated: *negated, ignore_case: true };
            let (left, right, escape) = (left.clone(), right.clone(), escape.clone());
            element(Node::Binary { left, operator, right, escape }, vm)
        }
        _ => Ok(matched),
    }
}

fn in_(this: &PyObject, negated: bool, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let other = one(&args, vm)?;
    let other = clause_element(&other, vm)?;
    let operand = this.to_owned();
    if is_select(&other) {
        return element(Node::In { operand, list: other, negated }, vm);
    }
    match node(&other).as_deref() {
        Some(Node::ScalarSelect(select)) => {
            return element(Node::In { operand, list: select.clone(), negated }, vm);
        }
        Some(Node::ScalarValues(values)) => {
            return element(Node::In { operand, list: values.clone(), negated }, vm);
        }
        Some(Node::Bind(bind)) => {
            let bind = Bind { expanding: true, ..bind.clone() };
            return element(Node::In { operand, list: element(Node::Bind(bind), vm)?, negated }, vm);
        }
        _ => {}
    }
    if is_a(&other, "Values") {
        return element(Node::In { operand, list: other, negated }, vm);
    }
    if text_of(&other).is_some() || (!is_list(&other, vm) && other.get_iter(vm).is_err()) {
        let shown = object::repr(&other, vm)?;
        return Err(exc::argument(
            format!("IN expression list, SELECT construct, or bound parameter object expected, got {shown}."),
            vm,
        ));
    }
    if is_a(&other, "ClauseElement") && !is_a(&other, "Tuple") {
        // `in_(subquery)` reads the subquery's rows.
        return element(Node::In { operand, list: other, negated }, vm);
    }
    let list = object::new_list(items(&other, vm)?, vm);
    element(Node::In { operand, list, negated }, vm)
}

fn between(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("between", args, vm);
    let low = arguments.required("cleft")?;
    let high = arguments.required("cright")?;
    let symmetric = arguments.optional("symmetric").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    if symmetric {
        return Err(exc::not_provided("between(symmetric=True)", vm));
    }
    let type_ = type_of(&this, vm)?;
    let low = coerce_compared(&low, type_.clone(), vm)?;
    let high = coerce_compared(&high, type_, vm)?;
    element(Node::Between { operand: this, low, high, negated: false }, vm)
}

/// `expr.op("||")`: a callable that takes the right operand.
fn op(this: &PyObject, args: FuncArgs, comparison: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("op", args, vm);
    let opstring = arguments.required("opstring")?;
    let text = text_of(&opstring).unwrap_or_default();
    let precedence: i32 = arguments.optional("precedence").map_or(Ok(0), |value| value.try_into_value(vm))?;
    let is_comparison =
        comparison || arguments.optional("is_comparison").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.optional("return_type");
    arguments.keyword("python_impl");
    arguments.finish()?;
    let operator = Op::Custom { text, precedence, is_comparison, is_eager: false };
    let left = this.to_owned();
    let function = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let other = one(&args, vm)?;
        let right = coerce_compared(&other, type_of(&left, vm)?, vm)?;
        binary(left.clone(), operator.clone(), right, vm)
    };
    Ok(vm.new_function("op", function).into())
}

fn label(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("label", args, vm);
    let name = arguments.optional("name").map_or_else(|| label_name(&this, vm), Ok)?;
    arguments.finish()?;
    element(Node::Label { name, operand: this }, vm)
}

/// Makes the label of an expression that is given none.
fn label_name(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let base = result_name(this, vm)?.unwrap_or_else(|| label_base(this));
    Ok(anonymous(&base, vm))
}

/// `cast(expression, type)`, with the expression taken already.
pub(crate) fn cast(this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("cast", args, vm);
    let type_ = to_instance(&*arguments.required("type_")?, vm)?;
    arguments.finish()?;
    let operand =
        if is_a(this, "ClauseElement") { this.to_owned() } else { literal(this, Some(type_.clone()), vm)? };
    element(Node::Cast { operand, type_ }, vm)
}

fn collate(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let collation = text_of(&*one(&args, vm)?).unwrap_or_default();
    element(Node::Collate { operand: this, collation }, vm)
}
