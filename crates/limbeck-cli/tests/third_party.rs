//! Types of packages that are not installed: what migration scripts and env.py can do with them, and what is refused.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

const ENV_PY: &str = r#"
from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel
from sqlalchemy_utils import database_exists
import models

with create_engine("sqlite:///app.db").connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()
"#;

const MODELS: &str = "
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: int = Field(primary_key=True)
";

/// A project with one revision, whose `upgrade()` is `body`.
fn project(imports: &str, body: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = .\n");
    write("models.py", MODELS);
    write("migrations/env.py", ENV_PY);
    write(
        "migrations/versions/a1_first.py",
        &format!(
            "import sqlalchemy as sa\nfrom alembic import op\n{imports}\nrevision = 'a1'\ndown_revision = None\n\n\n\
             def upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
        ),
    );
    directory
}

fn alembic(directory: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(arguments)
        .current_dir(directory)
        .env("LIMBECK_CACHE_DIR", directory.path().join("cache"))
        .output()
        .unwrap()
}

fn both(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn values_of_stood_in_types_go_to_the_database_and_come_back() {
    let directory = project(
        "import uuid\nimport sqlmodel\nimport sqlalchemy_utils\nimport pgvector\nimport fastapi_users_db_sqlalchemy",
        r"
    table = op.create_table(
        't',
        sa.Column('a', sqlmodel.sql.sqltypes.AutoString(length=50)),
        sa.Column('b', sqlalchemy_utils.types.uuid.UUIDType(binary=False)),
        sa.Column('c', sqlalchemy_utils.JSONType()),
        sa.Column('d', pgvector.sqlalchemy.Vector(2)),
        sa.Column('e', fastapi_users_db_sqlalchemy.generics.GUID()),
        sa.Column('f', sqlalchemy_utils.ScalarListType(int)),
    )
    key = uuid.UUID(int=5)
    op.bulk_insert(table, [{'a': 'x', 'b': key, 'c': {'k': [1]}, 'd': [1, 2], 'e': key, 'f': [1, 2]}])
    connection = op.get_bind()
    print(connection.execute(sa.select(table)).one())
    print(connection.execute(sa.text('select * from t')).one())",
    );
    let output = alembic(&directory, &["upgrade", "head"]);
    assert!(output.status.success(), "{}", both(&output));
    let key = "UUID('00000000-0000-0000-0000-000000000005')";
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!(
            "('x', {key}, {{'k': [1]}}, [1.0, 2.0], {key}, [1, 2])\n\
             ('x', '00000000000000000000000000000005', '{{\"k\": [1]}}', '[1.0,2.0]', \
             '00000000-0000-0000-0000-000000000005', '1,2')\n"
        )
    );
}

#[test]
fn plain_text_never_reaches_an_encrypted_column() {
    for type_ in [
        "sqlalchemy_utils.EncryptedType(sa.String, 'key')",
        "sqlalchemy_utils.StringEncryptedType(sa.String, 'key', length=255)",
        "sqlalchemy_utils.PasswordType(max_length=1024)",
        "advanced_alchemy.types.EncryptedString(key='key')",
        "advanced_alchemy.types.EncryptedText(key='key')",
        "advanced_alchemy.types.PasswordHash(backend=object())",
    ] {
        let body = format!(
            "    table = op.create_table('t', sa.Column('secret', {type_}))\n    \
             op.bulk_insert(table, [{{'secret': 'plain' + ' text'}}])"
        );
        let directory = project("import sqlalchemy_utils\nimport advanced_alchemy.types", &body);
        for arguments in [&["upgrade", "head"][..], &["upgrade", "head", "--sql"]] {
            let output = alembic(&directory, arguments);
            assert!(!output.status.success(), "{type_}: {}", both(&output));
            let shown = both(&output);
            assert!(!shown.contains("plain text"), "{type_}: {shown}");
            if arguments.len() == 2 {
                assert!(shown.contains("by the") && shown.contains("package"), "{type_}: {shown}");
            }
        }
        let database = fs::read(directory.path().join("app.db")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&database).contains("plain text"), "{type_}");
    }
}

#[test]
fn what_a_package_has_beyond_its_types_is_needed_nowhere_but_where_models_are() {
    let directory =
        project("import sqlmodel", "    op.add_column('t', sa.Column('a', sqlmodel.AutoString()))");
    let output = alembic(&directory, &["stamp", "head"]);
    assert!(output.status.success(), "{}", both(&output));
    let output = alembic(&directory, &["check"]);
    assert_eq!(output.status.code(), Some(1), "{}", both(&output));
    assert!(both(&output).contains("'sqlmodel.SQLModel.metadata' is needed"), "{}", both(&output));
}

#[test]
fn a_script_that_imports_more_of_a_package_fails_before_anything_is_executed() {
    let directory =
        project("from sqlmodel import AutoString, SQLModel", "    op.execute('CREATE TABLE t (a)')");
    let output = alembic(&directory, &["upgrade", "head"]);
    assert_eq!(output.status.code(), Some(1), "{}", both(&output));
    let wanted = "cannot import name 'SQLModel' from 'sqlmodel': of the package sqlmodel Limbeck has the column types only";
    assert!(both(&output).contains(wanted), "{}", both(&output));
}
