//! `sqlalchemy.types`: the type classes, built from one table.

mod enumeration;

use limbeck_sql::types::{DIALECTS_WITH_TYPES, DialectTypeClass, ParameterDefault, dialect_type_classes};
use rustpython_vm::builtins::{PyDict, PyFunction, PyType, PyTypeRef};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use enumeration::enum_repr;
pub(crate) use enumeration::{enum_init, schema_type};

use super::arguments::Arguments;
use super::exc;
use super::object::{
    self, ClassDef, Member, class, class_name, class_object, get, get_bool, get_some, is_a, items, method,
    new_bool, new_list, new_text, own, repr, set, text_of,
};

use ParameterDefault::{Bool, Int, Required, Rest};
const NONE: ParameterDefault = ParameterDefault::None;

type Parameters = &'static [(&'static str, ParameterDefault)];

/// A type class: name, bases, its own parameters (`None` inherits them), and whether it stands for a SQL type.
struct TypeDef {
    name: &'static str,
    bases: &'static [&'static str],
    parameters: Option<Parameters>,
    sql: bool,
}

const fn sql(name: &'static str, bases: &'static [&'static str], parameters: Option<Parameters>) -> TypeDef {
    TypeDef { name, bases, parameters, sql: true }
}

const fn helper(name: &'static str, bases: &'static [&'static str]) -> TypeDef {
    TypeDef { name, bases, parameters: None, sql: false }
}

const LENGTH: Parameters = &[("length", NONE)];
const TIMEZONE: Parameters = &[("timezone", Bool(false))];

/// All type classes, bases first.
const TYPES: &[TypeDef] = &[
    helper("Concatenable", &["TypeEngineMixin"]),
    helper("Indexable", &["TypeEngineMixin"]),
    helper("HasExpressionLookup", &["TypeEngineMixin"]),
    helper("Emulated", &["TypeEngineMixin"]),
    helper("NativeForEmulated", &["TypeEngineMixin"]),
    helper("ExternalType", &["TypeEngineMixin"]),
    helper("SchemaType", &["SchemaEventTarget", "TypeEngineMixin"]),
    sql("NullType", &["TypeEngine"], None),
    sql(
        "String",
        &["Concatenable", "TypeEngine"],
        Some(&[("length", NONE), ("collation", NONE), ("collation_schema", NONE)]),
    ),
    sql("Text", &["String"], None),
    sql("Unicode", &["String"], None),
    sql("UnicodeText", &["Text"], None),
    sql("CHAR", &["String"], None),
    sql("VARCHAR", &["String"], None),
    sql("NCHAR", &["Unicode"], None),
    sql("NVARCHAR", &["Unicode"], None),
    sql("TEXT", &["Text"], None),
    sql("CLOB", &["Text"], None),
    sql("Integer", &["HasExpressionLookup", "TypeEngine"], None),
    sql("SmallInteger", &["Integer"], None),
    sql("BigInteger", &["Integer"], None),
    sql("INTEGER", &["Integer"], None),
    sql("SMALLINT", &["SmallInteger"], None),
    sql("BIGINT", &["BigInteger"], None),
    helper("NumericCommon", &["HasExpressionLookup", "TypeEngineMixin"]),
    sql(
        "Numeric",
        &["NumericCommon", "TypeEngine"],
        Some(&[
            ("precision", NONE),
            ("scale", NONE),
            ("decimal_return_scale", NONE),
            ("asdecimal", Bool(true)),
        ]),
    ),
    sql("NUMERIC", &["Numeric"], None),
    sql("DECIMAL", &["Numeric"], None),
    sql(
        "Float",
        &["NumericCommon", "TypeEngine"],
        Some(&[("precision", NONE), ("asdecimal", Bool(false)), ("decimal_return_scale", NONE)]),
    ),
    sql("Double", &["Float"], None),
    sql("FLOAT", &["Float"], None),
    sql("REAL", &["Float"], None),
    sql("DOUBLE", &["Double"], None),
    sql("DOUBLE_PRECISION", &["Double"], None),
    sql(
        "Boolean",
        &["SchemaType", "Emulated", "TypeEngine"],
        Some(&[("create_constraint", Bool(false)), ("name", NONE)]),
    ),
    sql("BOOLEAN", &["Boolean"], None),
    sql("MatchType", &["Boolean"], None),
    sql("Date", &["HasExpressionLookup", "TypeEngine"], None),
    sql("DATE", &["Date"], None),
    sql("DateTime", &["HasExpressionLookup", "TypeEngine"], Some(TIMEZONE)),
    sql("DATETIME", &["DateTime"], None),
    sql("TIMESTAMP", &["DateTime"], Some(TIMEZONE)),
    sql("Time", &["HasExpressionLookup", "TypeEngine"], Some(TIMEZONE)),
    sql("TIME", &["Time"], None),
    sql("_Binary", &["TypeEngine"], Some(LENGTH)),
    sql("LargeBinary", &["_Binary"], Some(LENGTH)),
    sql("BLOB", &["LargeBinary"], None),
    sql("BINARY", &["_Binary"], None),
    sql("VARBINARY", &["_Binary"], None),
    sql("JSON", &["Indexable", "TypeEngine"], Some(&[("none_as_null", Bool(false))])),
    sql("Uuid", &["Emulated", "TypeEngine"], Some(&[("as_uuid", Bool(true)), ("native_uuid", Bool(true))])),
    sql("UUID", &["Uuid", "NativeForEmulated"], Some(&[("as_uuid", Bool(true))])),
    sql(
        "ARRAY",
        &["SchemaEventTarget", "Indexable", "Concatenable", "TypeEngine"],
        Some(&[
            ("item_type", Required),
            ("as_tuple", Bool(false)),
            ("dimensions", NONE),
            ("zero_indexes", Bool(false)),
        ]),
    ),
    sql("Enum", &["String", "SchemaType", "Emulated", "TypeEngine"], Some(&[])),
    sql("TupleType", &["TypeEngine"], Some(&[])),
    sql("TypeDecorator", &["SchemaEventTarget", "ExternalType", "TypeEngine"], Some(&[])),
    helper("_AbstractInterval", &["HasExpressionLookup", "TypeEngine"]),
    sql(
        "Interval",
        &["Emulated", "_AbstractInterval", "TypeDecorator"],
        Some(&[("native", Bool(true)), ("second_precision", NONE), ("day_precision", NONE)]),
    ),
    sql(
        "PickleType",
        &["TypeDecorator"],
        Some(&[("protocol", Int(5)), ("pickler", NONE), ("comparator", NONE), ("impl", NONE)]),
    ),
    sql("UserDefinedType", &["ExternalType", "TypeEngine"], None),
    helper("NamedType", &["SchemaType", "TypeEngine"]),
    helper("AbstractRange", &["TypeEngine"]),
    helper("AbstractSingleRange", &["AbstractRange"]),
    helper("AbstractMultiRange", &["AbstractRange"]),
];

const MODULE: &str = "sqlalchemy.sql.sqltypes";
const API_MODULE: &str = "sqlalchemy.sql.type_api";

/// The attribute of a type class that tells Rust which SQL type it stands for.
pub(crate) const KIND: &str = "__limbeck_type__";

const BASES: &[ClassDef] = &[
    ClassDef { name: "Visitable", module: "sqlalchemy.sql.visitors", bases: &[], members: &[] },
    ClassDef {
        name: "symbol",
        module: "sqlalchemy.util.langhelpers",
        bases: &[],
        members: &[(
            "__repr__",
            method(|this, _, vm| {
                let name = object::get_text(&this, "name", vm)?.unwrap_or_default();
                Ok(new_text(format!("symbol('{name}')"), vm))
            }),
        )],
    },
    ClassDef { name: "TypeEngineMixin", module: API_MODULE, bases: &[], members: &[] },
    ClassDef { name: "SchemaEventTarget", module: "sqlalchemy.sql.base", bases: &[], members: &[] },
    ClassDef {
        name: "TypeEngine",
        module: API_MODULE,
        bases: &["Visitable"],
        members: &[
            ("__init__", method(type_init)),
            ("__repr__", method(|this, _, vm| Ok(new_text(generic_repr(&this, vm)?, vm)))),
            ("__str__", method(type_str)),
            ("__class_getitem__", Member::Class(|this, _, _| Ok(this))),
            ("with_variant", method(with_variant)),
            ("copy", method(|this, _, vm| object::shallow_copy(&this, vm))),
            ("adapt", method(adapt)),
            ("compile", method(compile)),
            ("dialect_impl", method(|this, _, _| Ok(this))),
            ("load_dialect_impl", method(|this, _, _| Ok(this))),
            ("as_generic", method(as_generic)),
            ("coerce_compared_value", method(|this, _, _| Ok(this))),
            ("compare_against_backend", method(|_, _, vm| object::none(vm))),
            ("python_type", Member::Get(python_type)),
            ("_type_affinity", Member::GetAny(type_affinity)),
            ("_variant_mapping", Member::Get(variant_mapping)),
            ("should_evaluate_none", Member::Value(|vm| new_bool(false, vm))),
            ("hashable", Member::Value(|vm| new_bool(true, vm))),
            ("evaluates_none", method(evaluates_none)),
        ],
    },
];

type Members = &'static [(&'static str, Member)];

/// Members that only some classes have.
const OWN_MEMBERS: &[(&str, Members)] = &[
    (
        "Enum",
        &[
            ("__init__", method(enum_init)),
            ("__repr__", method(|this, _, vm| Ok(new_text(enum_repr(&this, vm)?, vm)))),
            ("create", method(|this, args, vm| super::postgresql::ddl(&this, "Create", args, vm))),
            ("drop", method(|this, args, vm| super::postgresql::ddl(&this, "Drop", args, vm))),
        ],
    ),
    ("ARRAY", &[("__init__", method(array_init))]),
    ("JSON", &[("NULL", Member::Value(json_null))]),
    ("UUID", &[("native_uuid", Member::Value(|vm| new_bool(true, vm)))]),
    ("TupleType", &[("__init__", method(tuple_init))]),
    (
        "Interval",
        &[("__init__", method(interval_init)), ("impl", Member::Value(|_| class_object("DateTime")))],
    ),
    (
        "PickleType",
        &[
            ("__init__", method(pickle_init)),
            ("impl", Member::Value(|_| class_object("LargeBinary"))),
            ("cache_ok", Member::Value(|vm| new_bool(true, vm))),
        ],
    ),
    ("Numeric", &[("_default_decimal_return_scale", Member::Value(|vm| vm.ctx.new_int(10).into()))]),
    (
        "TypeDecorator",
        &[
            ("__init__", method(decorator_init)),
            ("__getattr__", method(decorator_getattr)),
            ("cache_ok", Member::Value(|vm| vm.ctx.none())),
            ("load_dialect_impl", method(|this, _, vm| get(&this, "impl_instance", vm))),
            ("impl_instance", Member::Get(impl_instance)),
            ("process_bind_param", method(passes_value)),
            ("process_result_value", method(passes_value)),
            ("type_engine", method(|this, _, vm| get(&this, "impl_instance", vm))),
            ("copy", method(|this, _, vm| object::shallow_copy(&this, vm))),
        ],
    ),
    (
        "UserDefinedType",
        &[("cache_ok", Member::Value(|vm| vm.ctx.none())), ("__getattr__", method(no_such_attribute))],
    ),
    ("Float", &[("_default_decimal_return_scale", Member::Value(|vm| vm.ctx.new_int(10).into()))]),
];

fn own_members(name: &str) -> Members {
    OWN_MEMBERS.iter().find(|(class, _)| *class == name).map_or(&[], |(_, members)| members)
}

/// Builds the type classes.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    if object::has_class("TypeEngine") {
        return Ok(());
    }
    object::build(BASES, vm)?;
    for def in TYPES {
        let module = match def.name {
            "TypeDecorator" | "UserDefinedType" | "ExternalType" | "Emulated" | "NativeForEmulated" => {
                API_MODULE
            }
            _ => MODULE,
        };
        let class_def = ClassDef { name: def.name, module, bases: def.bases, members: own_members(def.name) };
        let built = object::build_class(def.name, &class_def, vm)?;
        if def.sql {
            built.set_attr(vm.ctx.intern_str(KIND), new_text(def.name, vm));
        }
    }
    for dialect in DIALECTS_WITH_TYPES {
        for class in dialect_type_classes(dialect) {
            build_dialect_type(class, vm)?;
        }
    }
    Ok(())
}

/// Builds the class of a dialect's type; its key is `dialect.NAME`.
fn build_dialect_type(class: &'static DialectTypeClass, vm: &VirtualMachine) -> PyResult<()> {
    // Classes are built once and live as long as the process.
    let key: &'static str = Box::leak(dialect_key(class).into_boxed_str());
    let members = dialect_members(key);
    let def = ClassDef { name: class.name, module: class.module, bases: class.bases, members };
    let built = object::build_class(key, &def, vm)?;
    built.set_attr(vm.ctx.intern_str(KIND), new_text(key, vm));
    Ok(())
}

/// Gives the key of a dialect's class in the registry.
pub(crate) fn dialect_key(class: &DialectTypeClass) -> String {
    format!("{}.{}", class.dialect, class.name)
}

/// Finds the class of a dialect's type by its key.
pub(crate) fn dialect_class(key: &str) -> Option<&'static DialectTypeClass> {
    let (dialect, name) = key.split_once('.')?;
    dialect_type_classes(dialect).iter().find(|class| class.name == name)
}

const SHOWN_WITHOUT_ARGUMENTS: Members =
    &[("__repr__", method(|this, _, vm| Ok(new_text(format!("{}()", class_name(&this)), vm))))];

/// Members that only some classes of the dialects have, by key.
const DIALECT_MEMBERS: &[(&str, Members)] = &[
    ("postgresql.ARRAY", &[("__init__", method(array_init))]),
    ("postgresql.BIT", &[("__init__", method(bit_init))]),
    ("postgresql.DOMAIN", super::postgresql::DOMAIN_MEMBERS),
    ("sqlite.DATE", SHOWN_WITHOUT_ARGUMENTS),
    ("sqlite.DATETIME", SHOWN_WITHOUT_ARGUMENTS),
    ("sqlite.TIME", SHOWN_WITHOUT_ARGUMENTS),
    ("mssql.VARBINARY", &[("__init__", method(varbinary_init))]),
    ("oracle.NUMBER", &[("__init__", method(number_init))]),
    ("oracle.TIMESTAMP", &[("__init__", method(oracle_timestamp_init))]),
];

fn dialect_members(key: &str) -> Members {
    DIALECT_MEMBERS
        .iter()
        .chain(super::mysql::MEMBERS)
        .find(|(class, _)| *class == key)
        .map_or(&[], |(_, members)| members)
}

/// The names that `sqlalchemy.types` exports.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|def| def.name).chain(["TypeEngine", "SchemaEventTarget", "TypeEngineMixin"])
}

/// Finds the parameters of the nearest class of the table.
fn parameters(class: &Py<PyType>, vm: &VirtualMachine) -> Parameters {
    if let Some(found) = kind(class.as_object(), vm).and_then(|key| dialect_class(&key)) {
        return found.parameters;
    }
    let kinds = class.mro_map_collect(|class| class.name().to_string());
    for kind in &kinds {
        let mut def = TYPES.iter().find(|def| def.name == kind);
        while let Some(found) = def {
            if let Some(parameters) = found.parameters {
                return parameters;
            }
            def = found.bases.iter().find_map(|base| TYPES.iter().find(|def| def.name == *base && def.sql));
        }
        if TYPES.iter().any(|def| def.name == kind && def.sql) {
            return &[];
        }
    }
    &[]
}

/// Gives the name of the table's class that a type object or class stands for.
pub(crate) fn kind(obj: &PyObject, vm: &VirtualMachine) -> Option<String> {
    let value = object::get_opt(obj, KIND, vm).ok()??;
    text_of(&value)
}

/// Tells whether a class is a built-in type that compilers know by a name of its own; SQLite's moments have none.
pub(crate) fn has_own_visit_name(class: &Py<PyType>, vm: &VirtualMachine) -> bool {
    let kind = class.get_direct_attr(vm.ctx.intern_str(KIND));
    kind.and_then(|kind| text_of(&kind)).is_some_and(|kind| !kind.starts_with("sqlite."))
}

/// Tells whether an object is a type, or a class of types.
pub(crate) fn is_type(obj: &PyObject) -> bool {
    if let Some(cls) = obj.downcast_ref::<PyType>() {
        return cls.fast_issubclass(&class("TypeEngine"));
    }
    is_a(obj, "TypeEngine")
}

/// Gives a type object: a class is called without arguments.
pub(crate) fn to_instance(obj: &PyObject, vm: &VirtualMachine) -> PyResult {
    if vm.is_none(obj) {
        return null_type(vm);
    }
    if obj.downcast_ref::<PyType>().is_some() || (!is_type(obj) && obj.is_callable()) {
        return obj.call((), vm);
    }
    Ok(obj.to_owned())
}

/// Makes a type without arguments.
pub(crate) fn new_type(name: &str, vm: &VirtualMachine) -> PyResult {
    class_object(name).call((), vm)
}

/// Makes a `NullType`.
pub(crate) fn null_type(vm: &VirtualMachine) -> PyResult {
    new_type("NullType", vm)
}

fn default_value(default: ParameterDefault, vm: &VirtualMachine) -> PyObjectRef {
    match default {
        ParameterDefault::None | ParameterDefault::Hidden | Required | Rest => vm.ctx.none(),
        ParameterDefault::NewText => new_type("Text", vm).unwrap_or_else(|_| vm.ctx.none()),
        Bool(flag) => new_bool(flag, vm),
        Int(number) => vm.ctx.new_int(number).into(),
    }
}

pub(crate) fn type_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = class_name(&this);
    let parameters = parameters(this.class(), vm);
    if parameters.is_empty() {
        if !args.is_empty() {
            return Err(vm.new_type_error(format!("{name}() takes no arguments")));
        }
        return object::none(vm);
    }
    let function = format!("{name}.__init__");
    let mut arguments = Arguments::new(&function, args, vm);
    for (parameter, default) in parameters {
        let value = match default {
            Required => arguments.required(parameter)?,
            Rest => new_list(arguments.rest(), vm),
            default => arguments.given_value(parameter).unwrap_or_else(|| default_value(*default, vm)),
        };
        set(&this, parameter, value, vm)?;
    }
    arguments.finish()?;
    object::none(vm)
}

/// `mssql.VARBINARY(length, filestream)`: only what has no limit is kept in files.
fn varbinary_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    let length = get(&this, "length", vm)?;
    let is_unlimited = vm.is_none(&length) || text_of(&length).is_some_and(|length| length == "max");
    if get_bool(&this, "filestream", vm)? && !is_unlimited {
        return Err(vm.new_value_error("length must be None or 'max' when setting filestream"));
    }
    object::none(vm)
}

/// `oracle.NUMBER(precision, scale, asdecimal)`: with decimals it is a `Decimal` to Python.
fn number_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    if vm.is_none(&*get(&this, "asdecimal", vm)?) {
        let has_decimals = object::get_int(&this, "scale", vm)?.is_some_and(|scale| scale > 0);
        set(&this, "asdecimal", new_bool(has_decimals, vm), vm)?;
    }
    object::none(vm)
}

/// `oracle.TIMESTAMP(timezone, local_timezone)`
fn oracle_timestamp_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    if get_bool(&this, "timezone", vm)? && get_bool(&this, "local_timezone", vm)? {
        return Err(exc::argument("timezone and local_timezone are mutually exclusive", vm));
    }
    object::none(vm)
}

/// JSON's own `null`, which `None` is not.
fn json_null(vm: &VirtualMachine) -> PyObjectRef {
    let marker = object::instance("symbol", vm);
    if let Ok(marker) = &marker
        && set(marker, "name", new_text("JSON_NULL", vm), vm).is_err()
    {
        return vm.ctx.none();
    }
    marker.unwrap_or_else(|_| vm.ctx.none())
}

fn array_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    let item_type = get(&this, "item_type", vm)?;
    if is_type(&item_type) && is_a_or_subclass(&item_type, "ARRAY") {
        return Err(vm.new_value_error(
            "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype",
        ));
    }
    set(&this, "item_type", to_instance(&item_type, vm)?, vm)?;
    object::none(vm)
}

/// `BIT(length=None, varying=False)`: one bit unless it varies.
fn bit_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    if own(&this, "length", vm).is_none() && !get_bool(&this, "varying", vm)? {
        set(&this, "length", vm.ctx.new_int(1), vm)?;
    }
    object::none(vm)
}

fn is_a_or_subclass(obj: &PyObject, key: &str) -> bool {
    obj.downcast_ref::<PyType>().map_or_else(|| is_a(obj, key), |cls| cls.fast_issubclass(&class(key)))
}

fn tuple_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let types: Vec<_> = args.args.iter().map(|item| to_instance(item, vm)).collect::<PyResult<_>>()?;
    set(&this, "types", new_list(types, vm), vm)?;
    object::none(vm)
}

fn interval_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    set(&this, "impl", new_type("DateTime", vm)?, vm)?;
    object::none(vm)
}

fn pickle_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    type_init(this.clone(), args, vm)?;
    let impl_ = match own(&this, "impl", vm) {
        Some(given) => to_instance(&given, vm)?,
        None => to_instance(&*this.class().as_object().get_attr("impl", vm)?, vm)?,
    };
    set(&this, "impl", impl_, vm)?;
    object::none(vm)
}

fn decorator_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let impl_ = vm.get_attribute_opt(this.class().to_owned().into(), vm.ctx.intern_str("impl"))?;
    let Some(impl_) = impl_ else {
        return Err(vm.new_attribute_error(
            "TypeDecorator implementations require a class-level variable 'impl' which refers to the class \
             of type being decorated",
        ));
    };
    let impl_ = if impl_.downcast_ref::<PyType>().is_some() { impl_.call(args, vm)? } else { impl_ };
    set(&this, "impl", impl_, vm)?;
    object::none(vm)
}

/// The type object behind a decorator; `impl` may still be the class's when `__init__` was not called.
fn impl_instance(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    match own(&this, "impl", vm) {
        Some(impl_) => to_instance(&impl_, vm),
        None => to_instance(&*this.class().as_object().get_attr("impl", vm)?, vm),
    }
}

fn decorator_getattr(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    if !name.starts_with("__")
        && let Ok(impl_) = impl_instance(this.clone(), vm)
    {
        return impl_.get_attr(vm.ctx.intern_str(name), vm);
    }
    no_such_attribute(this, args, vm)
}

fn no_such_attribute(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    Err(vm.new_attribute_error(format!("'{}' object has no attribute '{name}'", class_name(&this))))
}

fn passes_value(_this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    Ok(args.args.first().cloned().unwrap_or_else(|| vm.ctx.none()))
}

/// A parameter as Python's introspection shows it.
struct Signature {
    positional: Vec<String>,
    named: Vec<(String, PyObjectRef)>,
    variadic: Option<String>,
}

fn signature(this: &PyObject, vm: &VirtualMachine) -> PyResult<Signature> {
    let init = this.class().as_object().get_attr("__init__", vm)?;
    let mut result = Signature { positional: Vec::new(), named: Vec::new(), variadic: None };
    let Some(_) = init.downcast_ref::<PyFunction>() else {
        for (name, default) in parameters(this.class(), vm) {
            match default {
                Required => result.positional.push((*name).to_owned()),
                ParameterDefault::Hidden => {}
                default => result.named.push(((*name).to_owned(), default_value(*default, vm))),
            }
        }
        return Ok(result);
    };
    let code = init.get_attr("__code__", vm)?;
    let count: usize = code.get_attr("co_argcount", vm)?.try_into_value(vm)?;
    let keyword_only: usize = code.get_attr("co_kwonlyargcount", vm)?.try_into_value(vm)?;
    let flags: u32 = code.get_attr("co_flags", vm)?.try_into_value(vm)?;
    let names = items(&*code.get_attr("co_varnames", vm)?, vm)?;
    let names: Vec<String> = names.iter().filter_map(|name| text_of(name)).collect();
    let defaults = match get_some(&init, "__defaults__", vm)? {
        Some(defaults) => items(&defaults, vm)?,
        None => Vec::new(),
    };
    let required = count.saturating_sub(defaults.len());
    result.positional = names.iter().take(required).skip(1).cloned().collect();
    result.named = names.iter().take(count).skip(required).cloned().zip(defaults).collect();
    if let Some(defaults) = get_some(&init, "__kwdefaults__", vm)? {
        for name in names.iter().skip(count).take(keyword_only) {
            if let Ok(default) = defaults.get_item(name.as_str(), vm) {
                result.named.push((name.clone(), default));
            }
        }
    }
    if flags & 0x04 != 0 {
        result.variadic = names.get(count + keyword_only).cloned();
    }
    Ok(result)
}

/// Gives `repr` of a type: its arguments that differ from their defaults, as SQLAlchemy shows them.
pub(crate) fn generic_repr(this: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    // A decorator shows the arguments of the type behind it.
    let decorated = is_a(this, "TypeDecorator");
    let inspected = if decorated { impl_instance(this.to_owned(), vm)? } else { this.to_owned() };
    if decorated && is_a(&inspected, "Enum") {
        let shown = enum_repr(&inspected, vm)?;
        let arguments = shown.split_once('(').map_or("", |(_, rest)| rest);
        return Ok(format!("{}({arguments}", class_name(this)));
    }
    let signature = signature(&inspected, vm)?;
    let mut parts = Vec::new();
    let attribute = |name: &str| vm.get_attribute_opt(this.to_owned(), vm.ctx.intern_str(name));
    for name in &signature.positional {
        parts.push(repr(&attribute(name)?.unwrap_or_else(|| vm.ctx.none()), vm)?);
    }
    if let Some(variadic) = &signature.variadic
        && let Some(values) = attribute(variadic)?
    {
        for value in items(&values, vm)? {
            parts.push(repr(&value, vm)?);
        }
    }
    for (name, default) in &signature.named {
        // `impl` of a pickle type is its storage, not an argument that was given.
        if name == "impl" {
            continue;
        }
        if let Some(value) = attribute(name)?
            && !vm.bool_eq(&value, default)?
        {
            parts.push(format!("{name}={}", repr(&value, vm)?));
        }
    }
    Ok(format!("{}({})", class_name(this), parts.join(", ")))
}

fn type_str(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    match compile_text(&this, None, vm) {
        Ok(sql) => Ok(new_text(sql, vm)),
        Err(_) => Ok(new_text(repr(&this, vm)?, vm)),
    }
}

fn compile_text(this: &PyObject, dialect: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<String> {
    let type_ = crate::lower::sql_type(this, vm)?;
    let dialect = super::engine::dialect_value(dialect, vm)?;
    dialect.type_sql(&type_).map_err(|error| exc::from_sql(&error, vm))
}

fn compile(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("compile", args, vm);
    let dialect = arguments.optional("dialect");
    arguments.finish()?;
    Ok(new_text(compile_text(&this, dialect.as_deref(), vm)?, vm))
}

fn with_variant(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("TypeEngine.with_variant", args, vm);
    let type_ = to_instance(&*arguments.required("type_")?, vm)?;
    let names = arguments.rest();
    if names.is_empty() {
        return Err(exc::argument("At least one dialect name is required", vm));
    }
    if own(&type_, "_variants", vm).is_some() {
        return Err(exc::argument(
            "can't pass a type that already has variants as a dialect-level type to with_variant()",
            vm,
        ));
    }
    let copy = object::shallow_copy(&this, vm)?;
    let variants = vm.ctx.new_dict();
    if let Some(existing) = own(&this, "_variants", vm).and_then(|v| v.downcast::<PyDict>().ok()) {
        for (key, value) in existing.items_vec() {
            variants.set_item(&*key, value, vm)?;
        }
    }
    for name in names {
        if variants.contains_key(&*name, vm) {
            let text = text_of(&name).unwrap_or_default();
            return Err(exc::argument(
                format!("Dialect {text:?} is already present in the mapping for this type").replace('"', "'"),
                vm,
            ));
        }
        variants.set_item(&*name, type_.clone(), vm)?;
    }
    set(&copy, "_variants", variants, vm)?;
    Ok(copy)
}

fn variant_mapping(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    Ok(own(&this, "_variants", vm).unwrap_or_else(|| vm.ctx.new_dict().into()))
}

fn evaluates_none(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(&this, vm)?;
    set(&copy, "should_evaluate_none", new_bool(true, vm), vm)?;
    Ok(copy)
}

/// Makes the same type of another class, with the attributes that its `__init__` takes.
fn adapt(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("TypeEngine.adapt", args, vm);
    let cls = arguments.required("cls")?;
    let overrides = arguments.rest_keywords();
    adapted(&this, &cls, overrides, vm)
}

fn adapted(
    this: &PyObject,
    cls: &PyObject,
    overrides: Vec<(String, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult {
    let signature = signature(this, vm)?;
    // a class of the table takes its own parameters only, one of the user's what it says
    let native = cls.get_attr("__init__", vm)?.downcast_ref::<PyFunction>().is_none();
    let taken = cls.downcast_ref::<PyType>().filter(|_| native).map(|cls| parameters(cls, vm));
    let mut call = FuncArgs::default();
    for name in signature.positional.iter().chain(signature.named.iter().map(|(name, _)| name)) {
        if taken.is_some_and(|taken| !taken.iter().any(|(parameter, _)| parameter == name)) {
            continue;
        }
        if let Some(value) = vm.get_attribute_opt(this.to_owned(), vm.ctx.intern_str(name.as_str()))? {
            call.kwargs.insert(name.clone(), value);
        }
    }
    call.kwargs.extend(overrides);
    cls.call(call, vm)
}

/// The arguments of an `Enum` that its generic form keeps.
const ENUM_ATTRIBUTES: &[&str] = &[
    "name",
    "schema",
    "inherit_schema",
    "native_enum",
    "create_constraint",
    "values_callable",
    "validate_strings",
    "length",
];

/// The CamelCase type of an upper-case one.
fn as_generic(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let generic =
        this.class().mro_map_collect(|class| class.name().to_string()).into_iter().find_map(|name| {
            let def = TYPES.iter().find(|def| def.name == name && def.sql)?;
            match def.name {
                "_Binary" => Some("LargeBinary"),
                // these have no other form
                "JSON" | "ARRAY" => Some(def.name),
                name => name.chars().any(char::is_lowercase).then_some(name),
            }
        });
    match generic {
        Some("Enum") if class_name(&this) != "Enum" => {
            let labels = match get_some(&this, "enum_class", vm)? {
                Some(class) => vec![class],
                None => items(&*get(&this, "_enums_argument", vm)?, vm)?,
            };
            let mut call = FuncArgs::from(labels);
            for name in ENUM_ATTRIBUTES {
                if let Some(value) = own(&this, name, vm) {
                    call.kwargs.insert((*name).to_owned(), value);
                }
            }
            class_object("Enum").call(call, vm)
        }
        Some(name) if name != class_name(&this) => adapted(&this, &class_object(name), Vec::new(), vm),
        None if is_dialect_type(&this, vm) => {
            let class = this.class();
            let module = get_some(class.as_object(), "__module__", vm)?.and_then(|module| text_of(&module));
            Err(vm.new_not_implemented_error(format!(
                "Default TypeEngine.as_generic() heuristic method was unsuccessful for {}.{}. A custom as_generic() \
                 method must be implemented for this type class.",
                module.unwrap_or_default(),
                class.name()
            )))
        }
        _ => Ok(this),
    }
}

fn is_dialect_type(obj: &PyObject, vm: &VirtualMachine) -> bool {
    kind(obj, vm).is_some_and(|key| dialect_class(&key).is_some())
}

fn python_type(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let builtin = |name: &'static str| vm.builtins.get_attr(vm.ctx.intern_str(name), vm);
    let from = |module: &'static str, name: &'static str| {
        vm.import(module, 0)?.get_attr(vm.ctx.intern_str(name), vm)
    };
    let table: &[(&str, &str, &str)] = &[
        ("Enum", "builtins", "str"),
        ("String", "builtins", "str"),
        ("Integer", "builtins", "int"),
        ("Float", "builtins", "float"),
        ("Numeric", "decimal", "Decimal"),
        ("Boolean", "builtins", "bool"),
        ("DateTime", "datetime", "datetime"),
        ("Date", "datetime", "date"),
        ("Time", "datetime", "time"),
        ("Interval", "datetime", "timedelta"),
        ("_Binary", "builtins", "bytes"),
        ("Uuid", "uuid", "UUID"),
        ("ARRAY", "builtins", "list"),
    ];
    if is_a(&this, "Enum")
        && let Some(enum_class) = own(&this, "enum_class", vm)
    {
        return Ok(enum_class);
    }
    if is_a(&this, "Uuid") && !get_bool(&this, "as_uuid", vm)? {
        return builtin("str");
    }
    for (key, module, name) in table {
        if is_a(&this, key) {
            return if *module == "builtins" { builtin(name) } else { from(module, name) };
        }
    }
    builtin("object")
}

/// The class that stands for a family of types, such as `Integer` for `BIGINT`.
fn type_affinity(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let cls: PyTypeRef = match this.clone().downcast::<PyType>() {
        Ok(cls) => cls,
        Err(this) => this.class().to_owned(),
    };
    if cls.fast_issubclass(&class("TypeDecorator")) && cls.fast_issubclass(&class("Interval")) {
        return Ok(class_object("Interval"));
    }
    if cls.fast_issubclass(&class("TypeDecorator")) && this.downcast_ref::<PyType>().is_none() {
        return get(&*impl_instance(this, vm)?, "_type_affinity", vm);
    }
    let roots = ["TypeEngine", "TypeDecorator", "UserDefinedType", "Concatenable", "Indexable"];
    let mut found = cls.clone();
    for base in cls.mro_map_collect(ToOwned::to_owned) {
        let name = base.name().to_string();
        if roots.contains(&name.as_str()) {
            break;
        }
        if TYPES.iter().any(|def| def.name == name && def.sql) {
            found = base;
        }
    }
    Ok(found.into())
}
