"""What is refused, and with which words. Errors that belong to one option are beside the cases of that option."""

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects import mysql, postgresql

from suite import Cases

CASES = case = Cases()

FIVE = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


@case(*FIVE)
def emitted_sql_stays(op):
    op.execute("BEFORE")
    op.drop_constraint("x", "t", type_="nosuch")


@case("sqlite")
def sqlite_alter_column_type(op):
    op.alter_column("t", "a", type_=sa.Text())


@case("sqlite")
def sqlite_alter_column_nullable(op):
    op.alter_column("t", "a", nullable=True)


@case("sqlite")
def sqlite_alter_column_default(op):
    op.alter_column("t", "a", server_default="5")


@case("sqlite")
def sqlite_rename_and_change(op):
    op.alter_column("t", "a", new_column_name="b", nullable=False)


@case("sqlite")
def sqlite_drop_constraint(op):
    op.drop_constraint("uq", "t", type_="unique")


@case("sqlite")
def sqlite_schema_type_drop_check(op):
    op.drop_constraint("ck", "t", type_="check")


@case("sqlite", "mysql", "oracle")
def create_exclude_constraint(op):
    op.create_exclude_constraint("x", "t", ("a", "="))


@case("postgresql", "mysql")
def column_that_is_none(op):
    op.add_column("t", None)


@case("postgresql", "mysql")
def column_without_a_type(op):
    op.add_column("t", sa.Column("a"))


@case(*FIVE)
def create_table_with_untyped_column(op):
    op.create_table("t", sa.Column("a"))


@case("postgresql")
def column_without_a_name(op):
    op.add_column("t", sa.Column(sa.Integer()))


@case("postgresql")
def column_used_twice(op):
    column = sa.Column("a", sa.Integer())
    op.add_column("t", column)
    op.add_column("u", column)


@case("postgresql")
def column_of_a_table(op):
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer()))
    op.add_column("u", table.c.a)


@case("postgresql")
def same_column_twice_in_create_table(op):
    op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("a", sa.String(5)))


@case("postgresql")
def missing_arguments(op):
    op.add_column("t")


@case("postgresql")
def unknown_keyword(op):
    op.add_column("t", sa.Column("a", sa.Integer()), nosuch=True)


@case("postgresql")
def unknown_keyword_of_create_table(op):
    op.create_table("t", sa.Column("a", sa.Integer()), nosuch=True)


@case("postgresql")
def unknown_keyword_of_a_column(op):
    op.add_column("t", sa.Column("a", sa.Integer(), nosuch=True))


@case("postgresql", "mysql")
def unknown_option_of_a_known_dialect(op):
    op.create_index("ix", "t", ["a"], postgresql_nosuch=True)


@case("postgresql")
def unknown_option_of_a_table(op):
    op.create_table("t", sa.Column("a", sa.Integer()), postgresql_nosuch=True)


@case("postgresql")
def positional_arguments_beyond_the_star(op):
    op.create_table_comment("t", "x", "y")


@case("postgresql")
def index_without_columns(op):
    op.create_index("ix", "t", [])


@case("postgresql")
def index_columns_as_string(op):
    op.create_index("ix", "t", "a")


@case("postgresql")
def index_of_bad_object(op):
    op.create_index("ix", "t", [5])


@case("postgresql", "mysql", "oracle")
def unique_without_columns(op):
    op.create_unique_constraint("uq", "t", [])


@case("postgresql", "mysql")
def foreign_key_without_columns(op):
    op.create_foreign_key("fk", "t", "u", [], [])


@case("postgresql")
def foreign_key_string_without_a_column(op):
    op.create_table("t", sa.Column("a", sa.Integer(), sa.ForeignKey("owner")))


@case("postgresql", "mysql", "mssql", "oracle")
def drop_constraint_without_a_name(op):
    op.drop_constraint(None, "t", type_="unique")


@case("postgresql", "oracle", "mssql")
def drop_foreign_key_without_a_name(op):
    op.drop_constraint(None, "t", type_="foreignkey")


@case("postgresql")
def ondelete_that_is_no_action(op):
    op.create_foreign_key("fk", "t", "u", ["a"], ["b"], ondelete="EXPLODE; DROP")


@case("postgresql")
def initially_that_is_no_word(op):
    op.create_foreign_key("fk", "t", "u", ["a"], ["b"], initially="SOON")


@case("postgresql")
def match_that_is_no_word(op):
    op.create_foreign_key("fk", "t", "u", ["a"], ["b"], match="a b")


@case("postgresql")
def postgresql_index_using_that_is_no_word(op):
    op.create_index("ix", "t", ["a"], postgresql_using="gin; drop")


@case("postgresql")
def postgresql_ops_of_unknown_column(op):
    op.create_index("ix", "t", ["a"], postgresql_ops={"nosuch": "x"})


@case("postgresql")
def postgresql_include_of_unknown_kind(op):
    op.create_index("ix", "t", ["a"], postgresql_include=5)


@case("postgresql", "sqlite")
def enum_type_without_a_name(op):
    op.create_table("t", sa.Column("a", sa.Enum("x", "y")))


@case("postgresql")
def postgresql_enum_without_a_name(op):
    op.create_table("t", sa.Column("a", postgresql.ENUM("x")))


@case("mysql", "mariadb")
def mysql_alter_without_existing_type(op):
    op.alter_column("t", "a", nullable=True)


@case("mysql", "mariadb")
def mysql_varchar_without_length(op):
    op.create_table("t", sa.Column("a", sa.String()))


@case("mysql")
def mysql_varchar_without_length_in_alter(op):
    op.alter_column("t", "a", type_=sa.String(), existing_nullable=True)


@case("mysql")
def mysql_deferrable(op):
    op.create_foreign_key("fk", "t", "u", ["a"], ["b"], deferrable=True, initially="DEFERRED")


@case("mysql", "postgresql")
def mysql_types_elsewhere(op):
    op.create_table("t", sa.Column("a", mysql.TINYINT(1)), sa.Column("b", mysql.SET("x")))


@case("sqlite", "mysql", "mssql", "oracle")
def postgresql_array_elsewhere(op):
    op.create_table("t", sa.Column("a", postgresql.ARRAY(sa.Integer())))


@case("sqlite", "mysql", "mssql", "oracle")
def postgresql_jsonb_elsewhere(op):
    op.create_table("t", sa.Column("a", postgresql.JSONB()))


@case("sqlite", "mysql", "mssql", "oracle")
def postgresql_inet_elsewhere(op):
    op.create_table("t", sa.Column("a", postgresql.INET()), sa.Column("b", postgresql.TSVECTOR()))


@case("mssql", "oracle", "postgresql")
def mysql_text_elsewhere(op):
    op.create_table("t", sa.Column("a", mysql.LONGTEXT()), sa.Column("b", mysql.ENUM("x", "y")))


@case("mssql")
def mssql_drop_column_of_unknown_keyword(op):
    op.drop_column("t", "a", mssql_drop_nosuch=True)


@case("oracle")
def oracle_json_on_default_version(op):
    op.create_table("t", sa.Column("a", sa.JSON()))


@case(*FIVE)
def text_default_that_needs_a_bind(op):
    op.create_table("t", sa.Column("a", sa.Integer(), server_default=text(":x")))


@case("postgresql")
def execute_none(op):
    op.execute(None)


@case("postgresql")
def bulk_insert_of_a_string(op):
    op.bulk_insert("t", [{"a": 1}])


@case("postgresql")
def inline_literal_of_a_bad_value(op):
    t = sa.table("t", sa.column("a"))
    op.execute(t.update().values(a=op.inline_literal(object())))


@case("postgresql", "mysql")
def literal_of_a_bad_value(op):
    t = sa.table("t", sa.column("a", sa.Date))
    op.execute(t.update().values(a="not a date"))


@case("postgresql")
def no_such_operation(op):
    op.create_nothing("t")


@case("postgresql")
def error_of_the_user(op):
    op.execute("BEFORE")
    raise RuntimeError("the user's own: 100%")


@case("postgresql")
def key_error_of_the_user(op):
    {}["missing"]


@case("postgresql", "sqlite")
def computed_and_identity_together(op):
    op.create_table("t", sa.Column("a", sa.Integer(), sa.Computed("1"), sa.Identity()))


@case("postgresql")
def primary_key_constraint_and_flag(op):
    op.create_table(
        "t", sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.Integer()), sa.PrimaryKeyConstraint("b")
    )


@case("postgresql", "mssql")
def alter_column_of_a_bad_type(op):
    op.alter_column("t", "a", type_="integer", existing_nullable=True)


@case("postgresql")
def batch_operation_without_a_batch(op):
    op.create_unique_constraint("uq", "t")


@case("postgresql", "mysql", "sqlite", "oracle", "mssql")
def empty_names(op):
    op.create_table("", sa.Column("a", sa.Integer()))


@case("postgresql")
def index_name_that_is_too_long(op):
    op.create_index("i" * 64, "t", ["a"])


@case("mysql")
def mysql_index_name_that_is_too_long(op):
    op.create_index("i" * 65, "t", ["a"])
