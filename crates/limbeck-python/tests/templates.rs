//! The host renders every recorded template as Mako did, whether natively or in the embedded interpreter.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::Offset;
use limbeck_core::config::{Config, ConfigOptions, DEFAULT_INI_SECTION};
use limbeck_core::host::{ScriptHost as _, TemplateArguments, TemplateValue};
use limbeck_python::{HostOptions, PythonHost};
use serde_json::Value as Json;

fn value(json: &Json) -> TemplateValue {
    let all = |items: &Json| items.as_array().unwrap().iter().map(value).collect();
    match json {
        Json::Null => TemplateValue::None,
        Json::Bool(value) => TemplateValue::Bool(*value),
        Json::String(text) => TemplateValue::String(text.clone()),
        Json::Array(_) => TemplateValue::List(all(json)),
        Json::Number(number) => TemplateValue::Integer(number.as_i64().unwrap()),
        Json::Object(object) => match object.get("tuple") {
            Some(items) => TemplateValue::Tuple(all(items)),
            None => TemplateValue::DateTime(
                object["datetime"].as_str().unwrap().parse().unwrap(),
                object["offset"]
                    .as_i64()
                    .map(|seconds| Offset::from_seconds(i32::try_from(seconds).unwrap()).unwrap()),
            ),
        },
    }
}

/// Templates that look at all their arguments see `config`, which the record was made without.
const SEE_ALL_ARGUMENTS: [&str; 2] = ["pageargs", "page arguments"];

#[test]
fn the_embedded_interpreter_renders_templates_as_mako_does() {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../limbeck-core/src/mako/testdata/cases.json");
    let cases: Vec<Json> = serde_json::from_str(&fs::read_to_string(record).unwrap()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let config = Config::open(None, DEFAULT_INI_SECTION, ConfigOptions::default());
    let host = PythonHost::new(Arc::new(config), HostOptions::default());
    let mut failures = Vec::new();
    let mut rendered = 0;
    for (number, case) in cases.iter().enumerate() {
        let name = case["name"].as_str().unwrap();
        if SEE_ALL_ARGUMENTS.contains(&name) {
            continue;
        }
        let path = directory.path().join(format!("{number}.mako"));
        fs::write(&path, case["template"].as_str().unwrap()).unwrap();
        let arguments: TemplateArguments = case["arguments"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, json)| (name.clone(), value(json)))
            .collect();
        let outcome = host.render_template(&path, &arguments);
        match (outcome, case.get("output")) {
            (Ok(text), Some(expected)) if *expected == text.as_str() => rendered += 1,
            (Err(error), None) => {
                if let Some(class) = case.get("render_error").and_then(Json::as_str)
                    && !error.to_string().contains(class)
                {
                    failures.push(format!("{name}: {error} instead of {class}"));
                }
            }
            (outcome, _) => failures.push(format!("{name}: {outcome:?} instead of {case}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rendered > 110, "only {rendered} were rendered");
}
