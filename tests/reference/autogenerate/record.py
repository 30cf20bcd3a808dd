"""Records what the reference's autogenerate makes of the cases in cases.json.

Usage: python record.py, with the Python of an environment that has the reference installed. Writes record.json beside
itself. Each case is run under several hash seeds, since the reference takes some orders from Python sets; every distinct
outcome is kept.
"""

import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import warnings

HERE = pathlib.Path(__file__).parent
SEEDS = 12


def make_type(sa, description):
    if isinstance(description, str):
        description = {"name": description}
    name = description["name"]
    namespace = sa
    if "." in name:
        dialect, name = name.split(".")
        from sqlalchemy.dialects import sqlite

        namespace = {"sqlite": sqlite}[dialect]
    made = getattr(namespace, name, getattr(sa.types, name, None))(*description.get("args", []), **description.get("kw", {}))
    for dialect, variant in description.get("variants", {}).items():
        made = made.with_variant(make_type(sa, variant), dialect)
    return made


def make_default(sa, description):
    if isinstance(description, str):
        return description
    if "text" in description:
        return sa.text(description["text"])
    if "function" in description:
        return getattr(sa.func, description["function"])()
    if "computed" in description:
        return sa.Computed(description["computed"], persisted=description.get("persisted"))
    if "identity" in description:
        return sa.Identity(**description["identity"])
    return {"true": sa.true, "false": sa.false, "null": sa.null}[description["constant"]]()


def option(sa, value):
    if isinstance(value, dict):
        return sa.text(value["text"])
    return value


def make_column(sa, description):
    arguments, keywords = [], {}
    for key in description.get("foreign_keys", []):
        key = dict(key)
        arguments.append(sa.ForeignKey(key.pop("target"), **key))
    default = description.get("server_default")
    if default is not None:
        made = make_default(sa, default)
        if isinstance(made, (sa.Computed, sa.Identity)):
            arguments.append(made)
        else:
            keywords["server_default"] = made
    for name in ("nullable", "primary_key", "index", "unique", "comment", "autoincrement", "default"):
        if name in description:
            keywords[name] = description[name]
    return sa.Column(description["name"], make_type(sa, description["type"]), *arguments, **keywords)


def make_constraint(sa, description):
    description = dict(description)
    kind = description.pop("kind")
    options = {name: option(sa, value) for name, value in description.pop("options", {}).items()}
    if kind == "unique":
        return sa.UniqueConstraint(*description.pop("columns"), **description, **options)
    if kind == "primary_key":
        return sa.PrimaryKeyConstraint(*description.pop("columns"), **description, **options)
    if kind == "check":
        return sa.CheckConstraint(description.pop("condition"), **description, **options)
    return sa.ForeignKeyConstraint(
        description.pop("columns"), description.pop("targets"), **description, **options
    )


def make_index(sa, description):
    expressions = []
    for expression in description["expressions"]:
        if isinstance(expression, dict):
            if "label" in expression:
                expressions.append(sa.literal_column(expression["text"]).label(expression["label"]))
            else:
                expressions.append(sa.text(expression["text"]))
        else:
            expressions.append(expression)
    options = {name: option(sa, value) for name, value in description.get("options", {}).items()}
    return sa.Index(description.get("name"), *expressions, unique=description.get("unique", False), **options)


def make_metadata(sa, description):
    metadata = sa.MetaData(naming_convention=description.get("naming_convention"))
    for table in description["tables"]:
        items = [make_column(sa, column) for column in table["columns"]]
        items += [make_constraint(sa, constraint) for constraint in table.get("constraints", [])]
        items += [make_index(sa, index) for index in table.get("indexes", [])]
        sa.Table(
            table["name"],
            metadata,
            *items,
            schema=table.get("schema"),
            comment=table.get("comment"),
            **table.get("options", {}),
        )
    return metadata


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()}")


def without_addresses(text):
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def run_case(case):
    import sqlalchemy as sa
    from alembic.autogenerate import produce_migrations
    from alembic.autogenerate.api import AutogenContext
    from alembic.autogenerate.render import _render_python_into_templatevars
    from alembic.migration import MigrationContext

    handler = Lines()
    logger = logging.getLogger("alembic.autogenerate")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    engine = sa.create_engine("sqlite://")
    outcome = {}
    with engine.connect() as connection, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for statement in case["sql"]:
            connection.exec_driver_sql(statement)
        try:
            collections = case.get("metadata")
            if isinstance(collections, list):
                metadata = [make_metadata(sa, one) for one in collections]
            else:
                metadata = make_metadata(sa, collections)
            caught.clear()
            options = {
                "target_metadata": metadata,
                "sqlalchemy_module_prefix": "sa.",
                "alembic_module_prefix": "op.",
                "user_module_prefix": None,
                "render_as_batch": False,
                **case.get("options", {}),
            }
            context = MigrationContext.configure(connection, opts=options)
            script = produce_migrations(context, metadata)
            outcome["log"] = [without_addresses(line) for line in handler.lines]
            for prefix, as_batch in (("", options["render_as_batch"]), ("batch_", True)):
                if prefix and as_batch == options["render_as_batch"]:
                    continue
                texts = {}
                autogen = AutogenContext(context, opts={**options, "render_as_batch": as_batch})
                autogen.imports = set(script.imports)
                _render_python_into_templatevars(autogen, script, texts)
                for name in ("upgrades", "downgrades", "imports"):
                    if name != "imports" or not prefix:
                        outcome[prefix + name] = texts[name]
                if not prefix:
                    outcome["warnings"] = [str(warning.message) for warning in caught]
            outcome["diffs"] = without_addresses(repr(script.upgrade_ops.as_diffs()))
        except Exception as error:
            outcome = {"error": f"{type(error).__name__}: {error}"}
    return outcome


def record():
    cases = json.loads((HERE / "cases.json").read_text())
    recorded = {case["name"]: [] for case in cases}
    assert len(recorded) == len(cases), "two cases have one name"
    for seed in range(SEEDS):
        done = subprocess.run(
            [sys.executable, __file__, "--worker"],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            check=True,
        )
        for name, outcome in json.loads(done.stdout).items():
            if outcome not in recorded[name]:
                recorded[name].append(outcome)
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (HERE / "record.json").write_text(text + "\n")
    for name, outcomes in recorded.items():
        print(f"{name}: {len(outcomes)} outcome(s){' ' + outcomes[0]['error'] if 'error' in outcomes[0] else ''}")


if __name__ == "__main__":
    if "--worker" in sys.argv:
        cases = json.loads((HERE / "cases.json").read_text())
        json.dump({case["name"]: run_case(case) for case in cases}, sys.stdout)
    else:
        record()
