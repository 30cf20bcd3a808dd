//! [`SqlType`] back to type objects, for reflected columns.

use indexmap::IndexMap;
use limbeck_sql::types::{
    CAPITAL_MAX_LENGTH, FloatType, GenericType, MAX_LENGTH, NumericType, ParameterDefault, SqlType,
    SqliteType, StandardType, StringType, TypeArgument,
};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{class_object, new_bool, new_list, new_opt_text, new_text};
use crate::modules::sqlalchemy::types::dialect_key;

/// Raises a type, such as one that reflection found.
///
/// # Errors
/// `NotImplementedError` naming a type that has no Python class yet.
pub fn sql_type(type_: &SqlType, vm: &VirtualMachine) -> PyResult {
    let int =
        |number: Option<u32>| number.map_or_else(|| vm.ctx.none(), |number| vm.ctx.new_int(number).into());
    let length = |length: Option<u32>| match length {
        Some(MAX_LENGTH) => new_text("max", vm),
        Some(CAPITAL_MAX_LENGTH) => new_text("MAX", vm),
        length => int(length),
    };
    let string = |name: &str, type_: &StringType| {
        let collation = new_opt_text(type_.collation.as_ref(), vm);
        make(name, vec![], vec![("length", length(type_.length)), ("collation", collation)], vm)
    };
    let numeric = |name: &str, type_: &NumericType| {
        let scale = type_.scale.map_or_else(|| vm.ctx.none(), |scale| vm.ctx.new_int(scale).into());
        let asdecimal = new_bool(type_.asdecimal, vm);
        make(
            name,
            vec![],
            vec![("precision", int(type_.precision)), ("scale", scale), ("asdecimal", asdecimal)],
            vm,
        )
    };
    let float = |name: &str, type_: &FloatType| {
        let asdecimal = new_bool(type_.asdecimal, vm);
        make(name, vec![], vec![("precision", int(type_.precision)), ("asdecimal", asdecimal)], vm)
    };
    let zoned = |name: &str, zone: bool| make(name, vec![], vec![("timezone", new_bool(zone, vm))], vm);
    let plain = |name: &str| make(name, vec![], vec![], vm);
    let sized = |name: &str, size: Option<u32>| make(name, vec![], vec![("length", length(size))], vm);
    match type_ {
        SqlType::Null => plain("NullType"),
        SqlType::Variant { base, variants } => {
            let mut raised = sql_type(base, vm)?;
            for (name, variant) in variants {
                let variant = sql_type(variant, vm)?;
                raised = vm.call_method(&raised, "with_variant", (variant, new_text(name, vm)))?;
            }
            Ok(raised)
        }
        SqlType::Standard(standard) => match standard {
            StandardType::Char(type_) => string("CHAR", type_),
            StandardType::Varchar(type_) => string("VARCHAR", type_),
            StandardType::NChar(type_) => string("NCHAR", type_),
            StandardType::NVarchar(type_) => string("NVARCHAR", type_),
            StandardType::Text(type_) => string("TEXT", type_),
            StandardType::Clob(type_) => string("CLOB", type_),
            StandardType::Blob { length } => sized("BLOB", *length),
            StandardType::Binary { length } => sized("BINARY", *length),
            StandardType::Varbinary { length } => sized("VARBINARY", *length),
            StandardType::Boolean => plain("BOOLEAN"),
            StandardType::Integer => plain("INTEGER"),
            StandardType::SmallInt => plain("SMALLINT"),
            StandardType::BigInt => plain("BIGINT"),
            StandardType::Numeric(type_) => numeric("NUMERIC", type_),
            StandardType::Decimal(type_) => numeric("DECIMAL", type_),
            StandardType::Float(type_) => float("FLOAT", type_),
            StandardType::Real(type_) => float("REAL", type_),
            StandardType::Double(type_) => float("DOUBLE", type_),
            StandardType::DoublePrecision(type_) => float("DOUBLE_PRECISION", type_),
            StandardType::Date => plain("DATE"),
            StandardType::DateTime { timezone } => zoned("DATETIME", *timezone),
            StandardType::Time { timezone } => zoned("TIME", *timezone),
            StandardType::Timestamp { timezone } => zoned("TIMESTAMP", *timezone),
            StandardType::Json(_) => plain("JSON"),
            StandardType::Uuid(_) => plain("UUID"),
        },
        SqlType::Generic(generic) => match generic {
            GenericType::String(type_) => string("String", type_),
            GenericType::Text(type_) => string("Text", type_),
            GenericType::Unicode(type_) => string("Unicode", type_),
            GenericType::UnicodeText(type_) => string("UnicodeText", type_),
            GenericType::Integer => plain("Integer"),
            GenericType::SmallInteger => plain("SmallInteger"),
            GenericType::BigInteger => plain("BigInteger"),
            GenericType::Numeric(type_) => numeric("Numeric", type_),
            GenericType::Float(type_) => float("Float", type_),
            GenericType::Double(type_) => float("Double", type_),
            GenericType::Boolean(_) => plain("Boolean"),
            GenericType::Date => plain("Date"),
            GenericType::DateTime { timezone } => zoned("DateTime", *timezone),
            GenericType::Time { timezone } => zoned("Time", *timezone),
            GenericType::Interval(_) => plain("Interval"),
            GenericType::LargeBinary { length } => sized("LargeBinary", *length),
            GenericType::PickleType => plain("PickleType"),
            GenericType::Json(_) => plain("JSON"),
            GenericType::Uuid(_) => plain("Uuid"),
            GenericType::Array(array) => make("ARRAY", vec![sql_type(&array.item_type, vm)?], vec![], vm),
            GenericType::Enum(enum_) => {
                let labels = enum_.values.iter().map(|label| new_text(label, vm)).collect();
                let name = new_opt_text(enum_.name.as_ref().map(limbeck_sql::schema::Identifier::as_str), vm);
                make("Enum", labels, vec![("name", name)], vm)
            }
        },
        SqlType::Sqlite(sqlite) => match sqlite {
            SqliteType::Date(_) => plain("sqlite.DATE"),
            SqliteType::DateTime(_) => plain("sqlite.DATETIME"),
            SqliteType::Time(_) => plain("sqlite.TIME"),
            SqliteType::Json(_) => plain("sqlite.JSON"),
            SqliteType::Jsonb(_) => plain("sqlite.JSONB"),
        },
        SqlType::Dialect(type_) => {
            let mut given = Vec::new();
            let mut labels = Vec::new();
            for (name, default, argument) in type_.arguments() {
                match (default, argument) {
                    (ParameterDefault::Rest, TypeArgument::Texts(texts)) => {
                        labels.extend(texts.iter().map(|text| new_text(text, vm)));
                    }
                    _ => given.push((name, type_argument(argument, vm)?)),
                }
            }
            make(&dialect_key(type_.class()), labels, given, vm)
        }
        other @ SqlType::Custom(_) => {
            Err(exc::not_provided(&format!("a Python class for the type {other:?}"), vm))
        }
    }
}

fn type_argument(argument: &TypeArgument, vm: &VirtualMachine) -> PyResult {
    Ok(match argument {
        TypeArgument::None => vm.ctx.none(),
        TypeArgument::Bool(flag) => new_bool(*flag, vm),
        TypeArgument::Int(number) => vm.ctx.new_int(*number).into(),
        TypeArgument::Text(text) => new_text(text, vm),
        TypeArgument::Name(name) => class_object("quoted_name").call((name.as_str(), name.quote()), vm)?,
        TypeArgument::Texts(texts) => new_list(texts.iter().map(|text| new_text(text, vm)).collect(), vm),
        TypeArgument::Type(type_) => sql_type(type_, vm)?,
        TypeArgument::Expression(_) => {
            return Err(exc::not_provided("the expression of a reflected type", vm));
        }
    })
}

fn make(
    name: &str,
    args: Vec<PyObjectRef>,
    keywords: Vec<(&str, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult {
    let keywords: IndexMap<String, PyObjectRef> =
        keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    class_object(name).call(FuncArgs::new(args, KwArgs::new(keywords)), vm)
}
