"""op.batch_alter_table where it recreates nothing."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()

ALL = ()
NOT_SQLITE = ("postgresql", "mysql", "mssql", "oracle")
FIVE = ("sqlite",) + NOT_SQLITE


@case()
def add_and_drop_column(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("note", sa.String(5)))
        batch.drop_column("old")


@case()
def add_column_only(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("note", sa.String(5), nullable=True, server_default="x"))


@case(*FIVE)
def add_column_never(op):
    with op.batch_alter_table("account", recreate="never") as batch:
        batch.add_column(sa.Column("note", sa.String(5)))
        batch.add_column(sa.Column("more", sa.Integer()))


@case(*FIVE)
def drop_column_never(op):
    with op.batch_alter_table("account", recreate="never") as batch:
        batch.drop_column("note")


@case(*FIVE)
def alter_column_never(op):
    with op.batch_alter_table("account", recreate="never") as batch:
        batch.alter_column("note", new_column_name="remark", existing_type=sa.String(5))


@case(*FIVE)
def alter_nullable_never(op):
    with op.batch_alter_table("account", recreate="never") as batch:
        batch.alter_column("note", nullable=False, existing_type=sa.String(5))


@case(*NOT_SQLITE)
def alter_column(op):
    with op.batch_alter_table("account") as batch:
        batch.alter_column("note", type_=sa.Text(), nullable=False, existing_type=sa.String(5))


@case(*FIVE)
def create_and_drop_index(op):
    with op.batch_alter_table("account") as batch:
        batch.create_index("ix_note", ["note"])
        batch.drop_index("ix_old")


@case(*FIVE)
def create_index_options(op):
    with op.batch_alter_table("account") as batch:
        batch.create_index("ix_note", ["note", "b"], unique=True, postgresql_where=sa.text("x > 5"))


@case("sqlite", "postgresql")
def index_if_exists(op):
    with op.batch_alter_table("account") as batch:
        batch.create_index("ix_note", ["note"], if_not_exists=True)
        batch.drop_index("ix_old", if_exists=True)


@case(*NOT_SQLITE)
def constraints(op):
    with op.batch_alter_table("account") as batch:
        batch.create_unique_constraint("uq", ["a", "b"])
        batch.create_check_constraint("ck", sa.column("a") > 5)
        batch.create_foreign_key("fk", "owner", ["owner_id"], ["id"], ondelete="CASCADE")
        batch.create_primary_key("pk", ["id"])


@case(*NOT_SQLITE)
def drop_constraints(op):
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint("uq", type_="unique")
        batch.drop_constraint("fk", type_="foreignkey")


@case("sqlite")
def constraint_never_on_sqlite(op):
    with op.batch_alter_table("account", recreate="never") as batch:
        batch.create_unique_constraint("uq", ["a"])


@case("sqlite")
def recreate_offline_without_copy_from(op):
    with op.batch_alter_table("account") as batch:
        batch.alter_column("a", nullable=False)


@case("sqlite")
def drop_column_offline_without_copy_from(op):
    with op.batch_alter_table("account") as batch:
        batch.drop_column("a")


@case("postgresql")
def recreate_always_offline_without_copy_from(op):
    with op.batch_alter_table("account", recreate="always") as batch:
        batch.add_column(sa.Column("a", sa.Integer()))


@case(*FIVE)
def schema(op):
    with op.batch_alter_table("account", schema="ledger") as batch:
        batch.add_column(sa.Column("note", sa.String(5)))
        batch.create_index("ix_note", ["note"])


@case(*NOT_SQLITE)
def schema_of_foreign_keys(op):
    with op.batch_alter_table("account", schema="ledger") as batch:
        batch.create_foreign_key("fk", "owner", ["owner_id"], ["id"], referent_schema="people")
        batch.create_foreign_key("fk_self", "account", ["parent_id"], ["id"])


@case("postgresql", "mysql", "mssql", "oracle")
def comments(op):
    with op.batch_alter_table("account", schema="ledger") as batch:
        batch.create_table_comment("all", existing_comment=None)
        batch.drop_table_comment(existing_comment="all")


@case("sqlite")
def comments_on_sqlite(op):
    with op.batch_alter_table("account") as batch:
        batch.create_table_comment("all")


@case(*FIVE)
def nothing_inside(op):
    with op.batch_alter_table("account"):
        pass


@case(*FIVE)
def execute_inside(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("a", sa.Integer()))
        batch.execute("UPDATE account SET a = 1")
        batch.add_column(sa.Column("b", sa.Integer()))


@case("postgresql", "sqlite")
def outer_operation_runs_first(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("a", sa.Integer()))
        op.execute("OUTER")


@case("postgresql", "mysql")
def foreign_key_column(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id", name="fk_owner")))


@case("postgresql", "sqlite")
def indexed_column(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("a", sa.Integer(), index=True))


@case("postgresql", "mysql")
def insert_after_is_ignored(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("a", sa.Integer()), insert_after="id")


@case("postgresql", "mysql", "mssql")
def naming_convention(op):
    with op.batch_alter_table("account", naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}) as batch:
        batch.create_unique_constraint("uq_x", ["a"])
        batch.drop_constraint("uq_y", type_="unique")


@case("postgresql", target_metadata=sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}))
def unnamed_unique_with_convention(op):
    with op.batch_alter_table("account") as batch:
        batch.create_unique_constraint(None, ["a"])
        batch.create_unique_constraint(batch.f("uq_f"), ["a"])


@case("postgresql", "sqlite")
def error_inside_emits_nothing(op):
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("a", sa.Integer()))
        raise ValueError("stop here")


@case("postgresql")
def unknown_recreate(op):
    with op.batch_alter_table("account", recreate="sometimes") as batch:
        batch.add_column(sa.Column("a", sa.Integer()))


@case("postgresql")
def exclude_constraint(op):
    with op.batch_alter_table("booking") as batch:
        batch.create_exclude_constraint("no_overlap", ("during", "&&"), using="gist")


def account():
    return sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("note", sa.String(5), nullable=True),
    )


@case("sqlite")
def copy_from_recreates_offline(op):
    with op.batch_alter_table("account", copy_from=account()) as batch:
        batch.alter_column("note", nullable=False)


@case("postgresql", "sqlite")
def copy_from_recreate_always(op):
    with op.batch_alter_table("account", copy_from=account(), recreate="always") as batch:
        batch.add_column(sa.Column("more", sa.Integer(), server_default="5"))
