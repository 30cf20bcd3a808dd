//! Where Limbeck differs on purpose in the generated sessions: rules, each with its reason.
//!
//! The file `known-differences` beside the records has one rule after the other:
//!
//! ```text
//! reason: why
//! pattern: a regular expression, applied to each line of the record and of what came out
//! ```
//!
//! Lines in which a pattern is found count as equal from there to their end. A rule that never applies to a record
//! is an error of the test suite's.

use regex::Regex;

use crate::at;

/// The rules.
#[derive(Debug, Clone, Default)]
pub struct KnownDifferences {
    rules: Vec<Regex>,
}

impl KnownDifferences {
    /// Reads the rules of the generated sessions.
    pub fn read() -> Result<Self, String> {
        let path = crate::graphs_directory().join("known-differences");
        let text = std::fs::read_to_string(&path).map_err(at(&path))?;
        Self::parse(&text).map_err(at(&path))
    }

    /// Parses rules; an error names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rules = Vec::new();
        let mut reason = None;
        for (index, line) in text.lines().enumerate() {
            let fail = |message: &str| format!("line {}: {message}: {line}", index + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once(": ") {
                Some(("reason", text)) if !text.trim().is_empty() => reason = Some(text),
                Some(("pattern", pattern)) => {
                    reason.take().ok_or_else(|| fail("no reason is given"))?;
                    rules.push(Regex::new(pattern).map_err(|error| fail(&error.to_string()))?);
                }
                _ => return Err(fail("neither a reason nor a pattern")),
            }
        }
        Ok(Self { rules })
    }

    /// Makes the lines of a text that the rules are about the same.
    pub fn rewrite(&self, text: &mut String) {
        for (number, rule) in self.rules.iter().enumerate() {
            if !text.lines().any(|line| rule.is_match(line)) {
                continue;
            }
            let lines = text.split_inclusive('\n').map(|line| match rule.find(line.trim_end_matches('\n')) {
                Some(found) => format!("{}(known difference {})\n", &line[..found.start()], number + 1),
                None => line.to_owned(),
            });
            *text = lines.collect();
        }
    }

    /// Returns the patterns that are found in none of some texts.
    pub fn unused<'a>(&'a self, texts: &[String]) -> Vec<&'a str> {
        let is_unused =
            |rule: &&Regex| !texts.iter().flat_map(|text| text.lines()).any(|line| rule.is_match(line));
        self.rules.iter().filter(is_unused).map(Regex::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_rule_is_about_become_the_same() {
        let rules =
            KnownDifferences::parse("# note\nreason: words\npattern: Error: .*$\n").expect("they parse");
        let rewritten = |text: &str| {
            let mut text = text.to_owned();
            rules.rewrite(&mut text);
            text
        };
        assert_eq!(rewritten("a\nKey Error: x\nb\n"), rewritten("a\nKey Error: y\nb\n"));
        assert_ne!(rewritten("Key Error: x\n"), rewritten("Value Error: x\n"));
        assert_eq!(rules.unused(&["an\nError: b\n".to_owned()]), Vec::<&str>::new());
        assert_eq!(rules.unused(&["nothing".to_owned()]), ["Error: .*$"]);
    }

    #[test]
    fn rules_without_a_reason_or_with_a_bad_pattern_are_refused_with_their_line() {
        assert_eq!(
            KnownDifferences::parse("pattern: x").err().as_deref(),
            Some("line 1: no reason is given: pattern: x")
        );
        assert!(KnownDifferences::parse("reason: a\npattern: (").is_err());
        assert!(KnownDifferences::parse("rule: a").is_err());
    }
}
