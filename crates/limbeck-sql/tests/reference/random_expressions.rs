//! Expressions made at random by the recorder: parentheses, names of values, types of values.

use limbeck_sql::expression::{BinaryOperator as Op, Expression, Select, Statement, UnaryOperator};
use limbeck_sql::types::SqlType;
use serde_json::Value as Json;

use super::expressions::{and, bin, cast, col, func, in_values, lit, not, options, or, select, t, unary};
use super::{compare, dialect, outcome, record};

fn operator(sign: &str) -> Op {
    match sign {
        "=" => Op::Equal,
        "!=" => Op::NotEqual,
        "<" => Op::Less,
        ">=" => Op::GreaterOrEqual,
        "-" => Op::Subtract,
        "*" => Op::Multiply,
        "/" => Op::Divide,
        "%" => Op::Modulo,
        "||" => Op::Concat,
        "LIKE" => Op::Like,
        "&" => Op::BitwiseAnd,
        other => Op::Custom { text: other.to_owned(), precedence: 0, is_comparison: false, is_eager: false },
    }
}

fn build(tree: &Json) -> Expression {
    let parts = tree.as_array().expect("a list");
    let word = |position: usize| parts[position].as_str().expect("a word");
    let part = |position: usize| build(&parts[position]);
    let rest = |start: usize| parts[start..].iter().map(build).collect::<Vec<_>>();
    match word(0) {
        "col" => col(word(1)),
        "t" => t(word(1)),
        "lit" => match &parts[1] {
            Json::String(text) => lit(text.as_str()),
            number => lit(number.as_i64().expect("a number")),
        },
        "bin" => bin(part(2), operator(word(1)), part(3)),
        "and" => and(rest(1)),
        "or" => or(rest(1)),
        "not" => not(part(1)),
        "neg" => unary(UnaryOperator::Negative, part(1)),
        "func" => func(word(1), rest(2)),
        "cast" => cast(part(1), SqlType::integer()),
        "case" => {
            Expression::Case { value: None, whens: vec![(part(1), part(2))], else_: Some(Box::new(part(3))) }
        }
        "between" => Expression::Between {
            operand: Box::new(part(1)),
            low: Box::new(part(2)),
            high: Box::new(part(3)),
            negated: false,
        },
        "in" => in_values(part(1), vec![1.into(), 2.into()], false),
        "collate" => Expression::Collate { operand: Box::new(part(1)), collation: "nocase".into() },
        other => panic!("no such part: {other}"),
    }
}

#[test]
fn random_expressions_are_written_as_the_reference_writes_them() {
    let record = record(include_str!("../../../../tests/reference/sql/random_expressions.json"));
    let trees: Vec<Json> = record.keys().map(|key| serde_json::from_str(key).expect("a tree")).collect();
    let cases: Vec<(&str, Expression)> =
        record.keys().zip(&trees).map(|(key, tree)| (key.as_str(), build(tree))).collect();
    compare(&record, &cases, |expression, variant| {
        if variant == "sqlite_where" {
            let query = Select { where_: vec![expression.clone()], ..select(vec![t("id")]) };
            let compiled =
                dialect(variant).compile_statement(&Statement::Select(Box::new(query)), &options(variant));
            return outcome(compiled.map(|compiled| compiled.sql));
        }
        outcome(
            dialect(variant).compile_expression(expression, &options(variant)).map(|compiled| compiled.sql),
        )
    });
}
