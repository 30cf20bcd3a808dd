//! Operators.

use super::StatementCompiler;
use super::expression::{hint_of, is_negatable_boolean};
use super::precedence::{Operator, negated};
use crate::dialect::text_literal;
use crate::engine::Value;
use crate::error::Result;
use crate::expression::{BinaryOperator, Expression, UnaryOperator};
use crate::types::{Affinity, GenericType, NumericType, SqlType};

impl StatementCompiler<'_> {
    /// Writes both operands of an infix operator.
    pub fn operands(
        &mut self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
    ) -> Result<(String, String)> {
        let against = Operator::Binary(operator.clone());
        let left_sql = self.hinted(left, &against, hint_of(right).as_ref())?;
        let right_sql = self.hinted(right, &against, hint_of(left).as_ref())?;
        Ok((left_sql, right_sql))
    }

    /// Writes an operand of a function that stands for an operator.
    pub fn function_operand(&mut self, operand: &Expression, other: &Expression) -> Result<String> {
        self.hinted(operand, &Operator::Comma, hint_of(other).as_ref())
    }

    pub(super) fn binary(
        &mut self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        escape: Option<&str>,
    ) -> Result<String> {
        let dialect = self.dialect;
        match (operator, escape) {
            (BinaryOperator::Match | BinaryOperator::NotMatch, modifier) => {
                return self.search(left, right, modifier, *operator == BinaryOperator::NotMatch);
            }
            (BinaryOperator::RegexpReplace, flags) => return self.regexp_replace(left, right, flags),
            (BinaryOperator::RegexpMatch | BinaryOperator::NotRegexpMatch, Some(flags)) => {
                let negated = *operator == BinaryOperator::NotRegexpMatch;
                if let Some(sql) = dialect.regexp_with_flags_sql(left, right, flags, negated, self) {
                    return sql;
                }
            }
            _ => {}
        }
        if let Some(sql) = dialect.own_binary_sql(left, operator, right, self) {
            return sql;
        }
        let (left_sql, right_sql) = match operator {
            BinaryOperator::LikePart { .. } => {
                let like = Operator::Binary(BinaryOperator::Like);
                let concat = Operator::Binary(BinaryOperator::Concat);
                let left_sql = self.hinted(left, &like, hint_of(right).as_ref())?;
                (left_sql, self.hinted(right, &concat, hint_of(left).as_ref())?)
            }
            _ => self.operands(left, operator, right)?,
        };
        let sign = match operator {
            BinaryOperator::Equal => "=",
            BinaryOperator::NotEqual => "!=",
            BinaryOperator::Less => "<",
            BinaryOperator::LessOrEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterOrEqual => ">=",
            BinaryOperator::Is => "IS",
            BinaryOperator::IsNot => "IS NOT",
            BinaryOperator::IsDistinctFrom => "IS DISTINCT FROM",
            BinaryOperator::IsNotDistinctFrom => "IS NOT DISTINCT FROM",
            BinaryOperator::Like | BinaryOperator::NotLike => {
                let sign = if *operator == BinaryOperator::Like { "LIKE" } else { "NOT LIKE" };
                return self.like(&left_sql, sign, &right_sql, escape);
            }
            BinaryOperator::ILike | BinaryOperator::NotILike => {
                let is_negated = *operator == BinaryOperator::NotILike;
                if dialect.has_ilike() {
                    let sign = if is_negated { "NOT ILIKE" } else { "ILIKE" };
                    return self.like(&left_sql, sign, &right_sql, escape);
                }
                let sign = if is_negated { "NOT LIKE" } else { "LIKE" };
                return self.like(
                    &format!("lower({left_sql})"),
                    sign,
                    &format!("lower({right_sql})"),
                    escape,
                );
            }
            BinaryOperator::LikePart { before, after, negated, ignore_case } => {
                let sign = match (*ignore_case && dialect.has_ilike(), negated) {
                    (false, false) => "LIKE",
                    (false, true) => "NOT LIKE",
                    (true, false) => "ILIKE",
                    (true, true) => "NOT ILIKE",
                };
                let (left_sql, right_sql) = if *ignore_case && !dialect.has_ilike() {
                    (format!("lower({left_sql})"), format!("lower({right_sql})"))
                } else {
                    (left_sql, right_sql)
                };
                let pattern = dialect.like_pattern_sql(*before, &right_sql, *after);
                return self.like(&left_sql, sign, &pattern, escape);
            }
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => {
                let type_ = right.result_type();
                let type_ = if type_.affinity().is_numeric() {
                    type_
                } else {
                    GenericType::Numeric(NumericType::default()).into()
                };
                return Ok(format!("{left_sql} / CAST({right_sql} AS {})", dialect.type_sql(&type_)?));
            }
            BinaryOperator::FloorDivide => {
                let whole = |side: &Expression, other: &Expression| match side {
                    Expression::Bind(bind) => {
                        bind.effective_type(Some(&other.result_type())).affinity() == Affinity::Integer
                    }
                    side => side.result_type().affinity() == Affinity::Integer,
                };
                let quotient = format!("{left_sql} / {right_sql}");
                let is_whole = whole(left, right) && whole(right, left);
                return Ok(if is_whole { quotient } else { format!("FLOOR({quotient})") });
            }
            BinaryOperator::Modulo => {
                if dialect.doubles_percents() {
                    "%%"
                } else {
                    "%"
                }
            }
            BinaryOperator::Concat => dialect.concat_sign(),
            BinaryOperator::Match => "MATCH",
            BinaryOperator::NotMatch => "NOT MATCH",
            BinaryOperator::RegexpReplace => "<regexp replace>",
            BinaryOperator::RegexpMatch => "<regexp>",
            BinaryOperator::NotRegexpMatch => "<not regexp>",
            BinaryOperator::BitwiseAnd => "&",
            BinaryOperator::BitwiseOr => "|",
            BinaryOperator::BitwiseXor => "^",
            BinaryOperator::Custom { text, .. } => {
                return Ok(format!("{left_sql} {} {right_sql}", self.doubled_percents(text)));
            }
        };
        Ok(format!("{left_sql} {sign} {right_sql}"))
    }

    pub(super) fn infix(
        &mut self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        escape: Option<&str>,
    ) -> Result<String> {
        let within = self.within_operator;
        // these are written in ways of their own
        let is_plain = operator.is_like()
            || matches!(
                operator,
                BinaryOperator::Divide | BinaryOperator::FloorDivide | BinaryOperator::Modulo
            );
        if is_plain {
            return self.binary(left, operator, right, escape);
        }
        let sql = self.within_operator(|this| this.binary(left, operator, right, escape))?;
        let is_eager = matches!(operator, BinaryOperator::Custom { is_eager: true, .. });
        Ok(if within && is_eager { format!("({sql})") } else { sql })
    }

    /// Writes `match()`. The reference writes the negation with parameters as placeholders, under `literal_binds` too.
    fn search(
        &mut self,
        left: &Expression,
        right: &Expression,
        modifier: Option<&str>,
        negated: bool,
    ) -> Result<String> {
        let dialect = self.dialect;
        if !negated {
            return dialect.match_sql(left, right, modifier, self);
        }
        let sql = self.with_placeholders(|compiler| dialect.match_sql(left, right, modifier, compiler))?;
        Ok(format!("NOT {sql}"))
    }

    /// Writes `regexp_replace()`; the right side is the pattern and the replacement.
    fn regexp_replace(
        &mut self,
        left: &Expression,
        right: &Expression,
        flags: Option<&str>,
    ) -> Result<String> {
        let Expression::Tuple(parts) = right else { return self.expression(right) };
        let [pattern, replacement] = parts.as_slice() else { return self.expression(right) };
        let dialect = self.dialect;
        dialect.regexp_replace_sql(left, pattern, replacement, flags, self)
    }

    /// Writes `REGEXP_REPLACE(subject, pattern, replacement, flags)`.
    pub fn regexp_replace_function(
        &mut self,
        left: &Expression,
        pattern: &Expression,
        replacement: &Expression,
        flags: Option<&str>,
    ) -> Result<String> {
        let operator = BinaryOperator::RegexpReplace;
        let (subject, pattern) = self.operands(left, &operator, pattern)?;
        let (_, replacement) = self.operands(left, &operator, replacement)?;
        let flags =
            flags.map_or_else(String::new, |flags| format!(", {}", text_literal(self.dialect, flags)));
        Ok(format!("REGEXP_REPLACE({subject}, {pattern}, {replacement}{flags})"))
    }

    fn like(&self, left: &str, sign: &str, right: &str, escape: Option<&str>) -> Result<String> {
        let mut sql = format!("{left} {sign} {right}");
        if let Some(escape) = escape {
            sql.push_str(" ESCAPE ");
            sql.push_str(&self.dialect.literal(&Value::Text(escape.to_owned()), &SqlType::string(None))?);
        }
        Ok(sql)
    }

    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &Expression) -> Result<String> {
        if operator == UnaryOperator::Not {
            if let Some(opposite) = opposite(operand) {
                return self.expression(&opposite);
            }
            if is_negatable_boolean(operand) {
                return self.boolean_value(operand, false);
            }
        }
        let sql = self.grouped(operand, &Operator::Unary(operator))?;
        Ok(match operator {
            UnaryOperator::Not => format!("NOT {sql}"),
            UnaryOperator::Negative => format!("-{sql}"),
            UnaryOperator::BitwiseNot => return self.dialect.bitwise_not_sql(&sql),
            UnaryOperator::Distinct => format!("DISTINCT {sql}"),
            UnaryOperator::Ascending => format!("{sql} ASC"),
            UnaryOperator::Descending => format!("{sql} DESC"),
            UnaryOperator::NullsFirst => format!("{sql} NULLS FIRST"),
            UnaryOperator::NullsLast => format!("{sql} NULLS LAST"),
            UnaryOperator::Any => format!("ANY {sql}"),
            UnaryOperator::All => format!("ALL {sql}"),
        })
    }

    pub(super) fn between(
        &mut self,
        operand: &Expression,
        low: &Expression,
        high: &Expression,
        negated: bool,
    ) -> Result<String> {
        let hint = hint_of(operand);
        Ok(format!(
            "{} {} {} AND {}",
            self.grouped(operand, &Operator::Between)?,
            if negated { "NOT BETWEEN" } else { "BETWEEN" },
            self.bound(low, hint.as_ref())?,
            self.bound(high, hint.as_ref())?
        ))
    }
}

/// Tells whether an expression is ANY or ALL of several values.
pub(super) fn is_quantified(expression: &Expression) -> bool {
    matches!(expression, Expression::Unary { operator: UnaryOperator::Any | UnaryOperator::All, .. })
}

/// Gives the expression that means the opposite, where the operator has one.
pub(super) fn opposite(expression: &Expression) -> Option<Expression> {
    Some(match expression {
        // that not any of several is equal does not mean that any of them is not
        Expression::Binary { right, .. } if is_quantified(right) => return None,
        Expression::Binary { left, operator, right, escape } => Expression::Binary {
            left: left.clone(),
            operator: negated(operator)?,
            right: right.clone(),
            escape: escape.clone(),
        },
        Expression::Between { operand, low, high, negated } => Expression::Between {
            operand: operand.clone(),
            low: low.clone(),
            high: high.clone(),
            negated: !negated,
        },
        Expression::In { operand, list, negated } => {
            Expression::In { operand: operand.clone(), list: list.clone(), negated: !negated }
        }
        Expression::Unary { operator: UnaryOperator::Not, operand } => {
            if opposite(operand).is_some() {
                (**operand).clone()
            } else if is_negatable_boolean(operand) {
                Expression::BooleanList { conjunction: true, clauses: vec![(**operand).clone()] }
            } else {
                return None;
            }
        }
        Expression::True => Expression::False,
        Expression::False => Expression::True,
        _ => return None,
    })
}
