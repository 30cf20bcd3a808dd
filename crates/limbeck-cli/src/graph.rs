//! `history --graph`: the drawing of the revisions as text, laid out as `git log --graph` does.
//!
//! `*` is a revision, `@` one that the database is at, `|` a line to what a revision comes after, `:` one to what it
//! depends on only.

use limbeck_core::command::HistoryRow;
use limbeck_core::script::drawing::{Cell, EdgeKind, GraphLine};

/// Draws rows with their texts.
#[must_use]
pub fn picture(rows: &[HistoryRow]) -> String {
    let mut picture = String::new();
    let mut add = |line: &GraphLine, node: char, width: usize, text: &str| {
        let drawn: String = line.iter().map(|cell| letter(*cell, node)).collect();
        let padding = width.saturating_sub(line.len());
        let whole = format!("{drawn}{:padding$} {text}", "");
        picture.push_str(whole.trim_end());
        picture.push('\n');
    };
    for row in rows {
        let node = if row.is_current { '@' } else { '*' };
        let mut texts = row.text.trim_end_matches('\n').split('\n');
        let width = row.row.width();
        if let Some(separator) = &row.row.separator {
            add(separator, node, 0, "");
        }
        add(&row.row.line, node, width, texts.next().unwrap_or_default());
        for line in &row.row.connectors {
            add(line, node, width, texts.next().unwrap_or_default());
        }
        for text in &mut texts {
            add(&row.row.below, node, width, text);
        }
        if row.text.ends_with('\n') {
            add(&row.row.below, node, 0, "");
        }
    }
    picture
}

fn letter(cell: Cell, node: char) -> char {
    match cell {
        Cell::Blank => ' ',
        Cell::Node => node,
        Cell::Down(EdgeKind::Parent) => '|',
        Cell::Down(EdgeKind::Dependency) => ':',
        Cell::Left => '/',
        Cell::Right => '\\',
        Cell::Across => '_',
    }
}
