//! What `SHOW CREATE TABLE` says about a table.

use super::options::table_options;
use super::scanner::{Scanner, unquoted};
use super::types::{TypeParts, resolve};
use crate::engine::text_repr;
use crate::reflection::{
    ForeignKeyOptions, ReflectedCheckConstraint, ReflectedColumn, ReflectedComputed,
    ReflectedForeignKeyConstraint,
};
use crate::schema::DialectOptions;
use crate::types::{Affinity, SqlType};

/// A table as its text defines it.
#[derive(Debug, Default)]
pub(super) struct TableDefinition {
    pub(super) columns: Vec<ReflectedColumn>,
    pub(super) keys: Vec<Key>,
    /// The schema of a table referred to is absent where it is the table's own.
    pub(super) foreign_keys: Vec<ReflectedForeignKeyConstraint>,
    pub(super) checks: Vec<ReflectedCheckConstraint>,
    /// By name without the dialect's, in lower case.
    pub(super) options: Vec<(String, String)>,
    pub(super) warnings: Vec<String>,
}

/// A primary key or an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kind: KeyKind,
    pub(super) name: String,
    /// The columns, each with the length of the part of it that counts; expressions are left out.
    pub(super) columns: Vec<(String, Option<i64>)>,
    /// The parser of a full-text index.
    pub(super) parser: Option<String>,
}

/// What kind of a key it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum KeyKind {
    #[default]
    Plain,
    Primary,
    Unique,
    FullText,
    Spatial,
}

/// Takes the text of CREATE TABLE apart.
pub(super) fn parse(text: &str, quote: char) -> TableDefinition {
    let mut definition = TableDefinition::default();
    let mut lines = text.lines();
    for line in lines.by_ref().skip(1) {
        if let Some(options) = line.strip_prefix(')') {
            let rest: Vec<&str> = std::iter::once(options).chain(lines).collect();
            definition.options = table_options(&rest.join("\n"), quote);
            break;
        }
        let line = line.strip_suffix(',').unwrap_or(line);
        if definition.line(line, quote).is_none() {
            definition.warnings.push(format!("Unknown schema content: {}", text_repr(line)));
        }
    }
    definition
}

/// Reads the definition of a column, as a view's is made up from what the server tells.
pub(super) fn parse_column(
    name: String,
    specification: &str,
    quote: char,
    warnings: &mut Vec<String>,
) -> Option<ReflectedColumn> {
    column(name, Scanner::new(specification, quote), warnings)
}

impl TableDefinition {
    /// Reads a line; `None` when it is of no known kind.
    fn line(&mut self, line: &str, quote: char) -> Option<()> {
        let mut scanner = Scanner::new(line, quote);
        if let Some(name) = scanner.name() {
            self.columns.push(column(name, scanner, &mut self.warnings)?);
            return Some(());
        }
        if scanner.words("CONSTRAINT") {
            let name = scanner.name()?;
            return self.constraint(name, scanner);
        }
        self.keys.push(key(scanner)?);
        Some(())
    }

    fn constraint(&mut self, name: String, mut scanner: Scanner<'_>) -> Option<()> {
        if scanner.words("CHECK") {
            let sqltext = scanner.parenthesis()?.to_owned();
            self.checks.push(ReflectedCheckConstraint {
                name: Some(name),
                sqltext,
                ..ReflectedCheckConstraint::default()
            });
            return Some(());
        }
        if !scanner.words("FOREIGN KEY") {
            return None;
        }
        let constrained_columns = names(scanner.parenthesis()?, scanner)?;
        if !scanner.words("REFERENCES") {
            return None;
        }
        let mut path = scanner.path()?;
        let referred_table = path.pop()?;
        let referred_columns = names(scanner.parenthesis()?, scanner)?;
        let mut options = ForeignKeyOptions::default();
        while !scanner.is_at_end() {
            if scanner.words("ON DELETE") {
                options.ondelete = action(&mut scanner);
            } else if scanner.words("ON UPDATE") {
                options.onupdate = action(&mut scanner);
            } else {
                scanner.skip();
            }
        }
        self.foreign_keys.push(ReflectedForeignKeyConstraint {
            name: Some(name),
            constrained_columns,
            referred_schema: path.pop(),
            referred_table,
            referred_columns,
            options,
            comment: None,
        });
        Some(())
    }
}

/// Reads what is to happen to a referring row; NO ACTION is what happens anyway.
fn action(scanner: &mut Scanner<'_>) -> Option<String> {
    if scanner.words("NO ACTION") {
        return None;
    }
    let known = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"];
    known.into_iter().find(|words| scanner.words(words)).map(str::to_owned)
}

/// Reads a list of names.
fn names(list: &str, like: Scanner<'_>) -> Option<Vec<String>> {
    let mut scanner = like.within(list);
    let mut names = vec![scanner.name()?];
    while scanner.symbol(',') {
        names.push(scanner.name()?);
    }
    Some(names)
}

fn key(mut scanner: Scanner<'_>) -> Option<Key> {
    let kind = if scanner.words("PRIMARY") {
        KeyKind::Primary
    } else if scanner.words("UNIQUE") {
        KeyKind::Unique
    } else if scanner.words("FULLTEXT") {
        KeyKind::FullText
    } else if scanner.words("SPATIAL") {
        KeyKind::Spatial
    } else {
        KeyKind::Plain
    };
    if !scanner.words("KEY") && !scanner.words("INDEX") {
        return None;
    }
    let mut key = Key { kind, name: scanner.name().unwrap_or_default(), ..Key::default() };
    if scanner.words("USING") {
        scanner.skip();
    }
    let list = scanner.parenthesis()?;
    let mut columns = scanner.within(list);
    while !columns.is_at_end() {
        if let Some(name) = columns.name() {
            let length = columns.parenthesis().and_then(|length| length.trim().parse().ok());
            key.columns.push((name, length));
        } else {
            columns.skip();
        }
    }
    while !scanner.is_at_end() {
        if scanner.words("WITH PARSER") {
            key.parser = scanner.name().or_else(|| scanner.word().map(str::to_owned));
        } else {
            scanner.skip();
        }
    }
    Some(key)
}

fn column(name: String, mut scanner: Scanner<'_>, warnings: &mut Vec<String>) -> Option<ReflectedColumn> {
    let mut parts = TypeParts { name: scanner.word()?.to_owned(), ..TypeParts::default() };
    if let Some(arguments) = scanner.parenthesis() {
        arguments.clone_into(&mut parts.arguments);
    }
    let mut column = ReflectedColumn {
        name,
        type_: SqlType::Null,
        nullable: true,
        default: None,
        autoincrement: None,
        primary_key: None,
        comment: None,
        computed: None,
        identity: None,
        dialect_options: DialectOptions::default(),
    };
    let mut counts = false;
    while !scanner.is_at_end() {
        if scanner.words("UNSIGNED") {
            parts.unsigned = true;
        } else if scanner.words("ZEROFILL") {
            parts.zerofill = true;
        } else if scanner.words("CHARACTER SET") {
            parts.charset = scanner.word().map(str::to_owned);
        } else if scanner.words("COLLATE") {
            parts.collation = scanner.word().map(str::to_owned);
        } else if scanner.words("NOT NULL") {
            column.nullable = false;
        } else if scanner.words("DEFAULT") {
            column.default = default(&mut scanner);
        } else if scanner.words("GENERATED ALWAYS AS") || scanner.words("AS") {
            column.computed = computed(&mut scanner);
        } else if scanner.words("AUTO_INCREMENT") {
            counts = true;
        } else if scanner.words("COMMENT") {
            column.comment = scanner.string().map(unquoted);
        } else {
            scanner.skip();
        }
    }
    column.type_ = resolve(&parts).unwrap_or_else(|| {
        warnings.push(format!(
            "Did not recognize type {} of column {}",
            text_repr(&parts.name),
            text_repr(&column.name)
        ));
        SqlType::Null
    });
    if column.type_.affinity() == Affinity::Integer {
        column.autoincrement = Some(counts);
    }
    Some(column)
}

/// Reads a default and what is set anew with each UPDATE, which SQLAlchemy keeps with it.
fn default(scanner: &mut Scanner<'_>) -> Option<String> {
    let value = scanner.operand();
    let update = scanner.words("ON UPDATE").then(|| scanner.operand());
    match (value, update) {
        (value, _) if value.is_empty() || value.eq_ignore_ascii_case("NULL") => None,
        (value, Some(update)) => Some(format!("{value} ON UPDATE {update}")),
        (value, None) => Some(value.to_owned()),
    }
}

fn computed(scanner: &mut Scanner<'_>) -> Option<ReflectedComputed> {
    let sqltext = format!("({})", scanner.parenthesis()?);
    let persisted = scanner.words("STORED") || scanner.words("PERSISTENT");
    let told = persisted || scanner.words("VIRTUAL");
    Some(ReflectedComputed { sqltext, persisted: told.then_some(persisted) })
}
