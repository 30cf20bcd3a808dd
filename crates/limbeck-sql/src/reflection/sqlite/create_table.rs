//! What only the text of CREATE TABLE tells: names of constraints, CHECKs, generated expressions, options.

use crate::engine::{SqliteWords, sqlite_unquoted};
use crate::reflection::ForeignKeyOptions;

/// The parts of a CREATE TABLE statement that SQLite's pragmas do not report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TableDefinition {
    /// Expressions of generated columns, by column.
    pub generated: Vec<(String, String)>,
    /// The primary key's name.
    pub primary_key_name: Option<String>,
    /// The unique constraints, in the order of the text.
    pub unique: Vec<UniqueDefinition>,
    /// The CHECKs, in the order of the text.
    pub checks: Vec<CheckDefinition>,
    /// The foreign keys, in the order of the text.
    pub foreign_keys: Vec<ForeignKeyDefinition>,
    /// WITHOUT ROWID.
    pub without_rowid: bool,
    /// STRICT.
    pub strict: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UniqueDefinition {
    pub name: Option<String>,
    pub columns: Vec<String>,
    /// Whether it stands with its column rather than with the table.
    pub inline: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CheckDefinition {
    pub name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ForeignKeyDefinition {
    pub name: Option<String>,
    pub columns: Vec<String>,
    /// Empty when only the table is named.
    pub referred_columns: Vec<String>,
    pub options: ForeignKeyOptions,
    /// Whether it stands with its column rather than with the table.
    pub inline: bool,
}

/// A word and where it lies in the text.
#[derive(Clone, Copy, Debug)]
struct Word<'s> {
    text: &'s str,
    start: usize,
    end: usize,
}

/// Reads the text of CREATE TABLE as SQLite stores it; `None` for views and virtual tables.
pub(super) fn parse(sql: &str) -> Option<TableDefinition> {
    let mut iterator = SqliteWords::new(sql);
    let mut words = Vec::new();
    while let Some(text) = iterator.next() {
        let end = iterator.position();
        words.push(Word { text, start: end - text.len(), end });
    }
    let mut parser = Parser { sql, words: &words, position: 0, definition: TableDefinition::default() };
    parser.table()?;
    Some(parser.definition)
}

struct Parser<'s> {
    sql: &'s str,
    words: &'s [Word<'s>],
    position: usize,
    definition: TableDefinition,
}

impl<'s> Parser<'s> {
    fn peek(&self) -> Option<&'s str> {
        self.words.get(self.position).map(|word| word.text)
    }

    fn next(&mut self) -> Option<&'s str> {
        let word = self.peek()?;
        self.position += 1;
        Some(word)
    }

    fn at(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.at(keyword);
        self.position += usize::from(found);
        found
    }

    fn name(&mut self) -> Option<String> {
        self.next().map(|word| sqlite_unquoted(word).into_owned())
    }

    /// Passes a group in parentheses and gives the text inside; nothing when there is no group here.
    fn group(&mut self) -> Option<&'s str> {
        if !self.at("(") {
            return None;
        }
        let start = self.words[self.position].end;
        let mut depth = 0_usize;
        while let Some(word) = self.next() {
            match word {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(self.sql[start..self.words[self.position - 1].start].trim());
            }
        }
        None
    }

    /// Reads a list of columns in parentheses; orders and collations behind their names are passed over.
    fn columns(&mut self) -> Vec<String> {
        let mut columns = Vec::new();
        if !self.at("(") {
            return columns;
        }
        let mut depth = 0_usize;
        let mut expects_name = false;
        while let Some(word) = self.next() {
            match word {
                "(" => {
                    depth += 1;
                    expects_name = depth == 1;
                }
                ")" => depth -= 1,
                "," if depth == 1 => expects_name = true,
                _ if expects_name => {
                    columns.push(sqlite_unquoted(word).into_owned());
                    expects_name = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        columns
    }

    fn table(&mut self) -> Option<()> {
        if !self.take("create") {
            return None;
        }
        let _ = self.take("temp") || self.take("temporary");
        if !self.take("table") {
            return None;
        }
        if self.at("if")
            && self.words.get(self.position + 1).is_some_and(|w| w.text.eq_ignore_ascii_case("not"))
        {
            self.position += 3;
        }
        self.name()?;
        if self.take(".") {
            self.name()?;
        }
        if !self.take("(") {
            return None;
        }
        while let Some(word) = self.peek() {
            match word {
                ")" => break,
                "," => self.position += 1,
                _ => self.item(),
            }
        }
        self.position += 1;
        while let Some(word) = self.next() {
            self.definition.without_rowid |= word.eq_ignore_ascii_case("without") && self.take("rowid");
            self.definition.strict |= word.eq_ignore_ascii_case("strict");
        }
        Some(())
    }

    /// Reads a column or a constraint of the table, up to its comma.
    fn item(&mut self) {
        let constraint =
            ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| self.at(word));
        let column = if constraint { None } else { self.name() };
        self.constraints(column.as_deref());
    }

    /// Reads what follows a column's name, or constraints of the table, which SQLite lets follow without commas.
    fn constraints(&mut self, column: Option<&str>) {
        let mut name = None;
        while let Some(word) = self.peek() {
            if matches!(word, "," | ")") {
                return;
            }
            if self.at("(") {
                self.group();
                continue;
            }
            self.position += 1;
            match word.to_ascii_lowercase().as_str() {
                "constraint" => name = self.name(),
                "primary" if self.take("key") => {
                    if column.is_none() {
                        self.columns();
                    }
                    let name = name.take();
                    if self.definition.primary_key_name.is_none() {
                        self.definition.primary_key_name = name;
                    }
                }
                "unique" => {
                    let columns = match column {
                        Some(column) => vec![column.to_owned()],
                        None => self.columns(),
                    };
                    let inline = column.is_some();
                    self.definition.unique.push(UniqueDefinition { name: name.take(), columns, inline });
                }
                "check" => {
                    if let Some(text) = self.group() {
                        let text = text.to_owned();
                        self.definition.checks.push(CheckDefinition { name: name.take(), text });
                    }
                }
                "foreign" if self.take("key") => {
                    let columns = self.columns();
                    if self.take("references") {
                        self.foreign_key(name.take(), columns, false);
                    }
                }
                "references" => {
                    let columns = column.map(str::to_owned).into_iter().collect();
                    self.foreign_key(name.take(), columns, true);
                }
                "as" => {
                    if let (Some(text), Some(column)) = (self.group(), column) {
                        self.definition.generated.push((column.to_owned(), text.to_owned()));
                    }
                    name = None;
                }
                "collate" => {
                    self.position += 1;
                    name = None;
                }
                "not" | "null" | "default" => name = None,
                _ => {}
            }
        }
    }

    /// Reads what follows REFERENCES.
    fn foreign_key(&mut self, name: Option<String>, columns: Vec<String>, inline: bool) {
        self.position += 1;
        let referred_columns = self.columns();
        let mut options = ForeignKeyOptions::default();
        loop {
            if self.take("on") {
                let deletes = self.take("delete");
                if !deletes && !self.take("update") {
                    break;
                }
                let action = self.action();
                *(if deletes { &mut options.ondelete } else { &mut options.onupdate }) = action;
            } else if self.take("match") {
                self.position += 1;
            } else {
                break;
            }
        }
        let negated = self.at("not")
            && self
                .words
                .get(self.position + 1)
                .is_some_and(|word| word.text.eq_ignore_ascii_case("deferrable"));
        self.position += usize::from(negated);
        if self.take("deferrable") {
            options.deferrable = Some(!negated);
        }
        if self.take("initially") {
            options.initially = self.next().map(str::to_ascii_uppercase);
        }
        self.definition.foreign_keys.push(ForeignKeyDefinition {
            name,
            columns,
            referred_columns,
            options,
            inline,
        });
    }

    /// Reads what follows ON DELETE or ON UPDATE; NO ACTION is the default and counts as nothing.
    fn action(&mut self) -> Option<String> {
        let mut action = self.next()?.to_ascii_uppercase();
        if matches!(action.as_str(), "SET" | "NO") {
            action.push(' ');
            action.push_str(&self.next()?.to_ascii_uppercase());
        }
        (action != "NO ACTION").then_some(action)
    }
}

/// Gives the condition of a partial index from the text of its CREATE INDEX.
pub(super) fn index_condition(sql: &str) -> Option<&str> {
    let mut words = SqliteWords::new(sql);
    let mut depth = 0_usize;
    while let Some(word) = words.next() {
        match word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0 && word.eq_ignore_ascii_case("where") => {
                return Some(sql[words.position()..].trim());
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_without_commas_between_them_are_all_found() {
        let definition =
            parse("CREATE TABLE t (a INT, b INT, CONSTRAINT u UNIQUE (a) CHECK (b > 0) FOREIGN KEY (a) REFERENCES p)")
                .unwrap();
        assert_eq!(definition.unique[0].name.as_deref(), Some("u"));
        assert_eq!(definition.checks[0], CheckDefinition { name: None, text: "b > 0".to_owned() });
        assert_eq!(definition.foreign_keys[0].columns, ["a"]);
    }

    #[test]
    fn names_lose_their_quotes_and_doubled_quotes() {
        let definition =
            parse(r#"CREATE TABLE "t" ([a b] TEXT, CONSTRAINT "x""y" UNIQUE ([a b] COLLATE NOCASE DESC))"#);
        let unique = &definition.unwrap().unique[0];
        assert_eq!(
            (unique.name.as_deref(), unique.columns.as_slice()),
            (Some("x\"y"), &["a b".to_owned()][..])
        );
    }

    #[test]
    fn views_and_virtual_tables_have_no_definition() {
        assert_eq!(parse("CREATE VIEW v AS SELECT 1"), None);
        assert_eq!(parse("CREATE VIRTUAL TABLE t USING fts5(a)"), None);
    }

    #[test]
    fn the_condition_of_an_index_starts_behind_its_columns() {
        let sql = "CREATE INDEX i ON t (lower(a || ' where '), b) WHERE\n a = '(' AND b > 1";
        assert_eq!(index_condition(sql), Some("a = '(' AND b > 1"));
        assert_eq!(index_condition("CREATE INDEX i ON t (a)"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_fail(text in r#"(?i)CREATE TABLE t \((.|[(),"'`\[\]]|UNIQUE|CHECK|REFERENCES|ON|CONSTRAINT|\s){0,40}"#) {
            let _ = parse(&text);
            let _ = index_condition(&text);
        }
    }
}
