//! Every template of `init` works at once: a revision is made, applied, taken back, and written as SQL.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;

fn alembic(directory: &Path, arguments: &[&str]) -> String {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(arguments)
        .current_dir(directory)
        .env("HOME", directory)
        .env_remove("XDG_CACHE_HOME")
        .env_remove("ALEMBIC_CONFIG")
        .env_remove("VIRTUAL_ENV")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn tables(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare("SELECT name FROM sqlite_master ORDER BY name").unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).filter(|name: &String| !name.starts_with("sqlite_")).collect()
}

/// Replaces what `init` and `revision` leave for the user to fill in.
fn fill_in(file: &Path, replacements: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).unwrap();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from} in {text}");
        text = text.replacen(from, to, 1);
    }
    fs::write(file, text).unwrap();
}

const CREATE: &str = "op.create_table('account', sa.Column('id', sa.Integer(), primary_key=True))";

fn runs_at_once(template: &str, url: &str, has_toml: bool, package: bool) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let mut init = vec!["init", "--template", template, "migrations"];
    init.extend(package.then_some("--package"));
    alembic(root, &init);
    assert_eq!(root.join("pyproject.toml").exists(), has_toml);
    assert_eq!(root.join("migrations/versions/__init__.py").exists(), package);
    fill_in(&root.join("alembic.ini"), &[("driver://user:pass@localhost/dbname", url)]);
    alembic(root, &["revision", "-m", "create account", "--rev-id", "a1"]);
    fill_in(
        &root.join("migrations/versions/a1_create_account.py"),
        &[("    pass", &format!("    {CREATE}")), ("    pass", "    op.drop_table('account')")],
    );
    let sql = alembic(root, &["upgrade", "head", "--sql"]);
    assert!(sql.contains("CREATE TABLE account"), "{sql}");
    alembic(root, &["upgrade", "head"]);
    assert_eq!(alembic(root, &["current"]), "a1 (head)\n");
    assert_eq!(tables(&root.join("app.db")), ["account", "alembic_version"]);
    alembic(root, &["downgrade", "base"]);
    assert_eq!(tables(&root.join("app.db")), ["alembic_version"]);
}

#[test]
fn generic() {
    runs_at_once("generic", "sqlite:///app.db", false, false);
    runs_at_once("generic", "sqlite:///app.db", false, true);
}

#[test]
fn asynchronous() {
    runs_at_once("async", "sqlite+aiosqlite:///app.db", false, false);
}

#[test]
fn pyproject() {
    runs_at_once("pyproject", "sqlite:///app.db", true, true);
}

#[test]
fn pyproject_asynchronous() {
    runs_at_once("pyproject_async", "sqlite+aiosqlite:///app.db", true, false);
}

#[test]
fn several_databases() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    alembic(root, &["init", "--template", "multidb", "migrations"]);
    fill_in(
        &root.join("alembic.ini"),
        &[
            ("driver://user:pass@localhost/dbname\n", "sqlite:///one.db\n"),
            ("driver://user:pass@localhost/dbname2\n", "sqlite:///two.db\n"),
        ],
    );
    alembic(root, &["revision", "-m", "create account", "--rev-id", "a1"]);
    let revision = root.join("migrations/versions/a1_create_account.py");
    // The functions of the first database come first, then those of the second.
    fill_in(
        &revision,
        &[
            ("    pass", &format!("    {CREATE}")),
            ("    pass", "    op.drop_table('account')"),
            ("    pass", "    op.execute('CREATE TABLE other (id INTEGER)')"),
            ("    pass", "    op.execute('DROP TABLE other')"),
        ],
    );
    alembic(root, &["upgrade", "head", "--sql"]);
    assert!(fs::read_to_string(root.join("engine1.sql")).unwrap().contains("CREATE TABLE account"));
    assert!(fs::read_to_string(root.join("engine2.sql")).unwrap().contains("CREATE TABLE other"));
    alembic(root, &["upgrade", "head"]);
    assert_eq!(alembic(root, &["current"]), "a1 (head)\na1 (head)\n");
    assert_eq!(tables(&root.join("one.db")), ["account", "alembic_version"]);
    assert_eq!(tables(&root.join("two.db")), ["alembic_version", "other"]);
    alembic(root, &["downgrade", "base"]);
    assert_eq!(tables(&root.join("one.db")), ["alembic_version"]);
    assert_eq!(tables(&root.join("two.db")), ["alembic_version"]);
}
