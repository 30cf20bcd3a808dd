//! Compilation of expressions and statements: the state that runs through it, and parameters.

mod dml;
mod expression;
mod from;
mod function;
pub(super) mod json;
mod operators;
mod precedence;
mod select;
mod text;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

pub(super) use self::expression::cast_sql;
pub use self::select::SelectContext;
pub(super) use self::select::{fetch_sql, limit_sql, lock_targets};
use super::{CompileOptions, Dialect, ParamStyle};
use crate::dialect::{no_literal_renderer, push_args};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::{BindParameter, Expression, Statement};
use crate::schema::Identifier;
use crate::types::{Affinity, SqlType};

/// A compiled statement.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The SQL, with the dialect's placeholders.
    pub sql: String,
    /// The parameters by name, in the order of their placeholders, as the driver is sent them.
    pub parameters: Vec<(String, Value)>,
    /// What is behind each of the parameters, in the same order.
    pub binds: Vec<CompiledBind>,
    /// Whether values of this execution are part of the SQL, so that it is none for other values.
    pub holds_values: bool,
}

/// A parameter of a compiled statement.
#[derive(Clone, Debug)]
pub struct CompiledBind {
    /// The name that the placeholder has.
    pub name: String,
    /// The name by which the caller gives a value.
    pub key: String,
    /// The type.
    pub type_: SqlType,
    /// The value, when the statement has one.
    pub value: Option<Value>,
}

impl Compiled {
    /// Gives the parameters for another set of values, as the driver is sent them.
    ///
    /// # Errors
    /// A parameter that neither the set nor the statement has a value for.
    pub fn parameters_for(
        &self,
        dialect: &dyn Dialect,
        values: &IndexMap<String, Value>,
    ) -> Result<Vec<(String, Value)>> {
        self.binds
            .iter()
            .map(|bind| {
                let value =
                    values.get(&bind.key).or(bind.value.as_ref()).ok_or_else(|| missing_value(&bind.key))?;
                Ok((bind.name.clone(), dialect.bind_value(value.clone(), &bind.type_)?))
            })
            .collect()
    }
}

/// Warns, as SQLAlchemy does, of a value that is compared with NULL.
fn warn_of_null(key: Option<&str>) {
    log::warn!(
        target: crate::warnings::SA_WARNINGS,
        "Bound parameter '{}' rendering literal NULL in a SQL expression; comparisons to NULL should not use operators \
         outside of 'is' or 'is not' (this warning may be suppressed after 10 occurrences)",
        key.unwrap_or("param")
    );
}

fn missing_value(key: &str) -> Error {
    Error::InvalidRequest(format!("A value is required for bind parameter '{key}'"))
}

/// Compiles an expression, alone.
pub(super) fn compile_expression(
    dialect: &dyn Dialect,
    expression: &Expression,
    options: &CompileOptions,
) -> Result<Compiled> {
    let mut compiler = StatementCompiler::new(dialect, options);
    let sql = compiler.expression(expression)?;
    compiler.finish(sql)
}

/// Compiles an expression as DDL has it: values as literals, columns with or without their tables.
pub(super) fn compile_inline(
    dialect: &dyn Dialect,
    expression: &Expression,
    options: &CompileOptions,
    omit_table_names: bool,
) -> Result<String> {
    let mut compiler = StatementCompiler::new(dialect, options);
    compiler.literal_binds = true;
    compiler.omit_table_names = omit_table_names;
    let sql = compiler.expression(expression)?;
    compiler.finish(sql).map(|compiled| compiled.sql)
}

/// Compiles an expression as an index has it: as [`compile_inline`] does, and in parentheses when it is an operation.
pub(super) fn compile_grouped(
    dialect: &dyn Dialect,
    expression: &Expression,
    options: &CompileOptions,
) -> Result<String> {
    let mut compiler = StatementCompiler::new(dialect, options);
    compiler.literal_binds = true;
    compiler.omit_table_names = true;
    let sql = compiler.grouped(expression, &precedence::Operator::Any)?;
    compiler.finish(sql).map(|compiled| compiled.sql)
}

/// Compiles a statement.
pub(super) fn compile_statement(
    dialect: &dyn Dialect,
    statement: &Statement,
    options: &CompileOptions,
) -> Result<Compiled> {
    let mut compiler = StatementCompiler::new(dialect, options);
    let sql = match statement {
        Statement::Custom(element) => {
            let sql = element.sql(dialect, options)?;
            return Ok(Compiled { sql, ..Compiled::default() });
        }
        Statement::Driver(sql) => return Ok(Compiled { sql: sql.clone(), ..Compiled::default() }),
        Statement::Ddl(element) => {
            return dialect.compile_ddl(element, options).map(|sql| Compiled { sql, ..Compiled::default() });
        }
        statement => compiler.statement(statement)?,
    };
    compiler.finish(sql)
}

/// What is known of a parameter while its statement is compiled.
#[derive(Clone, Debug)]
struct Bind {
    key: String,
    value: Option<Value>,
    type_: SqlType,
    unique: bool,
    expanding: bool,
    /// Whether VALUES or SET made the parameter.
    of_values: bool,
    /// Whether it becomes SQL only when the statement is executed.
    is_postponed: bool,
}

/// Enclose the number of a parameter in SQL that is not finished; both are noncharacters of Unicode.
const MARK_START: char = '\u{fdd0}';
const MARK_END: char = '\u{fdd1}';

/// How a column is written, of its quoted name.
type ColumnForm = fn(&str) -> String;

/// The state of one compilation.
pub struct StatementCompiler<'a> {
    dialect: &'a dyn Dialect,
    options: &'a CompileOptions,
    literal_binds: bool,
    omit_table_names: bool,
    /// Whether what is written stands within an infix operator.
    within_operator: bool,
    /// Whether a NULL that is written here would be an operand of an operator which makes NULL of it.
    null_is_lost: bool,
    /// Whether values of this execution are part of the SQL.
    holds_values: bool,
    /// The name in front of all columns, where a statement speaks of the rows that it changes.
    output_row: Option<&'static str>,
    /// How the columns of a row that goes by an alias are written, where that is no name: the alias, and the form.
    row_form: Option<(&'static str, ColumnForm)>,
    binds: IndexMap<String, Bind>,
    anonymous: RefCell<AnonymousNames>,
    /// The common table expressions, as they are written, by their quoted names.
    ctes: IndexMap<String, String>,
    /// Those that stand within the expression that is written.
    nested_ctes: IndexMap<String, String>,
    /// The names of those that are being written, which may name themselves.
    ctes_under_way: Vec<String>,
    has_recursive_cte: bool,
    /// The hints for tables of the innermost statement, by what tells the tables apart.
    hints: Vec<(select::FromKey, String)>,
    /// The FROM elements of the enclosing statements, for correlation.
    enclosing: Vec<HashSet<select::FromKey>>,
    /// The labels of the innermost SELECT, which ORDER BY may name.
    labels: Vec<String>,
}

/// The names that a statement makes for what has none.
#[derive(Debug, Default)]
struct AnonymousNames {
    /// How many there are of each base.
    counters: HashMap<String, usize>,
    truncated: usize,
    /// Those of what stands in several places, by the text of [`Identifier::anonymous`].
    given: HashMap<String, String>,
}

impl AnonymousNames {
    fn count(&mut self, base: String) -> usize {
        let counter = self.counters.entry(base).or_insert(0);
        *counter += 1;
        *counter
    }

    fn next(&mut self, base: &str, longest: usize) -> String {
        let base = sanitized(base);
        let counter = self.count(base.clone());
        let name = format!("{base}_{counter}");
        if name.chars().count() > longest.saturating_sub(6) {
            self.truncated += 1;
            let kept: String = name.chars().take(longest.saturating_sub(6)).collect();
            return format!("{kept}_{:x}", self.truncated);
        }
        name
    }
}

impl<'a> StatementCompiler<'a> {
    fn new(dialect: &'a dyn Dialect, options: &'a CompileOptions) -> Self {
        Self {
            dialect,
            options,
            literal_binds: options.literal_binds,
            omit_table_names: options.omit_table_names,
            within_operator: false,
            null_is_lost: false,
            holds_values: false,
            output_row: None,
            row_form: None,
            binds: IndexMap::new(),
            anonymous: RefCell::default(),
            ctes: IndexMap::new(),
            nested_ctes: IndexMap::new(),
            ctes_under_way: Vec::new(),
            has_recursive_cte: false,
            hints: Vec::new(),
            enclosing: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Writes a statement, its common table expressions before it.
    fn statement(&mut self, statement: &Statement) -> Result<String> {
        match statement {
            Statement::Text(text) => self.text(text),
            Statement::Select(select) => self.top_level_select(select),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Expression(expression) => self.expression_statement(expression),
            Statement::Custom(element) => element.sql(self.dialect, self.options),
            Statement::Driver(sql) => Ok(sql.clone()),
            Statement::Ddl(element) => self.dialect.compile_ddl(element, self.options),
        }
    }

    /// Gives the dialect that is compiled for.
    pub fn dialect(&self) -> &'a dyn Dialect {
        self.dialect
    }

    /// Gives the options of the compilation.
    pub fn options(&self) -> &'a CompileOptions {
        self.options
    }

    /// Makes a name that no other part of the statement has: `base_1`, `base_2`, ...
    pub fn anonymous_name(&self, base: &str) -> String {
        let longest = self.dialect.max_identifier_length();
        self.anonymous.borrow_mut().next(base, longest)
    }

    /// Quotes a name where it has to be; what has none gets one.
    pub fn quote(&self, name: &Identifier) -> String {
        self.dialect.quote(&self.name(name))
    }

    /// Gives a name, or the one that this statement has for what has none.
    pub(super) fn name<'n>(&self, name: &'n Identifier) -> Cow<'n, Identifier> {
        let Some(base) = name.anonymous_base() else { return Cow::Borrowed(name) };
        if let Some(known) = self.anonymous.borrow().given.get(name.as_str()) {
            return Cow::Owned(Identifier::new(known.as_str()));
        }
        let made = self.anonymous_name(base);
        self.anonymous.borrow_mut().given.insert(name.as_str().to_owned(), made.clone());
        Cow::Owned(Identifier::new(made))
    }

    /// Makes the name of a parameter from that of what it is compared with.
    pub(super) fn bind_name(&self, base: &str) -> String {
        // what has no name gives none
        let is_anonymous = Identifier::new(base).anonymous_base().is_some();
        let base = if is_anonymous { "param".to_owned() } else { base.replace(['.', ':'], "_") };
        self.anonymous_name(sanitized(&base).trim_matches('_'))
    }

    /// Writes a parameter: its placeholder, or its value under `literal_binds`.
    ///
    /// `hint` is the name and the type that come from what the parameter is compared with.
    fn bind(&mut self, bind: &BindParameter, hint: Option<(&str, &SqlType)>) -> Result<String> {
        let type_ = bind.effective_type(hint.map(|(_, type_)| type_));
        if self.literal_binds {
            let value = self.given_value(bind.key.as_deref()).or(bind.value.clone());
            return match (bind.expanding, value) {
                (true, Some(Value::Array(values))) => self.value_list(&values, &type_),
                (_, Some(Value::Null) | None) => {
                    if self.null_is_lost {
                        warn_of_null(bind.key.as_deref());
                    }
                    Ok("NULL".to_owned())
                }
                // the value of a column without a type is not looked at
                (_, Some(value)) if matches!(bind.type_, Some(SqlType::Null)) => {
                    Err(no_literal_renderer(self.dialect, &value))
                }
                (_, Some(value)) => self.dialect.literal(&value, &type_),
            };
        }
        let name = match &bind.key {
            Some(key) if !bind.unique => key.clone(),
            Some(key) => self.bind_name(key),
            None => self.bind_name(hint.map_or("param", |(name, _)| name)),
        };
        let key = bind.key.clone().filter(|_| !bind.unique).unwrap_or_else(|| name.clone());
        let entry = Bind {
            key,
            value: bind.value.clone(),
            type_,
            unique: bind.unique || bind.key.is_none(),
            expanding: bind.expanding,
            of_values: false,
            is_postponed: false,
        };
        if bind.literal_execute && self.options.keep_postcompile {
            return self.postponed(&name, entry);
        }
        if bind.literal_execute {
            self.holds_values = true;
            let value = self.given_value(Some(&entry.key)).or(entry.value).unwrap_or(Value::Null);
            return self.dialect.literal(&value, &entry.type_);
        }
        if bind.expanding {
            return self.expanding(&name, &entry);
        }
        self.placeholder(&name, entry)
    }

    /// Writes a value that the database takes only inline, such as the rows of LIMIT on some.
    pub fn inline_value(&mut self, value: &Expression) -> Result<String> {
        match value {
            Expression::Bind(bind) if bind.key.is_none() && bind.value.is_some() && !self.literal_binds => {
                if self.options.keeps_expanding() {
                    let name = self.bind_name("param");
                    let entry = Bind {
                        key: name.clone(),
                        value: bind.value.clone(),
                        type_: bind.effective_type(None),
                        unique: true,
                        expanding: false,
                        of_values: false,
                        is_postponed: true,
                    };
                    return self.postponed(&name, entry);
                }
                let inline = BindParameter { literal_execute: true, ..bind.clone() };
                self.bind(&inline, None)
            }
            value => self.expression(value),
        }
    }

    /// Writes the placeholder of a parameter that takes a value from the database.
    pub fn output_parameter(&mut self, name: &str) -> Result<String> {
        let bind = Bind {
            key: name.to_owned(),
            value: Some(Value::Null),
            type_: SqlType::Null,
            unique: true,
            expanding: false,
            of_values: false,
            is_postponed: false,
        };
        self.placeholder(name, bind)
    }

    /// Writes the parameters that an expanding one becomes, without parentheses.
    fn expanding(&mut self, name: &str, bind: &Bind) -> Result<String> {
        let values = self.given_value(Some(&bind.key)).or_else(|| bind.value.clone());
        let values = match values {
            Some(Value::Array(values)) if !self.options.keeps_expanding() => values,
            _ if self.options.parameters.is_some() => return Err(missing_value(&bind.key)),
            _ => return self.postponed(name, bind.clone()),
        };
        let mut out = Vec::with_capacity(values.len());
        for (number, value) in values.into_iter().enumerate() {
            let number = number + 1;
            if let Value::Array(items) = value {
                let mut row = Vec::with_capacity(items.len());
                for (position, item) in items.into_iter().enumerate() {
                    let name = self.free_name(&format!("{name}_{number}_{}", position + 1));
                    row.push(self.expanded(&name, item, bind)?);
                }
                out.push(format!("({})", row.join(", ")));
            } else {
                let name = self.free_name(&format!("{name}_{number}"));
                out.push(self.expanded(&name, value, bind)?);
            }
        }
        Ok(out.join(", "))
    }

    fn expanded(&mut self, name: &str, value: Value, bind: &Bind) -> Result<String> {
        self.holds_values = true;
        let type_ = match &bind.type_ {
            SqlType::Null => SqlType::of_value(&value),
            other => other.clone(),
        };
        let entry =
            Bind { key: name.to_owned(), value: Some(value), type_, expanding: false, ..bind.clone() };
        self.placeholder(name, entry)
    }

    fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut counter = 0;
        while self.binds.contains_key(&free) {
            counter += 1;
            free = format!("{name}__{counter}");
        }
        free
    }

    /// Writes values as a list of literals, rows in parentheses.
    fn value_list(&self, values: &[Value], type_: &SqlType) -> Result<String> {
        let items: Result<Vec<String>> = values
            .iter()
            .map(|value| match value {
                Value::Array(items) if type_.affinity() != Affinity::Array => {
                    Ok(format!("({})", self.value_list(items, &SqlType::Null)?))
                }
                value => self.dialect.literal(value, type_),
            })
            .collect();
        Ok(items?.join(", "))
    }

    /// Gives the value that the execution gives to a parameter.
    fn given_value(&self, key: Option<&str>) -> Option<Value> {
        self.options.parameters.as_ref().and_then(|parameters| parameters.get(key?)).cloned()
    }

    /// Records a parameter and writes a mark that [`Self::finish`] replaces by its placeholder.
    /// Writes the place of what becomes SQL only when the statement is executed.
    fn postponed(&mut self, name: &str, bind: Bind) -> Result<String> {
        let untyped = Bind { type_: SqlType::Null, is_postponed: true, ..bind };
        self.placeholder(name, untyped)
    }

    fn placeholder(&mut self, name: &str, bind: Bind) -> Result<String> {
        if let Some(existing) = self.binds.get(name) {
            if existing.unique || bind.unique {
                return Err(Error::Compile(format!(
                    "Bind parameter '{name}' conflicts with unique bind parameter of the same name"
                )));
            }
            if existing.expanding != bind.expanding {
                return Err(Error::Compile(format!(
                    "Can't reuse bound parameter name '{name}' in both 'expanding' (e.g. within an IN \
                     expression) and non-expanding contexts.  If this parameter is to receive a list/array \
                     value, set 'expanding=True' on it for expressions that aren't IN, otherwise use a \
                     different parameter name."
                )));
            }
            if existing.of_values != bind.of_values {
                return Err(Error::Compile(format!(
                    "bindparam() name '{name}' is reserved for automatic usage in the VALUES or SET clause of \
                     this insert/update statement.   Please use a name other than column name when using \
                     bindparam() with insert() or update() (for example, 'b_{name}')."
                )));
            }
        }
        let cast = self.dialect.bind_cast_sql(&bind.type_)?;
        let (index, _) = self.binds.insert_full(name.to_owned(), bind);
        Ok(match cast {
            Some(cast) => format!("{MARK_START}{index}{MARK_END}::{cast}"),
            None => format!("{MARK_START}{index}{MARK_END}"),
        })
    }

    /// Puts the placeholders in and gathers the parameters.
    fn finish(self, sql: String) -> Result<Compiled> {
        if self.binds.is_empty() {
            return Ok(Compiled { sql, ..Compiled::default() });
        }
        let style = self.dialect.paramstyle();
        let mut names = escaped_names(self.binds.keys());
        if style == ParamStyle::Named {
            for (name, key) in names.iter_mut().zip(self.binds.keys()) {
                if let Some(own) = self.dialect.own_placeholder_name(key) {
                    *name = own;
                }
            }
        }
        let mut out = String::with_capacity(sql.len());
        let mut order: Vec<usize> = Vec::new();
        let mut postponed = Vec::new();
        let mut rest = sql.as_str();
        while let Some((before, after)) = rest.split_once(MARK_START) {
            out.push_str(before);
            let mark = after.split_once(MARK_END).and_then(|(number, after)| {
                let index = number.parse::<usize>().ok().filter(|index| *index < names.len())?;
                Some((index, after))
            });
            let Some((index, after)) = mark else {
                out.push(MARK_START);
                rest = after;
                continue;
            };
            rest = after;
            if let Some((key, _)) = self.binds.get_index(index).filter(|(_, bind)| bind.is_postponed) {
                push_args(&mut out, format_args!("__[POSTCOMPILE_{key}]"));
                postponed.push(index);
                continue;
            }
            let known = order.iter().position(|known| *known == index);
            let repeats = matches!(style, ParamStyle::QuestionMark | ParamStyle::Format);
            let position = match known {
                Some(position) if !repeats => position,
                _ => {
                    order.push(index);
                    order.len() - 1
                }
            };
            match style {
                ParamStyle::QuestionMark => out.push('?'),
                ParamStyle::Format => out.push_str("%s"),
                ParamStyle::Numeric => push_args(&mut out, format_args!(":{}", position + 1)),
                ParamStyle::NumericDollar => push_args(&mut out, format_args!("${}", position + 1)),
                ParamStyle::Named => push_args(&mut out, format_args!(":{}", names[index])),
                ParamStyle::PyFormat => push_args(&mut out, format_args!("%({})s", names[index])),
            }
        }
        out.push_str(rest);

        let mut compiled = Compiled { sql: out, holds_values: self.holds_values, ..Compiled::default() };
        for index in order.into_iter().chain(postponed) {
            let Some((_, bind)) = self.binds.get_index(index) else { continue };
            let given = self.options.parameters.as_ref().and_then(|parameters| parameters.get(&bind.key));
            let value = given.or(bind.value.as_ref()).cloned();
            if value.is_none() && self.options.parameters.is_some() {
                return Err(missing_value(&bind.key));
            }
            let sent = match &value {
                Some(value) => self.dialect.bind_value(value.clone(), &bind.type_)?,
                None => Value::Null,
            };
            compiled.parameters.push((names[index].clone(), sent));
            compiled.binds.push(CompiledBind {
                name: names[index].clone(),
                key: bind.key.clone(),
                type_: bind.type_.clone(),
                // not that of this execution: another set of values that lacks it must not get it
                value: bind.value.clone(),
            });
        }
        Ok(compiled)
    }
}

/// Replaces the characters that an anonymous name cannot have.
fn sanitized(base: &str) -> String {
    let mut out = String::with_capacity(base.len());
    let mut replaced = false;
    for c in base.chars() {
        if matches!(c, '%' | '(' | ')' | ' ' | '$') {
            if !replaced {
                out.push('_');
            }
            replaced = true;
        } else {
            out.push(c);
            replaced = false;
        }
    }
    out
}

/// Gives the names that placeholders have: characters that drivers trip over are replaced.
fn escaped_names<'n>(names: impl Iterator<Item = &'n String>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .map(|name| {
            let escaped: String = name
                .chars()
                .map(|c| match c {
                    '%' => 'P',
                    '(' => 'A',
                    ')' => 'Z',
                    ':' => 'C',
                    '.' | '[' | ']' | ' ' => '_',
                    other => other,
                })
                .collect();
            let mut free = escaped.clone();
            let mut counter = 0;
            while !taken.insert(free.clone()) {
                counter += 1;
                free = format!("{escaped}__{counter}");
            }
            free
        })
        .collect()
}
