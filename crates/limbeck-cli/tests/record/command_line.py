"""Records the reference's options, and what it makes of some command lines, into ../data.

Run with a Python 3.11 that has the reference installed: python command_line.py
"""

import argparse
import contextlib
import io
import json
import os
import pathlib

os.environ["COLUMNS"] = "80"

from alembic.config import CommandLine  # noqa: E402

LINES = [
    [], ["nonsense"], ["heads"], ["-q", "heads", "-v"], ["heads", "-q"], ["heads", "-x", "a=b"], ["-x", "a=b", "-xc=d", "-x=e=f", "heads"],
    ["-x", "", "heads"], ["-x"], ["-x", "-1", "heads"], ["-x", "-a", "heads"], ["-x", "-a b", "heads"], ["-x=-a", "heads"],
    ["-c", "a.ini", "--config", "pyproject.toml", "-cb.ini", "--config=c", "heads"], ["--conf", "a.ini", "heads"], ["-c"], ["--config"],
    ["-n", "one", "--name", "two", "check"], ["--name=", "check"], ["--raise", "check"], ["--quiet=1", "check"], ["-qz", "check"],
    ["-qc", "a.ini", "check"], ["-qca.ini", "check"], ["-qq", "check"], ["--", "heads"], ["heads", "--"], ["-"], ["--nope", "heads"], ["-z", "heads"],
    ["upgrade"], ["upgrade", "head"], ["upgrade", "+2"], ["upgrade", "-1"], ["upgrade", "head", "--sql"], ["upgrade", "--sql", "a:b", "--tag", "t"],
    ["upgrade", "--sql", "a:b", "--tag"], ["upgrade", "--tag", "--sql", "head"], ["upgrade", "--tag=--sql", "head"], ["upgrade", "head", "more"],
    ["upgrade", "-c", "x", "head"], ["upgrade", "--sq", "head"], ["upgrade", "-s", "head"], ["upgrade", ""], ["upgrade", "--", "-x"],
    ["upgrade", "--", "--", "x"], ["upgrade", "-x=1", "head"],
    ["downgrade", "-1"], ["downgrade", "-12"], ["downgrade", "-1.5"], ["downgrade", "-1a"], ["downgrade", "ae10-1"], ["downgrade", "-1:base", "--sql"],
    ["downgrade", "branch@-1"], ["downgrade", "-1", "--sql"], ["downgrade", "--sql", "-1"], ["downgrade", "-x -1"],
    ["history", "-r-3:current"], ["history", "-r", "-3:current"], ["history", "-r", "-3"], ["history", "-r=-3:"], ["history", "--rev-range", "a:b", "-vi"],
    ["history", "--rev-range=-3:current"], ["history", "-virx:"], ["history", "-v", "-v"], ["history", "--indicate"], ["history", "x"],
    ["revision", "-m", "a b", "--autogenerate"], ["revision", "-m", "-a b"], ["revision", "-m", "-ab"], ["revision", "-m"], ["revision", "-ma", "-m", "b"],
    ["revision", "--message=", "--head", "x@head", "--splice", "--branch-label", "l", "--version-path", "p", "--rev-id", "1", "--depends-on", "a", "--depends-on=b"],
    ["revision", "--rev", "1"], ["revision", "--s", "x"], ["revision", "--sp"], ["revision", "--h", "x"], ["revision", "message"], ["revision", "--auto", "--sql"],
    ["merge", "a", "b", "-m", "x"], ["merge", "-m", "x", "a", "b", "c"], ["merge", "a", "-m", "x", "b"], ["merge"], ["merge", "heads"], ["merge", "--mess"],
    ["merge", "a", "--", "b", "--", "-c"], ["merge", "--", "a"], ["merge", "-1", "-2"],
    ["stamp", "a", "b", "--purge"], ["stamp", "--sql", "head", "--tag=t"], ["stamp"], ["stamp", "--pu", "base"],
    ["show", "a"], ["show", "a", "b", "c"], ["show", "--", "-x"], ["show"], ["edit", "current"], ["edit"],
    ["current", "-v", "-c"], ["current", "--check"], ["current", "-cv"], ["current", "--verb"], ["branches", "--verbose"], ["branches", "-x"],
    ["check", "x"], ["ensure_version", "--sql"], ["ensure-version"], ["list_templates"], ["list_templates", "-v"],
    ["init", "d"], ["init", "-t", "async", "d", "--package"], ["init"], ["init", "-tasync", "d"], ["init", "d", "e"], ["init", "--template"],
    ["heads", "--resolve-dependencies", "--verbose"], ["heads", "--re"], ["show", "it's"], ["it's"], ["UPGRADE", "head"],
    ["upgrade", "--sql=x", "head"], ["upgrade", "--tag", "-1", "head"], ["upgrade", "head", "--tag", "-1"], ["upgrade", "-1", "--tag", "--"], ["stamp", "--", "-1", "x"],
    ["-xa", "-x", "--", "heads"], ["--name", "a", "--", "heads"], ["--", "--", "heads"], ["heads", "--", "--"], ["history", "-r", "--", "a:b"], ["history", "-r"],
    ["history", "-ivr", "a:b"], ["history", "-rv"], ["history", "-iv", "--rev", "a:"], ["history", "--i"], ["history", "--v"], ["history", "--r", "x:"],
    ["revision", "--b", "x"], ["revision", "--v", "p"], ["revision", "--d", "a", "--d", "b"], ["revision", "--a"], ["revision", "--m", "x"], ["revision", "--sq"], ["revision", "--r", "1"],
    ["merge", "--b", "x", "heads"], ["merge", "--r", "1", "--s", "heads"], ["init", "--p", "d"], ["init", "--t", "x", "d"], ["stamp", "--s", "head"], ["stamp", "--t", "x", "head"], ["stamp", "--p", "head"],
    ["current", "--c"], ["heads", "--v"], ["branches", "--v"], ["ensure_version", "--s"], ["downgrade", "--s", "a:b"], ["downgrade", "--t=", "a"], ["--c", "x", "heads"], ["--r", "heads"], ["--q", "heads"],
    ["list_templates", "extra"], ["check", "-v"], ["edit", "a", "b"], ["edit", "--", "-1"], ["edit", "-1"], ["show", "-1"], ["show", "--", "--"], ["upgrade", "\u00e9\u4e2d"], ["\u00e9"], ["revision", "-m", "\u00e9\u00e9", "x"],
    ["upgrade", "head", "-q"], ["-c", "a", "b", "c"], ["", "heads"], [""], ["heads", ""], [" heads"], ["merge", ""], ["-x", "a", "-x", "b", "-c", "c", "-n", "d", "-q", "--raiseerr", "upgrade", "x"],
    ["a", "-q"], ["-q"], ["-q", "-x"], ["--n", "x", "heads"], ["x", "--nope"], ["--nope"], ["show", "-x", "y"],
]


def options(parser):
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        takes_value = action.nargs != 0
        metavar = action.metavar or (action.dest if not action.option_strings else action.dest.upper())
        found.append({
            "options": action.option_strings, "name": None if action.dest in ("help", "version") else action.dest,
            "kind": type(action).__name__, "nargs": action.nargs, "metavar": metavar if takes_value else None,
            "choices": action.choices, "required": action.required,
            "default": None if action.dest in ("help", "version") else action.default,
        })
    return found


def read(parser, line):
    stderr = io.StringIO()
    try:
        with contextlib.redirect_stderr(stderr):
            namespace = vars(parser.parse_args(line))
            if "cmd" not in namespace:
                parser.error("too few arguments")
    except SystemExit as stop:
        return {"line": line, "code": stop.code, "stderr": stderr.getvalue()}
    namespace["cmd"] = namespace["cmd"][0].__name__
    return {"line": line, "namespace": namespace}


if __name__ == "__main__":
    parser = CommandLine(prog="alembic").parser
    (commands,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    data = pathlib.Path(__file__).parent.parent / "data"
    table = {"program": options(parser), "commands": {name: options(sub) for name, sub in commands.choices.items()}}
    (data / "reference_options.json").write_text(json.dumps(table, indent=1) + "\n")
    (data / "reference_command_lines.json").write_text(json.dumps([read(parser, line) for line in LINES], indent=1) + "\n")
