//! The table of commands for programs that parse a command line in Python: the same one that `clap` has.

use clap::{Arg, ArgAction, Command, CommandFactory as _};
use limbeck_python::{
    ALEMBIC_VERSION, ArgumentKind, ArgumentSpecification, CommandSpecification, CommandTable,
};

use crate::arguments::{Arguments, OWN, OWN_COMMANDS};

/// Makes the table.
pub fn command_table() -> CommandTable {
    let program = Arguments::command();
    CommandTable {
        version: ALEMBIC_VERSION.to_owned(),
        options: specifications(&program),
        commands: program
            .get_subcommands()
            .filter(|command| !OWN_COMMANDS.contains(&command.get_name()) && !command.is_hide_set())
            .map(|command| CommandSpecification {
                name: command.get_name().to_owned(),
                help: command.get_about().map(ToString::to_string).unwrap_or_default(),
                arguments: specifications(command),
            })
            .collect(),
    }
}

fn specifications(command: &Command) -> Vec<ArgumentSpecification> {
    command
        .get_arguments()
        .filter(|argument| argument.get_help_heading() != Some(OWN))
        .filter_map(specification)
        .collect()
}

/// Gives an argument's row; none for those that every parser has by itself.
fn specification(argument: &Arg) -> Option<ArgumentSpecification> {
    let kind = match argument.get_action() {
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version => return None,
        ArgAction::SetTrue => ArgumentKind::Flag,
        _ if argument.is_positional() => match argument.get_num_args() {
            Some(range) if range.max_values() > 1 => ArgumentKind::Several,
            _ => ArgumentKind::Value,
        },
        ArgAction::Append => ArgumentKind::Append,
        _ => ArgumentKind::Value,
    };
    let names = if argument.is_positional() {
        vec![argument.get_id().to_string()]
    } else {
        let short = argument.get_short().map(|short| format!("-{short}"));
        let long = argument.get_long().map(|long| format!("--{long}"));
        short.into_iter().chain(long).collect()
    };
    let default = argument.get_default_values().first();
    Some(ArgumentSpecification {
        names,
        kind,
        default: default
            .filter(|_| kind == ArgumentKind::Value)
            .map(|value| value.to_string_lossy().into_owned()),
        help: argument.get_help().map(ToString::to_string).unwrap_or_default().replace('%', "%%"),
    })
}
