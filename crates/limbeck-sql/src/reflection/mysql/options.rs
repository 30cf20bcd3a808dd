//! The options of a table: what stands behind the last parenthesis of its text.

use super::scanner::{Scanner, unquoted};

/// The options that SQLAlchemy knows, in its order; a word of the server's that is not here is left out.
const OPTIONS: [&str; 20] = [
    "comment",
    "connection",
    "engine",
    "avg_row_length",
    "default charset",
    "checksum",
    "collate",
    "delay_key_write",
    "insert_method",
    "max_rows",
    "min_rows",
    "pack_keys",
    "row_format",
    "key_block_size",
    "stats_sample_pages",
    "union",
    "tablespace",
    "partition_by",
    "partitions",
    "subpartition_by",
];

/// The ones that belong to partitions and come last.
const PARTITION_OPTIONS: [&str; 2] = ["subpartitions", "partition_definitions"];

/// Reads the options, by name in lower case.
pub(super) fn table_options(text: &str, quote: char) -> Vec<(String, String)> {
    let (text, partitions) = match partition_start(text) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut found = Vec::new();
    let mut scanner = Scanner::new(text, quote);
    while !scanner.is_at_end() {
        match option(&mut scanner) {
            Some(option) => found.push(option),
            None => scanner.skip(),
        }
    }
    found.extend(partition_options(partitions, quote));
    let place = |name: &str| OPTIONS.iter().chain(&PARTITION_OPTIONS).position(|known| *known == name);
    found.retain(|(name, _)| place(name).is_some());
    found.sort_by_key(|(name, _)| place(name));
    found
}

/// Reads one option: a name of one or two words, and behind an equals sign its value.
fn option(scanner: &mut Scanner<'_>) -> Option<(String, String)> {
    let mut ahead = *scanner;
    if ahead.words("TABLESPACE") {
        let name = ahead.name()?;
        let storage = if ahead.words("STORAGE DISK") { " STORAGE DISK" } else { "" };
        *scanner = ahead;
        return Some(("tablespace".to_owned(), format!("`{name}`{storage}")));
    }
    let mut name = ahead.word()?.to_lowercase();
    if matches!(name.as_str(), "default" | "data" | "index" | "character") {
        name = format!("{name} {}", ahead.word()?.to_lowercase());
    }
    if !ahead.symbol('=') {
        return None;
    }
    let value = match ahead.string() {
        Some(string) => unquoted(string),
        None => ahead.operand().to_owned(),
    };
    *scanner = ahead;
    Some((name, value))
}

/// Finds where the partitions begin, which are on lines of their own.
fn partition_start(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start().trim_start_matches(|c: char| "/*!".contains(c) || c.is_ascii_digit());
        if at > 0 && words.trim_start().starts_with("PARTITION BY ") {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn partition_options(text: &str, quote: char) -> Vec<(String, String)> {
    let text = text.trim().trim_end_matches("*/").trim_end();
    let mut options = Vec::new();
    let mut definitions = String::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches(|c: char| "/*!".contains(c) || c.is_ascii_digit());
        let line = line.trim();
        let mut scanner = Scanner::new(line, quote);
        let named = [
            ("PARTITION BY", "partition_by"),
            ("SUBPARTITION BY", "subpartition_by"),
            ("PARTITIONS", "partitions"),
            ("SUBPARTITIONS", "subpartitions"),
        ];
        let option = named.into_iter().find(|(words, _)| definitions.is_empty() && scanner.words(words));
        if let Some((_, name)) = option {
            options.push((name.to_owned(), scanner.rest().trim().to_owned()));
            continue;
        }
        if !definitions.is_empty() {
            definitions.push(' ');
        }
        definitions.push_str(line);
    }
    if let Some(inside) = definitions.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        options.push(("partition_definitions".to_owned(), inside.to_owned()));
    }
    options
}
