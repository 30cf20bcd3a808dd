//! The SQL expression tree: what SQLAlchemy's `ColumnElement` classes are, as plain values.

mod custom;
mod from;
mod result_type;
mod statement;
mod visit;

pub use custom::CustomElement;
pub use from::{Cte, CteBody, FromClause, FunctionTable, Subquery, TableSample, ValuesClause};
pub use statement::{
    ColumnSequence, CompoundSelect, Correlation, Delete, Fetch, ForUpdate, Insert, InsertValues, Join,
    LockTarget, OnConflict, RowLimit, Select, Statement, StatementWords, TableClause, TableHint, Update,
};

use std::sync::Arc;

use crate::engine::Value;
use crate::schema::Identifier;
use crate::types::SqlType;

/// A SQL expression.
#[derive(Clone, Debug)]
pub enum Expression {
    /// `text("...")`: SQL as the user wrote it, with `:name` parameters.
    Text(TextClause),
    /// A column, with its table's name when it has one.
    Column(ColumnReference),
    /// `literal_column("...")`: SQL in a column's place, rendered as it is.
    LiteralColumn {
        /// The SQL.
        text: String,
        /// The type, when given.
        type_: Option<SqlType>,
    },
    /// A value that is sent as a parameter, or rendered inline under `literal_binds`.
    Bind(BindParameter),
    /// An element that user code compiles.
    Custom(Arc<dyn CustomElement>),
    /// `null()`
    Null,
    /// `true()`
    True,
    /// `false()`
    False,
    /// `func.name(...)`
    Function(FunctionCall),
    /// A prefix or postfix operator.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// Its operand.
        operand: Box<Expression>,
    },
    /// An infix operator.
    Binary {
        /// The left operand.
        left: Box<Expression>,
        /// The operator.
        operator: BinaryOperator,
        /// The right operand.
        right: Box<Expression>,
        /// `ESCAPE` of the LIKE family, the flags of regular expressions, the modifier of `match()`.
        escape: Option<String>,
    },
    /// `and_(...)` and `or_(...)`
    BooleanList {
        /// Whether the clauses are joined by AND rather than OR.
        conjunction: bool,
        /// The clauses.
        clauses: Vec<Expression>,
    },
    /// `expr.between(low, high)`
    Between {
        /// The value tested.
        operand: Box<Expression>,
        /// The lower bound.
        low: Box<Expression>,
        /// The upper bound.
        high: Box<Expression>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// `expr.in_([...])` and `expr.in_(select)`
    In {
        /// The value tested.
        operand: Box<Expression>,
        /// The values, or one [`Expression::ScalarSelect`].
        list: InList,
        /// `NOT IN`
        negated: bool,
    },
    /// `cast(expr, type)`
    Cast {
        /// What is cast.
        operand: Box<Expression>,
        /// The type it is cast to.
        type_: SqlType,
    },
    /// `try_cast(expr, type)`: NULL for what cannot be cast.
    TryCast {
        /// What is cast.
        operand: Box<Expression>,
        /// The type it is cast to.
        type_: SqlType,
    },
    /// `type_coerce(expr, type)`: the expression itself with another Python-side type.
    TypeCoerce {
        /// The expression.
        operand: Box<Expression>,
        /// The type it is taken to have.
        type_: SqlType,
    },
    /// `case(...)`
    Case {
        /// `CASE value`, for the short form.
        value: Option<Box<Expression>>,
        /// WHEN and THEN.
        whens: Vec<(Expression, Expression)>,
        /// ELSE.
        else_: Option<Box<Expression>>,
    },
    /// `expr.collate(name)`
    Collate {
        /// What is collated.
        operand: Box<Expression>,
        /// The collation.
        collation: Identifier,
    },
    /// `expr.label(name)`
    Label {
        /// The label.
        name: Identifier,
        /// What is labelled.
        operand: Box<Expression>,
    },
    /// `extract(field, expr)`
    Extract {
        /// The field, such as `year`.
        field: String,
        /// What it is taken from.
        operand: Box<Expression>,
    },
    /// `tuple_(...)`
    Tuple(Vec<Expression>),
    /// An expression in parentheses.
    Grouping(Box<Expression>),
    /// `select(...).scalar_subquery()`
    ScalarSelect(Box<Select>),
    /// `exists(...)`
    Exists(Box<Select>),
    /// `func.name().over(...)`
    Over {
        /// The function.
        function: Box<Expression>,
        /// PARTITION BY.
        partition_by: Vec<Expression>,
        /// ORDER BY.
        order_by: Vec<Expression>,
        /// Which rows around the current one count.
        frame: Option<Box<WindowFrame>>,
    },
    /// `func.name().within_group(...)`, and `func.name().aggregate_order_by(...)`
    WithinGroup {
        /// The function.
        function: Box<Expression>,
        /// ORDER BY.
        order_by: Vec<Expression>,
        /// Whether the order stands behind the function's last argument, in dialects that have it there.
        inside: bool,
    },
    /// `func.name().filter(...)`
    Filter {
        /// The function.
        function: Box<Expression>,
        /// The condition.
        condition: Box<Expression>,
    },
    /// `column["key"]` of JSON, `column[1]` of an array
    Element {
        /// What the element is taken from.
        operand: Box<Expression>,
        /// Which element.
        index: ElementIndex,
        /// As what it is taken.
        form: ElementForm,
    },
    /// PostgreSQL's `array([...])`
    Array {
        /// The items.
        items: Vec<Expression>,
        /// The type of the array, when it is given.
        type_: Option<SqlType>,
    },
    /// PostgreSQL's `aggregate_order_by(expression, ...)`: an argument of an aggregate and its order.
    AggregateOrderBy {
        /// The argument.
        operand: Box<Expression>,
        /// ORDER BY.
        order_by: Vec<Expression>,
    },
    /// The rows of a function as values (`column_valued()`), by the alias of the function.
    RowValue {
        /// The alias.
        name: Identifier,
        /// The type.
        type_: SqlType,
    },
    /// The rows of `values(...)` in the place of a value (`scalar_values()`).
    ScalarValues(Box<ValuesClause>),
    /// A column of a function's row (`scalar_table_valued()`).
    RowField {
        /// The function.
        function: Box<Expression>,
        /// The column's name.
        name: Identifier,
        /// Its type.
        type_: SqlType,
    },
    /// `sequence.next_value()`
    NextValue {
        /// The sequence's schema.
        schema: Option<Identifier>,
        /// The sequence's name.
        name: Identifier,
    },
}

/// The rows around the current one that a window function counts.
#[derive(Clone, Debug)]
pub struct WindowFrame {
    /// What the bounds count.
    pub unit: FrameUnit,
    /// Where it begins; `Unbounded` is the first row.
    pub start: FrameBound,
    /// Where it ends; `Unbounded` is the last row.
    pub end: FrameBound,
    /// The words behind EXCLUDE.
    pub exclude: Option<String>,
}

/// Where the frame of a window begins or ends.
#[derive(Clone, Debug)]
pub enum FrameBound {
    /// At the first or the last row.
    Unbounded,
    /// At the current row.
    CurrentRow,
    /// So far before the current row.
    Preceding(Expression),
    /// So far behind it.
    Following(Expression),
}

impl From<Option<i64>> for FrameBound {
    /// Makes a bound of a distance from the current row, negative before it; `None` is unbounded.
    fn from(distance: Option<i64>) -> Self {
        match distance {
            None => Self::Unbounded,
            Some(0) => Self::CurrentRow,
            Some(distance) if distance < 0 => Self::Preceding(Expression::literal(distance.saturating_neg())),
            Some(distance) => Self::Following(Expression::literal(distance)),
        }
    }
}

/// What the bounds of a window's frame count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// Values of the ordering.
    Range,
    /// Rows.
    Rows,
    /// Groups of rows that are equal in the ordering.
    Groups,
}

/// Which element of a JSON document or an array is meant.
#[derive(Clone, Debug)]
pub enum ElementIndex {
    /// A key or a position.
    Key(Box<Expression>),
    /// A path of keys and positions.
    Path(Vec<Value>),
    /// A part of an array, from and to.
    Slice(Box<Expression>, Box<Expression>),
}

/// As what an element is taken.
#[derive(Clone, Debug)]
pub enum ElementForm {
    /// As what it is: JSON in JSON, an item of an array.
    Own,
    /// As text (`astext`).
    Text,
    /// As a value of a type (`as_string()`, `as_integer()`, ...).
    Typed(SqlType),
}

/// The right side of `IN`.
#[derive(Clone, Debug)]
pub enum InList {
    /// Values, sent as an expanding parameter.
    Values(Vec<Value>, Option<SqlType>),
    /// Expressions.
    Expressions(Vec<Expression>),
    /// A subquery.
    Select(Box<Select>),
    /// `values(...)`
    Rows(Box<ValuesClause>),
    /// An expanding parameter by name, as `bindparam("x", expanding=True)` makes it.
    Parameter(BindParameter),
}

/// SQL as the user wrote it.
#[derive(Clone, Debug, Default)]
pub struct TextClause {
    /// The text, with `:name` for parameters and `\:` for a colon.
    pub text: String,
    /// The parameters given with `bindparams`.
    pub binds: Vec<BindParameter>,
}

/// A column in an expression.
#[derive(Clone, Debug)]
pub struct ColumnReference {
    /// The table's schema.
    pub schema: Option<Identifier>,
    /// The table's name or alias.
    pub table: Option<Identifier>,
    /// The column's name.
    pub name: Identifier,
    /// The column's type.
    pub type_: SqlType,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct BindParameter {
    /// The parameter's name; `None` makes one from what it is compared with.
    pub key: Option<String>,
    /// The value, when it is known.
    pub value: Option<Value>,
    /// The type; `None` takes that of what it is compared with, or of the value.
    pub type_: Option<SqlType>,
    /// Whether the name is made unique in its statement.
    pub unique: bool,
    /// Whether the value is a list that becomes several parameters.
    pub expanding: bool,
    /// Whether the value is rendered inline when the statement is executed.
    pub literal_execute: bool,
}

/// A call of a SQL function.
#[derive(Clone, Debug)]
pub struct FunctionCall {
    /// The parts of the name: packages or schemas first.
    pub name: Vec<String>,
    /// The arguments.
    pub arguments: Vec<Expression>,
    /// The type of the result, when given.
    pub type_: Option<SqlType>,
}

/// A prefix or postfix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `NOT x`
    Not,
    /// `-x`
    Negative,
    /// `~x`
    BitwiseNot,
    /// `DISTINCT x`
    Distinct,
    /// `x ASC`
    Ascending,
    /// `x DESC`
    Descending,
    /// `x NULLS FIRST`
    NullsFirst,
    /// `x NULLS LAST`
    NullsLast,
    /// `ANY (x)`
    Any,
    /// `ALL (x)`
    All,
}

/// An infix operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IS`
    Is,
    /// `IS NOT`
    IsNot,
    /// `IS DISTINCT FROM`
    IsDistinctFrom,
    /// `IS NOT DISTINCT FROM`
    IsNotDistinctFrom,
    /// `LIKE`
    Like,
    /// `NOT LIKE`
    NotLike,
    /// `ILIKE`
    ILike,
    /// `NOT ILIKE`
    NotILike,
    /// `contains()`, `startswith()`, `endswith()`: LIKE with percent signs joined to the right operand.
    LikePart {
        /// Whether a percent sign comes before the operand.
        before: bool,
        /// Whether one comes after it.
        after: bool,
        /// `NOT LIKE`
        negated: bool,
        /// Whether it takes capitals and small letters for the same.
        ignore_case: bool,
    },
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Modulo,
    /// `||`
    Concat,
    /// `match()`: a search in the text; the modifier is the words that say how
    Match,
    /// Negated `match()`
    NotMatch,
    /// `regexp_replace()`: the right side is the pattern and the replacement, the modifier the flags
    RegexpReplace,
    /// `REGEXP` and its kin
    RegexpMatch,
    /// Negated `REGEXP`
    NotRegexpMatch,
    /// `&`
    BitwiseAnd,
    /// `|`
    BitwiseOr,
    /// `#` or `^`
    BitwiseXor,
    /// `expr.op("...")`
    Custom {
        /// The operator's text.
        text: String,
        /// Its precedence, as given to `op`.
        precedence: i32,
        /// Whether the result is a boolean.
        is_comparison: bool,
        /// Whether it stands in parentheses within any other infix operator.
        is_eager: bool,
    },
}

impl BinaryOperator {
    /// Tells whether it is LIKE or one of its kin.
    pub fn is_like(&self) -> bool {
        matches!(self, Self::Like | Self::NotLike | Self::ILike | Self::NotILike | Self::LikePart { .. })
    }
}

impl Expression {
    /// Makes `text(...)` without parameters of its own.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextClause { text: text.into(), binds: Vec::new() })
    }

    /// Makes `literal(...)`: a nameless parameter with a value.
    pub fn literal(value: impl Into<Value>) -> Self {
        Self::Bind(BindParameter::literal(value.into(), None))
    }

    /// Makes a column without a table.
    pub fn column(name: impl Into<Identifier>) -> Self {
        Self::Column(ColumnReference { schema: None, table: None, name: name.into(), type_: SqlType::Null })
    }

    /// Makes `func.name(arguments)`.
    pub fn function(name: impl Into<String>, arguments: Vec<Self>) -> Self {
        Self::Function(FunctionCall { name: vec![name.into()], arguments, type_: None })
    }
}

impl BindParameter {
    /// Makes a nameless parameter with a value.
    pub fn literal(value: Value, type_: Option<SqlType>) -> Self {
        Self { key: None, value: Some(value), type_, unique: true, expanding: false, literal_execute: false }
    }
}
