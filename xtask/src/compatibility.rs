//! `compatibility`: the generated part of `docs/compatibility.md`, the list of known differences.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use xtask::record::parse_known_differences;
use xtask::{cases_directory, workspace_root};

/// What stands before and after the generated part.
const BEGIN: &str = "<!-- cargo xtask compatibility writes from here -->\n";
const END: &str = "<!-- to here -->\n";

/// Writes the list of known differences into the page.
pub fn write() -> Result<(), String> {
    let path = workspace_root().join("docs/compatibility.md");
    let page = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    fs::write(&path, with_list(&page)?).map_err(|error| format!("{}: {error}", path.display()))
}

/// Gives the page with the list as the recorded cases now have it.
fn with_list(page: &str) -> Result<String, String> {
    let outside = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = outside.ok_or("docs/compatibility.md has lost the marks of its generated part")?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", list()?))
}

/// Lists each reason once, with the cases that show it.
fn list() -> Result<String, String> {
    let directory = cases_directory();
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cases: Vec<String> = fs::read_dir(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    cases.sort();
    let recorded = cases.len();
    for case in cases {
        let Ok(text) = fs::read_to_string(directory.join(&case).join("known-differences")) else { continue };
        for difference in parse_known_differences(&text).map_err(|error| format!("{case}: {error}"))? {
            let shown = reasons.entry(difference.reason).or_default();
            if !shown.contains(&case) {
                shown.push(case.clone());
            }
        }
    }
    let mut text = format!(
        "{recorded} sessions are recorded; these are all places where Limbeck's output is not the record's.\n\n"
    );
    text.push_str("| why | sessions |\n|---|---|\n");
    push_rows(&mut text, reasons);
    let _ = writeln!(
        text,
        "\nOperations are called one by one for each dialect; these are all that emit something else than the record.\n"
    );
    text.push_str("| why | operations |\n|---|---|\n");
    push_rows(&mut text, operations("ops")?);
    let _ = writeln!(
        text,
        "\nTypes of other packages are called in the same way; these are all that emit something else than the packages do.\n"
    );
    text.push_str("| why | cases |\n|---|---|\n");
    let counted = operations("third_party")?;
    push_rows(
        &mut text,
        counted.into_iter().map(|(why, cases)| (why, vec![cases.len().to_string()])).collect(),
    );
    Ok(text)
}

fn push_rows(text: &mut String, reasons: BTreeMap<String, Vec<String>>) {
    for (reason, cases) in reasons {
        let _ = writeln!(text, "| {} | {} |", reason.replace('|', "\\|"), cases.join(", "));
    }
}

/// Lists the known differences of a directory of operations: each reason with the operations below it.
fn operations(directory: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let path = workspace_root().join("tests/reference").join(directory).join("known-differences");
    let listed = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut reason = String::new();
    for line in listed.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("why: ") {
            Some(new) => new.clone_into(&mut reason),
            None => reasons.entry(reason.clone()).or_default().push(line.to_owned()),
        }
    }
    Ok(reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_the_known_differences_of_the_recorded_cases() {
        let page = fs::read_to_string(workspace_root().join("docs/compatibility.md")).unwrap_or_default();
        assert_eq!(with_list(&page).as_deref(), Ok(page.as_str()), "run cargo xtask compatibility");
    }
}
