//! Holds the command line to what the reference's parser made of the same words, and its options to the
//! reference's (`tests/record/command_line.py` records both).

use clap::{ArgAction, CommandFactory as _};
use limbeck_core::config::OptionValue;
use serde_json::{Value as Json, json};

use crate::argparse::{Request, parse};
use crate::arguments::{Arguments, OWN, OWN_COMMANDS};

fn recorded(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn json_of(value: OptionValue) -> Json {
    match value {
        OptionValue::None => Json::Null,
        OptionValue::Bool(value) => json!(value),
        OptionValue::String(value) => json!(value),
        OptionValue::List(values) => json!(values),
    }
}

#[test]
fn every_command_line_is_read_as_the_reference_reads_it() {
    let mut failures = Vec::new();
    for case in recorded(include_str!("../tests/data/reference_command_lines.json")).as_array().unwrap() {
        let words: Vec<String> =
            case["line"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        let made = match parse(&words, 80) {
            Ok(Request::Run(arguments)) => {
                let options = arguments.cmd_opts().into_iter().map(|(name, value)| (name, json_of(value)));
                json!({"line": words, "namespace": options.collect::<serde_json::Map<_, _>>()})
            }
            Ok(other) => panic!("{words:?} gave {other:?}"),
            Err(error) => json!({"line": words, "code": 2, "stderr": format!("{error}\n")}),
        };
        if made != *case {
            failures.push(format!("{made}\n  instead of {case}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The options of a command that the reference has too, in the recorded form.
fn options(command: &clap::Command) -> Vec<Json> {
    let mut found = Vec::new();
    for argument in command.get_arguments().filter(|argument| argument.get_help_heading() != Some(OWN)) {
        let kind = match argument.get_action() {
            ArgAction::Help => "_HelpAction",
            ArgAction::Version => "_VersionAction",
            ArgAction::SetTrue => "_StoreTrueAction",
            ArgAction::Append if !argument.is_positional() => "_AppendAction",
            _ => "_StoreAction",
        };
        let long = argument.get_long().map(|long| format!("--{long}"));
        let strings: Vec<String> =
            argument.get_short().map(|short| format!("-{short}")).into_iter().chain(long).collect();
        let id = argument.get_id().as_str();
        let is_asked = matches!(id, "help" | "version");
        let takes_value = matches!(kind, "_StoreAction" | "_AppendAction");
        let is_several = argument.is_positional() && argument.get_num_args().unwrap().max_values() > 1;
        let metavar = if argument.is_positional() { id.to_owned() } else { id.to_uppercase() };
        let default = argument.get_default_values().first().map(|value| json!(value.to_str().unwrap()));
        found.push(json!({
            "options": strings,
            "name": (!is_asked).then_some(id),
            "kind": kind,
            "nargs": if !takes_value { json!(0) } else if is_several { json!("+") } else { Json::Null },
            "metavar": takes_value.then_some(metavar),
            "choices": takes_value
                .then(|| argument.get_possible_values().iter().map(|value| json!(value.get_name())).collect::<Vec<_>>())
                .filter(|choices| !choices.is_empty()),
            "required": argument.is_required_set(),
            "default": match kind {
                "_StoreTrueAction" => json!(false),
                "_StoreAction" => default.unwrap_or_default(),
                _ => Json::Null,
            },
        }));
    }
    found.sort_by_key(ToString::to_string);
    found
}

fn sorted(options: &Json) -> Vec<Json> {
    let mut options = options.as_array().unwrap().clone();
    options.sort_by_key(ToString::to_string);
    options
}

#[test]
fn the_commands_have_the_options_of_the_reference() {
    let table = recorded(include_str!("../tests/data/reference_options.json"));
    let mut program = Arguments::command();
    program.build();
    assert_eq!(options(&program), sorted(&table["program"]));
    let commands: Vec<&str> = program
        .get_subcommands()
        .map(clap::Command::get_name)
        .filter(|name| !OWN_COMMANDS.contains(name))
        .collect();
    let reference: Vec<&String> = table["commands"].as_object().unwrap().keys().collect();
    assert_eq!(commands, reference);
    for (name, recorded) in table["commands"].as_object().unwrap() {
        assert_eq!(options(program.find_subcommand(name).unwrap()), sorted(recorded), "{name}");
    }
}

#[test]
fn help_names_every_command_and_every_option() {
    let mut program = Arguments::command();
    program.build();
    let text = program.render_help().to_string();
    let table = recorded(include_str!("../tests/data/reference_options.json"));
    for (name, recorded) in table["commands"].as_object().unwrap() {
        assert!(text.contains(&format!("\n  {name} ")), "{name} is not in:\n{text}");
        let help = program.find_subcommand_mut(name).unwrap().render_help().to_string();
        for option in recorded.as_array().unwrap() {
            let strings = option["options"].as_array().unwrap().iter().map(|string| string.as_str().unwrap());
            for string in strings {
                assert!(help.contains(string), "{string} is not in:\n{help}");
            }
        }
    }
}
