//! What a session did, as text that is committed and compared: `record.txt`, and the file `known-differences`.
//!
//! A record has one block for each command or dump; each line of a section's text starts with `|`:
//!
//! ```text
//! === 1 $ alembic heads
//! --- exit
//! | 0
//! --- stdout
//! | ae1 (head)
//! --- file + alembic/versions/ae1_add.py
//! | ...
//! ```
//!
//! `known-differences` has the same form for the sections in which Limbeck differs on purpose. Each begins with
//! a line `reason: ...`; a section without text is one that Limbeck's output does not have.

use std::fmt::Write as _;

/// One command or dump of a session with what came out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place in the session, from 1.
    pub number: usize,
    /// The step as the session wrote it.
    pub title: String,
    /// Named texts; those that are empty are not there.
    pub sections: Vec<(String, String)>,
    /// Whether `FAILED: ...` was printed on standard output. Not part of the text.
    pub failure_on_stdout: bool,
}

/// All that a session did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// In the order of the session.
    pub entries: Vec<Entry>,
}

/// One section in which Limbeck's output differs from the record on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDifference {
    /// The entry's number.
    pub number: usize,
    /// The section's name.
    pub section: String,
    /// Why.
    pub reason: String,
    /// What Limbeck gives, `None` when it has no such section.
    pub text: Option<String>,
}

impl Record {
    /// Writes the record in its text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for entry in &self.entries {
            let _ = writeln!(text, "=== {} {}", entry.number, entry.title);
            for (name, body) in &entry.sections {
                let _ = writeln!(text, "--- {name}");
                for line in body.split_inclusive('\n') {
                    match line.strip_suffix('\n') {
                        Some("") => text.push_str("|\n"),
                        Some(line) => {
                            let _ = writeln!(text, "| {line}");
                        }
                        None => {
                            let _ = writeln!(text, "| {line}\n\\ no line end");
                        }
                    }
                }
            }
        }
        text
    }

    /// Changes the text of every section.
    pub fn rewrite(&mut self, rewrite: impl Fn(&mut String)) {
        let texts = self.entries.iter_mut().flat_map(|entry| &mut entry.sections).map(|(_, text)| text);
        texts.for_each(rewrite);
    }

    /// Reads a record's text form; an error names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut record = Self::default();
        for (index, line) in text.lines().enumerate() {
            let fail = || format!("line {}: not a line of a record: {line}", index + 1);
            if let Some(header) = line.strip_prefix("=== ") {
                let (number, title) = header.split_once(' ').unwrap_or((header, ""));
                record.entries.push(Entry {
                    number: number.parse().map_err(|_| fail())?,
                    title: title.to_owned(),
                    sections: Vec::new(),
                    failure_on_stdout: false,
                });
                continue;
            }
            let sections = record.entries.last_mut().map(|entry| &mut entry.sections).ok_or_else(fail)?;
            if let Some(name) = line.strip_prefix("--- ") {
                sections.push((name.to_owned(), String::new()));
                continue;
            }
            let body = sections.last_mut().map(|(_, body)| body).ok_or_else(fail)?;
            if line == "|" {
                body.push('\n');
            } else if let Some(line) = line.strip_prefix("| ") {
                body.push_str(line);
                body.push('\n');
            } else if line == "\\ no line end" {
                body.pop();
            } else {
                return Err(fail());
            }
        }
        Ok(record)
    }

    /// Replaces the sections that are known to differ. Fails for an entry that says what the record says, that
    /// names a command the record does not have, or that gives no reason.
    pub fn with_known_differences(mut self, differences: &[KnownDifference]) -> Result<Self, String> {
        for KnownDifference { number, section, reason, text } in differences {
            let fail = |message: &str| format!("known difference {number} {section}: {message}");
            if reason.trim().is_empty() {
                return Err(fail("no reason is given"));
            }
            let entry = self
                .entries
                .iter_mut()
                .find(|entry| entry.number == *number)
                .ok_or_else(|| fail("the record has no such command"))?;
            let place = entry.sections.iter().position(|(name, _)| name == section);
            if place.map(|place| &entry.sections[place].1) == text.as_ref() {
                return Err(fail("the record says the same"));
            }
            match (place, text) {
                (Some(place), Some(text)) => entry.sections[place].1.clone_from(text),
                (Some(place), None) => {
                    entry.sections.remove(place);
                }
                (None, Some(text)) => entry.sections.push((section.clone(), text.clone())),
                (None, None) => {}
            }
            sort_sections(&mut entry.sections);
        }
        Ok(self)
    }
}

/// Reads a file of known differences.
pub fn parse_known_differences(text: &str) -> Result<Vec<KnownDifference>, String> {
    let mut reason = String::new();
    let mut body = String::new();
    let mut reasons = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(text) = line.strip_prefix("reason: ") {
            text.clone_into(&mut reason);
            continue;
        }
        if line.starts_with("--- ") {
            reasons.push(std::mem::take(&mut reason));
        }
        body.push_str(line);
        body.push('\n');
    }
    // Reasons stand behind their section's name, so each was pushed one section late.
    reasons.push(reason);
    let sections = Record::parse(&body)?.entries.into_iter().flat_map(|entry| {
        let number = entry.number;
        entry.sections.into_iter().map(move |(section, text)| (number, section, text))
    });
    Ok(sections
        .zip(reasons.into_iter().skip(1))
        .map(|((number, section, text), reason)| KnownDifference {
            number,
            section,
            reason,
            text: (!text.is_empty()).then_some(text),
        })
        .collect())
}

/// Puts sections into the order in which a record shows them.
pub(crate) fn sort_sections(sections: &mut [(String, String)]) {
    let order = ["exit", "stdout", "stderr", "failure", "dump"];
    sections.sort_by_key(|(name, _)| {
        let place = order.iter().position(|known| known == name).unwrap_or(order.len());
        let path = name.splitn(3, ' ').nth(2).unwrap_or("").to_owned();
        (place, path)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "=== 1 $ alembic heads\n--- exit\n| 0\n--- stdout\n| a \n|\n| b\n\\ no line end\n";

    fn difference(section: &str, text: Option<&str>) -> KnownDifference {
        KnownDifference {
            number: 1,
            section: section.into(),
            reason: "by design".into(),
            text: text.map(Into::into),
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let record = Record::parse(TEXT).expect("it parses");
        assert_eq!(record.entries[0].sections[1].1, "a \n\nb");
        assert_eq!(record.to_text(), TEXT);
    }

    #[test]
    fn known_differences_are_read_with_their_reasons() {
        let text = "# note\n=== 1\n--- exit\nreason: one\n| 1\n\n--- stdout\nreason: two\n";
        let expected = [
            KnownDifference {
                number: 1,
                section: "exit".into(),
                reason: "one".into(),
                text: Some("1\n".into()),
            },
            KnownDifference { number: 1, section: "stdout".into(), reason: "two".into(), text: None },
        ];
        assert_eq!(parse_known_differences(text), Ok(expected.to_vec()));
    }

    #[test]
    fn known_differences_replace_remove_and_add_sections() {
        let record = Record::parse(TEXT).expect("it parses");
        let differences = [
            difference("failure", Some("no\n")),
            difference("exit", Some("1\n")),
            difference("stdout", None),
        ];
        let changed = record.with_known_differences(&differences).expect("they apply");
        assert_eq!(changed.to_text(), "=== 1 $ alembic heads\n--- exit\n| 1\n--- failure\n| no\n");
    }

    #[test]
    fn a_known_difference_that_is_none_or_gives_no_reason_is_an_error() {
        let apply = |difference: KnownDifference| {
            Record::parse(TEXT).expect("it parses").with_known_differences(&[difference])
        };
        assert!(apply(difference("exit", Some("0\n"))).is_err());
        assert!(apply(difference("stderr", None)).is_err());
        assert!(apply(KnownDifference { reason: " ".into(), ..difference("exit", Some("1\n")) }).is_err());
        assert!(apply(KnownDifference { number: 2, ..difference("exit", Some("1\n")) }).is_err());
    }
}
