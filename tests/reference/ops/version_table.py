"""The statements on the version table: revisions run and stamped offline in each dialect."""

import os

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from suite import Cases

CASES = case = Cases()

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")


def config_for(op, **options):
    """A configuration whose env.py runs offline for the dialect of these operations, into the same buffer."""
    context = op.get_context()
    config = Config(output_buffer=context.output_buffer)
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["dialect"] = context.dialect.name
    config.attributes["options"] = options
    return config


def run(name, which, revision, *dialects, **options):
    """A case that runs a command with --sql."""

    def function(op):
        which(config_for(op, **options), revision, sql=True)

    CASES.add(name, function, *dialects)


run("upgrade_one", command.upgrade, "a1")
run("upgrade_two", command.upgrade, "b2")
run("upgrade_branches_and_merge", command.upgrade, "d4")
run("upgrade_heads_of_two_bases", command.upgrade, "heads", "postgresql", "mssql")
run("upgrade_range", command.upgrade, "a1:d4", "postgresql", "mysql", "oracle")
run("upgrade_several_heads", command.upgrade, "other@head", "postgresql", "sqlite")
run("upgrade_nothing", command.upgrade, "b2:b2", "postgresql", "mssql")
run("downgrade_one", command.downgrade, "b2:a1")
run("downgrade_to_base", command.downgrade, "b2:base")
run("downgrade_branch", command.downgrade, "c3:base", "postgresql", "mysql", "mssql", "oracle")
run("downgrade_without_range", command.downgrade, "base", "postgresql")
run("stamp_one", command.stamp, "a1")
run("stamp_range", command.stamp, "a1:b2")
run("stamp_heads", command.stamp, "heads", "postgresql", "mssql")
run("stamp_base", command.stamp, "b2:base", "postgresql", "oracle")
run("version_table", command.upgrade, "b2", version_table="My Versions")
run("version_table_schema", command.upgrade, "b2", version_table_schema="ledger")
run("version_table_without_key", command.upgrade, "a1", version_table_pk=False)
run("transaction_per_migration", command.upgrade, "b2", transaction_per_migration=True)
run("transactional_ddl_true", command.upgrade, "b2", "sqlite", "mysql", "oracle", transactional_ddl=True)
run("transactional_ddl_false", command.upgrade, "b2", "postgresql", "mssql", transactional_ddl=False)
run("per_migration_without_transactional_ddl", command.upgrade, "b2", "postgresql", transactional_ddl=False,
    transaction_per_migration=True)
run("output_without_batch_separator", command.upgrade, "a1", "mssql", mssql_batch_separator="")
run("naming_convention", command.upgrade, "a1", "postgresql", "mssql",
    target_metadata=sa.MetaData(naming_convention={"pk": "the_key_of_%(table_name)s"}))
run("paramstyle_named", command.upgrade, "a1", "postgresql", dialect_opts={"paramstyle": "named"})
run("no_such_revision", command.upgrade, "zz", "postgresql")


@case("postgresql", "mssql")
def on_version_apply(op):
    def note(ctx, step, heads, run_args, **kw):
        ctx.impl.static_output(
            "-- %s %s -> %s of %s, stamp %s, upgrade %s, heads %s"
            % (
                step.up_revision_id,
                step.source_revision_ids,
                step.destination_revision_ids,
                step.up_revision_ids,
                step.is_stamp,
                step.is_upgrade,
                sorted(heads),
            )
        )

    command.upgrade(config_for(op, on_version_apply=note), "b2", sql=True)


@case("postgresql", "mysql", "mssql", "oracle")
def ensure_version(op):
    command.ensure_version(config_for(op), sql=True)


@case("postgresql", "mysql", "sqlite", "mariadb", "mssql", "oracle")
def stamp_by_context(op):
    op.get_context().stamp(ScriptDirectory(SCRIPTS), "b2")


@case("postgresql", "mysql", "sqlite", "mariadb", "mssql", "oracle", starting_rev="a1")
def stamp_by_context_from_revision(op):
    op.get_context().stamp(ScriptDirectory(SCRIPTS), "b2")


@case("postgresql", "oracle", starting_rev="b2")
def stamp_by_context_to_nothing(op):
    op.get_context().stamp(ScriptDirectory(SCRIPTS), "base")


@case("postgresql", starting_rev=("b2", "c3"))
def current_heads_offline(op):
    op.execute("-- heads: %r" % (op.get_context().get_current_heads(),))


@case("postgresql", starting_rev="b2")
def current_revision_offline(op):
    op.execute("-- revision: %r" % (op.get_context().get_current_revision(),))
