//! What `sqlalchemy.dialects.mysql` has beside its table of types: how their constructors take arguments, and
//! `INSERT ... ON DUPLICATE KEY UPDATE`.

use limbeck_sql::expression::BinaryOperator;
use limbeck_sql::types::{ParameterDefault, TypeArgument};
use rustpython_vm::builtins::PyTuple;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::arguments::Arguments;
use super::exc;
use super::object::{
    self, ClassDef, Member, class_name, get, get_some, is_list, items, method, new_bool, new_list, new_text,
    own, repr, set, text_of,
};
use super::sql::dml::{self, OnConflictState};
use super::sql::elements::{Node, coerce, element, is_clause, literal};
use super::sql::{collection, selectable};
use super::types::{self, dialect_class, kind};

type Members = &'static [(&'static str, Member)];

/// The old names of the types, which the module `base` still has.
pub(crate) const OLD_NAMES: &[(&str, &str)] = &[
    ("MSBigInteger", "mysql.BIGINT"),
    ("MSBinary", "BINARY"),
    ("MSBit", "mysql.BIT"),
    ("MSBlob", "BLOB"),
    ("MSChar", "mysql.CHAR"),
    ("MSDecimal", "mysql.DECIMAL"),
    ("MSDouble", "mysql.DOUBLE"),
    ("MSEnum", "mysql.ENUM"),
    ("MSFloat", "mysql.FLOAT"),
    ("MSInteger", "mysql.INTEGER"),
    ("MSLongBlob", "mysql.LONGBLOB"),
    ("MSLongText", "mysql.LONGTEXT"),
    ("MSMediumBlob", "mysql.MEDIUMBLOB"),
    ("MSMediumInteger", "mysql.MEDIUMINT"),
    ("MSMediumText", "mysql.MEDIUMTEXT"),
    ("MSNChar", "mysql.NCHAR"),
    ("MSNVarChar", "mysql.NVARCHAR"),
    ("MSNumeric", "mysql.NUMERIC"),
    ("MSReal", "mysql.REAL"),
    ("MSSet", "mysql.SET"),
    ("MSSmallInteger", "mysql.SMALLINT"),
    ("MSString", "mysql.VARCHAR"),
    ("MSText", "mysql.TEXT"),
    ("MSTime", "mysql.TIME"),
    ("MSTimeStamp", "mysql.TIMESTAMP"),
    ("MSTinyBlob", "mysql.TINYBLOB"),
    ("MSTinyInteger", "mysql.TINYINT"),
    ("MSTinyText", "mysql.TINYTEXT"),
    ("MSVarBinary", "VARBINARY"),
    ("MSYear", "mysql.YEAR"),
];

/// The key of the dialect's own INSERT in the registry of classes.
pub(crate) const INSERT: &str = "mysql.Insert";

const INSERT_CLASS: ClassDef = ClassDef {
    name: "Insert",
    module: "sqlalchemy.dialects.mysql.dml",
    bases: &["Insert"],
    members: &[
        ("inserted", Member::Get(inserted)),
        ("on_duplicate_key_update", method(on_duplicate_key_update)),
    ],
};

/// The key of what `limit()` makes.
pub(crate) const LIMIT: &str = "mysql.DMLLimitClause";

const LIMIT_CLASS: ClassDef = ClassDef {
    name: "DMLLimitClause",
    module: "sqlalchemy.dialects.mysql.dml",
    bases: &["ClauseElement"],
    members: &[],
};

/// The key of `match(...)`.
pub(crate) const MATCH: &str = "mysql.match";

const MATCH_CLASS: ClassDef = ClassDef {
    name: "match",
    module: "sqlalchemy.dialects.mysql.expression",
    bases: &["BinaryExpression"],
    members: &[
        ("__init__", method(match_init)),
        ("in_boolean_mode", method(|this, _, vm| with_modifier(&this, "in_boolean_mode", vm))),
        (
            "in_natural_language_mode",
            method(|this, _, vm| with_modifier(&this, "in_natural_language_mode", vm)),
        ),
        ("with_query_expansion", method(|this, _, vm| with_modifier(&this, "with_query_expansion", vm))),
    ],
};

/// Builds the classes that are no types.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    for (key, class) in [(INSERT, &INSERT_CLASS), (LIMIT, &LIMIT_CLASS), (MATCH, &MATCH_CLASS)] {
        object::build_class(key, class, vm)?;
    }
    Ok(())
}

/// The constructors of the types, by the names of the classes.
pub(crate) const MEMBERS: &[(&str, Members)] = &[
    ("mysql.INTEGER", WIDTH),
    ("mysql.BIGINT", WIDTH),
    ("mysql.SMALLINT", WIDTH),
    ("mysql.MEDIUMINT", WIDTH),
    ("mysql.TINYINT", WIDTH),
    ("mysql.DECIMAL", &[("__init__", method(|this, args, vm| number(&this, args, "Numeric", vm)))]),
    ("mysql.NUMERIC", &[("__init__", method(|this, args, vm| number(&this, args, "Numeric", vm)))]),
    ("mysql.FLOAT", &[("__init__", method(|this, args, vm| number(&this, args, "Float", vm)))]),
    ("mysql.DOUBLE", &[("__init__", method(double))]),
    ("mysql.REAL", &[("__init__", method(double))]),
    ("mysql.CHAR", STRING),
    ("mysql.VARCHAR", STRING),
    ("mysql.TEXT", STRING),
    ("mysql.NCHAR", NATIONAL_STRING),
    ("mysql.NVARCHAR", NATIONAL_STRING),
    ("mysql.TINYTEXT", UNSIZED_STRING),
    ("mysql.MEDIUMTEXT", UNSIZED_STRING),
    ("mysql.LONGTEXT", UNSIZED_STRING),
    ("mysql.ENUM", &[("__init__", method(enumeration)), ("__repr__", method(labels_repr))]),
    ("mysql.SET", &[("__init__", method(label_set)), ("__repr__", method(labels_repr))]),
];

const WIDTH: Members =
    &[("__init__", method(|this, args, vm| construct(&this, args, &["display_width"], Unknown::Width, vm)))];
const STRING: Members = &[("__init__", method(|this, args, vm| string(&this, args, &["length"], vm)))];
const UNSIZED_STRING: Members = &[("__init__", method(|this, args, vm| string(&this, args, &[], vm)))];
const NATIONAL_STRING: Members = &[("__init__", method(national_string))];

/// What refuses a keyword argument that a type does not have.
#[derive(Clone, Copy)]
enum Unknown {
    /// The base of all classes, which takes none at all.
    Width,
    /// A class that the type is based on.
    Class(&'static str),
}

/// Sets the attributes of a type of the table: the first parameters may be given by position.
fn construct(
    this: &PyObject,
    mut args: FuncArgs,
    positional: &[&str],
    unknown: Unknown,
    vm: &VirtualMachine,
) -> PyResult {
    let Some(class) = kind(this, vm).and_then(|key| dialect_class(&key)) else { return object::none(vm) };
    name_positional(class.name, &mut args, positional, vm)?;
    if let Some(name) =
        args.kwargs.keys().find(|name| !class.parameters.iter().any(|(known, _)| known == name))
    {
        return Err(vm.new_type_error(match unknown {
            Unknown::Width => {
                "object.__init__() takes exactly one argument (the instance to initialize)".to_owned()
            }
            Unknown::Class(class) => {
                format!("{class}.__init__() got an unexpected keyword argument '{name}'")
            }
        }));
    }
    types::type_init(this.to_owned(), args, vm)
}

/// Gives the arguments that were given by position their names.
fn name_positional(
    class: &str,
    args: &mut FuncArgs,
    positional: &[&str],
    vm: &VirtualMachine,
) -> PyResult<()> {
    if args.args.len() > positional.len() {
        // Python counts `self`
        let given = args.args.len() + 1;
        let most = positional.len() + 1;
        let takes = if most == 1 {
            "1 positional argument".to_owned()
        } else {
            format!("from 1 to {most} positional arguments")
        };
        return Err(vm.new_type_error(format!("{class}.__init__() takes {takes} but {given} were given")));
    }
    for (name, value) in positional.iter().zip(std::mem::take(&mut args.args)) {
        if args.kwargs.insert((*name).to_owned(), value).is_some() {
            return Err(
                vm.new_type_error(format!("{class}.__init__() got multiple values for argument '{name}'"))
            );
        }
    }
    Ok(())
}

fn number(this: &PyObject, args: FuncArgs, base: &'static str, vm: &VirtualMachine) -> PyResult {
    construct(this, args, &["precision", "scale", "asdecimal"], Unknown::Class(base), vm)
}

/// DOUBLE and REAL give decimals unless they are told not to.
fn double(this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if args.args.len() < 3 {
        args.kwargs.entry("asdecimal".to_owned()).or_insert_with(|| new_bool(true, vm));
    }
    number(&this, args, "Float", vm)?;
    if own(&this, "precision", vm).is_some() != own(&this, "scale", vm).is_some() {
        return Err(exc::argument("You must specify both precision and scale or omit both altogether.", vm));
    }
    object::none(vm)
}

fn string(this: &PyObject, args: FuncArgs, positional: &[&str], vm: &VirtualMachine) -> PyResult {
    construct(this, args, positional, Unknown::Class("String"), vm)?;
    if own(this, "collation_schema", vm).is_some() && own(this, "collation", vm).is_none() {
        return Err(exc::argument(
            "the 'collation_schema' parameter of String requires the 'collation' parameter to also be present",
            vm,
        ));
    }
    object::none(vm)
}

fn national_string(this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    args.kwargs.insert("national".to_owned(), new_bool(true, vm));
    string(&this, args, &["length"], vm)
}

/// Takes the arguments that say how the labels of ENUM and SET are stored, and sets them.
fn take_character_set(this: &PyObject, args: &mut FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let Some(class) = kind(this, vm).and_then(|key| dialect_class(&key)) else { return Ok(()) };
    for (name, default) in class.parameters {
        if *default == ParameterDefault::Rest {
            continue;
        }
        let value = args.kwargs.shift_remove(*name).unwrap_or_else(|| match default.argument() {
            TypeArgument::Bool(flag) => new_bool(flag, vm),
            _ => vm.ctx.none(),
        });
        set(this, name, value, vm)?;
    }
    Ok(())
}

fn refuse_unknown(args: &FuncArgs, known: &[&str], vm: &VirtualMachine) -> PyResult<()> {
    match args.kwargs.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            Err(vm.new_type_error(format!("String.__init__() got an unexpected keyword argument '{name}'")))
        }
        None => Ok(()),
    }
}

/// The keyword arguments of `Enum` that MySQL's ENUM takes as well.
const ENUM_ARGUMENTS: &[&str] = &[
    "create_constraint",
    "create_type",
    "inherit_schema",
    "length",
    "metadata",
    "name",
    "native_enum",
    "omit_aliases",
    "quote",
    "schema",
    "sort_key_function",
    "strict",
    "validate_strings",
    "values_callable",
];

fn enumeration(this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    take_character_set(&this, &mut args, vm)?;
    refuse_unknown(&args, ENUM_ARGUMENTS, vm)?;
    args.kwargs.shift_remove("strict");
    let collation = own(&this, "collation", vm);
    types::enum_init(this.clone(), args, vm)?;
    // the initialisation of `Enum` knows no collation
    if let Some(collation) = collation {
        set(&this, "collation", collation, vm)?;
    }
    object::none(vm)
}

fn label_set(this: PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    take_character_set(&this, &mut args, vm)?;
    refuse_unknown(&args, &["length"], vm)?;
    let mut longest = 0;
    let mut has_blank = false;
    for value in &args.args {
        let length = value.length_opt(vm).transpose()?.ok_or_else(|| {
            vm.new_type_error(format!("object of type '{}' has no len()", class_name(value)))
        })?;
        longest = longest.max(length);
        has_blank |= length == 0;
    }
    if has_blank && !object::get_bool(&this, "retrieve_as_bitwise", vm)? {
        return Err(exc::argument(
            "Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True",
            vm,
        ));
    }
    let length = args.kwargs.shift_remove("length").unwrap_or_else(|| vm.ctx.new_int(longest).into());
    set(&this, "length", length, vm)?;
    set(&this, "values", PyTuple::new_ref(std::mem::take(&mut args.args), &vm.ctx), vm)?;
    object::none(vm)
}

/// Gives `repr` of an ENUM or a SET: the labels, then what is not at its default.
fn labels_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(class) = kind(&this, vm).and_then(|key| dialect_class(&key)) else { return object::none(vm) };
    let mut parts = Vec::new();
    for (name, default) in class.parameters {
        let value = get(&this, name, vm)?;
        match default.argument() {
            TypeArgument::Texts(_) => {
                for label in items(&value, vm)? {
                    parts.push(repr(&label, vm)?);
                }
            }
            TypeArgument::Bool(flag) if value.clone().try_to_bool(vm)? == flag => {}
            TypeArgument::None if vm.is_none(&value) => {}
            _ => parts.push(format!("{name}={}", repr(&value, vm)?)),
        }
    }
    Ok(new_text(format!("{}({})", class_name(&this), parts.join(", ")), vm))
}

/// `insert(table)`
pub(crate) fn insert(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("insert", args, vm);
    let table = arguments.required("table")?;
    arguments.finish()?;
    dml::new(INSERT, &table, vm)
}

/// The row that would have been inserted, as ON DUPLICATE KEY UPDATE reads it.
fn inserted(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let alias = selectable::alias_of(&*get(&this, "table", vm)?, Some(new_text("inserted", vm)), vm)?;
    get(&alias, "c", vm)
}

fn on_duplicate_key_update(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let set = match args.args.as_slice() {
        [] => args.kwargs.into_iter().collect(),
        _ if !args.kwargs.is_empty() => {
            return Err(exc::argument("Can't pass kwargs and positional arguments simultaneously", vm));
        }
        [given] if is_list(given, vm) => {
            let pairs = items(given, vm)?;
            let pairs = pairs.iter().map(|pair| match items(pair, vm)?.as_slice() {
                [key, value] => Ok((dml::column_key(key, vm)?, value.clone())),
                _ => Err(exc::argument(UPDATE_PARAMETERS, vm)),
            });
            return set_on_duplicate(&this, pairs.collect::<PyResult<_>>()?, true, vm);
        }
        [given] if object::is_a(given, "ColumnCollection") => collection::entries(given),
        [given] => dml::column_values(given, vm)?,
        _ => {
            return Err(exc::argument(
                "Only a single dictionary or list of tuples is accepted positionally.",
                vm,
            ));
        }
    };
    set_on_duplicate(&this, set, false, vm)
}

const UPDATE_PARAMETERS: &str = "update parameter must be a non-empty dictionary or a ColumnCollection such as the \
                                 `.c.` collection of a Table object";

/// Sets the assignments, in the order of the table's columns unless the caller's counts.
fn set_on_duplicate(
    this: &PyObject,
    given: Vec<(String, PyObjectRef)>,
    in_order_given: bool,
    vm: &VirtualMachine,
) -> PyResult {
    if given.is_empty() {
        return Err(vm.new_value_error("update parameter dictionary must not be empty"));
    }
    let table = get(this, "table", vm)?;
    let columns = collection::entries(&*get(&table, "c", vm)?);
    let place = |key: &str| columns.iter().position(|(known, _)| known == key);
    let (mut set, unknown): (Vec<_>, Vec<_>) = given.into_iter().partition(|(key, _)| place(key).is_some());
    if !in_order_given {
        set.sort_by_key(|(key, _)| place(key));
    }
    if !unknown.is_empty() {
        let table = get_some(&table, "name", vm)?.and_then(|name| text_of(&name)).unwrap_or_default();
        let names: Vec<String> = unknown.iter().map(|(name, _)| format!("'{name}'")).collect();
        let message = format!(
            "Additional column names not matching any column keys in table '{table}': {}",
            names.join(", ")
        );
        let category = object::class_object("SAWarning");
        vm.call_method(&*vm.import("warnings", 0)?, "warn", (new_text(message, vm), category))?;
    }
    dml::change(
        this,
        |state| state.on_conflict = Some(OnConflictState { set, ..OnConflictState::default() }),
        vm,
    )
}

/// `limit(number)`: how many rows an UPDATE or DELETE touches at most.
pub(crate) fn limit(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("limit", args, vm);
    let given = arguments.required("limit")?;
    arguments.finish()?;
    let given = if is_clause(&given, vm) {
        given
    } else {
        let number: PyObjectRef = vm.ctx.types.int_type.to_owned().into();
        literal(&*number.call((given,), vm)?, Some(types::new_type("Integer", vm)?), vm)?
    };
    let limit = object::instance(LIMIT, vm)?;
    set(&limit, "_limit_clause", given, vm)?;
    Ok(limit)
}

/// The modifiers of `match`, in the order in which they are written.
const MODIFIERS: [(&str, &str); 3] = [
    ("in_boolean_mode", " IN BOOLEAN MODE"),
    ("in_natural_language_mode", " IN NATURAL LANGUAGE MODE"),
    ("with_query_expansion", " WITH QUERY EXPANSION"),
];

/// `match(*columns, against=..., in_boolean_mode=False, in_natural_language_mode=False, with_query_expansion=False)`
fn match_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("match.__init__", args, vm);
    let columns = arguments.rest();
    let against = arguments.keyword("against");
    let mut modifiers = Vec::new();
    for (name, _) in MODIFIERS {
        if arguments.flag(name, false)? {
            modifiers.push(new_text(name, vm));
        }
    }
    arguments.finish()?;
    let Some(against) = against else { return Err(exc::argument("against is required", vm)) };
    if columns.is_empty() {
        return Err(exc::argument("columns are required", vm));
    }
    let columns = columns.iter().map(|column| coerce(column, None, vm)).collect::<PyResult<Vec<_>>>()?;
    set(&this, "_columns", new_list(columns, vm), vm)?;
    set(&this, "_against", coerce(&against, None, vm)?, vm)?;
    set_modifiers(&this, modifiers, vm)?;
    object::none(vm)
}

/// Sets the modifiers of a `match`, and with them the expression that it stands for.
fn set_modifiers(this: &PyObject, modifiers: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let given: Vec<String> = modifiers.iter().filter_map(|modifier| text_of(modifier)).collect();
    let words = MODIFIERS.iter().filter(|(name, _)| given.iter().any(|given| given == name));
    let escape = Some(words.map(|(_, words)| *words).collect());
    set(this, "_modifiers", new_list(modifiers, vm), vm)?;
    let left = element(Node::Tuple(items(&*get(this, "_columns", vm)?, vm)?), vm)?;
    let right = get(this, "_against", vm)?;
    object::set_state(this, Node::Binary { left, operator: BinaryOperator::Match, right, escape });
    Ok(())
}

fn with_modifier(this: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    let mut modifiers = items(&*get(this, "_modifiers", vm)?, vm)?;
    modifiers.push(new_text(name, vm));
    set_modifiers(&copy, modifiers, vm)?;
    Ok(copy)
}
