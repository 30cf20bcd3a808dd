"""How the operation cases of a directory are run, recorded and compared, for the `run.py` there.

A case module holds a list CASES of tuples `(name, function, dialects, options)`. `function(op)` is called with
an `Operations` of a fresh offline `MigrationContext`. `dialects` is None for all six, or a list of dialect
names and of URLs. `options` go to the context, but for "dialect_opts", which `configure()` takes by itself.
"""

import io
import json
import os
import re
import sys
import warnings

from alembic.migration import MigrationContext
from alembic.operations import Operations

DIALECTS = ["sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"]


def normalised(text, here):
    """Replaces what changes from run to run or from machine to machine. The one place that does so."""
    text = text.replace(here, "<ops>")
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x...", text)


def options_of(dialect, options):
    """The keyword arguments of `MigrationContext.configure()` for one run of a case."""
    opts = {"as_sql": True, "output_buffer": io.StringIO(), "literal_binds": True}
    opts.update(options or {})
    arguments = {"opts": opts}
    dialect_opts = opts.pop("dialect_opts", None)
    if dialect_opts is not None:
        arguments["dialect_opts"] = dialect_opts
    if "://" in dialect:
        arguments["url"] = dialect
    else:
        arguments["dialect_name"] = dialect
    return arguments


def run_case(here, module, name, function, dialect, options):
    """Runs one case for one dialect; returns its record."""
    record = {"module": module, "case": name, "dialect": dialect}
    arguments = options_of(dialect, options)
    buffer = arguments["opts"]["output_buffer"]
    error = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            context = MigrationContext.configure(**arguments)
            function(Operations(context))
        except Exception as exception:
            error = type(exception).__name__ + ": " + str(exception)
    record["sql"] = normalised(buffer.getvalue(), here)
    if error is not None:
        record["error"] = normalised(error, here)
    if caught:
        record["warnings"] = [normalised(w.category.__name__ + ": " + str(w.message), here) for w in caught]
    return record


def records(here, modules, names):
    """The records of the modules named, in their order; of all modules when none is named.

    A module that cannot be imported gives one record without a case, which has the error.
    """
    for name in names:
        if name not in modules:
            sys.exit("no case module is named " + repr(name))
    for module in modules:
        if names and module not in names:
            continue
        try:
            cases = __import__(module).CASES
        except Exception as exception:
            error = type(exception).__name__ + ": " + str(exception)
            yield {"module": module, "case": "", "dialect": "", "sql": "", "error": normalised(error, here)}
            continue
        seen = set()
        for name, function, dialects, options in cases:
            if name in seen:
                sys.exit("two cases of " + module + " are named " + repr(name))
            seen.add(name)
            for dialect in dialects or DIALECTS:
                yield run_case(here, module, name, function, dialect, options)


def key_of(record):
    return (record["module"], record["case"], record["dialect"])


def compare(here, modules, names):
    """Prints each record that differs from record.jsonl; returns how many do."""
    expected = {}
    with io.open(record_of(here), encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            expected[key_of(record)] = record
    different = 0
    total = 0
    for record in records(here, modules, names):
        total += 1
        wanted = expected.pop(key_of(record), None)
        if wanted == record:
            continue
        different += 1
        print("%s.%s [%s]" % key_of(record))
        for field in ("sql", "error", "warnings"):
            before = (wanted or {}).get(field)
            after = record.get(field)
            if before != after:
                print("  %s expected: %r" % (field, before))
                print("  %s actual:   %r" % (field, after))
    missing = [key for key in expected if not names or key[0] in names]
    for key in missing:
        print("%s.%s [%s]\n  was not run" % key)
    print("%d of %d records differ, %d were not run" % (different, total, len(missing)))
    return different + len(missing)


def record_of(here):
    return os.path.join(here, "record.jsonl")


def main(arguments, here, modules):
    """Runs the case modules of the directory `here` as the arguments say."""
    mode = arguments.pop(0) if arguments and arguments[0].startswith("--") else None
    if mode == "--record":
        with io.open(record_of(here), "w", encoding="utf-8", newline="\n") as file:
            for record in records(here, modules, []):
                file.write(json.dumps(record) + "\n")
    elif mode == "--compare":
        sys.exit(1 if compare(here, modules, arguments) else 0)
    elif mode == "--count":
        counts = {}
        for record in records(here, modules, arguments):
            counts[record["dialect"]] = counts.get(record["dialect"], 0) + 1
        for dialect in counts:
            print("%6d %s" % (counts[dialect], dialect))
        print("%6d in all" % sum(counts.values()))
    elif mode is None:
        for record in records(here, modules, arguments):
            sys.stdout.write(json.dumps(record) + "\n")
    else:
        sys.exit("no such mode: " + mode)
