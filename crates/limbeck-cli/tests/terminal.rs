//! What Limbeck has for people at a terminal and the reference has not: JSON, the drawing of the graph, hints, and
//! the completion of shells.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are outside of what the lint takes for tests
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A project with a branch, a merge, a label and a dependency.
fn project() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let plain = xtask::workspace_root().join("tests/reference/projects/plain");
    xtask::run::copy_directory(&plain, directory.path()).unwrap();
    for (id, down, rest) in [
        ("aaaa1", "None", ""),
        ("bbbb2", "'aaaa1'", "branch_labels = 'left'\n"),
        ("cccc3", "'aaaa1'", ""),
        ("dddd4", "('bbbb2', 'cccc3')", ""),
        ("eeee5", "None", "branch_labels = ('side', 'lone')\n"),
        ("ffff6", "'eeee5'", "depends_on = 'cccc3'\n"),
    ] {
        write_revision(directory.path(), id, down, rest);
    }
    directory
}

fn write_revision(directory: &Path, id: &str, down: &str, rest: &str) {
    let text = format!(
        "\"\"\"revision {id}\n\nand more\n\"\"\"\nrevision = '{id}'\ndown_revision = {down}\n{rest}\n\n\
         def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
    );
    fs::write(directory.join(format!("migrations/versions/{id}.py")), text).unwrap();
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("ALEMBIC_CONFIG")
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .env("LIMBECK_CACHE_DIR", directory.join("cache"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn document(directory: &Path, line: &str) -> (Value, i32) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let output = run(directory, &words);
    let stdout = text(&output.stdout);
    let value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{line}: {error}: {stdout}"));
    (value, output.status.code().unwrap())
}

/// The identifiers in a document.
fn revisions(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|entry| entry["revision"].as_str().unwrap()).collect()
}

#[test]
fn every_listing_command_prints_json() {
    let project = project();
    let directory = project.path();
    assert!(run(directory, &["upgrade", "bbbb2"]).status.success());

    let (heads, code) = document(directory, "heads --format json");
    assert_eq!((revisions(&heads), code), (vec!["dddd4", "ffff6"], 0));
    let path = directory.canonicalize().unwrap().join("migrations/versions/dddd4.py");
    assert_eq!(
        heads[0],
        json!({
            "revision": "dddd4",
            "down_revisions": ["bbbb2", "cccc3"],
            "branch_labels": ["left"],
            "depends_on": [],
            "next_revisions": [],
            "doc": "revision dddd4",
            "longdoc": "revision dddd4\n\nand more",
            "path": path.display().to_string(),
            "is_base": false,
            "is_head": true,
            "is_effective_head": false,
            "is_branch_point": false,
            "is_merge_point": true,
            "is_current": null,
        })
    );
    assert_eq!(heads[1]["depends_on"], json!(["cccc3"]));

    let (branches, code) = document(directory, "branches --format=json");
    assert_eq!((revisions(&branches), code), (vec!["aaaa1"], 0));
    assert_eq!(branches[0]["next_revisions"], json!(["bbbb2", "cccc3"]));

    let (history, _) = document(directory, "history -r aaaa1:dddd4 --format json");
    assert_eq!(revisions(&history).first(), Some(&"dddd4"));
    assert_eq!(history.as_array().unwrap().len(), 4);
    assert!(history.as_array().unwrap().iter().all(|entry| entry["is_current"].is_null()));
    let (history, _) = document(directory, "history -i --format json");
    for entry in history.as_array().unwrap() {
        assert_eq!(entry["is_current"], json!(entry["revision"] == "bbbb2"));
    }

    let (current, _) = document(directory, "current --format json");
    assert_eq!(revisions(&current), ["bbbb2"]);
    assert_eq!(
        (&current[0]["is_current"], &current[0]["database"]),
        (&json!(true), &json!("sqlite:///app.db"))
    );
    let (quiet, _) = document(directory, "-q current -v --format json");
    assert_eq!(quiet, current);

    assert_eq!(revisions(&document(directory, "show current --format json").0), ["bbbb2"]);
    assert_eq!(revisions(&document(directory, "show heads --format json").0), ["dddd4", "ffff6"]);
    assert_eq!(document(directory, "show base --format json").0, json!([]));
}

#[test]
fn a_failure_is_a_json_document_with_the_same_exit_code() {
    let project = project();
    let directory = project.path();
    let located = "Can't locate revision identified by 'nosuch'";
    for (line, message, code) in [
        ("show nosuch", located, 255),
        ("history -r nosuch:", located, 255),
        ("history -r x", "History range requires [start]:[end], [start]:, or :[end]", 255),
        ("history -r a:b:c", "ValueError: too many values to unpack (expected 2)", 1),
        ("current --check-heads", "Database is not on all head revisions", 255),
        ("show", "the following arguments are required: rev", 2),
        ("heads --nope", "unrecognized arguments: --nope", 2),
        ("history --graph", "--graph is text; it does not go with --format json", 255),
        ("--raiseerr show nosuch", &format!("alembic.util.exc.CommandError: {located}"), 1),
        ("-q show nosuch", located, 255),
        ("-c a.ini -c b.ini heads", "only one ini file may be indicated", 1),
    ] {
        let (value, exit) = document(directory, &format!("{line} --format json"));
        let error = &value["error"];
        // With --raiseerr the exception is on standard error; the message stays the message.
        let shown = error["message"].as_str().unwrap();
        assert!(message.ends_with(shown), "{line}: {shown}");
        assert_eq!((error["code"].as_i64(), exit), (Some(i64::from(code)), code), "{line}");
    }
    let plain = run(directory, &["show", "nosuch"]).status.code();
    assert_eq!(plain, Some(255));
}

#[test]
fn what_env_py_prints_or_raises_leaves_the_document_valid() {
    let project = project();
    let directory = project.path();
    let env = directory.join("migrations/env.py");
    let generic = fs::read_to_string(&env).unwrap();
    fs::write(&env, format!("print('from env.py')\n{generic}")).unwrap();
    let output = run(directory, &["current", "--format", "json"]);
    assert_eq!(text(&output.stdout), "[]\n");
    assert!(text(&output.stderr).contains("from env.py\n"));

    for (raised, message, code) in [
        ("raise RuntimeError('no database today')", "RuntimeError: no database today", 1),
        ("import sys\nsys.exit(4)", "", 4),
        ("from alembic.util import CommandError\nraise CommandError('closed')", "closed", 255),
    ] {
        fs::write(&env, format!("print('from env.py')\n{raised}\n")).unwrap();
        for line in ["current", "show current", "history -i", "history -r current:"] {
            let (value, exit) = document(directory, &format!("{line} --format json"));
            assert_eq!((&value["error"]["message"], exit), (&json!(message), code), "{line}: {raised}");
        }
    }
    fs::remove_dir_all(directory.join("migrations")).unwrap();
    for line in ["current", "show head", "history", "heads", "branches"] {
        let (value, exit) = document(directory, &format!("{line} --format json"));
        assert!(value["error"]["message"].as_str().unwrap().starts_with("Path doesn't exist: "), "{line}");
        assert_eq!(exit, 255, "{line}");
    }
}

#[test]
fn history_draws_the_graph() {
    let project = project();
    let directory = project.path();
    assert!(run(directory, &["upgrade", "bbbb2"]).status.success());
    let picture = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = run(directory, &words);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", text(&output.stderr));
        format!("\n{}", text(&output.stdout))
    };
    let whole = picture("history --graph -i");
    assert_eq!(whole.matches("(current)").count(), 1, "{whole}");
    assert!(whole.lines().any(|line| line.contains("@ ") && line.contains("-> bbbb2")), "{whole}");
    for id in ["aaaa1", "bbbb2", "cccc3", "dddd4", "eeee5", "ffff6"] {
        assert_eq!(whole.matches(&format!("-> {id}")).count(), 1, "{whole}");
    }
    assert_eq!(
        picture("history --graph -r aaaa1:dddd4"),
        r"
*   bbbb2, cccc3 -> dddd4 (left) (head) (mergepoint), revision dddd4
|\
| * aaaa1 -> cccc3, revision cccc3
* | aaaa1 -> bbbb2 (left), revision bbbb2
|/
* <base> -> aaaa1 (branchpoint), revision aaaa1
"
    );
    let path = directory.canonicalize().unwrap().join("migrations/versions");
    assert_eq!(
        picture("history --graph -v -r bbbb2:dddd4").replace(&path.display().to_string(), "<versions>"),
        r"
* Rev: dddd4 (head) (mergepoint)
| Merges: bbbb2, cccc3
| Branch names: left
| Path: <versions>/dddd4.py
|
|     revision dddd4
|
|     and more
|
* Rev: bbbb2
  Parent: aaaa1
  Branch names: left
  Path: <versions>/bbbb2.py

      revision bbbb2

      and more
"
    );
    assert_eq!(picture("-q history --graph"), "\n");
}

#[test]
fn slips_get_a_hint_after_the_reference_s_own_message() {
    let project = project();
    let directory = project.path();
    for (line, failure, hint) in [
        ("show bbbb3", "FAILED: Can't locate revision identified by 'bbbb3'\n", "did you mean 'bbbb2'?"),
        ("show hed", "FAILED: Can't locate revision identified by 'hed'\n", "did you mean 'head'?"),
        ("show sied@head", "FAILED: Can't locate revision identified by 'sied'\n", "did you mean 'side'?"),
        ("show l", "FAILED: Can't locate revision identified by 'l'\n", "'l' is the start of 'left', 'lone'"),
        ("upgarde head", "", "did you mean 'upgrade'?"),
        ("upgrade head --sqll", "", "did you mean '--sql'?"),
        ("completion tcsh", "FAILED: No completion for shell 'tcsh'\n", "the shells are bash, zsh, fish"),
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = run(directory, &words);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(stdout.starts_with(failure), "{line}: {stdout}");
        assert_eq!(stderr.lines().last(), Some(format!("hint: {hint}").as_str()), "{line}: {stderr}");
        assert_ne!(output.status.code(), Some(0), "{line}");
    }
    let output = run(directory, &["show", "0123456789"]);
    assert!(!text(&output.stderr).contains("hint: "));
}

#[test]
fn a_label_of_two_revisions_is_refused_by_every_command() {
    let project = project();
    write_revision(project.path(), "cccc3", "'aaaa1'", "branch_labels = 'left'\n");
    for line in ["heads", "history", "upgrade heads", "show left", "current", "revision -m x", "merge heads"]
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = run(project.path(), &words);
        // The reference names the two in any order.
        let stdout = text(&output.stdout);
        assert_eq!(
            stdout, "FAILED: Branch name 'left' in revision cccc3 already used by revision bbbb2\n",
            "{line}"
        );
        assert_eq!(output.status.code(), Some(255));
    }
}

/// What bash offers for a line with the cursor at its end.
fn bash(directory: &Path, line: &str) -> Vec<String> {
    let script = "source <(\"$PROGRAM\" completion bash) || exit 1\n\
                  complete -p alembic >/dev/null || exit 1\n\
                  COMP_LINE=$LINE COMP_POINT=${#LINE}\n\
                  COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'\n\
                  _alembic_complete \"$PROGRAM\"\n\
                  printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let output = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", script])
        .current_dir(directory)
        .env_remove("ALEMBIC_CONFIG")
        .env("PROGRAM", env!("CARGO_BIN_EXE_alembic"))
        .env("LINE", line)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_completes_what_the_project_has() {
    let project = project();
    let directory = project.path();
    fs::write(
        directory.join("other.ini"),
        "[alembic]\nscript_location = nowhere\n\n[tenant]\nscript_location = migrations\n\n[loggers]\nkeys = root\n",
    )
    .unwrap();
    for (line, expected) in [
        ("alembic upgr", &["upgrade"][..]),
        ("alembic upgrade bb", &["bbbb2"]),
        ("alembic upgrade aaaa1:c", &["cccc3"]),
        ("alembic upgrade le", &["left@"]),
        ("alembic downgrade left@b", &["left@base", "left@bbbb2"]),
        ("alembic show he", &["head", "heads"]),
        ("alembic show cu", &["current"]),
        ("alembic history -r cu", &["current"]),
        ("alembic history --rev-range=ffff6", &["ffff6"]),
        ("alembic merge aaaa1 ff", &["ffff6"]),
        ("alembic revision --depends-on ee", &["eeee5"]),
        ("alembic -c other.ini upgrade bb", &[]),
        ("alembic -c other.ini -n tenant upgrade bb", &["bbbb2"]),
        ("alembic -c other.ini -n ", &["alembic", "tenant"]),
        ("alembic -c al", &["alembic.ini"]),
        ("alembic init -t mul", &["multidb"]),
        ("alembic init mig", &["migrations/"]),
        ("alembic heads --res", &["--resolve-dependencies"]),
        ("alembic heads --format=j", &["json"]),
        ("alembic completion z", &["zsh"]),
        ("alembic nonsense ", &[]),
    ] {
        assert_eq!(bash(directory, line), expected, "{line}");
    }
}

#[test]
fn completion_needs_no_usable_project() {
    let project = project();
    write_revision(project.path(), "cccc3", "'gone'", "");
    assert_eq!(bash(project.path(), "alembic upgrade hea"), ["head", "heads"]);
    fs::write(project.path().join("alembic.ini"), "[[[").unwrap();
    assert_eq!(bash(project.path(), "alembic upgrade hea"), ["head", "heads"]);
    assert_eq!(bash(project.path(), "alembic -n "), [""; 0]);
}

#[test]
fn zsh_and_fish_get_words_with_descriptions() {
    let project = project();
    let output = run(project.path(), &["__complete", "words", "show", "ff"]);
    assert_eq!(text(&output.stdout), "ffff6\trevision ffff6\n");
    let output = run(project.path(), &["__complete", "words", "-c", "alembic.ini", "edit", "si"]);
    assert_eq!(text(&output.stdout), "side@\ta branch\n");
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&run(project.path(), &["completion", shell]).stdout);
        assert!(script.contains("__complete"), "{script}");
        let path = project.path().join(format!("completion.{shell}"));
        fs::write(&path, script).unwrap();
        // A shell that is installed reads its script; bash always is.
        match Command::new(shell).arg("-n").arg(&path).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {}", text(&output.stderr)),
            Err(error) => assert_ne!(shell, "bash", "{error}"),
        }
    }
}
