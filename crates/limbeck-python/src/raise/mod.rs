//! `limbeck-sql` values back to Python objects, for results, the inspector and hooks.

mod diffs;
mod schema;
mod types;

pub use diffs::diffs;
use jiff::civil::{Date, DateTime, Time};
use limbeck_sql::engine::{LongJson, Value};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
pub use schema::{connection, conv, created_table, dialect, inline_literal};
pub use types::sql_type;

use crate::modules::sqlalchemy::object::{new_list, new_text};

/// Raises a value of a result: `None`, `bool`, `int`, `float`, `Decimal`, `str`, `bytes`, `date`, `time`,
/// `datetime`, `timedelta`, `UUID`, or lists and mappings of them.
///
/// # Errors
/// What the constructors of those classes raise.
pub fn value(value: &Value, vm: &VirtualMachine) -> PyResult {
    Ok(match value {
        Value::Null => vm.ctx.none(),
        Value::Bool(flag) => vm.ctx.new_bool(*flag).into(),
        Value::Int(number) => vm.ctx.new_int(*number).into(),
        Value::BigInt(digits) => vm.builtins.get_attr("int", vm)?.call((digits.as_str(),), vm)?,
        Value::Float(number) => vm.ctx.new_float(*number).into(),
        Value::Decimal(number) => call("decimal", "Decimal", vec![new_text(number.to_string(), vm)], vm)?,
        Value::Text(text) => new_text(text, vm),
        Value::Bytes(bytes) => vm.ctx.new_bytes(bytes.clone()).into(),
        Value::Date(date) => call("datetime", "date", date_fields(*date, vm), vm)?,
        Value::Time(time, offset) => {
            let mut fields = time_fields(*time, vm);
            fields.extend(offset.map(|offset| raise_offset(offset, vm)).transpose()?);
            call("datetime", "time", fields, vm)?
        }
        Value::DateTime(datetime, offset) => raise_datetime(*datetime, *offset, vm)?,
        Value::Interval(duration) => {
            let seconds = vm.ctx.new_int(duration.as_secs()).into();
            let micros = vm.ctx.new_int(duration.subsec_micros()).into();
            call("datetime", "timedelta", vec![vm.ctx.new_int(0).into(), seconds, micros], vm)?
        }
        Value::Uuid(uuid) => call("uuid", "UUID", vec![new_text(uuid.to_string(), vm)], vm)?,
        Value::Json(document) => json(document, vm)?,
        Value::Opaque(object) => match object.object.downcast_ref::<PyObjectRef>() {
            Some(object) => object.clone(),
            None => match object.object.downcast_ref::<LongJson>() {
                Some(LongJson(text)) => vm.call_method(&*vm.import("json", 0)?, "loads", (text.as_str(),))?,
                None => new_text(&object.repr, vm),
            },
        },
        Value::Array(values) => {
            let items = values.iter().map(|item| self::value(item, vm)).collect::<PyResult<_>>()?;
            new_list(items, vm)
        }
    })
}

fn call(module: &'static str, class: &'static str, args: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    vm.import(module, 0)?.get_attr(class, vm)?.call(args, vm)
}

fn date_fields(date: Date, vm: &VirtualMachine) -> Vec<PyObjectRef> {
    vec![
        vm.ctx.new_int(date.year()).into(),
        vm.ctx.new_int(date.month()).into(),
        vm.ctx.new_int(date.day()).into(),
    ]
}

fn time_fields(time: Time, vm: &VirtualMachine) -> Vec<PyObjectRef> {
    vec![
        vm.ctx.new_int(time.hour()).into(),
        vm.ctx.new_int(time.minute()).into(),
        vm.ctx.new_int(time.second()).into(),
        vm.ctx.new_int(time.subsec_nanosecond() / 1000).into(),
    ]
}

fn raise_datetime(datetime: DateTime, offset: Option<jiff::tz::Offset>, vm: &VirtualMachine) -> PyResult {
    let mut fields = date_fields(datetime.date(), vm);
    fields.extend(time_fields(datetime.time(), vm));
    fields.extend(offset.map(|offset| raise_offset(offset, vm)).transpose()?);
    call("datetime", "datetime", fields, vm)
}

fn raise_offset(offset: jiff::tz::Offset, vm: &VirtualMachine) -> PyResult {
    if offset.seconds() == 0 {
        return vm.import("datetime", 0)?.get_attr("timezone", vm)?.get_attr("utc", vm);
    }
    let zero: PyObjectRef = vm.ctx.new_int(0).into();
    let delta = call("datetime", "timedelta", vec![zero, vm.ctx.new_int(offset.seconds()).into()], vm)?;
    call("datetime", "timezone", vec![delta], vm)
}

fn json(document: &serde_json::Value, vm: &VirtualMachine) -> PyResult {
    use serde_json::Value as Json;
    Ok(match document {
        Json::Null => vm.ctx.none(),
        Json::Bool(flag) => vm.ctx.new_bool(*flag).into(),
        Json::Number(number) => {
            if let Some(number) = number.as_i64() {
                vm.ctx.new_int(number).into()
            } else if let Some(number) = number.as_u64() {
                vm.ctx.new_int(number).into()
            } else {
                number.as_f64().map_or_else(|| vm.ctx.none(), |number| vm.ctx.new_float(number).into())
            }
        }
        Json::String(text) => new_text(text, vm),
        Json::Array(items) => {
            let items = items.iter().map(|item| json(item, vm)).collect::<PyResult<_>>()?;
            new_list(items, vm)
        }
        Json::Object(entries) => {
            let dict = vm.ctx.new_dict();
            for (key, item) in entries {
                dict.set_item(key.as_str(), json(item, vm)?, vm)?;
            }
            dict.into()
        }
    })
}
