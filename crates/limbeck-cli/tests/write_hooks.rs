//! Post-write hooks whose programs an installed Python package brings: looked up in the active virtual environment, then
//! on PATH. Shell scripts stand for them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

/// A project whose ini file ends with `hooks`.
fn project(hooks: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir_all(root.join("migrations/versions")).unwrap();
    fs::write(
        root.join("migrations/script.py.mako"),
        "revision = ${repr(up_revision)}\ndown_revision = None\n",
    )
    .unwrap();
    let ini = format!("[alembic]\nscript_location = migrations\n[post_write_hooks]\nhooks = tool\n{hooks}");
    fs::write(root.join("alembic.ini"), ini).unwrap();
    directory
}

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn revision(root: &Path, path: &str, environment: Option<&str>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alembic"));
    command.args(["revision", "-m", "x", "--rev-id", "a1"]).current_dir(root).env_clear().env("HOME", root);
    command.env("PATH", root.join(path));
    if let Some(environment) = environment {
        command.env("VIRTUAL_ENV", root.join(environment));
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code(), text.replace(root.canonicalize().unwrap().to_str().unwrap(), "<root>"))
}

#[test]
fn a_console_script_comes_from_the_virtual_environment_or_from_path() {
    let project = project(
        "tool.type = console_scripts\ntool.entrypoint = black\ntool.options = -q REVISION_SCRIPT_FILENAME\n",
    );
    let root = project.path();
    program(&root.join("bin/black"), "echo path \"$@\"");
    program(&root.join("venv/bin/black"), "echo environment \"$@\"; exit 1");
    let file = "<root>/migrations/versions/a1_x.py";
    for (environment, found) in [(None, "path"), (Some("venv"), "environment"), (Some("other"), "path")] {
        let (code, text) = revision(root, "bin", environment);
        assert_eq!(
            (code, text),
            (
                Some(0),
                format!(
                    "Generating {file} ...  done\nRunning post write hook 'tool' ...\n{found} -q {file}\n  done\n"
                )
            )
        );
        fs::remove_file(root.join("migrations/versions/a1_x.py")).unwrap();
    }
    let (code, text) = revision(root, "nothing", None);
    assert_eq!(code, Some(255));
    assert!(text.contains("FAILED: Could not find entrypoint console_scripts.black\nhint: "), "{text}");
}

#[test]
fn a_module_runs_in_the_python_interpreter_that_is_there() {
    let project = project("tool.type = module\ntool.module = ruff.main\ntool.options = check\n");
    let root = project.path();
    // Asked whether the module is there (`-c`), it says yes.
    program(&root.join("venv/bin/python"), "[ \"$1\" = -c ] && exit 0; echo \"$@\"");
    let (code, text) = revision(root, "nothing", Some("venv"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("\n-m ruff.main <root>/migrations/versions/a1_x.py check\n  done\n"), "{text}");
    fs::remove_file(root.join("migrations/versions/a1_x.py")).unwrap();
    program(&root.join("venv/bin/python"), "exit 1");
    let (code, text) = revision(root, "nothing", Some("venv"));
    assert_eq!(code, Some(255));
    assert!(
        text.contains("FAILED: Could not find module ruff.main\nhint: the Python interpreter "),
        "{text}"
    );
    fs::remove_file(root.join("migrations/versions/a1_x.py")).unwrap();
    let (code, text) = revision(root, "nothing", None);
    assert_eq!(code, Some(255));
    assert!(text.contains("hint: a hook of type module needs a Python interpreter"), "{text}");
}
