//! `func`: SQL functions.

use limbeck_sql::expression::{FrameBound, FrameUnit, WindowFrame};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::elements::{Node, coerce, coerce_condition, element, literal, node, type_of};
use super::{from_elements, operators};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_name, class_object, instance_with, is_a, method, set_state, state, text_of,
};
use crate::modules::sqlalchemy::types::{new_type, to_instance};

/// The names that led to a function generator: packages first.
struct Path(Vec<String>);

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "_FunctionGenerator",
    module: "sqlalchemy.sql.functions",
    bases: &[],
    members: &[("__getattr__", method(getattr)), ("__call__", method(call))],
}];

/// A list of expressions that is written with commas between them.
pub(crate) const CLAUSE_LIST: &[ClassDef] = &[ClassDef {
    name: "ClauseList",
    module: "sqlalchemy.sql.elements",
    bases: &["ClauseElement"],
    members: &[
        (
            "__iter__",
            method(|this, _, vm| vm.call_method(&*object::get(&this, "clauses", vm)?, "__iter__", ())),
        ),
        (
            "__len__",
            method(|this, _, vm| vm.call_method(&*object::get(&this, "clauses", vm)?, "__len__", ())),
        ),
        (
            "__getitem__",
            method(|this, args, vm| {
                object::get(&this, "clauses", vm)?.get_attr("__getitem__", vm)?.call(args, vm)
            }),
        ),
    ],
}];

/// `FunctionElement(*clauses)`, which user code subclasses.
fn element_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let clauses =
        args.args.iter().map(|argument| coerce(argument, None, vm)).collect::<PyResult<Vec<_>>>()?;
    object::set(&this, "_clauses", object::new_list(clauses, vm), vm)?;
    object::none(vm)
}

/// The arguments of a function.
fn clauses(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let given = match (object::own(&this, "_clauses", vm), node(&this).as_deref()) {
        (Some(given), _) => given,
        (None, Some(Node::Function { arguments, .. })) => object::new_list(arguments.clone(), vm),
        _ => object::new_list(Vec::new(), vm),
    };
    let list = object::instance("ClauseList", vm)?;
    object::set(&list, "clauses", given, vm)?;
    Ok(list)
}

pub(crate) const MEMBERS: &[(&str, Member)] = &[
    ("__init__", method(element_init)),
    ("clauses", Member::Get(clauses)),
    ("clause_expr", Member::Get(clauses)),
    ("over", method(over)),
    ("filter", method(filter)),
    ("alias", method(from_elements::function_alias)),
    ("table_valued", method(from_elements::table_valued)),
    ("column_valued", method(from_elements::column_valued)),
    ("within_group", method(|this, args, vm| within_group(this, &args, false, vm))),
    ("aggregate_order_by", method(|this, args, vm| within_group(this, &args, true, vm))),
    ("select", method(|this, _, vm| super::select::new_select(vec![this], vm))),
    ("scalar_table_valued", method(scalar_table_valued)),
];

/// Makes the object `func`.
pub(crate) fn generator(vm: &VirtualMachine) -> PyResult {
    instance_with("_FunctionGenerator", Path(Vec::new()), vm)
}

fn getattr(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    if name.starts_with("__") {
        return Err(vm.new_attribute_error(name));
    }
    let mut path = state::<Path>(&this).map(|path| path.0.clone()).unwrap_or_default();
    // `func.print_` is the way to say `print`, a word of the language.
    path.push(name.strip_suffix('_').map_or(name.clone(), ToOwned::to_owned));
    instance_with("_FunctionGenerator", Path(path), vm)
}

fn call(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let path = state::<Path>(&this).map(|path| path.0.clone()).unwrap_or_default();
    let mut arguments = Arguments::new("func", args, vm);
    let type_ = arguments.keyword("type_");
    let mut given = arguments.rest();
    arguments.rest_keywords();
    match (path.as_slice(), given.len()) {
        ([name], 2) if name.eq_ignore_ascii_case("cast") => {
            let operand = coerce(&given[0], None, vm)?;
            return element(Node::Cast { operand, type_: to_instance(&given[1], vm)? }, vm);
        }
        ([name], 2) if name.eq_ignore_ascii_case("extract") => {
            let field = text_of(&given[0]).unwrap_or_default();
            return element(Node::Extract { field, operand: coerce(&given[1], None, vm)? }, vm);
        }
        ([name], 0) if name == "count" => {
            given.push(element(Node::LiteralColumn { text: "*".to_owned(), type_: None }, vm)?);
        }
        ([name], 2..)
            if TEXT_SEARCH.contains(&name.to_lowercase().as_str()) && text_of(&given[0]).is_some() =>
        {
            given[0] = literal(&given[0], Some(new_type("postgresql.REGCONFIG", vm)?), vm)?;
        }
        _ => {}
    }
    new_function(path, &given, type_, vm)
}

/// PostgreSQL's functions whose first argument of several names a configuration.
const TEXT_SEARCH: [&str; 6] = [
    "to_tsvector",
    "to_tsquery",
    "plainto_tsquery",
    "phraseto_tsquery",
    "websearch_to_tsquery",
    "ts_headline",
];

/// Makes `func.name(arguments)`.
pub(crate) fn new_function(
    name: Vec<String>,
    arguments: &[PyObjectRef],
    type_: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let arguments = arguments.iter().map(|argument| coerce(argument, None, vm)).collect::<PyResult<_>>()?;
    let type_ = type_.map(|type_| to_instance(&type_, vm)).transpose()?;
    element(Node::Function { name, arguments, type_ }, vm)
}

/// `GenericFunction` subclasses take the function's arguments; their class's name is the function's.
pub(crate) fn generic_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = object::get_text(&this, "name", vm)?.unwrap_or_else(|| class_name(&this));
    let arguments =
        args.args.iter().map(|argument| coerce(argument, None, vm)).collect::<PyResult<Vec<_>>>()?;
    let mut type_ = None;
    if is_a(&this, "ReturnTypeFromArgs") {
        for argument in &arguments {
            type_ = type_of(argument, vm)?.filter(|type_| !is_a(type_, "NullType"));
            if type_.is_some() {
                break;
            }
        }
    }
    set_state(&this, Node::Function { name: vec![name.clone()], arguments, type_ });
    object::set(&this, "name", object::new_text(name, vm), vm)?;
    object::none(vm)
}

fn list_of(value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    match value {
        None => Ok(Vec::new()),
        Some(value) if object::is_list(&value, vm) => object::items(&value, vm),
        Some(value) => Ok(vec![value]),
    }
}

/// `func.name().over(partition_by=..., order_by=...)`
pub(crate) fn over(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("over", args, vm);
    let partition_by = list_of(arguments.optional("partition_by"), vm)?;
    let order_by = list_of(arguments.optional("order_by"), vm)?;
    let units = [("rows", FrameUnit::Rows), ("range_", FrameUnit::Range), ("groups", FrameUnit::Groups)];
    let mut frame = None;
    for (name, unit) in units {
        let Some(given) = arguments.optional(name) else { continue };
        if frame.is_some() {
            return Err(exc::argument("only one of 'rows', 'range_', or 'groups' may be provided", vm));
        }
        frame = Some(window_frame(unit, &given, vm)?);
    }
    let exclude = arguments.optional("exclude");
    arguments.finish()?;
    if let Some(exclude) = exclude {
        let Some(frame) = &mut frame else {
            return Err(exc::argument(
                "'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified",
                vm,
            ));
        };
        let Some(words) = text_of(&exclude) else {
            let class = class_name(&exclude);
            return Err(vm.new_type_error(format!("expected string or bytes-like object, got '{class}'")));
        };
        frame.exclude = Some(words);
    }
    let order_by = super::select::order_columns(&order_by, vm)?;
    let partition_by = super::select::order_columns(&partition_by, vm)?;
    element(Node::Over { function: this, partition_by, order_by, frame: frame.map(Box::new) }, vm)
}

/// Reads the bounds of a window's frame: two numbers, or `None` for what has no end.
fn window_frame(unit: FrameUnit, given: &PyObjectRef, vm: &VirtualMachine) -> PyResult<WindowFrame> {
    let bounds = object::items(given, vm)?;
    let [start, end] = bounds.as_slice() else {
        return Err(exc::argument("2-tuple expected for range/rows/groups", vm));
    };
    let bound = |bound: &PyObjectRef| -> PyResult<FrameBound> {
        if vm.is_none(bound) {
            return Ok(FrameBound::Unbounded);
        }
        let number = if unit == FrameUnit::Range {
            bound.clone().try_into_value(vm).map_err(|_| {
                exc::argument(
                    "When using a tuple to specify a range only integer or none values are allowed in the range frame. \
                     To specify a different type use the FrameClause directly.",
                    vm,
                )
            })
        } else {
            super::select::whole_number(bound, vm)
                .map_err(|_| exc::argument("Integer or None expected for values in rows/groups frame", vm))
        };
        number.map(|number: i64| FrameBound::from(Some(number)))
    };
    Ok(WindowFrame { unit, start: bound(start)?, end: bound(end)?, exclude: None })
}

/// `func.name().scalar_table_valued(name, type_=None)`
fn scalar_table_valued(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("scalar_table_valued", args, vm);
    let name = arguments.required("name")?;
    let type_ = arguments.optional("type_");
    arguments.finish()?;
    let type_ = type_.map(|type_| to_instance(&type_, vm)).transpose()?;
    element(Node::RowField { function: this, name, type_ }, vm)
}

/// `func.name().within_group(order)`, and with the order among the arguments `func.name().aggregate_order_by(order)`
fn within_group(this: PyObjectRef, args: &FuncArgs, inside: bool, vm: &VirtualMachine) -> PyResult {
    let order_by = super::select::order_columns(&args.args, vm)?;
    element(Node::WithinGroup { function: this, order_by, inside }, vm)
}

/// `func.name().filter(condition)`
pub(crate) fn filter(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let condition = operators::boolean_list(true, &args.args, vm)?;
    let condition = coerce_condition(&condition, vm)?;
    if node(&this).is_none() {
        return Err(exc::argument("filter() belongs to a function", vm));
    }
    element(Node::Filter { function: this, condition }, vm)
}

/// The functions that SQLAlchemy has a class for each.
const WITH_CLASS: &[&str] = &[
    "now",
    "count",
    "max",
    "min",
    "sum",
    "coalesce",
    "concat",
    "char_length",
    "random",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "sysdate",
    "user",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "array_agg",
];

/// Tells whether SQLAlchemy has a class for a function.
pub(crate) fn has_class(name: &str) -> bool {
    WITH_CLASS.contains(&name)
}

/// The functions of PostgreSQL that its dialect has a class for each, and those of ordered sets and groupings.
const WITH_OTHER_CLASS: &[&str] = &[
    "aggregate_strings",
    "cube",
    "grouping_sets",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "phraseto_tsquery",
    "plainto_tsquery",
    "pow",
    "rollup",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
];

/// Tells whether an expression is a call of a function, and if so, whether SQLAlchemy has a subclass of `Function` for it.
pub(crate) fn has_subclass(obj: &PyObject) -> Option<bool> {
    let node = node(obj)?;
    let Node::Function { name, .. } = &*node else { return None };
    let [name] = name.as_slice() else { return Some(false) };
    let name = name.to_lowercase();
    Some(has_class(&name) || WITH_OTHER_CLASS.contains(&name.as_str()))
}

/// Gives the classes of `sqlalchemy.sql.functions` that stand for single functions, made when they are asked for.
pub(crate) fn function_class(name: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if !has_class(name) {
        return Ok(None);
    }
    let namespace = vm.ctx.new_dict();
    namespace.set_item("__module__", object::new_text("sqlalchemy.sql.functions", vm), vm)?;
    let bases = object::new_tuple(vec![class_object("GenericFunction")], vm);
    let type_: PyObjectRef = vm.ctx.types.type_type.to_owned().into();
    type_.call((object::new_text(name, vm), bases, namespace), vm).map(Some)
}
