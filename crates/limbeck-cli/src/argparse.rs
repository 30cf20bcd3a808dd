//! Reads a command line by the rules of Python's `argparse` (as in Python 3.11), which scripts that call the
//! reference rely on: abbreviated options, `-1` as an argument, where options may stand, and the errors' wording.
//!
//! What it accepts it hands to `clap` in a form that leaves nothing to interpret.

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _};

use limbeck_core::suggest::{closest, did_you_mean};

use crate::arguments::{Arguments, OWN, OWN_COMMANDS};
use crate::usage::{UsageError, format_usage};

/// What a command line asks for.
#[derive(Debug)]
pub enum Request {
    /// Run a command.
    Run(Box<Arguments>),
    /// Print the help of the program or, if named, of a command.
    Help(Option<String>),
    /// Print the version.
    Version,
}

/// Reads `words`, the command line without the program's name. `columns` is the width of usage lines.
///
/// # Errors
/// What `argparse` refuses, in its words.
pub fn parse(words: &[String], columns: usize) -> Result<Request, UsageError> {
    let mut command = Arguments::command();
    command.build();
    let parser = Parser::new(&command, None, columns);
    let parsed = match parser.parse_known(words) {
        Ok(parsed) => parsed,
        Err(Stop::Help(command)) => return Ok(Request::Help(command)),
        Err(Stop::Version) => return Ok(Request::Version),
        Err(Stop::Error(error)) => return Err(error),
    };
    if !parsed.unrecognized.is_empty() {
        let mut error = parser.error(format!("unrecognized arguments: {}", parsed.unrecognized.join(" ")));
        let own = parsed.command.and_then(|name| command.find_subcommand(name));
        error.hints = unrecognized_hints(&parsed.unrecognized, &parser, own);
        return Err(error);
    }
    let Some(name) = parsed.command else {
        return Err(parser.error("too few arguments".to_owned()));
    };
    let canonical = std::iter::once("alembic".to_owned()).chain(parsed.canonical);
    let matches = command
        .clone()
        .try_get_matches_from(canonical)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
        .map_err(|error| match (refused_value(&error), command.find_subcommand(&name)) {
            (Some(message), Some(own)) => Parser::new(own, Some(&name), columns).error(message),
            _ => parser.error(error.kind().to_string()),
        })?;
    Ok(Request::Run(Box::new(matches)))
}

/// Says, as `argparse` does for a `type` of its program, which option got a value that is none of its kind.
fn refused_value(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (option, value) = (text(ContextKind::InvalidArg)?, text(ContextKind::InvalidValue)?);
    let (option, name) = option.split_once(" <")?;
    let name = name.trim_end_matches('>').to_lowercase();
    Some(format!("argument {option}: invalid {name} value: {}", python_repr(value)))
}

/// Why parsing ends early.
enum Stop {
    Help(Option<String>),
    Version,
    Error(UsageError),
}

/// What a parser made of its words.
struct Parsed {
    /// The same for `clap`: long options with `=`, then `--` and the positional arguments, or a command.
    canonical: Vec<String>,
    unrecognized: Vec<String>,
    /// The name of the command that was given.
    command: Option<String>,
}

/// How many words an option takes, and what it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Help,
    Version,
    Flag,
    Value,
    Append,
}

/// An option of a parser.
struct Optional {
    /// Such as `-m` and `--message`.
    strings: Vec<String>,
    kind: Kind,
    /// The values it takes; any when empty.
    choices: Vec<String>,
    /// The reference does not have it, so it is not shown where the reference's words are.
    is_own: bool,
}

impl Optional {
    fn takes_value(&self) -> bool {
        matches!(self.kind, Kind::Value | Kind::Append)
    }
}

/// What a parser takes without an option string.
enum Positional {
    None,
    One(String),
    Several(String),
    Command(Vec<String>),
}

/// How a word reads before any is consumed.
enum Word {
    Argument,
    Separator,
    /// The index of an option, or none for what looks like an option; the option string; what it came with.
    Option(Option<usize>, String, Option<String>),
}

/// What `argparse.ArgumentParser` is: the options and arguments of the program or of one command.
struct Parser<'a> {
    command: &'a clap::Command,
    /// The name of the command, if it is one's.
    name: Option<&'a str>,
    optionals: Vec<Optional>,
    positional: Positional,
    columns: usize,
}

impl<'a> Parser<'a> {
    fn new(command: &'a clap::Command, name: Option<&'a str>, columns: usize) -> Self {
        let mut optionals = Vec::new();
        let mut positional = Positional::None;
        for argument in command.get_arguments() {
            let kind = match argument.get_action() {
                ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong => Kind::Help,
                ArgAction::Version => Kind::Version,
                ArgAction::SetTrue => Kind::Flag,
                ArgAction::Append if !argument.is_positional() => Kind::Append,
                _ => Kind::Value,
            };
            let id = argument.get_id().to_string();
            if argument.is_positional() {
                positional = match argument.get_num_args() {
                    Some(range) if range.max_values() > 1 => Positional::Several(id),
                    _ => Positional::One(id),
                };
                continue;
            }
            let short = argument.get_short().map(|short| format!("-{short}"));
            let long = argument.get_long().map(|long| format!("--{long}"));
            let values = if matches!(kind, Kind::Value | Kind::Append) {
                argument.get_possible_values()
            } else {
                Vec::new()
            };
            let option = Optional {
                strings: short.into_iter().chain(long).collect(),
                kind,
                choices: values.iter().map(|value| value.get_name().to_owned()).collect(),
                is_own: argument.get_help_heading() == Some(OWN),
            };
            // `argparse` puts its own -h first.
            if kind == Kind::Help { optionals.insert(0, option) } else { optionals.push(option) }
        }
        let commands: Vec<String> =
            command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
        if !commands.is_empty() {
            positional = Positional::Command(commands);
        }
        Self { command, name, optionals, positional, columns }
    }

    /// The program's name with the command's, as usage lines and errors begin.
    fn program(&self) -> String {
        self.name.map_or_else(|| "alembic".to_owned(), |name| format!("alembic {name}"))
    }

    fn error(&self, message: String) -> UsageError {
        let program = self.program();
        let optionals: Vec<String> = self
            .optionals
            .iter()
            .filter(|option| !option.is_own)
            .map(|option| {
                let string = &option.strings[0];
                if option.takes_value() {
                    format!("[{string} {}]", metavar(option))
                } else {
                    format!("[{string}]")
                }
            })
            .collect();
        let positionals = match &self.positional {
            Positional::None => Vec::new(),
            Positional::One(id) => vec![id.clone()],
            Positional::Several(id) => vec![id.clone(), format!("[{id} ...]")],
            Positional::Command(names) => {
                vec![format!("{{{}}}", of_reference(names).join(",")), "...".to_owned()]
            }
        };
        let usage = format_usage(&program, &optionals, &positionals, self.columns);
        UsageError { usage, program, message, hints: Vec::new() }
    }

    /// Takes a program and its arguments as they stand.
    fn program_words(&self, name: &str, words: &[String]) -> Result<Vec<String>, Stop> {
        let words = words.strip_prefix(&["--".to_owned()]).unwrap_or(words);
        match words.first().map(String::as_str) {
            None => Err(self.stop("the following arguments are required: program".to_owned())),
            Some("-h" | "--help") => Err(Stop::Help(self.name.map(str::to_owned))),
            Some(option) if option.starts_with('-') => {
                Err(self.stop(format!("unrecognized arguments: {option}")))
            }
            Some(_) => {
                let head = [name.to_owned(), "--".to_owned()];
                Ok(head.into_iter().chain(words.iter().cloned()).collect())
            }
        }
    }

    fn stop(&self, message: String) -> Stop {
        Stop::Error(self.error(message))
    }

    fn argument_error(&self, option: &Optional, message: &str) -> Stop {
        self.stop(format!("argument {}: {message}", option.strings.join("/")))
    }

    /// `argparse`'s `parse_known_args`.
    fn parse_known(&self, words: &[String]) -> Result<Parsed, Stop> {
        let kinds = self.classify(words)?;
        let mut run = Run {
            parser: self,
            words,
            kinds: &kinds,
            options: Vec::new(),
            positional: None,
            unrecognized: Vec::new(),
            unrecognized_by_command: Vec::new(),
            command: None,
        };
        run.consume()?;
        if run.positional.is_none() {
            let required = match &self.positional {
                Positional::One(id) | Positional::Several(id) => Some(id),
                Positional::None | Positional::Command(_) => None,
            };
            if let Some(id) = required {
                return Err(self.stop(format!("the following arguments are required: {id}")));
            }
        }
        Ok(run.finish())
    }

    fn classify(&self, words: &[String]) -> Result<Vec<Word>, Stop> {
        let mut kinds = Vec::with_capacity(words.len());
        let mut is_value = false;
        for word in words {
            if matches!(kinds.last(), Some(Word::Separator)) {
                break;
            }
            if let Some(before) = kinds.last() {
                if matches!(before, Word::Argument) && !is_value && self.is_program_runner(words, kinds.len())
                {
                    break;
                }
                is_value = matches!(before, Word::Option(Some(option), _, None)
                    if self.optionals[*option].takes_value());
            }
            kinds.push(if word == "--" { Word::Separator } else { self.word(word)? });
        }
        kinds.resize_with(words.len(), || Word::Argument);
        Ok(kinds)
    }

    /// Tells whether the word before `index` is a command all of whose words belong to a program that it runs.
    fn is_program_runner(&self, words: &[String], index: usize) -> bool {
        let command = index.checked_sub(1).and_then(|before| self.command.find_subcommand(&words[before]));
        command.is_some_and(takes_program)
    }

    fn option_named(&self, string: &str) -> Option<usize> {
        self.optionals.iter().position(|option| option.strings.iter().any(|own| own == string))
    }

    /// `argparse`'s `_parse_optional`.
    fn word(&self, word: &str) -> Result<Word, Stop> {
        if !word.starts_with('-') {
            return Ok(Word::Argument);
        }
        if let Some(option) = self.option_named(word) {
            return Ok(Word::Option(Some(option), word.to_owned(), None));
        }
        if word.len() == 1 {
            return Ok(Word::Argument);
        }
        if let Some((string, value)) = word.split_once('=')
            && let Some(option) = self.option_named(string)
        {
            return Ok(Word::Option(Some(option), string.to_owned(), Some(value.to_owned())));
        }
        let mut candidates = self.abbreviated(word);
        if candidates.len() > 1 {
            let strings: Vec<String> = candidates.into_iter().map(|(_, string, _)| string).collect();
            return Err(self.stop(format!("ambiguous option: {word} could match {}", strings.join(", "))));
        }
        if let Some((option, string, value)) = candidates.pop() {
            return Ok(Word::Option(Some(option), string, value));
        }
        if is_negative_number(word) || word.contains(' ') {
            return Ok(Word::Argument);
        }
        Ok(Word::Option(None, word.to_owned(), None))
    }

    /// `argparse`'s `_get_option_tuples`: the options that a word may abbreviate or run together with its value.
    fn abbreviated(&self, word: &str) -> Vec<(usize, String, Option<String>)> {
        let mut found = Vec::new();
        let strings = self
            .optionals
            .iter()
            .enumerate()
            .flat_map(|(index, option)| option.strings.iter().map(move |string| (index, string)));
        if word.starts_with("--") {
            let (prefix, value) = match word.split_once('=') {
                Some((prefix, value)) => (prefix, Some(value.to_owned())),
                None => (word, None),
            };
            for (index, string) in strings.filter(|(_, string)| string.starts_with(prefix)) {
                found.push((index, string.clone(), value.clone()));
            }
            return found;
        }
        let split = word.char_indices().nth(2).map_or(word.len(), |(index, _)| index);
        let (short, value) = word.split_at(split);
        for (index, string) in strings {
            if string == short {
                found.push((index, string.clone(), Some(value.to_owned())));
            } else if string.starts_with(word) {
                found.push((index, string.clone(), None));
            }
        }
        found
    }
}

/// Tells whether a command runs a program, whose arguments are no business of the parser's.
fn takes_program(command: &clap::Command) -> bool {
    command.get_arguments().any(clap::Arg::is_trailing_var_arg_set)
}

/// Those of some commands that the reference has too.
fn of_reference(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).filter(|name| !OWN_COMMANDS.contains(name)).collect()
}

/// `argparse`'s words for a value that is none of the choices.
fn invalid_choice(value: &str, choices: &[&str]) -> String {
    let choices: Vec<String> = choices.iter().map(|choice| python_repr(choice)).collect();
    format!("invalid choice: {} (choose from {})", python_repr(value), choices.join(", "))
}

/// What may have been meant by words that nothing took; `command` is the one that was given.
fn unrecognized_hints(
    words: &[String],
    program: &Parser<'_>,
    command: Option<&clap::Command>,
) -> Vec<String> {
    let own = command.map(|command| Parser::new(command, Some(command.get_name()), program.columns));
    let of_program = || program.optionals.iter().flat_map(|option| &option.strings).map(String::as_str);
    let of_command = || {
        own.iter().flat_map(|parser| &parser.optionals).flat_map(|option| &option.strings).map(String::as_str)
    };
    let mut hints = Vec::new();
    for word in words.iter().filter(|word| word.starts_with('-')) {
        let string = word.split_once('=').map_or(word.as_str(), |(string, _)| string);
        if let (Some(option), Some(command)) = (of_program().find(|known| *known == string), command) {
            hints.push(format!(
                "{option} is an option of the program: alembic {option} ... {}",
                command.get_name()
            ));
        } else if let Some(hint) =
            did_you_mean(&closest(string, of_command().chain(of_program()).filter(|known| known.len() > 2)))
        {
            hints.push(hint);
        }
    }
    hints
}

/// The name of an option's value: the option's longest name in capitals.
fn metavar(option: &Optional) -> String {
    let longest = option.strings.last().map_or("", String::as_str);
    longest.trim_start_matches('-').replace('-', "_").to_uppercase()
}

/// Whether `argparse` takes a word for a negative number, and so for an argument.
fn is_negative_number(word: &str) -> bool {
    let Some(number) = word.strip_prefix('-') else { return false };
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    match number.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && !fraction.is_empty(),
        None => digits(number) && !number.is_empty(),
    }
}

/// One pass over the words of a parser.
struct Run<'p, 'a> {
    parser: &'p Parser<'a>,
    words: &'p [String],
    kinds: &'p [Word],
    /// The options met so far, with their value.
    options: Vec<(usize, Option<String>)>,
    /// The positional arguments, or the command with its own, in canonical form.
    positional: Option<Vec<String>>,
    unrecognized: Vec<String>,
    unrecognized_by_command: Vec<String>,
    command: Option<String>,
}

impl Run<'_, '_> {
    fn consume(&mut self) -> Result<(), Stop> {
        let is_option = |index: usize| matches!(self.kinds[index], Word::Option(..));
        let options: Vec<usize> = (0..self.kinds.len()).filter(|index| is_option(*index)).collect();
        let last = options.last().copied();
        let mut start = 0;
        while last.is_some_and(|last| start <= last) {
            let next = options.iter().copied().find(|index| *index >= start).unwrap_or(start);
            if start != next {
                let end = self.consume_positional(start)?;
                if end > start {
                    start = end;
                    continue;
                }
                self.unrecognized.extend_from_slice(&self.words[start..next]);
                start = next;
            }
            start = self.consume_option(start)?;
        }
        let end = self.consume_positional(start)?;
        self.unrecognized.extend_from_slice(&self.words[end..]);
        Ok(())
    }

    /// Takes the positional arguments at `start`, if they are due and there; returns where they end.
    fn consume_positional(&mut self, start: usize) -> Result<usize, Stop> {
        if self.positional.is_some() {
            return Ok(start);
        }
        let kinds = &self.kinds[start..];
        let count = |from: usize, accepts: fn(&Word) -> bool| {
            kinds[from..].iter().take_while(|kind| accepts(kind)).count()
        };
        let is_separator: fn(&Word) -> bool = |kind| matches!(kind, Word::Separator);
        let first = count(0, is_separator);
        if !matches!(kinds.get(first), Some(Word::Argument)) {
            return Ok(start);
        }
        let after = first + 1;
        let length = match &self.parser.positional {
            Positional::None => return Ok(start),
            Positional::One(_) => after + count(after, is_separator),
            Positional::Several(_) => after + count(after, |kind| !matches!(kind, Word::Option(..))),
            Positional::Command(_) => kinds.len(),
        };
        let mut taken = self.words[start..start + length].to_vec();
        if let Positional::Command(names) = &self.parser.positional {
            self.positional = Some(self.run_command(names, &taken)?);
        } else {
            if let Some(separator) = taken.iter().position(|word| word == "--") {
                taken.remove(separator);
            }
            self.positional = Some(taken);
        }
        Ok(start + length)
    }

    fn run_command(&mut self, names: &[String], words: &[String]) -> Result<Vec<String>, Stop> {
        let name = &words[0];
        let Some(command) = self.parser.command.find_subcommand(name).filter(|_| names.contains(name)) else {
            let shown = of_reference(names);
            let mut error = self.parser.error(format!(
                "argument {{{}}}: {}",
                shown.join(","),
                invalid_choice(name, &shown)
            ));
            error.hints.extend(did_you_mean(&closest(name, names.iter().map(String::as_str))));
            return Err(Stop::Error(error));
        };
        self.command = Some(name.clone());
        let parser = Parser::new(command, Some(name), self.parser.columns);
        if takes_program(command) {
            return parser.program_words(name, &words[1..]);
        }
        let parsed = parser.parse_known(&words[1..])?;
        self.unrecognized_by_command = parsed.unrecognized;
        Ok(std::iter::once(name.clone()).chain(parsed.canonical).collect())
    }

    /// `argparse`'s `consume_optional`: takes the option at `start`, or several run together; returns where it ends.
    fn consume_option(&mut self, start: usize) -> Result<usize, Stop> {
        let Word::Option(option, string, value) = &self.kinds[start] else { return Ok(start + 1) };
        let Some(mut index) = *option else {
            self.unrecognized.push(self.words[start].clone());
            return Ok(start + 1);
        };
        let (mut string, mut value) = (string.clone(), value.clone());
        let mut taken = Vec::new();
        let end = loop {
            let option = &self.parser.optionals[index];
            let Some(given) = value else {
                if !option.takes_value() {
                    taken.push((index, None));
                    break start + 1;
                }
                if !matches!(self.kinds.get(start + 1), Some(Word::Argument)) {
                    return Err(self.parser.argument_error(option, "expected one argument"));
                }
                taken.push((index, Some(self.words[start + 1].clone())));
                break start + 2;
            };
            if option.takes_value() {
                taken.push((index, Some(given)));
                break start + 1;
            }
            let ignored = || {
                self.parser
                    .argument_error(option, &format!("ignored explicit argument {}", python_repr(&given)))
            };
            let mut letters = given.chars();
            let (false, Some(letter)) = (string.starts_with("--"), letters.next()) else {
                return Err(ignored());
            };
            taken.push((index, None));
            string = format!("-{letter}");
            index = self.parser.option_named(&string).ok_or_else(ignored)?;
            value = Some(letters.as_str().to_owned()).filter(|rest| !rest.is_empty());
        };
        for (index, value) in taken {
            let option = &self.parser.optionals[index];
            if let Some(value) =
                value.as_ref().filter(|value| !option.choices.is_empty() && !option.choices.contains(value))
            {
                let choices: Vec<&str> = option.choices.iter().map(String::as_str).collect();
                return Err(self.parser.argument_error(option, &invalid_choice(value, &choices)));
            }
            match option.kind {
                Kind::Help => return Err(Stop::Help(self.parser.name.map(str::to_owned))),
                Kind::Version => return Err(Stop::Version),
                Kind::Append => {}
                // Given again, an option replaces what it said before.
                Kind::Flag | Kind::Value => self.options.retain(|(known, _)| *known != index),
            }
            self.options.push((index, value));
        }
        Ok(end)
    }

    fn finish(self) -> Parsed {
        let mut canonical = Vec::new();
        for (index, value) in self.options {
            let string = self.parser.optionals[index].strings.last().cloned().unwrap_or_default();
            match value {
                Some(value) if string.starts_with("--") => canonical.push(format!("{string}={value}")),
                Some(value) => canonical.extend([string, value]),
                None => canonical.push(string),
            }
        }
        let is_command = matches!(self.parser.positional, Positional::Command(_));
        if let Some(positional) = self.positional {
            if !is_command {
                canonical.push("--".to_owned());
            }
            canonical.extend(positional);
        }
        let mut unrecognized = self.unrecognized;
        unrecognized.extend(self.unrecognized_by_command);
        Parsed { canonical, unrecognized, command: self.command }
    }
}

/// Python's `repr()` of a word.
fn python_repr(word: &str) -> String {
    limbeck_core::mako::python_repr(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &[&str]) -> Result<Request, UsageError> {
        let words: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        parse(&words, 80)
    }

    #[test]
    fn slips_in_commands_and_options_get_a_hint() {
        let hints = |line: &[&str]| run(line).unwrap_err().hints;
        assert_eq!(hints(&["upgarde", "head"]), ["did you mean 'upgrade'?"]);
        assert_eq!(hints(&["ensure-version"]), ["did you mean 'ensure_version'?"]);
        assert_eq!(hints(&["complete"]), ["did you mean 'completion'?"]);
        assert_eq!(hints(&["heads", "--verbos3"]), ["did you mean '--verbose'?"]);
        assert_eq!(hints(&["--quite", "heads"]), ["did you mean '--quiet'?"]);
        assert_eq!(hints(&["heads", "-x", "a=b"]), ["-x is an option of the program: alembic -x ... heads"]);
        assert_eq!(hints(&["frobnicate"]), [""; 0]);
        assert_eq!(hints(&["show", "a", "b"]), [""; 0]);
    }

    #[test]
    fn a_format_is_one_of_two() {
        let Request::Run(arguments) = run(&["heads", "--format", "json"]).unwrap() else { panic!() };
        assert_eq!(arguments.command.format(), crate::arguments::Format::Json);
        let error = run(&["heads", "--format=xml"]).unwrap_err();
        assert_eq!(error.message, "argument --format: invalid choice: 'xml' (choose from 'text', 'json')");
    }

    #[test]
    fn the_url_of_the_database_is_a_global_option() {
        let Request::Run(arguments) = run(&["--url", "sqlite://", "heads"]).unwrap() else { panic!() };
        assert_eq!(arguments.url.as_deref(), Some("sqlite://"));
    }

    #[test]
    fn help_and_version_end_parsing_where_they_stand() {
        assert!(matches!(run(&["--version", "nonsense"]), Ok(Request::Version)));
        assert!(matches!(run(&["-qh"]), Ok(Request::Help(None))));
        assert!(matches!(run(&["upgrade", "-h"]), Ok(Request::Help(Some(name))) if name == "upgrade"));
        assert!(run(&["nonsense", "--version"]).is_err());
    }
}
