//! JSON text as Python's `json.dumps` writes it, which is what SQLAlchemy stores.

use std::fmt::Write;

use super::python_repr::float_repr;

/// Writes a document as `json.dumps` does by default: `", "` and `": "` between items, ASCII only.
#[must_use]
pub fn json_dumps(document: &serde_json::Value) -> String {
    let mut text = String::new();
    write_document(&mut text, document);
    text
}

fn write_document(text: &mut String, document: &serde_json::Value) {
    match document {
        serde_json::Value::Null => text.push_str("null"),
        serde_json::Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => text.push_str(&float_repr(float)),
            _ => text.push_str(&number.to_string()),
        },
        serde_json::Value::String(string) => write_string(text, string),
        serde_json::Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write_document(text, item);
            }
            text.push(']');
        }
        serde_json::Value::Object(members) => {
            text.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write_string(text, key);
                text.push_str(": ");
                write_document(text, value);
            }
            text.push('}');
        }
    }
}

fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}
