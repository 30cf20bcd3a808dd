//! What commands print under `--format json`: one document on standard output, also when they fail.
//!
//! `current`, `heads`, `branches`, `history` and `show` print an array of revisions; a failure is an object with
//! `error`. The members are documented in docs/json.md; members are added, never renamed or taken away.

use limbeck_core::command::CurrentRevisions;
use limbeck_core::script::RevisionEntry;
use serde_json::{Value, json};

use crate::output;

/// Says whether a command line that was not understood asks for JSON.
#[must_use]
pub fn is_asked_for(words: &[String]) -> bool {
    let is_format = |word: &str| word.len() > 2 && "--format".starts_with(word);
    let mut previous = "";
    words.iter().any(|word| {
        let found =
            word == "json" && is_format(previous) || word.strip_suffix("=json").is_some_and(is_format);
        previous = word;
        found
    })
}

/// Makes the array of some revisions.
#[must_use]
pub fn revisions(entries: &[RevisionEntry]) -> Value {
    Value::Array(entries.iter().map(revision).collect())
}

/// Makes the array of the revisions that databases are at, each with the URL of its database.
#[must_use]
pub fn current(databases: &[CurrentRevisions]) -> Value {
    let with_url = |database: &CurrentRevisions, entry: &RevisionEntry| {
        let mut value = revision(entry);
        if let Some(members) = value.as_object_mut() {
            members.insert("database".to_owned(), json!(database.url));
        }
        value
    };
    let all = databases.iter().flat_map(|own| own.revisions.iter().map(move |entry| with_url(own, entry)));
    Value::Array(all.collect())
}

/// Makes the document of a failure.
#[must_use]
pub fn error(message: &str, code: u8, hints: &[String]) -> Value {
    json!({"error": {"message": message, "code": code, "hints": hints}})
}

/// Prints a document to standard output.
pub fn print(document: &Value) {
    output::write_document(&format!("{document:#}\n"));
}

fn revision(entry: &RevisionEntry) -> Value {
    json!({
        "revision": entry.revision,
        "down_revisions": entry.down_revisions,
        "branch_labels": entry.branch_labels,
        "depends_on": entry.depends_on,
        "next_revisions": entry.next_revisions,
        "doc": entry.doc,
        "longdoc": entry.longdoc,
        "path": entry.path.display().to_string(),
        "is_base": entry.is_base,
        "is_head": entry.is_head,
        "is_effective_head": entry.is_effective_head,
        "is_branch_point": entry.is_branch_point,
        "is_merge_point": entry.is_merge_point,
        "is_current": entry.is_current,
    })
}

#[cfg(test)]
mod tests {
    use super::is_asked_for;

    #[test]
    fn json_is_asked_for_in_every_way_of_writing_the_option() {
        for (line, expected) in [
            ("heads --format json --nope", true),
            ("show --format=json", true),
            ("show --form json", true),
            ("show --format text", false),
            ("show json", false),
            ("show -- json", false),
            ("", false),
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert_eq!(is_asked_for(&words), expected, "{line}");
        }
    }
}
