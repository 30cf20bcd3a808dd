//! Calls every operation case of `tests/reference/ops` in this binary and compares with what the reference emitted; and
//! every case of `tests/reference/third_party` with what the packages emitted whose types Limbeck stands in for.
//!
//! A case calls operations on an offline context of one dialect (`run.py` there runs them, with either program). A
//! difference that is known stands in `known-differences`: `why: REASON`, then a line `module.case [dialect]` for each
//! record. One that is listed and does not differ any more fails the test as well.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// How many differences a failure shows; the rest is counted.
const SHOWN: usize = 20;

fn directory(name: &str) -> PathBuf {
    xtask::workspace_root().join("tests/reference").join(name)
}

/// Reads records, by `module.case [dialect]`.
fn records(lines: &str) -> BTreeMap<String, Value> {
    let key = |record: &Value| {
        let text = |name: &str| record[name].as_str().expect("a record has its case").to_owned();
        format!("{}.{} [{}]", text("module"), text("case"), text("dialect"))
    };
    lines
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("a record is JSON");
            (key(&record), record)
        })
        .collect()
}

/// Reads the differences that are known, each below the reason for it.
fn known_differences(text: &str) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let mut has_reason = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if line.starts_with("why: ") {
            has_reason = true;
        } else {
            assert!(has_reason, "no reason is given for {line}");
            assert!(known.insert(line.to_owned()), "{line} is listed twice");
        }
    }
    known
}

/// Shows where a record differs.
fn difference(key: &str, expected: Option<&Value>, actual: Option<&Value>) -> String {
    let mut shown = key.to_owned();
    for field in ["sql", "error", "warnings"] {
        let of = |record: Option<&Value>| record.map_or(Value::Null, |record| record[field].clone());
        let (expected, actual) = (of(expected), of(actual));
        if expected != actual {
            let _ = write!(shown, "\n  {field} expected: {expected}\n  {field} actual:   {actual}");
        }
    }
    shown
}

#[test]
fn operations_emit_what_the_reference_emits() {
    compare(&directory("ops"));
}

#[test]
fn third_party_types_emit_what_their_packages_emit() {
    compare(&directory("third_party"));
}

/// Runs the cases of a directory and compares them with the record there.
fn compare(directory: &Path) {
    let read = |name: &str| fs::read_to_string(directory.join(name)).expect(name);
    let output = Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(["exec", "run.py"])
        .current_dir(directory)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let actual = records(&String::from_utf8(output.stdout).expect("records are UTF-8"));
    let expected = records(&read("record.jsonl"));
    let known = known_differences(&read("known-differences"));

    let keys: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    let differing: Vec<&String> =
        keys.into_iter().filter(|key| expected.get(*key) != actual.get(*key)).collect();
    let mut failures: Vec<String> = differing
        .iter()
        .filter(|key| !known.contains(**key))
        .map(|key| difference(key, expected.get(*key), actual.get(*key)))
        .collect();
    failures.extend(
        known
            .iter()
            .filter(|key| !differing.contains(key))
            .map(|key| format!("{key} is listed as a known difference and does not differ")),
    );
    let count = failures.len();
    failures.truncate(SHOWN);
    assert!(
        failures.is_empty(),
        "{count} of {} records are not as expected; the first ones:\n{}",
        expected.len(),
        failures.join("\n")
    );
}
