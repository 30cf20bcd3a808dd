//! The types of expressions, as far as they are known without a database.

use super::{BinaryOperator, BindParameter, ElementForm, ElementIndex, Expression, UnaryOperator};
use crate::types::{Affinity, ArrayType, BooleanType, GenericType, NumericType, SqlType, StringType};

fn boolean() -> SqlType {
    GenericType::Boolean(BooleanType::default()).into()
}

impl Expression {
    /// Gives the type of an expression, as far as it is known.
    pub fn result_type(&self) -> SqlType {
        match self {
            Self::Column(column) => column.type_.clone(),
            Self::RowValue { type_, .. } | Self::RowField { type_, .. } => type_.clone(),
            Self::Custom(element) => element.result_type(),
            Self::LiteralColumn { type_, .. } => type_.clone().unwrap_or(SqlType::Null),
            Self::Bind(bind) => bind.effective_type(None),
            Self::Function(call) => call.type_.clone().unwrap_or_else(|| {
                match call.name.last().map(|name| name.to_lowercase()).as_deref() {
                    Some("count" | "char_length" | "rank" | "dense_rank") => SqlType::integer(),
                    Some("max" | "min" | "sum" | "coalesce") => {
                        call.arguments.first().map_or(SqlType::Null, Self::result_type)
                    }
                    Some("now" | "current_timestamp" | "localtimestamp" | "sysdate") => {
                        GenericType::DateTime { timezone: false }.into()
                    }
                    Some("current_date") => GenericType::Date.into(),
                    Some("concat" | "current_user" | "session_user" | "user") => SqlType::string(None),
                    _ => SqlType::Null,
                }
            }),
            Self::Cast { type_, .. } | Self::TryCast { type_, .. } | Self::TypeCoerce { type_, .. } => {
                type_.clone()
            }
            Self::Label { operand, .. }
            | Self::Grouping(operand)
            | Self::AggregateOrderBy { operand, .. }
            | Self::Collate { operand, .. }
            | Self::Over { function: operand, .. }
            | Self::WithinGroup { function: operand, .. }
            | Self::Filter { function: operand, .. }
            | Self::Unary {
                operator: UnaryOperator::Negative | UnaryOperator::Distinct | UnaryOperator::BitwiseNot,
                operand,
            } => operand.result_type(),
            Self::Binary { left, operator, right, .. } => match operator {
                // an untyped side leaves the type to the other one where the two could be swapped
                BinaryOperator::Add | BinaryOperator::Multiply
                    if matches!(left.result_type(), SqlType::Null) =>
                {
                    right.result_type()
                }
                BinaryOperator::Add
                | BinaryOperator::Subtract
                | BinaryOperator::Multiply
                | BinaryOperator::Modulo
                | BinaryOperator::Concat
                | BinaryOperator::FloorDivide
                | BinaryOperator::BitwiseAnd
                | BinaryOperator::BitwiseOr
                | BinaryOperator::BitwiseXor
                | BinaryOperator::RegexpReplace
                | BinaryOperator::Custom { is_comparison: false, .. } => left.result_type(),
                BinaryOperator::Divide => match left.result_type() {
                    type_ if type_.affinity() == Affinity::Integer || type_.affinity().is_numeric() => {
                        GenericType::Numeric(NumericType::default()).into()
                    }
                    other => other,
                },
                _ => boolean(),
            },
            Self::Element { operand, index, form } => match form {
                ElementForm::Text => GenericType::Text(StringType::default()).into(),
                ElementForm::Typed(type_) => type_.clone(),
                ElementForm::Own => {
                    let whole = operand.result_type();
                    match index {
                        ElementIndex::Key(_) => match whole.item_type() {
                            Some(item) => item.clone(),
                            None if whole.affinity() == Affinity::Custom => {
                                GenericType::Text(StringType::default()).into()
                            }
                            None => whole,
                        },
                        ElementIndex::Path(_) | ElementIndex::Slice(..) => whole,
                    }
                }
            },
            Self::Array { items, type_ } => type_.clone().unwrap_or_else(|| {
                let item_type = items.first().map_or(SqlType::Null, Self::result_type);
                GenericType::Array(Box::new(ArrayType {
                    item_type,
                    as_tuple: false,
                    dimensions: None,
                    zero_indexes: false,
                }))
                .into()
            }),
            Self::Extract { .. } => SqlType::integer(),
            Self::Unary { operator: UnaryOperator::Not, operand } => match operand.result_type() {
                type_ if type_.affinity() == Affinity::Boolean => type_,
                _ => SqlType::Null,
            },
            Self::ScalarValues(values) => values.types.first().cloned().unwrap_or(SqlType::Null),
            Self::ScalarSelect(query) => query.columns.first().map_or(SqlType::Null, Self::result_type),
            Self::Case { whens, else_, .. } => whens
                .iter()
                .rev()
                .map(|(_, result)| result.result_type())
                .chain(else_.iter().map(|else_| else_.result_type()))
                .find(|type_| !matches!(type_, SqlType::Null))
                .unwrap_or(SqlType::Null),
            Self::Exists(_) | Self::In { .. } | Self::BooleanList { .. } | Self::True | Self::False => {
                boolean()
            }
            _ => SqlType::Null,
        }
    }
}

impl BindParameter {
    /// Gives the type of a parameter: its own, or what comes from its value and from what it is compared with.
    pub fn effective_type(&self, compared_with: Option<&SqlType>) -> SqlType {
        if let Some(type_) = &self.type_ {
            return type_.clone();
        }
        let own = self.value.as_ref().map_or(SqlType::Null, SqlType::of_value);
        match compared_with {
            None | Some(SqlType::Null) => own,
            Some(other @ SqlType::Custom(_)) => other.clone(),
            Some(other) => match own {
                SqlType::Null => other.clone(),
                own if own.affinity() == other.affinity() => other.clone(),
                own => own,
            },
        }
    }
}
