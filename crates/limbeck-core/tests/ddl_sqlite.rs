//! Operations become SQL on SQLite: each case was run through the reference, offline, and its output recorded here.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it does not expect")]

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_core::ddl::TextBuffer;
use limbeck_core::error::{BuiltinError, Error};
use limbeck_core::operations::{
    AddColumnOp, AlterColumnOp, Argument, BulkInsertOp, BulkValue, ConstraintKind, CreateCheckConstraintOp,
    CreateForeignKeyOp, CreateIndexOp, CreatePrimaryKeyOp, CreateTableCommentOp, CreateTableOp,
    CreateUniqueConstraintOp, DropColumnOp, DropConstraintOp, DropIndexOp, DropTableCommentOp, DropTableOp,
    ExecuteSQLOp, MigrateOperation, Operations, RenameTableOp, SchemaItem,
};
use limbeck_core::runtime::{ContextOptions, DatabaseTarget, MigrationContext};
use limbeck_sql::dialect::DdlElement;
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{
    BinaryOperator, BindParameter, ColumnReference, Delete, Expression, RowLimit, Statement, StatementWords,
    TableClause, TextClause, UnaryOperator, Update,
};
use limbeck_sql::schema::{
    CheckConstraint, Column, Computed, Constraint, ConstraintName, DialectOptions, ForeignKeyConstraint,
    Identifier, Identity, Index, IndexExpression, MetaData, NamingConvention, OptionValue,
    PrimaryKeyConstraint, ServerDefault, Table, UniqueConstraint,
};
use limbeck_sql::types::{BooleanType, EnumType, GenericType, NumericType, SqlType, StringType};

const NO_ALTER: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature \
                        which allows for SQLite migrations using a copy-and-move strategy.";

/// Runs operations offline; gives the output, and the failure where there is one.
fn run_with(options: ContextOptions, operations: &[MigrateOperation]) -> (String, Option<Error>) {
    let buffer = Arc::new(TextBuffer::default());
    let options = ContextOptions { as_sql: true, output_buffer: Some(buffer.clone()), ..options };
    let target = DatabaseTarget::DialectName("sqlite".to_owned());
    let context = MigrationContext::configure(target, &IndexMap::new(), options, None).unwrap();
    let op = Operations::new(context);
    let failure = operations.iter().find_map(|operation| op.invoke(operation).err());
    (buffer.text(), failure)
}

#[track_caller]
fn assert_sql(operation: impl Into<MigrateOperation>, expected: &str) {
    assert_sql_with(ContextOptions::default(), operation, expected);
}

#[track_caller]
fn assert_sql_with(options: ContextOptions, operation: impl Into<MigrateOperation>, expected: &str) {
    let (sql, failure) = run_with(options, &[operation.into()]);
    assert!(failure.is_none(), "{failure:?}");
    assert_eq!(sql, expected);
}

#[track_caller]
fn assert_fails(operation: impl Into<MigrateOperation>, before: &str, message: &str) -> Error {
    let (sql, failure) = run_with(ContextOptions::default(), &[operation.into()]);
    assert_eq!(sql, before);
    let failure = failure.expect("the reference refuses this");
    assert_eq!(failure.to_string(), message);
    failure
}

#[track_caller]
fn assert_refuses_alter(operation: impl Into<MigrateOperation>, before: &str) {
    let failure = assert_fails(operation, before, NO_ALTER);
    assert!(matches!(failure, Error::Builtin { kind: BuiltinError::NotImplemented, .. }), "{failure:?}");
}

fn convention() -> ContextOptions {
    let templates = [
        ("ix", "ix_%(column_0_label)s"),
        ("uq", "uq_%(table_name)s_%(column_0_name)s"),
        ("ck", "ck_%(table_name)s_%(constraint_name)s"),
        ("fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"),
        ("pk", "pk_%(table_name)s"),
    ];
    let naming_convention = NamingConvention {
        tokens: None,
        templates: templates.map(|(kind, text)| (kind.to_owned(), text.to_owned())).into_iter().collect(),
    };
    let metadata = Arc::new(MetaData { naming_convention, ..MetaData::default() });
    ContextOptions { target_metadata: Some(Arc::new(metadata)), ..ContextOptions::default() }
}

fn integer(name: &str) -> Column {
    Column::new(name, SqlType::integer())
}

fn string(name: &str, length: impl Into<Option<u32>>) -> Column {
    Column::new(name, SqlType::string(length))
}

fn key(name: &str) -> Column {
    Column { primary_key: true, nullable: false, ..integer(name) }
}

fn boolean() -> SqlType {
    GenericType::Boolean(BooleanType { create_constraint: true, name: ConstraintName::Unnamed }).into()
}

fn names(names: &[&str]) -> Vec<Identifier> {
    names.iter().copied().map(Identifier::new).collect()
}

fn given(name: &str) -> ConstraintName {
    ConstraintName::Given(name.into())
}

fn refers(column: &str, table: &str, referred: &str) -> ForeignKeyConstraint {
    ForeignKeyConstraint {
        columns: names(&[column]),
        referred_table: table.into(),
        referred_columns: names(&[referred]),
        ..ForeignKeyConstraint::default()
    }
}

fn check(name: ConstraintName, column: Option<&str>, condition: &str) -> Constraint {
    Constraint::Check(CheckConstraint {
        name,
        condition: Expression::text(condition),
        deferrable: None,
        initially: None,
        comment: None,
        column: column.map(Identifier::new),
        type_bound: false,
        dialect_options: DialectOptions::default(),
    })
}

fn unique(name: ConstraintName, columns: &[&str]) -> Constraint {
    Constraint::Unique(UniqueConstraint { name, columns: names(columns), ..UniqueConstraint::default() })
}

fn column_with(column: Column, constraints: Vec<Constraint>) -> SchemaItem {
    SchemaItem::Column { column: Box::new(column), constraints }
}

fn create(table: &str, columns: Vec<SchemaItem>) -> CreateTableOp {
    CreateTableOp { table_name: table.into(), columns, ..CreateTableOp::default() }
}

fn add(column: Column) -> AddColumnOp {
    AddColumnOp::new(None, "t", column)
}

fn alter() -> AlterColumnOp {
    AlterColumnOp { table_name: "t".into(), column_name: "c".into(), ..AlterColumnOp::default() }
}

fn computed(text: &str) -> ServerDefault {
    ServerDefault::Computed(Computed { expression: Expression::text(text), persisted: None })
}

fn light_table() -> TableClause {
    TableClause {
        schema: None,
        name: "t".into(),
        alias: None,
        columns: [
            ("a".to_owned(), SqlType::integer()),
            ("b".to_owned(), SqlType::string(None)),
            ("c".to_owned(), SqlType::Null),
        ]
        .into_iter()
        .collect(),
        primary_key: Vec::new(),
        sequences: Vec::new(),
    }
}

fn light_column(name: &str) -> Expression {
    Expression::Column(ColumnReference {
        schema: None,
        table: Some("t".into()),
        name: name.into(),
        type_: light_table().columns[name].clone(),
    })
}

fn equal(left: Expression, right: Expression) -> Expression {
    Expression::Binary {
        left: Box::new(left),
        operator: BinaryOperator::Equal,
        right: Box::new(right),
        escape: None,
    }
}

fn update(value: Expression, condition: Expression) -> ExecuteSQLOp {
    let statement = Statement::Update(Box::new(Update {
        table: light_table(),
        values: [("a".to_owned(), value)].into_iter().collect(),
        where_: vec![condition],
        returning: Vec::new(),
        keeps_order: false,
        words: StatementWords::default(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
    }));
    ExecuteSQLOp { sqltext: statement, execution_options: IndexMap::new() }
}

fn row<V: Into<BulkValue>>(
    values: impl IntoIterator<Item = (&'static str, V)>,
) -> IndexMap<String, BulkValue> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn bulk(rows: Vec<IndexMap<String, BulkValue>>) -> BulkInsertOp {
    BulkInsertOp { table: light_table(), rows, multiinsert: true }
}

#[test]
fn create_table_writes_columns_defaults_and_key() {
    let columns = vec![
        key("id").into(),
        Column { nullable: false, nullable_given: true, ..string("name", 50) }.into(),
        Column::new(
            "description",
            GenericType::Unicode(StringType { length: Some(200), collation: None }).into(),
        )
        .into(),
        Column {
            server_default: Some(ServerDefault::Expression(Expression::function("now", Vec::new()))),
            ..Column::new("ts", GenericType::DateTime { timezone: false }.into())
        }
        .into(),
        Column { server_default: Some(ServerDefault::Literal("5".into())), ..integer("n") }.into(),
        Column {
            server_default: Some(ServerDefault::Expression(Expression::text("'a'"))),
            ..string("x", None)
        }
        .into(),
    ];
    assert_sql(
        create("account", columns),
        "CREATE TABLE account (\n    id INTEGER NOT NULL, \n    name VARCHAR(50) NOT NULL, \n    description \
         VARCHAR(200), \n    ts DATETIME DEFAULT CURRENT_TIMESTAMP, \n    n INTEGER DEFAULT '5', \n    x VARCHAR \
         DEFAULT 'a', \n    PRIMARY KEY (id)\n);\n\n",
    );
}

#[test]
fn create_table_leaves_comments_out_where_there_are_none() {
    let column = Column { comment: Some("c".into()), ..integer("a") };
    let operation = CreateTableOp {
        schema: Some("s".into()),
        comment: Some("tc".into()),
        ..create("t", vec![column.into()])
    };
    assert_sql(operation, "CREATE TABLE s.t (\n    a INTEGER\n);\n\n");
}

#[test]
fn create_table_writes_prefixes_and_if_not_exists() {
    let operation = CreateTableOp {
        prefixes: vec!["TEMPORARY".into()],
        if_not_exists: Some(true),
        ..create("t", vec![integer("a").into()])
    };
    assert_sql(operation, "CREATE TEMPORARY TABLE IF NOT EXISTS t (\n    a INTEGER\n);\n\n");
}

#[test]
fn create_table_hears_dialect_options() {
    let mut operation = create("t", vec![key("id").into()]);
    operation.kw.insert("sqlite_autoincrement".into(), OptionValue::Value(Value::Bool(true)));
    assert_sql(operation, "CREATE TABLE t (\n    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n);\n\n");
}

#[test]
fn constraints_of_a_table_come_in_the_order_of_their_creation() {
    let enumeration = EnumType {
        values: vec!["a".into(), "b".into()],
        enum_class: None,
        name: Some("en".into()),
        schema: None,
        native_enum: true,
        create_constraint: true,
        length: None,
        inherit_schema: false,
        metadata: false,
        create_type: true,
    };
    let named_key = PrimaryKeyConstraint {
        name: given("thepk"),
        columns: names(&["id"]),
        ..PrimaryKeyConstraint::default()
    };
    let deferred = ForeignKeyConstraint {
        columns: names(&["a", "b"]),
        referred_table: "q".into(),
        referred_columns: names(&["a", "b"]),
        onupdate: Some("SET NULL".into()),
        deferrable: Some(true),
        initially: Some("DEFERRED".into()),
        ..ForeignKeyConstraint::default()
    };
    let cascading = ForeignKeyConstraint {
        name: given("foo"),
        ondelete: Some("CASCADE".into()),
        ..refers("b", "x", "z")
    };
    let columns = vec![
        integer("id").into(),
        column_with(
            Column { unique: Some(true), ..integer("a") },
            vec![Constraint::ForeignKey(refers("a", "x", "y"))],
        ),
        column_with(
            Column { unique: Some(true), ..Column::new("b", boolean()) },
            vec![check(given("cc"), Some("b"), "b>0"), Constraint::ForeignKey(cascading)],
        ),
        Column { index: Some(true), ..Column::new("c", GenericType::Enum(Box::new(enumeration)).into()) }
            .into(),
        check(ConstraintName::Unnamed, None, "a>b").into(),
        Constraint::PrimaryKey(named_key).into(),
        unique(given("uab"), &["a", "b"]).into(),
        Constraint::ForeignKey(deferred).into(),
        Index {
            name: given("ix_foo"),
            expressions: vec![IndexExpression::Column("a".into())],
            unique: true,
            ..Index::default()
        }
        .into(),
    ];
    // the order of the two indexes changes between runs of the reference
    assert_sql(
        create("t", columns),
        "CREATE TABLE t (\n    id INTEGER NOT NULL, \n    a INTEGER, \n    b BOOLEAN CONSTRAINT cc CHECK (b>0), \n    \
         c VARCHAR(1), \n    CONSTRAINT thepk PRIMARY KEY (id), \n    CHECK (a>b), \n    CONSTRAINT uab UNIQUE (a, b), \
         \n    FOREIGN KEY(a, b) REFERENCES q (a, b) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, \n    UNIQUE \
         (a), \n    FOREIGN KEY(a) REFERENCES x (y), \n    UNIQUE (b), \n    CHECK (b IN (0, 1)), \n    CONSTRAINT foo \
         FOREIGN KEY(b) REFERENCES x (z) ON DELETE CASCADE, \n    CONSTRAINT en CHECK (c IN ('a', 'b'))\n);\n\nCREATE \
         UNIQUE INDEX ix_foo ON t (a);\n\nCREATE INDEX ix_t_c ON t (c);\n\n",
    );
}

#[test]
fn naming_conventions_name_what_has_no_final_name() {
    let columns = vec![
        key("id").into(),
        column_with(
            Column { unique: Some(true), ..integer("a") },
            vec![Constraint::ForeignKey(refers("a", "x", "y"))],
        ),
        Column { index: Some(true), ..integer("b") }.into(),
        check(given("pos"), None, "a>0").into(),
        unique(given("given"), &["b"]).into(),
        unique(Operations::f("final"), &["b"]).into(),
    ];
    assert_sql_with(
        convention(),
        create("t", columns),
        "CREATE TABLE t (\n    id INTEGER NOT NULL, \n    a INTEGER, \n    b INTEGER, \n    CONSTRAINT pk_t PRIMARY KEY \
         (id), \n    CONSTRAINT ck_t_pos CHECK (a>0), \n    CONSTRAINT given UNIQUE (b), \n    CONSTRAINT final UNIQUE \
         (b), \n    CONSTRAINT uq_t_a UNIQUE (a), \n    CONSTRAINT fk_t_a_x FOREIGN KEY(a) REFERENCES x (y)\n);\n\n\
         CREATE INDEX ix_t_b ON t (b);\n\n",
    );
}

#[test]
fn create_table_refuses_what_does_not_fit_the_columns() {
    let index = Index {
        name: given("ix"),
        expressions: vec![IndexExpression::Column("x".into())],
        ..Index::default()
    };
    assert_fails(
        create("t", vec![integer("id").into(), index.into()]),
        "",
        "Can't create Index on table 't': no column named 'x' is present.",
    );
    let key = Constraint::PrimaryKey(PrimaryKeyConstraint {
        columns: names(&["x"]),
        ..PrimaryKeyConstraint::default()
    });
    assert_fails(
        create("t", vec![integer("id").into(), key.into()]),
        "",
        "Can't create PrimaryKeyConstraint on table 't': no column named 'x' is present.",
    );
    assert_fails(
        create("t", vec![integer("id").into(), integer("id").into()]),
        "",
        "A column with name 'id' is already present in table 't'.",
    );
}

#[test]
fn tables_are_dropped_and_renamed() {
    let drop = DropTableOp { table_name: "t".into(), ..DropTableOp::default() };
    assert_sql(drop.clone(), "DROP TABLE t;\n\n");
    assert_sql(
        DropTableOp { schema: Some("s".into()), if_exists: Some(true), ..drop },
        "DROP TABLE IF EXISTS s.t;\n\n",
    );
    let rename = RenameTableOp { table_name: "old".into(), new_table_name: "New".into(), schema: None };
    assert_sql(rename.clone(), "ALTER TABLE old RENAME TO \"New\";\n\n");
    assert_sql(
        RenameTableOp { new_table_name: "new".into(), schema: Some("a.b".into()), ..rename },
        "ALTER TABLE a.b.old RENAME TO new;\n\n",
    );
}

#[test]
fn columns_are_added() {
    let defaulted = Column {
        nullable: false,
        nullable_given: true,
        server_default: Some(ServerDefault::Literal("x".into())),
        ..string("c", 10)
    };
    assert_sql(add(defaulted), "ALTER TABLE t ADD COLUMN c VARCHAR(10) DEFAULT 'x' NOT NULL;\n\n");
    assert_sql(
        AddColumnOp {
            if_not_exists: Some(true),
            ..AddColumnOp::new(Some("s".into()), "order", integer("Select"))
        },
        "ALTER TABLE s.\"order\" ADD COLUMN IF NOT EXISTS \"Select\" INTEGER;\n\n",
    );
    assert_sql(
        add(Column { index: Some(true), ..integer("c") }),
        "ALTER TABLE t ADD COLUMN c INTEGER;\n\nCREATE INDEX ix_t_c ON t (c);\n\n",
    );
    assert_sql(
        AddColumnOp {
            constraints: vec![
                check(given("pos"), Some("c"), "c > 0"),
                check(ConstraintName::Unnamed, Some("c"), "c < 9"),
            ],
            ..add(integer("c"))
        },
        "ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT pos CHECK (c > 0) CHECK (c < 9);\n\n",
    );
    assert_sql(add(key("c")), "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL;\n\n");
    assert_sql(
        AddColumnOp { inline_primary_key: Some(true), ..add(key("c")) },
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL PRIMARY KEY;\n\n",
    );
    assert_sql(
        add(Column { comment: Some("cc".into()), ..Column::new("c", boolean()) }),
        "ALTER TABLE t ADD COLUMN c BOOLEAN;\n\n",
    );
    let virtual_ =
        ServerDefault::Computed(Computed { expression: Expression::text("a + 1"), persisted: Some(false) });
    assert_sql(
        add(Column { server_default: Some(virtual_), ..integer("c") }),
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL;\n\n",
    );
}

#[test]
fn foreign_keys_of_added_columns_can_be_inline() {
    let reference = ForeignKeyConstraint {
        name: given("fk1"),
        referred_schema: Some("s".into()),
        ondelete: Some("CASCADE".into()),
        match_: Some("FULL".into()),
        deferrable: Some(true),
        initially: Some("IMMEDIATE".into()),
        ..refers("c", "x", "y")
    };
    let operation = |key| AddColumnOp {
        constraints: vec![Constraint::ForeignKey(key)],
        inline_references: Some(true),
        ..add(integer("c"))
    };
    assert_sql(
        operation(reference),
        "ALTER TABLE t ADD COLUMN c INTEGER REFERENCES s.x (y) MATCH FULL ON DELETE CASCADE DEFERRABLE INITIALLY \
         IMMEDIATE;\n\n",
    );
    assert_sql_with(
        convention(),
        operation(refers("c", "x", "y")),
        "ALTER TABLE t ADD COLUMN c INTEGER REFERENCES x (y);\n\n",
    );
}

#[test]
fn what_an_added_column_cannot_bring_is_refused_after_it() {
    let added = "ALTER TABLE t ADD COLUMN c INTEGER;\n\n";
    assert_refuses_alter(add(Column { unique: Some(true), ..integer("c") }), added);
    let reference = vec![Constraint::ForeignKey(refers("c", "x", "y"))];
    assert_refuses_alter(AddColumnOp { constraints: reference, ..add(integer("c")) }, added);
}

#[test]
fn columns_are_dropped() {
    let drop = DropColumnOp { table_name: "t".into(), column_name: "c".into(), ..DropColumnOp::default() };
    assert_sql(drop.clone(), "ALTER TABLE t DROP COLUMN c;\n\n");
    assert_sql(
        DropColumnOp { column_name: "C".into(), schema: Some("s".into()), if_exists: Some(true), ..drop },
        "ALTER TABLE s.t DROP COLUMN IF EXISTS \"C\";\n\n",
    );
}

#[test]
fn alter_column_writes_a_statement_for_each_change() {
    assert_sql(
        AlterColumnOp { modify_nullable: Some(true), ..alter() },
        "ALTER TABLE t ALTER COLUMN c DROP NOT NULL;\n\n",
    );
    assert_sql(
        AlterColumnOp { modify_nullable: Some(false), schema: Some("s".into()), ..alter() },
        "ALTER TABLE s.t ALTER COLUMN c SET NOT NULL;\n\n",
    );
    let default =
        |default: ServerDefault| AlterColumnOp { modify_server_default: Argument::Value(default), ..alter() };
    assert_sql(
        default(ServerDefault::Literal("it's".into())),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'it''s';\n\n",
    );
    assert_sql(
        default(ServerDefault::Expression(Expression::text("now()"))),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT now();\n\n",
    );
    assert_sql(
        default(ServerDefault::Expression(Expression::function("now", Vec::new()))),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT CURRENT_TIMESTAMP;\n\n",
    );
    assert_sql(
        AlterColumnOp { modify_server_default: Argument::None, ..alter() },
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT;\n\n",
    );
    assert_sql(
        AlterColumnOp {
            modify_type: Some(SqlType::string(30)),
            existing_type: Some(SqlType::string(10)),
            ..alter()
        },
        "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(30);\n\n",
    );
    assert_sql(
        AlterColumnOp { modify_name: Some("Old Name".into()), ..alter() },
        "ALTER TABLE t RENAME COLUMN c TO \"Old Name\";\n\n",
    );
    assert_sql(
        AlterColumnOp {
            modify_nullable: Some(false),
            modify_server_default: Argument::Value(ServerDefault::Literal("1".into())),
            modify_type: Some(SqlType::integer()),
            modify_name: Some("d".into()),
            ..alter()
        },
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL;\n\nALTER TABLE t ALTER COLUMN c SET DEFAULT '1';\n\nALTER TABLE t \
         ALTER COLUMN c TYPE INTEGER;\n\nALTER TABLE t RENAME COLUMN c TO d;\n\n",
    );
    assert_sql(
        AlterColumnOp { modify_type: Some(boolean()), existing_type: Some(boolean()), ..alter() },
        "ALTER TABLE t ALTER COLUMN c TYPE BOOLEAN;\n\n",
    );
}

#[test]
fn alter_column_refuses_computed_and_identity_columns() {
    const COMPUTED: &str = "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an \
                            existing column is not supported.";
    const IDENTITY: &str = "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS IDENTITY, to or \
                            from an existing column is not supported in this dialect.";
    assert_fails(
        AlterColumnOp {
            modify_nullable: Some(false),
            modify_server_default: Argument::Value(computed("a")),
            ..alter()
        },
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL;\n\n",
        COMPUTED,
    );
    assert_fails(
        AlterColumnOp {
            modify_server_default: Argument::None,
            existing_server_default: Argument::Value(computed("a")),
            ..alter()
        },
        "",
        COMPUTED,
    );
    assert_fails(
        AlterColumnOp {
            modify_server_default: Argument::Value(ServerDefault::Identity(Identity::default())),
            ..alter()
        },
        "",
        IDENTITY,
    );
}

#[test]
fn alter_column_says_that_there_are_no_comments() {
    assert_fails(
        AlterColumnOp { modify_comment: Argument::Value("x".into()), ..alter() },
        "",
        "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteDDLCompiler object at 0x000000000000> can't render element of \
         type <class 'alembic.ddl.base.ColumnComment'>: <class 'alembic.ddl.base.ColumnComment'> construct has no \
         default compilation handler. (Background on this error at: https://sqlalche.me/e/21/l7de)",
    );
}

#[test]
fn indexes_are_created() {
    let column = |name: &str| IndexExpression::Column(name.into());
    let index = |columns| CreateIndexOp {
        index_name: given("ix"),
        table_name: "t".into(),
        columns,
        ..CreateIndexOp::default()
    };
    assert_sql(
        CreateIndexOp {
            unique: true,
            schema: Some("s".into()),
            ..index(vec![column("a"), IndexExpression::Expression(Expression::text("lower(b)"))])
        },
        "CREATE UNIQUE INDEX s.ix ON t (a, lower(b));\n\n",
    );
    let mut partial = CreateIndexOp { if_not_exists: Some(true), ..index(vec![column("a")]) };
    partial.kw.insert("sqlite_where".into(), OptionValue::Expression(Expression::text("a > 5")));
    assert_sql(partial, "CREATE INDEX IF NOT EXISTS ix ON t (a) WHERE a > 5;\n\n");
    assert_sql_with(
        convention(),
        CreateIndexOp { index_name: ConstraintName::Unnamed, ..index(vec![column("a"), column("b")]) },
        "CREATE INDEX ix_t_a ON t (a, b);\n\n",
    );
    assert_sql_with(
        convention(),
        CreateIndexOp { index_name: Operations::f("ix_t_a"), ..index(vec![column("a")]) },
        "CREATE INDEX ix_t_a ON t (a);\n\n",
    );
    let descending =
        Expression::Unary { operator: UnaryOperator::Descending, operand: Box::new(Expression::column("b")) };
    assert_sql(
        index(vec![
            IndexExpression::Expression(Expression::function("lower", vec![Expression::column("a")])),
            IndexExpression::Expression(descending),
        ]),
        "CREATE INDEX ix ON t (lower(a), b DESC);\n\n",
    );
}

#[test]
fn indexes_are_dropped() {
    let drop = DropIndexOp { index_name: given("ix"), ..DropIndexOp::default() };
    assert_sql(drop.clone(), "DROP INDEX ix;\n\n");
    assert_sql(
        DropIndexOp { table_name: Some("t".into()), schema: Some("s".into()), if_exists: Some(true), ..drop },
        "DROP INDEX IF EXISTS s.ix;\n\n",
    );
}

#[test]
fn constraints_of_existing_tables_are_refused() {
    assert_refuses_alter(
        CreatePrimaryKeyOp {
            constraint_name: given("pk"),
            table_name: "t".into(),
            columns: names(&["a"]),
            ..CreatePrimaryKeyOp::default()
        },
        "",
    );
    assert_refuses_alter(
        CreateUniqueConstraintOp {
            constraint_name: given("uq"),
            table_name: "t".into(),
            columns: names(&["a"]),
            ..CreateUniqueConstraintOp::default()
        },
        "",
    );
    assert_refuses_alter(
        CreateForeignKeyOp {
            constraint_name: given("fk"),
            source_table: "t".into(),
            referent_table: "u".into(),
            local_cols: names(&["a"]),
            remote_cols: names(&["b"]),
            ..CreateForeignKeyOp::default()
        },
        "",
    );
    assert_refuses_alter(
        CreateCheckConstraintOp {
            constraint_name: given("ck"),
            table_name: "t".into(),
            condition: Expression::text("a > 0"),
            schema: None,
            deferrable: None,
            initially: None,
            kw: DialectOptions::default(),
        },
        "",
    );
    for kind in [Some(ConstraintKind::Unique), Some(ConstraintKind::Check), None] {
        assert_refuses_alter(
            DropConstraintOp {
                constraint_name: given("x"),
                table_name: "t".into(),
                constraint_type: kind,
                ..DropConstraintOp::default()
            },
            "",
        );
    }
}

#[test]
fn table_comments_are_written() {
    assert_sql(
        CreateTableCommentOp {
            table_name: "t".into(),
            comment: Some("it's".into()),
            ..CreateTableCommentOp::default()
        },
        "COMMENT ON TABLE t IS 'it''s';\n\n",
    );
    assert_sql(
        DropTableCommentOp {
            table_name: "t".into(),
            schema: Some("s".into()),
            ..DropTableCommentOp::default()
        },
        "COMMENT ON TABLE s.t IS NULL;\n\n",
    );
}

#[test]
fn bulk_insert_writes_literals_in_the_order_of_the_table() {
    let quoted = Operations::inline_literal(Value::Text("q".into()), None);
    let rows = vec![
        row([("b", Value::Text("it's 100%".into())), ("a", Value::Int(1))]),
        row([("a", Value::Int(2)), ("b", Value::Null)]),
        row([("c", quoted)]),
    ];
    assert_sql(
        bulk(rows),
        "INSERT INTO t (a, b) VALUES (1, 'it''s 100%');\n\nINSERT INTO t (a, b) VALUES (2, NULL);\n\nINSERT INTO t (c) \
         VALUES ('q');\n\n",
    );
    assert_sql(bulk(Vec::new()), "");
}

#[test]
fn bulk_insert_writes_values_by_the_types_of_the_table() {
    let mut table = light_table();
    table.columns = [
        ("d".to_owned(), GenericType::Date.into()),
        ("dt".to_owned(), GenericType::DateTime { timezone: false }.into()),
        ("f".to_owned(), GenericType::Boolean(BooleanType::default()).into()),
        (
            "n".to_owned(),
            GenericType::Numeric(NumericType {
                precision: Some(10),
                scale: Some(2),
                ..NumericType::default()
            })
            .into(),
        ),
    ]
    .into_iter()
    .collect();
    let values = row([
        ("d", Value::Date(jiff::civil::date(2020, 1, 2))),
        ("dt", Value::DateTime(jiff::civil::date(2020, 1, 2).at(3, 4, 5, 0), None)),
        ("f", Value::Bool(true)),
        ("n", Value::Int(5)),
    ]);
    assert_sql(
        BulkInsertOp { table, rows: vec![values], multiinsert: true },
        "INSERT INTO t (d, dt, f, n) VALUES ('2020-01-02', '2020-01-02 03:04:05.000000', 1, 5);\n\n",
    );
}

#[test]
fn bulk_insert_refuses_columns_that_the_table_does_not_name() {
    let failure = assert_fails(bulk(vec![row([("zz", Value::Int(2))])]), "", "'zz'");
    assert!(matches!(failure, Error::Builtin { kind: BuiltinError::Key, .. }));
}

#[test]
fn bulk_insert_refuses_values_of_columns_without_a_type() {
    let mut table = light_table();
    table.columns = [("a".to_owned(), SqlType::Null)].into_iter().collect();
    let insert = |value: BulkValue| BulkInsertOp {
        table: table.clone(),
        rows: vec![row([("a", value)])],
        multiinsert: true,
    };
    assert_fails(
        insert(Value::Int(6).into()),
        "",
        "No literal value renderer is available for literal value \"6\" with datatype NULL",
    );
    assert_sql(insert(Value::Null.into()), "INSERT INTO t (a) VALUES (NULL);\n\n");
    let inline = Operations::inline_literal(Value::Int(7), None);
    assert_sql(insert(inline.into()), "INSERT INTO t (a) VALUES (7);\n\n");
}

#[test]
fn a_foreign_key_refers_to_as_many_columns_as_it_has() {
    const REFUSAL: &str =
        "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.";
    let uneven = || ForeignKeyConstraint { columns: names(&["a", "b"]), ..refers("a", "x", "a") };
    let columns = || vec![SchemaItem::column(integer("a")), SchemaItem::column(integer("b"))];
    let with_key = columns().into_iter().chain([Constraint::ForeignKey(uneven()).into()]).collect();
    assert_fails(create("t", with_key), "", REFUSAL);
    let operation = CreateForeignKeyOp {
        source_table: "t".into(),
        referent_table: "x".into(),
        local_cols: names(&["a", "b"]),
        remote_cols: names(&["a"]),
        ..CreateForeignKeyOp::default()
    };
    assert_fails(operation, "", REFUSAL);
}

#[test]
fn execute_writes_text_without_what_surrounds_it() {
    assert_sql(
        ExecuteSQLOp::text("UPDATE t SET a = '\\:x%' WHERE b = 'y'\t\n  "),
        "UPDATE t SET a = ':x%' WHERE b = 'y';\n\n",
    );
    let bound = TextClause {
        text: "UPDATE t SET a=:v".into(),
        binds: vec![BindParameter { key: Some("v".into()), ..BindParameter::literal(Value::Int(3), None) }],
    };
    assert_sql_with(
        ContextOptions { literal_binds: true, ..ContextOptions::default() },
        ExecuteSQLOp { sqltext: Statement::Text(bound), execution_options: IndexMap::new() },
        "UPDATE t SET a=3;\n\n",
    );
}

#[test]
fn execute_writes_parameters_only_as_literals_when_told_to() {
    let with_parameters =
        || update(Expression::literal(5), equal(light_column("b"), Expression::literal("x")));
    assert_sql(with_parameters(), "UPDATE t SET a=? WHERE t.b = ?;\n\n");
    assert_sql_with(
        ContextOptions { literal_binds: true, ..ContextOptions::default() },
        with_parameters(),
        "UPDATE t SET a=5 WHERE t.b = 'x';\n\n",
    );
    let inline = |value: Value| Operations::inline_literal(value, None);
    assert_sql(
        update(inline(Value::Int(5)), equal(light_column("b"), inline(Value::Text("x".into())))),
        "UPDATE t SET a=5 WHERE t.b = 'x';\n\n",
    );
    let delete = Statement::Delete(Box::new(Delete {
        table: light_table(),
        where_: vec![equal(light_column("a"), inline(Value::Int(7)))],
        returning: Vec::new(),
        words: StatementWords::default(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
    }));
    assert_sql(
        ExecuteSQLOp { sqltext: delete, execution_options: IndexMap::new() },
        "DELETE FROM t WHERE t.a = 7;\n\n",
    );
}

#[test]
fn execute_takes_ddl_elements() {
    let element = DdlElement::CreateIndex {
        index: Box::new(Index {
            name: given("i"),
            expressions: vec![IndexExpression::Column("z".into())],
            ..Index::default()
        }),
        table: Box::new(Table::new(None, "q")),
        if_not_exists: false,
    };
    assert_sql(
        ExecuteSQLOp { sqltext: Statement::Ddl(Box::new(element)), execution_options: IndexMap::new() },
        "CREATE INDEX i ON q (z);\n\n",
    );
}

#[test]
fn literal_binds_need_offline_mode() {
    let target = DatabaseTarget::DialectName("sqlite".to_owned());
    let options = ContextOptions { literal_binds: true, ..ContextOptions::default() };
    let failure = MigrationContext::configure(target, &IndexMap::new(), options, None).unwrap_err();
    assert_eq!(failure.to_string(), "Can't use literal_binds setting without as_sql mode");
}
