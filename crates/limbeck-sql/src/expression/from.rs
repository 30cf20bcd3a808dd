//! What a query reads from beside tables: subqueries, common table expressions, VALUES, functions, samples.

use super::{Expression, Join, Select, Statement, StatementWords, TableClause, TextClause};
use crate::schema::Identifier;
use crate::types::SqlType;

/// Something in a FROM list.
#[derive(Clone, Debug)]
pub enum FromClause {
    /// A table.
    Table(TableClause),
    /// A join.
    Join(Box<Join>),
    /// A subquery with an alias.
    Subquery(Box<Subquery>),
    /// A common table expression.
    Cte(Box<Cte>),
    /// `values(...)`
    Values(Box<ValuesClause>),
    /// A function that gives rows.
    Function(Box<FunctionTable>),
    /// A part of a table's rows (`tablesample()`).
    Sample(Box<TableSample>),
    /// SQL as the user wrote it.
    Text(TextClause),
}

/// A subquery with an alias.
#[derive(Clone, Debug)]
pub struct Subquery {
    /// The query.
    pub select: Select,
    /// The alias; `None` makes one.
    pub alias: Option<Identifier>,
    /// Whether it sees the elements before it (`LATERAL`).
    pub lateral: bool,
}

/// A common table expression (`cte()`).
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its name.
    pub name: Identifier,
    /// Another name that it goes by here.
    pub alias: Option<Identifier>,
    /// What it stands for.
    pub body: CteBody,
    /// The names of its columns, which are written for recursive ones and for VALUES.
    pub columns: Vec<Identifier>,
    /// Whether it may refer to itself.
    pub recursive: bool,
    /// Whether it stands within the expression that uses it rather than before the statement.
    pub nesting: bool,
    /// Words before its parentheses and behind them.
    pub words: StatementWords,
}

/// What a common table expression stands for.
#[derive(Clone, Debug)]
pub enum CteBody {
    /// A query, or a statement with RETURNING.
    Statement(Statement),
    /// Rows.
    Values(ValuesClause),
}

/// `values(...)`
#[derive(Clone, Debug)]
pub struct ValuesClause {
    /// The names of the columns.
    pub columns: Vec<Identifier>,
    /// Their types.
    pub types: Vec<SqlType>,
    /// The rows.
    pub rows: Vec<Vec<Expression>>,
    /// The alias, when it has one.
    pub alias: Option<Identifier>,
    /// `LATERAL`
    pub lateral: bool,
    /// Whether the values are always written as literals.
    pub literal_binds: bool,
}

/// A function that gives rows (`table_valued()`).
#[derive(Clone, Debug)]
pub struct FunctionTable {
    /// The function.
    pub function: Expression,
    /// The alias.
    pub alias: Identifier,
    /// Whether the rows are numbered (`WITH ORDINALITY`).
    pub ordinality: bool,
    /// The columns behind the alias, each with its type where types are asked for; none when they are not written.
    pub derived: Vec<(Identifier, Option<SqlType>)>,
    /// `LATERAL`
    pub lateral: bool,
}

/// A part of a table's rows.
#[derive(Clone, Debug)]
pub struct TableSample {
    /// The table, with its alias.
    pub table: TableClause,
    /// How the rows are chosen.
    pub method: Expression,
    /// The seed of the choice.
    pub seed: Option<Expression>,
}
