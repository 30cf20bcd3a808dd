//! Shell completion: a script for each shell, and the hidden command that those scripts ask for candidates.
//!
//! The scripts know nothing: which words may follow is read from the table of options (`line.rs`), and what a project
//! has, its revisions for one, from its files (`values.rs`), without starting Python.

mod line;
mod values;

use line::{Expected, Position};

/// The command that answers the scripts: `__complete words WORD...` or `__complete line LINE`.
pub const HIDDEN_COMMAND: &str = "__complete";

/// The shells with their scripts.
pub const SCRIPTS: [(&str, &str); 3] = [
    ("bash", include_str!("alembic.bash")),
    ("zsh", include_str!("alembic.zsh")),
    ("fish", include_str!("alembic.fish")),
];

/// Returns the script for a shell.
#[must_use]
pub fn script(shell: &str) -> Option<&'static str> {
    SCRIPTS.iter().find(|(name, _)| *name == shell).map(|(_, script)| *script)
}

/// A word that may stand where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    word: String,
    /// What it is, in a few words; may be empty.
    about: String,
}

impl Candidate {
    fn new(word: impl Into<String>, about: impl Into<String>) -> Self {
        Self { word: word.into(), about: about.into() }
    }
}

/// Answers a script: the candidates, a line each, with a tab and a description where there is one.
///
/// `arguments` are those of the hidden command. What cannot be read gives no candidates: completion is no place for
/// errors.
#[must_use]
pub fn answer(arguments: &[&str]) -> String {
    let words: Vec<String> = match arguments {
        ["words", words @ ..] => words.iter().map(|word| (*word).to_owned()).collect(),
        // The first word of a line is the program.
        ["line", line] => line::split(line).into_iter().skip(1).collect(),
        _ => return String::new(),
    };
    let mut answer = String::new();
    for candidate in candidates(&words) {
        answer.push_str(&candidate.word);
        // A description is one line without tabs.
        let about = candidate.about.split_whitespace().collect::<Vec<_>>().join(" ");
        if !about.is_empty() {
            answer.push('\t');
            answer.push_str(&about);
        }
        answer.push('\n');
    }
    answer
}

/// The candidates for the last of `words`, which may be empty.
fn candidates(words: &[String]) -> Vec<Candidate> {
    let position = Position::of(words);
    let (kept, start) = (position.kept.as_str(), position.start.as_str());
    let mut found = match &position.expected {
        Expected::Command => line::commands(),
        Expected::Option => line::options(position.command.as_deref()),
        Expected::Value(argument) => {
            values::of(argument, position.command.as_deref(), start, &position.files)
        }
        Expected::Nothing => Vec::new(),
    };
    found.retain(|candidate| candidate.word.starts_with(start));
    for candidate in &mut found {
        candidate.word.insert_str(0, kept);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::answer;

    fn words(line: &str) -> Vec<String> {
        let answer = answer(&["line", line]);
        answer.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn commands_are_completed() {
        assert_eq!(words("alembic he"), ["heads"]);
        assert_eq!(words("alembic -q -c x.ini he"), ["heads"]);
        assert_eq!(words("alembic -n heads upg"), ["upgrade"]);
        assert!(words("alembic ").contains(&"list_templates".to_owned()));
        assert!(words("alembic __").is_empty());
    }

    #[test]
    fn options_are_completed_where_they_may_stand() {
        assert_eq!(words("alembic --ra"), ["--raiseerr"]);
        assert_eq!(words("alembic heads --r"), ["--resolve-dependencies"]);
        assert_eq!(words("alembic revision -m x --sp"), ["--splice"]);
        assert!(words("alembic heads --raise").is_empty());
        assert!(words("alembic revision -m --sp").is_empty());
        assert!(words("alembic upgrade -- --s").is_empty());
    }

    #[test]
    fn values_with_a_few_choices_are_completed() {
        assert_eq!(words("alembic heads --format "), ["text", "json"]);
        assert_eq!(words("alembic heads --format=j"), ["--format=json"]);
        assert_eq!(words("alembic completion "), ["bash", "zsh", "fish"]);
        assert_eq!(words("alembic init -t py"), ["pyproject", "pyproject_async"]);
        assert_eq!(words("alembic init --template=as"), ["--template=async"]);
    }

    #[test]
    fn symbols_are_completed_without_a_project() {
        assert_eq!(words("alembic -c nowhere.ini upgrade hea"), ["head", "heads"]);
        assert_eq!(words("alembic -c nowhere.ini history -r base:cu"), ["base:current"]);
        assert_eq!(words("alembic -c nowhere.ini history --rev-range=cur"), ["--rev-range=current"]);
        assert!(words("alembic -c nowhere.ini upgrade head he").is_empty());
        assert_eq!(words("alembic -c nowhere.ini stamp base hea"), ["head", "heads"]);
    }

    #[test]
    fn a_description_follows_a_tab() {
        let answer = answer(&["words", "check"]);
        assert_eq!(answer, "check\tFail if the models and the database differ\n");
    }

    #[test]
    fn what_is_no_request_has_no_answer() {
        assert_eq!(answer(&[]), "");
        assert_eq!(answer(&["bash"]), "");
        assert_eq!(answer(&["words"]), "");
    }
}
