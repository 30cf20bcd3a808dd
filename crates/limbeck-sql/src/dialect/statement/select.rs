//! SELECT: columns and their labels, FROM elements, joins, subqueries and common table expressions.

use crate::dialect::push_args;
use std::collections::HashSet;

use super::StatementCompiler;
use super::precedence::Operator;
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, CompoundSelect, Correlation, Expression, Fetch, ForUpdate, FromClause, Join, LockTarget,
    Select, StatementWords, TableClause, UnaryOperator,
};
use crate::schema::Identifier;

/// Where a SELECT stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectContext {
    /// By itself.
    TopLevel,
    /// In a set operation that stands by itself, or in an INSERT.
    Member,
    /// In the place of a value, where it sees the tables of the statement around it.
    Scalar,
    /// In a FROM clause: its columns are labelled with their names.
    From,
    /// In a FROM clause, where it sees the elements before it.
    Lateral,
}

/// What tells FROM elements apart: schema and name, or an alias.
pub(super) type FromKey = (Option<String>, String);

/// Gives the labels that ORDER BY of a query can name.
fn labels_of(query: &Select) -> Vec<String> {
    let labels = query.columns.iter().filter_map(|column| match column {
        Expression::Label { name, .. } => Some(name.as_str().to_owned()),
        _ => None,
    });
    labels.collect()
}

impl StatementCompiler<'_> {
    /// Writes a SELECT that stands by itself, its common table expressions before it.
    pub(super) fn top_level_select(&mut self, query: &Select) -> Result<String> {
        let sql = self.select(query, SelectContext::TopLevel)?;
        Ok(self.with_ctes(sql))
    }

    /// Writes an expression that is executed by itself: as the only column of a SELECT.
    pub(super) fn expression_statement(&mut self, expression: &Expression) -> Result<String> {
        let query = Select { columns: vec![expression.clone()], ..Select::default() };
        self.top_level_select(&query)
    }

    /// Writes the words behind a statement's verb, each with a space behind it.
    pub(super) fn prefixes(&mut self, words: &StatementWords) -> Result<String> {
        self.words(&words.prefixes)
    }

    /// Writes the words at the end of a statement.
    pub(super) fn suffixes(&mut self, words: &StatementWords) -> Result<String> {
        let suffixes = self.words(&words.suffixes)?;
        Ok(if suffixes.is_empty() { suffixes } else { format!(" {suffixes}") })
    }

    /// Gives the hints that are for the whole statement, a space before each.
    fn statement_hints(&self, words: &StatementWords) -> String {
        let mut sql = String::new();
        for hint in words.hints.iter().filter(|hint| hint.table.is_none()) {
            if hint.dialect.as_deref().is_none_or(|only| only == self.dialect.name()) {
                push_args(&mut sql, format_args!(" {}", hint.text));
            }
        }
        sql
    }

    fn words(&mut self, words: &[(Expression, Option<String>)]) -> Result<String> {
        let name = self.dialect.name();
        let mut sql = String::new();
        for (word, _) in
            words.iter().filter(|(_, only)| only.as_deref().is_none_or(|only| only == name || only == "*"))
        {
            push_args(&mut sql, format_args!("{} ", self.expression(word)?));
        }
        Ok(sql)
    }

    /// Writes a SELECT without parentheses.
    pub(in crate::dialect) fn select(&mut self, query: &Select, context: SelectContext) -> Result<String> {
        for cte in &query.ctes {
            self.cte(cte)?;
        }
        let outer_labels = std::mem::take(&mut self.labels);
        let sql = match &query.compound {
            None => self.simple_select(query, context),
            Some(compound) => self.compound_select(query, compound, context),
        };
        self.labels = outer_labels;
        sql
    }

    fn compound_select(
        &mut self,
        query: &Select,
        compound: &CompoundSelect,
        context: SelectContext,
    ) -> Result<String> {
        let inner = if context == SelectContext::TopLevel { SelectContext::Member } else { context };
        let mut sql = self.member(&compound.first, inner)?;
        for (keyword, other) in &compound.others {
            let member = self.member(other, inner)?;
            push_args(&mut sql, format_args!(" {} {member}", self.dialect.compound_keyword(keyword)));
        }
        self.labels = labels_of(query);
        let omitted = std::mem::replace(&mut self.omit_table_names, true);
        let grouping = self.grouping(query);
        let tail = self.select_tail(query, context);
        self.omit_table_names = omitted;
        sql.push_str(&grouping?);
        sql.push_str(&tail?);
        Ok(sql)
    }

    /// Writes a query of a set operation.
    fn member(&mut self, query: &Select, context: SelectContext) -> Result<String> {
        let sql = self.select(query, context)?;
        Ok(if query.is_grouped_in_compound() { format!("({sql})") } else { sql })
    }

    fn simple_select(&mut self, query: &Select, context: SelectContext) -> Result<String> {
        let dialect = self.dialect;
        if let Some(sql) = dialect.own_select_sql(query, context, self) {
            return sql;
        }
        let (from, keys) = self.displayed_from(query, context)?;
        self.enclosing.push(keys);
        let sql = self.select_body(query, &from, context);
        self.enclosing.pop();
        sql
    }

    fn select_body(&mut self, query: &Select, from: &[FromClause], context: SelectContext) -> Result<String> {
        self.labels = labels_of(query);
        let outer_hints = self.take_hints(&query.words, None);
        let sql = self.hinted_select_body(query, from, context);
        self.hints = outer_hints;
        sql
    }

    fn hinted_select_body(
        &mut self,
        query: &Select,
        from: &[FromClause],
        context: SelectContext,
    ) -> Result<String> {
        let mut sql = "SELECT ".to_owned();
        if !self.hints.is_empty() {
            let hints: Vec<String> = self.hints.iter().map(|(_, hint)| hint.clone()).collect();
            sql.push_str(&self.dialect.select_hints_sql(&hints));
        }
        sql.push_str(&self.prefixes(&query.words)?);
        let dialect = self.dialect;
        if query.distinct {
            sql.push_str(&dialect.distinct_sql(&query.distinct_on, self)?);
        }
        sql.push_str(&dialect.select_prefix_sql(query, self)?);
        let columns = self.selected_columns(
            &query.columns,
            matches!(context, SelectContext::From | SelectContext::Lateral),
        )?;
        if columns.is_empty() {
            sql.truncate(sql.trim_end().len());
        }
        sql.push_str(&columns.join(", "));
        if from.is_empty() {
            sql.push_str(if query.where_.is_empty() {
                dialect.no_table_sql()
            } else {
                dialect.no_table_before_where_sql()
            });
        } else {
            let elements: Result<Vec<String>> = from.iter().map(|element| self.element(element)).collect();
            sql.push_str(" \nFROM ");
            sql.push_str(&elements?.join(", "));
        }
        if !query.where_.is_empty() {
            let conditions = self.conditions(&query.where_)?;
            if !conditions.is_empty() {
                sql.push_str(" \nWHERE ");
                sql.push_str(&conditions);
            }
        }
        sql.push_str(&self.grouping(query)?);
        if !query.having.is_empty() {
            sql.push_str(" \nHAVING ");
            sql.push_str(&self.conditions(&query.having)?);
        }
        sql.push_str(&self.select_tail(query, context)?);
        Ok(sql)
    }

    fn grouping(&mut self, query: &Select) -> Result<String> {
        if query.group_by.is_empty() {
            return Ok(String::new());
        }
        Ok(format!(" GROUP BY {}", self.comma_list(&query.group_by)?))
    }

    /// Writes ORDER BY, LIMIT and FOR UPDATE.
    fn select_tail(&mut self, query: &Select, context: SelectContext) -> Result<String> {
        let mut sql = String::new();
        if !query.order_by.is_empty() && self.dialect.keeps_order(query, context) {
            sql.push_str(" ORDER BY ");
            sql.push_str(&self.ordering_list(&query.order_by)?);
        }
        let dialect = self.dialect;
        if let Some(fetch) = &query.fetch {
            sql.push_str(&dialect.fetch_sql(query, fetch, self)?);
        } else if query.limit.is_some() || query.offset.is_some() {
            sql.push_str(&dialect.limit_sql(query, self)?);
        }
        // A set operation locks nothing, whatever it is told.
        let locks = query.compound.is_none() && dialect.locks_rows_of(context);
        if let Some(lock) = query.for_update.as_ref().filter(|_| locks) {
            sql.push_str(&dialect.for_update_sql(lock, self)?);
        }
        sql.push_str(&self.statement_hints(&query.words));
        sql.push_str(&self.suffixes(&query.words)?);
        Ok(sql)
    }

    /// Writes expressions of ORDER BY: a label that the SELECT has is named, not repeated.
    fn ordering_list(&mut self, items: &[Expression]) -> Result<String> {
        let items: Result<Vec<String>> = items.iter().map(|item| self.ordering(item)).collect();
        Ok(items?.join(", "))
    }

    fn ordering(&mut self, item: &Expression) -> Result<String> {
        match item {
            Expression::Label { name, operand } if self.labels.iter().any(|label| label == name.as_str()) => {
                if self.dialect.orders_by_labels() {
                    Ok(self.quote(name))
                } else {
                    self.grouped(operand, &Operator::Comma)
                }
            }
            Expression::Unary {
                operator:
                    operator @ (UnaryOperator::Ascending
                    | UnaryOperator::Descending
                    | UnaryOperator::NullsFirst
                    | UnaryOperator::NullsLast),
                operand,
            } if contains_label(operand) => {
                let word = match operator {
                    UnaryOperator::Ascending => "ASC",
                    UnaryOperator::Descending => "DESC",
                    UnaryOperator::NullsFirst => "NULLS FIRST",
                    _ => "NULLS LAST",
                };
                Ok(format!("{} {word}", self.ordering(operand)?))
            }
            item => self.grouped(item, &Operator::Comma),
        }
    }

    /// Writes the columns of a SELECT or of RETURNING, with the labels that they need.
    pub(super) fn selected_columns(&mut self, columns: &[Expression], labelled: bool) -> Result<Vec<String>> {
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut out = Vec::with_capacity(columns.len());
        for column in columns {
            let text = match column {
                Expression::Label { name, operand } => {
                    let operand = self.grouped(operand, &Operator::As)?;
                    format!("{operand} AS {}", self.quote(name))
                }
                Expression::Column(reference) => {
                    let sql = self.column(reference)?;
                    let name = self.name(&reference.name).as_str().to_owned();
                    let is_known = seen.iter().any(|(seen, _)| *seen == name);
                    match seen.iter().find(|(seen, first)| *seen == name && *first == sql) {
                        None if !is_known => {
                            seen.push((name, sql.clone()));
                            if labelled && reference.table.is_some() {
                                format!("{sql} AS {}", self.quote(&reference.name))
                            } else {
                                sql
                            }
                        }
                        // the same column again, or another one of the same name
                        Some(_) => {
                            let label = self.repeated_name(&name);
                            format!("{sql} AS {}", self.quote(&Identifier::new(label)))
                        }
                        None => {
                            let label = self.anonymous_name(&name);
                            seen.push((name, sql.clone()));
                            format!("{sql} AS {}", self.quote(&Identifier::new(label)))
                        }
                    }
                }
                Expression::LiteralColumn { .. }
                | Expression::Text(_)
                | Expression::RowValue { .. }
                | Expression::RowField { .. } => self.expression(column)?,
                Expression::Unary { operand, .. } if !labelled && is_named(operand) => {
                    self.expression(column)?
                }
                other => {
                    let name = match wrapped_column(other) {
                        Some(name) if !seen.iter().any(|(seen, _)| *seen == name) => {
                            seen.push((name.clone(), String::new()));
                            name
                        }
                        Some(name) => self.repeated_name(&name),
                        None => self.anonymous_name(&anonymous_base(other)),
                    };
                    let sql = match other {
                        // only a label that the user gives asks for parentheses
                        Expression::Binary { operator: BinaryOperator::LikePart { .. }, .. } => {
                            self.expression(other)?
                        }
                        other => self.grouped(other, &Operator::As)?,
                    };
                    format!("{sql} AS {}", self.quote(&Identifier::new(name)))
                }
            };
            out.push(text);
        }
        Ok(out)
    }

    /// Makes the label of a column that is selected again: `name__1`, `name__2`, ...
    fn repeated_name(&self, name: &str) -> String {
        let counter = self.anonymous.borrow_mut().count(format!("{name}_"));
        format!("{name}__{counter}")
    }

    /// Gives the FROM elements that are written, and the keys by which inner queries know them.
    ///
    /// Explicit elements come first, then the tables of the columns and of the conditions that no element covers;
    /// in the place of a value, tables of the statement around are left to that one.
    fn displayed_from(
        &self,
        query: &Select,
        context: SelectContext,
    ) -> Result<(Vec<FromClause>, HashSet<FromKey>)> {
        let mut elements: Vec<(FromClause, Vec<FromKey>)> = Vec::new();
        for element in &query.from {
            let mut keys = Vec::new();
            collect_keys(element, &mut keys);
            // a table that a join already has is not written again
            if elements
                .iter()
                .any(|(_, known)| !keys.is_empty() && keys.iter().all(|key| known.contains(key)))
            {
                continue;
            }
            elements.retain(|(_, known)| known.is_empty() || !known.iter().all(|key| keys.contains(key)));
            elements.push((element.clone(), keys));
        }
        for expression in query.columns.iter().chain(&query.where_) {
            expression.visit(&mut |part| {
                let Expression::Column(column) = part else { return };
                let Some(table) = &column.table else { return };
                let key = (column.schema.as_ref().map(text_of), text_of(table));
                if !elements.iter().any(|(_, known)| known.contains(&key)) {
                    let table = TableClause {
                        schema: column.schema.clone(),
                        name: table.clone(),
                        alias: None,
                        columns: indexmap::IndexMap::new(),
                        primary_key: Vec::new(),
                        sequences: Vec::new(),
                    };
                    elements.push((FromClause::Table(table), vec![key]));
                }
            });
        }
        self.correlate(&query.correlation, context, &mut elements);
        let is_value = matches!(context, SelectContext::Scalar | SelectContext::Lateral);
        if is_value && !query.correlation.is_explicit && elements.len() > 1 {
            let outer = |key: &FromKey| self.enclosing.last().is_some_and(|keys| keys.contains(key));
            elements.retain(|(_, keys)| keys.is_empty() || !keys.iter().all(outer));
            if elements.is_empty() {
                return Err(Error::InvalidRequest(
                    "Select statement returned no FROM clauses due to auto-correlation; specify correlate(<tables>) \
                     to control correlation manually."
                        .to_owned(),
                ));
            }
        }
        let keys = elements.iter().flat_map(|(_, keys)| keys.iter().cloned()).collect();
        Ok((elements.into_iter().map(|(element, _)| element).collect(), keys))
    }

    /// Leaves out what `correlate()` and `correlate_except()` leave to the statements around. An element of FROM does not
    /// see the other elements there.
    fn correlate(
        &self,
        correlation: &Correlation,
        context: SelectContext,
        elements: &mut Vec<(FromClause, Vec<FromKey>)>,
    ) {
        let keys_of = |elements: &[FromClause]| {
            let mut keys = Vec::new();
            for element in elements {
                collect_keys(element, &mut keys);
            }
            keys
        };
        let only = keys_of(&correlation.only);
        let except = correlation.except.as_deref().map(keys_of);
        let levels = match context {
            SelectContext::From => self.enclosing.len().saturating_sub(1),
            _ => self.enclosing.len(),
        };
        let visible = |key: &FromKey| self.enclosing.iter().take(levels).any(|keys| keys.contains(key));
        let left = |key: &FromKey| {
            visible(key)
                && (only.contains(key) || except.as_ref().is_some_and(|except| !except.contains(key)))
        };
        elements.retain(|(_, keys)| keys.is_empty() || !keys.iter().all(left));
    }

    /// Writes an element of a FROM clause.
    pub(super) fn element(&mut self, element: &FromClause) -> Result<String> {
        match element {
            FromClause::Table(table) => self.table(table),
            FromClause::Text(text) => self.text(text),
            FromClause::Subquery(subquery) => self.subquery(subquery),
            FromClause::Join(join) => self.join(join),
            FromClause::Cte(cte) => self.cte(cte),
            FromClause::Values(values) => self.values_clause(values),
            FromClause::Function(table) => self.function_table(table),
            FromClause::Sample(sample) => self.table_sample(sample),
        }
    }

    /// Writes a table of a FROM clause.
    pub(super) fn table(&self, table: &TableClause) -> Result<String> {
        let name = self.dialect.format_table(table.schema.as_ref(), &self.name(&table.name), self.options)?;
        let mut sql = match &table.alias {
            Some(alias) => format!("{name}{}{}", self.dialect.alias_sign(), self.quote(alias)),
            None => name,
        };
        if !self.hints.is_empty() {
            let key = table_key(table);
            for (_, hint) in self.hints.iter().filter(|(known, _)| *known == key) {
                sql = self.dialect.hinted_table_sql(sql, hint)?;
            }
        }
        Ok(sql)
    }

    /// Makes a statement's hints those that count, and gives the ones before; those without a table are for `own`.
    pub(super) fn take_hints(
        &mut self,
        words: &StatementWords,
        own: Option<&TableClause>,
    ) -> Vec<(FromKey, String)> {
        let mut hints = Vec::new();
        for hint in &words.hints {
            if hint.dialect.as_deref().is_some_and(|only| only != self.dialect.name()) {
                continue;
            }
            let mut keys = Vec::new();
            match (&hint.table, own) {
                (Some(table), _) => collect_keys(table, &mut keys),
                (None, Some(own)) => keys.push(table_key(own)),
                (None, None) => {}
            }
            for key in keys {
                let name = self.quote(&Identifier::new(key.1.as_str()));
                hints.push((key, hint.text.replace("%(name)s", &name)));
            }
        }
        std::mem::replace(&mut self.hints, hints)
    }

    fn join(&mut self, join: &Join) -> Result<String> {
        let left = self.element(&join.left)?;
        let mut right = self.element(&join.right)?;
        if matches!(join.right, FromClause::Join(_)) {
            right = format!("({right})");
        }
        let Some(condition) = &join.condition else {
            return Err(Error::Argument(format!(
                "a join of {left} and {right} needs an ON condition: there is no foreign key to take it from"
            )));
        };
        let inner = self.dialect.inner_join_sql();
        let word = match (join.full, join.outer) {
            (true, _) => "FULL OUTER JOIN",
            (false, true) => "LEFT OUTER JOIN",
            (false, false) => inner,
        };
        Ok(format!("{left} {word} {right} ON {}", self.condition(condition)?))
    }
}

fn text_of(name: &Identifier) -> String {
    name.as_str().to_owned()
}

/// Gives the key by which columns refer to a table.
pub(super) fn table_key(table: &TableClause) -> FromKey {
    match &table.alias {
        Some(alias) => (None, text_of(alias)),
        None => (table.schema.as_ref().map(text_of), text_of(&table.name)),
    }
}

/// Gathers the keys by which columns refer to a FROM element.
pub(super) fn collect_keys(element: &FromClause, keys: &mut Vec<FromKey>) {
    match element {
        FromClause::Table(table) => keys.push(table_key(table)),
        FromClause::Join(join) => {
            collect_keys(&join.left, keys);
            collect_keys(&join.right, keys);
        }
        FromClause::Subquery(subquery) => {
            keys.extend(subquery.alias.as_ref().map(|alias| (None, text_of(alias))));
        }
        FromClause::Cte(cte) => keys.push((None, text_of(cte.alias.as_ref().unwrap_or(&cte.name)))),
        FromClause::Values(values) => {
            keys.extend(values.alias.as_ref().map(|alias| (None, text_of(alias))));
        }
        FromClause::Function(table) => keys.push((None, text_of(&table.alias))),
        FromClause::Sample(sample) => {
            keys.push((None, text_of(sample.table.alias.as_ref().unwrap_or(&sample.table.name))));
        }
        FromClause::Text(_) => {}
    }
}

fn contains_label(expression: &Expression) -> bool {
    match expression {
        Expression::Label { .. } => true,
        Expression::Unary { operand, .. } => contains_label(operand),
        _ => false,
    }
}

fn is_named(expression: &Expression) -> bool {
    matches!(expression, Expression::Column(_) | Expression::Label { .. } | Expression::LiteralColumn { .. })
}

/// Gives the name that a cast or coercion takes from the column in it.
fn wrapped_column(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Cast { operand, .. }
        | Expression::TryCast { operand, .. }
        | Expression::TypeCoerce { operand, .. } => match operand.as_ref() {
            Expression::Column(column) => Some(column.name.as_str().to_owned()),
            Expression::Label { name, .. } => Some(name.as_str().to_owned()),
            other => wrapped_column(other),
        },
        _ => None,
    }
}

fn anonymous_base(expression: &Expression) -> String {
    match expression {
        Expression::Function(call) => call.name.last().cloned().unwrap_or_else(|| "anon".to_owned()),
        Expression::WithinGroup { function, .. } => anonymous_base(function),
        Expression::NextValue { .. } => "next_value".to_owned(),
        _ => "anon".to_owned(),
    }
}

/// Writes LIMIT and OFFSET by the general rules.
pub(in crate::dialect) fn limit_sql(query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
    let mut sql = String::new();
    match &query.limit {
        Some(limit) => push_args(&mut sql, format_args!("\n LIMIT {}", compiler.expression(limit)?)),
        None => sql.push_str("\n LIMIT -1"),
    }
    if let Some(offset) = &query.offset {
        push_args(&mut sql, format_args!(" OFFSET {}", compiler.expression(offset)?));
    }
    Ok(sql)
}

/// Writes OFFSET and FETCH FIRST, each number by `write`.
pub(in crate::dialect) fn fetch_sql(
    query: &Select,
    fetch: &Fetch,
    compiler: &mut StatementCompiler<'_>,
    write: &mut dyn FnMut(&mut StatementCompiler<'_>, &Expression) -> Result<String>,
) -> Result<String> {
    let mut sql = String::new();
    if let Some(offset) = &query.offset {
        push_args(&mut sql, format_args!("\n OFFSET {} ROWS", write(compiler, offset)?));
    }
    let percent = if fetch.percent { " PERCENT" } else { "" };
    let ties = if fetch.with_ties { "WITH TIES" } else { "ONLY" };
    let count = write(compiler, &fetch.count)?;
    push_args(&mut sql, format_args!("\n FETCH FIRST {count}{percent} ROWS {ties}"));
    Ok(sql)
}

/// Writes the tables that FOR UPDATE names, with a space before them.
pub(in crate::dialect) fn lock_targets(compiler: &StatementCompiler<'_>, lock: &ForUpdate) -> String {
    let mut names: Vec<String> = Vec::new();
    for target in &lock.of {
        let name = match target {
            LockTarget::Table(table) => Some(table.alias.as_ref().unwrap_or(&table.name)),
            LockTarget::Column(column) => column.table.as_ref(),
        };
        let Some(name) = name.map(|name| compiler.quote(name)) else { continue };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { String::new() } else { format!(" OF {}", names.join(", ")) }
}
