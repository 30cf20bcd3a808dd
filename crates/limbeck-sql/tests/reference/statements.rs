//! SELECT, INSERT, UPDATE and DELETE.

use indexmap::IndexMap;
use jiff::civil::date;
use limbeck_sql::dialect::CompileOptions;
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{
    BinaryOperator as Op, BindParameter, CompoundSelect, Cte, CteBody, Delete, Expression, ForUpdate,
    FromClause, InList, Insert, InsertValues, Join, OnConflict, RowLimit, Select, Statement, StatementWords,
    Subquery, TableClause, TextClause, UnaryOperator, Update,
};
use limbeck_sql::types::{BooleanType, GenericType, JsonType, NumericType, SqlType};

use super::expressions::{
    and, bin, cast, func, in_values, label, lit, not, options, or, parameters, select, t, table_col, u, unary,
};
use super::{compare, dialect, outcome, record};

fn table(name: &str, columns: &[(&str, SqlType)], primary_key: &[&str]) -> TableClause {
    TableClause {
        schema: None,
        name: name.into(),
        alias: None,
        columns: columns.iter().map(|(name, type_)| ((*name).to_owned(), type_.clone())).collect(),
        primary_key: primary_key.iter().map(ToString::to_string).collect(),
        sequences: Vec::new(),
    }
}

fn table_t() -> TableClause {
    table(
        "t",
        &[
            ("id", SqlType::integer()),
            ("x", SqlType::integer()),
            ("s", SqlType::string(50)),
            ("f", GenericType::Boolean(BooleanType::default()).into()),
            ("d", GenericType::DateTime { timezone: false }.into()),
            ("n", GenericType::Numeric(NumericType::default()).into()),
            ("j", GenericType::Json(JsonType::default()).into()),
        ],
        &["id"],
    )
}

fn table_u() -> TableClause {
    table(
        "u",
        &[("id", SqlType::integer()), ("t_id", SqlType::integer()), ("s", SqlType::string(None))],
        &["id"],
    )
}

fn wide() -> TableClause {
    TableClause {
        schema: Some("other".into()),
        ..table("Wide", &[("Odd col", SqlType::integer()), ("select", SqlType::integer())], &[])
    }
}

fn version() -> TableClause {
    table("alembic_version", &[("version_num", SqlType::string(32))], &["version_num"])
}

fn light() -> TableClause {
    table("light", &[("a", SqlType::integer()), ("b", SqlType::string(None))], &[])
}

fn version_num() -> Expression {
    table_col(None, "alembic_version", "version_num", SqlType::string(32))
}

fn sql(text: &str) -> Expression {
    Expression::LiteralColumn { text: text.to_owned(), type_: None }
}

fn single(values: &[(&str, Expression)]) -> InsertValues {
    InsertValues::Single(assignments(values))
}

fn assignments(values: &[(&str, Expression)]) -> IndexMap<String, Expression> {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn insert(table: TableClause, values: InsertValues) -> Insert {
    Insert {
        table,
        values,
        returning: Vec::new(),
        on_conflict: None,
        inline: false,
        words: StatementWords::default(),
    }
}

fn update(table: TableClause, values: &[(&str, Expression)], where_: Vec<Expression>) -> Update {
    Update {
        table,
        values: assignments(values),
        where_,
        returning: Vec::new(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
        keeps_order: false,
        words: StatementWords::default(),
    }
}

fn delete(table: TableClause, where_: Vec<Expression>) -> Delete {
    Delete {
        table,
        where_,
        returning: Vec::new(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
        words: StatementWords::default(),
    }
}

fn row(values: &[(&str, Value)]) -> IndexMap<String, Expression> {
    values.iter().map(|(name, value)| ((*name).to_owned(), Expression::literal(value.clone()))).collect()
}

fn values_of(values: &[(&str, Value)]) -> IndexMap<String, Value> {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn join(outer: bool, full: bool) -> Vec<FromClause> {
    vec![FromClause::Join(Box::new(Join {
        left: FromClause::Table(table_t()),
        right: FromClause::Table(table_u()),
        condition: Some(bin(t("id"), Op::Equal, u("t_id"))),
        outer,
        full,
    }))]
}

fn subquery(query: Select, alias: Option<&str>, cte: bool) -> Vec<FromClause> {
    if cte {
        return vec![FromClause::Cte(Box::new(Cte {
            name: alias.unwrap_or("anon_1").into(),
            alias: None,
            body: CteBody::Statement(Statement::Select(Box::new(query))),
            columns: Vec::new(),
            recursive: false,
            nesting: false,
            words: StatementWords::default(),
        }))];
    }
    let alias = alias.map(Into::into);
    vec![FromClause::Subquery(Box::new(Subquery { select: query, alias, lateral: false }))]
}

fn conflict(target: &[&str], set: &[(&str, Expression)], where_: Option<Expression>) -> OnConflict {
    OnConflict {
        index_elements: target
            .iter()
            .map(|name| limbeck_sql::schema::IndexExpression::Column((*name).into()))
            .collect(),
        index_where: None,
        constraint: None,
        set: assignments(set),
        where_,
    }
}

/// The set operation of the queries for a column each.
fn compound(columns: &[Expression], keyword: &str) -> Select {
    let others = columns[1..].iter().map(|column| (keyword.to_owned(), select(vec![column.clone()])));
    let first = select(vec![columns[0].clone()]);
    let compound = CompoundSelect { first, others: others.collect() };
    Select { columns: columns[..1].to_vec(), compound: Some(Box::new(compound)), ..Select::default() }
}

fn selects() -> Vec<(&'static str, Select)> {
    let eq = |left, right| bin(left, Op::Equal, right);
    let where_ = |clauses| Select { where_: clauses, ..select(vec![t("id")]) };
    let count = |arguments| func("count", arguments);
    vec![
        ("select", select(vec![t("id"), t("x")])),
        ("select_where", where_(vec![eq(t("x"), lit(5)), eq(t("s"), lit("a"))])),
        ("select_where_true", where_(vec![Expression::True])),
        ("select_where_false", where_(vec![Expression::False])),
        ("select_where_boolean", where_(vec![t("f")])),
        ("select_where_not_boolean", where_(vec![not(t("f"))])),
        ("select_where_or", where_(vec![or(vec![eq(t("x"), lit(1)), eq(t("x"), lit(2))]), t("f")])),
        ("select_no_from", select(vec![lit(1)])),
        ("select_literal_column", select(vec![sql("1")])),
        (
            "select_text",
            Select {
                from: vec![FromClause::Text(TextClause { text: "foo".to_owned(), binds: Vec::new() })],
                ..select(vec![Expression::text("1, 2")])
            },
        ),
        (
            "select_labels",
            Select {
                order_by: vec![label(t("x"), "q")],
                ..select(vec![label(t("x"), "q"), label(bin(t("x"), Op::Add, lit(1)), "r")])
            },
        ),
        (
            "select_order_desc_label",
            Select {
                order_by: vec![unary(UnaryOperator::Descending, label(t("x"), "q"))],
                ..select(vec![label(t("x"), "q")])
            },
        ),
        (
            "select_anonymous",
            select(vec![
                Expression::True,
                Expression::Null,
                lit(1),
                count(Vec::new()),
                cast(t("x"), SqlType::string(None)),
                cast(lit(1), SqlType::string(None)),
            ]),
        ),
        (
            "select_unary",
            select(vec![
                unary(UnaryOperator::Negative, t("x")),
                unary(UnaryOperator::Negative, bin(t("x"), Op::Add, lit(1))),
            ]),
        ),
        ("select_same_names", select(vec![t("id"), u("id"), t("id")])),
        (
            "select_two_tables",
            Select { where_: vec![eq(t("id"), u("t_id"))], ..select(vec![t("x"), u("s")]) },
        ),
        ("select_join", Select { from: join(false, false), ..select(vec![t("x"), u("s")]) }),
        ("select_outer_join", Select { from: join(true, false), ..select(vec![t("x")]) }),
        ("select_full_join", Select { from: join(true, true), ..select(vec![t("x")]) }),
        (
            "select_alias",
            Select {
                from: vec![FromClause::Table(TableClause { alias: Some("z".into()), ..table_t() })],
                where_: vec![eq(table_col(None, "z", "id", SqlType::integer()), lit(3))],
                ..select(vec![table_col(None, "z", "x", SqlType::integer())])
            },
        ),
        (
            "select_schema",
            select(vec![
                table_col(Some("other"), "Wide", "Odd col", SqlType::integer()),
                table_col(Some("other"), "Wide", "select", SqlType::integer()),
            ]),
        ),
        (
            "select_group",
            Select {
                group_by: vec![t("x")],
                having: vec![bin(count(vec![t("id")]), Op::Greater, lit(5))],
                ..select(vec![t("x"), count(vec![t("id")])])
            },
        ),
        (
            "select_order",
            Select {
                order_by: vec![unary(UnaryOperator::Descending, t("x")), t("id")],
                ..select(vec![t("x")])
            },
        ),
        ("select_distinct", Select { distinct: true, ..select(vec![t("x")]) }),
        ("select_limit", Select { limit: Some(lit(5)), ..select(vec![t("x")]) }),
        ("select_offset", Select { offset: Some(lit(5)), ..select(vec![t("x")]) }),
        (
            "select_limit_offset",
            Select { limit: Some(lit(5)), offset: Some(lit(10)), ..select(vec![t("x")]) },
        ),
        ("select_for_update", Select { for_update: Some(ForUpdate::default()), ..select(vec![t("x")]) }),
        ("select_union", compound(&[t("x"), u("id")], "UNION")),
        (
            "select_union_order",
            Select {
                order_by: vec![t("x")],
                limit: Some(lit(3)),
                ..compound(&[t("x"), u("id")], "UNION ALL")
            },
        ),
        ("select_three_unions", compound(&[t("x"), u("id"), t("id")], "UNION")),
        (
            "select_subquery",
            Select {
                from: subquery(select(vec![t("x"), count(Vec::new())]), Some("q"), false),
                ..select(vec![table_col(None, "q", "x", SqlType::integer())])
            },
        ),
        (
            "select_anonymous_subquery",
            Select { from: subquery(select(vec![t("x")]), None, false), ..select(vec![sql("1")]) },
        ),
        (
            "select_cte",
            Select {
                from: subquery(select(vec![t("x")]), Some("q"), true),
                ..select(vec![table_col(None, "q", "x", SqlType::integer())])
            },
        ),
        (
            "select_scalar",
            select(vec![
                t("x"),
                Expression::ScalarSelect(Box::new(select(vec![func("max", vec![u("id")])]))),
            ]),
        ),
        (
            "select_correlated",
            Select {
                where_: vec![Expression::Exists(Box::new(Select {
                    where_: vec![eq(u("t_id"), t("id"))],
                    ..select(vec![u("id")])
                }))],
                ..select(vec![t("x")])
            },
        ),
        ("select_exists", select(vec![Expression::Exists(Box::new(select(vec![t("x")])))])),
        ("expression", select(vec![func("now", Vec::new())])),
    ]
}

fn inserts() -> Vec<(&'static str, Insert)> {
    let moment = lit(Value::DateTime(date(2020, 1, 2).at(3, 4, 5, 0), None));
    let number = lit(Value::Decimal("1.50".parse().expect("a number")));
    let abc = || single(&[("version_num", sql("'abc'"))]);
    let b_x = Expression::Bind(BindParameter {
        key: Some("b_x".to_owned()),
        unique: false,
        ..BindParameter::literal(Value::Int(3), None)
    });
    let one = || insert(table_t(), single(&[("x", lit(1))]));
    vec![
        ("insert", insert(table_t(), single(&[("x", lit(1)), ("s", lit("it's"))]))),
        ("insert_order", insert(table_t(), single(&[("s", lit("a")), ("x", lit(1))]))),
        ("insert_all", insert(table_t(), InsertValues::Parameters)),
        (
            "insert_function",
            insert(table_t(), single(&[("x", func("max", vec![lit(1)])), ("d", func("now", Vec::new()))])),
        ),
        ("insert_null", insert(table_t(), single(&[("x", lit(Value::Null))]))),
        ("insert_boolean", insert(table_t(), single(&[("f", lit(true))]))),
        ("insert_types", insert(table_t(), single(&[("d", moment), ("n", number)]))),
        ("insert_light", insert(light(), single(&[("a", lit(1)), ("b", lit("x"))]))),
        (
            "insert_many",
            insert(
                table_t(),
                InsertValues::Multiple(vec![
                    row(&[("x", Value::Int(1)), ("s", "a".into())]),
                    row(&[("x", Value::Int(2)), ("s", "b".into())]),
                ]),
            ),
        ),
        (
            "insert_many_missing",
            insert(
                table_t(),
                InsertValues::Multiple(vec![
                    row(&[("x", Value::Int(1)), ("s", "a".into())]),
                    row(&[("x", Value::Int(2))]),
                ]),
            ),
        ),
        (
            "insert_select",
            insert(
                table_t(),
                InsertValues::Select(
                    vec!["x".to_owned(), "s".to_owned()],
                    Box::new(select(vec![u("id"), u("s")])),
                ),
            ),
        ),
        ("insert_unknown", insert(table_t(), single(&[("nope", lit(1))]))),
        ("insert_version", insert(version(), abc())),
        ("insert_version_value", insert(version(), single(&[("version_num", lit("abc"))]))),
        ("insert_inline", Insert { inline: true, ..insert(version(), abc()) }),
        ("insert_returning", Insert { returning: vec![t("id"), t("x")], ..one() }),
        ("insert_bindparam", insert(table_t(), single(&[("x", b_x)]))),
        ("insert_schema", insert(wide(), single(&[("Odd col", lit(1)), ("select", lit(2))]))),
        ("conflict_nothing", Insert { on_conflict: Some(conflict(&[], &[], None)), ..one() }),
        ("conflict_nothing_target", Insert { on_conflict: Some(conflict(&["id"], &[], None)), ..one() }),
        (
            "conflict_update",
            Insert { on_conflict: Some(conflict(&["id"], &[("x", lit(5)), ("s", lit("a"))], None)), ..one() },
        ),
        (
            "conflict_update_where",
            Insert {
                on_conflict: Some(conflict(
                    &["id", "x"],
                    &[("x", bin(t("x"), Op::Add, lit(1)))],
                    Some(bin(t("x"), Op::Less, lit(9))),
                )),
                ..one()
            },
        ),
    ]
}

fn updates() -> Vec<(&'static str, Update)> {
    let eq = |left, right| bin(left, Op::Equal, right);
    let x = |value| [("x", value)];
    vec![
        ("update", update(table_t(), &x(lit(5)), Vec::new())),
        ("update_where", update(table_t(), &[("x", lit(5)), ("s", lit("a"))], vec![eq(t("x"), lit(4))])),
        (
            "update_expression",
            update(
                table_t(),
                &x(bin(t("x"), Op::Add, lit(1))),
                vec![in_values(t("id"), vec![Value::Int(1), Value::Int(2)], false)],
            ),
        ),
        ("update_function", update(table_t(), &[("d", func("now", Vec::new()))], Vec::new())),
        ("update_null", update(table_t(), &x(lit(Value::Null)), vec![bin(t("x"), Op::Is, Expression::Null)])),
        (
            "update_subquery",
            update(
                table_t(),
                &x(Expression::ScalarSelect(Box::new(Select {
                    where_: vec![eq(u("t_id"), t("id"))],
                    ..select(vec![func("max", vec![u("id")])])
                }))),
                Vec::new(),
            ),
        ),
        ("update_from", update(table_t(), &x(lit(5)), vec![eq(t("id"), u("t_id"))])),
        (
            "update_light",
            update(
                light(),
                &[("a", lit(2))],
                vec![eq(table_col(None, "light", "b", SqlType::string(None)), lit("x"))],
            ),
        ),
        (
            "update_returning",
            Update { returning: vec![t("id")], ..update(table_t(), &x(lit(5)), Vec::new()) },
        ),
        (
            "update_version",
            update(version(), &[("version_num", sql("'b'"))], vec![eq(version_num(), sql("'a'"))]),
        ),
        (
            "update_column_plus_value",
            update(
                table_t(),
                &[("x", bin(t("x"), Op::Add, lit(1))), ("id", lit(7))],
                vec![eq(t("x"), lit(2))],
            ),
        ),
    ]
}

fn deletes() -> Vec<(&'static str, Delete)> {
    let eq = |left, right| bin(left, Op::Equal, right);
    vec![
        ("delete", delete(table_t(), Vec::new())),
        ("delete_where", delete(table_t(), vec![eq(t("x"), lit(5)), t("f")])),
        (
            "delete_schema",
            delete(wide(), vec![eq(table_col(Some("other"), "Wide", "Odd col", SqlType::integer()), lit(1))]),
        ),
        ("delete_version", delete(version(), vec![eq(version_num(), sql("'a'"))])),
        (
            "delete_in_select",
            delete(
                table_t(),
                vec![Expression::In {
                    operand: Box::new(t("id")),
                    list: InList::Select(Box::new(select(vec![u("t_id")]))),
                    negated: false,
                }],
            ),
        ),
        ("delete_returning", Delete { returning: vec![t("id")], ..delete(table_t(), Vec::new()) }),
    ]
}

fn star(text: &str) -> Expression {
    Expression::text(text)
}

fn exists(column: Expression, where_: Vec<Expression>) -> Expression {
    Expression::Exists(Box::new(Select { where_, ..select(vec![column]) }))
}

fn case(whens: Vec<(Expression, Expression)>, else_: Expression) -> Expression {
    Expression::Case { value: None, whens, else_: Some(Box::new(else_)) }
}

fn in_query(operand: Expression, query: Select) -> Expression {
    Expression::In { operand: Box::new(operand), list: InList::Select(Box::new(query)), negated: false }
}

fn more_selects() -> Vec<(&'static str, Select)> {
    let eq = |left, right| bin(left, Op::Equal, right);
    let is_null = |operand| bin(operand, Op::Is, Expression::Null);
    let from_t = || vec![FromClause::Table(table_t())];
    let lower = || label(func("lower", vec![t("s")]), "l");
    let z = |name| {
        table_col(None, "z", name, if name == "s" { SqlType::string(None) } else { SqlType::integer() })
    };
    let q = |name| table_col(None, "q", name, SqlType::integer());
    let joined = |left, right, condition, outer| {
        FromClause::Join(Box::new(Join { left, right, condition: Some(condition), outer, full: false }))
    };
    let counted = Select {
        group_by: vec![u("t_id")],
        ..select(vec![u("t_id"), label(func("count", vec![u("id")]), "n")])
    };
    let counted =
        FromClause::Subquery(Box::new(Subquery { select: counted, alias: Some("q".into()), lateral: false }));
    let x_where = |where_| Select { where_, ..select(vec![t("x")]) };
    let like_a = bin(t("s"), Op::Like, lit("a%"));
    let one_to_five = Expression::Between {
        operand: Box::new(t("x")),
        low: Box::new(lit(1)),
        high: Box::new(lit(5)),
        negated: false,
    };
    vec![
        ("select_star", Select { from: from_t(), ..select(vec![star("*")]) }),
        ("select_count_from", Select { from: from_t(), ..select(vec![func("count", Vec::new())]) }),
        (
            "select_text_where",
            Select {
                where_: vec![Expression::text("x = :y OR 1 = 1"), eq(t("x"), lit(2))],
                ..select(vec![t("id")])
            },
        ),
        ("select_text_order", Select { order_by: vec![Expression::text("x DESC")], ..select(vec![t("id")]) }),
        (
            "select_in_or",
            Select {
                where_: vec![or(vec![
                    in_values(t("x"), vec![Value::Int(1), Value::Int(2)], false),
                    is_null(t("s")),
                ])],
                ..select(vec![t("id")])
            },
        ),
        ("select_group_label", Select { group_by: vec![lower()], ..select(vec![lower()]) }),
        (
            "select_sum",
            select(vec![
                bin(t("x"), Op::Add, lit(1)),
                bin(t("x"), Op::Multiply, lit(2)),
                bin(t("s"), Op::Concat, lit("x")),
            ]),
        ),
        ("select_coalesce", select(vec![func("coalesce", vec![t("s"), lit("a"), t("s")])])),
        (
            "select_distinct_function",
            select(vec![func("count", vec![unary(UnaryOperator::Distinct, t("x"))])]),
        ),
        (
            "select_two_joins",
            Select {
                from: vec![joined(
                    joined(
                        FromClause::Table(table_t()),
                        FromClause::Table(table_u()),
                        eq(t("id"), u("t_id")),
                        false,
                    ),
                    FromClause::Table(TableClause { alias: Some("z".into()), ..table_u() }),
                    and(vec![eq(z("t_id"), t("id")), eq(z("s"), lit("a"))]),
                    true,
                )],
                ..select(vec![t("x")])
            },
        ),
        (
            "select_join_subquery",
            Select {
                from: vec![joined(FromClause::Table(table_t()), counted, eq(q("t_id"), t("id")), false)],
                ..select(vec![t("x"), q("n")])
            },
        ),
        ("select_not_exists", x_where(vec![not(exists(star("*"), vec![eq(u("t_id"), t("id"))]))])),
        ("select_between", x_where(vec![one_to_five, not(like_a)])),
        (
            "select_boolean_or",
            x_where(vec![or(vec![t("f"), not(t("f")), and(vec![t("f"), eq(t("x"), lit(1))])])]),
        ),
        (
            "select_boolean_is",
            x_where(vec![
                bin(t("f"), Op::Is, Expression::True),
                eq(t("f"), Expression::False),
                eq(t("f"), Expression::True),
            ]),
        ),
        (
            "select_case",
            select(vec![case(
                vec![(bin(t("x"), Op::Greater, lit(5)), lit("big")), (is_null(t("x")), Expression::Null)],
                t("s"),
            )]),
        ),
        (
            "select_nested_in",
            x_where(vec![in_query(
                t("id"),
                Select {
                    where_: vec![in_values(u("s"), vec!["a".into(), "b".into()], false)],
                    ..select(vec![u("t_id")])
                },
            )]),
        ),
        (
            "select_json",
            Select { where_: vec![eq(t("j"), Expression::text("'{}'"))], ..select(vec![t("id")]) },
        ),
    ]
}

fn more_changes() -> Vec<(&'static str, Statement)> {
    let eq = |left, right| bin(left, Op::Equal, right);
    let insert =
        |values: &[(&str, Expression)]| Statement::Insert(Box::new(insert(table_t(), single(values))));
    let update = |values: &[(&str, Expression)], where_| {
        Statement::Update(Box::new(update(table_t(), values, where_)))
    };
    let largest = Expression::ScalarSelect(Box::new(select(vec![func("max", vec![u("id")])])));
    let cast_select = InsertValues::Select(
        vec!["a".to_owned(), "b".to_owned()],
        Box::new(select(vec![t("id"), label(cast(t("x"), SqlType::string(5)), "b")])),
    );
    let document = Value::Json(serde_json::json!({"a": [1, null]}));
    let set_wide = super::statements::update(
        wide(),
        &[("Odd col", lit(5))],
        vec![eq(table_col(Some("other"), "Wide", "select", SqlType::integer()), lit(6))],
    );
    vec![
        ("insert_select_cast", Statement::Insert(Box::new(super::statements::insert(light(), cast_select)))),
        ("insert_json", insert(&[("j", lit(document))])),
        ("insert_subquery", insert(&[("x", largest)])),
        ("insert_case", insert(&[("s", case(vec![(eq(lit(1), lit(2)), lit("a"))], lit("b")))])),
        ("update_case", update(&[("s", case(vec![(eq(t("x"), lit(1)), lit("one"))], t("s")))], Vec::new())),
        ("update_text_where", update(&[("s", lit("b"))], vec![Expression::text("s = 'a:b'")])),
        ("update_concat", update(&[("s", bin(t("s"), Op::Concat, lit("x")))], Vec::new())),
        (
            "update_cast",
            update(
                &[("s", cast(t("x"), SqlType::string(None)))],
                vec![bin(t("s"), Op::IsNot, Expression::Null)],
            ),
        ),
        ("update_boolean", update(&[("f", Expression::True)], vec![eq(t("f"), Expression::False)])),
        ("update_exists", update(&[("x", lit(1))], vec![exists(u("id"), vec![eq(u("t_id"), t("id"))])])),
        ("update_in_select", update(&[("x", lit(1))], vec![in_query(t("id"), select(vec![u("t_id")]))])),
        ("update_schema", Statement::Update(Box::new(set_wide))),
        (
            "delete_not_in",
            Statement::Delete(Box::new(delete(
                table_t(),
                vec![in_values(t("x"), vec![Value::Int(1), Value::Int(2)], true)],
            ))),
        ),
        (
            "delete_or",
            Statement::Delete(Box::new(delete(
                table_t(),
                vec![or(vec![eq(t("x"), lit(1)), bin(t("x"), Op::Is, Expression::Null)])],
            ))),
        ),
    ]
}

fn cases() -> Vec<(&'static str, Statement)> {
    let text = Statement::Text(TextClause { text: "SELECT 1".to_owned(), binds: Vec::new() });
    let mut cases = vec![("text", text)];
    cases.extend(more_changes());
    cases.extend(
        selects()
            .into_iter()
            .chain(more_selects())
            .map(|(name, query)| (name, Statement::Select(Box::new(query)))),
    );
    cases.extend(inserts().into_iter().map(|(name, insert)| (name, Statement::Insert(Box::new(insert)))));
    cases.extend(updates().into_iter().map(|(name, update)| (name, Statement::Update(Box::new(update)))));
    cases.extend(deletes().into_iter().map(|(name, delete)| (name, Statement::Delete(Box::new(delete)))));
    cases
}

#[test]
fn statements_are_written_as_the_reference_writes_them() {
    let mut record = record(include_str!("../../../../tests/reference/sql/statements.json"));
    // the reference's own bookkeeping trips over the blank in this column's name
    record.get_mut("insert_schema").expect("a case").remove("parameters");
    record.get_mut("update_schema").expect("a case").remove("parameters");
    // there are no values to compare here
    record.get_mut("insert_all").expect("a case").remove("parameters");
    // the reference leaves a placeholder in `--sql` output here
    record.get_mut("select_offset").expect("a case").remove("sqlite_literal");
    compare(&record, &cases(), |statement, variant| {
        if variant == "parameters" {
            let compiled = dialect("sqlite").compile_statement(statement, &options(variant));
            return outcome(compiled.map(|compiled| parameters(&compiled.parameters)));
        }
        let compiled = dialect(variant).compile_statement(statement, &options(variant));
        outcome(compiled.map(|compiled| compiled.sql))
    });
}

#[test]
fn a_list_of_values_stays_open_where_a_statement_is_only_shown() {
    let options = CompileOptions { keep_postcompile: true, ..CompileOptions::default() };
    let shown = dialect("default").compile_expression(&in_values(t("x"), Vec::new(), false), &options);
    assert_eq!(shown.expect("compiles").sql, "t.x IN (__[POSTCOMPILE_x_1])");
}

#[test]
fn a_table_of_the_schema_is_a_table_of_statements() {
    use limbeck_sql::schema::{Column, Table};
    let mut made = Table::new(Some("s".into()), "t");
    made.columns.push(Column { primary_key: true, nullable: false, ..Column::new("id", SqlType::string(5)) });
    let clause = TableClause::from(&made);
    let statement = Statement::Insert(Box::new(insert(clause.clone(), single(&[("id", sql("'a'"))]))));
    let compiled = dialect("default").compile_statement(&statement, &CompileOptions::default());
    assert_eq!(compiled.expect("compiles").sql, "INSERT INTO s.t (id) VALUES ('a') RETURNING s.t.id");
    let column = dialect("default").compile_expression(&clause.column("id"), &CompileOptions::default());
    assert_eq!(column.expect("compiles").sql, "s.t.id");
}

#[test]
fn an_insert_without_values_takes_the_columns_it_is_executed_with() {
    let sqlite = dialect("sqlite");
    let keys = Some(vec!["s".to_owned(), "f".to_owned()]);
    let options = CompileOptions { column_keys: keys, for_executemany: true, ..CompileOptions::default() };
    let statement = Statement::Insert(Box::new(insert(table_t(), InsertValues::Parameters)));
    let compiled = sqlite.compile_statement(&statement, &options).expect("compiles");
    assert_eq!(compiled.sql, "INSERT INTO t (s, f) VALUES (?, ?)");
    let values = values_of(&[("s", "a".into()), ("f", Value::Bool(true))]);
    let sent = compiled.parameters_for(sqlite.as_ref(), &values).expect("all values are there");
    assert_eq!(parameters(&sent), "[['s', 'a'], ['f', 1]]");
    let error = compiled.parameters_for(sqlite.as_ref(), &values_of(&[])).expect_err("no values");
    assert_eq!(error.to_string(), "A value is required for bind parameter 's'");
}

#[test]
fn a_schema_is_put_in_the_place_of_another() {
    let sqlite = dialect("sqlite");
    let map = vec![(None, Some("aux".to_owned())), (Some("other".to_owned()), Some("Main".to_owned()))];
    let options = CompileOptions { schema_translate_map: map, ..CompileOptions::default() };
    let query = Select {
        where_: vec![and(vec![bin(
            table_col(Some("other"), "Wide", "select", SqlType::integer()),
            Op::Equal,
            t("x"),
        )])],
        ..select(vec![t("id")])
    };
    let compiled = sqlite.compile_statement(&Statement::Select(Box::new(query)), &options).expect("compiles");
    assert_eq!(
        compiled.sql,
        "SELECT aux.t.id \nFROM aux.t, \"Main\".\"Wide\" \nWHERE \"Main\".\"Wide\".\"select\" = aux.t.x"
    );
}
