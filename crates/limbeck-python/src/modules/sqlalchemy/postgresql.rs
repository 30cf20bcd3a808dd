//! What `sqlalchemy.dialects.postgresql` has beside its types: constructs, functions, and the operators of its types.

use limbeck_sql::expression::BinaryOperator;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::arguments::Arguments;
use super::exc;
use super::object::{
    self, ClassDef, Function, Member, class_object, get, is_a, is_list, items, method, new_bool, new_text,
    own, repr, set, text_of,
};
use super::sql::elements::{Form, Node, Place, coerce, coerce_compared, element, literal, type_of};
use super::sql::functions::new_function;
use super::sql::operators::{self, binary};
use super::types::{new_type, schema_type, to_instance};

const RANGES: &str = "sqlalchemy.dialects.postgresql.ranges";

/// The key of the class of what `distinct_on()` gives.
pub(crate) const DISTINCT_ON: &str = "DistinctOnClause";

/// `distinct_on(*expressions)`, an extension of a query
fn distinct_on(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let on = super::sql::select::order_columns(&args.args, vm)?;
    let made = object::instance(DISTINCT_ON, vm)?;
    set(&made, "_distinct_on", object::new_list(on, vm), vm)?;
    Ok(made)
}

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: DISTINCT_ON,
        module: "sqlalchemy.dialects.postgresql.ext",
        bases: &["ClauseElement"],
        members: &[],
    },
    ClassDef {
        name: "Range",
        module: RANGES,
        bases: &[],
        members: &[
            ("__init__", method(range_init)),
            ("__repr__", method(range_repr)),
            ("__str__", method(range_str)),
            ("__eq__", method(range_equal)),
            ("__class_getitem__", Member::Class(|this, _, _| Ok(this))),
        ],
    },
    ClassDef {
        name: "aggregate_order_by",
        module: "sqlalchemy.dialects.postgresql.ext",
        bases: &["ColumnElement"],
        members: &[("__init__", method(aggregate_order_by))],
    },
    ClassDef {
        name: "array",
        module: "sqlalchemy.dialects.postgresql.array",
        bases: &["ColumnElement"],
        members: &[("__init__", method(array))],
    },
    ClassDef {
        name: "hstore",
        module: "sqlalchemy.dialects.postgresql.hstore",
        bases: &["GenericFunction"],
        members: &[("type", Member::Get(|_, vm| new_type("postgresql.HSTORE", vm)))],
    },
];

/// The functions of the module, by name.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("distinct_on", distinct_on),
    ("array_agg", |args, vm| named("array_agg", args, None, vm)),
    ("to_tsvector", |args, vm| text_search("to_tsvector", args, "postgresql.TSVECTOR", vm)),
    ("to_tsquery", |args, vm| text_search("to_tsquery", args, "postgresql.TSQUERY", vm)),
    ("plainto_tsquery", |args, vm| text_search("plainto_tsquery", args, "postgresql.TSQUERY", vm)),
    ("phraseto_tsquery", |args, vm| text_search("phraseto_tsquery", args, "postgresql.TSQUERY", vm)),
    ("websearch_to_tsquery", |args, vm| text_search("websearch_to_tsquery", args, "postgresql.TSQUERY", vm)),
    ("ts_headline", |args, vm| text_search("ts_headline", args, "TEXT", vm)),
];

fn named(name: &str, args: FuncArgs, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    new_function(vec![name.to_owned()], &args.args, type_, vm)
}

/// A function of text search: of two arguments and more the first names a configuration.
fn text_search(name: &str, mut args: FuncArgs, type_: &str, vm: &VirtualMachine) -> PyResult {
    if args.args.len() > 1 && text_of(&args.args[0]).is_some() {
        args.args[0] = literal(&args.args[0], Some(new_type("postgresql.REGCONFIG", vm)?), vm)?;
    }
    named(name, args, Some(new_type(type_, vm)?), vm)
}

/// `array([...], type_=None)`
fn array(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("array", args, vm);
    let clauses = arguments.required("clauses")?;
    let type_ = arguments.keyword("type_");
    arguments.finish()?;
    let type_ = match type_ {
        Some(type_) => Some(class_object("postgresql.ARRAY").call((type_,), vm)?),
        None => None,
    };
    let given = items(&clauses, vm)?;
    let items = given.iter().map(|item| coerce(item, None, vm)).collect::<PyResult<Vec<_>>>()?;
    object::set_state(&this, Node::Array { items, type_ });
    object::none(vm)
}

/// `aggregate_order_by(target, *order_by)`
fn aggregate_order_by(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("aggregate_order_by", args, vm);
    let operand = coerce(&*arguments.required("target")?, None, vm)?;
    let order_by = arguments.rest();
    arguments.finish()?;
    if order_by.is_empty() {
        return Err(exc::argument("at least one ORDER BY element is required", vm));
    }
    let order_by = order_by.iter().map(|item| coerce(item, None, vm)).collect::<PyResult<Vec<_>>>()?;
    object::set_state(&this, Node::AggregateOrderBy { operand, order_by });
    object::none(vm)
}

/// `Range(lower=None, upper=None, *, bounds="[)", empty=False)`
fn range_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Range.__init__", args, vm);
    for name in ["lower", "upper"] {
        let value = arguments.optional(name).unwrap_or_else(|| vm.ctx.none());
        set(&this, name, value, vm)?;
    }
    let bounds = arguments.keyword("bounds").unwrap_or_else(|| new_text("[)", vm));
    set(&this, "bounds", bounds, vm)?;
    set(&this, "empty", new_bool(arguments.flag("empty", false)?, vm), vm)?;
    arguments.finish()?;
    object::none(vm)
}

fn range_str(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if object::get_bool(&this, "empty", vm)? {
        return Ok(new_text("empty", vm));
    }
    let bounds = object::get_text(&this, "bounds", vm)?.unwrap_or_default();
    let end =
        |name| object::get_some(&this, name, vm)?.map_or(Ok(String::new()), |end| object::text(&end, vm));
    let (lower, upper) = (end("lower")?, end("upper")?);
    let (before, after) = bounds.split_at_checked(1).unwrap_or(("[", ")"));
    Ok(new_text(format!("{before}{lower},{upper}{after}"), vm))
}

fn range_equal(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(other) = args.args.first().filter(|other| is_a(other, "Range")) else {
        return Ok(vm.ctx.not_implemented());
    };
    for name in ["lower", "upper", "bounds", "empty"] {
        if !vm.bool_eq(&*get(&this, name, vm)?, &*get(other, name, vm)?)? {
            return Ok(new_bool(false, vm));
        }
    }
    Ok(new_bool(true, vm))
}

fn range_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = Vec::new();
    for name in ["lower", "upper", "bounds", "empty"] {
        parts.push(format!("{name}={}", repr(&*get(&this, name, vm)?, vm)?));
    }
    Ok(new_text(format!("Range({})", parts.join(", ")), vm))
}

// The operators of types.

/// What a type's operator becomes.
#[derive(Clone, Copy)]
enum Meaning {
    /// An infix operator that compares.
    Comparison(&'static str),
    /// An infix operator of arithmetic.
    Arithmetic(fn() -> BinaryOperator),
    /// A function with the column before the other arguments.
    Function(&'static str),
}

use Meaning::{Arithmetic, Comparison, Function as Call};

type Operators = &'static [(&'static str, Meaning)];

const JSONB: Operators = &[
    ("has_key", Comparison("?")),
    ("has_all", Comparison("?&")),
    ("has_any", Comparison("?|")),
    ("contains", Comparison("@>")),
    ("contained_by", Comparison("<@")),
    ("path_exists", Comparison("@?")),
    ("path_match", Comparison("@@")),
];

const HSTORE: Operators = &[
    ("has_key", Comparison("?")),
    ("has_all", Comparison("?&")),
    ("has_any", Comparison("?|")),
    ("contains", Comparison("@>")),
    ("contained_by", Comparison("<@")),
    ("defined", Call("defined")),
    ("delete", Call("delete")),
    ("slice", Call("slice")),
    ("keys", Call("akeys")),
    ("vals", Call("avals")),
    ("array", Call("hstore_to_array")),
    ("matrix", Call("hstore_to_matrix")),
];

const ARRAY: Operators =
    &[("contains", Comparison("@>")), ("contained_by", Comparison("<@")), ("overlap", Comparison("&&"))];

const RANGE: Operators = &[
    ("contains", Comparison("@>")),
    ("contained_by", Comparison("<@")),
    ("overlaps", Comparison("&&")),
    ("strictly_left_of", Comparison("<<")),
    ("strictly_right_of", Comparison(">>")),
    ("not_extend_right_of", Comparison("&<")),
    ("not_extend_left_of", Comparison("&>")),
    ("adjacent_to", Comparison("-|-")),
    ("union", Arithmetic(|| BinaryOperator::Add)),
    ("difference", Arithmetic(|| BinaryOperator::Subtract)),
    ("intersection", Arithmetic(|| BinaryOperator::Multiply)),
];

/// The operators that get parentheses within any other.
const EAGER: [&str; 7] = ["?", "?&", "?|", "@>", "<@", "@?", "@@"];

/// Gives the operators that a type has of its own.
fn operators_of(type_: &PyObject) -> Operators {
    let families: [(&str, Operators); 5] = [
        ("postgresql.JSONB", JSONB),
        ("postgresql.HSTORE", HSTORE),
        ("ARRAY", ARRAY),
        ("AbstractSingleRange", RANGE),
        ("AbstractMultiRange", RANGE),
    ];
    families.iter().find(|(class, _)| is_a(type_, class)).map_or(&[], |(_, operators)| operators)
}

/// Tells whether `name` is an operator of the type of an expression rather than one of all expressions.
pub(crate) fn has_operator(this: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<bool> {
    Ok(match type_of(this, vm)? {
        Some(type_) => operators_of(&type_).iter().any(|(known, _)| *known == name),
        None => false,
    })
}

/// Carries out an operator of the type of an expression.
pub(crate) fn operate(this: &PyObject, name: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let type_ = type_of(this, vm)?;
    let meaning = type_
        .as_ref()
        .and_then(|type_| operators_of(type_).iter().find(|(known, _)| *known == name))
        .map(|(_, meaning)| *meaning);
    let Some(meaning) = meaning else { return Err(vm.new_attribute_error(name.to_owned())) };
    let other = args.args.first().cloned();
    let operator = match meaning {
        Comparison(text) => BinaryOperator::Custom {
            text: text.to_owned(),
            precedence: 5,
            is_comparison: true,
            is_eager: EAGER.contains(&text),
        },
        Arithmetic(operator) => operator(),
        Call(function) => {
            let mut arguments = vec![this.to_owned()];
            arguments.extend(other);
            return new_function(vec![function.to_owned()], &arguments, None, vm);
        }
    };
    let Some(other) = other else { return Err(vm.new_type_error(format!("{name}() takes one operand"))) };
    // what a key or a path is compared with is no document
    let is_text = matches!(name, "has_key" | "path_exists" | "path_match");
    let is_range = type_.as_ref().is_some_and(|type_| is_a(type_, "AbstractRange"));
    let is_item = is_range && !is_a(&other, "Range") && text_of(&other).is_none() && !is_list(&other, vm);
    let right = coerce_compared(&other, if is_text || is_item { None } else { type_ }, vm)?;
    binary(this.to_owned(), operator, right, vm)
}

/// Gives an attribute that an expression has because of its type; `None` when it has none of that name.
pub(crate) fn attribute(this: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if name.starts_with("__") {
        return Ok(None);
    }
    let Some(type_) = type_of(this, vm)? else { return Ok(None) };
    if name == "astext" && (is_a(&type_, "postgresql.JSON") || is_a(&type_, "postgresql.JSONB")) {
        return as_form(this, Form::Text, vm).map(Some);
    }
    let this = this.to_owned();
    let name = name.to_owned();
    if operators_of(&type_).iter().any(|(known, _)| *known == name) {
        let call = move |args: FuncArgs, vm: &VirtualMachine| operate(&this, &name, args, vm);
        return Ok(Some(vm.new_function("operator", call).into()));
    }
    if is_a(&type_, "JSON") && JSON_CONVERSIONS.contains(&name.as_str()) {
        let call = move |args: FuncArgs, vm: &VirtualMachine| convert(&this, &name, &args, vm);
        return Ok(Some(vm.new_function("as_type", call).into()));
    }
    if name == "delete_path" && is_a(&type_, "postgresql.JSONB") {
        let call = move |args: FuncArgs, vm: &VirtualMachine| delete_path(&this, &args, vm);
        return Ok(Some(vm.new_function("delete_path", call).into()));
    }
    if matches!(name.as_str(), "any" | "all") && is_a(&type_, "ARRAY") {
        let call = move |args: FuncArgs, vm: &VirtualMachine| any_or_all(&this, &name, args, vm);
        return Ok(Some(vm.new_function("any", call).into()));
    }
    Ok(None)
}

const JSON_CONVERSIONS: [&str; 6] =
    ["as_string", "as_integer", "as_float", "as_boolean", "as_numeric", "as_json"];

/// `column["key"].as_string()` and its kin.
fn convert(this: &PyObject, name: &str, args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    let type_ = match name {
        "as_string" => new_type("Unicode", vm)?,
        "as_integer" => new_type("Integer", vm)?,
        "as_float" => new_type("Float", vm)?,
        "as_boolean" => new_type("Boolean", vm)?,
        "as_numeric" => class_object("Numeric").call(args.clone(), vm)?,
        _ => return Ok(this.to_owned()),
    };
    as_form(this, Form::Typed(type_), vm)
}

fn as_form(this: &PyObject, form: Form, vm: &VirtualMachine) -> PyResult {
    match super::sql::elements::node(this).as_deref() {
        Some(Node::Element { operand, place, .. }) => {
            element(Node::Element { operand: operand.clone(), place: place.clone(), form }, vm)
        }
        _ => Err(exc::invalid_request(
            "The JSON cast operator JSON.as_string() only works with a JSON index expression e.g. \
             col['q'].as_string()",
            vm,
        )),
    }
}

/// `column.delete_path([...])`
fn delete_path(this: &PyObject, args: &FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(path) = args.args.first() else {
        return Err(vm.new_type_error("delete_path() takes a path"));
    };
    let path =
        if is_list(path, vm) { class_object("array").call((path.clone(),), vm)? } else { path.clone() };
    let type_ = class_object("postgresql.ARRAY").call((class_object("TEXT"),), vm)?;
    let right = element(Node::Cast { operand: path, type_ }, vm)?;
    let operator = BinaryOperator::Custom {
        text: "#-".to_owned(),
        precedence: 15,
        is_comparison: false,
        is_eager: true,
    };
    binary(this.to_owned(), operator, right, vm)
}

/// `column.any(value, operator=eq)` of an array: the value stands on the left.
fn any_or_all(this: &PyObject, name: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new(name, args, vm);
    let other = arguments.required("other")?;
    let operator = arguments.optional("operator");
    arguments.finish()?;
    let type_ = match type_of(this, vm)? {
        Some(type_) => own(&type_, "item_type", vm),
        None => None,
    };
    let left = coerce_compared(&other, type_, vm)?;
    let unary = if name == "any" {
        limbeck_sql::expression::UnaryOperator::Any
    } else {
        limbeck_sql::expression::UnaryOperator::All
    };
    let right = operators::unary(unary, this.to_owned(), vm)?;
    match operator {
        Some(operator) => operator.call((left, right), vm),
        None => binary(left, BinaryOperator::Equal, right, vm),
    }
}

/// Makes `Any(value, array, operator=eq)` or `All(...)`.
pub(crate) fn array_comparison(name: &'static str, method: &'static str, vm: &VirtualMachine) -> PyObjectRef {
    let call = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let mut arguments = Arguments::new(name, args, vm);
        let other = arguments.required("other")?;
        let array = arguments.required("arrexpr")?;
        let rest = match arguments.optional("operator") {
            Some(operator) => vec![other, operator],
            None => vec![other],
        };
        arguments.finish()?;
        any_or_all(&array, method, rest.into(), vm)
    };
    vm.new_function(name, call).into()
}

/// `column[index]` of JSON, arrays and `HSTORE`.
pub(crate) fn index(this: &PyObject, given: &PyObject, vm: &VirtualMachine) -> PyResult {
    let place = if let Some(slice) = given.downcast_ref::<rustpython_vm::builtins::PySlice>() {
        let start = slice.start.clone().unwrap_or_else(|| vm.ctx.none());
        Place::Slice(coerce(&start, None, vm)?, coerce(&slice.stop, None, vm)?)
    } else if is_list(given, vm) {
        Place::Path(items(given, vm)?)
    } else {
        Place::Key(coerce(given, None, vm)?)
    };
    element(Node::Element { operand: this.to_owned(), place, form: Form::Own }, vm)
}

// Types with names of their own.

pub(crate) const DOMAIN_MEMBERS: &[(&str, Member)] = &[
    ("__init__", method(domain_init)),
    ("create", method(|this, args, vm| ddl(&this, "Create", args, vm))),
    ("drop", method(|this, args, vm| ddl(&this, "Drop", args, vm))),
];

/// `type.create(bind, checkfirst=True)` and `type.drop(bind, checkfirst=True)`
pub(crate) fn ddl(this: &PyObject, action: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create", args, vm);
    let bind = arguments.required("bind")?;
    // The generic Enum looks first only when it is told to.
    let looks_first = !is_a(this, "Enum") || is_a(this, "postgresql.ENUM");
    let checkfirst = arguments.optional("checkfirst").map_or(Ok(looks_first), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    let dialect = get(&bind, "dialect", vm)?;
    let dialect = object::get_text(&dialect, "name", vm)?.unwrap_or_default();
    let is_enum = is_a(this, "Enum");
    // Only a database with named types has anything to create; the others store text.
    let own_enum = is_a(this, "postgresql.ENUM") && matches!(dialect.as_str(), "mysql" | "mariadb");
    if own_enum {
        let statement = class_object(&format!("{action}EnumType")).call((this.to_owned(),), vm)?;
        // MySQL has enums as well, so SQLAlchemy tries to create this one there, and refuses the statement.
        return vm.call_method(&bind, "execute", (statement,));
    }
    if dialect != "postgresql" || is_enum && !object::get_bool(this, "native_enum", vm)? {
        return object::none(vm);
    }
    if checkfirst && let Some(connection) = super::engine::connection_of(&bind) {
        let name = object::get_text(this, "name", vm)?.unwrap_or_default();
        let schema = object::get_text(this, "schema", vm)?;
        let exists = limbeck_sql::reflection::Inspector::new(&connection)
            .and_then(|mut inspector| inspector.has_type(&name, schema.as_deref()))
            .map_err(|error| exc::from_sql(&error, vm))?;
        if exists == (action == "Create") {
            return object::none(vm);
        }
    }
    let kind = if is_enum { "Enum" } else { "Domain" };
    let statement = class_object(&format!("{action}{kind}Type")).call((this.to_owned(),), vm)?;
    vm.call_method(&bind, "execute", (statement,))?;
    object::none(vm)
}

/// `DOMAIN(name, data_type, *, collation=None, default=None, constraint_name=None, ...)`
fn domain_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("DOMAIN.__init__", args, vm);
    let name = arguments.required("name")?;
    set(&this, "data_type", to_instance(&*arguments.required("data_type")?, vm)?, vm)?;
    for name in ["collation", "collation_schema", "default", "constraint_name", "not_null"] {
        let value = arguments.keyword(name).unwrap_or_else(|| vm.ctx.none());
        set(&this, name, value, vm)?;
    }
    let check = match arguments.keyword("check") {
        Some(check) => match text_of(&check) {
            Some(text) => element(Node::Text { text, binds: Vec::new() }, vm)?,
            None => check,
        },
        None => vm.ctx.none(),
    };
    set(&this, "check", check, vm)?;
    set(&this, "create_type", new_bool(arguments.flag("create_type", true)?, vm), vm)?;
    schema_type(&this, Some(name), &mut arguments, vm)?;
    arguments.finish()?;
    object::none(vm)
}
