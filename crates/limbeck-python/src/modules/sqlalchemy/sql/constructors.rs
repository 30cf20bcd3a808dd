//! The functions of `sqlalchemy` and `sqlalchemy.sql` that make expressions and statements.

use limbeck_sql::expression::UnaryOperator;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject as _, PyResult, VirtualMachine};

use super::elements::{Bind, Node, coerce, coerce_condition, element, is_select};
use super::operators::{self, boolean_list, unary};
use super::{dml, from_elements, select, selectable};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{Function, class_object, is_list, items, text_of};
use crate::modules::sqlalchemy::types::to_instance;

/// The functions, by name.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("text", text),
    ("column", |args, vm| class_object("ColumnClause").call(args, vm)),
    ("table", |args, vm| class_object("TableClause").call(args, vm)),
    ("literal", literal_function),
    ("literal_column", literal_column),
    ("bindparam", bindparam),
    ("null", |_, vm| element(Node::Null, vm)),
    ("true", |_, vm| element(Node::True, vm)),
    ("false", |_, vm| element(Node::False, vm)),
    ("and_", |args, vm| boolean_list(true, &args.args, vm)),
    ("or_", |args, vm| boolean_list(false, &args.args, vm)),
    ("not_", |args, vm| operators::negate(&*coerce_condition(&*first(&args, vm)?, vm)?, vm)),
    ("cast", cast),
    ("try_cast", try_cast),
    ("type_coerce", type_coerce),
    ("case", case),
    ("extract", extract),
    ("tuple_", tuple),
    ("asc", |args, vm| ordering(UnaryOperator::Ascending, &args, vm)),
    ("desc", |args, vm| ordering(UnaryOperator::Descending, &args, vm)),
    ("nulls_first", |args, vm| ordering(UnaryOperator::NullsFirst, &args, vm)),
    ("nullsfirst", |args, vm| ordering(UnaryOperator::NullsFirst, &args, vm)),
    ("nulls_last", |args, vm| ordering(UnaryOperator::NullsLast, &args, vm)),
    ("nullslast", |args, vm| ordering(UnaryOperator::NullsLast, &args, vm)),
    ("distinct", |args, vm| ordering(UnaryOperator::Distinct, &args, vm)),
    ("any_", |args, vm| ordering(UnaryOperator::Any, &args, vm)),
    ("all_", |args, vm| ordering(UnaryOperator::All, &args, vm)),
    ("bitwise_not", |args, vm| ordering(UnaryOperator::BitwiseNot, &args, vm)),
    ("between", |args, vm| on_first("between", args, vm)),
    ("collate", |args, vm| on_first("collate", args, vm)),
    ("over", |args, vm| on_first("over", args, vm)),
    ("funcfilter", |args, vm| on_first("filter", args, vm)),
    ("label", label),
    ("select", |args, vm| {
        let mut arguments = Arguments::new("select", args, vm);
        let entities = arguments.rest();
        arguments.finish()?;
        select::new_select(entities, vm)
    }),
    ("insert", |args, vm| dml_function("Insert", args, vm)),
    ("update", |args, vm| dml_function("Update", args, vm)),
    ("delete", |args, vm| dml_function("Delete", args, vm)),
    ("exists", exists),
    ("union", |args, vm| select::compound("UNION", &args.args, vm)),
    ("union_all", |args, vm| select::compound("UNION ALL", &args.args, vm)),
    ("except_", |args, vm| select::compound("EXCEPT", &args.args, vm)),
    ("except_all", |args, vm| select::compound("EXCEPT ALL", &args.args, vm)),
    ("intersect", |args, vm| select::compound("INTERSECT", &args.args, vm)),
    ("intersect_all", |args, vm| select::compound("INTERSECT ALL", &args.args, vm)),
    ("join", |args, vm| join(args, false, vm)),
    ("outerjoin", |args, vm| join(args, true, vm)),
    ("alias", alias),
    ("subquery", |args, vm| on_from("subquery", args, vm)),
    ("cte", |args, vm| on_from("cte", args, vm)),
    ("lateral", |args, vm| on_from("lateral", args, vm)),
    ("values", from_elements::values),
    ("within_group", |args, vm| on_first("within_group", args, vm)),
    ("aggregate_order_by", |args, vm| on_first("aggregate_order_by", args, vm)),
    ("tablesample", from_elements::tablesample),
    ("lambda_stmt", |_, vm| Err(exc::not_provided("lambda_stmt()", vm))),
    ("outparam", |_, vm| Err(exc::not_provided("outparam()", vm))),
    ("tstring", |_, vm| Err(exc::not_provided("tstring()", vm))),
];

fn first(args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    args.args.first().cloned().ok_or_else(|| vm.new_type_error("an argument is missing"))
}

fn on_first(name: &str, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let this = args.take_positional().ok_or_else(|| vm.new_type_error("an argument is missing"))?;
    let this = coerce(&this, None, vm)?;
    vm.call_method(&this, name, args)
}

/// Calls a method of the query or the element of FROM that is the first argument.
fn on_from(name: &str, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let this = args.take_positional().ok_or_else(|| vm.new_type_error("an argument is missing"))?;
    vm.call_method(&*super::elements::clause_element(&this, vm)?, name, args)
}

fn text(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("text", args, vm);
    let given = arguments.required("text")?;
    arguments.finish()?;
    let Some(text) = text_of(&given) else {
        let class = given.class().name().to_string();
        return Err(vm.new_type_error(format!("expected string or bytes-like object, got '{class}'")));
    };
    element(Node::Text { text, binds: Vec::new() }, vm)
}

fn literal_function(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("literal", args, vm);
    let value = arguments.required("value")?;
    let type_ = arguments.optional("type_").map(|type_| to_instance(&type_, vm)).transpose()?;
    let literal_execute = arguments.optional("literal_execute").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    arguments.finish()?;
    let bind = Bind { value: Some(value), type_, unique: true, literal_execute, ..Bind::default() };
    element(Node::Bind(bind), vm)
}

fn literal_column(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("literal_column", args, vm);
    let text = arguments.text("text").unwrap_or_default();
    let type_ = arguments.optional("type_").map(|type_| to_instance(&type_, vm)).transpose()?;
    arguments.finish()?;
    element(Node::LiteralColumn { text, type_ }, vm)
}

fn bindparam(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("bindparam", args, vm);
    let key = arguments.optional("key");
    let value = arguments.given_value("value");
    let type_ = arguments.optional("type_").map(|type_| to_instance(&type_, vm)).transpose()?;
    let unique = arguments.optional("unique").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    arguments.optional("required");
    arguments.optional("quote");
    arguments.optional("callable_");
    let expanding = arguments.optional("expanding").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    arguments.optional("isoutparam");
    let literal_execute = arguments.optional("literal_execute").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    arguments.finish()?;
    let key = match key {
        Some(key) => match text_of(&key) {
            Some(key) => Some(key),
            None => Some(dml::column_key(&key, vm)?),
        },
        None => None,
    };
    element(Node::Bind(Bind { key, value, type_, unique, expanding, literal_execute, ..Bind::default() }), vm)
}

fn cast(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let this = args
        .take_positional_keyword("expression")
        .ok_or_else(|| vm.new_type_error("cast() missing 1 required positional argument: 'expression'"))?;
    let this = super::elements::clause_element(&this, vm)?;
    let this = if is_select(&this) { coerce(&this, None, vm)? } else { this };
    operators::cast(&this, args, vm)
}

fn try_cast(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("try_cast", args, vm);
    let operand = arguments.required("expression")?;
    let type_ = to_instance(&*arguments.required("type_")?, vm)?;
    arguments.finish()?;
    let operand = coerce(&operand, Some(type_.clone()), vm)?;
    element(Node::TryCast { operand, type_ }, vm)
}

fn type_coerce(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("type_coerce", args, vm);
    let operand = arguments.required("expression")?;
    let type_ = to_instance(&*arguments.required("type_")?, vm)?;
    arguments.finish()?;
    let operand = coerce(&operand, Some(type_.clone()), vm)?;
    element(Node::TypeCoerce { operand, type_ }, vm)
}

fn case(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("case", args, vm);
    let given_value = arguments.keyword("value");
    let else_ = arguments.keyword("else_");
    let given = arguments.rest();
    arguments.finish()?;
    let mut whens = Vec::new();
    for when in given {
        if is_list(&when, vm) {
            let parts = items(&when, vm)?;
            let [condition, result] = parts.as_slice() else {
                return Err(exc::argument(
                    "The \"whens\" argument to case(), when referring to a sequence of items, is now passed as a \
                     series of positional elements, rather than as a list. ",
                    vm,
                ));
            };
            let condition = if given_value.is_some() {
                coerce(condition, None, vm)?
            } else {
                coerce_condition(condition, vm)?
            };
            whens.push((condition, coerce(result, None, vm)?));
        } else {
            // The short form: a mapping from values to results.
            for pair in items(&*vm.call_method(&when, "items", ())?, vm)? {
                if let [value, result] = items(&pair, vm)?.as_slice() {
                    whens.push((coerce(value, None, vm)?, coerce(result, None, vm)?));
                }
            }
        }
    }
    let value = given_value.map(|value| coerce(&value, None, vm)).transpose()?;
    let else_ = else_.map(|value| coerce(&value, None, vm)).transpose()?;
    element(Node::Case { value, whens, else_ }, vm)
}

fn extract(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("extract", args, vm);
    let field = arguments.text("field").unwrap_or_default();
    let operand = coerce(&*arguments.required("expr")?, None, vm)?;
    arguments.finish()?;
    element(Node::Extract { field, operand }, vm)
}

fn tuple(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("tuple_", args, vm);
    arguments.keyword("types");
    let parts = arguments.rest();
    arguments.finish()?;
    element(Node::Tuple(parts.iter().map(|part| coerce(part, None, vm)).collect::<PyResult<_>>()?), vm)
}

fn ordering(operator: UnaryOperator, args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    let operand = select::order_columns(&[first(args, vm)?], vm)?.remove(0);
    unary(operator, operand, vm)
}

fn label(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("label", args, vm);
    let name = arguments.required("name")?;
    let operand = coerce(&*arguments.required("element")?, None, vm)?;
    arguments.optional("type_");
    arguments.finish()?;
    element(Node::Label { name, operand }, vm)
}

fn dml_function(class: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("insert", args, vm);
    let table = arguments.required("table")?;
    arguments.finish()?;
    dml::new(class, &table, vm)
}

fn exists(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let given = args.args.first().cloned();
    let query = match given {
        Some(query) if is_select(&query) => query,
        Some(_) => select::new_select(args.args, vm)?,
        None => {
            let star = element(Node::LiteralColumn { text: "*".to_owned(), type_: None }, vm)?;
            select::new_select(vec![star], vm)?
        }
    };
    element(Node::Exists(query), vm)
}

fn join(args: FuncArgs, outer: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("join", args, vm);
    let left = select::coerce_from(&*arguments.required("left")?, vm)?;
    let right = select::coerce_from(&*arguments.required("right")?, vm)?;
    let onclause = arguments.optional("onclause");
    let outer = outer || arguments.optional("isouter").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    let full = arguments.optional("full").map_or(Ok(false), |v| v.try_to_bool(vm))?;
    arguments.finish()?;
    selectable::new_join(&left, &right, onclause, outer, full, vm)
}

fn alias(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("alias", args, vm);
    let selectable = select::coerce_from(&*arguments.required("selectable")?, vm)?;
    let name = arguments.optional("name");
    arguments.keyword("flat");
    arguments.finish()?;
    selectable::alias_of(&selectable, name, vm)
}
