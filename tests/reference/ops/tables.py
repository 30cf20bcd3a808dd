"""op.create_table: columns, constraints, indexes and the options of every dialect."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()


@case()
def plain(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )


@case()
def primary_key_flag(op):
    op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50)))


@case()
def no_columns(op):
    op.create_table("account")


@case()
def no_primary_key(op):
    op.create_table("account", sa.Column("name", sa.String(50)))


@case()
def composite_primary_key(op):
    op.create_table(
        "account",
        sa.Column("bank", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
    )


@case()
def composite_primary_key_named(op):
    op.create_table(
        "account",
        sa.Column("bank", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("number", "bank", name="pk_account"),
    )


@case()
def primary_key_makes_columns_not_null(op):
    op.create_table("account", sa.Column("code", sa.String(8)), sa.PrimaryKeyConstraint("code"))


@case()
def column_flags_index_and_unique(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50), index=True),
        sa.Column("code", sa.String(8), unique=True),
    )


@case()
def column_flags_unique_index(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(80), index=True, unique=True),
    )


@case()
def index_object_inside(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50)),
        sa.Index("ux_account_name_id", "name", "id", unique=True),
    )


@case()
def unique_constraints(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer()),
        sa.UniqueConstraint("a"),
        sa.UniqueConstraint("a", "b", name="uq_a_b"),
    )


@case()
def check_constraints(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.CheckConstraint("a > 0"),
        sa.CheckConstraint("a < 100", name="ck_a_small"),
        sa.CheckConstraint("a % 2 = 0", name="ck_even"),
    )


@case()
def check_constraint_of_expression(op):
    a = sa.Column("a", sa.Integer())
    name = sa.Column("name", sa.String(10))
    op.create_table(
        "account",
        a,
        name,
        sa.CheckConstraint(sa.and_(a > 5, name.in_(["x", "it's"])), name="ck_expression"),
    )


@case()
def column_level_check(op):
    op.create_table("account", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 0", name="ck_a"), nullable=False))


@case()
def foreign_keys(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")),
        sa.Column("bank_id", sa.Integer()),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name="fk_bank"),
    )


@case()
def foreign_key_options(op):
    op.create_table(
        "account",
        sa.Column("bank_id", sa.Integer()),
        sa.Column("branch_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["bank_id", "branch_id"],
            ["branch.bank_id", "branch.id"],
            name="fk_branch",
            onupdate="CASCADE",
            ondelete="SET NULL",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


@case("sqlite", "postgresql", "mssql", "oracle")
def foreign_key_match(op):
    op.create_table(
        "account",
        sa.Column("bank_id", sa.Integer()),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], match="FULL"),
    )


@case("mysql", "mariadb")
def foreign_key_match_is_refused(op):
    op.create_table(
        "account",
        sa.Column("bank_id", sa.Integer()),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], match="FULL"),
    )


@case()
def foreign_key_use_alter(op):
    op.create_table(
        "account",
        sa.Column("bank_id", sa.Integer()),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name="fk_bank", use_alter=True),
    )


@case("postgresql", "mysql", "oracle")
def foreign_key_to_a_column_object(op):
    owner = sa.Table("owner", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), schema="people")
    op.create_table("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey(owner.c.id)))


@case("postgresql", "mysql")
def foreign_key_gives_the_type(op):
    owner = op.create_table("owner", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.create_table("account", sa.Column("owner_id", sa.ForeignKey(owner.c.id)))


@case()
def self_reference(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("account.id")),
    )


@case("postgresql", "sqlite", "oracle", "mysql")
def deferrable_constraints(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.PrimaryKeyConstraint("a", deferrable=True),
        sa.UniqueConstraint("a", deferrable=True, initially="DEFERRED", name="uq_a"),
        sa.CheckConstraint("a > 0", deferrable=False, name="ck_a"),
    )


@case()
def comments(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True, comment="the 'key'"),
        sa.Column("name", sa.String(50), comment="100% of it"),
        comment="All accounts: open \\ closed",
        schema="ledger",
    )


@case("postgresql", "mysql", "mariadb", "oracle", "mssql")
def comment_without_schema(op):
    op.create_table("account", sa.Column("id", sa.Integer(), comment="the key"), comment="accounts")


@case()
def if_not_exists(op):
    op.create_table("account", sa.Column("id", sa.Integer(), index=True), if_not_exists=True)


@case("postgresql", "mysql")
def if_not_exists_false(op):
    op.create_table("account", sa.Column("id", sa.Integer()), if_not_exists=False)


@case()
def prefixes(op):
    op.create_table("account", sa.Column("id", sa.Integer()), prefixes=["TEMPORARY"])


@case("oracle")
def prefixes_global_temporary(op):
    op.create_table(
        "account", sa.Column("id", sa.Integer()), prefixes=["GLOBAL TEMPORARY"], oracle_on_commit="PRESERVE ROWS"
    )


@case()
def schema(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(5), index=True),
        schema="ledger",
    )


@case("postgresql")
def returned_table_is_used(op):
    table = op.create_table("account", sa.Column("id", sa.Integer()), sa.Column("name", sa.String(9)))
    op.bulk_insert(table, [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}])


@case("sqlite")
def info_is_not_emitted(op):
    op.create_table("account", sa.Column("id", sa.Integer()), info={"a": 1})


@case()
def quote_flag(op):
    op.create_table(
        "account", sa.Column("id", sa.Integer(), quote=True), sa.Column("Mixed", sa.Integer(), quote=False), quote=True
    )


@case()
def enum_types(op):
    op.create_table(
        "account",
        sa.Column("kind", sa.Enum("cash", "it's", name="account_kind")),
        sa.Column("state", sa.Enum("open", "closed", name="account_state", native_enum=False)),
    )
    op.drop_table("account")


@case()
def boolean_with_check(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Boolean(create_constraint=True)),
        sa.Column("b", sa.Boolean(create_constraint=True, name="ck_b")),
        sa.Column("c", sa.Boolean()),
    )


@case()
def identity_columns(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), sa.Identity(always=True, start=10, increment=5), primary_key=True),
        sa.Column("name", sa.String(10)),
    )


@case()
def computed_columns(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer(), sa.Computed("a * 2", persisted=True)),
    )


@case("sqlite", "postgresql", "mysql")
def like_another_table(op):
    metadata = sa.MetaData()
    table = sa.Table("account", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Integer()))
    op.execute(sa.schema.CreateTable(table))


@case("postgresql", "mysql", "sqlite")
def column_order_is_kept(op):
    op.create_table(
        "account",
        sa.Column("z", sa.Integer()),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.Integer()),
        sa.UniqueConstraint("z", "a"),
        sa.ForeignKeyConstraint(["a"], ["other.id"]),
        sa.CheckConstraint("a > z"),
    )


def options(name, dialects, **keywords):
    """A case that gives create_table these options."""

    def function(op):
        op.create_table(
            "account", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Integer()), **keywords
        )

    CASES.add(name, function, *dialects)


PG = ["postgresql"]
MY = ["mysql", "mariadb"]
options("postgresql_tablespace", PG, postgresql_tablespace="Fast Disk")
options("postgresql_partition_by", PG, postgresql_partition_by="RANGE (x)")
options("postgresql_inherits_one", PG, postgresql_inherits="parent")
options("postgresql_inherits_several", PG, postgresql_inherits=("parent", "Other"))
options("postgresql_with", PG, postgresql_with={"fillfactor": 70})
options("postgresql_with_oids_true", PG, postgresql_with_oids=True)
options("postgresql_with_oids_false", PG, postgresql_with_oids=False)
options("postgresql_on_commit", PG, prefixes=["TEMPORARY"], postgresql_on_commit="PRESERVE ROWS")
options("postgresql_on_commit_drop", PG, prefixes=["TEMP"], postgresql_on_commit="drop")
options("postgresql_using", PG, postgresql_using="heap")
options("postgresql_unlogged", PG, prefixes=["UNLOGGED"])
options(
    "postgresql_all_options",
    PG,
    postgresql_tablespace="ts",
    postgresql_partition_by="LIST (x)",
    postgresql_inherits="parent",
    postgresql_using="heap",
    postgresql_on_commit="DROP",
)
options("mysql_engine", MY, mysql_engine="InnoDB", mariadb_engine="Aria")
options("mysql_options_for_both", MY, mysql_engine="InnoDB", mysql_charset="utf8mb4")
options("mariadb_options_only", MY, mariadb_engine="Aria", mariadb_charset="utf8mb4")
options("mysql_default_charset", MY, mysql_default_charset="utf8mb4", mysql_collate="utf8mb4_bin")
options("mysql_charset_and_collate", MY, mysql_charset="latin1", mysql_collate="latin1_german1_ci")
options("mysql_auto_increment", MY, mysql_auto_increment="1000", mariadb_auto_increment="2000")
options("mysql_option_that_is_a_number", ["mysql"], mysql_auto_increment=1000)
options("mysql_row_format", MY, mysql_row_format="COMPRESSED", mysql_key_block_size="8")
options("mysql_comment_is_escaped", MY, comment="it's 100% \\ done")
options("mysql_partition_by", MY, mysql_partition_by="HASH(id)", mysql_partitions="4")
options("mysql_data_directory", MY, mysql_data_directory="/var/data", mysql_index_directory="/var/index")
options("mysql_min_max_rows", MY, mysql_max_rows="1000", mysql_min_rows="10", mysql_checksum="1")
options("mysql_union_and_insert_method", MY, mysql_engine="MERGE", mysql_union="(t1,t2)", mysql_insert_method="LAST")
options("sqlite_autoincrement", ["sqlite"], sqlite_autoincrement=True)
options("sqlite_without_rowid", ["sqlite"], sqlite_with_rowid=False)
options("sqlite_strict", ["sqlite"], sqlite_strict=True)
options("sqlite_strict_without_rowid", ["sqlite"], sqlite_strict=True, sqlite_with_rowid=False)
options("oracle_on_commit", ["oracle"], oracle_on_commit="DELETE ROWS")
options("oracle_compress", ["oracle"], oracle_compress=True)
options("oracle_compress_kind", ["oracle"], oracle_compress="OLTP")
options("oracle_compress_number", ["oracle"], oracle_compress=6)
options("oracle_tablespace", ["oracle"], oracle_tablespace="users_fast")
options("oracle_all_options", ["oracle"], oracle_tablespace="ts", oracle_compress=True, oracle_on_commit="DROP")
options("options_of_other_dialects_are_ignored", [], mysql_engine="InnoDB", postgresql_using="heap", sqlite_strict=True)


@case("mssql")
def mssql_clustered_keys(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer()),
        sa.PrimaryKeyConstraint("a", mssql_clustered=False),
        sa.UniqueConstraint("b", name="uq_b", mssql_clustered=True),
    )


@case("mssql")
def mssql_index_options(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer()),
        sa.Index("ix_a", "a", mssql_clustered=True, mssql_include=["b"]),
    )


@case("mysql", "mariadb")
def mysql_primary_key_using(op):
    op.create_table(
        "account", sa.Column("a", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("a", mysql_using="HASH")
    )


@case("mysql", "mariadb")
def mysql_autoincrement_second_in_key_gets_an_index(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("b", sa.Integer(), primary_key=True, autoincrement=True),
        mysql_engine="InnoDB",
    )


@case("postgresql")
def postgresql_constraint_options(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer()),
        sa.PrimaryKeyConstraint("a", postgresql_include=["b"]),
        sa.UniqueConstraint("b", name="uq_b", postgresql_nulls_not_distinct=True, postgresql_include=["a"]),
        sa.CheckConstraint("a > 0", name="ck_a", postgresql_not_valid=True),
        sa.ForeignKeyConstraint(["b"], ["bank.id"], name="fk_b", postgresql_not_valid=True),
    )


@case("postgresql")
def postgresql_exclude_constraint(op):
    op.create_table(
        "booking",
        sa.Column("room", sa.Integer()),
        sa.Column("during", postgresql.TSRANGE()),
        postgresql.ExcludeConstraint(("room", "="), ("during", "&&"), name="no_overlap"),
    )


@case("postgresql")
def postgresql_exclude_constraint_options(op):
    op.create_table(
        "booking",
        sa.Column("room", sa.Integer()),
        sa.Column("during", postgresql.TSRANGE()),
        postgresql.ExcludeConstraint(
            (sa.column("room"), "="),
            ("during", "&&"),
            name="no_overlap",
            using="spgist",
            where=sa.text("room > 5"),
            deferrable=True,
            initially="DEFERRED",
            ops={"room": "int4_ops"},
        ),
    )


@case("sqlite")
def sqlite_on_conflict(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True, sqlite_on_conflict_primary_key="FAIL"),
        sa.Column("a", sa.Integer(), nullable=False, sqlite_on_conflict_not_null="ABORT"),
        sa.Column("b", sa.Integer(), unique=True, sqlite_on_conflict_unique="IGNORE"),
        sa.UniqueConstraint("a", "b", sqlite_on_conflict="REPLACE"),
        sa.CheckConstraint("a > b", sqlite_on_conflict="ROLLBACK"),
    )


@case("sqlite")
def sqlite_on_conflict_of_primary_key_constraint(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk", sqlite_on_conflict="IGNORE"),
    )


@case("sqlite", "postgresql")
def unknown_dialect_prefix_is_a_warning(op):
    op.create_table("account", sa.Column("id", sa.Integer()), nodialect_option="x")


@case("sqlite", "postgresql", "mysql")
def wide_table_of_all_kinds(op):
    op.create_table(
        "everything",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("flag", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), server_default="0.00"),
        sa.Column("kind", sa.String(10), sa.CheckConstraint("kind in ('a', 'b')")),
        sa.Column("parent", sa.BigInteger(), sa.ForeignKey("everything.id", ondelete="CASCADE"), index=True),
        sa.UniqueConstraint("kind", "made"),
    )


@case()
def reference_to_missing_column_of_constraint(op):
    op.create_table("account", sa.Column("a", sa.Integer()), sa.UniqueConstraint("nosuch"))
