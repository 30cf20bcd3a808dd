"""`alembic.config.CommandLine`: the program's table of commands as an `argparse.ArgumentParser`."""

from argparse import ArgumentError, ArgumentParser

import alembic.command
from alembic import util
from alembic.config import Config, _command_table, _inis_from_options


def _add(parser, names, kind, default, help):
    options = {"help": help}
    if kind == "flag":
        options["action"] = "store_true"
    elif kind == "append":
        options["action"] = "append"
    elif kind == "several":
        options["nargs"] = "+"
    if default is not None:
        options["default"] = default
    return parser.add_argument(*names, **options).dest


class _Parser(ArgumentParser):
    # Later releases of Python word this message otherwise than the one the program itself follows.
    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(map(repr, action.choices))
            raise ArgumentError(action, f"invalid choice: {value!r} (choose from {choices})")


class CommandLine:
    def __init__(self, prog=None):
        version, options, commands = _command_table()
        parser = _Parser(prog=prog)
        parser.add_argument("--version", action="version", version=f"%(prog)s {version}")
        for option in options:
            _add(parser, *option)
        self.subparsers = parser.add_subparsers()
        self.parser = parser
        for name, help, arguments in commands:
            command = self.subparsers.add_parser(name, help=help)
            positional, keywords = [], []
            for argument in arguments:
                dest = _add(command, *argument)
                (keywords if argument[0][0].startswith("-") else positional).append(dest)
            command.set_defaults(cmd=(getattr(alembic.command, name), positional, keywords))

    def register_command(self, fn):
        raise NotImplementedError("CommandLine.register_command() is not provided by Limbeck yet")

    def run_cmd(self, config, options):
        fn, positional, keywords = options.cmd
        try:
            fn(
                config,
                *[getattr(options, name) for name in positional],
                **{name: getattr(options, name) for name in keywords},
            )
        except util.CommandError as error:
            if options.raiseerr:
                raise
            util.err(str(error), **config.messaging_opts)

    def _inis_from_config(self, options):
        return _inis_from_options(options.config)

    def main(self, argv=None):
        options = self.parser.parse_args(argv)
        if not hasattr(options, "cmd"):
            self.parser.error("too few arguments")
        toml, ini = self._inis_from_config(options)
        config = Config(file_=ini, toml_file=toml, ini_section=options.name, cmd_opts=options)
        self.run_cmd(config, options)


CommandLine.__module__ = "alembic.config"
