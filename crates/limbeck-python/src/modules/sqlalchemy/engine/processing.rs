//! What a type makes of a value that came from the database.

use limbeck_sql::engine::Value;
use rustpython_vm::builtins::PyBytes;
use rustpython_vm::{AsObject, PyObject, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::object::{self, get, get_bool, is_a, items, new_text, own, text_of};

/// Turns a value of a result into the Python value that its column's type stands for.
///
/// # Errors
/// `LookupError` for a label that an enum does not have, `ValueError` for text that is no date.
pub(crate) fn result_value(
    value: &Value,
    type_: Option<&PyObject>,
    dialect: &PyObject,
    vm: &VirtualMachine,
) -> PyResult {
    let Some(type_) = type_ else { return crate::raise::value(value, vm) };
    if is_a(type_, "TypeDecorator") && !is_a(type_, "Interval") && !is_a(type_, "PickleType") {
        let inner = vm.call_method(type_, "load_dialect_impl", (dialect.to_owned(),))?;
        let raw = if inner.is(type_) {
            crate::raise::value(value, vm)?
        } else {
            result_value(value, Some(&inner), dialect, vm)?
        };
        return vm.call_method(type_, "process_result_value", (raw, dialect.to_owned()));
    }
    if is_a(type_, "UserDefinedType")
        && let Some(processor) = object::get_some(type_, "result_processor", vm)?
    {
        let processor = processor.call((dialect.to_owned(), vm.ctx.none()), vm)?;
        let raw = crate::raise::value(value, vm)?;
        return if vm.is_none(&processor) { Ok(raw) } else { processor.call((raw,), vm) };
    }
    if value.is_null() {
        return Ok(vm.ctx.none());
    }
    let converted = match value {
        Value::Int(number) if is_a(type_, "Boolean") => Value::Bool(*number != 0),
        Value::Text(text) => from_text(text, type_, vm)?.unwrap_or_else(|| value.clone()),
        // MySQL stores an interval as the moment that lies so far from the epoch, and gives times as intervals
        Value::DateTime(moment, None) if is_a(type_, "Interval") => {
            Value::Interval(moment.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0)))
        }
        Value::Interval(since_midnight) if is_a(type_, "Time") => {
            let midnight = jiff::civil::Time::midnight();
            Value::Time(midnight.wrapping_add(*since_midnight), None)
        }
        Value::Bytes(bits) if is_a(type_, "mysql.BIT") => {
            Value::Int(bits.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)))
        }
        _ => value.clone(),
    };
    if is_a(type_, "mysql.SET")
        && let Value::Text(labels) = &converted
    {
        let set = vm.ctx.types.set_type.to_owned().as_object().call((), vm)?;
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            vm.call_method(&set, "add", (label,))?;
        }
        return Ok(set);
    }
    if is_a(type_, "PickleType")
        && let Value::Bytes(bytes) = &converted
    {
        let data: rustpython_vm::PyRef<PyBytes> = vm.ctx.new_bytes(bytes.clone());
        return vm.call_method(&*vm.import("pickle", 0)?, "loads", (data,));
    }
    if is_a(type_, "JSON")
        && let Value::Text(text) = &converted
    {
        return vm.call_method(&*vm.import("json", 0)?, "loads", (text.as_str(),));
    }
    if is_a(type_, "NumericCommon") {
        let exact = get_bool(type_, "asdecimal", vm)?;
        return match (&converted, exact) {
            (Value::Int(_) | Value::Float(_) | Value::Text(_) | Value::BigInt(_), true) => {
                decimal(&converted, type_, vm)
            }
            (Value::Decimal(number), false) => Ok(vm.ctx.new_float(number.to_f64()).into()),
            (Value::Int(number), false) if is_a(type_, "Float") => {
                vm.builtins.get_attr("float", vm)?.call((*number,), vm)
            }
            _ => crate::raise::value(&converted, vm),
        };
    }
    if is_a(type_, "ARRAY")
        && let Some(Value::Array(values)) = converted.items_of_text().or(Some(converted.clone()))
    {
        return array(&values, type_, dialect, vm);
    }
    if is_a(type_, "Enum")
        && let Value::Text(label) = &converted
    {
        return enum_member(label, type_, vm);
    }
    crate::raise::value(&converted, vm)
}

/// An array's items are of its type's item type, at any depth.
fn array(values: &[Value], type_: &PyObject, dialect: &PyObject, vm: &VirtualMachine) -> PyResult {
    let item_type = get(type_, "item_type", vm)?;
    let items = values
        .iter()
        .map(|value| match value {
            Value::Array(inner) => array(inner, type_, dialect, vm),
            other => result_value(other, Some(&item_type), dialect, vm),
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok(if get_bool(type_, "as_tuple", vm)? {
        object::new_tuple(items, vm)
    } else {
        object::new_list(items, vm)
    })
}

/// A database without exact numbers gives floats: as many digits as the type's scale stay.
fn decimal(value: &Value, type_: &PyObject, vm: &VirtualMachine) -> PyResult {
    let scale = match object::get_int(type_, "decimal_return_scale", vm)? {
        Some(scale) => scale,
        None => object::get_some(type_, "scale", vm)?.map_or(Ok(10), |scale| scale.try_into_value(vm))?,
    };
    let digits = match value {
        Value::Float(number) => format!("{number:.*}", usize::try_from(scale).unwrap_or(10)),
        Value::Int(number) => format!("{number}.{}", "0".repeat(usize::try_from(scale).unwrap_or(0))),
        Value::Text(text) | Value::BigInt(text) => text.clone(),
        _ => String::new(),
    };
    vm.import("decimal", 0)?.get_attr("Decimal", vm)?.call((new_text(digits.trim_end_matches('.'), vm),), vm)
}

fn enum_member(label: &str, type_: &PyObject, vm: &VirtualMachine) -> PyResult {
    if own(type_, "enum_class", vm).is_none() {
        return Ok(new_text(label, vm));
    }
    let labels = items(&*get(type_, "enums", vm)?, vm)?;
    let members = items(&*get(type_, "_enums_argument", vm)?, vm)?;
    for (known, member) in labels.iter().zip(members) {
        if text_of(known).as_deref() == Some(label) {
            return Ok(member);
        }
    }
    let name = object::get_text(type_, "name", vm)?.unwrap_or_default();
    let known: Vec<_> = labels.iter().filter_map(|label| text_of(label)).collect();
    Err(vm.new_lookup_error(format!(
        "'{label}' is not among the defined enum values. Enum name: {name}. Possible values: {}",
        known.join(", ")
    )))
}

/// Reads text of a database that has no type of its own for what the column means.
fn from_text(text: &str, type_: &PyObject, vm: &VirtualMachine) -> PyResult<Option<Value>> {
    let invalid = |what: &str| {
        vm.new_value_error(format!("Couldn't parse {what} string '{text}' - value is not a string."))
    };
    if is_a(type_, "Interval") {
        let moment: jiff::civil::DateTime = text.parse().map_err(|_| invalid("datetime"))?;
        let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
        return Ok(Some(Value::Interval(moment.duration_since(epoch))));
    }
    if is_a(type_, "DateTime") {
        return Ok(Some(Value::DateTime(text.parse().map_err(|_| invalid("datetime"))?, None)));
    }
    if is_a(type_, "Date") {
        return Ok(Some(Value::Date(text.parse().map_err(|_| invalid("date"))?)));
    }
    if is_a(type_, "Time") {
        return Ok(Some(Value::Time(text.parse().map_err(|_| invalid("time"))?, None)));
    }
    if is_a(type_, "Uuid") && get_bool(type_, "as_uuid", vm)? {
        return Ok(text.parse().ok().map(Value::Uuid));
    }
    Ok(None)
}
