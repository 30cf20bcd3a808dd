//! Holds the parser and the native renderer to what Mako made of the templates in `testdata/cases.json`.

use jiff::tz::Offset;
use serde_json::Value as Json;

use super::{Evaluation, Template, evaluate, translate};
use crate::host::{TemplateArguments, TemplateValue};

fn value(json: &Json) -> TemplateValue {
    let all = |items: &Json| items.as_array().unwrap().iter().map(value).collect();
    match json {
        Json::Null => TemplateValue::None,
        Json::Bool(value) => TemplateValue::Bool(*value),
        Json::String(text) => TemplateValue::String(text.clone()),
        Json::Array(_) => TemplateValue::List(all(json)),
        Json::Object(object) => match object.get("tuple") {
            Some(items) => TemplateValue::Tuple(all(items)),
            None => TemplateValue::DateTime(
                object["datetime"].as_str().unwrap().parse().unwrap(),
                object["offset"]
                    .as_i64()
                    .map(|seconds| Offset::from_seconds(i32::try_from(seconds).unwrap()).unwrap()),
            ),
        },
        Json::Number(number) => panic!("no case has numbers, but here is {number}"),
    }
}

fn cases() -> Vec<Json> {
    let cases: Json = serde_json::from_str(include_str!("testdata/cases.json")).unwrap();
    cases.as_array().unwrap().clone()
}

fn arguments(case: &Json) -> TemplateArguments {
    case["arguments"].as_object().unwrap().iter().map(|(name, json)| (name.clone(), value(json))).collect()
}

#[test]
fn templates_render_natively_as_mako_renders_them_or_not_at_all() {
    let mut failures = Vec::new();
    for case in cases() {
        let (name, text) = (case["name"].as_str().unwrap(), case["template"].as_str().unwrap());
        if case.get("parse_error").is_some() || case.get("compile_error").is_some() {
            continue;
        }
        let template = Template::parse(text, name).unwrap_or_else(|error| panic!("{error}"));
        let native = case["native"].as_bool().unwrap();
        match evaluate(&template, &arguments(&case), &["config"]) {
            Evaluation::Rendered(output) => {
                if !native || case["output"] != output.as_str() {
                    failures.push(format!("{name}: {output:?} instead of {}", case["output"]));
                }
            }
            Evaluation::Unsupported(what) if native => failures.push(format!("{name}: {what:?}")),
            Evaluation::Unsupported(_) => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn templates_that_mako_refuses_are_refused_at_the_same_line() {
    let mut failures = Vec::new();
    for case in cases() {
        let (name, text) = (case["name"].as_str().unwrap(), case["template"].as_str().unwrap());
        let result = Template::parse(text, name).and_then(|template| translate(&template));
        match (result, case.get("parse_error"), case.get("compile_error")) {
            (Ok(_), None, None) | (Err(_), None, Some(_)) => {}
            (Err(error), Some(line), None) if Some(error.line as u64) == line.as_u64() => {}
            (Err(error), _, _) => failures.push(format!("{name}: {error} instead of {case}")),
            (Ok(_), _, _) => failures.push(format!("{name}: accepted instead of {case}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What leads to other templates, or passes pieces of one around, is refused by name.
#[test]
fn tags_outside_of_the_subset_are_errors_that_name_their_line() {
    for (text, line, keyword) in [
        ("<%namespace name=\"x\" file=\"y\"/>", 1, "namespace"),
        ("a\n<%inherit file=\"y\"/>", 2, "inherit"),
        ("a\n\n<%include file=\"y\"/>", 3, "include"),
        ("<%def name=\"f()\">x</%def>\n<%call expr=\"f()\">y</%call>", 2, "call"),
        ("\n<%self:f>y</%self:f>", 2, "self:f"),
    ] {
        let error = Template::parse(text, "t").unwrap_err();
        let message = format!("The tag <%{keyword}> is not supported in script templates");
        assert_eq!((error.line, error.message), (line, message));
    }
    let error = Template::parse("\n<%def name=\"f()\" cached=\"True\">x</%def>", "t").unwrap_err();
    assert_eq!(
        error.to_string(),
        "The attribute 'cached' of <%def> is not supported in script templates in file 't' at line: 2 char: 1"
    );
}

/// Writes the translations for a look with Python; `record.py --check` compares their output.
#[test]
fn every_accepted_template_translates() {
    let target = std::env::var_os("LIMBECK_MAKO_TRANSLATIONS");
    let mut translated = Vec::new();
    for case in cases() {
        let text = case["template"].as_str().unwrap();
        if let Ok(translation) = Template::parse(text, "case").and_then(|template| translate(&template)) {
            translated.push(serde_json::json!({"name": case["name"], "source": translation.source}));
        }
    }
    assert!(translated.len() > 50);
    if let Some(target) = target {
        std::fs::write(target, serde_json::to_string(&translated).unwrap()).unwrap();
    }
}
