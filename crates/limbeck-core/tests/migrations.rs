//! Whole commands on a small project, online on SQLite files and offline; expected texts are the reference's.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it does not expect")]

mod support;

use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use limbeck_core::config::ConfigOptions;
use limbeck_core::operations::{
    AddColumnOp, BulkInsertOp, BulkValue, CreateTableOp, DropColumnOp, DropTableOp, ExecuteSQLOp, Operations,
    text_statement,
};
use limbeck_core::runtime::head_tracker::HeadTracker;
use limbeck_core::runtime::steps::MigrationInfo;
use limbeck_core::runtime::{
    ConfigureOptions, DatabaseTarget, EnvironmentContext, EnvironmentHooks, MigrationContext,
};
use limbeck_core::script::{RevisionArgument, RevisionId};
use limbeck_core::{Error, Result, command};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{Expression, TableClause};
use limbeck_sql::schema::Column;
use limbeck_sql::types::{GenericType, SqlType};
use support::{Migration, Project, generic, logged};

const ACCOUNT: &str = "1975ea83b712";
const COLUMN: &str = "ae1027a6acf2";
const CART: &str = "27c6a30d7c24";
const MERGE: &str = "53fffde5ad5";

fn create(op: &Operations, name: &str, more: Vec<Column>) -> Result<()> {
    let key = Column { primary_key: true, nullable: false, ..Column::new("id", SqlType::integer()) };
    let columns = std::iter::once(key).chain(more).map(Into::into).collect();
    op.invoke(&CreateTableOp { table_name: name.into(), columns, ..CreateTableOp::default() }.into())
        .map(drop)
}

fn drop_table(op: &Operations, name: &str) -> Result<()> {
    op.invoke(&DropTableOp { table_name: name.into(), ..DropTableOp::default() }.into()).map(drop)
}

fn execute(op: &Operations, sql: &str) -> Result<()> {
    op.invoke(&ExecuteSQLOp::text(sql).into()).map(drop)
}

const NOTHING: [Migration; 2] = [|_| Ok(()), |_| Ok(())];

const CREATE_ACCOUNT: [Migration; 2] = [
    |op| {
        let name =
            Column { nullable: false, nullable_given: true, ..Column::new("name", SqlType::string(50)) };
        create(op, "account", vec![name])
    },
    |op| drop_table(op, "account"),
];

const ADD_COLUMN: [Migration; 2] = [
    |op| {
        let type_ = GenericType::DateTime { timezone: false }.into();
        op.invoke(&AddColumnOp::new(None, "account", Column::new("last_transaction_date", type_)).into())?;
        execute(op, "UPDATE account SET name = 'x'")
    },
    |op| {
        let operation = DropColumnOp {
            table_name: "account".into(),
            column_name: "last_transaction_date".into(),
            ..DropColumnOp::default()
        };
        op.invoke(&operation.into()).map(drop)
    },
];

/// Two branches and their merge.
fn project() -> Project {
    Project::new()
        .revision(ACCOUNT, "create account table", "down_revision = None", CREATE_ACCOUNT)
        .revision(COLUMN, "Add a column", "down_revision = '1975ea83b712'", ADD_COLUMN)
        .revision(
            CART,
            "shopping cart",
            "down_revision = '1975ea83b712'\nbranch_labels = ('shopping',)",
            [|op| create(op, "cart", Vec::new()), |op| drop_table(op, "cart")],
        )
        .revision(MERGE, "merge ae1 and 27c", "down_revision = ('ae1027a6acf2', '27c6a30d7c24')", NOTHING)
}

/// Three revisions in a line, of which the second fails after its first statement.
fn failing() -> Project {
    Project::new()
        .revision("a1", "one", "down_revision = None", [|op| create(op, "one", Vec::new()), NOTHING[1]])
        .revision(
            "a2",
            "two",
            "down_revision = 'a1'",
            [
                |op| {
                    create(op, "two", Vec::new())?;
                    Err(Error::exception("boom"))
                },
                NOTHING[1],
            ],
        )
}

fn messages(lines: &[String]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line.strip_prefix("INFO [alembic.runtime.migration] ").expect("the migration logger"))
        .collect()
}

fn failure<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    outcome.expect_err("this fails").to_string()
}

#[test]
fn upgrade_and_downgrade_run_each_revision_and_log_it() {
    let project = project();
    let (outcome, lines) =
        logged(|| command::upgrade(&project.config(), &project, "ae1027a6acf2", false, None));
    outcome.unwrap();
    assert_eq!(
        messages(&lines),
        [
            "Context impl SQLiteImpl.",
            "Will assume non-transactional DDL.",
            "Running upgrade  -> 1975ea83b712, create account table",
            "Running upgrade 1975ea83b712 -> ae1027a6acf2, Add a column",
        ]
    );
    assert_eq!(project.tables(), ["account", "alembic_version"]);
    assert_eq!(project.versions(), [COLUMN]);

    let (outcome, lines) = logged(|| command::upgrade(&project.config(), &project, "head", false, None));
    outcome.unwrap();
    assert_eq!(
        messages(&lines)[2..],
        [
            "Running upgrade 1975ea83b712 -> 27c6a30d7c24, shopping cart",
            "Running upgrade ae1027a6acf2, 27c6a30d7c24 -> 53fffde5ad5, merge ae1 and 27c",
        ]
    );
    assert_eq!(project.versions(), [MERGE]);
    assert_eq!(project.prepared.borrow().as_slice(), [vec![ACCOUNT, COLUMN], vec![CART, MERGE]]);

    let (outcome, lines) = logged(|| command::upgrade(&project.config(), &project, "head", false, None));
    outcome.unwrap();
    assert_eq!(messages(&lines).len(), 2, "nothing is left to do");

    assert_eq!(failure(command::downgrade(&project.config(), &project, "-1", false, None)), "Ambiguous walk");
    assert_eq!(project.versions(), [MERGE]);

    let (outcome, lines) = logged(|| command::downgrade(&project.config(), &project, "base", false, None));
    outcome.unwrap();
    assert_eq!(
        messages(&lines)[2..],
        [
            "Running downgrade 53fffde5ad5 -> ae1027a6acf2, 27c6a30d7c24, merge ae1 and 27c",
            "Running downgrade ae1027a6acf2 -> 1975ea83b712, Add a column",
            "Running downgrade 27c6a30d7c24 -> 1975ea83b712, shopping cart",
            "Running downgrade 1975ea83b712 -> , create account table",
        ]
    );
    assert_eq!(project.tables(), ["alembic_version"]);
    assert!(project.versions().is_empty());
    assert_eq!(project.output(), "");
}

const CREATE_VERSION: &str = "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n    CONSTRAINT \
                              alembic_version_pkc PRIMARY KEY (version_num)\n);\n\n";

#[test]
fn offline_upgrade_writes_what_the_reference_writes() {
    let project = project();
    let (outcome, lines) = logged(|| command::upgrade(&project.config(), &project, "head", true, None));
    outcome.unwrap();
    assert_eq!(
        messages(&lines)[..3],
        ["Context impl SQLiteImpl.", "Generating static SQL", "Will assume non-transactional DDL."]
    );
    let create_account = "-- Running upgrade  -> 1975ea83b712\n\nCREATE TABLE account (\n    id INTEGER NOT NULL, \n    \
                          name VARCHAR(50) NOT NULL, \n    PRIMARY KEY (id)\n);\n\nINSERT INTO alembic_version \
                          (version_num) VALUES ('1975ea83b712') RETURNING version_num;\n\n";
    let branches = "-- Running upgrade 1975ea83b712 -> 27c6a30d7c24\n\nCREATE TABLE cart (\n    id INTEGER NOT NULL, \n    \
                    PRIMARY KEY (id)\n);\n\nUPDATE alembic_version SET version_num='27c6a30d7c24' WHERE \
                    alembic_version.version_num = '1975ea83b712';\n\n-- Running upgrade 1975ea83b712 -> ae1027a6acf2\n\n\
                    ALTER TABLE account ADD COLUMN last_transaction_date DATETIME;\n\nUPDATE account SET name = 'x';\n\n\
                    INSERT INTO alembic_version (version_num) VALUES ('ae1027a6acf2') RETURNING version_num;\n\n\
                    -- Running upgrade ae1027a6acf2, 27c6a30d7c24 -> 53fffde5ad5\n\nDELETE FROM alembic_version WHERE \
                    alembic_version.version_num = 'ae1027a6acf2';\n\nUPDATE alembic_version SET \
                    version_num='53fffde5ad5' WHERE alembic_version.version_num = '27c6a30d7c24';\n\n";
    assert_eq!(project.output(), format!("{CREATE_VERSION}{create_account}{branches}"));

    command::upgrade(&project.config(), &project, "1975ea83b712:head", true, None).unwrap();
    assert_eq!(project.output(), branches);
    assert!(!project.path().join("app.db").exists());
}

#[test]
fn offline_downgrade_writes_what_the_reference_writes() {
    let project = project();
    command::downgrade(&project.config(), &project, "ae1027a6acf2:base", true, None).unwrap();
    assert_eq!(
        project.output(),
        "-- Running downgrade ae1027a6acf2 -> 1975ea83b712\n\nALTER TABLE account DROP COLUMN \
         last_transaction_date;\n\nUPDATE alembic_version SET version_num='1975ea83b712' WHERE \
         alembic_version.version_num = 'ae1027a6acf2';\n\n-- Running downgrade 1975ea83b712 -> \n\nDROP TABLE \
         account;\n\nDELETE FROM alembic_version WHERE alembic_version.version_num = '1975ea83b712';\n\n"
    );
}

#[test]
fn ranges_are_for_offline_runs() {
    let project = project();
    let config = project.config();
    assert_eq!(
        failure(command::upgrade(&config, &project, "a:b", false, None)),
        "Range revision not allowed"
    );
    assert_eq!(
        failure(command::downgrade(&config, &project, "a:b", false, None)),
        "Range revision not allowed"
    );
    assert_eq!(
        failure(command::downgrade(&config, &project, "base", true, None)),
        "downgrade with --sql requires <fromrev>:<torev>"
    );
    assert_eq!(
        failure(command::upgrade(&config, &project, "a:b:c", true, None)),
        "too many values to unpack (expected 2)"
    );
    for sql in [false, true] {
        assert_eq!(
            failure(command::upgrade(&config, &project, "nope", sql, None)),
            "Can't locate revision identified by 'nope'"
        );
    }
}

fn stamp(project: &Project, revisions: &[&str], sql: bool, purge: bool) -> Result<()> {
    let revisions: Vec<String> = revisions.iter().map(ToString::to_string).collect();
    command::stamp(&project.config(), project, &revisions, sql, None, purge)
}

#[test]
fn stamp_changes_only_the_version_table() {
    let project = project();
    let (outcome, lines) = logged(|| stamp(&project, &[CART], false, false));
    outcome.unwrap();
    assert_eq!(messages(&lines)[2..], ["Running stamp_revision  -> 27c6a30d7c24"]);
    assert_eq!(project.versions(), [CART]);
    let (outcome, lines) = logged(|| stamp(&project, &["base"], false, false));
    outcome.unwrap();
    assert_eq!(messages(&lines)[2..], ["Running stamp_revision 27c6a30d7c24 -> "]);
    assert!(project.versions().is_empty());
    stamp(&project, &["heads"], false, false).unwrap();
    assert_eq!(project.versions(), [MERGE]);
    let (outcome, lines) = logged(|| stamp(&project, &[ACCOUNT], false, true));
    outcome.unwrap();
    assert_eq!(messages(&lines)[2..], ["Running stamp_revision  -> 1975ea83b712"]);
    assert_eq!(project.versions(), [ACCOUNT]);
    stamp(&project, &[COLUMN, CART], false, false).unwrap();
    assert_eq!(project.versions(), [CART, COLUMN]);
    assert_eq!(project.tables(), ["alembic_version"]);
}

#[test]
fn offline_stamp_writes_what_the_reference_writes() {
    let project = project();
    stamp(&project, &[COLUMN, CART], true, false).unwrap();
    assert_eq!(
        project.output(),
        format!(
            "{CREATE_VERSION}-- Running stamp_revision  -> ae1027a6acf2\n\nINSERT INTO alembic_version (version_num) \
             VALUES ('ae1027a6acf2') RETURNING version_num;\n\n-- Running stamp_revision  -> 27c6a30d7c24\n\nINSERT \
             INTO alembic_version (version_num) VALUES ('27c6a30d7c24') RETURNING version_num;\n\n"
        )
    );
    stamp(&project, &["1975ea83b712:ae1027a6acf2", CART], true, false).unwrap();
    assert_eq!(
        project.output(),
        "-- Running stamp_revision 1975ea83b712 -> ae1027a6acf2\n\nUPDATE alembic_version SET \
         version_num='ae1027a6acf2' WHERE alembic_version.version_num = '1975ea83b712';\n\n-- Running stamp_revision \
         1975ea83b712 -> 27c6a30d7c24\n\nINSERT INTO alembic_version (version_num) VALUES ('27c6a30d7c24') RETURNING \
         version_num;\n\n"
    );
    assert_eq!(
        failure(stamp(&project, &["1975ea83b712:ae1027a6acf2", "ae1027a6acf2:27c6a30d7c24"], true, false)),
        "Stamp operation with --sql only supports a single starting revision at a time"
    );
    assert_eq!(failure(stamp(&project, &["head"], true, true)), "Can't use --purge with --sql mode");
}

#[test]
fn ensure_version_makes_the_version_table() {
    let project = project();
    command::ensure_version(&project.config(), &project, true).unwrap();
    assert_eq!(project.output(), CREATE_VERSION);
    command::ensure_version(&project.config(), &project, false).unwrap();
    command::ensure_version(&project.config(), &project, false).unwrap();
    assert_eq!(
        project.strings("SELECT sql FROM sqlite_master"),
        [
            "CREATE TABLE alembic_version (\n\tversion_num VARCHAR(32) NOT NULL, \n\tCONSTRAINT alembic_version_pkc \
             PRIMARY KEY (version_num)\n)",
            ""
        ]
    );
}

#[test]
fn current_prints_where_the_database_is() {
    let project = project();
    let current = |verbose, check_heads| command::current(&project.config(), &project, verbose, check_heads);
    current(false, false).unwrap();
    assert_eq!(project.output(), "");
    assert!(project.tables().is_empty(), "the version table is not made");
    assert_eq!(failure(current(false, true)), "Database is not on all head revisions");
    command::upgrade(&project.config(), &project, COLUMN, false, None).unwrap();
    current(false, false).unwrap();
    assert_eq!(project.output(), "ae1027a6acf2\n");
    current(true, false).unwrap();
    let file = project.path().join("alembic/versions/ae1027a6acf2.py");
    assert_eq!(
        project.output(),
        format!(
            "Current revision(s) for {}:\nRev: ae1027a6acf2\nParent: 1975ea83b712\nPath: {}\n\n    Add a column\n\n",
            project.url(),
            file.display()
        )
    );
    command::upgrade(&project.config(), &project, "head", false, None).unwrap();
    current(false, true).unwrap();
    assert_eq!(project.output(), "53fffde5ad5 (head) (mergepoint)\n");
}

#[test]
fn a_run_that_fails_leaves_the_database_as_it_was() {
    let project = failing();
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert!(project.tables().is_empty());
}

#[test]
fn with_transaction_per_migration_only_the_failed_revision_is_undone() {
    let project = failing().environment(|project, environment| {
        let options = ConfigureOptions { transaction_per_migration: true, ..ConfigureOptions::default() };
        generic(project, environment, options)
    });
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert_eq!(project.tables(), ["alembic_version", "one"]);
    assert_eq!(project.versions(), ["a1"]);
}

/// The reference leaves the tables of the failed revision, and the version before it.
#[test]
fn transactional_ddl_false_brings_the_reference_s_way_back() {
    let project = failing().environment(|project, environment| {
        let options = ConfigureOptions { transactional_ddl: Some(false), ..ConfigureOptions::default() };
        generic(project, environment, options)
    });
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert_eq!(project.tables(), ["alembic_version", "one", "two"]);
    assert_eq!(project.versions(), ["a1"]);
}

/// VACUUM cannot run inside a transaction: what came before it is committed, and what fails later is undone alone.
#[test]
fn a_statement_that_ends_the_transaction_keeps_what_came_before_it() {
    let project = Project::new()
        .revision("a1", "one", "down_revision = None", [|op| create(op, "one", Vec::new()), NOTHING[1]])
        .revision("a2", "vacuum", "down_revision = 'a1'", [|op| execute(op, "VACUUM"), NOTHING[1]])
        .revision(
            "a3",
            "three",
            "down_revision = 'a2'",
            [
                |op| {
                    create(op, "three", Vec::new())?;
                    Err(Error::exception("boom"))
                },
                NOTHING[1],
            ],
        );
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert_eq!(project.tables(), ["alembic_version", "one"]);
    assert_eq!(project.versions(), ["a1"]);
    command::upgrade(&project.config(), &project, "a2", false, None).unwrap();
    assert_eq!(project.versions(), ["a2"]);
}

/// Of four processes that start at once on an empty database, three crash with the reference.
#[test]
fn runs_at_once_wait_for_each_other() {
    let slow: Migration = |op| {
        create(op, "one", Vec::new())?;
        std::thread::sleep(std::time::Duration::from_millis(200));
        Ok(())
    };
    let project = Project::new().revision("a1", "one", "down_revision = None", [slow, NOTHING[1]]).revision(
        "a2",
        "two",
        "down_revision = 'a1'",
        [|op| create(op, "two", Vec::new()), NOTHING[1]],
    );
    let ran: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| {
                let (directory, revisions) = project.parts();
                scope.spawn(move || {
                    let project = Project::at(directory, revisions);
                    let (outcome, lines) =
                        logged(|| command::upgrade(&project.config(), &project, "head", false, None));
                    outcome.unwrap();
                    lines.iter().filter(|line| line.contains("Running upgrade")).count()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!(ran, 2, "each revision runs once");
    assert_eq!(project.versions(), ["a2"]);
}

#[test]
fn rows_are_inserted_with_the_types_of_the_table() {
    let project = Project::new().revision(
        "a1",
        "rows",
        "down_revision = None",
        [
            |op| {
                let day = Column::new("day", GenericType::Date.into());
                create(op, "t", vec![day, Column::new("name", SqlType::string(9))])?;
                let table = TableClause {
                    schema: None,
                    name: "t".into(),
                    alias: None,
                    columns: [
                        ("id".to_owned(), SqlType::integer()),
                        ("day".to_owned(), GenericType::Date.into()),
                        ("name".to_owned(), SqlType::string(9)),
                    ]
                    .into_iter()
                    .collect(),
                    primary_key: vec!["id".into()],
                    sequences: Vec::new(),
                };
                let row = |id: i64, name: BulkValue| {
                    let day = Value::Date(jiff::civil::date(2020, 1, 2));
                    IndexMap::from([
                        ("id".to_owned(), Value::Int(id).into()),
                        ("day".to_owned(), day.into()),
                        ("name".to_owned(), name),
                    ])
                };
                let text = |text: &str| BulkValue::from(Value::Text(text.to_owned()));
                let insert = |rows, multiinsert| {
                    op.invoke(&BulkInsertOp { table: table.clone(), rows, multiinsert }.into()).map(drop)
                };
                insert(vec![row(1, text("it's")), row(2, text("%"))], true)?;
                insert(vec![row(3, text("three"))], false)?;
                let function = Expression::function("upper", vec![Expression::literal("four")]);
                insert(vec![row(4, function.into()), row(5, text("five"))], true)?;
                insert(Vec::new(), true)
            },
            NOTHING[1],
        ],
    );
    command::upgrade(&project.config(), &project, "head", false, None).unwrap();
    assert_eq!(
        project.strings("SELECT id || ' ' || day || ' ' || name FROM t ORDER BY id"),
        [
            "1 2020-01-02 it's",
            "2 2020-01-02 %",
            "3 2020-01-02 three",
            "4 2020-01-02 FOUR",
            "5 2020-01-02 five"
        ]
    );
}

#[test]
fn an_env_py_without_a_transaction_commits_each_revision() {
    let project = failing().environment(|project, environment| {
        let connection = project.connect();
        let target = DatabaseTarget::Connection(connection.clone());
        environment.configure(ConfigureOptions { target, ..ConfigureOptions::default() })?;
        let outcome = environment.run_migrations(project);
        connection.close()?;
        outcome
    });
    command::ensure_version(&project.config(), &project, false).unwrap();
    assert_eq!(project.tables(), ["alembic_version"]);
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert_eq!(project.tables(), ["alembic_version", "one"]);
    assert_eq!(project.versions(), ["a1"]);
}

#[test]
fn a_transaction_of_env_py_itself_is_left_to_env_py() {
    let project = project().environment(|project, environment| {
        let connection = project.connect();
        let transaction = connection.begin()?;
        let target = DatabaseTarget::Connection(connection.clone());
        environment.configure(ConfigureOptions { target, ..ConfigureOptions::default() })?;
        let scope = environment.begin_transaction()?;
        assert!(!scope.is_transaction());
        scope.run(|| environment.run_migrations(project))?;
        assert!(transaction.is_active());
        transaction.rollback()?;
        Ok(connection.close()?)
    });
    command::upgrade(&project.config(), &project, "head", false, None).unwrap();
    assert!(project.tables().is_empty());
}

#[test]
fn an_autocommit_block_commits_what_came_before_it() {
    let project = Project::new().revision(
        "a1",
        "one",
        "down_revision = None",
        [
            |op| {
                create(op, "one", Vec::new())?;
                op.get_context().autocommit_block().run(|| create(op, "two", Vec::new()))?;
                create(op, "three", Vec::new())?;
                Err(Error::exception("boom"))
            },
            NOTHING[1],
        ],
    );
    assert_eq!(failure(command::upgrade(&project.config(), &project, "head", false, None)), "boom");
    assert_eq!(project.tables(), ["alembic_version", "one", "two"]);
    assert!(project.versions().is_empty());
}

#[test]
fn rows_that_somebody_else_changed_are_noticed() {
    let project = project();
    command::upgrade(&project.config(), &project, ACCOUNT, false, None).unwrap();
    let project = project.environment(|project, environment| {
        let connection = project.connect();
        let target = DatabaseTarget::Connection(connection.clone());
        let context = environment.configure(ConfigureOptions { target, ..ConfigureOptions::default() })?;
        environment.begin_transaction()?.run(|| {
            let heads = context.get_current_heads()?;
            assert_eq!(heads, [ACCOUNT]);
            environment.run_migrations(project)
        })
    });
    let project = project.revision(
        COLUMN,
        "Add a column",
        "down_revision = '1975ea83b712'",
        [|op| execute(op, "DELETE FROM alembic_version"), NOTHING[1]],
    );
    assert_eq!(
        failure(command::upgrade(&project.config(), &project, COLUMN, false, None)),
        "Online migration expected to match one row when updating '1975ea83b712' to 'ae1027a6acf2' in \
         'alembic_version'; 0 found"
    );
    assert_eq!(project.versions(), [ACCOUNT]);
}

#[test]
fn the_version_table_has_the_name_schema_and_key_that_env_py_says() {
    let project = project().environment(|project, environment| {
        generic(
            project,
            environment,
            ConfigureOptions {
                version_table: Some("versions".into()),
                version_table_schema: Some("main".into()),
                version_table_pk: Some(false),
                ..ConfigureOptions::default()
            },
        )
    });
    stamp(&project, &[ACCOUNT], true, false).unwrap();
    assert_eq!(
        project.output(),
        "CREATE TABLE main.versions (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- Running stamp_revision  -> \
         1975ea83b712\n\nINSERT INTO main.versions (version_num) VALUES ('1975ea83b712');\n\n"
    );
    stamp(&project, &[ACCOUNT], false, false).unwrap();
    assert_eq!(project.strings("SELECT version_num FROM versions"), [ACCOUNT]);
    stamp(&project, &[COLUMN], true, false).unwrap();
}

#[test]
fn offline_transactions_are_written_where_env_py_calls_ddl_transactional() {
    let with = |per_migration| {
        let project = project().environment(move |project, environment| {
            let options = ConfigureOptions {
                transactional_ddl: Some(true),
                transaction_per_migration: per_migration,
                ..ConfigureOptions::default()
            };
            generic(project, environment, options)
        });
        stamp(&project, &["1975ea83b712:ae1027a6acf2", CART], true, false).unwrap();
        project.output()
    };
    let [first, second] = [
        "-- Running stamp_revision 1975ea83b712 -> ae1027a6acf2\n\nUPDATE alembic_version SET \
         version_num='ae1027a6acf2' WHERE alembic_version.version_num = '1975ea83b712';\n\n",
        "-- Running stamp_revision 1975ea83b712 -> 27c6a30d7c24\n\nINSERT INTO alembic_version (version_num) VALUES \
         ('27c6a30d7c24') RETURNING version_num;\n\n",
    ];
    assert_eq!(with(false), format!("BEGIN;\n\n{first}{second}COMMIT;\n\n"));
    assert_eq!(with(true), format!("BEGIN;\n\n{first}COMMIT;\n\nBEGIN;\n\n{second}COMMIT;\n\n"));
}

/// Remembers what it hears.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl EnvironmentHooks for Listener {
    fn on_version_apply(
        &self,
        context: &Arc<MigrationContext>,
        step: &MigrationInfo,
        heads: &HeadTracker,
    ) -> Result<()> {
        assert!(!context.as_sql());
        let ids = |ids: &[RevisionId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
        self.0.lock().unwrap().push(format!(
            "{} {} <- {}: {}",
            if step.is_stamp { "stamp" } else { "migration" },
            ids(&step.up_revision_ids),
            ids(&step.down_revision_ids),
            ids(&heads.heads())
        ));
        Ok(())
    }
}

#[test]
fn on_version_apply_hears_of_each_step() {
    let listener = Arc::new(Listener::default());
    let hooks = Arc::clone(&listener);
    let project = project().environment(move |project, environment| {
        let hooks = Arc::clone(&hooks);
        generic(project, environment, ConfigureOptions { hooks, ..ConfigureOptions::default() })
    });
    command::upgrade(&project.config(), &project, COLUMN, false, None).unwrap();
    stamp(&project, &["base"], false, false).unwrap();
    assert_eq!(
        *listener.0.lock().unwrap(),
        [
            "migration 1975ea83b712 <- : 1975ea83b712",
            "migration ae1027a6acf2 <- 1975ea83b712: ae1027a6acf2",
            "stamp ae1027a6acf2 <- : ",
        ]
    );
}

#[test]
fn env_py_can_ask_for_the_arguments_of_the_command() {
    let seen: Arc<Mutex<Vec<RevisionArgument>>> = Arc::default();
    let project = project().environment({
        let seen = Arc::clone(&seen);
        move |project, environment| {
            assert_eq!(failure(environment.get_context()), "No context has been configured yet.");
            assert_eq!(environment.get_tag_argument().as_deref(), Some("v1"));
            assert_eq!(environment.get_x_argument(), ["a=1", "b"]);
            let dictionary = environment.get_x_argument_as_dictionary();
            assert_eq!(dictionary, IndexMap::from([("a".into(), "1".into()), ("b".into(), String::new())]));
            seen.lock().unwrap().extend([
                environment.get_revision_argument()?,
                environment.get_starting_revision_argument()?,
                environment.get_head_revision()?,
                environment.get_head_revisions()?,
            ]);
            generic(project, environment, ConfigureOptions::default())?;
            environment.static_output("-- done")?;
            environment.execute(&text_statement("SELECT 1"), &IndexMap::new())?;
            assert!(!environment.is_transactional_ddl()?);
            assert!(environment.get_bind()?.is_none());
            Ok(())
        }
    });
    let config = project.config_with(ConfigOptions {
        x_arguments: vec!["a=1".into(), "b".into()],
        ..ConfigOptions::default()
    });
    command::upgrade(&config, &project, "ae1027a6acf2:head", true, Some("v1")).unwrap();
    assert!(project.output().ends_with("-- done\n\nSELECT 1;\n\n"));
    let symbol = |revision: &str| RevisionArgument::Symbol(revision.to_owned());
    assert_eq!(
        *seen.lock().unwrap(),
        [symbol(MERGE), symbol(COLUMN), symbol(MERGE), RevisionArgument::Several(vec![MERGE.to_owned()]),]
    );
}

#[test]
fn questions_that_a_command_has_no_answer_to_are_refused() {
    let project = project().environment(|_, environment: &Arc<EnvironmentContext>| {
        assert_eq!(
            failure(environment.get_starting_revision_argument()),
            "No starting revision argument is available."
        );
        assert_eq!(failure(environment.get_revision_argument()), "'destination_rev'");
        assert_eq!(
            failure(environment.configure(ConfigureOptions::default())),
            "Connection, url, or dialect_name is required."
        );
        Ok(())
    });
    command::current(&project.config(), &project, false, false).unwrap();
}
