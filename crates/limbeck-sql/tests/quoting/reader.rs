//! Reads SQL back as the databases' manuals say that they do, with nothing of the compiler that wrote it.

use std::sync::Arc;

use limbeck_sql::dialect::{self, CompileOptions, DdlElement, Dialect, DialectArguments, ParamStyle};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{Expression, Select, Statement};
use limbeck_sql::schema::{Column, ServerDefault, Table};
use limbeck_sql::types::SqlType;

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword, without its quotes.
    Word(String),
    /// A string, as the value that it stands for.
    Text(String),
    /// Any other character but white space.
    Sign(char),
    /// What a database skips, or takes for an unfinished string.
    Astray(&'static str),
}

/// The names of all dialects.
pub const DIALECTS: [&str; 6] = ["sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"];

/// Gives a dialect whose placeholders leave percent signs alone.
///
/// # Panics
/// No dialect has the name.
pub fn dialect(name: &str) -> Arc<dyn Dialect> {
    let arguments = DialectArguments { paramstyle: Some(ParamStyle::Named), ..DialectArguments::default() };
    dialect::by_name_with(name, None, arguments).expect("the dialect is there")
}

/// Splits SQL into tokens by a dialect's rules.
pub fn tokens(dialect: &str, sql: &str) -> Vec<Token> {
    let is_mysql = matches!(dialect, "mysql" | "mariadb");
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let quote_end = match first {
            '"' => Some('"'),
            '`' if is_mysql || dialect == "sqlite" => Some('`'),
            '[' if matches!(dialect, "mssql" | "sqlite") => Some(']'),
            _ => None,
        };
        let begins_comment = rest.starts_with("--") || rest.starts_with("/*") || (is_mysql && first == '#');
        let (token, length) = if begins_comment {
            (Token::Astray("a comment"), rest.len())
        } else if first == '\'' {
            quoted(rest, '\'', is_mysql)
                .map_or((Token::Astray("an open string"), rest.len()), |(text, length)| {
                    (Token::Text(text), length)
                })
        } else if let Some(end) = quote_end {
            quoted(rest, end, false).map_or((Token::Astray("an open name"), rest.len()), |(text, length)| {
                (Token::Word(text), length)
            })
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = rest[..length].to_owned();
            (Token::Word(word), length)
        } else {
            (Token::Sign(first), first.len_utf8())
        };
        rest = &rest[length..];
        if !matches!(token, Token::Sign(sign) if sign.is_ascii_whitespace()) {
            found.push(token);
        }
    }
    // SQL Server's N'...' is a string of another type
    while let Some(at) = found
        .windows(2)
        .position(|pair| pair[0] == Token::Word("N".to_owned()) && matches!(pair[1], Token::Text(_)))
    {
        found.remove(at);
    }
    found
}

/// Reads what stands in quotes at the beginning, and its length; the closing quote stands for itself when it is doubled.
fn quoted(sql: &str, end: char, has_escapes: bool) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = sql.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && has_escapes {
            let (_, escaped) = characters.next()?;
            match escaped {
                '0' => text.push('\0'),
                'b' => text.push('\u{8}'),
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                'Z' => text.push('\u{1a}'),
                other => text.push(other),
            }
        } else if character != end {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == end).is_some() {
            text.push(end);
        } else {
            return Some((text, at + end.len_utf8()));
        }
    }
    None
}

fn is_word(character: char) -> bool {
    character == '_' || character == '$' || character.is_ascii_alphanumeric() || !character.is_ascii()
}

/// Writes SQL with a text as a table's name, a column's name, a default, comments and a value, and reads it back.
///
/// # Errors
/// A piece of the SQL is not what it is when the text is a harmless one.
pub fn check(name: &str, text: &str) -> Result<(), String> {
    const HARMLESS: &str = "harmless";
    let dialect = dialect(name);
    for (plain, sql) in statements(&*dialect, HARMLESS).into_iter().zip(statements(&*dialect, text)) {
        let expected: Vec<Token> = tokens(name, &plain)
            .into_iter()
            .map(|token| match token {
                Token::Word(word) if word == HARMLESS => Token::Word(text.to_owned()),
                Token::Text(value) if value == HARMLESS => Token::Text(text.to_owned()),
                other => other,
            })
            .collect();
        let actual = tokens(name, &sql);
        if actual != expected {
            return Err(format!("{name} reads {sql:?}\nas {actual:?}\nand not {expected:?}"));
        }
    }
    Ok(())
}

fn statements(dialect: &dyn Dialect, text: &str) -> Vec<String> {
    // SQL Server's is no name: it can be a database and an owner, each in brackets
    let schema = (dialect.name() != "mssql").then(|| text.into());
    let mut table = Table::new(schema, text);
    table.comment = Some(text.to_owned());
    table.columns.push(Column {
        server_default: Some(ServerDefault::Literal(text.to_owned())),
        comment: Some(text.to_owned()),
        ..Column::new(text, SqlType::string(Some(100)))
    });
    let (schema, name) = (table.schema.clone(), table.name.clone());
    let comment = table.comment.clone();
    let elements = [
        DdlElement::CreateTable { table: Box::new(table), if_not_exists: false },
        DdlElement::SetTableComment { schema, name, comment },
    ];
    let query = Select { columns: vec![Expression::literal(Value::from(text))], ..Select::default() };
    let options = CompileOptions::literal();
    let mut written: Vec<String> = elements
        .iter()
        // what a dialect does not have is refused before anything is written
        .filter_map(|element| dialect.compile_ddl(element, &options).ok())
        .collect();
    written.extend(
        dialect
            .compile_statement(&Statement::Select(Box::new(query)), &options)
            .ok()
            .map(|compiled| compiled.sql),
    );
    written
}
