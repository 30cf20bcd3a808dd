"""Each operation of `op.batch_alter_table` alone: where it is altered, and where it would need a copy of the table."""

import sqlalchemy as sa

from suite import Cases

CASES = Cases()

FIVE = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


def add(name, call):
    """Adds a case that leaves the choice to the dialect, and one that forbids the copy."""

    def automatic(op):
        with op.batch_alter_table("t") as batch:
            call(batch)

    def never(op):
        with op.batch_alter_table("t", recreate="never", schema="s") as batch:
            call(batch)

    CASES.add(name, automatic, *FIVE)
    CASES.add(name + "_never", never, "sqlite", "postgresql")


add("add_column", lambda batch: batch.add_column(sa.Column("a", sa.Integer())))
add("not_null", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), nullable=False)))
add("text_default", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), server_default=sa.text("5"))))
add("function_default", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), server_default=sa.func.now())))
add("string_default", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), server_default="5")))
add("false_default", lambda batch: batch.add_column(sa.Column("a", sa.Boolean(), server_default=sa.false())))
add("literal_default", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), server_default=sa.literal(5))))
add("computed", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.Computed("b+1"))))
add("computed_stored", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.Computed("b+1", persisted=True))))
add(
    "computed_virtual",
    lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.Computed("b+1", persisted=False))),
)
add("identity", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.Identity())))
add("foreign_key", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.ForeignKey("x.id"))))
add("named_foreign_key", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.ForeignKey("x.id", name="f"))))
add(
    "inline_foreign_key",
    lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.ForeignKey("x.id")), inline_references=True),
)
add("check", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), sa.CheckConstraint("a>5"))))
add("boolean_with_check", lambda batch: batch.add_column(sa.Column("a", sa.Boolean(create_constraint=True, name="x"))))
add("unique", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), unique=True)))
add("index", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), index=True)))
add("unique_index", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), index=True, unique=True)))
add("primary_key", lambda batch: batch.add_column(sa.Column("a", sa.Integer(), primary_key=True)))
add(
    "inline_primary_key",
    lambda batch: batch.add_column(sa.Column("a", sa.Integer(), primary_key=True), inline_primary_key=True),
)
add("if_not_exists", lambda batch: batch.add_column(sa.Column("a", sa.Integer()), if_not_exists=True))
add("insert_before", lambda batch: batch.add_column(sa.Column("a", sa.Integer()), insert_before="x"))
add("insert_after", lambda batch: batch.add_column(sa.Column("a", sa.Integer()), insert_after="x"))
add("create_index", lambda batch: batch.create_index("a", ["x"]))
add("drop_index", lambda batch: batch.drop_index("a"))
add("alter_column", lambda batch: batch.alter_column("a", nullable=False))
add("alter_nothing", lambda batch: batch.alter_column("a"))
add("alter_with_place", lambda batch: batch.alter_column("a", nullable=False, insert_before="x"))
add("create_unique", lambda batch: batch.create_unique_constraint("a", ["x"]))
add("drop_constraint", lambda batch: batch.drop_constraint("a", type_="unique"))
add("drop_constraint_without_type", lambda batch: batch.drop_constraint("a"))
add("drop_constraint_if_exists", lambda batch: batch.drop_constraint("a", type_="unique", if_exists=True))
add("create_primary_key", lambda batch: batch.create_primary_key("a", ["x"]))
add("create_foreign_key", lambda batch: batch.create_foreign_key("a", "o", ["x"], ["y"], ondelete="CASCADE"))
add("create_check", lambda batch: batch.create_check_constraint("a", "x>5"))
add("create_check_of_expression", lambda batch: batch.create_check_constraint("a", sa.column("x") > 5))
add("no_rename_table", lambda batch: batch.rename_table("a", "b"))
add("no_create_table", lambda batch: batch.create_table("a"))
add("no_bulk_insert", lambda batch: batch.bulk_insert(sa.table("a"), []))
add("drop_column_if_exists", lambda batch: batch.drop_column("a", if_exists=True))
add("drop_column_with_option", lambda batch: batch.drop_column("a", mssql_drop_default=True))
