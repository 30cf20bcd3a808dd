//! Where in a command line the cursor stands, by the table of options: what may be typed there.

use clap::{ArgAction, CommandFactory as _};

use super::Candidate;
use crate::arguments::Arguments;

/// What may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// A command.
    Command,
    /// An option.
    Option,
    /// The value of the argument of this name.
    Value(String),
    /// Nothing more.
    Nothing,
}

/// The options that say which configuration is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    /// The values of `--config`.
    pub(super) config: Vec<String>,
    /// The value of `--name`.
    pub(super) name: Option<String>,
}

/// The place of the cursor.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) command: Option<String>,
    pub(super) expected: Expected,
    /// The part of the word that stays as it is, such as `--format=`.
    pub(super) kept: String,
    /// The part of the word that is completed.
    pub(super) start: String,
    pub(super) files: Files,
}

impl Position {
    /// Reads the words before the cursor; the last one is being typed.
    pub(super) fn of(words: &[String]) -> Self {
        let mut program = Arguments::command();
        program.build();
        let (word, before) = words.split_last().map_or(("", &[][..]), |(word, rest)| (word.as_str(), rest));
        let mut position = Self {
            command: None,
            expected: Expected::Nothing,
            kept: String::new(),
            start: word.to_owned(),
            files: Files::default(),
        };
        if words.is_empty() {
            return position;
        }
        let mut parser = &program;
        let mut positionals = 0;
        let mut only_arguments = false;
        let mut pending: Option<String> = None;
        for word in before {
            if let Some(argument) = pending.take() {
                position.take(&argument, word);
            } else if only_arguments || !word.starts_with('-') || word == "-" {
                match (position.command.is_none()).then(|| program.find_subcommand(word)).flatten() {
                    Some(command) => {
                        position.command = Some(word.clone());
                        parser = command;
                    }
                    // Nothing is known of what follows a command that is none.
                    None if position.command.is_none() => return position,
                    None => positionals += 1,
                }
            } else if word == "--" {
                only_arguments = true;
            } else if let Some((argument, value)) = option(parser, word) {
                match value {
                    Some(value) => position.take(&argument, &value),
                    None => pending = Some(argument),
                }
            }
        }
        if let Some(argument) = pending {
            position.expected = Expected::Value(argument);
        } else if word.starts_with('-') && !only_arguments {
            position.expected = Expected::Option;
            if let Some((string, value)) = word.split_once('=')
                && let Some((argument, _)) = option(parser, string)
            {
                position.kept = format!("{string}=");
                value.clone_into(&mut position.start);
                position.expected = Expected::Value(argument);
            }
        } else if position.command.is_none() {
            position.expected = Expected::Command;
        } else if let Some(argument) = parser.get_positionals().next() {
            let takes_several = argument.get_num_args().is_some_and(|range| range.max_values() > 1);
            if takes_several || positionals == 0 {
                position.expected = Expected::Value(argument.get_id().to_string());
            }
        }
        position
    }

    fn take(&mut self, argument: &str, value: &str) {
        if self.command.is_some() {
            return;
        }
        match argument {
            "config" => self.files.config.push(value.to_owned()),
            "name" => self.files.name = Some(value.to_owned()),
            _ => {}
        }
    }
}

/// The option that takes a value which a word names, with the value where the word has one.
fn option(parser: &clap::Command, word: &str) -> Option<(String, Option<String>)> {
    let (string, value) = match word.split_once('=') {
        Some((string, value)) => (string, Some(value.to_owned())),
        None => (word, None),
    };
    let takes_value = |argument: &&clap::Arg| {
        matches!(argument.get_action(), ArgAction::Set | ArgAction::Append) && !argument.is_positional()
    };
    for argument in parser.get_arguments().filter(takes_value) {
        let id = argument.get_id().to_string();
        if argument.get_long().is_some_and(|long| string.strip_prefix("--") == Some(long)) {
            return Some((id, value));
        }
        let short = argument.get_short().map(|short| format!("-{short}"));
        if let Some(attached) = short.and_then(|short| word.strip_prefix(&short).map(str::to_owned)) {
            let attached = attached.strip_prefix('=').map_or(attached.clone(), str::to_owned);
            return Some((id, Some(attached).filter(|value| !value.is_empty())));
        }
    }
    None
}

/// The commands.
pub(super) fn commands() -> Vec<Candidate> {
    let program = Arguments::command();
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    program.get_subcommands().map(|command| Candidate::new(command.get_name(), about(command))).collect()
}

/// The options of the program or of a command.
pub(super) fn options(command: Option<&str>) -> Vec<Candidate> {
    let mut program = Arguments::command();
    program.build();
    let parser = command.and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
    let mut found = Vec::new();
    for argument in parser.get_arguments().filter(|argument| !argument.is_positional()) {
        let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let short = argument.get_short().map(|short| format!("-{short}"));
        let long = argument.get_long().map(|long| format!("--{long}"));
        found.extend(long.into_iter().chain(short).map(|string| Candidate::new(string, about.clone())));
    }
    found
}

/// Splits a line into words as a shell does, without expansions; the last word may be empty or left open.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_open = false;
    let mut quote: Option<char> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some('\''), _) => word.push(letter),
            (_, '\\') => word.extend(letters.next()),
            (None, '"' | '\'') => {
                quote = Some(letter);
                is_open = true;
            }
            (None, _) if letter.is_whitespace() => {
                if is_open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                is_open = false;
            }
            _ => word.push(letter),
        }
    }
    words.push(word);
    words
}

#[cfg(test)]
mod tests {
    use super::{Expected, Position, split};

    #[test]
    fn a_line_is_split_as_a_shell_splits_it() {
        for (line, words) in [
            ("a", &["a"][..]),
            ("a  b ", &["a", "b", ""]),
            ("a 'b c' \"d 'e\" f\\ g", &["a", "b c", "d 'e", "f g"]),
            ("a '' 'b", &["a", "", "b"]),
            ("", &[""]),
        ] {
            assert_eq!(split(line), words, "{line}");
        }
    }

    #[test]
    fn the_configuration_is_taken_from_the_options_before_the_command() {
        for line in ["-c a.ini --name=x heads ", "-ca.ini -n x heads ", "--config a.ini -nx heads "] {
            let position = Position::of(&split(line));
            assert_eq!(position.files.config, ["a.ini"], "{line}");
            assert_eq!(position.files.name.as_deref(), Some("x"), "{line}");
            assert_eq!(position.expected, Expected::Nothing, "{line}");
        }
    }

    #[test]
    fn the_value_of_an_option_is_expected_behind_it() {
        let expected = |line: &str| Position::of(&split(line)).expected;
        assert_eq!(expected("revision --head "), Expected::Value("head".into()));
        assert_eq!(expected("revision --head=a"), Expected::Value("head".into()));
        assert_eq!(expected("current -c "), Expected::Nothing);
        assert_eq!(expected("-c "), Expected::Value("config".into()));
        assert_eq!(expected("merge a b "), Expected::Value("revisions".into()));
        assert_eq!(expected("show a "), Expected::Nothing);
    }
}
