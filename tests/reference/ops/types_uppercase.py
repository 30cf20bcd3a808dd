"""The SQL-standard types, which every dialect is asked for by name."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()

ALL = []
FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]

types = CASES.types

types("integer_family", ALL, lambda: sa.INTEGER(), lambda: sa.INT(), lambda: sa.SMALLINT(), lambda: sa.BIGINT())
types("numeric_family", FIVE, lambda: sa.NUMERIC(), lambda: sa.NUMERIC(8, 3), lambda: sa.DECIMAL(), lambda: sa.DECIMAL(9))
types("decimal_with_scale", ALL, lambda: sa.DECIMAL(12, 2))
types("float", FIVE, lambda: sa.FLOAT())
types("float_precision", FIVE, lambda: sa.FLOAT(30))
types("real", FIVE, lambda: sa.REAL())
types("double", FIVE, lambda: sa.DOUBLE())
types("double_precision", FIVE, lambda: sa.DOUBLE_PRECISION())
types("varchar", ALL, lambda: sa.VARCHAR(20))
types("varchar_without_length", FIVE, lambda: sa.VARCHAR())
types("varchar_collation", FIVE, lambda: sa.VARCHAR(20, collation="C"))
types("nvarchar", FIVE, lambda: sa.NVARCHAR(20))
types("nvarchar_without_length", FIVE, lambda: sa.NVARCHAR())
types("char", FIVE, lambda: sa.CHAR(), lambda: sa.CHAR(4))
types("nchar", FIVE, lambda: sa.NCHAR(), lambda: sa.NCHAR(4))
types("text", FIVE, lambda: sa.TEXT(), lambda: sa.TEXT(100))
types("clob", FIVE, lambda: sa.CLOB())
types("blob", FIVE, lambda: sa.BLOB(), lambda: sa.BLOB(100))
types("binary", FIVE, lambda: sa.BINARY(), lambda: sa.BINARY(16))
types("varbinary", FIVE, lambda: sa.VARBINARY(16))
types("varbinary_without_length", FIVE, lambda: sa.VARBINARY())
types("boolean", FIVE, lambda: sa.BOOLEAN())
types("date", FIVE, lambda: sa.DATE())
types("time", FIVE, lambda: sa.TIME(), lambda: sa.TIME(timezone=True))
types("datetime", FIVE, lambda: sa.DATETIME(), lambda: sa.DATETIME(timezone=True))
types("timestamp", FIVE, lambda: sa.TIMESTAMP(), lambda: sa.TIMESTAMP(timezone=True))
types("uuid", FIVE, lambda: sa.UUID())
types("json", FIVE, lambda: sa.JSON())
