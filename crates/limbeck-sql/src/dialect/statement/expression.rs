//! Expressions.

use super::operators::{is_quantified, opposite};
use super::precedence::{Operator, negated, operator_of};
use super::{Bind, StatementCompiler, select};
use crate::dialect::{CompileOptions, CompilerKind, push_args, unsupported_compilation};
use crate::engine::{Value, text_repr};
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, BindParameter, ColumnReference, Expression, FrameBound, FrameUnit, FunctionCall, InList,
    UnaryOperator, WindowFrame,
};
use crate::types::{Affinity, SqlType};

impl StatementCompiler<'_> {
    /// Writes an expression, without parentheses around it.
    pub fn expression(&mut self, expression: &Expression) -> Result<String> {
        match expression {
            Expression::Text(text) => self.text(text),
            Expression::Column(column) => self.column(column),
            Expression::LiteralColumn { text, .. } => Ok(self.doubled_percents(text)),
            Expression::Bind(bind) => {
                let sql = self.bind(bind, None)?;
                Ok(if bind.expanding { format!("({sql})") } else { sql })
            }
            Expression::RowValue { name, .. } => Ok(self.dialect.row_value_sql(&self.quote(name))),
            Expression::Null => Ok("NULL".to_owned()),
            Expression::True => Ok(self.dialect.true_sql().to_owned()),
            Expression::False => Ok(self.dialect.false_sql().to_owned()),
            Expression::Custom(element) => {
                let options = CompileOptions {
                    literal_binds: true,
                    omit_table_names: self.omit_table_names,
                    ..self.options.clone()
                };
                element.sql(self.dialect, &options)
            }
            Expression::Function(call) => self.function(call),
            Expression::Unary { operator, operand } => self.unary(*operator, operand),
            Expression::Binary { left, operator, right, escape } => {
                let outer = self.null_is_lost;
                match operator {
                    BinaryOperator::Is | BinaryOperator::IsNot => self.null_is_lost = false,
                    operator if self.dialect.notices_null_operands(operator) => self.null_is_lost = true,
                    _ => {}
                }
                let is_turned = *operator == BinaryOperator::Equal
                    && self.dialect.puts_parameters_right()
                    && matches!(left.as_ref(), Expression::Bind(_))
                    && !matches!(right.as_ref(), Expression::Bind(_));
                let (left, right) = if is_turned { (right, left) } else { (left, right) };
                let sql = self.infix(left, operator, right, escape.as_deref());
                self.null_is_lost = outer;
                sql
            }
            Expression::BooleanList { conjunction, clauses } if clauses.len() > 1 => {
                self.within_operator(|this| this.boolean_list(*conjunction, clauses))
            }
            Expression::BooleanList { conjunction, clauses } => self.boolean_list(*conjunction, clauses),
            Expression::Between { operand, low, high, negated } => {
                let outer = std::mem::replace(&mut self.null_is_lost, true);
                let sql = self.within_operator(|this| this.between(operand, low, high, *negated));
                self.null_is_lost = outer;
                sql
            }
            Expression::In { operand, list, negated } => {
                self.within_operator(|this| this.in_list(operand, list, *negated))
            }
            Expression::Cast { operand, type_ } => {
                let dialect = self.dialect;
                let sql = match operand.as_ref() {
                    Expression::Bind(bind) => self.bind(bind, Some(("param", type_)))?,
                    other => self.expression(other)?,
                };
                match dialect.cast_type_sql(type_)? {
                    Some(type_) => Ok(dialect.cast_sql(&sql, &type_)),
                    None => self.grouped(operand, &Operator::Any),
                }
            }
            Expression::TryCast { operand, type_ } => {
                let dialect = self.dialect;
                let Some(word) = dialect.try_cast_word() else {
                    return Err(unsupported_compilation(dialect, CompilerKind::Statement, TRY_CAST));
                };
                let sql = match operand.as_ref() {
                    Expression::Bind(bind) => self.bind(bind, Some(("param", type_)))?,
                    other => self.expression(other)?,
                };
                Ok(format!("{word} ({sql} AS {})", dialect.type_sql(type_)?))
            }
            Expression::TypeCoerce { operand, type_ } => match operand.as_ref() {
                Expression::Bind(bind) => self.bind(bind, Some(("param", type_))),
                other => self.expression(other),
            },
            Expression::Case { value, whens, else_ } => self.case(value.as_deref(), whens, else_.as_deref()),
            Expression::Collate { operand, collation } => {
                let operand = self.within_operator(|this| this.grouped(operand, &Operator::Collate))?;
                Ok(format!("{operand} COLLATE {}", self.dialect.collation_sql(collation)))
            }
            Expression::Label { operand, .. } => self.grouped(operand, &Operator::As),
            Expression::Extract { field, operand } => {
                let dialect = self.dialect;
                dialect.extract_sql(field, operand, self)
            }
            Expression::Tuple(items) => Ok(format!("({})", self.comma_list(items)?)),
            Expression::Grouping(operand) => Ok(format!("({})", self.expression(operand)?)),
            Expression::ScalarSelect(query) => {
                Ok(format!("({})", self.select(query, select::SelectContext::Scalar)?))
            }
            Expression::Exists(query) => {
                Ok(format!("EXISTS ({})", self.select(query, select::SelectContext::Scalar)?))
            }
            Expression::Over { function, partition_by, order_by, frame } => {
                let mut parts = Vec::new();
                let function = self.expression(function)?;
                if !partition_by.is_empty() {
                    parts.push(format!("PARTITION BY {}", self.comma_list(partition_by)?));
                }
                if !order_by.is_empty() {
                    parts.push(format!("ORDER BY {}", self.comma_list(order_by)?));
                }
                if let Some(frame) = frame {
                    parts.push(self.frame(frame)?);
                }
                Ok(format!("{function} OVER ({})", parts.join(" ")))
            }
            Expression::WithinGroup { function, order_by, inside } => {
                self.within_group(function, order_by, *inside)
            }
            Expression::Filter { function, condition } => {
                let function = self.expression(function)?;
                Ok(format!("{function} FILTER (WHERE {})", self.condition(condition)?))
            }
            Expression::Element { operand, index, form } => {
                let dialect = self.dialect;
                dialect.element_sql(operand, index, form, self)
            }
            Expression::Array { items, type_ } => {
                let sql = format!("ARRAY[{}]", self.comma_list(items)?);
                match type_ {
                    Some(type_) if items.is_empty() => {
                        Ok(format!("{sql}::{}", self.dialect.type_sql(type_)?))
                    }
                    _ => Ok(sql),
                }
            }
            Expression::AggregateOrderBy { operand, order_by } => {
                Ok(format!("{} ORDER BY {}", self.expression(operand)?, self.comma_list(order_by)?))
            }
            Expression::ScalarValues(values) => Ok(format!("({})", self.rows_of_values(values)?)),
            Expression::RowField { function, name, .. } => {
                Ok(format!("({}).{}", self.expression(function)?, self.quote(name)))
            }
            Expression::NextValue { schema, name } => {
                self.dialect.next_value_sql(schema.as_ref(), name, self.options)
            }
        }
    }

    /// Writes the frame of a window.
    fn frame(&mut self, frame: &WindowFrame) -> Result<String> {
        let unit = match frame.unit {
            FrameUnit::Range => "RANGE",
            FrameUnit::Rows => "ROWS",
            FrameUnit::Groups => "GROUPS",
        };
        let start = self.frame_bound(&frame.start, "PRECEDING")?;
        let end = self.frame_bound(&frame.end, "FOLLOWING")?;
        let mut sql = format!("{unit} BETWEEN {start} AND {end}");
        if let Some(words) = &frame.exclude {
            if !EXCLUSIONS.iter().any(|known| known.eq_ignore_ascii_case(words)) {
                let known = EXCLUSIONS.join("|");
                return Err(Error::Compile(format!(
                    "Unexpected SQL phrase: {} (matching against '^(?:{known})$')",
                    text_repr(words)
                )));
            }
            push_args(&mut sql, format_args!(" EXCLUDE {words}"));
        }
        Ok(sql)
    }

    fn frame_bound(&mut self, bound: &FrameBound, side: &str) -> Result<String> {
        let dialect = self.dialect;
        Ok(match bound {
            FrameBound::Unbounded => format!("UNBOUNDED {side}"),
            FrameBound::CurrentRow => "CURRENT ROW".to_owned(),
            FrameBound::Preceding(rows) => format!("{} PRECEDING", dialect.frame_distance_sql(rows, self)?),
            FrameBound::Following(rows) => format!("{} FOLLOWING", dialect.frame_distance_sql(rows, self)?),
        })
    }

    /// Writes operands of an infix operator.
    pub fn within_operator<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let was = std::mem::replace(&mut self.within_operator, true);
        let written = write(self);
        self.within_operator = was;
        written
    }

    /// Writes an operator of user code's sort (`->>`), in parentheses when it stands within another operator.
    pub fn eagerly_grouped(&mut self, write: impl FnOnce(&mut Self) -> Result<String>) -> Result<String> {
        let within = self.within_operator;
        let sql = self.within_operator(write)?;
        Ok(if within { format!("({sql})") } else { sql })
    }

    /// Tells whether what is written stands within an infix operator, however deep.
    pub fn is_within_operator(&self) -> bool {
        self.within_operator
    }

    /// Writes a parameter that is called after what it stands beside.
    pub fn parameter_beside(&mut self, bind: &BindParameter, beside: &Expression) -> Result<String> {
        let hint = hint_of(beside);
        let name = hint.as_ref().map_or("param", |(name, _)| name.as_str());
        self.bind(bind, Some((name, &SqlType::Null)))
    }

    /// Writes what an element is taken from: another element in parentheses, a column as it is.
    pub fn element_operand(&mut self, operand: &Expression) -> Result<String> {
        self.grouped(operand, &Operator::Element)
    }

    /// Writes an expression whose columns stand without their tables.
    pub fn expression_without_tables(&mut self, expression: &Expression) -> Result<String> {
        let omitted = std::mem::replace(&mut self.omit_table_names, true);
        let sql = self.condition(expression);
        self.omit_table_names = omitted;
        sql
    }

    /// Writes an operand, in parentheses where the operator next to it asks for them.
    pub(super) fn grouped(&mut self, expression: &Expression, against: &Operator) -> Result<String> {
        match expression {
            Expression::Label { operand, .. } | Expression::TypeCoerce { operand, .. }
                if !matches!(operand.as_ref(), Expression::Bind(_)) =>
            {
                return self.grouped(operand, against);
            }
            Expression::Text(_) if *against == Operator::In => {
                return Ok(format!("({})", self.expression(expression)?));
            }
            Expression::Unary { operator: UnaryOperator::Not, operand } => {
                // a negation may be written as the opposite operator, which then decides
                if let Some(opposite) = opposite(operand) {
                    return self.grouped(&opposite, against);
                }
                if is_negatable_boolean(operand) {
                    return self.boolean_value(operand, false);
                }
            }
            _ => {}
        }
        if matches!(against, Operator::And | Operator::Or | Operator::Condition)
            && is_boolean_value(expression)
        {
            return self.boolean_value(expression, true);
        }
        let sql = self.expression(expression)?;
        let in_parentheses = match operator_of(expression) {
            // a single clause stands for itself
            Some(Operator::And | Operator::Or) if is_single_clause(expression) => false,
            Some(operator) => {
                let negates_operation = *against == Operator::Unary(UnaryOperator::Not)
                    && !matches!(operator, Operator::Unary(_) | Operator::Exists | Operator::Filter);
                operator.yields_to(against) || negates_operation
            }
            None => {
                matches!(against, Operator::Unary(UnaryOperator::Any | UnaryOperator::All))
                    && !matches!(expression, Expression::ScalarSelect(_) | Expression::Grouping(_))
            }
        };
        Ok(if in_parentheses { format!("({sql})") } else { sql })
    }

    /// Writes a condition, as WHERE has it: booleans of databases without booleans are compared.
    pub(super) fn condition(&mut self, expression: &Expression) -> Result<String> {
        self.grouped(expression, &Operator::Condition)
    }

    /// Writes a bound of BETWEEN; unlike the reference with parentheses where AND or OR would end the bound.
    pub(super) fn bound(&mut self, bound: &Expression, hint: Option<&(String, SqlType)>) -> Result<String> {
        match (bound, hint) {
            (Expression::Bind(bind), Some((name, type_))) => self.bind(bind, Some((name, type_))),
            (Expression::BooleanList { clauses, .. }, _) if clauses.len() > 1 => {
                Ok(format!("({})", self.expression(bound)?))
            }
            _ => self.expression(bound),
        }
    }

    /// Writes conditions joined by AND.
    pub(super) fn conditions(&mut self, clauses: &[Expression]) -> Result<String> {
        if let [clause] = clauses {
            return self.condition(clause);
        }
        self.boolean_list(true, clauses)
    }

    /// Writes a boolean that is no comparison as a condition.
    pub(super) fn boolean_value(&mut self, expression: &Expression, expected: bool) -> Result<String> {
        let sql = self.expression(expression)?;
        let sql = match expression {
            Expression::Binary { .. } | Expression::Collate { .. } => format!("({sql})"),
            _ => sql,
        };
        Ok(match (self.dialect.supports_native_boolean(), expected) {
            (true, true) => sql,
            (true, false) => format!("NOT {sql}"),
            (false, true) => format!("{sql} = 1"),
            (false, false) => format!("{sql} = 0"),
        })
    }

    /// Writes an operand; a value without a name or type takes them from `hint`.
    pub(super) fn hinted(
        &mut self,
        expression: &Expression,
        against: &Operator,
        hint: Option<&(String, SqlType)>,
    ) -> Result<String> {
        match (expression, hint) {
            (Expression::Bind(bind), Some((name, type_))) if !bind.expanding => {
                self.bind(bind, Some((name, type_)))
            }
            _ => self.grouped(expression, against),
        }
    }

    /// Writes clauses joined by AND or OR; constants that change nothing are left out, as in the reference.
    fn boolean_list(&mut self, conjunction: bool, clauses: &[Expression]) -> Result<String> {
        let (operator, word) = if conjunction { (Operator::And, " AND ") } else { (Operator::Or, " OR ") };
        let decides = |clause: &&Expression| {
            matches!((conjunction, clause), (true, Expression::False) | (false, Expression::True))
        };
        let neutral = |clause: &&Expression| {
            matches!((conjunction, clause), (true, Expression::True) | (false, Expression::False))
        };
        if let Some(clause) = clauses.iter().find(decides) {
            return self.grouped(clause, &operator);
        }
        let kept: Vec<&Expression> = clauses.iter().filter(|clause| !neutral(clause)).collect();
        if kept.is_empty() {
            return clauses
                .first()
                .map_or_else(|| Ok(String::new()), |clause| self.grouped(clause, &operator));
        }
        if let [clause] = kept.as_slice() {
            return self.grouped(clause, &Operator::Condition);
        }
        let parts: Result<Vec<String>> =
            kept.into_iter().map(|clause| self.grouped(clause, &operator)).collect();
        Ok(parts?.join(word))
    }

    fn in_list(&mut self, operand: &Expression, list: &InList, negated: bool) -> Result<String> {
        let hint = hint_of(operand);
        let operand = self.grouped(operand, &Operator::In)?;
        let inner = match list {
            InList::Values(values, type_) => {
                let hint_type = hint.as_ref().map_or(SqlType::Null, |(_, type_)| type_.clone());
                let name = hint.as_ref().map_or("param", |(name, _)| name.as_str());
                if self.literal_binds {
                    if values.is_empty() {
                        self.dialect.empty_in_sql(list, negated)
                    } else {
                        let type_ = type_.clone().unwrap_or(hint_type);
                        let rows = values.iter().any(|value| matches!(value, Value::Array(_)));
                        let prefix = if rows && self.dialect.tuple_in_values() { "VALUES " } else { "" };
                        format!("{prefix}{}", self.value_list(values, &literal_type(&type_, values))?)
                    }
                } else {
                    let name = self.bind_name(name);
                    if values.is_empty() && !self.options.keeps_expanding() {
                        self.dialect.empty_in_sql(list, negated)
                    } else {
                        let type_ = type_.clone().unwrap_or(hint_type);
                        let rows = values.iter().any(|value| matches!(value, Value::Array(_)));
                        let wanted = self.dialect.tuple_in_values() && !self.options.keeps_expanding();
                        let prefix = if rows && wanted { "VALUES " } else { "" };
                        let bind = Bind {
                            key: name.clone(),
                            value: Some(Value::Array(values.clone())),
                            type_: literal_type(&type_, values),
                            unique: true,
                            expanding: true,
                            of_values: false,
                            is_postponed: false,
                        };
                        format!("{prefix}{}", self.expanding(&name, &bind)?)
                    }
                }
            }
            InList::Expressions(items) => {
                if items.is_empty() {
                    self.dialect.empty_in_sql(list, negated)
                } else {
                    let rows = self.dialect.tuple_in_values()
                        && items.iter().all(|item| matches!(item, Expression::Tuple(_)));
                    let items: Result<Vec<String>> =
                        items.iter().map(|item| self.hinted(item, &Operator::Comma, hint.as_ref())).collect();
                    format!("{}{}", if rows { "VALUES " } else { "" }, items?.join(", "))
                }
            }
            InList::Select(query) => self.select(query, select::SelectContext::Scalar)?,
            InList::Rows(values) => self.rows_of_values(values)?,
            InList::Parameter(bind) => {
                let hint = hint.as_ref().map(|(name, type_)| (name.as_str(), type_));
                let expanding = BindParameter { expanding: true, ..bind.clone() };
                let values = self.given_value(bind.key.as_deref()).or_else(|| bind.value.clone());
                if matches!(&values, Some(Value::Array(values)) if values.is_empty())
                    && !self.options.keeps_expanding()
                {
                    self.dialect.empty_in_sql(list, negated)
                } else {
                    self.bind(&expanding, hint)?
                }
            }
        };
        Ok(if negated { format!("({operand} NOT IN ({inner}))") } else { format!("{operand} IN ({inner})") })
    }

    fn case(
        &mut self,
        value: Option<&Expression>,
        whens: &[(Expression, Expression)],
        else_: Option<&Expression>,
    ) -> Result<String> {
        let mut sql = "CASE ".to_owned();
        if let Some(value) = value {
            sql.push_str(&self.expression(value)?);
            sql.push(' ');
        }
        for (condition, result) in whens {
            let condition = self.grouped(condition, &Operator::Any)?;
            let result = self.expression(result)?;
            push_args(&mut sql, format_args!("WHEN {condition} THEN {result} "));
        }
        if let Some(else_) = else_ {
            push_args(&mut sql, format_args!("ELSE {} ", self.expression(else_)?));
        }
        sql.push_str("END");
        Ok(sql)
    }

    /// Writes expressions with commas between them.
    pub(super) fn comma_list(&mut self, items: &[Expression]) -> Result<String> {
        let items: Result<Vec<String>> =
            items.iter().map(|item| self.grouped(item, &Operator::Comma)).collect();
        Ok(items?.join(", "))
    }

    /// Writes a column, with its table unless the options leave tables out.
    pub(super) fn column(&mut self, column: &ColumnReference) -> Result<String> {
        let name = self.quote(&column.name);
        if let Some(row) = self.output_row {
            return Ok(format!("{row}.{name}"));
        }
        if let Some((alias, form)) = self.row_form
            && column.table.as_ref().is_some_and(|table| table.as_str() == alias)
        {
            return Ok(form(&name));
        }
        let Some(table) = column.table.as_ref().filter(|_| !self.omit_table_names) else { return Ok(name) };
        let table = self.dialect.format_table(column.schema.as_ref(), &self.name(table), self.options)?;
        Ok(format!("{table}.{name}"))
    }

    pub(super) fn doubled_percents(&self, text: &str) -> String {
        if self.dialect.doubles_percents() { text.replace('%', "%%") } else { text.to_owned() }
    }

    fn within_group(
        &mut self,
        function: &Expression,
        order_by: &[Expression],
        inside: bool,
    ) -> Result<String> {
        if inside
            && !self.dialect.orders_aggregates_within_group()
            && let Expression::Function(call) = function
            && let Some((last, others)) = call.arguments.split_last()
        {
            let mut arguments = others.to_vec();
            let operand = Box::new(last.clone());
            arguments.push(Expression::AggregateOrderBy { operand, order_by: order_by.to_vec() });
            return self.function(&FunctionCall { arguments, ..call.clone() });
        }
        let function = self.expression(function)?;
        Ok(format!("{function} WITHIN GROUP (ORDER BY {})", self.comma_list(order_by)?))
    }
}

/// Writes a CAST by the general rules: a collation follows it.
pub(in crate::dialect) fn cast_sql(operand: &str, type_: &str) -> String {
    let (name, collation) = match type_.find(" COLLATE ") {
        Some(position) => type_.split_at(position),
        None => (type_, ""),
    };
    format!("CAST({operand} AS {name}){collation}")
}

fn is_single_clause(expression: &Expression) -> bool {
    matches!(expression, Expression::BooleanList { clauses, .. } if clauses.len() == 1)
}

/// Gives the name and the type that a value takes from what it is compared with.
pub(super) fn hint_of(expression: &Expression) -> Option<(String, SqlType)> {
    match expression {
        Expression::Column(column) => Some((column.name.as_str().to_owned(), column.type_.clone())),
        Expression::LiteralColumn { text, type_ } => {
            Some((text.clone(), type_.clone().unwrap_or(SqlType::Null)))
        }
        Expression::Function(call) => Some((call.name.last()?.clone(), expression.result_type())),
        Expression::Bind(_) | Expression::Text(_) => None,
        other => Some(("param".to_owned(), other.result_type())),
    }
}

/// Tells whether an expression is a boolean without being a comparison, such as a column.
fn is_boolean_value(expression: &Expression) -> bool {
    match expression {
        Expression::True | Expression::False => true,
        Expression::Column(_)
        | Expression::LiteralColumn { .. }
        | Expression::Bind(_)
        | Expression::Function(_)
        | Expression::Cast { .. }
        | Expression::TypeCoerce { .. }
        | Expression::Case { .. }
        | Expression::ScalarSelect(_)
        | Expression::Over { .. } => expression.result_type().affinity() == Affinity::Boolean,
        _ => false,
    }
}

/// Tells whether an expression is a boolean whose negation is a comparison where the database has no booleans.
pub(super) fn is_negatable_boolean(expression: &Expression) -> bool {
    let is_operation = match expression {
        Expression::Binary { operator, right, .. } => negated(operator).is_none() || is_quantified(right),
        Expression::Collate { .. } => true,
        _ => false,
    };
    is_boolean_value(expression) || is_operation && expression.result_type().affinity() == Affinity::Boolean
}

/// Gives the type by which the values of an IN are written: that of what they are compared with, when they fit it.
fn literal_type(type_: &SqlType, values: &[Value]) -> SqlType {
    let Some(first) = values.first() else { return type_.clone() };
    let bind = BindParameter::literal(first.clone(), None);
    bind.effective_type(Some(type_))
}

/// What the words behind EXCLUDE of a window's frame can be.
const EXCLUSIONS: [&str; 4] = ["CURRENT ROW", "GROUP", "TIES", "NO OTHERS"];

/// What messages call `try_cast()`.
const TRY_CAST: &str = "<class 'sqlalchemy.sql.elements.TryCast'>";
