"""Identifiers that need quotes: reserved words, case, odd characters, quoted_name."""

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from suite import Cases

CASES = case = Cases()

FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]


def columns(name, *names):
    """A case with one ADD COLUMN for each name; reserved words differ from dialect to dialect."""

    def function(op):
        for column in names:
            op.add_column("t", sa.Column(column, sa.Integer()))

    CASES.add(name, function)


columns("reserved_everywhere", "select", "from", "where", "order", "group", "table", "create", "and", "or", "not")
columns("reserved_here_and_there", "user", "index", "key", "column", "check", "primary", "references", "default")
columns("words_of_mysql", "rank", "rows", "groups", "lead", "system", "window", "interval", "range", "schema", "fulltext")
columns("words_of_mariadb", "returning", "period", "current_role", "except", "intersect", "offset", "over", "recursive")
columns("words_of_postgresql", "analyse", "analyze", "asymmetric", "limit", "offset", "placing", "variadic", "lateral")
columns("words_of_sqlite", "abort", "glob", "vacuum", "attach", "pragma", "rowid", "isnull", "notnull", "plan", "raise")
columns("words_of_mssql", "clustered", "external", "file", "holdlock", "identity", "pivot", "proc", "tablesample", "top")
columns("words_of_oracle", "access", "audit", "cluster", "comment", "date", "level", "mode", "number", "uid", "sysdate")
columns("not_reserved", "name", "value", "type", "status", "data", "text", "timestamp", "year", "id", "position")
columns("upper_case_and_mixed_case", "NAME", "userName", "Name", "ORDER")
columns("letters_and_digits", "_private", "a1", "1a", "9", "$x", "a$b", "a#b")
columns("spaces_and_punctuation", "two words", "dash-ed", "dot.ted", "semi;colon", "co,mma", "(x)", "a:b")
columns("quote_characters", 'dou"ble', "sin'gle", "back`tick", "brack]et", "[both]")
columns("percent_and_backslash", "100%", "%s", "back\\slash")
columns("unicode", "naïve", "表", "Ωmega", "e\u0301")
columns("true_null_and_such", "true", "null", "false", "current_date", "current_user", "end", "case", "in", "is", "to")


@case()
def table_names(op):
    op.create_table("Order", sa.Column("Id", sa.Integer(), primary_key=True), sa.Column("user", sa.String(5)))


@case()
def constraint_and_index_names(op):
    op.create_table(
        "t",
        sa.Column("a b", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("a b", name="PK T"),
        sa.UniqueConstraint("a b", name="unique"),
        sa.CheckConstraint("1 = 1", name="check"),
        sa.ForeignKeyConstraint(["a b"], ["My Other.Order"], name="FK-T"),
    )
    op.create_index("Index", "t", ["a b"])


@case()
def drops_and_renames(op):
    op.drop_column("Order", "user")
    op.drop_index("My Index", table_name="Order")
    op.rename_table("Order", "order")
    op.drop_table("select")


@case("postgresql", "mysql", "mssql", "oracle")
def alterations(op):
    op.alter_column(
        "Order", "user", new_column_name="My User", existing_type=sa.String(5), nullable=False, server_default="x"
    )


@case("postgresql", "mysql", "mssql", "oracle")
def constraints_dropped(op):
    op.drop_constraint("My UQ", "Order", type_="unique")
    op.drop_constraint("My FK", "Order", type_="foreignkey")


@case()
def quoted_name_true(op):
    op.create_table(quoted_name("plain", True), sa.Column(quoted_name("id", True), sa.Integer()))


@case()
def quoted_name_false(op):
    op.create_table(quoted_name("Mixed Case", False), sa.Column(quoted_name("Select", False), sa.Integer()))


@case(*FIVE)
def quoted_name_none(op):
    op.create_table(quoted_name("Mixed", None), sa.Column(quoted_name("plain", None), sa.Integer()))


@case(*FIVE)
def quoted_name_in_operations(op):
    op.add_column(quoted_name("account", True), sa.Column("a", sa.Integer()))
    op.drop_column(quoted_name("account", True), quoted_name("a", True))
    op.rename_table(quoted_name("account", True), quoted_name("Other", False))


@case(*FIVE)
def quoted_name_of_schema(op):
    op.create_table("t", sa.Column("a", sa.Integer()), schema=quoted_name("ledger", True))
    op.drop_table("t", schema=quoted_name("Ledger", False))


@case(*FIVE)
def column_quote_flags(op):
    op.add_column("t", sa.Column("plain", sa.Integer(), quote=True))
    op.add_column("t", sa.Column("Mixed", sa.Integer(), quote=False))


@case(*FIVE)
def schema_names(op):
    op.create_table("t", sa.Column("a", sa.Integer()), schema="Led ger")
    op.drop_table("t", schema="user")


@case(*FIVE)
def quotes_in_names_and_literals_together(op):
    t = sa.table("it's", sa.column('say "x"', sa.String), schema="s`q")
    op.execute(t.update().values({'say "x"': "it's \"y\""}))


@case("oracle")
def oracle_upper_case_names(op):
    op.create_table("ACCOUNT", sa.Column("ID", sa.Integer()), sa.Column("_x", sa.Integer()))


@case("postgresql", "mysql")
def foreign_key_string_with_dots(op):
    op.create_table("t", sa.Column("a", sa.Integer(), sa.ForeignKey("My Schema.My Table.my col")))


@case("postgresql", "mysql", "mssql")
def collation_names(op):
    op.create_table("t", sa.Column("a", sa.String(5, collation="en_US.utf8")), sa.Column("b", sa.Text(collation="Bin")))
