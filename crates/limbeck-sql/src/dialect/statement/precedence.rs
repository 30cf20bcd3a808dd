//! Operator precedence: when an operand gets parentheses, by the rules of `ClauseElement.self_group`.

use crate::expression::{BinaryOperator, Expression, UnaryOperator};

/// An operator, as far as precedence goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operator {
    /// An infix operator.
    Binary(BinaryOperator),
    /// A prefix operator.
    Unary(UnaryOperator),
    /// AND
    And,
    /// OR
    Or,
    /// BETWEEN
    Between,
    /// IN
    In,
    /// COLLATE
    Collate,
    /// The comma between arguments.
    Comma,
    /// AS
    As,
    /// EXISTS
    Exists,
    /// FILTER
    Filter,
    /// An element of JSON or of an array.
    Element,
    /// The place of a condition, such as WHERE.
    Condition,
    /// No operator in particular: anything with an operator of its own is grouped.
    Any,
}

impl Operator {
    fn precedence(&self) -> i32 {
        match self {
            Self::Binary(operator) => match operator {
                BinaryOperator::Multiply
                | BinaryOperator::Divide
                | BinaryOperator::FloorDivide
                | BinaryOperator::Modulo => 8,
                BinaryOperator::Add
                | BinaryOperator::Subtract
                | BinaryOperator::BitwiseAnd
                | BinaryOperator::BitwiseOr
                | BinaryOperator::BitwiseXor => 7,
                BinaryOperator::Custom { precedence, .. } => *precedence,
                // SQLAlchemy's table of precedences lacks these three, so they are grouped wherever they stand.
                BinaryOperator::LikePart { .. } => -100,
                _ => 5,
            },
            Self::Unary(operator) => match operator {
                UnaryOperator::Negative | UnaryOperator::BitwiseNot => 8,
                UnaryOperator::Not | UnaryOperator::Distinct => 5,
                UnaryOperator::Ascending | UnaryOperator::Descending => 3,
                UnaryOperator::Any | UnaryOperator::All => 15,
                UnaryOperator::NullsFirst | UnaryOperator::NullsLast => 100,
            },
            Self::And => 3,
            Self::Or => 2,
            Self::Between | Self::In => 5,
            Self::Collate => 4,
            Self::Comma | Self::As => -1,
            Self::Exists => 0,
            Self::Filter => 6,
            Self::Element => 15,
            Self::Condition => -10,
            Self::Any => 100,
        }
    }

    /// Tells whether `a op b op c` needs no parentheses around `a op b`.
    fn associates(&self) -> bool {
        matches!(
            self,
            Self::And
                | Self::Or
                | Self::Binary(BinaryOperator::Add | BinaryOperator::Multiply | BinaryOperator::Concat)
        )
    }

    /// Tells whether an operand with this operator needs parentheses next to another.
    pub(super) fn yields_to(&self, against: &Self) -> bool {
        if self == against && self.associates() {
            return false;
        }
        self.precedence() <= against.precedence()
    }
}

/// Gives the operator by which an expression is grouped, when it has one.
pub(super) fn operator_of(expression: &Expression) -> Option<Operator> {
    Some(match expression {
        Expression::Binary { operator, .. } => Operator::Binary(operator.clone()),
        Expression::Between { .. } => Operator::Between,
        Expression::In { .. } => Operator::In,
        Expression::Collate { .. } => Operator::Collate,
        Expression::Exists(_) => Operator::Exists,
        Expression::Element { .. } => Operator::Element,
        Expression::Filter { .. } => Operator::Filter,
        Expression::BooleanList { conjunction, clauses } if !clauses.is_empty() => {
            if *conjunction {
                Operator::And
            } else {
                Operator::Or
            }
        }
        Expression::Unary { operator, .. } => match operator {
            UnaryOperator::Not
            | UnaryOperator::Negative
            | UnaryOperator::BitwiseNot
            | UnaryOperator::Distinct => Operator::Unary(*operator),
            _ => return None,
        },
        _ => return None,
    })
}

/// Gives the operator that means the opposite, when there is one.
pub(super) fn negated(operator: &BinaryOperator) -> Option<BinaryOperator> {
    Some(match operator {
        BinaryOperator::Equal => BinaryOperator::NotEqual,
        BinaryOperator::NotEqual => BinaryOperator::Equal,
        BinaryOperator::Less => BinaryOperator::GreaterOrEqual,
        BinaryOperator::LessOrEqual => BinaryOperator::Greater,
        BinaryOperator::Greater => BinaryOperator::LessOrEqual,
        BinaryOperator::GreaterOrEqual => BinaryOperator::Less,
        BinaryOperator::Is => BinaryOperator::IsNot,
        BinaryOperator::IsNot => BinaryOperator::Is,
        BinaryOperator::IsDistinctFrom => BinaryOperator::IsNotDistinctFrom,
        BinaryOperator::IsNotDistinctFrom => BinaryOperator::IsDistinctFrom,
        BinaryOperator::Like => BinaryOperator::NotLike,
        BinaryOperator::NotLike => BinaryOperator::Like,
        BinaryOperator::ILike => BinaryOperator::NotILike,
        BinaryOperator::NotILike => BinaryOperator::ILike,
        BinaryOperator::LikePart { before, after, negated, ignore_case } => BinaryOperator::LikePart {
            before: *before,
            after: *after,
            negated: !negated,
            ignore_case: *ignore_case,
        },
        BinaryOperator::Match => BinaryOperator::NotMatch,
        BinaryOperator::NotMatch => BinaryOperator::Match,
        BinaryOperator::RegexpMatch => BinaryOperator::NotRegexpMatch,
        BinaryOperator::NotRegexpMatch => BinaryOperator::RegexpMatch,
        _ => return None,
    })
}
