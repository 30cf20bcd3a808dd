"""SQLite's own types."""

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from suite import Cases

CASES = case = Cases()


def types(name, *made):
    CASES.types(name, ["sqlite"], *made)


types("integers", lambda: sqlite.INTEGER(), lambda: sqlite.SMALLINT(), lambda: sa.BIGINT())
types("numbers", lambda: sqlite.NUMERIC(10, 2), lambda: sqlite.DECIMAL(8), lambda: sqlite.FLOAT(), lambda: sqlite.REAL())
types("characters", lambda: sqlite.VARCHAR(10), lambda: sqlite.CHAR(3), lambda: sqlite.TEXT(), lambda: sqlite.VARCHAR())
types("collation", lambda: sqlite.TEXT(collation="NOCASE"), lambda: sqlite.VARCHAR(5, collation="RTRIM"))
types("blob", lambda: sqlite.BLOB(), lambda: sqlite.BLOB(5))
types("boolean", lambda: sqlite.BOOLEAN())
types("date_and_time", lambda: sqlite.DATE(), lambda: sqlite.DATETIME(), lambda: sqlite.TIME(), lambda: sqlite.TIMESTAMP())
types("storage_formats", lambda: sqlite.DATETIME(truncate_microseconds=True))
types("storage_format_text", lambda: sqlite.DATE(storage_format="%(year)04d/%(month)02d/%(day)02d"))
types("storage_format_of_characters", lambda: sqlite.DATE(
    storage_format="%(year)04dx%(month)02d", regexp="(?P<year>[0-9]+)x(?P<month>[0-9]+)"))
types("json", lambda: sqlite.JSON(), lambda: sqlite.JSONB())
types("variant", lambda: sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite"))
