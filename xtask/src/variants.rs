//! Records of one session that were made under several hash seeds, as one expectation.
//!
//! The reference takes some orders from sets, which change between runs. Where a step came out differently, its
//! lines are compared sorted when only their order changed (the section is then named `stdout unordered`), and
//! otherwise every way in which it came out is an alternative: a block with the same number and the title `or`.

use crate::compare::difference;
use crate::record::{Entry, Record};
use crate::run::sorted_lines;

/// Ends the name of a section whose lines may come in any order.
const UNORDERED: &str = " unordered";
/// Begins the line that says which session the record is of.
const FINGERPRINT: &str = "# session ";

/// What a session may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Tells the session's text from others.
    pub fingerprint: String,
    /// The steps, each with the ways in which it may come out.
    pub steps: Vec<Vec<Entry>>,
}

impl Expectation {
    /// Joins records of the same session; fails when they do not have the same steps.
    pub fn combine(fingerprint: String, records: &[Record]) -> Result<Self, String> {
        let first = records.first().ok_or("no record to combine")?;
        let titles = |record: &Record| -> Vec<String> {
            record.entries.iter().map(|entry| entry.title.clone()).collect()
        };
        if records.iter().any(|record| titles(record) != titles(first)) {
            return Err("the records are not of the same session".to_owned());
        }
        let steps = (0..first.entries.len())
            .map(|index| {
                let mut ways: Vec<Entry> = Vec::new();
                for record in records {
                    let entry = &record.entries[index];
                    if !ways.iter().any(|known| known.sections == entry.sections) {
                        ways.push(entry.clone());
                    }
                }
                as_unordered(&ways).map_or(ways, |entry| vec![entry])
            })
            .collect();
        Ok(Self { fingerprint, steps })
    }

    /// Says whether some step may come out in several ways, or its lines in any order.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.steps.iter().any(|ways| {
            ways.len() > 1
                || ways.iter().any(|way| way.sections.iter().any(|(name, _)| name.ends_with(UNORDERED)))
        })
    }

    /// Writes the text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let entries = self.steps.iter().flat_map(|ways| {
            ways.iter().enumerate().map(|(index, way)| {
                let title = if index == 0 { way.title.clone() } else { "or".to_owned() };
                Entry { title, ..way.clone() }
            })
        });
        format!("{FINGERPRINT}{}\n{}", self.fingerprint, Record { entries: entries.collect() }.to_text())
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (fingerprint, record) = text
            .strip_prefix(FINGERPRINT)
            .and_then(|text| text.split_once('\n'))
            .ok_or_else(|| format!("the first line does not begin with {FINGERPRINT}"))?;
        let mut steps: Vec<Vec<Entry>> = Vec::new();
        for mut entry in Record::parse(record)?.entries {
            match steps.last_mut() {
                Some(ways) if ways[0].number == entry.number => {
                    entry.title.clone_from(&ways[0].title);
                    ways.push(entry);
                }
                _ => steps.push(vec![entry]),
            }
        }
        Ok(Self { fingerprint: fingerprint.to_owned(), steps })
    }

    /// Changes the text of every section of every way.
    pub fn rewrite(&mut self, rewrite: impl Fn(&mut String)) {
        for (name, text) in self.steps.iter_mut().flatten().flat_map(|way| &mut way.sections) {
            rewrite(text);
            if name.ends_with(UNORDERED) {
                *text = sorted_lines(text);
            }
        }
    }

    /// Compares what a program did; gives a diff for people for each step that came out in none of the ways.
    #[must_use]
    pub fn differences(&self, record: &Record) -> Vec<String> {
        let mut differences = Vec::new();
        for (index, ways) in self.steps.iter().enumerate() {
            let Some(entry) = record.entries.get(index) else {
                differences.push(format!("{}: the program did not come to this step", ways[0].title));
                continue;
            };
            if ways.iter().any(|way| agrees(way, entry)) {
                continue;
            }
            let nearest = ways
                .iter()
                .filter_map(|way| difference(&text_of(way), &text_of(&in_order_of(entry, way))))
                .min_by_key(String::len);
            let others = match ways.len() {
                1 => String::new(),
                count => format!("  (the nearest of {count} ways)\n"),
            };
            differences.push(nearest.unwrap_or_default() + &others);
        }
        differences
    }
}

fn text_of(entry: &Entry) -> String {
    Record { entries: vec![entry.clone()] }.to_text()
}

/// One entry for several that differ in the order of lines alone.
fn as_unordered(ways: &[Entry]) -> Option<Entry> {
    let [first, others @ ..] = ways else { return None };
    if others.is_empty() {
        return None;
    }
    let mut entry = first.clone();
    for (index, (name, text)) in entry.sections.iter_mut().enumerate() {
        let sorted = sorted_lines(text);
        let mut is_same = true;
        for other in others {
            let (other_name, other_text) = other.sections.get(index)?;
            is_same &= other_text == text;
            if other_name != name || sorted_lines(other_text) != sorted {
                return None;
            }
        }
        if !is_same {
            name.push_str(UNORDERED);
            *text = sorted;
        }
    }
    others.iter().all(|other| other.sections.len() == first.sections.len()).then_some(entry)
}

/// The entry with those sections sorted whose order does not matter to an expected one.
fn in_order_of(entry: &Entry, expected: &Entry) -> Entry {
    let mut entry = entry.clone();
    for (name, text) in &mut entry.sections {
        let unordered = format!("{name}{UNORDERED}");
        if expected.sections.iter().any(|(expected, _)| *expected == unordered) {
            *name = unordered;
            *text = sorted_lines(text);
        }
    }
    entry
}

fn agrees(expected: &Entry, actual: &Entry) -> bool {
    expected.title == actual.title && expected.sections == in_order_of(actual, expected).sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(stdout: &str) -> Record {
        Record::parse(&format!("=== 1 $ alembic current\n--- exit\n| 0\n--- stdout\n{stdout}"))
            .expect("it parses")
    }

    fn combined(texts: &[&str]) -> Expectation {
        let records: Vec<Record> = texts.iter().map(|text| record(text)).collect();
        Expectation::combine("f".to_owned(), &records).expect("they have the same steps")
    }

    #[test]
    fn what_is_the_same_in_every_record_is_expected_to_the_letter() {
        let expectation = combined(&["| a\n| b\n", "| a\n| b\n"]);
        assert!(!expectation.varies());
        assert_eq!(expectation.differences(&record("| a\n| b\n")), Vec::<String>::new());
        assert_eq!(expectation.differences(&record("| b\n| a\n")).len(), 1);
    }

    #[test]
    fn lines_that_only_change_places_may_come_in_any_order() {
        let expectation = combined(&["| a\n| b\n| c\n", "| b\n| a\n| c\n"]);
        assert!(expectation.varies());
        assert_eq!(expectation.differences(&record("| c\n| b\n| a\n")), Vec::<String>::new());
        assert_eq!(expectation.differences(&record("| c\n| b\n")).len(), 1);
        assert_eq!(Expectation::parse(&expectation.to_text()).as_ref(), Ok(&expectation));
    }

    #[test]
    fn lines_in_any_order_stay_sorted_when_they_are_rewritten() {
        let mut expectation = combined(&["| a\n| b\n", "| b\n| a\n"]);
        expectation.rewrite(|text| *text = text.replace('a', "z"));
        assert_eq!(expectation.differences(&record("| z\n| b\n")), Vec::<String>::new());
    }

    #[test]
    fn several_ways_are_alternatives() {
        let expectation = combined(&["| a, b\n", "| b, a\n", "| a, b\n"]);
        assert_eq!(expectation.steps[0].len(), 2);
        assert_eq!(expectation.differences(&record("| b, a\n")), Vec::<String>::new());
        let differences = expectation.differences(&record("| b\n"));
        assert!(
            differences[0].contains("+ | b\n") && differences[0].contains("of 2 ways"),
            "{differences:?}"
        );
        assert_eq!(Expectation::parse(&expectation.to_text()).as_ref(), Ok(&expectation));
    }

    #[test]
    fn a_step_that_was_not_reached_is_a_difference() {
        assert_eq!(combined(&["| a\n"]).differences(&Record::default()).len(), 1);
    }
}
