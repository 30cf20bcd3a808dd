//! Plain Python values to [`Value`].

use std::sync::Arc;

use limbeck_sql::engine::{LongJson, OpaqueValue, Value};
use rustpython_vm::builtins::{PyBytes, PyDict, PyFloat, PyInt};
use rustpython_vm::{AsObject, PyObject, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::object::{
    class_name, get, get_int, get_some, get_text, is_a, is_list, items, own, pairs, repr, text, text_of,
};

/// Lowers a value that is sent to a database or written as a literal.
///
/// `None`, `bool`, `int`, `float`, `str`, `bytes`, `Decimal`, `date`, `time`, `datetime`, `timedelta`, `UUID`, members
/// of enums, and lists and mappings of them have values; any other object stays what it is, for types of user code.
///
/// # Errors
/// What the parts of the object raise.
pub fn value(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Value> {
    let types = &vm.ctx.types;
    if vm.is_none(obj) {
        return Ok(Value::Null);
    }
    if obj.class().is(types.bool_type) {
        return Ok(Value::Bool(obj.to_owned().try_to_bool(vm)?));
    }
    let module = get_text(obj.class().as_object(), "__module__", vm)?.unwrap_or_default();
    if let Some(number) = obj.downcast_ref::<PyInt>() {
        let digits = number.as_bigint().to_string();
        return Ok(digits.parse().map_or(Value::BigInt(digits), Value::Int));
    }
    if let Some(number) = obj.downcast_ref::<PyFloat>() {
        return Ok(Value::Float(number.to_f64()));
    }
    if let Some(text) = text_of(obj) {
        let text = Value::Text(text);
        return if class_name(obj) == "BitString" { opaque(obj, Some(text), vm) } else { Ok(text) };
    }
    if let Some(bytes) = obj.downcast_ref::<PyBytes>() {
        return Ok(Value::Bytes(bytes.as_bytes().to_vec()));
    }
    if is_list(obj, vm) {
        // a set has no order, and only types of user code and MySQL's SET know what to do with one
        if obj.fast_isinstance(types.set_type) || obj.fast_isinstance(types.frozenset_type) {
            let labels: Option<Vec<String>> = items(obj, vm)?.iter().map(|item| text_of(item)).collect();
            let labels = labels.map(|mut labels| {
                labels.sort();
                Value::Array(labels.into_iter().map(Value::Text).collect())
            });
            return opaque(obj, labels, vm);
        }
        return items(obj, vm)?.iter().map(|item| value(item, vm)).collect::<PyResult<_>>().map(Value::Array);
    }
    if obj.downcast_ref::<PyDict>().is_some() {
        return json(obj, vm).map(Value::Json).or_else(|_| opaque(obj, None, vm));
    }
    let mut class = class_name(obj);
    if module != "datetime" && module != "decimal" && module != "uuid" {
        // A subclass of one of these counts as it.
        let bases = obj.class().mro_map_collect(|class| class.name().to_string());
        let known = ["datetime", "date", "time", "timedelta", "Decimal", "UUID"];
        class = bases.into_iter().find(|base| known.contains(&base.as_str())).unwrap_or(class);
    }
    let invalid = |_| vm.new_value_error(format!("value out of range: {class}"));
    match class.as_str() {
        "datetime" | "date" | "time" => temporal(obj, &class, vm),
        "timedelta" => {
            let days = get_int(obj, "days", vm)?.unwrap_or_default();
            let seconds = get_int(obj, "seconds", vm)?.unwrap_or_default();
            let micros = get_int(obj, "microseconds", vm)?.unwrap_or_default();
            let nanos = i32::try_from(micros * 1000).map_err(invalid)?;
            Ok(Value::Interval(jiff::SignedDuration::new(days * 86_400 + seconds, nanos)))
        }
        "Decimal" => {
            let shown = text(obj, vm)?;
            shown.parse().map(Value::Decimal).map_err(|_| vm.new_value_error(format!("{shown} is no number")))
        }
        "UUID" => {
            let shown = text(obj, vm)?;
            shown
                .parse()
                .map(Value::Uuid)
                .map_err(|_| vm.new_value_error(format!("badly formed UUID {shown}")))
        }
        "memoryview" | "bytearray" => {
            let bytes =
                vm.call_method(obj, "__bytes__", ()).or_else(|_| vm.call_method(obj, "tobytes", ()))?;
            value(&bytes, vm)
        }
        "Range" if is_a(obj, "Range") => opaque(obj, Some(Value::Text(text(obj, vm)?)), vm),
        _ => opaque(obj, None, vm),
    }
}

/// Takes an object as what it is; `stored` is what a database is sent for it.
fn opaque(obj: &PyObject, stored: Option<Value>, vm: &VirtualMachine) -> PyResult<Value> {
    Ok(Value::Opaque(OpaqueValue {
        repr: repr(obj, vm)?,
        stored: stored.map(Box::new),
        class_name: class_name(obj),
        object: Arc::new(obj.to_owned()),
    }))
}

fn temporal(obj: &PyObject, class: &str, vm: &VirtualMachine) -> PyResult<Value> {
    let field = |name: &'static str| -> PyResult<i64> { Ok(get_int(obj, name, vm)?.unwrap_or_default()) };
    let small = |name: &'static str| -> PyResult<i8> { Ok(i8::try_from(field(name)?).unwrap_or_default()) };
    let range = |_| vm.new_value_error("date or time out of range");
    let date = || -> PyResult<jiff::civil::Date> {
        let year = i16::try_from(field("year")?).unwrap_or_default();
        jiff::civil::Date::new(year, small("month")?, small("day")?).map_err(range)
    };
    let time = || -> PyResult<jiff::civil::Time> {
        let nanos = i32::try_from(field("microsecond")? * 1000).unwrap_or_default();
        jiff::civil::Time::new(small("hour")?, small("minute")?, small("second")?, nanos).map_err(range)
    };
    let offset = || -> PyResult<Option<jiff::tz::Offset>> {
        let offset = vm.call_method(obj, "utcoffset", ())?;
        if vm.is_none(&offset) {
            return Ok(None);
        }
        let days = get_int(&offset, "days", vm)?.unwrap_or_default();
        let seconds = get_int(&offset, "seconds", vm)?.unwrap_or_default() + days * 86_400;
        let seconds = i32::try_from(seconds).unwrap_or_default();
        jiff::tz::Offset::from_seconds(seconds).map(Some).map_err(range)
    };
    Ok(match class {
        "date" => Value::Date(date()?),
        "time" => Value::Time(time()?, offset()?),
        _ => {
            let offset = offset()?;
            Value::DateTime(date()?.to_datetime(time()?), offset)
        }
    })
}

/// Turns a JSON-like Python value into a JSON document.
pub(super) fn json(obj: &PyObject, vm: &VirtualMachine) -> PyResult<serde_json::Value> {
    use serde_json::Value as Json;
    if is_list(obj, vm) {
        return items(obj, vm)?.iter().map(|item| json(item, vm)).collect::<PyResult<_>>().map(Json::Array);
    }
    if obj.downcast_ref::<PyDict>().is_some() {
        let entries = pairs(obj, vm)?;
        let entries = entries.into_iter().map(|(key, item)| Ok((key, json(&item, vm)?)));
        return entries.collect::<PyResult<_>>().map(Json::Object);
    }
    Ok(match value(obj, vm)? {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Int(number) => Json::from(number),
        Value::Float(number) => Json::from(number),
        Value::Text(text) => Json::String(text),
        Value::Json(document) => document,
        _ => {
            return Err(
                vm.new_type_error(format!("Object of type {} is not JSON serializable", class_name(obj)))
            );
        }
    })
}

/// Lowers a value for a column of a known type: labels for enums, documents for JSON.
pub(crate) fn value_for(obj: &PyObject, type_: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<Value> {
    let Some(type_) = type_ else { return value(obj, vm) };
    if vm.is_none(obj) {
        return Ok(Value::Null);
    }
    if is_a(type_, "JSON") {
        if is_a(obj, "symbol") {
            return Ok(Value::Json(serde_json::Value::Null));
        }
        return match json(obj, vm) {
            Ok(document) => Ok(Value::Json(document)),
            // Python's numbers have no end; what is no document is told so when it is sent to a database
            Err(_) => match vm.call_method(&*vm.import("json", 0)?, "dumps", (obj.to_owned(),)) {
                Ok(document) => Ok(LongJson(text(&document, vm)?).into()),
                Err(_) => opaque(obj, None, vm),
            },
        };
    }
    if is_a(type_, "Enum")
        && let Some(members) = own(type_, "_enums_argument", vm)
        && own(type_, "enum_class", vm).is_some()
    {
        let labels = items(&*get(type_, "enums", vm)?, vm)?;
        for (label, member) in labels.iter().zip(items(&members, vm)?) {
            if member.is(obj) {
                return value(label, vm);
            }
        }
    }
    if is_a(type_, "TypeDecorator") && !is_a(type_, "Interval") && !is_a(type_, "PickleType") {
        // The decorator converts the object itself, when the dialect is known.
        let known = &vm.ctx.types;
        let plain = [known.bool_type, known.int_type, known.float_type, known.str_type, known.bytes_type];
        return if plain.iter().any(|class| obj.class().is(*class)) {
            value(obj, vm)
        } else {
            opaque(obj, None, vm)
        };
    }
    if is_a(type_, "PickleType") {
        let pickled = vm.import("pickle", 0)?;
        let protocol = get_some(type_, "protocol", vm)?.unwrap_or_else(|| vm.ctx.none());
        let bytes = value(&*vm.call_method(&pickled, "dumps", (obj.to_owned(), protocol))?, vm)?;
        return opaque(obj, Some(bytes), vm);
    }
    if is_a(type_, "ARRAY")
        && is_list(obj, vm)
        && let Some(item_type) = own(type_, "item_type", vm)
    {
        let items = items(obj, vm)?;
        let items = items.iter().map(|item| {
            let type_ = if is_list(item, vm) { type_ } else { &item_type };
            value_for(item, Some(type_), vm)
        });
        return items.collect::<PyResult<_>>().map(Value::Array);
    }
    value(obj, vm)
}
