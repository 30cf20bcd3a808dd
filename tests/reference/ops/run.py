"""Runs the operation cases of this directory and prints what each one emits, one JSON line each.

    python run.py [MODULE ...]             the records of these modules (all by default) on standard output
    python run.py --record                 writes record.jsonl, made with the reference's Python
    python run.py --compare [MODULE ...]   holds the records against record.jsonl; status 1 when they differ
    python run.py --count                  how many records each dialect has

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

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD = os.path.join(HERE, "record.jsonl")

DIALECTS = ["sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"]

MODULES = [
    "columns",
    "tables",
    "indexes",
    "constraints",
    "foreign_keys",
    "alter",
    "drops",
    "bulk",
    "literals",
    "execution",
    "expressions_postgresql",
    "comments",
    "defaults",
    "autoincrement",
    "types_generic",
    "types_uppercase",
    "types_custom",
    "types_postgresql",
    "types_mysql",
    "types_mssql",
    "types_oracle",
    "types_sqlite",
    "custom_ddl",
    "plugins",
    "naming",
    "quoting",
    "schemas",
    "batch_plain",
    "batch_operations",
    "transactions",
    "version_table",
    "drivers",
    "errors",
    "realistic_schema",
    "realistic_data",
    "realistic_helpers",
    "public_scripts",
    "overrides",
    "mysql_further",
    "servers",
]


def normalised(text):
    """Replaces what changes from run to run or from machine to machine. The one place that does so."""
    text = text.replace(HERE, "<ops>")
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


def run_case(module, name, function, dialect, options):
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
    record["sql"] = normalised(buffer.getvalue())
    if error is not None:
        record["error"] = normalised(error)
    if caught:
        record["warnings"] = [normalised(w.category.__name__ + ": " + str(w.message)) for w in caught]
    return record


def records(names):
    """The records of the modules named, in their order; of all modules when none is named.

    A module that cannot be imported gives one record without a case, which has the error.
    """
    for name in names:
        if name not in MODULES:
            sys.exit("no case module is named " + repr(name))
    for module in MODULES:
        if names and module not in names:
            continue
        try:
            cases = __import__(module).CASES
        except Exception as exception:
            error = type(exception).__name__ + ": " + str(exception)
            yield {"module": module, "case": "", "dialect": "", "sql": "", "error": normalised(error)}
            continue
        seen = set()
        for name, function, dialects, options in cases:
            if name in seen:
                sys.exit("two cases of " + module + " are named " + repr(name))
            seen.add(name)
            for dialect in dialects or DIALECTS:
                yield run_case(module, name, function, dialect, options)


def key_of(record):
    return (record["module"], record["case"], record["dialect"])


def compare(names):
    """Prints each record that differs from record.jsonl; returns how many do."""
    expected = {}
    with io.open(RECORD, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            expected[key_of(record)] = record
    different = 0
    total = 0
    for record in records(names):
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


def main(arguments):
    mode = arguments.pop(0) if arguments and arguments[0].startswith("--") else None
    if mode == "--record":
        with io.open(RECORD, "w", encoding="utf-8", newline="\n") as file:
            for record in records([]):
                file.write(json.dumps(record) + "\n")
    elif mode == "--compare":
        sys.exit(1 if compare(arguments) else 0)
    elif mode == "--count":
        counts = {}
        for record in records(arguments):
            counts[record["dialect"]] = counts.get(record["dialect"], 0) + 1
        for dialect in counts:
            print("%6d %s" % (counts[dialect], dialect))
        print("%6d in all" % sum(counts.values()))
    elif mode is None:
        for record in records(arguments):
            sys.stdout.write(json.dumps(record) + "\n")
    else:
        sys.exit("no such mode: " + mode)


if __name__ == "__main__":
    main(sys.argv[1:])
