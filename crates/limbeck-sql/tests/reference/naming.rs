//! Naming conventions.

use std::sync::Arc;

use limbeck_sql::Error;
use limbeck_sql::dialect::{
    CompileOptions, DdlElement, DefaultDialect, Dialect, DialectArguments, SqliteDialect,
};
use limbeck_sql::expression::{BinaryOperator as Op, Expression};
use limbeck_sql::schema::{
    Column, Constraint, ConstraintName, NamedObject, NamingConvention, PrimaryKeyConstraint, Table,
};
use limbeck_sql::types::{BooleanType, EnumType, GenericType};

use super::ddl::{check, column, create, create_index, foreign_key, index, integer, key, table, unique};
use super::expressions::{bin, col, lit};
use super::types::enumeration;
use super::{compare, outcome, record};

const LONG: &str = "a_table_with_a_rather_long_name_that_goes_on_and_on";

fn convention(templates: &[(&str, &str)]) -> NamingConvention {
    NamingConvention {
        tokens: None,
        templates: templates.iter().map(|(kind, text)| ((*kind).to_owned(), (*text).to_owned())).collect(),
    }
}

fn usual() -> NamingConvention {
    convention(&[
        ("ix", "ix_%(column_0_label)s"),
        ("uq", "uq_%(table_name)s_%(column_0_name)s"),
        ("ck", "ck_%(table_name)s_%(constraint_name)s"),
        ("fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"),
        ("pk", "pk_%(table_name)s"),
    ])
}

fn given(name: &str) -> ConstraintName {
    ConstraintName::Given(name.into())
}

fn final_name(name: &str) -> ConstraintName {
    ConstraintName::Conv(name.into())
}

fn cases() -> Vec<(&'static str, (NamingConvention, DdlElement))> {
    let none = || ConstraintName::Unnamed;
    let x = || vec![integer("x")];
    let xy = || vec![integer("x"), integer("y")];
    let uq = |template: &str, columns: Vec<Column>| {
        let names: Vec<String> = columns.iter().map(|column| column.name.as_str().to_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let made = create(table(columns, vec![Constraint::Unique(unique(ConstraintName::Unnamed, &names))]));
        (convention(&[("uq", template)]), made)
    };
    let with_check = |name, text: &str| {
        create(table(vec![integer("x")], vec![Constraint::Check(check(name, Expression::text(text)))]))
    };
    let with_unique = |name: ConstraintName| {
        create(table(vec![integer("x")], vec![Constraint::Unique(unique(name, &["x"]))]))
    };
    let flag = |name: ConstraintName| {
        column("x", GenericType::Boolean(BooleanType { create_constraint: true, name }))
    };
    let by_column = || convention(&[("ck", "ck_%(table_name)s_%(column_0_name)s")]);
    let indexed = |name, columns: &[&str], table: Table| create_index(index(name, columns), table);
    let t = || table(Vec::new(), Vec::new());
    let in_schema = |schema: &str| Table { schema: Some(schema.into()), ..t() };
    let long = |made: Table| Table { name: LONG.into(), ..made };
    let default = NamingConvention::default;
    vec![
        ("pk", (usual(), create(table(vec![key(integer("id"))], Vec::new())))),
        ("pk_none", (usual(), create(table(vec![integer("id")], Vec::new())))),
        (
            "pk_given",
            (
                usual(),
                create(Table {
                    primary_key: PrimaryKeyConstraint {
                        name: given("mine"),
                        columns: vec!["id".into()],
                        ..PrimaryKeyConstraint::default()
                    },
                    ..table(vec![integer("id")], Vec::new())
                }),
            ),
        ),
        ("uq", (usual(), with_unique(none()))),
        ("uq_given", (usual(), with_unique(given("mine")))),
        ("uq_two", uq("uq_%(column_0_N_name)s", xy())),
        ("uq_joined", uq("uq_%(column_0N_name)s", xy())),
        ("uq_second", uq("uq_%(column_0_name)s_%(column_1_key)s_%(column_2_name)s", xy())),
        ("uq_labels", uq("uq_%(column_0_N_label)s", xy())),
        ("uq_percent", uq("uq_100%%_%(table_name)s", x())),
        ("ck", (usual(), with_check(given("positive"), "x > 1"))),
        ("ck_conv", (usual(), with_check(final_name("positive"), "x > 1"))),
        ("ck_unnamed", (usual(), with_check(none(), "x > 1"))),
        (
            "ck_column",
            (
                by_column(),
                create(table(
                    x(),
                    vec![Constraint::Check(check(none(), bin(col("x"), Op::Greater, lit(1))))],
                )),
            ),
        ),
        ("ck_boolean", (usual(), create(table(vec![flag(given("flag"))], Vec::new())))),
        ("ck_boolean_column", (by_column(), create(table(vec![flag(none())], Vec::new())))),
        (
            "ck_enum",
            (
                usual(),
                create(table(
                    vec![column(
                        "x",
                        GenericType::Enum(Box::new(EnumType {
                            create_constraint: true,
                            ..enumeration(&["a"], Some("kind"))
                        })),
                    )],
                    Vec::new(),
                )),
            ),
        ),
        (
            "fk",
            (usual(), create(table(x(), vec![Constraint::ForeignKey(foreign_key(none(), &["x"], &["id"]))]))),
        ),
        (
            "fk_referred_column",
            (
                convention(&[(
                    "fk",
                    "fk_%(column_0_N_name)s_%(referred_table_name)s_%(referred_column_0_name)s_\
                     %(referred_column_0_N_name)s",
                )]),
                create(table(
                    xy(),
                    vec![Constraint::ForeignKey(foreign_key(none(), &["x", "y"], &["id", "z"]))],
                )),
            ),
        ),
        (
            "long_uq",
            (
                usual(),
                create(long(table(
                    vec![integer("a_column_with_a_long_name")],
                    vec![Constraint::Unique(unique(none(), &["a_column_with_a_long_name"]))],
                ))),
            ),
        ),
        ("long_given", (convention(&[]), with_unique(given(&"u".repeat(70))))),
        ("long_conv", (convention(&[]), with_unique(final_name(&"u".repeat(70))))),
        ("long_64", (convention(&[]), with_unique(final_name(&"u".repeat(63))))),
        ("ix", (default(), indexed(none(), &["x"], t()))),
        ("ix_two", (default(), indexed(none(), &["x", "y"], t()))),
        ("ix_schema", (default(), indexed(none(), &["x"], in_schema("s")))),
        ("ix_schema_dot", (default(), indexed(none(), &["x"], in_schema("a.b")))),
        ("ix_given", (default(), indexed(given("mine"), &["x"], t()))),
        (
            "ix_convention",
            (
                convention(&[("ix", "idx_%(table_name)s_%(column_0_N_name)s")]),
                indexed(none(), &["x", "y"], t()),
            ),
        ),
        (
            "ix_constraint_name",
            (convention(&[("ix", "idx_%(constraint_name)s")]), indexed(given("mine"), &["x"], t())),
        ),
        ("ix_long", (default(), indexed(none(), &["a_column_with_a_long_name"], long(t())))),
        ("ix_long_given", (default(), indexed(given(&"i".repeat(70)), &["x"], t()))),
    ]
}

#[test]
fn nameless_constraints_get_the_names_that_the_reference_gives_them() {
    let record = record(include_str!("../../../../tests/reference/sql/naming.json"));
    let arguments = DialectArguments { max_identifier_length: Some(63), ..DialectArguments::default() };
    compare(&record, &cases(), |(convention, element), variant| {
        let dialect: Arc<dyn Dialect> = if variant == "sqlite" {
            Arc::new(SqliteDialect::new(None, arguments).expect("the default driver"))
        } else {
            Arc::new(DefaultDialect::new(arguments))
        };
        let options = CompileOptions { naming_convention: convention.clone(), ..CompileOptions::default() };
        outcome(dialect.compile_ddl(element, &options))
    });
}

#[test]
fn tokens_of_the_user_come_from_a_function_and_unknown_ones_are_refused() {
    let convention = convention(&[("uq", "uq_%(owner)s_%(column_0_name)s")]);
    let constraint = Constraint::Unique(unique(ConstraintName::Unnamed, &["x"]));
    let object = NamedObject::constraint(&constraint);
    let custom = |token: &str| -> limbeck_sql::Result<Option<String>> {
        Ok((token == "owner").then(|| "me".to_owned()))
    };
    let name = convention.resolve(&object, None, "t", Some(&custom)).expect("resolves").expect("a name");
    assert_eq!(name.name.as_str(), "uq_me_x");
    let error = convention.resolve(&object, None, "t", None).expect_err("nobody knows the token");
    assert!(matches!(error, Error::Key(token) if token == "owner"));
}

#[test]
fn columns_say_which_indexes_and_constraints_they_imply() {
    let column = |name: &str, index, unique| Column { index, unique, ..integer(name) };
    let table = table(
        vec![
            column("a", Some(true), None),
            column("b", None, Some(true)),
            column("c", Some(true), Some(true)),
            column("d", Some(false), Some(false)),
        ],
        Vec::new(),
    );
    let indexes: Vec<(bool, String)> = table
        .implied_indexes()
        .iter()
        .map(|index| (index.unique, NamedObject::index(index).columns.join(",")))
        .collect();
    assert_eq!(indexes, [(false, "a".to_owned()), (true, "c".to_owned())]);
    let unique = table.implied_unique_constraints();
    assert_eq!(unique.len(), 1);
    assert_eq!(unique[0].columns[0].as_str(), "b");
}
