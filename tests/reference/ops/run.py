"""Runs the operation cases of this directory and prints what each one emits, one JSON line each.

    python run.py [MODULE ...]             the records of these modules (all by default) on standard output
    python run.py --record                 writes record.jsonl, made with the reference's Python
    python run.py --compare [MODULE ...]   holds the records against record.jsonl; status 1 when they differ
    python run.py --count                  how many records each dialect has
"""

import os
import sys

import operation_cases

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
    "keys",
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
    "expressions_further",
    "windows_and_limits",
    "names_that_are_made",
    "set_operations",
    "operators_within",
    "dialect_options",
    "json_elements",
    "nulls",
    "own_metadata",
    "own_implementations",
    "own_constructs",
]

if __name__ == "__main__":
    operation_cases.main(sys.argv[1:], os.path.dirname(os.path.abspath(__file__)), MODULES)
