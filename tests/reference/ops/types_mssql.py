"""Microsoft SQL Server's own types."""

import sqlalchemy as sa
from sqlalchemy.dialects import mssql as ms

from suite import Cases

CASES = case = Cases()


def types(name, *made):
    CASES.types(name, ["mssql"], *made)


types("integers", lambda: ms.INTEGER(), lambda: ms.BIGINT(), lambda: ms.SMALLINT(), lambda: ms.TINYINT())
types("decimal", lambda: ms.DECIMAL(), lambda: ms.DECIMAL(10), lambda: ms.DECIMAL(10, 2), lambda: ms.NUMERIC(8, 1))
types("floats", lambda: ms.FLOAT(), lambda: ms.FLOAT(24), lambda: ms.REAL(), lambda: ms.DOUBLE_PRECISION())
types("bit", lambda: ms.BIT())
types("money", lambda: ms.MONEY(), lambda: ms.SMALLMONEY())
types("varchar", lambda: ms.VARCHAR(20), lambda: ms.VARCHAR("max"), lambda: ms.VARCHAR())
types("nvarchar", lambda: ms.NVARCHAR(20), lambda: ms.NVARCHAR("max"), lambda: ms.NVARCHAR())
types("char", lambda: ms.CHAR(5), lambda: ms.NCHAR(5), lambda: ms.CHAR())
types("collation", lambda: ms.VARCHAR(20, collation="Latin1_General_CI_AS"), lambda: ms.NVARCHAR("max", collation="X_CS"))
types("text", lambda: ms.TEXT(), lambda: ms.NTEXT(), lambda: ms.TEXT(collation="Latin1_General_CI_AS"))
types("binary", lambda: ms.BINARY(8), lambda: ms.VARBINARY(8), lambda: ms.VARBINARY("max"), lambda: ms.VARBINARY())
types("varbinary_filestream", lambda: ms.VARBINARY("max", filestream=True))
types("varbinary_filestream_needs_max", lambda: ms.VARBINARY(10, filestream=True))
types("image", lambda: ms.IMAGE())
types("date", lambda: ms.DATE(), lambda: ms.DATETIME(), lambda: ms.SMALLDATETIME())
types("datetime2", lambda: ms.DATETIME2(), lambda: ms.DATETIME2(3), lambda: ms.DATETIME2(0))
types("datetimeoffset", lambda: ms.DATETIMEOFFSET(), lambda: ms.DATETIMEOFFSET(7))
types("time", lambda: ms.TIME(), lambda: ms.TIME(5))
types("timestamp", lambda: ms.TIMESTAMP(), lambda: ms.ROWVERSION(), lambda: ms.TIMESTAMP(convert_int=True))
types("uniqueidentifier", lambda: ms.UNIQUEIDENTIFIER(), lambda: ms.UNIQUEIDENTIFIER(as_uuid=False))
types("sql_variant", lambda: ms.SQL_VARIANT())
types("xml", lambda: ms.XML())
types("json", lambda: ms.JSON())
types("variant", lambda: sa.DateTime().with_variant(ms.DATETIME2(7), "mssql"))


@case("mssql")
def nullability_is_always_written(op):
    op.create_table(
        "t",
        sa.Column("a", ms.NVARCHAR(None), nullable=True),
        sa.Column("b", ms.ROWVERSION(), nullable=False),
        sa.Column("c", ms.UNIQUEIDENTIFIER(), server_default=sa.text("newid()"), nullable=False),
    )


@case("mssql")
def deprecated_large_types(op):
    op.create_table("t", sa.Column("a", sa.Text()), sa.Column("b", sa.UnicodeText()), sa.Column("c", sa.LargeBinary()))


@case("mssql", dialect_opts={"deprecate_large_types": False})
def large_types_of_old_servers(op):
    op.create_table("t", sa.Column("a", sa.Text()), sa.Column("b", sa.UnicodeText()), sa.Column("c", sa.LargeBinary()))


@case("mssql", dialect_opts={"deprecate_large_types": True})
def large_types_of_new_servers(op):
    op.create_table("t", sa.Column("a", sa.Text()), sa.Column("b", sa.UnicodeText()), sa.Column("c", sa.LargeBinary()))
