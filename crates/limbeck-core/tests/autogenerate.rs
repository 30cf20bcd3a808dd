//! Autogenerate on SQLite, compared to the letter with what `tests/reference/autogenerate/record.py` recorded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[path = "autogenerate/commands.rs"]
mod commands;
#[path = "autogenerate/models.rs"]
mod models;
#[path = "autogenerate/operations.rs"]
mod operations;
#[expect(dead_code, reason = "shared with tests that use the rest")]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_core::Result;
use limbeck_core::autogenerate::{
    AutogenContext, RenderContext, RenderOptions, Rendered, compare, diffs_repr,
};
use limbeck_core::operations::UpgradeOps;
use limbeck_core::runtime::{ContextOptions, DatabaseTarget, MigrationContext, TargetMetadata};
use limbeck_sql::engine::{Engine, EngineOptions, Parameters};
use limbeck_sql::schema::{MetaData, NamingConvention};
use serde_json::Value;
use support::logged;

/// What the reference or Limbeck made of a case: texts by name.
type Outcome = BTreeMap<String, String>;

/// Several collections of models.
struct Collections(Vec<Arc<MetaData>>);

impl TargetMetadata for Collections {
    fn naming_convention(&self) -> Result<Option<NamingConvention>> {
        Ok(None)
    }

    fn metadata(&self) -> Result<Vec<Arc<MetaData>>> {
        Ok(self.0.clone())
    }
}

fn read(name: &str) -> Value {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/autogenerate").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Runs a case as record.py does.
fn run(case: &Value) -> Outcome {
    let mut outcome = Outcome::new();
    if let Err(error) = run_into(case, &mut outcome) {
        outcome.clear();
        outcome.insert("error".to_owned(), error.to_string());
    }
    outcome
}

fn run_into(case: &Value, outcome: &mut Outcome) -> Result<()> {
    let engine = Engine::create("sqlite://", EngineOptions::default())?;
    let connection = engine.connect()?;
    for statement in case["sql"].as_array().unwrap() {
        connection.execute_sql(statement.as_str().unwrap(), &Parameters::none())?;
    }
    let collections = match &case["metadata"] {
        Value::Array(collections) => collections.iter().map(models::metadata).map(Arc::new).collect(),
        single => vec![Arc::new(models::metadata(single))],
    };
    let given = |name: &str| case["options"].get(name);
    let flag = |name: &str, default: bool| given(name).map_or(default, |value| value.as_bool().unwrap());
    let text =
        |name: &str, default: &str| given(name).map_or(default, |value| value.as_str().unwrap()).to_owned();
    let options = ContextOptions {
        target_metadata: Some(Arc::new(Collections(collections))),
        include_schemas: flag("include_schemas", false),
        render_as_batch: flag("render_as_batch", false),
        compare_type: flag("compare_type", true),
        compare_server_default: flag("compare_server_default", false),
        alembic_module_prefix: text("alembic_module_prefix", "op."),
        sqlalchemy_module_prefix: text("sqlalchemy_module_prefix", "sa."),
        ..ContextOptions::default()
    };
    let render_as_batch = options.render_as_batch;
    let target = DatabaseTarget::Connection(connection);
    let context = MigrationContext::configure(target, &IndexMap::new(), options, None)?;
    let autogen = AutogenContext::new(Arc::clone(&context))?;
    let mut upgrade = UpgradeOps::default();
    let (described, log) = logged(|| compare::produce_net_changes(&autogen, &mut upgrade));
    let described = described?;
    let downgrade = upgrade.reverse()?;
    let found = log.iter().filter_map(|line| line.strip_prefix("INFO [alembic.autogenerate."));
    let found: Vec<String> =
        found.map(|line| format!("alembic.autogenerate.{}", line.replacen(']', ":", 1))).collect();
    outcome.insert("log".to_owned(), found.join("\n"));

    for as_batch in [false, true] {
        if render_as_batch && !as_batch {
            continue;
        }
        let prefix = if as_batch && !render_as_batch { "batch_" } else { "" };
        let options = RenderOptions { render_as_batch: as_batch, ..RenderOptions::from(context.options()) };
        let mut render = RenderContext::new(&context)?.with_options(options);
        let (bodies, rendering_log) = logged(|| {
            Ok::<_, limbeck_core::Error>((
                render.render_body(&upgrade.ops, Rendered::Upgrade)?,
                render.render_body(&downgrade.ops, Rendered::Downgrade)?,
            ))
        });
        let (upgrades, downgrades) = bodies?;
        outcome.insert(format!("{prefix}upgrades"), upgrades);
        outcome.insert(format!("{prefix}downgrades"), downgrades);
        if prefix.is_empty() {
            outcome.insert("imports".to_owned(), render.imports().join("\n"));
            let lines = log.iter().chain(&rendering_log);
            let warnings = lines.filter_map(|line| {
                let line = line.strip_prefix("WARN [py.warnings")?;
                line.strip_prefix("] ").or_else(|| line.strip_prefix(".SAWarning] "))
            });
            outcome.insert("warnings".to_owned(), sorted_once(warnings.map(str::to_owned).collect()));
        }
    }
    outcome.insert("diffs".to_owned(), diffs_repr(&upgrade.as_diffs()?, &described)?);
    Ok(())
}

/// Gives every warning once, as Python does by default.
fn sorted_once(mut warnings: Vec<String>) -> String {
    warnings.sort();
    warnings.dedup();
    warnings.join("\n")
}

fn recorded(outcome: &Value) -> Outcome {
    let lines = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    outcome
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let text = match name.as_str() {
                "log" => lines(value).join("\n"),
                "warnings" => sorted_once(lines(value)),
                // the class of an error is the edge's affair
                "error" => value.as_str().unwrap().split_once(": ").unwrap().1.to_owned(),
                _ => value.as_str().unwrap().to_owned(),
            };
            (name.clone(), text)
        })
        .collect()
}

/// Shows where two outcomes differ.
fn difference(expected: &Outcome, found: &Outcome) -> String {
    let mut report = String::new();
    let names: std::collections::BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    for name in names {
        let empty = String::from("(nothing)");
        let (wanted, got) = (expected.get(name).unwrap_or(&empty), found.get(name).unwrap_or(&empty));
        if wanted != got {
            write!(report, "\n--- {name}, reference:\n{wanted}\n--- {name}, Limbeck:\n{got}\n").unwrap();
        }
    }
    report
}

#[test]
fn every_case_is_compared_and_rendered_as_the_reference_does() {
    let (cases, record) = (read("cases.json"), read("record.json"));
    let cases = cases.as_array().unwrap();
    assert!(cases.len() > 40);
    let mut failures = String::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let accepted: Vec<Outcome> =
            record[name].as_array().expect("recorded").iter().map(recorded).collect();
        let found = run(case);
        if !accepted.contains(&found) {
            let shortest =
                accepted.iter().map(|accepted| difference(accepted, &found)).min_by_key(String::len);
            write!(failures, "\n===== {name}\n{}", shortest.unwrap()).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn an_outcome_that_the_reference_takes_from_a_set_is_always_the_same_here() {
    let cases = read("cases.json");
    for case in cases.as_array().unwrap() {
        assert_eq!(run(case), run(case), "{}", case["name"]);
    }
}
