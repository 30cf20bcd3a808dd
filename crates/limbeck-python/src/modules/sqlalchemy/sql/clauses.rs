//! The expression classes, as a table.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use super::compiled::{compile, statement_str};
use super::elements::{self, Bind, Node, node};
use super::{dml, from_elements, functions, operators, select, selectable};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, address, class_path, is_a, method, new_text, own, set, set_state, text_of,
};
use crate::modules::sqlalchemy::types::{null_type, to_instance};

const ELEMENTS: &str = "sqlalchemy.sql.elements";

const fn plain(name: &'static str, bases: &'static [&'static str]) -> ClassDef {
    ClassDef { name, module: ELEMENTS, bases, members: &[] }
}

const CLASSES: &[ClassDef] = &[
    ClassDef { name: "Operators", module: "sqlalchemy.sql.operators", bases: &[], members: &[] },
    ClassDef {
        name: "ColumnOperators",
        module: "sqlalchemy.sql.operators",
        bases: &["Operators"],
        members: &[],
    },
    ClassDef {
        name: "ClauseElement",
        module: ELEMENTS,
        bases: &["Visitable"],
        members: &[
            ("__str__", method(statement_str)),
            ("compile", method(compile)),
            ("params", method(passes_self)),
            ("unique_params", method(passes_self)),
            (
                "get_children",
                method(|this, _, vm| {
                    Ok(object::new_list(node(&this).map(|node| node.children()).unwrap_or_default(), vm))
                }),
            ),
            ("_execution_options", Member::Get(|_, vm| Ok(vm.ctx.new_dict().into()))),
        ],
    },
    ClassDef {
        name: "Executable",
        module: "sqlalchemy.sql.base",
        bases: &[],
        members: &[
            ("execution_options", method(execution_options)),
            ("options", method(passes_self)),
            (
                "get_execution_options",
                method(|this, _, vm| {
                    Ok(own(&this, "_execution_options", vm).unwrap_or_else(|| vm.ctx.new_dict().into()))
                }),
            ),
        ],
    },
    plain("SQLColumnExpression", &["ColumnOperators"]),
    ClassDef {
        name: "ColumnElement",
        module: ELEMENTS,
        bases: &["SQLColumnExpression", "ClauseElement"],
        members: operators::MEMBERS,
    },
    ClassDef {
        name: "ColumnClause",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[("__init__", method(column_init)), ("__repr__", method(named_repr))],
    },
    ClassDef {
        name: "TextClause",
        module: ELEMENTS,
        bases: &["Executable", "ClauseElement"],
        members: &[
            ("bindparams", method(bindparams)),
            ("columns", method(text_columns)),
            (
                "text",
                Member::Get(|this, vm| match node(&this).as_deref() {
                    Some(Node::Text { text, .. }) => Ok(new_text(text, vm)),
                    _ => Ok(vm.ctx.none()),
                }),
            ),
            ("label", method(|this, args, vm| operators_member("label", this, args, vm))),
            ("__and__", method(|this, args, vm| operators_member("__and__", this, args, vm))),
            ("__or__", method(|this, args, vm| operators_member("__or__", this, args, vm))),
            ("__invert__", method(|this, _, vm| operators::negate(&this, vm))),
            ("desc", method(|this, args, vm| operators_member("desc", this, args, vm))),
            ("asc", method(|this, args, vm| operators_member("asc", this, args, vm))),
            ("self_group", method(|this, _, _| Ok(this))),
            ("type", Member::Get(|_, vm| null_type(vm))),
        ],
    },
    ClassDef {
        name: "BindParameter",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[
            ("__repr__", method(bind_repr)),
            ("value", Member::Get(|this, vm| Ok(bind_of(&this).value.unwrap_or_else(|| vm.ctx.none())))),
            ("key", Member::Get(|this, vm| Ok(object::new_opt_text(bind_of(&this).key, vm)))),
            ("expanding", Member::Get(|this, vm| Ok(object::new_bool(bind_of(&this).expanding, vm)))),
        ],
    },
    plain("Null", &["ColumnElement"]),
    plain("True_", &["ColumnElement"]),
    plain("False_", &["ColumnElement"]),
    ClassDef {
        name: "UnaryExpression",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[("element", Member::Get(first_child))],
    },
    ClassDef {
        name: "BinaryExpression",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[
            ("left", Member::Get(first_child)),
            (
                "right",
                Member::Get(|this, vm| {
                    let children = node(&this).map(|node| node.children()).unwrap_or_default();
                    Ok(children.get(1).cloned().unwrap_or_else(|| vm.ctx.none()))
                }),
            ),
        ],
    },
    ClassDef {
        name: "BooleanClauseList",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[(
            "clauses",
            Member::Get(|this, vm| {
                Ok(object::new_list(node(&this).map(|node| node.children()).unwrap_or_default(), vm))
            }),
        )],
    },
    plain("ClauseList", &["ColumnElement"]),
    plain("Cast", &["ColumnElement"]),
    plain("TryCast", &["Cast"]),
    plain("TypeCoerce", &["ColumnElement"]),
    plain("Case", &["ColumnElement"]),
    plain("CollationClause", &["ColumnElement"]),
    ClassDef {
        name: "Label",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: &[("element", Member::Get(first_child))],
    },
    plain("Extract", &["ColumnElement"]),
    plain("Tuple", &["ColumnElement"]),
    plain("Grouping", &["ColumnElement"]),
    plain("Over", &["ColumnElement"]),
    ClassDef { name: "WithinGroup", module: ELEMENTS, bases: &["ColumnElement"], members: OF_AGGREGATES },
    ClassDef {
        name: "AggregateOrderBy",
        module: ELEMENTS,
        bases: &["ColumnElement"],
        members: OF_AGGREGATES,
    },
    ClassDef { name: "FunctionFilter", module: ELEMENTS, bases: &["ColumnElement"], members: OF_AGGREGATES },
    ClassDef {
        name: "FunctionElement",
        module: "sqlalchemy.sql.functions",
        bases: &["Executable", "ColumnElement"],
        members: functions::MEMBERS,
    },
    ClassDef {
        name: "Function",
        module: "sqlalchemy.sql.functions",
        bases: &["FunctionElement"],
        members: &[("__repr__", method(named_repr))],
    },
    ClassDef {
        name: "GenericFunction",
        module: "sqlalchemy.sql.functions",
        bases: &["Function"],
        members: &[("__init__", method(functions::generic_init))],
    },
    ClassDef {
        name: "ReturnTypeFromArgs",
        module: "sqlalchemy.sql.functions",
        bases: &["GenericFunction"],
        members: &[],
    },
    ClassDef {
        name: "quoted_name",
        module: ELEMENTS,
        bases: &["str"],
        members: &[("__new__", Member::Static(quoted_name)), ("quote", Member::Value(|vm| vm.ctx.none()))],
    },
    ClassDef { name: "_truncated_label", module: ELEMENTS, bases: &["quoted_name"], members: &[] },
    ClassDef { name: "conv", module: ELEMENTS, bases: &["_truncated_label"], members: &[] },
];

/// What aggregates may have behind them.
const OF_AGGREGATES: &[(&str, Member)] =
    &[("over", method(functions::over)), ("filter", method(functions::filter))];

/// Builds the expression and statement classes.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    object::build(CLASSES, vm)?;
    object::build(functions::CLAUSE_LIST, vm)?;
    object::build(selectable::CLASSES, vm)?;
    object::build(from_elements::CLASSES, vm)?;
    object::build(select::CLASSES, vm)?;
    object::build(dml::CLASSES, vm)?;
    object::build(functions::CLASSES, vm)
}

/// The names of the classes of this table.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CLASSES
        .iter()
        .chain(selectable::CLASSES)
        .chain(from_elements::CLASSES)
        .chain(select::CLASSES)
        .chain(dml::CLASSES)
        .map(|def| def.name)
        .filter(|name| !name.starts_with('_'))
}

fn passes_self(this: PyObjectRef, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult {
    Ok(this)
}

/// Calls a method of `ColumnElement` on an expression of another class.
fn operators_member(name: &str, this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let found = operators::MEMBERS.iter().find(|(key, _)| *key == name);
    match found {
        Some((_, Member::Method(function))) => function(this, std::mem::take(&mut args), vm),
        _ => Err(vm.new_attribute_error(name.to_owned())),
    }
}

fn execution_options(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(&this, vm)?;
    let options = vm.ctx.new_dict();
    if let Some(existing) = own(&this, "_execution_options", vm) {
        for (name, value) in object::pairs(&existing, vm)? {
            options.set_item(name.as_str(), value, vm)?;
        }
    }
    for (name, value) in args.kwargs {
        options.set_item(name.as_str(), value, vm)?;
    }
    set(&copy, "_execution_options", options, vm)?;
    Ok(copy)
}

fn first_child(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let children = node(&this).map(|node| node.children()).unwrap_or_default();
    Ok(children.into_iter().next().unwrap_or_else(|| vm.ctx.none()))
}

fn bind_of(obj: &PyObjectRef) -> Bind {
    match node(obj).as_deref() {
        Some(Node::Bind(bind)) => bind.clone(),
        _ => Bind::default(),
    }
}

fn bind_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let bind = bind_of(&this);
    let key = bind.key.clone().unwrap_or_else(|| format!("%({} param)s", address(&this)));
    let value = object::repr(&bind.value.clone().unwrap_or_else(|| vm.ctx.none()), vm)?;
    let type_ = object::repr(&*elements::type_getter(this, vm)?, vm)?;
    Ok(new_text(format!("BindParameter('{key}', {value}, type_={type_})"), vm))
}

fn named_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = own(&this, "name", vm).and_then(|name| text_of(&name)).unwrap_or_default();
    // functions that SQLAlchemy has a class for show that class
    let path = if functions::has_class(&name) && is_a(&this, "Function") {
        format!("sqlalchemy.sql.functions.{name}")
    } else {
        class_path(&this, vm)
    };
    Ok(new_text(format!("<{path} at {:#x}; {name}>", address(&this)), vm))
}

/// `column(name, type_, is_literal)`
fn column_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("column", args, vm);
    let text = arguments.required("text")?;
    let type_ = arguments.optional("type_");
    let is_literal = arguments.optional("is_literal").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.keyword("_selectable");
    arguments.finish()?;
    let type_ = match type_ {
        Some(type_) => to_instance(&type_, vm)?,
        None => null_type(vm)?,
    };
    set(&this, "name", text.clone(), vm)?;
    set(&this, "key", text.clone(), vm)?;
    set(&this, "type", type_.clone(), vm)?;
    set(&this, "table", vm.ctx.none(), vm)?;
    set(&this, "is_literal", object::new_bool(is_literal, vm), vm)?;
    if is_literal {
        let text = text_of(&text).unwrap_or_default();
        set_state(&this, Node::LiteralColumn { text, type_: Some(type_).filter(|t| !is_a(t, "NullType")) });
    }
    object::none(vm)
}

fn bindparams(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(Node::Text { text, binds }) = node(&this).as_deref().cloned() else { return Ok(this) };
    let names = parameter_names(&text);
    let mut binds = binds;
    let check = |name: &str| {
        if names.iter().any(|known| known == name) {
            Ok(())
        } else {
            Err(exc::argument(
                format!("This text() construct doesn't define a bound parameter named '{name}'"),
                vm,
            ))
        }
    };
    for given in args.args {
        let key = bind_of(&given).key.unwrap_or_default();
        check(&key)?;
        binds.retain(|bind| bind_of(bind).key.as_deref() != Some(&key));
        binds.push(given);
    }
    for (key, value) in args.kwargs {
        check(&key)?;
        let earlier = binds.iter().map(bind_of).find(|bind| bind.key.as_deref() == Some(&key));
        binds.retain(|bind| bind_of(bind).key.as_deref() != Some(&key));
        let bind = Bind { key: Some(key), value: Some(value), ..earlier.unwrap_or_default() };
        binds.push(elements::element(Node::Bind(bind), vm)?);
    }
    let copy = object::shallow_copy(&this, vm)?;
    set_state(&copy, Node::Text { text, binds });
    Ok(copy)
}

/// Gives the names of the `:name` parameters of a text, as SQLAlchemy finds them.
pub(crate) fn parameter_names(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    let mut position = 0;
    while position < characters.len() {
        if characters[position] == ':' {
            let before = position.checked_sub(1).map(|at| characters[at]);
            let name: String = characters[position + 1..].iter().take_while(|c| is_word(**c)).collect();
            let after = characters.get(position + 1 + name.chars().count());
            let escaped = before.is_some_and(|c| c == ':' || c == '\\' || is_word(c));
            if !name.is_empty() && !escaped && after != Some(&':') {
                names.push(name);
            }
        }
        position += 1;
    }
    names
}

/// `text(...).columns(...)`: the text as a query with named columns.
fn text_columns(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let textual = object::instance("TextualSelect", vm)?;
    if let Some(node) = node(&this) {
        set_state(&textual, (*node).clone());
    }
    let collection = super::collection::new(vm)?;
    for column in args.args {
        super::collection::add(&collection, None, column, vm)?;
    }
    for (name, type_) in args.kwargs {
        let column = object::class_object("ColumnClause").call((new_text(&name, vm), type_), vm)?;
        super::collection::add(&collection, None, column, vm)?;
    }
    set(&textual, "c", collection.clone(), vm)?;
    set(&textual, "columns", collection.clone(), vm)?;
    set(&textual, "selected_columns", collection, vm)?;
    Ok(textual)
}

/// Makes a `quoted_name` or a `conv`.
fn quoted_name(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    use rustpython_vm::PyPayload;
    use rustpython_vm::builtins::{PyStr, PyTypeRef};
    let class: PyTypeRef = match args.take_positional() {
        Some(class) => class.try_into_value(vm)?,
        None => return Err(vm.new_type_error("quoted_name.__new__() needs a class")),
    };
    let value = args.take_positional_keyword("value").unwrap_or_else(|| vm.ctx.none());
    let quote = args.take_positional_keyword("quote").unwrap_or_else(|| vm.ctx.none());
    let Some(text) = text_of(&value) else { return Ok(value) };
    let obj: PyObjectRef = PyStr::from(text).into_ref_with_type(vm, class)?.into();
    set(&obj, "quote", quote, vm)?;
    Ok(obj)
}
