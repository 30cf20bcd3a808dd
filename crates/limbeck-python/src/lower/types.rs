//! Type objects to [`SqlType`].

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::types::{
    ArrayType, BooleanType, CAPITAL_MAX_LENGTH, DialectType, DialectTypeClass, EnumType, FloatType,
    GenericType, IntervalType, JsonType, MAX_LENGTH, NumericType, SqlType, SqliteType, StandardType,
    StorageFormat, StringType, TypeArgument, UuidType,
};
use rustpython_vm::builtins::PyDict;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::custom::PythonType;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::ext::has_compiler;
use crate::modules::sqlalchemy::object::{
    class, get, get_bool, get_int, get_some, get_text, is_list, items, own, repr, text, text_of,
};
use crate::modules::sqlalchemy::sql::elements::is_clause;
use crate::modules::sqlalchemy::types::{dialect_class, is_type, kind, to_instance};

/// Lowers a type object or a type class; Python's `None` is the unknown type.
///
/// # Errors
/// `ArgumentError` for an object that is no type.
pub fn sql_type(obj: &PyObject, vm: &VirtualMachine) -> PyResult<SqlType> {
    if vm.is_none(obj) {
        return Ok(SqlType::Null);
    }
    let obj = to_instance(obj, vm)?;
    if !is_type(&obj) {
        let shown = repr(&obj, vm)?;
        return Err(exc::argument(format!("Object {shown} is not a SQL type"), vm));
    }
    let base = without_variants(&obj, vm)?;
    let Some(variants) = own(&obj, "_variants", vm).and_then(|v| v.downcast::<PyDict>().ok()) else {
        return Ok(base);
    };
    let mut lowered = IndexMap::new();
    for (name, type_) in variants.items_vec() {
        lowered.insert(text_of(&name).unwrap_or_default(), sql_type(&type_, vm)?);
    }
    Ok(SqlType::Variant { base: Box::new(base), variants: lowered })
}

fn without_variants(obj: &PyObject, vm: &VirtualMachine) -> PyResult<SqlType> {
    // A type based on none of the built-in ones is what user code compiles it to.
    let kind = kind(obj, vm).unwrap_or_else(|| "TypeEngine".to_owned());
    // A class of the user's, whatever it is based on, keeps its own name.
    let exact = obj.class().is(&class(&kind));
    if !exact || matches!(kind.as_str(), "TypeDecorator" | "UserDefinedType") || has_compiler(obj, vm)? {
        return Ok(SqlType::Custom(Arc::new(PythonType::new(obj, &kind, vm))));
    }
    builtin(obj, &kind, vm)
}

/// Lowers the length of a type: a number, perhaps as a string, or SQL Server's `'max'`.
fn length(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<u32>> {
    match get_some(obj, "length", vm)?.as_deref().and_then(text_of) {
        Some(text) if text == "max" => Ok(Some(MAX_LENGTH)),
        Some(text) if text == "MAX" => Ok(Some(CAPITAL_MAX_LENGTH)),
        Some(text) => match text.trim().parse() {
            Ok(length) => Ok(Some(length)),
            Err(_) => {
                Err(exc::argument(format!("the length of a type is a number or 'max', not '{text}'"), vm))
            }
        },
        None => Ok(get_int(obj, "length", vm)?.and_then(|number| u32::try_from(number).ok())),
    }
}

/// Lowers an object as the class of the table called `kind`, whatever its own class is.
pub(crate) fn builtin(obj: &PyObject, kind: &str, vm: &VirtualMachine) -> PyResult<SqlType> {
    let number = |name: &'static str| -> PyResult<Option<u32>> {
        Ok(get_int(obj, name, vm)?.and_then(|number| u32::try_from(number).ok()))
    };
    let string = || -> PyResult<StringType> {
        Ok(StringType { length: length(obj, vm)?, collation: get_text(obj, "collation", vm)? })
    };
    let numeric = || -> PyResult<NumericType> {
        Ok(NumericType {
            precision: number("precision")?,
            scale: get_int(obj, "scale", vm)?.and_then(|number| i32::try_from(number).ok()),
            asdecimal: get_bool(obj, "asdecimal", vm)?,
        })
    };
    let float = || -> PyResult<FloatType> {
        Ok(FloatType { precision: number("precision")?, asdecimal: get_bool(obj, "asdecimal", vm)? })
    };
    let timezone = || get_bool(obj, "timezone", vm);
    let json = || -> PyResult<JsonType> { Ok(JsonType { none_as_null: get_bool(obj, "none_as_null", vm)? }) };
    let uuid = || -> PyResult<UuidType> {
        Ok(UuidType {
            as_uuid: get_bool(obj, "as_uuid", vm)?,
            native_uuid: get_bool(obj, "native_uuid", vm)?,
        })
    };
    Ok(match kind {
        "NullType" => SqlType::Null,
        "String" => GenericType::String(string()?).into(),
        "Text" => GenericType::Text(string()?).into(),
        "Unicode" => GenericType::Unicode(string()?).into(),
        "UnicodeText" => GenericType::UnicodeText(string()?).into(),
        "CHAR" => StandardType::Char(string()?).into(),
        "VARCHAR" => StandardType::Varchar(string()?).into(),
        "NCHAR" => StandardType::NChar(string()?).into(),
        "NVARCHAR" => StandardType::NVarchar(string()?).into(),
        "TEXT" => StandardType::Text(string()?).into(),
        "CLOB" => StandardType::Clob(string()?).into(),
        "Integer" => GenericType::Integer.into(),
        "SmallInteger" => GenericType::SmallInteger.into(),
        "BigInteger" => GenericType::BigInteger.into(),
        "INTEGER" => StandardType::Integer.into(),
        "SMALLINT" => StandardType::SmallInt.into(),
        "BIGINT" => StandardType::BigInt.into(),
        "Numeric" => GenericType::Numeric(numeric()?).into(),
        "NUMERIC" => StandardType::Numeric(numeric()?).into(),
        "DECIMAL" => StandardType::Decimal(numeric()?).into(),
        "Float" => GenericType::Float(float()?).into(),
        "Double" => GenericType::Double(float()?).into(),
        "FLOAT" => StandardType::Float(float()?).into(),
        "REAL" => StandardType::Real(float()?).into(),
        "DOUBLE" => StandardType::Double(float()?).into(),
        "DOUBLE_PRECISION" => StandardType::DoublePrecision(float()?).into(),
        "Boolean" | "MatchType" => GenericType::Boolean(BooleanType {
            create_constraint: get_bool(obj, "create_constraint", vm)?,
            name: super::constraint_name(get_some(obj, "name", vm)?.as_deref(), vm)?,
        })
        .into(),
        "BOOLEAN" => StandardType::Boolean.into(),
        "Date" => GenericType::Date.into(),
        "DATE" => StandardType::Date.into(),
        "DateTime" => GenericType::DateTime { timezone: timezone()? }.into(),
        "DATETIME" => StandardType::DateTime { timezone: timezone()? }.into(),
        "TIMESTAMP" => StandardType::Timestamp { timezone: timezone()? }.into(),
        "Time" => GenericType::Time { timezone: timezone()? }.into(),
        "TIME" => StandardType::Time { timezone: timezone()? }.into(),
        "LargeBinary" | "_Binary" => GenericType::LargeBinary { length: number("length")? }.into(),
        "BLOB" => StandardType::Blob { length: number("length")? }.into(),
        "BINARY" => StandardType::Binary { length: length(obj, vm)? }.into(),
        "VARBINARY" => StandardType::Varbinary { length: length(obj, vm)? }.into(),
        "JSON" => GenericType::Json(json()?).into(),
        "Uuid" => GenericType::Uuid(uuid()?).into(),
        "UUID" => StandardType::Uuid(uuid()?).into(),
        "Interval" => GenericType::Interval(IntervalType {
            native: get_bool(obj, "native", vm)?,
            second_precision: number("second_precision")?,
            day_precision: number("day_precision")?,
        })
        .into(),
        "PickleType" => GenericType::PickleType.into(),
        "ARRAY" => GenericType::Array(Box::new(ArrayType {
            item_type: sql_type(&*get(obj, "item_type", vm)?, vm)?,
            as_tuple: get_bool(obj, "as_tuple", vm)?,
            dimensions: number("dimensions")?,
            zero_indexes: get_bool(obj, "zero_indexes", vm)?,
        }))
        .into(),
        "Enum" => GenericType::Enum(Box::new(enum_type(obj, vm)?)).into(),
        "sqlite.DATE" => SqlType::Sqlite(SqliteType::Date(storage_format(obj, vm)?)),
        "sqlite.DATETIME" => SqlType::Sqlite(SqliteType::DateTime(storage_format(obj, vm)?)),
        "sqlite.TIME" => SqlType::Sqlite(SqliteType::Time(storage_format(obj, vm)?)),
        "sqlite.JSON" => SqlType::Sqlite(SqliteType::Json(json()?)),
        "sqlite.JSONB" => SqlType::Sqlite(SqliteType::Jsonb(json()?)),
        other => match dialect_class(other) {
            Some(class) => dialect_type(obj, class, vm)?.into(),
            None => return Err(exc::not_provided(&format!("the type {other} in SQL"), vm)),
        },
    })
}

/// Lowers how a date or time type of SQLite's writes its values.
fn storage_format(obj: &PyObject, vm: &VirtualMachine) -> PyResult<StorageFormat> {
    Ok(StorageFormat {
        format: get_text(obj, "storage_format", vm)?,
        truncate_microseconds: get_bool(obj, "truncate_microseconds", vm)?,
    })
}

/// Lowers a type of one dialect: an attribute for each parameter of its class.
fn dialect_type(
    obj: &PyObject,
    class: &'static DialectTypeClass,
    vm: &VirtualMachine,
) -> PyResult<DialectType> {
    DialectType::new(class, |name, _| type_argument(&*get(obj, name, vm)?, vm))
}

/// Lowers an argument of a dialect's type.
fn type_argument(value: &PyObject, vm: &VirtualMachine) -> PyResult<TypeArgument> {
    if let Some(member_value) = enum_value(value, vm)? {
        return type_argument(&member_value, vm);
    }
    Ok(if vm.is_none(value) {
        TypeArgument::None
    } else if value.is(&vm.ctx.true_value) || value.is(&vm.ctx.false_value) {
        TypeArgument::Bool(value.is(&vm.ctx.true_value))
    } else if let Some(text) = text_of(value) {
        match super::identifier(value, vm)? {
            name if name.quote().is_some() => TypeArgument::Name(name),
            _ => TypeArgument::Text(text),
        }
    } else if is_type(value) {
        TypeArgument::Type(Box::new(sql_type(value, vm)?))
    } else if is_clause(value, vm) {
        TypeArgument::Expression(Box::new(super::expression(value, vm)?))
    } else if is_list(value, vm) {
        let texts = items(value, vm)?;
        TypeArgument::Texts(texts.iter().map(|item| text(item, vm)).collect::<PyResult<_>>()?)
    } else {
        TypeArgument::Int(value.to_owned().try_into_value(vm)?)
    })
}

/// Gives the value of a member of an enumeration; `None` for any other object.
pub(super) fn enum_value(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let is_member = obj.class().as_object().get_attr("_member_map_", vm).is_ok();
    if is_member { get(obj, "value", vm).map(Some) } else { Ok(None) }
}

fn enum_type(obj: &PyObject, vm: &VirtualMachine) -> PyResult<EnumType> {
    let mut values = Vec::new();
    for label in items(&*get(obj, "enums", vm)?, vm)? {
        values.push(match text_of(&label) {
            Some(label) => label,
            None => repr(&label, vm)?,
        });
    }
    let enum_class = match get_some(obj, "enum_class", vm)? {
        Some(class) => get_text(&class, "__name__", vm)?,
        None => None,
    };
    let length = get_int(obj, "length", vm)?;
    let longest = get_int(obj, "_default_length", vm)?;
    Ok(EnumType {
        values,
        enum_class,
        name: super::opt_identifier(get_some(obj, "name", vm)?.as_deref(), vm)?,
        schema: super::opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
        native_enum: get_bool(obj, "native_enum", vm)?,
        create_constraint: get_bool(obj, "create_constraint", vm)?,
        length: length.filter(|_| length != longest).and_then(|length| u32::try_from(length).ok()),
        inherit_schema: get_bool(obj, "inherit_schema", vm)?,
        metadata: get_some(obj, "metadata", vm)?.is_some(),
        create_type: get_bool(obj, "create_type", vm)?,
    })
}
