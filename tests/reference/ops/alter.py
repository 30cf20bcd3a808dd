"""op.alter_column: every change alone, and the changes that are made together."""

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import mysql, postgresql

from suite import Cases

CASES = case = Cases()

# SQLite has no ALTER COLUMN, and MariaDB speaks as MySQL does: both are in the cases for ALL.
DIALECTS = ["postgresql", "mysql", "mssql", "oracle"]


def change(name, dialects=None, **keywords):
    """A case of one alter_column call; functions among the values are called by the case."""

    def function(op):
        given = {key: value() if callable(value) else value for key, value in keywords.items()}
        op.alter_column("account", "note", **given)

    CASES.add(name, function, *(dialects if dialects is not None else DIALECTS))


ALL = []
PG = ["postgresql"]
MY = ["mysql", "mariadb"]
MS = ["mssql"]
ORA = ["oracle"]


def TEXT40():
    return sa.String(40)


change("nothing", ALL)
change("nullable", ALL, nullable=True, existing_type=TEXT40)
change("not_null", ALL, nullable=False, existing_type=TEXT40)
change("not_null_without_existing_type", ALL, nullable=False)
change("not_null_existing_default", nullable=False, existing_type=TEXT40, existing_server_default="none")
change("not_null_existing_comment", nullable=False, existing_type=TEXT40, existing_comment="a note")
change("not_null_in_schema", nullable=False, existing_type=TEXT40, schema="ledger")

change("type", ALL, type_=lambda: sa.Text())
change("type_class", type_=lambda: sa.Integer())
change("type_of_not_null_column", type_=lambda: sa.String(80), existing_nullable=False)
change("type_of_nullable_column", type_=lambda: sa.String(80), existing_nullable=True)
change("type_existing_everything", type_=lambda: sa.String(80), existing_type=TEXT40, existing_nullable=False,
       existing_server_default="none", existing_comment="a note")
change("type_in_schema", type_=lambda: sa.Text(), schema="ledger")
change("type_and_not_null", type_=lambda: sa.String(80), nullable=False)
change("type_and_default", type_=lambda: sa.String(80), server_default="none", existing_nullable=False)
change("type_and_drop_default", type_=lambda: sa.Integer(), server_default=None, existing_server_default="0")
change("type_to_enum", type_=lambda: sa.Enum("a", "b", name="kind"), existing_type=TEXT40)
change("type_from_boolean_with_check", type_=lambda: sa.Integer(),
       existing_type=lambda: sa.Boolean(create_constraint=True, name="ck_note"))
change("type_from_unnamed_boolean_with_check", type_=lambda: sa.Integer(),
       existing_type=lambda: sa.Boolean(create_constraint=True))
change("type_to_boolean_with_check", type_=lambda: sa.Boolean(create_constraint=True, name="ck_note"),
       existing_type=lambda: sa.Integer())
change("type_to_checked_enum", existing_type=lambda: sa.String(1), nullable=True,
       type_=lambda: sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True))

change("default_string", ALL, server_default="none", existing_type=TEXT40)
change("default_string_with_quotes", server_default="it's 100% \\ done", existing_type=TEXT40)
change("default_empty_string", server_default="", existing_type=TEXT40)
change("default_text", server_default=lambda: text("5 + 5"), existing_type=lambda: sa.Integer())
change("default_func", server_default=lambda: func.now(), existing_type=lambda: sa.DateTime())
change("default_current_timestamp", server_default=lambda: func.current_timestamp(),
       existing_type=lambda: sa.DateTime())
change("default_function_of_no_date", server_default=lambda: func.uuid(), existing_type=TEXT40)
change("default_function_in_parentheses", server_default=lambda: text("(uuid())"), existing_type=TEXT40)
change("default_now_of_a_string", server_default=lambda: func.now(), existing_type=TEXT40)
change("default_text_current_timestamp", server_default=lambda: text("CURRENT_TIMESTAMP"),
       existing_type=lambda: sa.DateTime())
change("default_text_current_timestamp_without_type", ["mysql", "mariadb"],
       server_default=lambda: text("CURRENT_TIMESTAMP"))
change("default_false", server_default=lambda: sa.false(), existing_type=lambda: sa.Boolean())
change("default_null_literal", server_default=lambda: sa.null(), existing_type=TEXT40)
change("default_dropped", ALL, server_default=None, existing_type=TEXT40)
change("default_dropped_with_existing", server_default=None, existing_type=TEXT40, existing_server_default="x")
change("default_false_means_unchanged", ALL, server_default=False, existing_type=TEXT40)
change("default_object", server_default=lambda: sa.DefaultClause("none"), existing_type=TEXT40)
change("default_replaced", server_default="new", existing_server_default="old", existing_type=TEXT40)
change("default_in_schema", server_default="none", existing_type=TEXT40, schema="ledger")
change("default_dropped_in_schema", server_default=None, existing_type=TEXT40, schema="ledger")
change("default_without_existing_type", server_default="none")

change("rename", ALL, new_column_name="remark", existing_type=TEXT40)
change("rename_without_existing_type", ALL, new_column_name="remark")
change("rename_not_null_with_default", new_column_name="remark", existing_type=TEXT40, existing_nullable=False,
       existing_server_default="none", existing_comment="a note")
change("rename_in_schema", ["sqlite"] + DIALECTS, new_column_name="remark", existing_type=TEXT40, schema="ledger")
change("rename_to_quoted", new_column_name="The Remark", existing_type=TEXT40)
change("rename_to_same_name", new_column_name="note", existing_type=TEXT40)
change("rename_and_type", new_column_name="remark", type_=lambda: sa.Text(), existing_type=TEXT40)
change("rename_and_not_null", new_column_name="remark", nullable=False, existing_type=TEXT40)
change("rename_and_default", new_column_name="remark", server_default="none", existing_type=TEXT40)

change("comment", ALL, comment="it's a note: 100% \\ done", existing_type=TEXT40)
change("comment_in_schema", ALL, comment="a note", existing_type=TEXT40, schema="ledger")
change("comment_dropped", ALL, comment=None, existing_type=TEXT40, existing_comment="a note")
change("comment_dropped_in_schema", comment=None, existing_type=TEXT40, existing_comment="a note", schema="ledger")
change("comment_empty", comment="", existing_type=TEXT40, schema="ledger")
change("comment_replaced", comment="new", existing_type=TEXT40, existing_comment="old", schema="ledger")
change("comment_without_existing_type", comment="a note", schema="ledger")

change("identity", server_default=lambda: sa.Identity(), existing_type=lambda: sa.Integer())
change("identity_always_with_options", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(),
       server_default=lambda: sa.Identity(always=True, start=5, increment=2, minvalue=1, maxvalue=99, cycle=True))
change("identity_changed", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(), server_default=lambda: sa.Identity(always=True, start=8),
       existing_server_default=lambda: sa.Identity(always=False, start=1))
change("identity_unchanged", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(), server_default=lambda: sa.Identity(start=1),
       existing_server_default=lambda: sa.Identity(start=1))
change("identity_options_changed", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(),
       server_default=lambda: sa.Identity(minvalue=3, maxvalue=8, cache=5),
       existing_server_default=lambda: sa.Identity(nominvalue=True, nomaxvalue=True))
change("identity_dropped", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(), server_default=None,
       existing_server_default=lambda: sa.Identity())
change("identity_instead_of_default", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(), server_default=lambda: sa.Identity(),
       existing_server_default="5")
change("default_instead_of_identity", ["postgresql", "oracle"], existing_type=lambda: sa.Integer(), server_default="5",
       existing_server_default=lambda: sa.Identity())
change("identity_oracle_options", ORA, existing_type=lambda: sa.Integer(),
       server_default=lambda: sa.Identity(oracle_on_null=True, oracle_order=True))
change("computed", existing_type=lambda: sa.Integer(), server_default=lambda: sa.Computed("a * 2"))
change("computed_changed", ["postgresql", "mysql"], existing_type=lambda: sa.Integer(), server_default=lambda: sa.Computed("a * 3"),
       existing_server_default=lambda: sa.Computed("a * 2"))
change("computed_dropped", existing_type=lambda: sa.Integer(), server_default=None,
       existing_server_default=lambda: sa.Computed("a * 2"))
change("default_instead_of_computed", ["postgresql", "mysql"], existing_type=lambda: sa.Integer(), server_default="5",
       existing_server_default=lambda: sa.Computed("a * 2"))

change("everything_at_once", nullable=False, type_=lambda: sa.String(80), server_default="none", comment="a note",
       new_column_name="remark", existing_type=TEXT40, existing_nullable=True, schema="ledger")
change("nullable_and_default", nullable=False, server_default="x", existing_type=TEXT40)
change("not_null_and_comment", nullable=False, comment="a note", existing_type=TEXT40, schema="ledger")

change("postgresql_using", ["postgresql", "mysql", "mssql"], type_=lambda: sa.Integer(),
       postgresql_using="note::integer")
change("postgresql_using_without_type", PG, postgresql_using="note::integer")
change("postgresql_type_to_array", PG, type_=lambda: postgresql.ARRAY(sa.Integer()),
       postgresql_using="string_to_array(note, ',')::int[]")
change("postgresql_named_type_in_schema", PG, type_=lambda: postgresql.ENUM("a", name="Kind", schema="ledger"))
change("postgresql_collation", PG, type_=lambda: sa.String(20, collation="de_DE"))
change("postgresql_type_and_default_and_using", PG, type_=lambda: sa.Integer(), server_default="5", nullable=False,
       postgresql_using="note::int")

change("mysql_autoincrement", MY, existing_type=lambda: sa.Integer(), autoincrement=True)
change("mysql_autoincrement_off", MY, existing_type=lambda: sa.Integer(), autoincrement=False)
change("mysql_autoincrement_kept", MY, existing_type=lambda: sa.Integer(), nullable=False,
       existing_autoincrement=True)
change("mysql_autoincrement_and_rename", MY, existing_type=lambda: sa.Integer(), autoincrement=True,
       new_column_name="remark", existing_nullable=False)
change("mysql_autoincrement_and_type", MY, type_=lambda: sa.BigInteger(), existing_autoincrement=True,
       existing_nullable=False)
change("autoincrement_elsewhere", ["postgresql", "mssql", "oracle"], existing_type=lambda: sa.Integer(),
       autoincrement=True)
change("mysql_on_update", MY, existing_type=lambda: mysql.TIMESTAMP(), nullable=False,
       server_default=lambda: text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"))
change("mysql_existing_on_update", MY, existing_type=lambda: mysql.TIMESTAMP(), nullable=True,
       existing_server_default=lambda: text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"))
change("mysql_default_only_keeps_the_type_out", MY, server_default="5")
change("mysql_default_with_existing_null", MY, server_default="5", existing_type=lambda: sa.Integer(),
       existing_nullable=False)
change("mysql_charset_change", MY, type_=lambda: mysql.VARCHAR(20, charset="utf8mb4", collation="utf8mb4_bin"),
       existing_type=TEXT40, existing_nullable=False, existing_comment="it's")
change("mysql_enum_change", MY, type_=lambda: mysql.ENUM("a", "b", "it's"), existing_type=lambda: mysql.ENUM("a"))
change("mysql_comment_keeps_the_rest", MY, comment="new", existing_type=lambda: sa.Integer(), existing_nullable=False,
       existing_server_default="5", existing_autoincrement=False)
change("mysql_drop_default_in_full", MY, server_default=None, nullable=False, existing_type=TEXT40)

change("mssql_drop_check", MS, type_=lambda: sa.Integer(), existing_type=TEXT40, mssql_drop_check=True)
change("mssql_drop_default", MS, server_default=None, existing_type=TEXT40, mssql_drop_default=True)
change("mssql_drop_default_with_new_default", MS, server_default="x", existing_type=TEXT40, mssql_drop_default=True)
change("mssql_type_needs_nullability", MS, nullable=True)
change("mssql_not_null_with_type", MS, nullable=False, type_=lambda: sa.Unicode(20))
change("mssql_replaces_existing_default", MS, server_default="y", existing_server_default="x", schema="ledger")
change("mssql_identity_refused", MS, server_default=lambda: sa.Identity(), existing_type=lambda: sa.Integer())

change("unknown_keyword", ["postgresql", "mysql"], nullable=False, existing_type=TEXT40, nosuch_option=1)
