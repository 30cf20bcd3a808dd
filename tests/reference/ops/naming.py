"""Naming conventions, given by target_metadata and by op.f()."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


def metadata(**convention):
    return sa.MetaData(naming_convention=convention)


PLAIN = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

def with_plain(*dialects):
    return case(*dialects, target_metadata=metadata(**PLAIN))


@with_plain()
def create_table_with_everything_unnamed(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(9), unique=True),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")),
        sa.Column("state", sa.String(9), index=True),
        sa.CheckConstraint("id > 0", name="positive"),
    )


@with_plain("postgresql", "mysql", "mssql", "oracle")
def unique_unnamed(op):
    op.create_unique_constraint(None, "account", ["name", "state"])


@with_plain("postgresql", "mysql", "mssql", "oracle", "sqlite")
def index_unnamed(op):
    op.create_index(None, "account", ["name"])


@with_plain("postgresql", "sqlite")
def index_unnamed_in_schema(op):
    op.create_index(None, "account", ["name"], schema="ledger")


@with_plain("postgresql")
def index_unnamed_of_expression(op):
    op.create_index(None, "account", [sa.text("lower(name)")])


@with_plain("postgresql", "mysql", "mssql", "oracle")
def foreign_key_unnamed(op):
    op.create_foreign_key(None, "account", "owner", ["owner_id"], ["id"])


@with_plain("postgresql", "mssql")
def primary_key_unnamed(op):
    op.create_primary_key(None, "account", ["id"])


@with_plain("postgresql", "mysql", "mssql", "oracle")
def check_named(op):
    op.create_check_constraint("positive", "account", "x > 0")


@with_plain("postgresql", "mysql")
def check_unnamed(op):
    op.create_check_constraint(None, "account", "x > 0")


@with_plain("postgresql", "mysql")
def check_named_with_f(op):
    op.create_check_constraint(op.f("ck_account_positive"), "account", "x > 0")


@with_plain("postgresql", "mysql", "mssql", "oracle")
def drop_check_by_short_name(op):
    op.drop_constraint("positive", "account", type_="check")


@with_plain("postgresql", "mysql")
def drop_check_with_f(op):
    op.drop_constraint(op.f("positive"), "account", type_="check")


@with_plain("postgresql", "mysql")
def drop_unique_keeps_its_name(op):
    op.drop_constraint("uq_name", "account", type_="unique")


@with_plain("postgresql")
def drop_unique_unnamed(op):
    op.drop_constraint(None, "account", type_="unique")


@with_plain("postgresql", "mysql")
def names_given_are_kept(op):
    op.create_unique_constraint("mine", "account", ["name"])
    op.create_index("mine", "account", ["name"])
    op.create_foreign_key("mine", "account", "owner", ["a"], ["b"])


@with_plain("postgresql", "sqlite", "mssql")
def add_column_unique_and_indexed(op):
    op.add_column("account", sa.Column("mail", sa.String(9), index=True))


@with_plain("postgresql", "mssql")
def add_column_unique(op):
    op.add_column("account", sa.Column("mail", sa.String(9), unique=True))


@with_plain("postgresql", "mssql", "oracle")
def add_column_foreign_key(op):
    op.add_column("account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id")))


@with_plain("postgresql", "mysql", "sqlite")
def boolean_check(op):
    op.create_table(
        "account",
        sa.Column("flag", sa.Boolean(create_constraint=True)),
        sa.Column("named", sa.Boolean(create_constraint=True, name="named_flag")),
    )


@with_plain("postgresql", "mysql", "sqlite")
def enum_check(op):
    op.create_table(
        "account",
        sa.Column("kind", sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True)),
    )


@with_plain("postgresql", "sqlite")
def enum_check_unnamed(op):
    op.create_table("account", sa.Column("kind", sa.Enum("a", native_enum=False, create_constraint=True)))


@with_plain("postgresql", "mysql")
def check_of_column_unnamed(op):
    op.create_table("account", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 0")))


@with_plain("postgresql")
def exclude_unnamed(op):
    op.create_exclude_constraint(None, "booking", ("during", "&&"))


def tokens(name, key, template, make, *dialects, **more):
    CASES.add(name, make, *(dialects or ("postgresql", "mssql")), target_metadata=metadata(**{key: template}, **more))


def unique_of_two(op):
    op.create_unique_constraint(None, "account", ["first", "Second"])


def unique_in_schema(op):
    op.create_unique_constraint(None, "account", ["first", "Second"], schema="ledger")


def index_of_two(op):
    op.create_index(None, "account", ["first", "Second"])


def foreign_key_of_two(op):
    op.create_foreign_key(
        None, "account", "branch", ["bank_id", "branch_id"], ["b_id", "id"], source_schema="s", referent_schema="r"
    )


def table_with_keys(op):
    op.create_table(
        "account",
        sa.Column("a", sa.Integer(), key="the_a"),
        sa.Column("b", sa.Integer(), key="the_b"),
        sa.UniqueConstraint("the_a", "the_b"),
    )


tokens("column_0_name", "uq", "u_%(column_0_name)s", unique_of_two)
tokens("column_1_name", "uq", "u_%(column_1_name)s", unique_of_two)
tokens("column_5_name_is_missing", "uq", "u_%(column_5_name)s", unique_of_two)
tokens("column_0N_name", "uq", "u_%(column_0N_name)s", unique_of_two)
tokens("column_0_N_name", "uq", "u_%(column_0_N_name)s", unique_of_two)
tokens("column_0_label", "uq", "u_%(column_0_label)s", unique_of_two)
tokens("column_0_N_label", "uq", "u_%(column_0_N_label)s", unique_of_two)
tokens("column_0N_label", "uq", "u_%(column_0N_label)s", unique_of_two)
tokens("column_0_label_in_schema", "uq", "u_%(column_0_label)s_%(table_name)s", unique_in_schema)
tokens("column_0_key", "uq", "u_%(column_0_key)s_%(column_1_key)s", table_with_keys)
tokens("column_0_N_key", "uq", "u_%(column_0_N_key)s", table_with_keys)
tokens("column_0_name_of_keyed_columns", "uq", "u_%(column_0_N_name)s", table_with_keys)
tokens("index_columns", "ix", "i_%(table_name)s_%(column_0_N_name)s", index_of_two)
tokens("referred_table_name", "fk", "f_%(table_name)s_%(referred_table_name)s", foreign_key_of_two)
tokens("referred_column_0_name", "fk", "f_%(referred_column_0_name)s", foreign_key_of_two)
tokens("referred_column_0_N_name", "fk", "f_%(referred_column_0_N_name)s", foreign_key_of_two)
tokens("referred_column_0N_name", "fk", "f_%(referred_column_0N_name)s", foreign_key_of_two)
tokens("all_foreign_key_tokens", "fk", "f_%(table_name)s_%(column_0_N_label)s_%(referred_table_name)s", foreign_key_of_two)
tokens("unknown_token", "uq", "u_%(nosuch)s", unique_of_two)
tokens("percent_in_template", "uq", "u_%(table_name)s_100%%", unique_of_two)
tokens("no_tokens", "uq", "constant", unique_of_two)


def length_of_columns(constraint, table):
    return str(len(constraint.columns)) + "of" + table.name


tokens("custom_callable", "uq", "u_%(count)s", unique_of_two, count=length_of_columns)
tokens("custom_callable_of_foreign_key", "fk", "f_%(count)s", foreign_key_of_two, "postgresql", count=length_of_columns)


@case("postgresql", "mssql", target_metadata=sa.MetaData(naming_convention={sa.UniqueConstraint: "u_%(table_name)s"}))
def convention_keyed_by_class(op):
    op.create_unique_constraint(None, "account", ["a"])


LONG = "a_table_name_that_is_quite_long_so_that_names_made_of_it"


def long_unique(op):
    op.create_unique_constraint(None, LONG, ["a_column_name_that_is_long_too", "another_column_of_the_same_kind"])


def long_index(op):
    op.create_index(None, LONG, ["a_column_name_that_is_long_too"])


def long_foreign_key(op):
    op.create_foreign_key(None, LONG, LONG + "_2", ["a_column_name_that_is_long_too"], ["id"])


def long_check(op):
    op.create_check_constraint("a_check_" * 12, LONG, "x > 0")


def long_drop_check(op):
    op.drop_constraint("a_check_" * 12, LONG, type_="check")


SIX = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")
for function in (long_unique, long_index, long_foreign_key, long_check, long_drop_check):
    chosen = SIX if function is long_index else SIX[1:]
    twice = {key: value + "_and_" + value if key != "ck" else value for key, value in PLAIN.items()}
    CASES.add(function.__name__, function, *chosen, target_metadata=metadata(**twice))


@case("postgresql", "mysql", "oracle", target_metadata=metadata(**PLAIN))
def long_name_given(op):
    op.create_index("x" * 150, "account", ["a"])


@case("postgresql", "oracle", "mysql")
def long_constraint_name_given(op):
    op.create_unique_constraint("x" * 150, "account", ["a"])


@case("postgresql", "oracle", "mysql")
def long_name_in_f_is_cut(op):
    op.create_index(op.f("x" * 150), "account", ["a"])


@case("postgresql", "mysql")
def long_table_name(op):
    op.create_table("t" * 150, sa.Column("c" * 150, sa.Integer()))


@case("postgresql", "mysql", target_metadata=metadata(**PLAIN))
def long_boolean_check(op):
    op.create_table(LONG, sa.Column("flag", sa.Boolean(create_constraint=True, name="the_name_of_the_flag_is_long")))


@case("postgresql", "mssql", target_metadata=[metadata(**PLAIN), metadata(uq="second_%(table_name)s")])
def several_metadata(op):
    op.create_unique_constraint(None, "account", ["a"])


@case("postgresql", "mysql", target_metadata=sa.MetaData(schema="ledger", naming_convention=PLAIN))
def schema_of_target_metadata(op):
    op.create_index(None, "account", ["a"])
    op.create_unique_constraint(None, "account", ["a"])


@case("postgresql", target_metadata=sa.MetaData())
def metadata_without_convention(op):
    op.create_index(None, "account", ["a"])


@case("postgresql", "sqlite", target_metadata=sa.MetaData())
def index_true_has_the_default_convention(op):
    op.create_table("account", sa.Column("a", sa.Integer(), index=True))


@case("postgresql", "mysql")
def f_marks_a_name(op):
    name = op.f("ck_%s")
    op.execute("-- " + name + " " + type(name).__name__)


@case("postgresql", target_metadata=metadata(ix="ix_%(table_name)s_%(column_0_N_name)s"))
def index_name_of_function_columns(op):
    op.create_index(None, "account", [sa.func.lower(sa.column("name")), "b"])


@case("postgresql", "mssql", target_metadata=metadata(ck="ck_%(table_name)s_%(column_0_name)s"))
def check_convention_with_column(op):
    op.create_table("account", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 5")))


@case("postgresql", "mssql", target_metadata=metadata(ck="ck_%(table_name)s_%(column_0_name)s"))
def check_convention_with_column_of_expression(op):
    a = sa.Column("a", sa.Integer())
    op.create_table("account", a, sa.CheckConstraint(a > 5))
