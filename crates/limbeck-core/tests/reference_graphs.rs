//! Compares the revision graph with what the reference made of the same random graphs.
//!
//! `tests/reference/graphs/record.py` at the root of the repository makes the records. `LIMBECK_GRAPHS` names
//! another directory with records, to compare more than the repository holds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use limbeck_core::Error;
use limbeck_core::config::Messaging;
use limbeck_core::error::Result;
use limbeck_core::host::{ScriptHost, TemplateArguments};
use limbeck_core::runtime::head_tracker::{HeadTracker, VersionChange};
use limbeck_core::runtime::steps::MigrationStep;
use limbeck_core::script::{
    CommandFormat, Node, RangeOptions, Revision, RevisionArgument, RevisionError, RevisionHeader, RevisionId,
    RevisionMap, ScriptDirectory, ScriptDirectoryOptions, Target, format_as_comma,
};
use serde_json::{Map, Value, json};

/// A host for directories whose files need none.
struct NoHost;

impl ScriptHost for NoHost {
    fn execute_header(&self, path: &std::path::Path) -> Result<RevisionHeader> {
        panic!("{} should not need execution", path.display())
    }

    fn render_template(&self, template: &std::path::Path, _: &TemplateArguments) -> Result<String> {
        panic!("{} should not be rendered", template.display())
    }
}

fn records(name: &str) -> Vec<Value> {
    let directory = std::env::var_os("LIMBECK_GRAPHS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/graphs"),
        PathBuf::from,
    );
    let text = fs::read_to_string(directory.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn messaging() -> Arc<Messaging> {
    Arc::new(Messaging::new(Box::new(std::io::sink()), false, None))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The graph of a record as the files of a script directory.
fn open(directory: &tempfile::TempDir, nodes: &Value) -> Result<ScriptDirectory> {
    let versions = directory.path().join("versions");
    fs::create_dir(&versions).unwrap();
    for (index, node) in nodes.as_array().unwrap().iter().enumerate() {
        let revision = node[0].as_str().unwrap();
        let source = format!(
            "\"\"\"doc of {revision}\n\nmore\"\"\"\nrevision = {:?}\ndown_revision = {}\ndepends_on = {}\n\
             branch_labels = {}\n",
            revision, node[1], node[2], node[3]
        );
        fs::write(versions.join(format!("{index:03}_{revision}.py")), source).unwrap();
    }
    ScriptDirectory::open(ScriptDirectoryOptions::new(directory.path()), messaging(), &NoHost)
}

fn argument(value: &Value) -> RevisionArgument {
    match value {
        Value::Null => RevisionArgument::Nothing,
        Value::String(symbol) => RevisionArgument::from(symbol.as_str()),
        several => RevisionArgument::Several(texts(several)),
    }
}

/// An answer, or an error as the record has it.
fn answer<T>(found: std::result::Result<T, RevisionError>, show: impl FnOnce(T) -> Value) -> Value {
    match found {
        Ok(found) => json!({ "is": show(found) }),
        Err(RevisionError::Unforeseen(_) | RevisionError::Missing { .. }) => json!({ "unforeseen": true }),
        Err(error) => {
            let kind = match &error {
                RevisionError::RangeNotAncestor { .. } => "RangeNotAncestorError",
                RevisionError::MultipleHeads { .. } => "MultipleHeads",
                RevisionError::Resolution { .. } => "ResolutionError",
                RevisionError::Cycle(_) => "CycleDetected",
                RevisionError::DependencyCycle(_) => "DependencyCycleDetected",
                RevisionError::Loop(_) => "LoopDetected",
                RevisionError::DependencyLoop(_) => "DependencyLoopDetected",
                _ => "RevisionError",
            };
            json!({ "error": format!("{kind}: {error}") })
        }
    }
}

fn command_answer<T>(found: Result<T>, show: impl FnOnce(T) -> Value) -> Value {
    match found {
        Ok(found) => json!({ "is": show(found) }),
        Err(Error::Command { message, .. }) => json!({ "error": format!("CommandError: {message}") }),
        Err(Error::Revision(error)) => answer(Err::<(), _>(error), |()| Value::Null),
        Err(error) => panic!("{error}"),
    }
}

fn ids(map: &RevisionMap, nodes: &[Node]) -> String {
    let ids: Vec<&str> = nodes.iter().map(|node| map.revision(*node).id().as_str()).collect();
    ids.join(" ")
}

fn target(map: &RevisionMap, target: Target) -> Value {
    match target {
        Target::Nothing => Value::Null,
        Target::Base => json!("base"),
        Target::Revision(node) => json!(map.revision(node).id().as_str()),
    }
}

fn steps(map: &RevisionMap, found: &[MigrationStep], rows: &RevisionArgument) -> Value {
    let mut tracker = HeadTracker::new(rows.as_list().unwrap().into_iter().map(RevisionId::from));
    let mut lines = Vec::new();
    for step in found {
        let Ok(changes) = tracker.update_to_step(step, map) else {
            lines.push(format!("{step} | refused"));
            break;
        };
        let changes: Vec<String> = changes
            .iter()
            .map(|change| match change {
                VersionChange::Insert(id) => format!("+{id}"),
                VersionChange::Delete(id) => format!("-{id}"),
                VersionChange::Update { from, to } => format!("{from}>{to}"),
            })
            .collect();
        let info = step.info();
        let joined = |ids: &[RevisionId]| format_as_comma(ids).replace(", ", ",");
        lines.push(format!(
            "{step} | {} | {}:{}",
            changes.join(" "),
            joined(&info.up_revision_ids),
            joined(&info.down_revision_ids)
        ));
    }
    json!(lines)
}

fn ask(script: &ScriptDirectory, question: &Value) -> Value {
    let map = script.revision_map();
    let first = argument(&question[1]);
    let second = || argument(&question[2]);
    match question[0].as_str().unwrap() {
        "get_revisions" => answer(map.get_revisions(&first), |found| {
            found.into_iter().map(|found| target(map, found)).collect()
        }),
        "get_revision" => answer(map.get_revision(question[1].as_str()), |found| {
            target(map, found.map_or(Target::Nothing, Target::Revision))
        }),
        "number" => command_answer(script.as_revision_number(question[1].as_str()), |number| match number {
            RevisionArgument::Nothing => Value::Null,
            RevisionArgument::Symbol(id) => json!(id),
            RevisionArgument::Several(ids) => json!(ids),
        }),
        "iterate" => {
            let flag = |index: usize| question[index].as_bool().unwrap();
            let range = RangeOptions {
                implicit_base: flag(3),
                inclusive: flag(4),
                assert_relative_length: flag(5),
                select_for_downgrade: flag(6),
            };
            answer(map.iterate_revisions(&first, &second(), range), |found| json!(ids(map, &found)))
        }
        "walk" => command_answer(script.walk_revisions(&first, &second()), |found| {
            let ids: Vec<&str> = found.iter().map(|script| script.revision().id().as_str()).collect();
            json!(ids.join(" "))
        }),
        "upgrade" => {
            command_answer(script.upgrade_revs(&first, &second()), |found| steps(map, &found, &second()))
        }
        "downgrade" => {
            command_answer(script.downgrade_revs(&first, &second()), |found| steps(map, &found, &second()))
        }
        "stamp" => {
            command_answer(script.stamp_revs(&first, &second()), |found| steps(map, &found, &second()))
        }
        "current" => command_answer(script.get_all_current(&first), |found| {
            let mut ids: Vec<&str> = found.iter().map(|script| script.revision().id().as_str()).collect();
            ids.sort_unstable();
            json!(ids)
        }),
        other => panic!("unknown question {other}"),
    }
}

/// What the record says of the whole graph.
fn overview(script: &ScriptDirectory, nodes: &Value) -> Map<String, Value> {
    let map = script.revision_map();
    let list = |ids: Vec<RevisionId>| ids.iter().map(|id| json!(id.as_str())).collect::<Value>();
    let mut labels = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for node in nodes.as_array().unwrap() {
        let id = node[0].as_str().unwrap();
        let found = script.script(map.find(id).unwrap());
        let mut own: Vec<String> = found.branch_labels().iter().map(ToString::to_string).collect();
        own.sort();
        if !own.is_empty() {
            labels.insert(id.to_owned(), own);
        }
        let line = found.cmd_format(CommandFormat { include_parents: true, ..CommandFormat::default() });
        lines.insert(id.to_owned(), line);
    }
    let Value::Object(overview) = json!({
        "heads": list(map.heads()),
        "real_heads": list(map.real_heads()),
        "bases": list(map.bases()),
        "real_bases": list(map.real_bases()),
        "labels": labels,
        "lines": lines,
    }) else {
        unreachable!()
    };
    overview
}

#[test]
fn graphs_answer_as_in_the_reference() {
    let mut differences = String::new();
    let mut answers = 0;
    for record in records("graphs.jsonl") {
        let directory = tempfile::tempdir().unwrap();
        let script = open(&directory, &record["nodes"]).unwrap();
        for (name, found) in overview(&script, &record["nodes"]) {
            if found != record[&name] {
                let _ =
                    writeln!(differences, "{name}: {found}\nexpected {}\n{}", record[&name], record["nodes"]);
            }
        }
        for pair in record["answers"].as_array().unwrap() {
            answers += 1;
            let mut expected = pair[1].clone();
            let warnings = expected.as_object_mut().unwrap().remove("warnings");
            let before = script.messaging().warnings().len();
            let found = ask(&script, &pair[0]);
            if found != expected {
                let _ = writeln!(
                    differences,
                    "{}\n   found {found}\nexpected {expected}\n{}\n",
                    pair[0], record["nodes"]
                );
            }
            let warned = script.messaging().warnings();
            for warning in warnings.iter().flat_map(|warnings| warnings.as_array().unwrap()) {
                assert!(warned.iter().any(|known| *warning == *known.message), "{warning} is missing");
            }
            // Of questions that end in an error, no warnings are recorded.
            let is_silent = warnings.is_none() && expected.get("is").is_some();
            assert!(!is_silent || warned.len() == before, "{:?}: {warned:?}", pair[0]);
        }
    }
    assert!(answers > 5000, "only {answers} answers are recorded");
    assert!(differences.is_empty(), "{}", &differences[..differences.len().min(6000)]);
}

#[test]
fn broken_graphs_are_refused_as_in_the_reference() {
    let mut records_seen = 0;
    for record in records("errors.jsonl") {
        records_seen += 1;
        let nodes = &record["nodes"];
        let mut revisions = Vec::new();
        let mut failed = None;
        for node in nodes.as_array().unwrap() {
            let revision = Revision::new(
                node[0].as_str().unwrap(),
                &texts(&node[1]),
                &texts(&node[2]),
                &texts(&node[3]),
            );
            match revision {
                Ok(revision) => revisions.push(revision),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let messaging = messaging();
        let found = match failed {
            Some(error) => Err(error),
            None => RevisionMap::new(revisions, Arc::clone(&messaging)),
        };
        let expected = &record["answer"];
        let is_answer = expected.get("is").is_some();
        let found = answer(found, |map| {
            json!({
                "heads": map.heads().iter().map(RevisionId::as_str).collect::<Vec<_>>(),
                "real_heads": map.real_heads().iter().map(RevisionId::as_str).collect::<Vec<_>>(),
                "bases": map.bases().iter().map(RevisionId::as_str).collect::<Vec<_>>(),
                "real_bases": map.real_bases().iter().map(RevisionId::as_str).collect::<Vec<_>>(),
            })
        });
        if is_answer {
            for name in ["heads", "real_heads", "bases", "real_bases"] {
                assert_eq!(found["is"][name], expected["is"][name], "{name} of {nodes}");
            }
            let warnings: Vec<Value> = messaging.warnings().iter().map(|w| json!(w.message)).collect();
            assert_eq!(Value::from(warnings), expected.get("warnings").cloned().unwrap_or(json!([])));
        } else {
            assert_eq!(found, *expected, "{nodes}");
        }
    }
    assert!(records_seen > 80, "only {records_seen} graphs are recorded");
}
