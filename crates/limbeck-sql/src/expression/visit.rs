//! Walks over the parts of an expression.

use super::{ElementIndex, Expression, InList};

impl Expression {
    /// Calls `visitor` with the expression and every part of it, outer parts first; not into subqueries.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Self)) {
        visitor(self);
        for part in self.parts() {
            part.visit(visitor);
        }
    }

    /// Gives the direct parts of the expression, in the order in which they are written.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Text(_)
            | Self::Column(_)
            | Self::LiteralColumn { .. }
            | Self::Bind(_)
            | Self::Custom(_)
            | Self::Null
            | Self::True
            | Self::False
            | Self::ScalarSelect(_)
            | Self::Exists(_)
            | Self::RowValue { .. }
            | Self::ScalarValues(_)
            // the reference looks for no tables in there
            | Self::RowField { .. }
            | Self::NextValue { .. } => Vec::new(),
            Self::Function(call) => call.arguments.iter().collect(),
            Self::Unary { operand, .. }
            | Self::Cast { operand, .. }
            | Self::TryCast { operand, .. }
            | Self::TypeCoerce { operand, .. }
            | Self::Collate { operand, .. }
            | Self::Label { operand, .. }
            | Self::Extract { operand, .. }
            | Self::Grouping(operand) => vec![operand],
            Self::Binary { left, right, .. } => vec![left, right],
            Self::BooleanList { clauses, .. } | Self::Tuple(clauses) => clauses.iter().collect(),
            Self::Between { operand, low, high, .. } => vec![operand, low, high],
            Self::In { operand, list, .. } => {
                let mut parts: Vec<&Self> = vec![operand];
                if let InList::Expressions(items) = list {
                    parts.extend(items);
                }
                parts
            }
            Self::Case { value, whens, else_ } => {
                let mut parts: Vec<&Self> = value.iter().map(AsRef::as_ref).collect();
                for (condition, result) in whens {
                    parts.extend([condition, result]);
                }
                parts.extend(else_.iter().map(AsRef::as_ref));
                parts
            }
            Self::Element { operand, index, .. } => {
                let mut parts: Vec<&Self> = vec![operand];
                match index {
                    ElementIndex::Key(key) => parts.push(key),
                    ElementIndex::Slice(start, stop) => parts.extend([start.as_ref(), stop.as_ref()]),
                    ElementIndex::Path(_) => {}
                }
                parts
            }
            Self::Array { items, .. } => items.iter().collect(),
            Self::AggregateOrderBy { operand, order_by } => {
                let mut parts: Vec<&Self> = vec![operand];
                parts.extend(order_by);
                parts
            }
            Self::Over { function, partition_by, order_by, .. } => {
                let mut parts: Vec<&Self> = vec![function];
                parts.extend(partition_by);
                parts.extend(order_by);
                parts
            }
            Self::WithinGroup { function, order_by, .. } => {
                let mut parts: Vec<&Self> = vec![function];
                parts.extend(order_by);
                parts
            }
            Self::Filter { function, condition } => vec![function, condition],
        }
    }
}
