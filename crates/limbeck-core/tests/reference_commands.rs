//! Compares the commands that run no `env.py`, and what is read from revision headers, with the reference.
//!
//! `tests/reference/graphs/record_commands.py` at the root of the repository makes the records.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use limbeck_core::Error;
use limbeck_core::command::{self, HistoryOptions, MergeOptions, RevisionOptions};
use limbeck_core::config::{Config, ConfigOptions, Messaging, WarningCategory};
use limbeck_core::error::Result;
use limbeck_core::host::{ScriptHost, TemplateArguments, TemplateValue};
use limbeck_core::script::{
    RevisionArgument, RevisionError, RevisionHeader, RevisionId, ScriptDirectory, ScriptDirectoryOptions,
};
use serde_json::{Value, json};

/// Renders every template to a header, and executes nothing.
struct HeaderHost;

fn python(value: &TemplateValue) -> String {
    match value {
        TemplateValue::None => "None".to_owned(),
        TemplateValue::String(text) => format!("'{text}'"),
        TemplateValue::Tuple(values) => {
            format!("({},)", values.iter().map(python).collect::<Vec<_>>().join(", "))
        }
        TemplateValue::List(values) => {
            format!("[{}]", values.iter().map(python).collect::<Vec<_>>().join(", "))
        }
        other => panic!("{other:?} has no place in a header"),
    }
}

impl ScriptHost for HeaderHost {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        Err(Error::command(format!("{} needs execution", path.display())))
    }

    fn render_template(&self, template: &Path, arguments: &TemplateArguments) -> Result<String> {
        assert!(template.is_file(), "{}", template.display());
        assert!(matches!(arguments["create_date"], TemplateValue::DateTime(..)));
        let lines: Vec<String> = [
            ("revision", "up_revision"),
            ("down_revision", "down_revision"),
            ("branch_labels", "branch_labels"),
            ("depends_on", "depends_on"),
            ("message", "message"),
        ]
        .iter()
        .map(|(name, argument)| format!("{name} = {}\n", python(&arguments[*argument])))
        .collect();
        Ok(lines.concat())
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn records(name: &str) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/graphs").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        several => several.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
    }
}

/// Runs a command and gives what it returned for the editor.
fn run(config: &Arc<Config>, name: &str, arguments: &Value) -> Result<Vec<PathBuf>> {
    let text = |name: &str| arguments[name].as_str().map(str::to_owned);
    let flag = |name: &str| arguments[name].as_bool().unwrap_or(false);
    match name {
        "history" => {
            let options = HistoryOptions {
                rev_range: text("rev_range"),
                verbose: flag("verbose"),
                indicate_current: false,
            };
            command::history(config, &HeaderHost, &options)?;
        }
        "heads" => command::heads(config, &HeaderHost, flag("verbose"), flag("resolve_dependencies"))?,
        "branches" => command::branches(config, &HeaderHost, flag("verbose"))?,
        "show" => command::show(config, &HeaderHost, &text("rev").unwrap())?,
        "edit" => return command::edit(config, &HeaderHost, &text("rev").unwrap()),
        "revision" => {
            let options = RevisionOptions {
                message: text("message"),
                autogenerate: flag("autogenerate"),
                sql: flag("sql"),
                head: match &arguments["head"] {
                    Value::Null => RevisionArgument::from("head"),
                    Value::String(head) => RevisionArgument::from(head.as_str()),
                    several => RevisionArgument::Several(strings(several)),
                },
                splice: flag("splice"),
                branch_label: RevisionArgument::from(text("branch_label").as_deref()),
                version_path: text("version_path").map(PathBuf::from),
                rev_id: text("rev_id"),
                depends_on: strings(&arguments["depends_on"]),
            };
            command::revision(config, &HeaderHost, &options)?;
        }
        "merge" => {
            let options = MergeOptions {
                revisions: strings(&arguments["revisions"]),
                message: text("message"),
                branch_label: RevisionArgument::from(text("branch_label").as_deref()),
                rev_id: text("rev_id"),
                splice: flag("splice"),
            };
            command::merge(config, &HeaderHost, &options)?;
        }
        other => panic!("unknown command {other}"),
    }
    Ok(Vec::new())
}

#[test]
fn commands_print_what_the_reference_prints() {
    for project in records("commands.json") {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let here = root.to_str().unwrap();
        for (name, text) in project["files"].as_object().unwrap() {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.as_str().unwrap()).unwrap();
        }
        for entry in project["commands"].as_array().unwrap() {
            let captured = Captured::default();
            let options =
                ConfigOptions { stdout: Some(Box::new(captured.clone())), ..ConfigOptions::default() };
            let config = Arc::new(Config::open(None, "alembic", options));
            config.set_main_option("script_location", here).unwrap();
            for (name, value) in project["options"].as_object().unwrap() {
                config.set_main_option(name, &value.as_str().unwrap().replace("{dir}", here)).unwrap();
            }
            let arguments: Value =
                serde_json::from_str(&entry["arguments"].to_string().replace("{dir}", here)).unwrap();
            let result = run(&config, entry["command"].as_str().unwrap(), &arguments);
            let mut answer = serde_json::Map::new();
            match result {
                Ok(opened) if opened.is_empty() => {}
                Ok(opened) => {
                    answer.insert("opened".to_owned(), json!(opened));
                }
                Err(Error::Command { message, .. }) => {
                    answer.insert("error".to_owned(), json!(message));
                }
                // The reference warns with this sentence, and then fails for want of it.
                Err(Error::Revision(error @ RevisionError::Missing { .. })) => {
                    answer.insert("missing".to_owned(), json!(true));
                    answer.insert("warnings".to_owned(), json!([error.to_string()]));
                }
                Err(error) => panic!("{}: {error}", entry["command"]),
            }
            let warnings: Vec<String> = config
                .messaging()
                .warnings()
                .into_iter()
                .filter(|warning| warning.category == WarningCategory::User)
                .map(|warning| warning.message)
                .collect();
            if !warnings.is_empty() {
                answer.insert("warnings".to_owned(), json!(warnings));
            }
            let stdout = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
            answer.insert("stdout".to_owned(), json!(stdout));
            let answer: Value =
                serde_json::from_str(&Value::Object(answer).to_string().replace(here, "{dir}")).unwrap();
            let expected = entry["answers"].as_array().unwrap();
            assert!(
                expected.contains(&answer),
                "{} {} {}\n   found {answer:#}\nexpected {:#}",
                project["name"],
                entry["command"],
                entry["arguments"],
                expected[0]
            );
        }
    }
}

#[test]
fn headers_are_read_as_the_reference_reads_them() {
    for record in records("headers.json") {
        let source = record["source"].as_str().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let versions = directory.path().join("versions");
        fs::create_dir(&versions).unwrap();
        fs::write(versions.join("header_case.py"), source).unwrap();
        // The parents need not exist to be read.
        let messaging = Arc::new(Messaging::new(Box::new(io::sink()), false, None));
        for name in ["b", "c", "q", "z"] {
            if record["revision"] != name && source.contains('=') {
                fs::write(
                    versions.join(format!("zz_{name}.py")),
                    format!("revision = '{name}'\ndown_revision = None\n"),
                )
                .unwrap();
            }
        }
        let opened =
            ScriptDirectory::open(ScriptDirectoryOptions::new(directory.path()), messaging, &HeaderHost);
        if let Some(kind) = record["error"].as_str() {
            let message = opened.expect_err(source).to_string();
            match kind {
                "SyntaxError" => {
                    let place = format!("header_case.py:{}:", record["line"]);
                    assert!(message.contains(&place) && message.contains("SyntaxError: "), "{message}");
                }
                "AttributeError" => assert!(message.contains("has no 'down_revision' variable"), "{message}"),
                _ => assert_eq!(message, record["message"], "{source}"),
            }
            continue;
        }
        // A graph cannot hold the empty parent; its header is recorded all the same.
        if record["down_revision"] == json!([""]) {
            assert_eq!(
                opened.expect_err(source).to_string(),
                "Revision  referenced from  -> a (head),  is not present"
            );
            continue;
        }
        let script = opened.unwrap_or_else(|error| panic!("{source}: {error}"));
        let found = script.get_revision(record["revision"].as_str()).unwrap().unwrap();
        let mut labels: Vec<String> = found.branch_labels().iter().map(ToString::to_string).collect();
        labels.sort();
        let log_entry = found.log_entry(false);
        let answer = json!({
            "revision": found.id().as_str(),
            "down_revision": found.down_revision().iter().map(RevisionId::as_str).collect::<Vec<_>>(),
            "dependencies": found.dependencies(),
            "branch_labels": labels,
            "doc": found.doc(),
            "longdoc": found.longdoc(),
            "log_lines": log_entry.split_once("\n\n").unwrap().1,
        });
        for (name, value) in answer.as_object().unwrap() {
            assert_eq!(*value, record[name], "{name} of {source}");
        }
    }
}
