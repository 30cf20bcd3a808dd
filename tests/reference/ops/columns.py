"""op.add_column with every parameter it and the column take."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


@case()
def plain(op):
    op.add_column("account", sa.Column("note", sa.String(40)))


@case()
def nullable_true(op):
    op.add_column("account", sa.Column("note", sa.String(40), nullable=True))


@case()
def not_null(op):
    op.add_column("account", sa.Column("note", sa.String(40), nullable=False))


@case()
def not_null_with_default(op):
    op.add_column("account", sa.Column("note", sa.String(40), nullable=False, server_default="none"))


@case("postgresql")
def python_side_default_is_not_emitted(op):
    op.add_column("account", sa.Column("note", sa.String(40), default="none", onupdate="changed"))


@case()
def with_comment(op):
    op.add_column("account", sa.Column("note", sa.String(40), comment="What the clerk's pen says: 100% \\ done"))


@case("sqlite", "mssql", "oracle")
def two_columns(op):
    op.add_column("account", sa.Column("first", sa.Integer()))
    op.add_column("account", sa.Column("second", sa.Integer()))


@case()
def in_schema(op):
    op.add_column("account", sa.Column("note", sa.String(40)), schema="ledger")


@case()
def if_not_exists(op):
    op.add_column("account", sa.Column("note", sa.String(40)), if_not_exists=True)


@case("postgresql", "mariadb")
def if_not_exists_false(op):
    op.add_column("account", sa.Column("note", sa.String(40)), if_not_exists=False)


@case()
def if_not_exists_in_schema(op):
    op.add_column("account", sa.Column("note", sa.String(40)), schema="ledger", if_not_exists=True)


@case("postgresql", "mariadb")
def if_not_exists_with_comment_and_index(op):
    op.add_column("account", sa.Column("note", sa.String(40), comment="a note", index=True), if_not_exists=True)


@case()
def index(op):
    op.add_column("account", sa.Column("note", sa.String(40), index=True))


@case()
def index_in_schema(op):
    op.add_column("account", sa.Column("note", sa.String(40), index=True), schema="ledger")


@case()
def unique(op):
    op.add_column("account", sa.Column("note", sa.String(40), unique=True))


@case()
def unique_index(op):
    op.add_column("account", sa.Column("note", sa.String(40), unique=True, index=True))


@case()
def primary_key(op):
    op.add_column("account", sa.Column("id", sa.Integer(), primary_key=True))


@case()
def inline_primary_key(op):
    op.add_column("account", sa.Column("id", sa.Integer(), primary_key=True), inline_primary_key=True)


@case()
def inline_primary_key_text(op):
    op.add_column("account", sa.Column("code", sa.String(8), primary_key=True), inline_primary_key=True)


@case()
def inline_primary_key_without_autoincrement(op):
    op.add_column(
        "account", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False), inline_primary_key=True
    )


@case()
def inline_primary_key_identity(op):
    op.add_column("account", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True), inline_primary_key=True)


@case()
def foreign_key(op):
    op.add_column("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")))


@case()
def foreign_key_named(op):
    op.add_column("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id", name="fk_owner")))


@case()
def foreign_key_all_options(op):
    op.add_column(
        "account",
        sa.Column(
            "owner_id",
            sa.Integer(),
            sa.ForeignKey(
                "owner.id",
                name="fk_owner",
                onupdate="CASCADE",
                ondelete="SET NULL",
                deferrable=True,
                initially="DEFERRED",
            ),
        ),
    )


@case("postgresql", "mysql", "mssql", "oracle")
def foreign_key_to_schema(op):
    op.add_column("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("people.owner.id")), schema="ledger")


@case("postgresql", "mssql")
def foreign_key_to_itself(op):
    op.add_column("account", sa.Column("parent_id", sa.Integer(), sa.ForeignKey("account.id", name="fk_parent")))


@case()
def inline_references(op):
    op.add_column("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")), inline_references=True)


@case()
def inline_references_named(op):
    op.add_column(
        "account",
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id", name="fk_owner", ondelete="CASCADE")),
        inline_references=True,
    )


@case()
def inline_references_all_options(op):
    op.add_column(
        "account",
        sa.Column(
            "owner_id",
            sa.Integer(),
            sa.ForeignKey(
                "people.owner.id", onupdate="CASCADE", ondelete="SET NULL", deferrable=True, initially="DEFERRED"
            ),
            nullable=False,
        ),
        schema="ledger",
        inline_references=True,
    )


@case("postgresql", "mariadb")
def inline_references_if_not_exists(op):
    op.add_column(
        "account",
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")),
        inline_references=True,
        if_not_exists=True,
    )


@case()
def inline_check(op):
    op.add_column("account", sa.Column("balance", sa.Integer(), sa.CheckConstraint("balance >= 0", name="ck_balance")))


@case("sqlite", "postgresql", "mysql")
def inline_check_unnamed(op):
    op.add_column("account", sa.Column("balance", sa.Integer(), sa.CheckConstraint("balance >= 0")))


@case()
def identity(op):
    op.add_column("account", sa.Column("serial", sa.Integer(), sa.Identity(start=5, increment=5)))


@case()
def identity_always(op):
    op.add_column("account", sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False))


@case()
def computed(op):
    op.add_column("account", sa.Column("double_balance", sa.Integer(), sa.Computed("balance * 2")))


@case()
def computed_stored(op):
    op.add_column("account", sa.Column("double_balance", sa.Integer(), sa.Computed("balance * 2", persisted=True)))


@case()
def computed_virtual(op):
    op.add_column("account", sa.Column("double_balance", sa.Integer(), sa.Computed("balance * 2", persisted=False)))


@case()
def boolean_check(op):
    op.add_column("account", sa.Column("open", sa.Boolean(create_constraint=True, name="ck_open"), nullable=False))


@case()
def enum_check(op):
    op.add_column(
        "account",
        sa.Column("kind", sa.Enum("cash", "card", name="kind", native_enum=False, create_constraint=True)),
    )


@case()
def native_enum(op):
    op.add_column("account", sa.Column("kind", sa.Enum("cash", "card", name="kind")))


@case("sqlite")
def key_differs_from_name(op):
    op.add_column("account", sa.Column("note", sa.String(40), key="remark"))


@case("mysql")
def info_and_doc_are_not_emitted(op):
    op.add_column("account", sa.Column("note", sa.String(40), info={"a": 1}, doc="a note"))


@case("postgresql")
def system_column(op):
    op.add_column("account", sa.Column("xmin", sa.Integer(), system=True))


@case("postgresql", "mssql", "oracle")
def sequence(op):
    op.add_column("account", sa.Column("serial", sa.Integer(), sa.Sequence("account_serial")))


@case("postgresql", "mariadb", "mssql", "oracle")
def sequence_next_value_default(op):
    serial = sa.Sequence("account_serial")
    op.add_column("account", sa.Column("serial", sa.Integer(), server_default=serial.next_value()))


@case("postgresql")
def type_class_instead_of_instance(op):
    op.add_column("account", sa.Column("amount", sa.Integer))


@case()
def collation(op):
    op.add_column("account", sa.Column("note", sa.String(40, collation="C")))


@case("mssql")
def mssql_identity_start(op):
    op.add_column(
        "account", sa.Column("serial", sa.Integer(), sa.Identity(start=10, increment=3), nullable=False)
    )


@case("mysql", "mariadb")
def mysql_everything(op):
    op.add_column(
        "account",
        sa.Column("note", sa.String(40), nullable=False, server_default="none", comment="a note", unique=True),
    )


@case("sqlite")
def sqlite_on_conflict(op):
    op.add_column(
        "account", sa.Column("note", sa.String(40), nullable=False, sqlite_on_conflict_not_null="FAIL")
    )
