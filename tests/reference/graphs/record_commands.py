"""Records what the commands that run no env.py print, and what the reference reads from revision headers.

    python record_commands.py

It writes ``commands.json`` (projects, commands, their output) and ``headers.json`` (sources and what became of
them) beside itself. ``{dir}`` stands for the directory of the project.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

HASH_SEEDS = [str(seed) for seed in range(8)]


def script(revision, down, doc="", labels=None, depends_on=None):
    return '"""%s"""\nrevision = %r\ndown_revision = %r\nbranch_labels = %r\ndepends_on = %r\n' % (
        doc,
        revision,
        down,
        labels,
        depends_on,
    )


LINEAR = {
    "versions/1_one.py": script("ae1027a6acf", None, "create account table\n\nRevision ID: ae1027a6acf\n"),
    "versions/2_two.py": script("27c6a30d7c24", "ae1027a6acf", "add a column\nsecond line\n\n100% more %s"),
    "versions/3_three.py": script("ae10b2d4f001", "27c6a30d7c24"),
    "versions/__init__.py": "",
    "versions/.#lock.py": "not python (",
    "versions/notes.txt": "",
    "versions/nested/4_four.py": script("ffff", "nothing"),
}
BRANCHED = {
    "versions/a.py": script("aaaa1", None, "base"),
    "versions/b.py": script("bbbb1", "aaaa1", "left", "left"),
    "versions/c.py": script("cccc1", "aaaa1", "right"),
    "versions/d.py": script("dddd1", ("bbbb1", "cccc1"), "merge\n\n\n  of   two\r\n\x0cmore"),
    "versions/e.py": script("eeee1", None, "other", ("other",)),
    "versions/f.py": script("ffff1", "eeee1", "needs", None, ("dddd1", "left")),
    "versions/g.py": script("0001a", "ffff1", "effective head"),
    "versions/h.py": script("0002a", None, "last", None, "0001a"),
}
TWO_HEADS = {
    "versions/a.py": script("aaaa1", None, "base"),
    "versions/b.py": script("bbbb1", "aaaa1", "left", "left"),
    "versions/c.py": script("cccc1", "aaaa1", "right", "right"),
    "script.py.mako": "revision = ${repr(up_revision)}\\\n\ndown_revision = ${repr(down_revision)}\\\n\n"
    "branch_labels = ${repr(branch_labels)}\ndepends_on = ${repr(depends_on)}\nmessage = ${repr(message)}\n",
}
RECURSIVE = {
    "versions/z.py": script("aaaa1", None, "z"),
    "versions/b/y.py": script("bbbb1", "aaaa1", "y"),
    "versions/a/x.py": script("cccc1", "bbbb1", "x"),
    "versions/a/__pycache__/w.py": script("dddd1", "cccc1", "w"),
}
LEGACY = {"versions/abc123.py": "down_revision = None\n", "versions/def456.py": "down_revision = 'abc123'\n"}

PROJECTS = [
    (
        "linear",
        LINEAR,
        {},
        [
            ["history"],
            ["history", {"verbose": True}],
            ["history", {"rev_range": "ae10b:"}],
            ["history", {"rev_range": ":27c6"}],
            ["history", {"rev_range": "ae1027:head"}],
            ["history", {"rev_range": "-2:"}],
            ["history", {"rev_range": ":+1"}],
            ["history", {"rev_range": " base:heads "}],
            ["history", {"rev_range": "27c6:ae1027"}],
            ["history", {"rev_range": "27c6"}],
            ["history", {"rev_range": "zzzz:"}],
            ["heads"],
            ["heads", {"verbose": True}],
            ["branches"],
            ["show", {"rev": "ae10"}],
            ["show", {"rev": "27c6a"}],
            ["show", {"rev": "head"}],
            ["show", {"rev": "base"}],
            ["show", {"rev": "head-1"}],
            ["edit", {"rev": "head"}],
            ["edit", {"rev": "base"}],
            ["edit", {"rev": "nothing"}],
            ["revision", {"message": "x", "rev_id": "a-b"}],
            ["revision", {"message": "x", "rev_id": "abcd", "head": "27c6"}],
            ["revision", {"message": "x", "rev_id": "abcd", "head": "nope"}],
            ["revision", {"message": "x", "rev_id": "abcd", "sql": True}],
            ["revision", {"message": "x", "rev_id": "abcd", "sql": True, "autogenerate": True}],
            ["revision", {"message": "x", "rev_id": "abcd", "version_path": "/nowhere/../here"}],
        ],
    ),
    (
        "branched",
        BRANCHED,
        {},
        [
            ["history"],
            ["history", {"verbose": True}],
            ["history", {"rev_range": "left@base:left@head"}],
            ["history", {"rev_range": ":other@head"}],
            ["heads"],
            ["heads", {"verbose": True}],
            ["heads", {"resolve_dependencies": True}],
            ["branches"],
            ["branches", {"verbose": True}],
            ["show", {"rev": "heads"}],
            ["show", {"rev": "head"}],
            ["show", {"rev": "left"}],
            ["show", {"rev": "other@head"}],
        ],
    ),
    (
        "two heads",
        TWO_HEADS,
        {},
        [
            ["revision", {"message": "x", "rev_id": "dddd1"}],
            ["revision", {"message": "x", "rev_id": "dddd1", "head": "aaaa1"}],
            ["revision", {"message": "x", "rev_id": "dddd1", "head": "heads"}],
            ["revision", {"message": "x", "rev_id": "dddd1", "head": ["bbbb1", "left@head"]}],
            ["revision", {"message": "x", "rev_id": "dddd1", "head": "left@head", "depends_on": "zzz"}],
            ["revision", {"message": "On the left!", "rev_id": "eeee1", "head": "left@head", "depends_on": "cccc"}],
            ["revision", {"rev_id": "eeee2", "head": "base", "branch_label": "third", "depends_on": ["eeee", "right"]}],
            ["revision", {"rev_id": "eeee3", "head": "aaaa", "splice": True}],
            ["heads", {"verbose": True}],
            ["merge", {"revisions": ["eeee1"], "rev_id": "ffff0", "message": "merge one"}],
            ["merge", {"revisions": ["bbbb", "cccc"], "rev_id": "ffff1"}],
            ["merge", {"revisions": ["right@head", "ffff0"], "rev_id": "ffff1", "message": "a merge"}],
            ["merge", {"revisions": ["aaaa"], "rev_id": "ffff2"}],
            ["merge", {"revisions": ["aaaa", "eeee2"], "rev_id": "ffff3", "splice": True, "branch_label": "fourth"}],
            ["history"],
        ],
    ),
    ("recursive", RECURSIVE, {"recursive_version_locations": "true"}, [["history"], ["heads"]]),
    ("flat", RECURSIVE, {}, [["history"], ["heads"]]),
    ("legacy", LEGACY, {}, [["history"], ["show", {"rev": "head"}]]),
    ("unnamed", {"versions/helper.py": "x = 1\n"}, {}, [["heads"]]),
    ("empty", {"versions/readme.txt": ""}, {}, [["history"], ["heads"], ["branches"], ["show", {"rev": "head"}]]),
    (
        "missing parent",
        {
            "versions/a.py": script("aaaa1", None, "a"),
            "versions/b.py": script("bbbb1", "zzzz1", "b\n\nmore"),
            "versions/c.py": script("cccc1", "bbbb1", "c"),
        },
        {},
        [["heads"]],
    ),
    (
        "missing parent of a parent",
        {
            "versions/a.py": script("aaaa1", "dddd1", "a"),
            "versions/b.py": script("bbbb1", "dddd1", "b"),
            "versions/c.py": script("cccc1", "bbbb1", "c"),
            "versions/d.py": script("dddd1", ("eeee1", "ffff1"), "d"),
            "versions/e.py": script("eeee1", None, "e"),
        },
        {},
        [["heads"]],
    ),
    (
        "several locations",
        {
            "one/a.py": script("aaaa1", None, "a", "one"),
            "two/b.py": script("bbbb1", "aaaa1", "b"),
            "two/c.py": script("cccc1", None, "c", "two"),
            "script.py.mako": TWO_HEADS["script.py.mako"],
        },
        {"version_locations": "{dir}/one:{dir}/two:{dir}/one:{dir}/missing", "path_separator": "os"},
        [
            ["history"],
            ["revision", {"rev_id": "dddd1", "head": "base", "message": "where"}],
            ["revision", {"rev_id": "dddd1", "head": "two@head", "message": "where"}],
            ["revision", {"rev_id": "dddd2", "head": "base", "message": "there", "version_path": "{dir}/missing"}],
            ["revision", {"rev_id": "dddd3", "head": "base", "message": "x", "version_path": "{dir}/other"}],
            ["history", {"verbose": True}],
        ],
    ),
]

HEADERS = [
    "revision = 'a'\ndown_revision = None\n",
    "'''doc'''\nrevision: str = 'a'\ndown_revision: str | None = 'b'\nbranch_labels = ('x', 'y')\ndepends_on = ['z']\n",
    "'''  doc\n\n\nmore  \n'''\nrevision = 'a' 'b'\ndown_revision = ('c')\n",
    "\"doc \\\n  joined\"\nrevision = r'a'\ndown_revision = ()\ndepends_on = ()\n",
    "# comment\n'a' 'b'\nrevision = 'a'\ndown_revision = (None,)\n",
    "f'no doc'\nrevision = 'a'\ndown_revision = ['b', 'c']\n",
    "b'no doc'\nrevision = 'a'\ndown_revision = ('b', 'c',)\n",
    "x = 1\n'no doc'\nrevision = 'a'\ndown_revision = 'b'\n",
    "base = 'q'\nrevision = 'a'\ndown_revision = (base, 'c')\nbranch_labels = None\n",
    "revision, down_revision = 'a', 'b'\n",
    "revision = down_revision = 'a'\n",
    "revision = 'a'\ndown_revision = 'b'\nrevision = 'c'\n",
    "revision = 'a'\ndown_revision = revision\n",
    "'''\u00e9\u2028 x\x0b'''\nrevision = '\\x61'\ndown_revision = '\\N{LATIN SMALL LETTER B}'\n",
    "'''a\r\n\r\nb'''\r\nrevision = 'a'\r\ndown_revision = 'b'\r\n",
    "__doc__ = 'set'\nrevision = 'a'\ndown_revision = 'b'\n",
    "revision = 'a'\ndown_revision = 'b'\ndepends_on = 'c'\nbranch_labels = 'd'\ndef upgrade():\n    revision = 'z'\n",
    "revision = 'a'\ndown_revision = ''\n",
    "revision = 'a-b'\ndown_revision = None\n",
    "revision = 'a'\ndown_revision = ('b', 'a')\n",
    "revision = 'a'\ndown_revision = None\ndepends_on = 'a'\n",
    "revision = 'a'\n",
    "down_revision = None\n",
    "revision = 'a'\n  down_revision = None\n",
    "revision = 'a\ndown_revision = None\n",
    "print 'x'\nrevision = 'a'\n",
]


def write(directory, files):
    for name, text in files.items():
        path = Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def run_command(config, directory, name, arguments):
    from alembic import command, util

    arguments = json.loads(json.dumps(arguments).replace("{dir}", directory))
    out = io.StringIO()
    config.stdout = out
    opened = []
    util.open_in_editor = opened.append
    answer = {}
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            getattr(command, name)(config, **arguments)
        except util.CommandError as error:
            answer["error"] = str(error)
        except KeyError:
            answer["missing"] = True
    if opened:
        answer["opened"] = opened
    if caught:
        answer["warnings"] = [str(warning.message) for warning in caught]
    answer["stdout"] = out.getvalue()
    return json.loads(json.dumps(answer).replace(directory, "{dir}"))


def record():
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.script.base import Script
    from alembic.util import to_tuple

    out = {"commands": [], "headers": []}
    for _, files, options, commands in PROJECTS:
        with tempfile.TemporaryDirectory() as directory:
            directory = os.path.realpath(directory)
            write(directory, files)
            answers = []
            for name, *arguments in commands:
                config = Config()
                config.set_main_option("script_location", directory)
                for key, value in options.items():
                    config.set_main_option(key, value.replace("{dir}", directory))
                answers.append(run_command(config, directory, name, *(arguments or [{}])))
            out["commands"].append(answers)
    for source in HEADERS:
        with tempfile.TemporaryDirectory() as directory:
            directory = os.path.realpath(directory)
            path = Path(directory, "header_case.py")
            path.write_bytes(source.encode())
            try:
                found = Script._from_path(ScriptDirectory(directory), path)
            except Exception as error:
                answer = {"error": type(error).__name__, "message": str(error)}
                if isinstance(error, SyntaxError):
                    answer = {"error": "SyntaxError", "line": error.lineno}
            else:
                answer = {
                    "revision": found.revision,
                    "down_revision": list(found._versioned_down_revisions),
                    "dependencies": list(to_tuple(found.dependencies, default=())),
                    "branch_labels": sorted(found.branch_labels),
                    "doc": found.doc,
                    "longdoc": found.longdoc,
                    "log_lines": found.log_entry.split("\n\n", 1)[1],
                }
            out["headers"].append(answer)
    print(json.dumps(out))


def main():
    here = Path(__file__).resolve().parent
    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, "-B", __file__, "--run"],
                env={**os.environ, "PYTHONHASHSEED": seed},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
        )
        for seed in HASH_SEEDS
    ]
    projects = []
    for index, (name, files, options, commands) in enumerate(PROJECTS):
        kept = []
        for number, (command, *arguments) in enumerate(commands):
            answers = [run["commands"][index][number] for run in runs]
            # Sets come out in any order; one of the orders must be met.
            choices = [answer for place, answer in enumerate(answers) if answer not in answers[:place]]
            kept.append({"command": command, "arguments": arguments[0] if arguments else {}, "answers": choices})
        projects.append({"name": name, "files": files, "options": options, "commands": kept})
    (here / "commands.json").write_text(json.dumps(projects, indent=1) + "\n")
    headers = [{"source": source, **answer} for source, answer in zip(HEADERS, runs[0]["headers"])]
    (here / "headers.json").write_text(json.dumps(headers, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        record()
    else:
        main()
