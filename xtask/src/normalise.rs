//! The one place that takes out of a command's output what varies between runs, machines and Python versions,
//! and what the reference and Limbeck print differently on purpose (DESIGN.md). Recorder and test both use it.
//!
//! - The session's directory becomes `<root>`, generated revision ids `<rev 1>`, `<rev 2>`, ..., the digits of
//!   creation dates and of dates in file names `0`, object addresses `0x0`, temporary files `<temporary file>`.
//! - A traceback becomes its last message (`Traceback: Type: message`): frames belong to the host. So does an
//!   exception without frames, which is how Limbeck shows what the reference raises in its own code.
//! - `FAILED: ...` is taken out of both streams, compared by itself, and log lines that only repeat it are
//!   dropped: the reference prints it on stdout and logs it on stderr, Limbeck prints it once, on stderr.
//! - Of the operations that `check` finds only the kinds are kept: the rest is the repr of SQLAlchemy's objects.
//! - Lines `hint: ...` are dropped: the reference has none.
//! - Of an argument parser's message only `alembic ...: error: ...` is kept, not the usage text.
//! - A warning loses the place that raised it.
//! - What the reference keeps in sets, and so prints in an order that changes between runs, is sorted: the
//!   revisions that a branch point leads to, labels, which row of a merge is updated and which ones deleted, the
//!   rows that a stamp starts from, and the revisions that a requested one overlaps with.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The two streams of a command after normalisation, and its failure message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streams {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// What followed `FAILED: `, on whichever stream.
    pub failure: Option<String>,
    /// Whether the failure was printed on standard output, as the reference does.
    pub failure_on_stdout: bool,
}

/// What is known of one session's volatile values.
#[derive(Debug, Clone, Default)]
pub struct Normaliser {
    replacements: Vec<(String, String)>,
    revisions: usize,
}

/// Returns the pattern compiled once.
macro_rules! pattern {
    ($pattern:literal) => {{
        static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());
        PATTERN.as_ref()
    }};
}

impl Normaliser {
    /// Makes the normaliser of a session that runs in `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        let mut normaliser = Self::default();
        normaliser.replace(&root.display().to_string(), "<root>");
        normaliser
    }

    /// Has every occurrence of `text` replaced by `by`; earlier calls win.
    pub fn replace(&mut self, text: &str, by: &str) {
        self.replacements.push((text.to_owned(), by.to_owned()));
    }

    /// Takes note of a revision file that a command has created under a generated id.
    pub fn note_generated_revision(&mut self, file_name: &str) {
        let id = pattern!(r"(?:^|[-_])([0-9a-f]{12})(?:[-_].*)?\.py$")
            .and_then(|pattern| pattern.captures(file_name))
            .and_then(|found| found.get(1));
        if let Some(id) = id {
            self.revisions += 1;
            let name = format!("<rev {}>", self.revisions);
            self.replace(id.as_str(), &name);
        }
    }

    /// Normalises text of any kind.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.replacements {
            text = text.replace(from, to);
        }
        let text = substitute(pattern!(r"Create Date: \d{4}-[-0-9:. ]+"), &text, zero_digits);
        let text = substitute(pattern!(r"/tmp/tmp\w+"), &text, |_| "<temporary file>".to_owned());
        let text = with_sorted_overlaps(&text);
        substitute(pattern!(r"0x[0-9a-f]{6,}"), &text, |_| "0x0".to_owned())
    }

    /// Normalises the path of a file that a command has written.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        substitute(pattern!(r"(?:^|/)20\d\d[-_/]\d\d[-_/]\d\d[-_\d]*"), &self.text(path), zero_digits)
    }

    /// Normalises the two streams of a command.
    #[must_use]
    pub fn streams(&self, stdout: &str, stderr: &str) -> Streams {
        let stderr = with_sorted_stamps(&last_message_of_traceback(&self.text(stderr)));
        let (stdout, on_stdout) = without_failure(&with_sorted_stamps(&with_sorted_merges(
            &with_sorted_branches(&self.path(stdout)),
        )));
        let (stderr, on_stderr) = without_failure(&without_usage(&without_places_of_warnings(&stderr)));
        let failure_on_stdout = on_stdout.is_some();
        let failure = on_stdout.or(on_stderr);
        let repeats = |line: &str| {
            failure.as_deref().is_some_and(|failure| {
                line == failure || (line.ends_with(failure) && line.contains("[alembic.util.messaging]"))
            })
        };
        let stderr = keep_lines(&stderr, |line| !repeats(line) && !line.starts_with("hint: "));
        Streams { stdout, stderr, failure: failure.as_deref().map(kinds_of_operations), failure_on_stdout }
    }
}

/// Returns a written file as code: without comments, docstrings of functions, and blank lines. Generated texts
/// that only inform (a README) are left out. The lines that autogenerate puts around its work stay.
///
/// Templates of Limbeck carry comments of their own, so files made from them equal the reference's as code only.
#[must_use]
pub fn code_of(path: &str, text: &str) -> String {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    if !matches!(extension, "py" | "ini" | "toml" | "mako") {
        return "(prose)\n".to_owned();
    }
    let mut code = String::new();
    let mut in_docstring = false;
    for line in text.lines() {
        let trimmed = line.trim();
        let marks = trimmed.matches("\"\"\"").count();
        if in_docstring {
            in_docstring = marks == 0;
        } else if line.starts_with(' ') && trimmed.starts_with("\"\"\"") {
            in_docstring = marks == 1;
        } else if !trimmed.is_empty() && (!trimmed.starts_with('#') || trimmed.starts_with("# ###")) {
            let _ = writeln!(code, "{line}");
        }
    }
    code
}

fn substitute(pattern: Option<&Regex>, text: &str, by: impl Fn(&Captures<'_>) -> String) -> String {
    match pattern {
        None => text.to_owned(),
        Some(pattern) => pattern.replace_all(text, |found: &Captures<'_>| by(found)).into_owned(),
    }
}

fn zero_digits(found: &Captures<'_>) -> String {
    found[0].chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
}

fn keep_lines(text: &str, keep: impl Fn(&str) -> bool) -> String {
    text.split_inclusive('\n').filter(|line| keep(line.trim_end_matches('\n'))).collect()
}

/// Sorts the items of `Branches into: b, a` and neighbouring lines of the form `   -> b`, each with the further
/// lines of its message.
fn with_sorted_branches(stdout: &str) -> String {
    let mut text = String::new();
    let mut arrows: Vec<String> = Vec::new();
    for line in stdout.split_inclusive('\n').chain([""]) {
        let named = with_sorted_names(line);
        if line.starts_with(' ') && line.trim_start().starts_with("-> ") {
            arrows.push(named);
        } else if let Some(arrow) = arrows.last_mut().filter(|_| !line.trim().is_empty()) {
            arrow.push_str(&named);
        } else {
            arrows.sort_unstable();
            text.extend(arrows.drain(..));
            text.push_str(&named);
        }
    }
    text
}

/// Sorts the items of `Branches into: b, a`, `Branch names: b, a`, and `a1 -> b1 (other, label) (head), message`.
fn with_sorted_names(line: &str) -> String {
    let sorted = |items: &str| {
        let mut items: Vec<&str> = items.split(", ").collect();
        items.sort_unstable();
        items.join(", ")
    };
    for title in ["Branches into: ", "Branch names: "] {
        if let Some(items) = line.strip_prefix(title) {
            return format!("{title}{}\n", sorted(items.trim_end()));
        }
    }
    if !line.contains("(head)") && !line.contains("(branchpoint)") && !line.contains(" -> ") {
        return line.to_owned();
    }
    substitute(pattern!(r"\((\w+(?:, \w+)+)\)"), line, |found| format!("({})", sorted(&found[1])))
}

/// Sorts the revisions that a requested one overlaps with.
fn with_sorted_overlaps(text: &str) -> String {
    substitute(pattern!(r"overlaps with other requested revisions (\w+(?:, \w+)+)"), text, |found| {
        let mut revisions: Vec<&str> = found[1].split(", ").collect();
        revisions.sort_unstable();
        format!("overlaps with other requested revisions {}", revisions.join(", "))
    })
}

/// Sorts the rows that a stamp starts from, which come in the order in which they were written.
fn with_sorted_stamps(text: &str) -> String {
    substitute(pattern!(r"Running stamp_revision (\w+(?:, \w+)+) -> "), text, |found| {
        let mut rows: Vec<&str> = found[1].split(", ").collect();
        rows.sort_unstable();
        format!("Running stamp_revision {} -> ", rows.join(", "))
    })
}

/// Gives the rows of a merge, in SQL, one order: the last id is the one that is updated.
fn with_sorted_merges(stdout: &str) -> String {
    let (Some(several), Some(update)) = (
        pattern!(
            r"^(?:DELETE FROM \S+ WHERE \S+ = |INSERT INTO \S+ \(version_num\) (?:OUTPUT \S+ )?VALUES \()'([^']*)'"
        ),
        pattern!(r"^UPDATE \S+ SET version_num='([^']*)' WHERE \S+ = '([^']*)'"),
    ) else {
        return stdout.to_owned();
    };
    let mut lines: Vec<String> = stdout.split_inclusive('\n').map(str::to_owned).collect();
    let mut group: Vec<(usize, String)> = Vec::new();
    for index in 0..lines.len() {
        if let Some(found) = several.captures(&lines[index]) {
            group.push((index, found[1].to_owned()));
        } else if let Some(found) = update.captures(&lines[index])
            && let Some((first, _)) = group.first()
        {
            // A merge deletes its parents and updates one; its downgrade inserts them and updates itself.
            let id = &found[if lines[*first].starts_with("DELETE") { 2 } else { 1 }];
            group.push((index, id.to_owned()));
            let mut ids: Vec<String> = group.iter().map(|(_, id)| id.clone()).collect();
            ids.sort();
            for ((line, old), new) in group.drain(..).zip(ids) {
                lines[line] = lines[line].replace(&format!("'{old}'"), &format!("'{new}'"));
            }
        } else if !["", "GO", "/"].contains(&lines[index].trim()) {
            // Dialects end statements with lines of their own.
            group.clear();
        }
    }
    lines.concat()
}

fn without_failure(text: &str) -> (String, Option<String>) {
    let message = |line: &str| line.trim_start().strip_prefix("FAILED: ").map(str::to_owned);
    let failure = text.lines().find_map(message);
    (keep_lines(text, |line| message(line).is_none()), failure)
}

/// Shortens `New upgrade operations detected: [('add_table', Table(...)), ...]` to the operations' names.
fn kinds_of_operations(failure: &str) -> String {
    const TITLE: &str = "New upgrade operations detected: ";
    let (Some(operations), Some(pattern)) =
        (failure.strip_prefix(TITLE), pattern!(r"\('((?:add|remove|modify)_\w+)'"))
    else {
        return failure.to_owned();
    };
    let kinds: Vec<&str> = pattern
        .captures_iter(operations)
        .filter_map(|found| found.get(1))
        .map(|kind| kind.as_str())
        .collect();
    format!("{TITLE}{}", kinds.join(", "))
}

/// Keeps what was printed before the first traceback, and the first line of the last one's message.
fn last_message_of_traceback(stderr: &str) -> String {
    const START: &str = "Traceback (most recent call last):\n";
    let (Some(first), Some(last)) = (stderr.find(START), stderr.rfind(START)) else {
        let message = pattern!(r"(?m)^(?:\w+\.)*\w*(?:Error|Exception|Detected): .*$")
            .and_then(|pattern| pattern.find(stderr));
        return match message {
            Some(message) => {
                format!("{}Traceback: {}\n", &stderr[..message.start()], message.as_str())
            }
            None => stderr.to_owned(),
        };
    };
    let message =
        stderr[last + START.len()..].lines().find(|line| !line.starts_with(' ') && !line.is_empty());
    format!("{}Traceback: {}\n", &stderr[..first], message.unwrap_or(""))
}

fn without_usage(stderr: &str) -> String {
    if !stderr.starts_with("usage: ") {
        return stderr.to_owned();
    }
    keep_lines(stderr, |line| line.starts_with("alembic") && line.contains(": error: "))
}

fn without_places_of_warnings(stderr: &str) -> String {
    let mut text = String::new();
    let mut after_warning = false;
    for line in stderr.split_inclusive('\n') {
        let warning = pattern!(r"^\S*:\d+: (\w+Warning: (?s:.*))$")
            .and_then(|pattern| pattern.captures(line))
            .and_then(|found| found.get(1));
        match warning {
            Some(warning) => text.push_str(warning.as_str()),
            None if after_warning && line.starts_with("  ") => {}
            None => text.push_str(line),
        }
        after_warning = warning.is_some();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normaliser() -> Normaliser {
        Normaliser::new(Path::new("/tmp/session"))
    }

    #[test]
    fn paths_dates_addresses_and_generated_ids_become_the_same_everywhere() {
        let mut normaliser = normaliser();
        normaliser.note_generated_revision("0123456789ab_add.py");
        normaliser.note_generated_revision("ae1_given.py");
        assert_eq!(
            normaliser.text(
                "/tmp/session/a 0123456789ab ae1 <X at 0x7f00aa11bb>\nCreate Date: 2026-11-21 07:00:01.5\n"
            ),
            "<root>/a <rev 1> ae1 <X at 0x0>\nCreate Date: 0000-00-00 00:00:00.0\n"
        );
        assert_eq!(
            normaliser.path("versions/2026_11_21_0730-0123456789ab_add.py"),
            "versions/0000_00_00_0000-<rev 1>_add.py"
        );
    }

    #[test]
    fn a_traceback_becomes_the_message_of_its_last_exception() {
        let stderr = "INFO  [x] before\nTraceback (most recent call last):\n  File \"a\", line 1\nKeyError: 'a'\n\n\
                      During handling of the above exception, another exception occurred:\n\n\
                      Traceback (most recent call last):\n  File \"b\", line 2\n    f()\n    ^^^\nE: no such table\n[SQL: x]\n";
        assert_eq!(
            normaliser().streams("", stderr).stderr,
            "INFO  [x] before\nTraceback: E: no such table\n"
        );
    }

    #[test]
    fn an_exception_without_frames_is_a_traceback_and_a_log_line_about_one_is_none() {
        let stderr =
            "INFO  [x] ValueError: no\nUserWarning: odd\nsqlalchemy.exc.ArgumentError: no such url\nmore\n";
        assert_eq!(
            normaliser().streams("", stderr).stderr,
            "INFO  [x] ValueError: no\nUserWarning: odd\nTraceback: sqlalchemy.exc.ArgumentError: no such url\n"
        );
    }

    #[test]
    fn a_failure_is_the_same_on_either_stream_and_its_echo_and_hints_are_dropped() {
        let normaliser = normaliser();
        let reference = normaliser
            .streams("SELECT 1;\n  FAILED: No x\n", "INFO  [a] b\nERROR [alembic.util.messaging] No x\n");
        let limbeck = normaliser.streams("SELECT 1;\n", "INFO  [a] b\nFAILED: No x\nhint: do y\n");
        assert!(reference.failure_on_stdout && !limbeck.failure_on_stdout);
        assert_eq!(reference.failure.as_deref(), Some("No x"));
        assert_eq!(reference, Streams { failure_on_stdout: true, ..limbeck });
    }

    #[test]
    fn the_operations_that_check_finds_are_kept_by_kind() {
        let failure =
            "New upgrade operations detected: [('add_table', Table('a')), [('modify_nullable', None)]]";
        assert_eq!(
            kinds_of_operations(failure),
            "New upgrade operations detected: add_table, modify_nullable"
        );
    }

    #[test]
    fn usage_texts_and_the_places_of_warnings_are_dropped() {
        let normaliser = normaliser();
        assert_eq!(
            normaliser
                .streams(
                    "",
                    "usage: alembic [-h]\n   more\nalembic upgrade: error: unrecognized arguments: -y\n"
                )
                .stderr,
            "alembic upgrade: error: unrecognized arguments: -y\n"
        );
        assert_eq!(
            normaliser.streams("", "a\n/x/y.py:12: SAWarning: odd\n  the_line()\n  kept\n").stderr,
            "a\nSAWarning: odd\n  kept\n"
        );
    }

    #[test]
    fn what_a_branch_point_leads_to_is_sorted_in_both_of_its_forms() {
        let stdout = "Rev: a\nBranches into: c, b\n\n   -> c\n   -> b (head)\n\na -> c, x\na -> b, x\n";
        assert_eq!(
            normaliser().streams(stdout, "").stdout,
            "Rev: a\nBranches into: b, c\n\n   -> b (head)\n   -> c\n\na -> c, x\na -> b, x\n"
        );
    }

    #[test]
    fn the_further_lines_of_a_message_stay_with_their_branch() {
        let stdout = "a\n   -> c, one\nand two\n   -> b, three\n\nd\n";
        assert_eq!(
            normaliser().streams(stdout, "").stdout,
            "a\n   -> b, three\n   -> c, one\nand two\n\nd\n"
        );
    }

    #[test]
    fn labels_are_sorted_where_revisions_are_listed_and_nowhere_else() {
        let stdout = "a -> b (right, left) (head), x\n   -> c (right, left)\nBranch names: right, left\nPRIMARY KEY (b, a)\nd (right, left) (branchpoint)\n";
        assert_eq!(
            normaliser().streams(stdout, "").stdout,
            "a -> b (left, right) (head), x\n   -> c (left, right)\nBranch names: left, right\nPRIMARY KEY (b, a)\nd (left, right) (branchpoint)\n"
        );
    }

    #[test]
    fn the_rows_of_a_merge_are_sorted_in_the_sql_of_every_dialect() {
        let insert = "INSERT INTO v (version_num) OUTPUT inserted.version_num VALUES";
        let text = |one: &str, other: &str| {
            format!(
                "{insert} ('{one}');\n\nGO\n\nUPDATE v SET version_num='{other}' WHERE v.version_num = 'm';\n"
            )
        };
        assert_eq!(normaliser().streams(&text("b", "a"), "").stdout, text("a", "b"));
    }

    #[test]
    fn the_revisions_that_a_requested_one_overlaps_with_are_sorted() {
        assert_eq!(
            normaliser().text("Requested revision c overlaps with other requested revisions b, a"),
            "Requested revision c overlaps with other requested revisions a, b"
        );
    }

    #[test]
    fn the_rows_that_a_stamp_starts_from_are_sorted() {
        assert_eq!(
            normaliser().streams("", "INFO  [x] Running stamp_revision b, a -> c\n").stderr,
            "INFO  [x] Running stamp_revision a, b -> c\n"
        );
    }

    #[test]
    fn the_rows_of_a_merge_are_sorted_upwards_and_downwards() {
        let up = |first, second| {
            format!(
                "DELETE FROM v WHERE v.version_num = '{first}';\n\nUPDATE v SET version_num='m' WHERE v.version_num = '{second}';\n"
            )
        };
        let down = |first, second| {
            format!(
                "INSERT INTO v (version_num) VALUES ('{first}') RETURNING version_num;\n\nUPDATE v SET version_num='{second}' WHERE v.version_num = 'm';\n"
            )
        };
        assert_eq!(with_sorted_merges(&up("b", "a")), up("a", "b"));
        assert_eq!(with_sorted_merges(&down("b", "a")), down("a", "b"));
        let apart =
            format!("INSERT INTO v (version_num) VALUES ('b');\n-- Running upgrade\n{}", up("c", "d"));
        assert_eq!(with_sorted_merges(&apart), apart);
    }

    #[test]
    fn code_leaves_out_comments_and_docstrings_of_functions_but_not_a_modules() {
        let text = "\"\"\"add\n\nRevision ID: a\n\"\"\"\n# note\nx = 1\n\ndef f():\n    \"\"\"Long.\n\n    more\n    \"\"\"\n    \
                    # ### commands\n    \"\"\"Short.\"\"\"\n    pass\n";
        assert_eq!(
            code_of("versions/a.py", text),
            "\"\"\"add\nRevision ID: a\n\"\"\"\nx = 1\ndef f():\n    # ### commands\n    pass\n"
        );
        assert_eq!(code_of("README", "hello"), "(prose)\n");
    }
}
