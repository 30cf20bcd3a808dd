//! Elements of a FROM clause that are no plain tables.

use super::StatementCompiler;
use super::select::SelectContext;
use crate::dialect::push_args;
use crate::error::Result;
use crate::expression::{Cte, CteBody, FunctionTable, Statement, Subquery, TableSample, ValuesClause};
use crate::schema::Identifier;

impl StatementCompiler<'_> {
    pub(super) fn subquery(&mut self, subquery: &Subquery) -> Result<String> {
        let name = match &subquery.alias {
            Some(alias) => alias.clone(),
            None => Identifier::new(self.anonymous_name("anon")),
        };
        let (lateral, context) =
            if subquery.lateral { ("LATERAL ", SelectContext::Lateral) } else { ("", SelectContext::From) };
        let query = self.select(&subquery.select, context)?;
        Ok(format!("{lateral}({query}){}{}", self.dialect.alias_sign(), self.quote(&name)))
    }

    /// Writes the name of a common table expression, and keeps what it stands for until the statement is finished.
    pub(super) fn cte(&mut self, cte: &Cte) -> Result<String> {
        let name = self.quote(&cte.name);
        let is_known = self.ctes.contains_key(&name)
            || self.nested_ctes.contains_key(&name)
            || self.ctes_under_way.contains(&name);
        if !is_known {
            self.ctes_under_way.push(name.clone());
            let written = self.cte_definition(cte, &name);
            self.ctes_under_way.pop();
            let written = written?;
            let kept = if cte.nesting { &mut self.nested_ctes } else { &mut self.ctes };
            kept.insert(name.clone(), written);
            self.has_recursive_cte |= cte.recursive;
        }
        Ok(match &cte.alias {
            Some(alias) => format!("{name}{}{}", self.dialect.alias_sign(), self.quote(alias)),
            None => name,
        })
    }

    fn cte_definition(&mut self, cte: &Cte, name: &str) -> Result<String> {
        let enclosing_nested = std::mem::take(&mut self.nested_ctes);
        let body = match &cte.body {
            CteBody::Values(values) => self.rows_of_values(values)?,
            CteBody::Statement(Statement::Select(query)) => self.select(query, SelectContext::From)?,
            CteBody::Statement(statement) => {
                let before = std::mem::take(&mut self.ctes);
                let body = self.statement(statement);
                self.ctes = before;
                body?
            }
        };
        let nested = std::mem::replace(&mut self.nested_ctes, enclosing_nested);
        let body = if nested.is_empty() {
            body
        } else {
            format!("WITH {}\n {body}", nested.into_values().collect::<Vec<_>>().join(", \n"))
        };
        let mut sql = name.to_owned();
        if cte.recursive || matches!(cte.body, CteBody::Values(_)) {
            let columns: Vec<String> = cte.columns.iter().map(|column| self.quote(column)).collect();
            push_args(&mut sql, format_args!("({})", columns.join(", ")));
        }
        let prefixes = self.prefixes(&cte.words)?;
        push_args(&mut sql, format_args!(" AS {prefixes}\n({body})"));
        sql.push_str(&self.suffixes(&cte.words)?);
        Ok(sql)
    }

    /// Puts the common table expressions in front of a statement.
    pub(super) fn with_ctes(&mut self, sql: String) -> String {
        if self.ctes.is_empty() && self.nested_ctes.is_empty() {
            return sql;
        }
        let word = if std::mem::take(&mut self.has_recursive_cte) {
            self.dialect.recursive_cte_words()
        } else {
            "WITH"
        };
        let ctes: Vec<String> =
            self.ctes.drain(..).chain(self.nested_ctes.drain(..)).map(|(_, written)| written).collect();
        format!("{word} {}\n {sql}", ctes.join(", \n"))
    }

    pub(super) fn rows_of_values(&mut self, values: &ValuesClause) -> Result<String> {
        let literal_binds = self.literal_binds;
        self.literal_binds |= values.literal_binds;
        let rows: Result<Vec<String>> =
            values.rows.iter().map(|row| Ok(format!("({})", self.comma_list(row)?))).collect();
        self.literal_binds = literal_binds;
        Ok(format!("VALUES {}", rows?.join(", ")))
    }

    pub(super) fn values_clause(&mut self, values: &ValuesClause) -> Result<String> {
        let rows = self.rows_of_values(values)?;
        let lateral = if values.lateral { "LATERAL " } else { "" };
        let Some(alias) = &values.alias else { return Ok(format!("{lateral}({rows})")) };
        let columns: Vec<String> = values.columns.iter().map(|column| self.quote(column)).collect();
        Ok(format!(
            "{lateral}({rows}){}{} ({})",
            self.dialect.alias_sign(),
            self.quote(alias),
            columns.join(", ")
        ))
    }

    pub(super) fn function_table(&mut self, table: &FunctionTable) -> Result<String> {
        let mut function = self.expression(&table.function)?;
        if table.ordinality {
            function.push_str(" WITH ORDINALITY");
        }
        let lateral = if table.lateral { "LATERAL " } else { "" };
        let mut sql = format!(
            "{lateral}{}{}{}",
            self.dialect.function_table_sql(&function),
            self.dialect.alias_sign(),
            self.quote(&table.alias)
        );
        if !table.derived.is_empty() {
            let columns: Result<Vec<String>> = table
                .derived
                .iter()
                .map(|(name, type_)| {
                    let name = self.quote(name);
                    Ok(match type_ {
                        Some(type_) => format!("{name} {}", self.dialect.type_sql(type_)?),
                        None => name,
                    })
                })
                .collect();
            push_args(&mut sql, format_args!("({})", columns?.join(", ")));
        }
        Ok(sql)
    }

    pub(super) fn table_sample(&mut self, sample: &TableSample) -> Result<String> {
        let mut sql = format!("{} TABLESAMPLE ", self.table(&sample.table)?);
        sql.push_str(&self.expression(&sample.method)?);
        if let Some(seed) = &sample.seed {
            push_args(&mut sql, format_args!(" REPEATABLE ({})", self.expression(seed)?));
        }
        Ok(sql)
    }
}
