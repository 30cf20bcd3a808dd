//! Operations undo each other, and tell what they change.

use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Column, Constraint, ConstraintName, ForeignKeyConstraint, Identifier, Index, IndexExpression,
    OptionValue, PrimaryKeyConstraint, ServerDefault,
};
use limbeck_sql::types::SqlType;

use super::{
    AddColumnOp, AddConstraintOp, AlterColumnOp, Argument, ColumnChange, ConstraintKind, CreateForeignKeyOp,
    CreateIndexOp, CreateTableCommentOp, CreateTableOp, Diff, DropColumnOp, DropConstraintOp, DropIndexOp,
    DropTableOp, ExecuteSQLOp, MigrateOperation, MigrationScript, ModifyTableOps, SchemaItem, UpgradeOps,
};

fn column(name: &str) -> Column {
    Column::new(name, SqlType::integer())
}

fn table() -> CreateTableOp {
    let reference = ForeignKeyConstraint {
        columns: vec!["a".into()],
        referred_table: "u".into(),
        referred_columns: vec!["id".into()],
        ..ForeignKeyConstraint::default()
    };
    CreateTableOp {
        table_name: "t".into(),
        columns: vec![
            Column { primary_key: true, nullable: false, ..column("id") }.into(),
            SchemaItem::Column {
                column: Box::new(Column { unique: Some(true), ..column("a") }),
                constraints: vec![Constraint::ForeignKey(reference)],
            },
            Column { index: Some(true), ..column("b") }.into(),
        ],
        comment: Some("tc".into()),
        ..CreateTableOp::default()
    }
}

#[test]
fn a_dropped_table_can_be_made_again_without_doubling_what_columns_bring() {
    let drop = table().reverse().unwrap();
    assert_eq!(drop.table_name.as_str(), "t");
    let again = drop.reverse().unwrap();
    let made = again.to_table(&super::SchemaObjects::default()).unwrap();
    assert_eq!(made.columns.len(), 3);
    assert_eq!(made.primary_key.columns, [Identifier::new("id")]);
    assert!(matches!(made.constraints.as_slice(), [Constraint::Unique(_), Constraint::ForeignKey(_)]));
    assert_eq!(made.indexes.len(), 1);
    assert_eq!(made.comment.as_deref(), Some("tc"));
    assert_eq!(drop.to_diff().unwrap().name(), Some("remove_table"));
    assert_eq!(table().to_diff().unwrap().name(), Some("add_table"));
}

#[test]
fn a_table_of_which_only_the_name_is_known_comes_back_without_columns() {
    let drop = DropTableOp { table_name: "t".into(), ..DropTableOp::default() };
    assert!(drop.reverse().unwrap().columns.is_empty());
}

#[test]
fn an_explicit_primary_key_takes_the_place_of_flags() {
    let key = PrimaryKeyConstraint {
        name: ConstraintName::Given("pk".into()),
        columns: vec!["b".into(), "a".into()],
        ..PrimaryKeyConstraint::default()
    };
    let operation = CreateTableOp {
        table_name: "t".into(),
        columns: vec![
            Column { primary_key: true, nullable: false, ..column("a") }.into(),
            column("b").into(),
            Column { primary_key: true, nullable: false, ..column("c") }.into(),
            Constraint::PrimaryKey(key).into(),
        ],
        ..CreateTableOp::default()
    };
    let made = operation.to_table(&super::SchemaObjects::default()).unwrap();
    assert_eq!(made.primary_key.columns, [Identifier::new("b"), Identifier::new("a")]);
    let keys: Vec<bool> = made.columns.iter().map(|column| column.primary_key).collect();
    assert_eq!(keys, [true, true, false]);
    assert!(made.columns.iter().all(|column| !column.nullable));
}

#[test]
fn columns_come_back_with_what_was_given_to_them() {
    let reference = Constraint::ForeignKey(ForeignKeyConstraint::default());
    let add = AddColumnOp {
        if_not_exists: Some(true),
        constraints: vec![reference],
        ..AddColumnOp::new(Some("s".into()), "t", column("c"))
    };
    let drop = add.reverse();
    assert_eq!(drop.column_name.as_str(), "c");
    assert_eq!(drop.if_exists, Some(true));
    let again = drop.reverse().unwrap();
    assert_eq!(again.constraints.len(), 1);
    assert_eq!(again.if_not_exists, Some(true));
    assert_eq!(again.schema, add.schema);
    assert_eq!(drop.to_diff().name(), Some("remove_column"));
}

#[test]
fn what_is_not_known_cannot_come_back() {
    let column = DropColumnOp { table_name: "t".into(), column_name: "c".into(), ..DropColumnOp::default() };
    assert_eq!(
        column.reverse().unwrap_err().to_string(),
        "operation is not reversible; original column is not present"
    );
    let constraint = DropConstraintOp { table_name: "t".into(), ..DropConstraintOp::default() };
    assert_eq!(
        constraint.reverse().unwrap_err().to_string(),
        "constraint cannot be produced; original constraint is not present"
    );
    assert!(MigrateOperation::from(ExecuteSQLOp::text("SELECT 1")).reverse().is_err());
}

#[test]
fn alter_column_swaps_what_is_and_what_shall_be() {
    let mut alter = AlterColumnOp {
        table_name: "t".into(),
        column_name: "c".into(),
        existing_type: Some(SqlType::integer()),
        existing_nullable: Some(true),
        existing_comment: None,
        modify_nullable: Some(false),
        modify_type: Some(SqlType::string(5)),
        modify_server_default: Argument::Value(ServerDefault::Literal("1".into())),
        existing_server_default: Argument::None,
        modify_comment: Argument::Value("new".into()),
        modify_name: Some("d".into()),
        ..AlterColumnOp::default()
    };
    alter.kw.insert("modify_x".into(), OptionValue::Value(1.into()));
    alter.kw.insert("existing_x".into(), OptionValue::Value(2.into()));
    let back = alter.reverse();
    assert_eq!(back.modify_nullable, Some(true));
    assert_eq!(back.existing_nullable, Some(false));
    assert!(matches!(back.modify_type, Some(SqlType::Generic(limbeck_sql::types::GenericType::Integer))));
    assert!(matches!(back.modify_server_default, Argument::None));
    assert!(matches!(back.existing_server_default, Argument::Value(ServerDefault::Literal(_))));
    assert_eq!(back.modify_comment, Argument::None);
    assert_eq!(back.existing_comment.as_deref(), Some("new"));
    assert!(back.modify_name.is_none());
    assert!(matches!(&back.kw["modify_x"], OptionValue::Value(value) if value.as_i64() == Some(2)));

    let Diff::ModifyColumn { changes, existing, .. } = alter.to_diff() else { panic!("a changed column") };
    let names: Vec<&str> = changes.iter().map(ColumnChange::name).collect();
    assert_eq!(names, ["modify_type", "modify_nullable", "modify_default", "modify_comment"]);
    assert_eq!(existing.nullable, Some(true));
}

#[test]
fn alter_column_knows_whether_it_changes_anything() {
    assert!(!AlterColumnOp::default().has_changes());
    assert!(!AlterColumnOp { modify_name: Some("d".into()), ..AlterColumnOp::default() }.has_changes());
    assert!(
        AlterColumnOp { modify_server_default: Argument::None, ..AlterColumnOp::default() }.has_changes()
    );
    let mut custom = AlterColumnOp::default();
    custom.kw.insert("modify_x".into(), OptionValue::Value(1.into()));
    assert!(custom.has_changes());
}

#[test]
fn indexes_and_constraints_undo_each_other() {
    let index = Index {
        name: ConstraintName::Given("ix".into()),
        expressions: vec![
            IndexExpression::Column("a".into()),
            IndexExpression::Expression(Expression::text("lower(b)")),
        ],
        unique: true,
        ..Index::default()
    };
    let create = CreateIndexOp::from_index(None, "t".into(), &index);
    let again = create.reverse().reverse();
    assert_eq!(again.columns.len(), 2);
    assert!(again.unique);
    let unknown = DropIndexOp { index_name: ConstraintName::Given("ix".into()), ..DropIndexOp::default() };
    assert_eq!(unknown.reverse().table_name.as_str(), "no_table");

    let key = AddConstraintOp::from(CreateForeignKeyOp {
        constraint_name: ConstraintName::Given("fk".into()),
        source_table: "t".into(),
        referent_table: "u".into(),
        local_cols: vec!["a".into()],
        remote_cols: vec!["b".into()],
        deferrable: Some(false),
        source_schema: Some("s".into()),
        ..CreateForeignKeyOp::default()
    });
    let drop = key.reverse();
    assert_eq!(drop.constraint_type, Some(ConstraintKind::ForeignKey));
    assert_eq!(drop.to_diff().unwrap().name(), Some("remove_fk"));
    let AddConstraintOp::ForeignKey(again) = drop.reverse().unwrap() else { panic!("a foreign key") };
    assert_eq!(again.source_schema, Some("s".into()));
    assert_eq!(again.deferrable, None, "as the reference, which looks at its truth");
}

#[test]
fn the_kind_of_a_constraint_is_one_of_four_words() {
    for word in ["foreignkey", "primary", "unique", "check"] {
        assert_eq!(ConstraintKind::parse(word).unwrap().as_str(), word);
    }
    assert_eq!(
        ConstraintKind::parse("foo").unwrap_err().to_string(),
        "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None"
    );
}

#[test]
fn comments_come_back_or_go() {
    let comment = |comment: Option<&str>, existing: Option<&str>| CreateTableCommentOp {
        table_name: "t".into(),
        comment: comment.map(str::to_owned),
        existing_comment: existing.map(str::to_owned),
        schema: None,
    };
    let MigrateOperation::DropTableComment(drop) = comment(Some("new"), None).reverse() else {
        panic!("there was none")
    };
    assert_eq!(drop.existing_comment.as_deref(), Some("new"));
    assert_eq!(drop.reverse(), comment(Some("new"), None));
    let MigrateOperation::CreateTableComment(old) = comment(Some("new"), Some("old")).reverse() else {
        panic!("there was one")
    };
    assert_eq!(old, comment(Some("old"), Some("new")));
}

#[test]
fn containers_are_undone_from_the_end() {
    let add = |name: &str| MigrateOperation::from(AddColumnOp::new(None, "t", column(name)));
    let ops = UpgradeOps {
        ops: vec![
            table().into(),
            ModifyTableOps { table_name: "t".into(), ops: vec![add("x"), add("y")], schema: None }.into(),
        ],
        ..UpgradeOps::default()
    };
    let names: Vec<_> = ops.as_diffs().unwrap().iter().filter_map(Diff::name).collect();
    assert_eq!(names, ["add_table", "add_column", "add_column"]);
    let back = ops.reverse().unwrap();
    let names: Vec<_> = back.as_diffs().unwrap().iter().filter_map(Diff::name).collect();
    assert_eq!(names, ["remove_column", "remove_column", "remove_table"]);
    let MigrateOperation::ModifyTable(first) = &back.ops[0] else { panic!("the last one comes first") };
    assert!(matches!(&first.ops[0], MigrateOperation::DropColumn(drop) if drop.column_name.as_str() == "y"));
}

#[test]
fn a_script_of_several_databases_has_no_single_list() {
    let script = MigrationScript {
        upgrade_ops: vec![UpgradeOps::default(), UpgradeOps::default()],
        ..MigrationScript::default()
    };
    assert_eq!(
        script.single_upgrade_ops().unwrap_err().to_string(),
        "This MigrationScript instance has a multiple-entry list for UpgradeOps; please use the upgrade_ops_list \
         attribute."
    );
    assert!(script.single_downgrade_ops().unwrap().is_none());
}
